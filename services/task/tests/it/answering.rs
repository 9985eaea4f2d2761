//! TA-5 and TA-6: what a caseworker does with a task.

use outbox::testing::events;
use proto::task::v1::{
    AnswerUnableRequest, TaskChanged, TaskStatus, TaskUnableAnswered, UnableDecision,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{a_portal, answering, withdrawing};

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_a_report_is_answered_by_a_new_due_date(db: PgPool) {
    let portal = a_portal(&db).await;
    let reported = portal.reported(&portal.a_task("2025-06-05").await).await;

    let request = answering(&reported, UnableDecision::NewDate, "2025-06-30");
    let answered = portal
        .staff()
        .answer_unable(request)
        .await
        .unwrap()
        .into_inner();

    assert_eq!(
        (answered.due_on.as_str(), answered.status()),
        ("2025-06-30", TaskStatus::Pending)
    );
    assert_eq!(answered.ending_reason, "We understand");
    let report = answered.unable.clone().unwrap();
    assert_eq!(
        (report.decision(), report.answer.as_str()),
        (UnableDecision::NewDate, "We understand")
    );
    assert!(report.answered_at.is_some());
    assert_eq!(portal.seen(&reported).await, answered);
    let announced = &events::<TaskUnableAnswered>(&db).await[0];
    let facts = announced.facts.as_ref().unwrap();
    assert_eq!(
        (announced.decision(), facts.due_on.as_str(), facts.open),
        (UnableDecision::NewDate, "2025-06-30", true)
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_a_report_is_answered_by_a_withdrawal_or_by_upholding_the_task(db: PgPool) {
    let portal = a_portal(&db).await;
    let first = portal.reported(&portal.a_task("2025-06-20").await).await;
    let second = portal.reported(&portal.a_task("2025-06-20").await).await;

    let withdrawn = answering(&first, UnableDecision::Withdrawn, "");
    let withdrawn = portal
        .staff()
        .answer_unable(withdrawn)
        .await
        .unwrap()
        .into_inner();
    let upheld = answering(&second, UnableDecision::Upheld, "");
    let upheld = portal
        .staff()
        .answer_unable(upheld)
        .await
        .unwrap()
        .into_inner();

    assert_eq!(
        (withdrawn.status(), withdrawn.ending_reason.as_str()),
        (TaskStatus::Withdrawn, "We understand")
    );
    assert_eq!(
        (upheld.status(), upheld.due_on.as_str()),
        (TaskStatus::Pending, "2025-06-20")
    );
    let open: Vec<_> = events::<TaskUnableAnswered>(&db)
        .await
        .into_iter()
        .map(|it| it.facts.unwrap().open)
        .collect();
    assert_eq!(open, [false, true]);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_there_must_be_a_report_to_answer(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    let refused = portal
        .staff()
        .answer_unable(answering(&task, UnableDecision::Upheld, ""))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "NOTHING_TO_ANSWER")
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_an_answer_needs_a_decision_and_a_new_date_that_can_be_kept(db: PgPool) {
    let portal = a_portal(&db).await;
    let reported = portal.reported(&portal.a_task("2025-06-20").await).await;

    for (decision, due_on, field, why) in [
        (UnableDecision::Unspecified, "", "decision", "REQUIRED"),
        (UnableDecision::NewDate, "", "due_on", "REQUIRED"),
        (
            UnableDecision::NewDate,
            "2025-06-01",
            "due_on",
            "IN_THE_PAST",
        ),
        (
            UnableDecision::NewDate,
            "2040-01-01",
            "due_on",
            "DATE_NOT_COVERED",
        ),
        (
            UnableDecision::Upheld,
            "2025-06-30",
            "due_on",
            "NOT_A_NEW_DATE",
        ),
    ] {
        let refused = portal
            .staff()
            .answer_unable(answering(&reported, decision, due_on))
            .await
            .unwrap_err();
        assert_eq!(
            (
                violations(&refused)[0].0.as_str(),
                reason(&refused).as_str()
            ),
            (field, why)
        );
    }
    let long = AnswerUnableRequest {
        answer: "x".repeat(1_001),
        ..answering(&reported, UnableDecision::Upheld, "")
    };
    assert_eq!(
        reason(&portal.staff().answer_unable(long).await.unwrap_err()),
        "TOO_LONG"
    );
    assert_eq!(portal.seen(&reported).await, reported);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_an_open_task_is_withdrawn_with_the_reason_and_keeps_how_it_ended(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    let withdrawn = portal
        .staff()
        .withdraw_task(withdrawing(&task, "We have it already"))
        .await
        .unwrap()
        .into_inner();

    assert_eq!(
        (withdrawn.status(), withdrawn.ending_reason.as_str()),
        (TaskStatus::Withdrawn, "We have it already")
    );
    assert_eq!(withdrawn.completed_on, "");
    assert_eq!(portal.seen(&task).await, withdrawn);
    let announced = &events::<TaskChanged>(&db).await[0];
    assert_eq!(
        (announced.reason.as_str(), announced.actor.as_str()),
        ("We have it already", "Casey Caseworker")
    );

    let refused = portal
        .staff()
        .withdraw_task(withdrawing(&withdrawn, "Again"))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "TASK_ENDED")
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn wh_2_answers_and_withdrawals_of_a_task_that_was_changed_meanwhile_are_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    portal.reported(&task).await;

    let refused = portal
        .staff()
        .withdraw_task(withdrawing(&task, "Not needed"))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "STALE")
    );

    let refused = portal
        .staff()
        .answer_unable(answering(&task, UnableDecision::Upheld, ""))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "STALE");
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_withdrawal_needs_a_reason_and_is_not_a_landlords(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.reported(&portal.a_task("2025-06-20").await).await;

    let refused = portal
        .staff()
        .withdraw_task(withdrawing(&task, " "))
        .await
        .unwrap_err();
    assert_eq!(violations(&refused)[0].0, "reason");

    let refused = portal
        .own()
        .withdraw_task(withdrawing(&task, "No"))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let refused = portal
        .own()
        .answer_unable(answering(&task, UnableDecision::Upheld, ""))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
