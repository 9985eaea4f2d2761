//! CA-7: taking over cases that were opened elsewhere.

use outbox::testing::events;
use proto::case::v1::{
    CaseImported, CaseOpened, CaseType, ImportCasesRequest, ImportResult, ImportedCase,
    ListCasesRequest, Status, Team,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{Portal, a_portal};

fn row(portal: &Portal, reference: &str) -> ImportedCase {
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

async fn import(portal: &Portal, cases: Vec<ImportedCase>) -> Vec<ImportResult> {
    portal
        .importer()
        .import_cases(ImportCasesRequest { cases })
        .await
        .unwrap()
        .into_inner()
        .results
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
async fn ca_7_the_same_rows_again_and_twice_in_one_batch_are_the_same_cases(db: PgPool) {
    let portal = a_portal(&db).await;
    let rows = vec![
        row(&portal, "202300001"),
        row(&portal, "202300002"),
        row(&portal, "202300001"),
    ];

    let first = import(&portal, rows.clone()).await;
    let again = import(&portal, rows).await;

    assert_eq!(first, again);
    assert_eq!(first[0], first[2]);
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
    assert_eq!(first, second);
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
        ("reference", "")
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
        .import_cases(ImportCasesRequest { cases })
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
