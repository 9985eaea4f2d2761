//! What casework says to a fresh review of a case's risk that was promised (37.4).

use outbox::Outcome;
use outbox::testing::event;
use proto::case::v1::{RiskReviewAnswered, RiskReviewRefusal, RiskReviewRefused};
use proto::service_complaint::v1::{
    ListActionsRequest, ListHistoryRequest, Remedy, RemedyKind, StageRecord,
};
use sqlx::PgPool;
use testkit::violations;

use crate::given::{World, a_world};
use crate::journey::Journey;

const TOLD: &str = "The risk was assessed afresh and the case goes ahead of others.";

/// A complaint with a risk review that is promised for 24 June 2025.
async fn promised(world: &World) -> Journey {
    let mut journey = world.investigated().await;
    let review = Remedy {
        kind: RemedyKind::RiskReview.into(),
        text: "Look at the risk assessment again".to_owned(),
        ..Remedy::default()
    };
    journey.offer(review, false).await.unwrap();
    let remedy = journey.complaint.remedies[0].id.clone();
    journey
        .promise(&world.reviewer, "2025-06-24", &remedy)
        .await
        .unwrap();
    journey
}

fn answered(journey: &Journey) -> RiskReviewAnswered {
    RiskReviewAnswered {
        case_reference: "202312345".to_owned(),
        complaint_id: journey.complaint.id.clone(),
        action_id: journey.complaint.actions[0].id.clone(),
        answered_on: "2025-06-10".to_owned(),
        told: TOLD.to_owned(),
        actor: "account:casework".to_owned(),
    }
}

fn refused(journey: &Journey, reason: RiskReviewRefusal) -> RiskReviewRefused {
    RiskReviewRefused {
        case_reference: "202312345".to_owned(),
        complaint_id: journey.complaint.id.clone(),
        action_id: journey.complaint.actions[0].id.clone(),
        reason: reason.into(),
    }
}

/// What was done with a complaint, the newest first: who, and what.
async fn history(journey: &mut Journey) -> Vec<(String, String)> {
    let request = ListHistoryRequest {
        complaint_id: journey.complaint.id.clone(),
        ..ListHistoryRequest::default()
    };
    let page = journey.client.list_history(request).await.unwrap();
    let changes = page.into_inner().changes.into_iter();
    changes.map(|it| (it.by, it.text)).collect()
}

/// 4.30: the action is done, and casework's sentence shows it. An event comes at least once and has its effect once.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_the_answer_of_casework_completes_the_action_once(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = promised(&world).await;
    let answered = event(&answered(&journey));

    for expected in [Outcome::Handled, Outcome::Duplicate] {
        let outcome = outbox::deliver(&db, &world.app, &answered).await.unwrap();
        assert_eq!(outcome, expected);
    }
    journey.refresh().await;

    let action = journey.complaint.actions[0].clone();
    let deadline = action.deadline.unwrap();
    assert_eq!(deadline.met_on, "2025-06-10");
    assert_eq!(action.evidence, TOLD);
    assert_eq!(deadline.entries.last().unwrap().by, "account:casework");
    let history = history(&mut journey).await;
    assert_eq!(
        history[0],
        (
            "Casework".to_owned(),
            format!("Done on 2025-06-10: Call the resident. {TOLD}")
        )
    );
    assert!(!history[1].1.contains(TOLD), "{history:?}");
    let open = ListActionsRequest::default();
    let open = journey.client.list_actions(open).await.unwrap();
    assert!(open.into_inner().actions.is_empty());
}

/// 4.15: casework's part in an action is no part in stage 1 that would bar anybody from stage 2.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_the_answer_leaves_the_procedure_as_it_was(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = promised(&world).await;
    let before = journey.complaint.clone();

    let answered = event(&answered(&journey));
    outbox::deliver(&db, &world.app, &answered).await.unwrap();
    journey.refresh().await;

    let handler = |stage: Option<&StageRecord>| stage.map(|it| it.handler_id.clone());
    assert_eq!(journey.complaint.standing, before.standing);
    assert_eq!(
        handler(journey.complaint.stage_1.as_ref()),
        handler(before.stage_1.as_ref())
    );
    assert_eq!(journey.complaint.version, before.version + 1);
    let accounts: i64 = sqlx::query_scalar(
        "select count(*) from changes where action = 'risk_reviewed' and account_id is not null",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(accounts, 0);
}

/// 37.2: an answer to what was taken back is noted, and changes nothing else.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_an_answer_to_an_action_that_was_withdrawn_is_only_noted(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = promised(&world).await;
    let action = journey.complaint.actions[0].id.clone();
    journey
        .withdraw_action(&action, "The resident moved away")
        .await
        .unwrap();
    let withdrawn = journey.complaint.actions.clone();

    let late = event(&answered(&journey));
    outbox::deliver(&db, &world.app, &late).await.unwrap();
    let refusal = event(&refused(&journey, RiskReviewRefusal::CaseClosed));
    outbox::deliver(&db, &world.app, &refusal).await.unwrap();
    journey.refresh().await;

    assert_eq!(journey.complaint.actions, withdrawn);
    let history = history(&mut journey).await;
    assert_eq!(
        history[0].1,
        "Casework can't do “Call the resident”: case 202312345 is closed"
    );
    assert_eq!(
        history[1].1,
        format!(
            "The case's risk was reviewed on 2025-06-10, after “Call the resident” had ended: {TOLD}"
        )
    );
}

/// 4.9: what can't be done stays open, and whoever is accountable sees why.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_a_review_that_casework_refuses_stays_open_and_shows_in_monitoring(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = promised(&world).await;
    let refusal = event(&refused(&journey, RiskReviewRefusal::NoSuchCase));

    for expected in [Outcome::Handled, Outcome::Duplicate] {
        let outcome = outbox::deliver(&db, &world.app, &refusal).await.unwrap();
        assert_eq!(outcome, expected);
    }

    let mine = ListActionsRequest {
        mine: true,
        ..ListActionsRequest::default()
    };
    let mut reviewer = world.client(world.reviewer.clone());
    let open = reviewer.list_actions(mine).await.unwrap().into_inner();
    let action = open.actions[0].action.clone().unwrap();
    assert_eq!(open.actions.len(), 1);
    assert_eq!(action.hindrance, "there is no case 202312345");
    assert_eq!(action.deadline.unwrap().met_on, "");
    let history = history(&mut journey).await;
    let told = "Casework can't do “Call the resident”: there is no case 202312345";
    let notes = history.iter().filter(|(_, text)| text == told);
    assert_eq!(notes.count(), 1);
    // It still ends as any action does: by what shows that it was done, or by the reason why it is not needed.
    journey.refresh().await;
    let action = journey.complaint.actions[0].id.clone();
    let silent = journey.withdraw_action(&action, "").await.unwrap_err();
    assert_eq!(violations(&silent)[0].0, "reason");
    journey
        .withdraw_action(&action, "There is no such case")
        .await
        .unwrap();
}

/// 37.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_an_answer_to_nothing_that_was_promised_changes_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = promised(&world).await;
    let nothing = RiskReviewAnswered {
        action_id: kit::id().to_string(),
        ..answered(&journey)
    };
    let nonsense = RiskReviewAnswered {
        action_id: "the call".to_owned(),
        ..answered(&journey)
    };

    let nothing = outbox::deliver(&db, &world.app, &event(&nothing)).await;
    let nonsense = outbox::deliver(&db, &world.app, &event(&nonsense)).await;

    assert!(nothing.unwrap_err().is_hopeless());
    assert!(nonsense.unwrap_err().is_hopeless());
    let before = journey.complaint.clone();
    journey.refresh().await;
    assert_eq!(journey.complaint, before);
}

/// 4.9: casework says once why it can't, and whoever is given the action has to know.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_what_casework_said_of_a_review_is_seen_by_whoever_is_given_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = promised(&world).await;
    let closed = refused(&journey, RiskReviewRefusal::CaseClosed);
    outbox::deliver(&db, &world.app, &event(&closed))
        .await
        .unwrap();
    journey.refresh().await;
    let action = journey.complaint.actions[0].clone();

    journey
        .assign_action(&action.id, &world.senior)
        .await
        .unwrap();

    assert_ne!(action.hindrance, "");
    assert_eq!(journey.complaint.actions[0].hindrance, action.hindrance);
}
