//! CA-7: taking over cases that were opened elsewhere.

use outbox::testing::events;
use proto::case::v1::ImportOutcome::{Added, Refused, Unchanged};
use proto::case::v1::{
    CaseImported, CaseOpened, CaseType, ImportCasesRequest, ImportOutcome, ImportResult,
    ImportedCase, ListCasesRequest, StaffDetails, Status, Team,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{Portal, a_portal};

pub fn row(portal: &Portal, reference: &str) -> ImportedCase {
    ImportedCase {
        reference: reference.into(),
        case_type: CaseType::MemberLandlord.into(),
        complainant: "Ada Resident".into(),
        landlord_id: portal.landlord.to_string(),
        subject: "Repairs".into(),
        status: Status::UnderInvestigation.into(),
        opened_on: "2023-04-05".into(),
        ..Default::default()
    }
}

pub async fn import(portal: &Portal, cases: Vec<ImportedCase>) -> Vec<ImportResult> {
    let request = ImportCasesRequest {
        cases,
        validate_only: false,
    };
    results(portal, request).await
}

async fn results(portal: &Portal, request: ImportCasesRequest) -> Vec<ImportResult> {
    portal
        .importer()
        .import_cases(request)
        .await
        .unwrap()
        .into_inner()
        .results
}

fn outcomes(results: &[ImportResult]) -> Vec<ImportOutcome> {
    results.iter().map(ImportResult::outcome).collect()
}

fn ids(results: &[ImportResult]) -> Vec<&str> {
    results.iter().map(|it| it.case_id.as_str()).collect()
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_case_is_taken_over_at_its_status_with_its_owner_and_dates(db: PgPool) {
    let portal = a_portal(&db).await;
    let owner = portal.a_member_of_staff("Dani Owner").await;
    let closed = ImportedCase {
        status: Status::Closed.into(),
        closed_on: "2024-05-06".into(),
        owner_account_id: owner.to_string(),
        ..row(&portal, "202312345")
    };

    let results = import(&portal, vec![closed, row(&portal, "2023123456")]).await;

    let first = portal
        .seen(&proto::case::v1::Case {
            id: results[0].case_id.clone(),
            ..Default::default()
        })
        .await;
    assert_eq!(
        (first.reference.as_str(), first.status()),
        ("202312345", Status::Closed)
    );
    assert_eq!(
        (first.opened_on.as_str(), first.closed_on.as_str()),
        ("2023-04-05", "2024-05-06")
    );
    assert_eq!(first.owner_name, "Dani Owner");
    let second = portal
        .seen(&proto::case::v1::Case {
            id: results[1].case_id.clone(),
            ..Default::default()
        })
        .await;
    assert_eq!(second.team(), Team::DisputeResolution);
    assert_eq!(
        portal.timeline(&second).await[0].title,
        "Case added to the portal"
    );
    assert_eq!(events::<CaseImported>(&db).await.len(), 2);
    assert!(events::<CaseOpened>(&db).await.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_case_is_found_by_its_reference_as_it_was_written(db: PgPool) {
    let portal = a_portal(&db).await;
    // Three cases: zeros count.
    let references = ["202300001", "2023000001", "2023000000001"];

    import(&portal, references.map(|it| row(&portal, it)).to_vec()).await;

    for reference in references {
        assert_eq!(portal.find(reference).await.reference, reference);
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_the_same_rows_again_and_twice_in_one_batch_are_the_same_cases(db: PgPool) {
    let portal = a_portal(&db).await;
    let rows = vec![
        row(&portal, "202300001"),
        row(&portal, "202300002"),
        row(&portal, "202300001"),
    ];

    let first = import(&portal, rows.clone()).await;
    let again = import(&portal, rows).await;

    assert_eq!(outcomes(&first), [Added, Added, Unchanged]);
    assert_eq!(outcomes(&again), [Unchanged; 3]);
    assert_eq!(ids(&first), ids(&again));
    assert_eq!(first[0].case_id, first[2].case_id);
    assert_eq!(events::<CaseImported>(&db).await.len(), 2);
    let listed = portal
        .staff()
        .list_cases(ListCasesRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.cases.len(), 2);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_two_imports_of_the_same_rows_at_once_make_each_case_once(db: PgPool) {
    let portal = a_portal(&db).await;
    let rows: Vec<_> = (1..=200)
        .map(|number| row(&portal, &format!("2023{number:05}")))
        .collect();
    let backwards: Vec<_> = rows.iter().rev().cloned().collect();

    let (first, mut second) =
        futures::future::join(import(&portal, rows), import(&portal, backwards)).await;

    second.reverse();
    assert_eq!(ids(&first), ids(&second));
    for (one, other) in outcomes(&first).into_iter().zip(outcomes(&second)) {
        let added = |it| usize::from(it == Added);
        assert_eq!(added(one) + added(other), 1);
    }
    assert_eq!(events::<CaseImported>(&db).await.len(), 200);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_bad_row_is_reported_by_its_field_and_stops_no_other(db: PgPool) {
    let portal = a_portal(&db).await;
    let good = row(&portal, "202300001");
    let wrong = |change: &dyn Fn(&mut ImportedCase)| {
        let mut row = row(&portal, "202300002");
        change(&mut row);
        row
    };
    let rows = vec![
        wrong(&|it| it.reference = "2023-1".into()),
        wrong(&|it| it.complainant = String::new()),
        wrong(&|it| it.landlord_id = kit::id().to_string()),
        wrong(&|it| it.owner_account_id = kit::id().to_string()),
        wrong(&|it| it.status = 0),
        wrong(&|it| it.opened_on = "2025-06-03".into()),
        wrong(&|it| it.status = Status::Closed.into()),
        wrong(&|it| it.closed_on = "2024-01-01".into()),
        wrong(&|it| {
            it.status = Status::Closed.into();
            it.closed_on = "2023-04-04".into();
        }),
        good,
    ];

    let results = import(&portal, rows).await;

    let fields: Vec<_> = results.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "reference",
            "complainant",
            "landlord_id",
            "owner_account_id",
            "status",
            "opened_on",
            "closed_on",
            "closed_on",
            "closed_on",
            ""
        ]
    );
    assert!(
        results[..9]
            .iter()
            .all(|it| !it.error.is_empty() && it.case_id.is_empty())
    );
    assert!(results[9].error.is_empty() && !results[9].case_id.is_empty());
    assert_eq!(events::<CaseImported>(&db).await.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_reference_of_another_landlords_case_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let other = portal.a_landlord("Another Landlord").await;
    import(&portal, vec![row(&portal, "202300001")]).await;

    let clash = ImportedCase {
        landlord_id: other.to_string(),
        ..row(&portal, "202300001")
    };
    let results = import(&portal, vec![clash]).await;

    assert_eq!(
        (results[0].field.as_str(), results[0].case_id.as_str()),
        ("landlord_id", "")
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_a_new_case_never_gets_a_reference_that_was_imported(db: PgPool) {
    let portal = a_portal(&db).await;
    let this_year = |reference| ImportedCase {
        opened_on: "2025-01-02".into(),
        ..row(&portal, reference)
    };

    import(
        &portal,
        vec![this_year("202500041"), this_year("202500007")],
    )
    .await;

    assert_eq!(portal.a_case().await.reference, "202500042");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_more_than_500_rows_and_callers_without_the_scope_are_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let cases = vec![row(&portal, "202300001"); 501];

    let refused = portal
        .importer()
        .import_cases(ImportCasesRequest {
            cases,
            ..Default::default()
        })
        .await
        .unwrap_err();
    assert_eq!(violations(&refused)[0].0, "cases");
    assert_eq!(reason(&refused), "TOO_MANY");

    let refused = portal
        .staff()
        .import_cases(ImportCasesRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_row_that_differs_from_the_one_its_case_was_made_of_is_refused_by_its_field(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let original = row(&portal, "202300001");
    import(&portal, vec![original.clone()]).await;
    let changed = |change: &dyn Fn(&mut ImportedCase)| {
        let mut row = original.clone();
        change(&mut row);
        row
    };
    let rows = vec![
        changed(&|it| it.complainant = "Ada Tenant".into()),
        changed(&|it| it.representative = "Rae Representative".into()),
        changed(&|it| it.subject = "Noise".into()),
        changed(&|it| it.case_type = CaseType::Enquiry.into()),
        changed(&|it| it.opened_on = "2023-04-06".into()),
        changed(&|it| it.status = Status::Review.into()),
        changed(&|it| {
            it.staff_details = Some(StaffDetails {
                contact: "0300 111 3000".into(),
                ..Default::default()
            });
        }),
        original,
    ];

    let results = import(&portal, rows).await;

    let fields: Vec<_> = results.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "complainant",
            "representative",
            "subject",
            "case_type",
            "opened_on",
            "status",
            "staff_details",
            ""
        ]
    );
    assert!(outcomes(&results[..7]).iter().all(|it| *it == Refused));
    assert_eq!(results[7].outcome(), Unchanged);
    assert_eq!(events::<CaseImported>(&db).await.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_case_that_moved_on_here_is_still_unchanged_by_its_own_row(db: PgPool) {
    let portal = a_portal(&db).await;
    let rows = vec![row(&portal, "202300001")];
    let first = import(&portal, rows.clone()).await;
    let case = portal
        .seen(&proto::case::v1::Case {
            id: first[0].case_id.clone(),
            ..Default::default()
        })
        .await;
    let closed = portal.moved(&case, &[Status::Closed]).await;

    let again = import(&portal, rows.clone()).await;
    let back = ImportedCase {
        status: Status::Closed.into(),
        closed_on: closed.closed_on.clone(),
        ..rows[0].clone()
    };
    let now = import(&portal, vec![back]).await;

    assert_eq!(outcomes(&again), [Unchanged]);
    assert_eq!(portal.seen(&closed).await, closed);
    assert_eq!(
        (now[0].outcome(), now[0].field.as_str()),
        (Refused, "reference"),
        "a row that says what the case has become is another row all the same"
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_case_from_before_rows_were_remembered_is_known_by_what_stays(db: PgPool) {
    let portal = a_portal(&db).await;
    let rows = vec![row(&portal, "202300001")];
    import(&portal, rows.clone()).await;
    sqlx::query("update cases set import_digest = null")
        .execute(&db)
        .await
        .unwrap();
    let other = ImportedCase {
        subject: "Noise".into(),
        ..rows[0].clone()
    };

    let results = import(&portal, vec![rows[0].clone(), other]).await;

    assert_eq!(outcomes(&results), [Unchanged, Refused]);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_trial_says_what_an_import_would_do_and_does_nothing(db: PgPool) {
    let portal = a_portal(&db).await;
    let there = row(&portal, "202300001");
    import(&portal, vec![there.clone()]).await;
    let request = ImportCasesRequest {
        cases: vec![
            there.clone(),
            row(&portal, "202300002"),
            ImportedCase {
                subject: "Noise".into(),
                ..there
            },
            row(&portal, "none"),
        ],
        validate_only: true,
    };

    let results = results(&portal, request).await;

    assert_eq!(outcomes(&results), [Unchanged, Added, Refused, Refused]);
    assert!(results[1].case_id.is_empty());
    assert_eq!(events::<CaseImported>(&db).await.len(), 1);
    let listed = portal
        .staff()
        .list_cases(ListCasesRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.cases.len(), 1);
}
