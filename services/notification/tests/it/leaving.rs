//! News reaches somebody when who was to hear it has left (NO-1, NO-3, ME-5).

use chrono::TimeDelta;
use outbox::Outcome;
use proto::case::v1::{CaseFacts, CaseOwnerAssigned};
use proto::identity::v1::StaffChanged;
use proto::messaging::v1::{ReplyFacts, ReplyOverdue, ReplySettled};
use proto::task::v1::{TaskCompleted, TaskEscalated, TaskUnableReported};
use sqlx::PgPool;
use testkit::{a_caseworker, a_landlord_administrator};
use uuid::Uuid;

use crate::given::{TRIAGE, World, a_world, facts, task};

const LANDLORD: &str = "ada@landlord.example";
const OWNER: &str = "casey@ombudsman.example";

/// A case whose owner can't log in any more, and the owner. Whether identity has announced it is for each test to say.
async fn a_case_of_somebody_gone(world: &World) -> (Uuid, Uuid) {
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let case = world.a_case(landlord, Some(owner)).await;
    world.people.deactivate(owner);
    (case, owner)
}

fn unable(case: Uuid) -> TaskUnableReported {
    TaskUnableReported {
        facts: Some(task(case, true)),
        ..TaskUnableReported::default()
    }
}

fn overdue(case: Uuid) -> ReplyFacts {
    ReplyFacts {
        reply_id: kit::id().to_string(),
        case_id: case.to_string(),
        message_id: kit::id().to_string(),
        due_on: "2025-06-09".to_owned(),
        ..ReplyFacts::default()
    }
}

async fn texts(world: &World, caller: &testkit::Caller) -> Vec<String> {
    let notices = world.notices(caller).await;
    notices.into_iter().map(|it| it.text).collect()
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_the_news_of_an_owner_who_has_left_goes_to_the_team(db: PgPool) {
    let world = a_world(&db).await;
    let (case, owner) = a_case_of_somebody_gone(&world).await;
    world.staff(owner, false).await;

    world.hear(&unable(case)).await;

    let mails = world.send().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].is_to(TRIAGE));
    assert_eq!(world.notices(&a_caseworker()).await.len(), 1);
    let gone = a_caseworker().with_account(owner);
    assert_eq!(
        world.notices(&gone).await.len(),
        1,
        "what everyone in casework sees, and nothing beside"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn me_5_a_reminder_of_an_answer_reaches_the_team_of_an_owner_who_has_left(db: PgPool) {
    let world = a_world(&db).await;
    let (case, owner) = a_case_of_somebody_gone(&world).await;
    world.staff(owner, false).await;

    world
        .hear(&ReplyOverdue {
            facts: Some(overdue(case)),
        })
        .await;

    let mails = world.send().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].is_to(TRIAGE));
    assert_eq!(mails[0].subject, "Answer overdue: case 202512345");
    assert_eq!(world.notices(&a_caseworker()).await.len(), 1);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_whoever_comes_back_hears_again_whatever_order_that_is_announced_in(db: PgPool) {
    let world = a_world(&db).await;
    let (case, owner) = a_case_of_somebody_gone(&world).await;
    let left = world.staff(owner, false).await;
    world.clock.advance(TimeDelta::days(1));
    let back = world.staff(owner, true).await;
    world.people.readdress(owner, OWNER);
    // An older announcement under another id, which the inbox does not know.
    let late = outbox::testing::event_at(
        &StaffChanged {
            account_id: owner.to_string(),
            active: false,
            ..StaffChanged::default()
        },
        left.occurred_at,
    );
    assert_eq!(world.deliver(&late).await.unwrap(), Outcome::Handled);
    assert_eq!(world.deliver(&back).await.unwrap(), Outcome::Duplicate);

    world.hear(&unable(case)).await;

    let mails = world.send().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].is_to(OWNER));
}

/// The email was on its way, or nobody has announced it: identity says so when the email is about to leave.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_what_was_on_its_way_to_who_has_left_is_told_to_the_team_once(db: PgPool) {
    let world = a_world(&db).await;
    let (case, owner) = a_case_of_somebody_gone(&world).await;
    let event = world.hear(&unable(case)).await;
    world
        .hear(&TaskCompleted {
            facts: Some(task(case, false)),
            ..TaskCompleted::default()
        })
        .await;
    assert!(texts(&world, &a_caseworker()).await.is_empty());

    let mails = world.send().await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    world.gathered();
    assert_eq!(world.send().await.len(), mails.len());

    assert_eq!(
        mails
            .iter()
            .map(|it| (it.to[0].as_str(), it.subject.as_str()))
            .collect::<Vec<_>>(),
        [(
            TRIAGE,
            "Unable to complete a task, Task completed: case 202512345"
        )]
    );
    assert_eq!(texts(&world, &a_caseworker()).await.len(), 2);
    let states: Vec<String> = sqlx::query_scalar("select state from emails order by recipient")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(states, ["lapsed", "sent"]);
    let own = a_caseworker().with_account(owner);
    assert_eq!(
        texts(&world, &own).await.len(),
        4,
        "theirs, which nobody reads, and those of everyone"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_an_account_that_is_gone_is_no_reason_to_tell_nobody(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    // Identity knows no such account.
    let case = world.a_case(landlord, Some(kit::id())).await;

    world.hear(&unable(case)).await;

    let mails = world.send().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].is_to(TRIAGE));
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_what_was_on_its_way_goes_to_whoever_owns_the_case_by_then(db: PgPool) {
    const NEXT: &str = "nia@ombudsman.example";
    let world = a_world(&db).await;
    let (case, owner) = a_case_of_somebody_gone(&world).await;
    let next = world.people.account(NEXT);
    world.hear(&unable(case)).await;

    let landlord = kit::id();
    world
        .hear(&CaseOwnerAssigned {
            facts: Some(CaseFacts {
                case_id: case.to_string(),
                version: 2,
                ..facts(landlord, Some(next))
            }),
        })
        .await;

    let mails = world.send().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].is_to(NEXT));
    let bell = world.notices(&a_caseworker().with_account(next)).await;
    assert_eq!(bell.len(), 1);
    assert_ne!(next, owner);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_what_was_settled_meanwhile_is_passed_on_to_nobody(db: PgPool) {
    let world = a_world(&db).await;
    let (case, _) = a_case_of_somebody_gone(&world).await;
    let facts = overdue(case);
    world
        .hear(&ReplyOverdue {
            facts: Some(facts.clone()),
        })
        .await;
    world.hear(&unable(case)).await;
    world
        .hear(&ReplySettled {
            facts: Some(facts),
            ..ReplySettled::default()
        })
        .await;

    let mails = world.send().await;

    assert_eq!(
        mails
            .iter()
            .map(|it| it.subject.as_str())
            .collect::<Vec<_>>(),
        ["Unable to complete a task: case 202512345"]
    );
    assert_eq!(world.notices(&a_caseworker()).await.len(), 1);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_a_team_that_was_told_as_seniors_is_not_told_again(db: PgPool) {
    let world = a_world(&db).await;
    let (case, _) = a_case_of_somebody_gone(&world).await;
    world
        .hear(&TaskEscalated {
            facts: Some(task(case, true)),
        })
        .await;

    let mails = world.send().await;

    assert_eq!(
        mails.iter().map(|it| it.to[0].as_str()).collect::<Vec<_>>(),
        [TRIAGE]
    );
    assert_eq!(world.notices(&a_caseworker()).await.len(), 1);
}

/// The administrator of a landlord has no team behind them: theirs lapses, as the landlord's bell has it.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_an_administrator_who_can_not_log_in_gets_no_email_about_a_case(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    world.people.deactivate(landlord);

    world.open(landlord).await;

    assert!(world.send().await.is_empty());
    assert_eq!(world.state().await, "lapsed");
    let bell = world.notices(&a_landlord_administrator(landlord)).await;
    assert_eq!(bell.len(), 1);
}
