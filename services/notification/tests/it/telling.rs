//! From an event to an email and a notice, once (NO-1 to NO-3).

use outbox::Outcome;
use proto::case::v1::{CaseImported, CaseOpened};
use proto::document::v1::{DocumentAdded, DocumentQuarantined};
use proto::identity::v1::{LandlordActivated, SecurityNotice, SecurityNoticeRaised};
use proto::messaging::v1::{MessagePosted, Side};
use proto::notification::v1::DeliveryState;
use proto::task::v1::{
    TaskApproaching, TaskChanged, TaskCompleted, TaskOverdue, TaskSet, TaskUnableAnswered,
    TaskUnableReported, UnableDecision,
};
use sqlx::PgPool;
use testkit::{a_caseworker, a_landlord_administrator};
use uuid::Uuid;

use crate::given::{World, a_world, facts, now, task};

const LANDLORD: &str = "ada@landlord.example";
const OWNER: &str = "casey@ombudsman.example";

/// Delivers one event, twice, and says what came of it: one email, and one notice in the same bell.
async fn told_once<E: prost::Message + prost::Name>(
    world: &World,
    landlord: Uuid,
    owner: Uuid,
    message: &E,
) -> String {
    let (ada, casey) = (
        a_landlord_administrator(landlord),
        a_caseworker().with_account(owner),
    );
    let (mails, notices) = (
        world.arrived().len(),
        world.notices(&ada).await.len() + world.notices(&casey).await.len(),
    );

    let event = world.hear(message).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    world.gathered();
    let arrived = world.send().await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    assert_eq!(world.send().await.len(), arrived.len());

    assert_eq!(arrived.len(), mails + 1, "{}", E::full_name());
    assert_eq!(
        world.notices(&ada).await.len() + world.notices(&casey).await.len(),
        notices + 1,
        "{}",
        E::full_name()
    );
    let mail = arrived.last().unwrap();
    let notice = world
        .notices(if mail.is_to(LANDLORD) { &ada } else { &casey })
        .await
        .remove(0);
    assert_eq!(
        (notice.email_state(), notice.case_reference.as_str()),
        (DeliveryState::Sent, "202512345")
    );
    assert!(
        mail.text.contains(&format!(
            "https://portal.example/cases/202512345/{}",
            notice.tab
        )) || notice.tab == "overview"
    );
    format!(
        "{} | {} | {} | {}",
        mail.to[0], mail.subject, notice.tab, notice.text
    )
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_each_event_is_told_once_to_whom_it_concerns(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let case = world.a_case(landlord, Some(owner)).await;
    let case_id = case.to_string();
    let posted = |side: Side| MessagePosted {
        case_id: case.to_string(),
        side: side.into(),
        author_name: "Pat".into(),
        ..MessagePosted::default()
    };
    let added = |from_ombudsman| DocumentAdded {
        case_id: case.to_string(),
        from_ombudsman,
        ..DocumentAdded::default()
    };
    let facts = |open| Some(task(case, open));
    let answered = TaskUnableAnswered {
        facts: facts(true),
        decision: UnableDecision::NewDate.into(),
        actor: String::new(),
    };
    let told = [
        told_once(
            &world,
            landlord,
            owner,
            &TaskSet {
                facts: facts(true),
                ..TaskSet::default()
            },
        )
        .await,
        told_once(&world, landlord, owner, &answered).await,
        told_once(
            &world,
            landlord,
            owner,
            &TaskApproaching { facts: facts(true) },
        )
        .await,
        told_once(&world, landlord, owner, &TaskOverdue { facts: facts(true) }).await,
        told_once(
            &world,
            landlord,
            owner,
            &TaskChanged {
                facts: facts(false),
                ..TaskChanged::default()
            },
        )
        .await,
        told_once(
            &world,
            landlord,
            owner,
            &TaskCompleted {
                facts: facts(false),
                ..TaskCompleted::default()
            },
        )
        .await,
        told_once(
            &world,
            landlord,
            owner,
            &TaskUnableReported {
                facts: facts(true),
                ..TaskUnableReported::default()
            },
        )
        .await,
        told_once(&world, landlord, owner, &posted(Side::Ombudsman)).await,
        told_once(&world, landlord, owner, &posted(Side::Landlord)).await,
        told_once(&world, landlord, owner, &added(true)).await,
        told_once(&world, landlord, owner, &added(false)).await,
        told_once(&world, landlord, owner, &moved(&case_id, landlord, owner)).await,
    ];

    let task = "Provide stage one response";
    assert_eq!(
        told,
        [
            format!(
                "{LANDLORD} | New task: case 202512345 | tasks | New task: {task}, due 13 June 2025"
            ),
            format!(
                "{LANDLORD} | Answer about a task: case 202512345 | tasks | Task has a new due date: {task}, now due 13 June 2025"
            ),
            format!(
                "{LANDLORD} | Task due soon: case 202512345 | tasks | Task due soon: {task}, due 13 June 2025"
            ),
            format!(
                "{LANDLORD} | Task overdue: case 202512345 | tasks | Task overdue: {task}, was due 13 June 2025"
            ),
            format!("{LANDLORD} | Task changed: case 202512345 | tasks | Task withdrawn: {task}"),
            format!("{OWNER} | Task completed: case 202512345 | tasks | Task completed: {task}"),
            format!(
                "{OWNER} | Unable to complete a task: case 202512345 | tasks | Unable to complete: {task}. The landlord awaits an answer"
            ),
            format!("{LANDLORD} | New message: case 202512345 | messages | New message from Pat"),
            format!("{OWNER} | New message: case 202512345 | messages | New message from Pat"),
            format!(
                "{LANDLORD} | New documents: case 202512345 | documents | A document was added"
            ),
            format!("{OWNER} | New documents: case 202512345 | documents | A document was added"),
            format!(
                "{LANDLORD} | Case status changed: case 202512345 | overview | Status changed to ‘Under investigation’"
            ),
        ]
    );
    let mails = world.arrived();
    assert!(
        mails.iter().all(|mail| !format!("{mail:?}").contains(task)),
        "case content stays in the portal"
    );
}

fn moved(case_id: &str, landlord: Uuid, owner: Uuid) -> proto::case::v1::CaseMoved {
    let facts = proto::case::v1::CaseFacts {
        case_id: case_id.to_owned(),
        version: 2,
        ..facts(landlord, Some(owner))
    };
    proto::case::v1::CaseMoved {
        facts: Some(facts),
        status_label: "Under investigation".into(),
        ..proto::case::v1::CaseMoved::default()
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_a_landlord_hears_of_a_new_case_and_not_of_an_imported_one(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;

    world
        .hear(&CaseImported {
            facts: Some(facts(landlord, None)),
        })
        .await;
    assert!(world.send().await.is_empty());

    let event = world.open(landlord).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    let mails = world.send().await;
    assert_eq!(
        mails
            .iter()
            .map(|mail| mail.subject.as_str())
            .collect::<Vec<_>>(),
        ["New case: case 202512345"]
    );
    assert!(
        mails[0]
            .text
            .contains("https://portal.example/cases/202512345\r\n"),
        "{}",
        mails[0].text
    );
    assert_eq!(
        world.notices(&a_landlord_administrator(landlord)).await[0].text,
        "There is a new case"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn do_4_both_sides_are_told_of_an_infected_document_once_each(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let case = world.a_case(landlord, Some(owner)).await;

    let event = world
        .hear(&DocumentQuarantined {
            case_id: case.to_string(),
            ..DocumentQuarantined::default()
        })
        .await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);

    let mut to: Vec<_> = world
        .send()
        .await
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    to.sort();
    assert_eq!(to, [LANDLORD, OWNER]);
    assert_eq!(
        world
            .notices(&a_landlord_administrator(landlord))
            .await
            .len(),
        1
    );
    assert_eq!(
        world
            .notices(&a_caseworker().with_account(owner))
            .await
            .len(),
        1
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn do_6_a_burst_of_uploads_is_one_email_and_one_notice(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let (case, other) = (
        world.a_case(landlord, Some(owner)).await,
        world.a_case(landlord, Some(owner)).await,
    );
    let added = |case: Uuid| DocumentAdded {
        case_id: case.to_string(),
        ..DocumentAdded::default()
    };
    let casey = a_caseworker().with_account(owner);

    let uploads = [added(case), added(case), added(case), added(other)];
    let delivered =
        futures::future::join_all(uploads.iter().map(|upload| world.hear(upload))).await;
    assert_eq!(
        world.deliver(&delivered[0]).await.unwrap(),
        Outcome::Duplicate
    );
    assert!(
        world.send().await.is_empty(),
        "it waits for the rest of the burst"
    );
    assert_eq!(
        world.notices(&casey).await.len(),
        2,
        "the portal shows it at once"
    );
    world.gathered();

    let mut said: Vec<_> = world
        .send()
        .await
        .iter()
        .map(|mail| mail.text.lines().nth(2).unwrap().to_owned())
        .collect();
    said.sort();
    assert_eq!(
        said,
        [
            "3 documents have been added to the case.",
            "A document has been added to the case."
        ]
    );
    let mut texts: Vec<_> = world
        .notices(&casey)
        .await
        .into_iter()
        .map(|notice| notice.text)
        .collect();
    texts.sort();
    assert_eq!(texts, ["3 documents were added", "A document was added"]);

    world.hear(&added(case)).await;
    world.gathered();
    assert_eq!(
        world.send().await.len(),
        3,
        "what comes after the email went out begins another"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_a_case_without_an_owner_is_told_to_casework_in_the_portal(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;

    world
        .hear(&TaskCompleted {
            facts: Some(task(case, false)),
            ..TaskCompleted::default()
        })
        .await;

    assert!(world.send().await.is_empty());
    let notices = world.notices(&a_caseworker()).await;
    assert_eq!(
        (notices.len(), notices[0].email_state()),
        (1, DeliveryState::Unspecified)
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_reminders_stop_when_the_case_is_closed(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;
    world
        .hear(&TaskApproaching {
            facts: Some(task(case, true)),
        })
        .await;

    world.close(case, landlord, now().date_naive()).await;
    world
        .hear(&TaskOverdue {
            facts: Some(task(case, true)),
        })
        .await;

    let subjects: Vec<_> = world
        .send()
        .await
        .into_iter()
        .map(|mail| mail.subject)
        .collect();
    assert_eq!(subjects, ["Case status changed: case 202512345"]);
    let states: Vec<String> =
        sqlx::query_scalar("select state from emails where matter = 'task_approaching'")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(
        states,
        ["lapsed"],
        "the one that was waiting is given up, and no other is made"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn ca_4_a_landlord_whose_portal_is_not_in_use_gets_no_email(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.people.landlord(LANDLORD);
    let ada = a_landlord_administrator(landlord).activated_on(now().date_naive());

    world.open(landlord).await;
    assert!(world.send().await.is_empty());

    let activated_on = kit::time::iso(now().date_naive());
    world
        .hear(&LandlordActivated {
            landlord_id: landlord.to_string(),
            activated_on,
        })
        .await;
    world.open(landlord).await;
    assert_eq!(world.send().await.len(), 1);
    assert_eq!(
        world.notices(&ada).await.len(),
        2,
        "in the portal it sees what waited for it"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_an_account_that_can_not_log_in_gets_no_email_about_a_case(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let case = world.a_case(landlord, Some(owner)).await;
    world.people.deactivate(owner);

    world
        .hear(&TaskCompleted {
            facts: Some(task(case, false)),
            ..TaskCompleted::default()
        })
        .await;

    assert!(world.send().await.is_empty());
    assert_eq!(world.state().await, "lapsed");
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_8_a_holder_is_told_at_the_accounts_own_address(db: PgPool) {
    let world = a_world(&db).await;
    let account = world.people.account("sol@landlord.example");
    let raised = SecurityNoticeRaised {
        account_id: account.to_string(),
        notice: SecurityNotice::PasswordChanged.into(),
        occurred_at: Some(kit::time::timestamp(now())),
        former_address_id: String::new(),
    };

    let event = world.hear(&raised).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);

    let mails = world.send().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to[0].as_str(), mails[0].subject.as_str()),
        ("sol@landlord.example", "Your password was changed")
    );
    assert!(mails[0].text.contains("Hello Ada O'Neill,"));
    assert!(
        mails[0].text.contains("on 10 June 2025 at 9:30am UK time"),
        "{}",
        mails[0].text
    );
    assert_eq!(
        world.notices(&a_caseworker().with_account(account)).await[0].text,
        "Your password was changed"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_1_a_changed_address_is_told_to_both_addresses(db: PgPool) {
    let world = a_world(&db).await;
    let account = world.people.account("new@landlord.example");
    let former = world.people.former_address(account, "old@landlord.example");
    let raised = SecurityNoticeRaised {
        account_id: account.to_string(),
        notice: SecurityNotice::UsernameChanged.into(),
        occurred_at: Some(kit::time::timestamp(now())),
        former_address_id: former.to_string(),
    };

    let event = world.hear(&raised).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);

    let mut to: Vec<_> = world
        .send()
        .await
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    to.sort();
    assert_eq!(to, ["new@landlord.example", "old@landlord.example"]);
    assert_eq!(
        world
            .notices(&a_caseworker().with_account(account))
            .await
            .len(),
        1
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn an_event_that_comes_before_its_case_is_tried_again(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let facts = facts(landlord, None);
    let case = facts.case_id.parse().unwrap();
    let early = outbox::testing::event(&TaskSet {
        facts: Some(task(case, true)),
        ..TaskSet::default()
    });

    let retry = world.deliver(&early).await.unwrap_err();
    assert!(!retry.is_hopeless());

    world.hear(&CaseOpened { facts: Some(facts) }).await;
    assert_eq!(world.deliver(&early).await.unwrap(), Outcome::Handled);
    assert_eq!(world.send().await.len(), 2);
}
