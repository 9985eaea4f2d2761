//! CA-5: lists of cases, in every order and by every filter, to their last page.

use std::cmp::Ordering;

use proto::case::v1::{
    AssignOwnerRequest, Case, CaseOrder, CaseState, CaseType, ImportCasesRequest, ImportedCase,
    ListCasesRequest, Status, Team,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use uuid::Uuid;

use crate::given::{Cases, Portal, a_portal};

const NAMES: [&str; 5] = [
    "Ada Allen",
    "ada byron",
    "Émile Ca%o",
    "Zoë Zed",
    "Bob_Builder",
];
const STATUSES: [Status; 4] = [
    Status::InternalProcedure,
    Status::EvidenceGathering,
    Status::Determined,
    Status::Closed,
];

fn row(landlord: Uuid, number: usize) -> ImportedCase {
    let status = STATUSES[number % 4];
    ImportedCase {
        reference: format!("2024{number:05}"),
        case_type: i32::try_from(number % 3).unwrap() + 1,
        complainant: NAMES[number % 5].into(),
        landlord_id: landlord.to_string(),
        subject: "Repairs".into(),
        status: status.into(),
        opened_on: format!("2024-0{}-15", number % 7 + 1),
        closed_on: if status == Status::Closed {
            format!("2025-01-{:02}", number % 5 + 10)
        } else {
            String::new()
        },
        ..Default::default()
    }
}

/// 34 cases of two landlords: open and closed, of all kinds, every third open one with a task or two.
async fn a_caseload(db: &PgPool) -> (Portal, Uuid) {
    let portal = a_portal(db).await;
    let other = portal.a_landlord("Another Landlord").await;
    let own = (0..25).map(|number| row(portal.landlord, number));
    let cases = own
        .chain((25..34).map(|number| row(other, number)))
        .collect();
    let results = portal
        .importer()
        .import_cases(ImportCasesRequest {
            cases,
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner()
        .results;
    for (number, result) in results
        .iter()
        .enumerate()
        .filter(|(number, _)| number % 4 != 3 && number % 3 == 0)
    {
        let case = Case {
            id: result.case_id.clone(),
            ..Case::default()
        };
        portal
            .a_task(&case, &format!("2025-07-{:02}", number % 5 + 10))
            .await;
        portal.a_task(&case, "2025-08-20").await;
    }
    (portal, other)
}

/// Every case of a list, by pages of `page_size`.
async fn all(cases: &mut Cases, request: &ListCasesRequest, page_size: i32) -> Vec<Case> {
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListCasesRequest {
            page_size,
            page_token,
            ..request.clone()
        };
        let page = cases.list_cases(request).await.unwrap().into_inner();
        assert!(page.cases.len() <= usize::try_from(page_size).unwrap());
        found.extend(page.cases);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

fn by(order: CaseOrder, a: &Case, b: &Case) -> Ordering {
    let due = |case: &Case| {
        (
            case.next_task_due_on.is_empty(),
            case.next_task_due_on.clone(),
        )
    };
    match order {
        CaseOrder::NextDue | CaseOrder::Unspecified => due(a).cmp(&due(b)),
        CaseOrder::Reference => a.reference.cmp(&b.reference),
        CaseOrder::Opened => a.opened_on.cmp(&b.opened_on),
        CaseOrder::Status => a.status.cmp(&b.status),
        CaseOrder::CaseType => a.case_type.cmp(&b.case_type),
        CaseOrder::Closed => a.closed_on.cmp(&b.closed_on),
        CaseOrder::Landlord => a.landlord_name.cmp(&b.landlord_name),
        CaseOrder::Complainant => {
            let place = |case: &Case| {
                [
                    "Ada Allen",
                    "ada byron",
                    "Bob_Builder",
                    "Émile Ca%o",
                    "Zoë Zed",
                ]
                .iter()
                .position(|it| *it == case.complainant)
            };
            place(a).cmp(&place(b))
        }
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_5_every_order_is_paged_whole_and_sorted_both_ways_for_both_sides(db: PgPool) {
    let (portal, _) = a_caseload(&db).await;

    for order in [
        CaseOrder::Unspecified,
        CaseOrder::NextDue,
        CaseOrder::Reference,
        CaseOrder::Complainant,
        CaseOrder::Opened,
        CaseOrder::Status,
        CaseOrder::CaseType,
        CaseOrder::Landlord,
        CaseOrder::Closed,
    ] {
        for descending in [false, true] {
            for (state, own, everybodys) in [
                (CaseState::Unspecified, 25, 34),
                (CaseState::Open, 19, 26),
                (CaseState::Closed, 6, 8),
            ] {
                if order == CaseOrder::Closed && state != CaseState::Closed {
                    continue;
                }
                let request = ListCasesRequest {
                    order: order.into(),
                    descending,
                    state: state.into(),
                    ..Default::default()
                };
                for (mut cases, expected) in [(portal.own(), own), (portal.staff(), everybodys)] {
                    let found = all(&mut cases, &request, 4).await;

                    let mut ids: Vec<_> = found.iter().map(|it| it.id.as_str()).collect();
                    ids.sort_unstable();
                    ids.dedup();
                    assert_eq!(ids.len(), expected, "{request:?}");
                    assert_eq!(found, all(&mut cases, &request, 100).await, "{request:?}");
                    for pair in found.windows(2) {
                        let undated = pair.iter().any(|it| it.next_task_due_on.is_empty());
                        let by_date = matches!(order, CaseOrder::NextDue | CaseOrder::Unspecified);
                        let order = by(order, &pair[0], &pair[1]);
                        // Cases without a due date are last whichever way the dates go.
                        let order = if descending && !(by_date && undated) {
                            order.reverse()
                        } else {
                            order
                        };
                        assert_ne!(order, Ordering::Greater, "{request:?}");
                    }
                }
            }
        }
    }
}

/// What every filter is tried with.
const ORDERS: [(CaseOrder, bool); 8] = [
    (CaseOrder::NextDue, false),
    (CaseOrder::NextDue, true),
    (CaseOrder::Reference, true),
    (CaseOrder::Complainant, false),
    (CaseOrder::Opened, true),
    (CaseOrder::Status, false),
    (CaseOrder::CaseType, true),
    (CaseOrder::Landlord, false),
];

/// Whether a filter lets a case through.
type Matches = Box<dyn Fn(&Case) -> bool>;

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_5_every_filter_lists_what_it_says(db: PgPool) {
    let (portal, other) = a_caseload(&db).await;
    let owner = portal.a_member_of_staff("Dani Owner").await;
    for reference in ["202400000", "202400001", "202400003"] {
        let case = portal.find(reference).await;
        let request = AssignOwnerRequest {
            case_id: case.id,
            version: case.version,
            owner_account_id: owner.to_string(),
        };
        portal.staff().assign_owner(request).await.unwrap();
    }
    let every = all(&mut portal.staff(), &ListCasesRequest::default(), 100).await;
    let filters: Vec<(ListCasesRequest, Matches)> = vec![
        (
            ListCasesRequest {
                reference: "2024000".into(),
                ..Default::default()
            },
            Box::new(|it| it.reference.starts_with("2024000")),
        ),
        (
            ListCasesRequest {
                reference: "202400012".into(),
                ..Default::default()
            },
            Box::new(|it| it.reference == "202400012"),
        ),
        (
            ListCasesRequest {
                complainant: "ADA".into(),
                ..Default::default()
            },
            Box::new(|it| it.complainant.to_lowercase().contains("ada")),
        ),
        (
            ListCasesRequest {
                complainant: "a%".into(),
                ..Default::default()
            },
            Box::new(|it| it.complainant.contains("a%")),
        ),
        (
            ListCasesRequest {
                complainant: "b_b".into(),
                ..Default::default()
            },
            Box::new(|it| it.complainant == "Bob_Builder"),
        ),
        (
            ListCasesRequest {
                complainant: "é".into(),
                ..Default::default()
            },
            Box::new(|it| it.complainant.starts_with('É')),
        ),
        (
            ListCasesRequest {
                case_type: CaseType::Enquiry.into(),
                ..Default::default()
            },
            Box::new(|it| it.case_type() == CaseType::Enquiry),
        ),
        (
            ListCasesRequest {
                status: Status::Determined.into(),
                ..Default::default()
            },
            Box::new(|it| it.status() == Status::Determined),
        ),
        (
            ListCasesRequest {
                team: Team::Triage.into(),
                ..Default::default()
            },
            Box::new(|it| it.team() == Team::Triage),
        ),
        (
            ListCasesRequest {
                opened_from: "2024-03-15".into(),
                opened_to: "2024-05-15".into(),
                ..Default::default()
            },
            Box::new(|it| {
                it.opened_on.as_str() >= "2024-03-15" && it.opened_on.as_str() <= "2024-05-15"
            }),
        ),
        (
            ListCasesRequest {
                due_to: "2025-07-12".into(),
                ..Default::default()
            },
            Box::new(|it| {
                !it.next_task_due_on.is_empty() && it.next_task_due_on.as_str() <= "2025-07-12"
            }),
        ),
        (
            ListCasesRequest {
                due_from: "2025-07-13".into(),
                ..Default::default()
            },
            Box::new(|it| it.next_task_due_on.as_str() >= "2025-07-13"),
        ),
        (
            ListCasesRequest {
                closed_from: "2025-01-11".into(),
                closed_to: "2025-01-12".into(),
                ..Default::default()
            },
            Box::new(|it| ["2025-01-11", "2025-01-12"].contains(&it.closed_on.as_str())),
        ),
        (
            ListCasesRequest {
                closed_from: "2025-01-13".into(),
                state: CaseState::Open.into(),
                ..Default::default()
            },
            Box::new(|_| false),
        ),
        (
            ListCasesRequest {
                owner_account_id: owner.to_string(),
                ..Default::default()
            },
            Box::new(move |it| it.owner_account_id == owner.to_string()),
        ),
        (
            ListCasesRequest {
                owner_account_id: owner.to_string(),
                team: Team::DisputeSupport.into(),
                state: CaseState::Open.into(),
                ..Default::default()
            },
            Box::new(move |it| {
                it.owner_name == "Dani Owner"
                    && it.team() == Team::DisputeSupport
                    && it.closed_on.is_empty()
            }),
        ),
        (
            ListCasesRequest {
                unowned: true,
                ..Default::default()
            },
            Box::new(|it| it.owner_name.is_empty()),
        ),
        (
            ListCasesRequest {
                due_from: "2025-07-15".into(),
                due_to: "2025-08-19".into(),
                ..Default::default()
            },
            Box::new(|_| false),
        ),
        (
            ListCasesRequest {
                landlord_id: other.to_string(),
                ..Default::default()
            },
            Box::new(move |it| it.landlord_id == other.to_string()),
        ),
    ];

    for (request, matches) in filters {
        let mut expected: Vec<_> = every
            .iter()
            .filter(|it| matches(it))
            .map(|it| it.reference.clone())
            .collect();
        expected.sort();
        for (order, descending) in ORDERS {
            let request = ListCasesRequest {
                order: order.into(),
                descending,
                count: true,
                ..request.clone()
            };
            let mut found: Vec<_> = all(&mut portal.staff(), &request, 3)
                .await
                .into_iter()
                .map(|it| it.reference)
                .collect();
            found.sort();
            assert_eq!(found, expected, "{request:?}");
            let page = portal.staff().list_cases(request).await.unwrap();
            let total = usize::try_from(page.into_inner().total_size.unwrap()).unwrap();
            assert_eq!(total, expected.len());
        }
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_4_a_landlord_that_asks_for_anothers_cases_gets_none(db: PgPool) {
    let (portal, other) = a_caseload(&db).await;

    let request = ListCasesRequest {
        landlord_id: other.to_string(),
        ..Default::default()
    };

    assert!(all(&mut portal.own(), &request, 10).await.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_2_a_page_token_of_another_list_is_refused(db: PgPool) {
    let (portal, _) = a_caseload(&db).await;
    let request = ListCasesRequest {
        page_size: 2,
        ..Default::default()
    };
    let page_token = portal
        .own()
        .list_cases(request.clone())
        .await
        .unwrap()
        .into_inner()
        .next_page_token;

    let other = ListCasesRequest {
        page_token,
        descending: true,
        ..request
    };
    let refused = portal.own().list_cases(other).await.unwrap_err();

    assert_eq!(reason(&refused), "BAD_PAGE_TOKEN");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_5_every_wrong_filter_is_named(db: PgPool) {
    let portal = a_portal(&db).await;
    let request = ListCasesRequest {
        reference: "20%".into(),
        status: 99,
        opened_from: "yesterday".into(),
        landlord_id: "7".into(),
        ..Default::default()
    };

    let refused = portal.staff().list_cases(request).await.unwrap_err();

    let fields: Vec<_> = violations(&refused)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(
        fields,
        ["reference", "status", "opened_from", "landlord_id"]
    );

    let refused = portal
        .staff()
        .list_cases(ListCasesRequest {
            page_size: 101,
            ..Default::default()
        })
        .await
        .unwrap_err();
    assert_eq!(violations(&refused)[0].0, "page_size");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_5_open_cases_have_no_order_of_closing(db: PgPool) {
    let portal = a_portal(&db).await;

    for state in [CaseState::Open, CaseState::Unspecified] {
        let request = ListCasesRequest {
            order: CaseOrder::Closed.into(),
            state: state.into(),
            ..Default::default()
        };
        let refused = portal.staff().list_cases(request).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, "order");
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_5_a_list_in_the_order_of_landlords_follows_a_new_name(db: PgPool) {
    let (portal, other) = a_caseload(&db).await;
    let request = ListCasesRequest {
        order: CaseOrder::Landlord.into(),
        ..Default::default()
    };
    let first = |cases: Vec<Case>| cases[0].landlord_name.clone();
    assert_eq!(
        first(all(&mut portal.staff(), &request, 10).await),
        "Another Landlord"
    );

    portal
        .hears(&crate::given::landlord_registered(other, "Zeta Homes"))
        .await;

    assert_eq!(
        first(all(&mut portal.staff(), &request, 10).await),
        "TEST TEST Landlord"
    );
}
