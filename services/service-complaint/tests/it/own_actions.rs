//! Actions of colleagues outside Customer Insight: what they see of a complaint, and what they don't (1.8, 4.28, 4.29).

use outbox::testing::events;
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    ActionHindered, ActionPromised, CompleteMyActionRequest, DeadlineApproaching,
    GetMyActionRequest, ListMyActionsRequest, OwnAction, OwnTask, ReportMyActionHinderedRequest,
};
use sqlx::PgPool;
use testkit::{Caller, reason, violations};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use crate::given::{World, a_world, announced};
use crate::journey::Journey;

/// A caseworker with an action of a complaint that is answered.
async fn promised(db: &PgPool, world: &World, due_on: &[&str]) -> (Caller, Journey) {
    let caseworker = testkit::a_caseworker().named("Casey Worker");
    announced(db, &world.app, &caseworker, true).await;
    let mut journey = world.answered().await;
    for due_on in due_on {
        journey.promise(&caseworker, due_on, "").await.unwrap();
    }
    (caseworker, journey)
}

impl World {
    async fn complete(
        &self,
        by: &Caller,
        action_id: &str,
        evidence: &str,
    ) -> Result<OwnAction, Status> {
        self.complete_on(by, action_id, evidence, "2025-06-10")
            .await
    }

    async fn hindered(&self, by: &Caller, action_id: &str, why: &str) -> Result<OwnAction, Status> {
        let request = ReportMyActionHinderedRequest {
            action_id: action_id.to_owned(),
            why: why.to_owned(),
        };
        let said = self
            .colleague(by)
            .report_my_action_hindered(request)
            .await?;
        Ok(said.into_inner())
    }

    async fn complete_on(
        &self,
        by: &Caller,
        action_id: &str,
        evidence: &str,
        on: &str,
    ) -> Result<OwnAction, Status> {
        let request = CompleteMyActionRequest {
            action_id: action_id.to_owned(),
            on: on.to_owned(),
            evidence: evidence.to_owned(),
        };
        let done = self.colleague(by).complete_my_action(request).await?;
        Ok(done.into_inner())
    }
}

/// 1.8: what is to be done, its case and its date, and nothing of who complains or of what.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_a_caseworker_sees_their_own_actions_to_the_last_page(db: PgPool) {
    let world = a_world(&db).await;
    let (caseworker, mut journey) = promised(&db, &world, &["2025-06-24", "2025-06-20"]).await;
    journey
        .promise(&world.reviewer, "2025-06-11", "")
        .await
        .unwrap();

    let mut own = world.colleague(&caseworker);
    let mut seen = Vec::new();
    let mut request = ListMyActionsRequest {
        page_size: 1,
        ..ListMyActionsRequest::default()
    };
    loop {
        let page = own.list_my_actions(request.clone()).await.unwrap();
        let page = page.into_inner();
        seen.extend(page.actions);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    let due: Vec<_> = seen
        .iter()
        .map(|it| it.deadline.clone().unwrap().due_on)
        .collect();
    assert_eq!(due, ["2025-06-20", "2025-06-24"]);
    assert_eq!(seen[0].what, "Call the resident");
    assert_eq!(seen[0].case_reference, "202312345");
    let said = format!("{seen:?}");
    for hidden in ["Asha", &journey.complaint.reference, &journey.complaint.id] {
        assert!(!said.contains(hidden), "{said}");
    }
}

/// 4.30: accountability lies with whoever it was assigned to.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_a_caseworker_completes_their_action_with_evidence_once(db: PgPool) {
    let world = a_world(&db).await;
    let (caseworker, mut journey) = promised(&db, &world, &["2025-06-20"]).await;
    let id = journey.complaint.actions[0].id.clone();

    let tomorrow = world
        .complete_on(&caseworker, &id, "The call", "2025-06-11")
        .await;
    let unproved = world.complete(&caseworker, &id, " ").await;
    let done = world
        .complete(&caseworker, &id, "The note of the call")
        .await
        .unwrap();
    let again = world
        .complete(&caseworker, &id, "The note of the call")
        .await
        .unwrap();
    let otherwise = world.complete(&caseworker, &id, "Another note").await;
    journey.refresh().await;

    assert_eq!(violations(&tomorrow.unwrap_err())[0].0, "on");
    assert_eq!(violations(&unproved.unwrap_err())[0].0, "evidence");
    assert_eq!(done, again);
    assert_eq!(done.deadline.unwrap().met_on, "2025-06-10");
    assert!(otherwise.is_err());
    assert_eq!(
        journey.complaint.actions[0].evidence,
        "The note of the call"
    );
    let list = ListMyActionsRequest::default();
    let list = world.colleague(&caseworker).list_my_actions(list).await;
    assert!(list.unwrap().into_inner().actions.is_empty());
}

/// 4.9: whoever handles the complaint hears what keeps somebody from an action, once, and the action stays due.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_a_caseworker_says_what_keeps_them_from_an_action(db: PgPool) {
    let world = a_world(&db).await;
    let (caseworker, mut journey) = promised(&db, &world, &["2025-06-20"]).await;
    let id = journey.complaint.actions[0].id.clone();
    let handler = journey.complaint.stage_1.clone().unwrap().handler_id;
    let why = "The case is another team's now";

    let silent = world.hindered(&caseworker, &id, " ").await;
    let said = world.hindered(&caseworker, &id, why).await.unwrap();
    let again = world.hindered(&caseworker, &id, why).await.unwrap();
    journey.refresh().await;

    assert_eq!(violations(&silent.unwrap_err())[0].0, "why");
    assert_eq!(said.hindrance, why);
    assert_eq!(again, said);
    assert_eq!(journey.complaint.actions[0].hindrance, why);
    let told = events::<ActionHindered>(&db).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].seen_to_by, handler);
    let list = ListMyActionsRequest::default();
    let list = world.colleague(&caseworker).list_my_actions(list).await;
    assert_eq!(list.unwrap().into_inner().actions, [said]);

    world.complete(&caseworker, &id, "The call").await.unwrap();
    let late = world.hindered(&caseworker, &id, "Nobody answers").await;
    assert_eq!(reason(&late.unwrap_err()), "ACTION_ENDED");
}

/// 1.8: an action of somebody else is none, and a complaint is nobody's but Customer Insight's.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn id_12_nobody_finds_an_action_of_somebody_else(db: PgPool) {
    let world = a_world(&db).await;
    let (_, mut journey) = promised(&db, &world, &["2025-06-20"]).await;
    journey
        .promise(&world.reviewer, "2025-06-11", "")
        .await
        .unwrap();
    let (other, id) = (
        testkit::a_caseworker(),
        journey.complaint.actions[0].id.clone(),
    );
    announced(&db, &world.app, &other, true).await;

    for action in &journey.complaint.actions {
        let request = GetMyActionRequest {
            action_id: action.id.clone(),
        };
        let looked = world.colleague(&other).get_my_action(request).await;
        let done = world.complete(&other, &action.id, "A note").await;
        let hindered = world.hindered(&other, &action.id, "Not mine").await;
        for refused in [looked.map(drop), done.map(drop), hindered.map(drop)] {
            let refused = refused.unwrap_err();
            assert_eq!(refused.code(), Code::NotFound);
            assert_eq!(reason(&refused), "NO_SUCH_ACTION");
        }
    }
    for wrong in [
        testkit::a_landlord_administrator(kit::id()),
        testkit::a(Role::IndependentReviewer),
    ] {
        let refused = world.complete(&wrong, &id, "A note").await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
}

/// 1.8: events say what is to be done to whoever sees nothing else, and to nobody else.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_what_is_to_be_done_is_announced_for_colleagues_outside_alone(db: PgPool) {
    let world = a_world(&db).await;
    let (_, mut journey) = promised(&db, &world, &["2025-06-20"]).await;
    journey
        .promise(&world.reviewer, "2025-06-20", "")
        .await
        .unwrap();
    journey
        .promise(&world.senior, "2025-06-20", "")
        .await
        .unwrap();

    world.on("2025-06-18");
    world.app.sweep(&CancellationToken::new()).await.unwrap();

    let task = OwnTask {
        what: "Call the resident".to_owned(),
        case_reference: "202312345".to_owned(),
    };
    let promised = events::<ActionPromised>(&db).await;
    let promised: Vec<_> = promised.into_iter().map(|it| it.own_task).collect();
    assert_eq!(promised, [Some(task.clone()), None, None]);
    let near = events::<DeadlineApproaching>(&db).await;
    let near: Vec<_> = near
        .into_iter()
        .filter_map(|it| it.facts)
        .filter_map(|it| it.own_task)
        .collect();
    assert_eq!(near, [task]);
}

/// 4.29: what keeps somebody from an action is no word of whoever is given it; to give it to whoever has it changes nothing.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_what_kept_one_colleague_from_an_action_is_not_said_of_the_next(db: PgPool) {
    let world = a_world(&db).await;
    let (caseworker, mut journey) = promised(&db, &world, &["2025-06-20"]).await;
    let id = journey.complaint.actions[0].id.clone();
    let away = "I am on leave from Monday";
    world.hindered(&caseworker, &id, away).await.unwrap();
    journey.refresh().await;

    let nothing = journey.assign_action(&id, &caseworker).await;
    journey.assign_action(&id, &world.senior).await.unwrap();

    assert_eq!(reason(&nothing.unwrap_err()), "NOTHING_CHANGED");
    assert_eq!(journey.complaint.actions[0].hindrance, "");
}
