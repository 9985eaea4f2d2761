//! What is told of actions, of stages that were given to somebody, and of dates that moved (SC-10; 1.8 and 4.28 of the complaints policy).

use outbox::Outcome;
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    ActionHindered, ActionPromised, ApprovalDecided, ApprovalMatter, ApprovalRequested,
    ConflictDeclared, DeadlineEscalated, DeadlineFacts, DeadlineKind, DeadlineOverdue,
    DeadlineRedated, HandlerAssigned, OwnTask, RequestAssigned,
};
use sqlx::PgPool;
use testkit::Caller;

use crate::given::a_world;

fn a_task(case_reference: &str) -> OwnTask {
    OwnTask {
        what: "Call the resident".to_owned(),
        case_reference: case_reference.to_owned(),
    }
}

fn facts(owner: &Caller, kind: DeadlineKind, own_task: Option<OwnTask>) -> DeadlineFacts {
    DeadlineFacts {
        complaint_id: kit::id().to_string(),
        reference: "SC202500001".to_owned(),
        kind: kind.into(),
        stage: 1,
        due_on: "2025-06-20".to_owned(),
        owner_id: owner.id().to_string(),
        own_task,
        ..DeadlineFacts::default()
    }
}

/// 1.8: what is to be done and the case's reference, and nothing that leads to the complaint.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_a_caseworker_hears_of_an_action_and_of_no_complaint(db: PgPool) {
    let world = a_world(&db).await;
    let owner = testkit::a_caseworker();

    let event = world
        .hear(&ActionPromised {
            complaint_id: kit::id().to_string(),
            reference: "SC202500001".to_owned(),
            action_id: kit::id().to_string(),
            owner_id: owner.id().to_string(),
            due_on: "2025-06-20".to_owned(),
            own_task: Some(a_task("202312345")),
        })
        .await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);

    let told = world.notices(&owner).await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0].text,
        "You are accountable for an action about case 202312345, due on 20 June 2025: Call the resident"
    );
    assert!(told[0].own_action);
    assert_eq!(told[0].complaint_reference, "");
    assert_eq!(told[0].case_reference, "");
}

/// 4.30: an action that stays open is told to its owner and to the manager, each in the words that are theirs.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_the_manager_hears_of_a_colleagues_overdue_action_with_its_complaint(db: PgPool) {
    let world = a_world(&db).await;
    let owner = testkit::a_caseworker();
    let manager = testkit::a(Role::CustomerInsightManager);

    world
        .hear(&DeadlineEscalated {
            facts: Some(facts(&owner, DeadlineKind::Action, Some(a_task("")))),
        })
        .await;

    let (owners, managers) = (world.notices(&owner).await, world.notices(&manager).await);
    assert_eq!((owners.len(), managers.len()), (1, 1));
    assert_eq!(
        owners[0].text,
        "An action of yours is overdue, it was due on 20 June 2025: Call the resident"
    );
    assert_eq!(managers[0].complaint_reference, "SC202500001");
    assert!(!managers[0].own_action);
    assert!(
        !managers[0].text.contains("resident"),
        "{}",
        managers[0].text
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_whoever_is_given_a_stage_hears_of_it_unless_they_took_it(db: PgPool) {
    let world = a_world(&db).await;
    let handler = testkit::a(Role::ComplaintsInvestigator);
    let given = |by: &Caller| HandlerAssigned {
        complaint_id: kit::id().to_string(),
        reference: "SC202500001".to_owned(),
        stage: 2,
        handler_id: handler.id().to_string(),
        assigned_by: by.id().to_string(),
    };

    world.hear(&given(&handler)).await;
    assert!(world.notices(&handler).await.is_empty());
    let manager = testkit::a(Role::CustomerInsightManager);
    world.hear(&given(&manager)).await;

    let told = world.notices(&handler).await;
    assert_eq!(told[0].text, "Stage 2 was given to you");
    assert_eq!(told[0].complaint_reference, "SC202500001");
}

/// 2.3: whoever is to see to a service request hears of it, once however often the event comes.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_1_2_3_whoever_is_given_a_service_request_hears_of_it_once(db: PgPool) {
    let world = a_world(&db).await;
    let handler = testkit::a(Role::ComplaintsInvestigator);
    let given = |by: &Caller| RequestAssigned {
        service_request_id: kit::id().to_string(),
        reference: "SR202500001".to_owned(),
        handler_id: handler.id().to_string(),
        assigned_by: by.id().to_string(),
    };

    world.hear(&given(&handler)).await;
    assert!(world.notices(&handler).await.is_empty());
    let event = world
        .hear(&given(&testkit::a(Role::CustomerInsightManager)))
        .await;
    let again = world.deliver(&event).await.unwrap();

    assert_eq!(again, Outcome::Duplicate);
    let told = world.notices(&handler).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].text, "A service request was given to you");
    assert_eq!(told[0].complaint_reference, "SR202500001");
}

fn declared(by: &Caller, gave_up_stage: i32, left_actions: i32) -> ConflictDeclared {
    ConflictDeclared {
        complaint_id: kit::id().to_string(),
        reference: "SC202500001".to_owned(),
        declared_by: by.id().to_string(),
        gave_up_stage,
        left_actions,
        handler_id: String::new(),
    }
}

/// 3.4: what its handler gave up is to be handed on.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_4_3_4_managers_and_senior_colleagues_hear_of_an_interest_once(db: PgPool) {
    let world = a_world(&db).await;
    let declarer = testkit::a(Role::ComplaintsInvestigator);
    let event = world.hear(&declared(&declarer, 1, 0)).await;

    let again = world.deliver(&event).await.unwrap();

    assert_eq!(again, Outcome::Duplicate);
    for told in [Role::CustomerInsightManager, Role::SeniorColleague] {
        let notices = world.notices(&testkit::a(told)).await;
        assert_eq!(notices.len(), 1, "{told:?}");
        assert_eq!(
            notices[0].text,
            "Whoever handled stage 1 has an interest in it (policy 3.4). Give it to a colleague"
        );
    }
    assert!(world.notices(&declarer).await.is_empty());
}

/// 3.4, 4.29: and what they were accountable for, by whoever handles the complaint.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_3_4_the_handler_hears_of_the_actions_that_are_to_be_given_on(db: PgPool) {
    let world = a_world(&db).await;
    let handler = testkit::a(Role::ComplaintsInvestigator);
    let event = ConflictDeclared {
        handler_id: handler.id().to_string(),
        ..declared(&testkit::a_caseworker(), 0, 2)
    };

    world.hear(&event).await;

    let told = world.notices(&handler).await;
    assert_eq!(
        told[0].text,
        "A colleague has an interest in it (policy 3.4). Give 2 actions of theirs to a colleague"
    );
}

/// 3.4: a manager with an interest is told nothing as one of the managers, either, before or after.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_4_3_4_who_has_an_interest_finds_nothing_of_the_complaint_in_the_bell(db: PgPool) {
    let world = a_world(&db).await;
    let (declarer, other) = (
        testkit::a(Role::CustomerInsightManager),
        testkit::a(Role::CustomerInsightManager),
    );
    let asked = ApprovalRequested {
        complaint_id: kit::id().to_string(),
        reference: "SC202500001".to_owned(),
        matter: ApprovalMatter::BehaviourExclusion.into(),
    };
    let of_another = ApprovalRequested {
        complaint_id: kit::id().to_string(),
        reference: "SC202500002".to_owned(),
        ..asked.clone()
    };
    world.hear(&asked).await;

    world.hear(&declared(&declarer, 0, 0)).await;
    world.hear(&asked).await;
    world.hear(&of_another).await;

    let theirs = world.notices(&declarer).await;
    let theirs: Vec<_> = theirs.iter().map(|it| &it.complaint_reference).collect();
    assert_eq!(theirs, ["SC202500002"]);
    assert_eq!(world.unread(&declarer).await, 1);
    assert_eq!(world.notices(&other).await.len(), 4);
    assert_eq!(world.unread(&other).await, 4);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_4_whoever_handles_a_complaint_hears_that_its_date_moved(db: PgPool) {
    let world = a_world(&db).await;
    let handler = testkit::a(Role::ComplaintsInvestigator);

    world
        .hear(&DeadlineRedated {
            facts: Some(facts(&handler, DeadlineKind::Response, None)),
            due_before: "2025-06-19".to_owned(),
        })
        .await;

    assert_eq!(
        world.notices(&handler).await[0].text,
        "The response of stage 1 is due on 20 June 2025 instead of 19 June 2025, as bank holidays were changed. Tell the person"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_whoever_sees_to_it_hears_that_an_action_cant_be_done(db: PgPool) {
    let world = a_world(&db).await;
    let (handler, investigator) = (
        testkit::a(Role::ComplaintsInvestigator),
        testkit::a(Role::ComplaintsInvestigator),
    );
    let hindered = |seen_to_by: String| ActionHindered {
        complaint_id: kit::id().to_string(),
        reference: "SC202500001".to_owned(),
        action_id: kit::id().to_string(),
        seen_to_by,
    };

    world.hear(&hindered(handler.id().to_string())).await;
    assert_eq!(
        world.notices(&handler).await[0].text,
        "An action can’t be done as it was promised. See why, and give it to a colleague, take it back or promise it anew"
    );
    assert!(world.notices(&investigator).await.is_empty());
    // While nobody handles the complaint, it is everybody's.
    world.hear(&hindered(String::new())).await;
    assert_eq!(world.notices(&investigator).await.len(), 1);
}

/// 3.4: what was meant for somebody with an interest is told to the team.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_4_3_4_what_was_asked_by_somebody_with_an_interest_is_told_to_the_team(db: PgPool) {
    let world = a_world(&db).await;
    let asker = testkit::a(Role::ComplaintsInvestigator);
    let colleague = testkit::a(Role::ComplaintsInvestigator);
    world.hear(&declared(&asker, 1, 0)).await;

    world
        .hear(&ApprovalDecided {
            complaint_id: kit::id().to_string(),
            reference: "SC202500001".to_owned(),
            matter: ApprovalMatter::FurtherExtension.into(),
            asked_by: asker.id().to_string(),
            agreed: true,
        })
        .await;

    assert!(world.notices(&asker).await.is_empty());
    assert_eq!(world.notices(&colleague).await.len(), 1);
}

/// 3.4: an action that nobody has is due for the team, and no event of it is lost.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_3_4_an_action_without_an_owner_is_told_to_the_team(db: PgPool) {
    let world = a_world(&db).await;
    let facts = DeadlineFacts {
        owner_id: String::new(),
        ..facts(
            &testkit::a_caseworker(),
            DeadlineKind::Action,
            Some(a_task("202312345")),
        )
    };

    world.hear(&DeadlineOverdue { facts: Some(facts) }).await;

    let colleague = testkit::a(Role::ComplaintsInvestigator);
    assert_eq!(world.notices(&colleague).await.len(), 1);
}
