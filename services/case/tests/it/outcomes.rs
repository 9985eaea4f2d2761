//! CA-7: recording what was decided, and who sees it when.

use outbox::testing::events;
use proto::case::v1::{
    Case, CaseOutcomeRecorded, Finding, RecordOutcomeRequest, Status, TimelineEntry,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{Portal, a_decision, a_portal, get, timeline};

const TO_INVESTIGATION: [Status; 3] = [
    Status::ReferralAssessment,
    Status::AwaitingInvestigation,
    Status::UnderInvestigation,
];

async fn an_investigated_case(portal: &Portal) -> Case {
    portal
        .moved(&portal.a_case().await, &TO_INVESTIGATION)
        .await
}

async fn decided(portal: &Portal, case: &Case, finding: Finding) -> Case {
    portal
        .staff()
        .record_outcome(a_decision(case, finding))
        .await
        .unwrap()
        .into_inner()
}

async fn own(portal: &Portal, case: &Case) -> Case {
    portal.own().get_case(get(case)).await.unwrap().into_inner()
}

async fn own_timeline(portal: &Portal, case: &Case) -> Vec<TimelineEntry> {
    let page = portal.own().list_timeline(timeline(case)).await.unwrap();
    page.into_inner().entries
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_decision_is_the_staffs_until_the_case_is_determined_and_then_the_landlords_too(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let case = an_investigated_case(&portal).await;

    let recorded = decided(&portal, &case, Finding::Maladministration).await;

    let outcome = recorded.outcome.clone().unwrap();
    assert_eq!(recorded.version, case.version + 1);
    assert_eq!(outcome.finding_label, "Maladministration");
    assert_eq!(outcome.decided_on, "2025-06-02");
    assert!(!outcome.told);
    assert_eq!(own(&portal, &case).await.outcome, None);
    let hidden = &portal.timeline(&case).await[0];
    assert_eq!(hidden.title, "Outcome recorded");
    assert!(hidden.staff_only);
    assert!(
        own_timeline(&portal, &case)
            .await
            .iter()
            .all(|it| it.title != "Outcome recorded")
    );

    let determined = portal.moved(&recorded, &[Status::Determined]).await;

    assert!(determined.outcome.as_ref().unwrap().told);
    let seen = own(&portal, &case).await.outcome.unwrap();
    assert_eq!(
        seen.summary,
        "The repairs took 14 months.\nThe landlord pays £600."
    );
    let told = &own_timeline(&portal, &case).await[0];
    assert_eq!(told.title, "Outcome recorded");
    assert_eq!(
        told.description,
        "“Maladministration”, decided on 2 June 2025."
    );
    let announced: Vec<_> = events::<CaseOutcomeRecorded>(&db)
        .await
        .into_iter()
        .map(|it| (it.finding(), it.told))
        .collect();
    assert_eq!(
        announced,
        [
            (Finding::Maladministration, false),
            (Finding::Maladministration, true)
        ]
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_review_s_new_decision_hides_behind_the_old_one_until_the_review_ends(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = an_investigated_case(&portal).await;
    let case = decided(&portal, &case, Finding::NoMaladministration).await;
    let case = portal
        .moved(&case, &[Status::Determined, Status::Review])
        .await;

    let reviewed = decided(&portal, &case, Finding::ServiceFailure).await;

    let finding = |case: &Case| case.outcome.as_ref().unwrap().finding();
    assert_eq!(finding(&reviewed), Finding::ServiceFailure);
    assert_eq!(
        finding(&own(&portal, &case).await),
        Finding::NoMaladministration
    );

    portal
        .moved(&reviewed, &[Status::AwaitingLandlordAction])
        .await;
    assert_eq!(finding(&own(&portal, &case).await), Finding::ServiceFailure);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_decision_on_a_closed_case_is_seen_at_once(db: PgPool) {
    let portal = a_portal(&db).await;
    let closed = portal
        .moved(&portal.a_case().await, &[Status::Closed])
        .await;

    let recorded = decided(&portal, &closed, Finding::Withdrawn).await;

    assert!(recorded.outcome.unwrap().told);
    assert_eq!(
        own(&portal, &closed).await.outcome.unwrap().finding_label,
        "Withdrawn"
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_determination_without_an_investigation_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    let refused = portal
        .staff()
        .record_outcome(a_decision(&case, Finding::Maladministration))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "NOT_INVESTIGATED")
    );
    assert_eq!(portal.seen(&case).await, case);
    assert!(events::<CaseOutcomeRecorded>(&db).await.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_every_wrong_field_of_a_decision_is_named(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = an_investigated_case(&portal).await;
    let wrong = RecordOutcomeRequest {
        finding: 99,
        summary: " ".into(),
        decided_on: "soon".into(),
        ..a_decision(&case, Finding::Withdrawn)
    };

    let refused = portal.staff().record_outcome(wrong).await.unwrap_err();
    let fields: Vec<_> = violations(&refused).into_iter().map(|it| it.0).collect();
    assert_eq!(fields, ["finding", "summary", "decided_on"]);

    for (decided_on, why) in [
        ("2025-06-03", "IN_THE_FUTURE"),
        ("2025-06-01", "BEFORE_OPENING"),
    ] {
        let wrong = RecordOutcomeRequest {
            decided_on: decided_on.into(),
            ..a_decision(&case, Finding::Withdrawn)
        };
        let refused = portal.staff().record_outcome(wrong).await.unwrap_err();
        assert_eq!(reason(&refused), why);
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_2_a_decision_on_a_case_that_was_changed_meanwhile_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = an_investigated_case(&portal).await;
    decided(&portal, &case, Finding::Resolved).await;

    let refused = portal
        .staff()
        .record_outcome(a_decision(&case, Finding::Withdrawn))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "STALE")
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_7_a_landlord_records_no_decisions(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = an_investigated_case(&portal).await;

    let refused = portal
        .own()
        .record_outcome(a_decision(&case, Finding::Withdrawn))
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_1_staff_see_who_did_it_by_account_and_landlords_by_name(db: PgPool) {
    let portal = a_portal(&db).await;
    let caller = testkit::a_senior_colleague().through("Triage desk");
    let case = portal.a_case().await;
    let request = crate::given::a_move(&case, Status::InternalProcedure);
    portal.cases(&caller).move_case(request).await.unwrap();

    let staff = &portal.timeline(&case).await[0];
    let landlord = &own_timeline(&portal, &case).await[0];

    assert_eq!(
        staff.actor_id,
        format!("account:{} through client:Triage desk", caller.id())
    );
    assert_eq!(landlord.actor_id, "");
    assert_eq!(
        (&staff.actor, &staff.title),
        (&landlord.actor, &landlord.title)
    );
}
