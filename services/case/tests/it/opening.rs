//! CA-1: opening a case.

use futures::future::join_all;
use outbox::testing::events;
use proto::case::v1::{
    Case, CaseOpened, CaseType, DescribeWorkflowRequest, ImportedCase, OpenCaseRequest, Status,
    Team,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{a_portal, opening};
use crate::importing::{import, row};

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_an_opened_case_has_a_reference_a_status_and_a_team(db: PgPool) {
    let portal = a_portal(&db).await;

    let case = portal.a_case().await;

    assert_eq!(case.reference, "202500001");
    assert_eq!(case.case_type_label, "Complaint about a member landlord");
    assert_eq!(
        (case.status(), case.team()),
        (Status::InitialAssessment, Team::DisputeSupport)
    );
    assert_eq!(case.status_label, "Case under initial assessment");
    assert!(!case.status_explanation.is_empty() && !case.team_role.is_empty());
    assert_eq!(case.landlord_name, "TEST TEST Landlord");
    assert_eq!(
        (case.opened_on.as_str(), case.closed_on.as_str()),
        ("2025-06-02", "")
    );
    assert_eq!(case.staff_details.unwrap().vulnerabilities, "Asthma");
    assert_eq!(portal.a_case().await.reference, "202500002");

    let announced = events::<CaseOpened>(&db).await;
    let facts = announced[0].facts.clone().unwrap();
    assert_eq!(announced.len(), 2);
    assert_eq!((facts.case_id, facts.version), (case.id, 1));
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_numbers_start_again_with_the_london_year(db: PgPool) {
    let portal = a_portal(&db).await;
    portal.a_case().await;

    portal.clock.set("2026-01-01T00:00:00Z".parse().unwrap());

    assert_eq!(portal.a_case().await.reference, "202600001");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_twenty_cases_opened_at_once_have_twenty_references(db: PgPool) {
    let portal = a_portal(&db).await;

    let opened = join_all((0..20).map(|_| portal.a_case())).await;

    let mut references: Vec<_> = opened.into_iter().map(|it| it.reference).collect();
    references.sort();
    let expected: Vec<_> = (1..=20).map(|number| format!("2025{number:05}")).collect();
    assert_eq!(references, expected);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_2_the_same_request_opens_one_case_however_often_it_comes(db: PgPool) {
    let portal = a_portal(&db).await;
    let request = opening(portal.landlord);

    let opened = join_all((0..8).map(|_| portal.opened(&request))).await;

    assert!(opened.iter().all(|it| *it == opened[0]));
    assert_eq!(events::<CaseOpened>(&db).await.len(), 1);
    assert_eq!(portal.a_case().await.reference, "202500002");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_2_the_same_request_id_with_another_body_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let request = opening(portal.landlord);
    portal.opened(&request).await;

    let other = OpenCaseRequest {
        subject: "Something else".into(),
        ..request
    };
    let refused = portal.staff().open_case(other).await.unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::AlreadyExists, "REQUEST_ID_REUSED")
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_a_landlord_that_is_not_registered_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;

    let refused = portal
        .staff()
        .open_case(opening(kit::id()))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "NO_SUCH_LANDLORD")
    );
    assert!(events::<CaseOpened>(&db).await.is_empty());
    assert_eq!(
        portal.a_case().await.reference,
        "202500001",
        "a refused opening takes no number"
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_every_wrong_field_is_named(db: PgPool) {
    let portal = a_portal(&db).await;
    let wrong = OpenCaseRequest {
        request_id: "one".into(),
        case_type: CaseType::Unspecified.into(),
        complainant: " ".into(),
        subject: "x".repeat(1_001),
        ..opening(portal.landlord)
    };

    let refused = portal.staff().open_case(wrong).await.unwrap_err();

    let fields: Vec<_> = violations(&refused)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(
        fields,
        ["request_id", "case_type", "complainant", "subject"]
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_a_landlord_opens_no_cases(db: PgPool) {
    let portal = a_portal(&db).await;

    let refused = portal
        .own()
        .open_case(opening(portal.landlord))
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_2_the_workflow_is_described_with_its_words_and_moves(db: PgPool) {
    let portal = a_portal(&db).await;

    let described = portal
        .own()
        .describe_workflow(DescribeWorkflowRequest {})
        .await
        .unwrap()
        .into_inner();

    assert_eq!(
        (
            described.statuses.len(),
            described.teams.len(),
            described.case_types.len()
        ),
        (11, 4, 3)
    );
    let determined = &described.statuses[6];
    assert_eq!(determined.label, "Determined");
    assert_eq!(determined.team(), Team::DisputeResolution);
    assert_eq!(
        determined.next,
        [Status::Review as i32, Status::Closed as i32]
    );
    assert_eq!(
        described.statuses[10].team(),
        Team::Unspecified,
        "a closed case is nobody's stage"
    );
}

/// A continuing or repeated issue, wherever its cases come from.
#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_11_an_earlier_case_is_named_when_another_is_opened_or_imported(db: PgPool) {
    let portal = a_portal(&db).await;
    let before = ImportedCase {
        status: Status::Closed.into(),
        closed_on: "2024-05-06".into(),
        ..row(&portal, "202300001")
    };
    import(&portal, vec![before]).await;

    let opened = portal.a_case().await;

    let earlier = |case: &Case| -> Vec<String> {
        let allocation = case.allocation.clone().unwrap();
        let cases = allocation.earlier_cases.into_iter();
        cases.map(|it| it.reference).collect()
    };
    assert_eq!(earlier(&opened), ["202300001"]);
    import(&portal, vec![row(&portal, "202400001")]).await;
    assert_eq!(earlier(&portal.find("202400001").await), ["202300001"]);
    let somebody_else = OpenCaseRequest {
        complainant: "Somebody Else".into(),
        ..opening(portal.landlord)
    };
    assert!(earlier(&portal.opened(&somebody_else).await).is_empty());
}
