//! Bursts about one case, and nights (NO-4, DO-6).

use chrono::{DateTime, TimeDelta, Utc};
use outbox::Outcome;
use proto::document::v1::DocumentAdded;
use proto::identity::v1::{LoginCodeRequested, SecurityNotice, SecurityNoticeRaised};
use proto::messaging::v1::{MessagePosted, Side};
use proto::notification::v1::{DeliveryState, MarkNoticesReadRequest};
use proto::task::v1::{TaskChanged, TaskSet};
use sqlx::PgPool;
use testkit::{a_caseworker, a_landlord_administrator};
use uuid::Uuid;

use crate::given::{GATHER, World, a_world, task};

const LANDLORD: &str = "ada@landlord.example";
const OWNER: &str = "casey@ombudsman.example";

fn added(case: Uuid) -> DocumentAdded {
    DocumentAdded {
        case_id: case.to_string(),
        ..DocumentAdded::default()
    }
}

fn message(case: Uuid) -> MessagePosted {
    MessagePosted {
        case_id: case.to_string(),
        side: Side::Ombudsman.into(),
        ..MessagePosted::default()
    }
}

fn task_set(case: Uuid) -> TaskSet {
    TaskSet {
        facts: Some(task(case, true)),
        ..TaskSet::default()
    }
}

fn task_changed(case: Uuid) -> TaskChanged {
    TaskChanged {
        facts: Some(task(case, false)),
        ..TaskChanged::default()
    }
}

async fn subjects(world: &World) -> Vec<String> {
    let mails = world.send().await;
    mails.into_iter().map(|mail| mail.subject).collect()
}

/// Ten in the evening in London, and seven in the morning.
fn night() -> (DateTime<Utc>, DateTime<Utc>) {
    (
        "2025-06-10T21:00:00Z".parse().unwrap(),
        "2025-06-11T06:00:00Z".parse().unwrap(),
    )
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

    let mails = world.send().await;
    assert_eq!(mails.len(), 2);
    let says = |text: &str| mails.iter().filter(|mail| mail.text.contains(text)).count();
    assert_eq!(
        (
            says("- 3 documents have been added to the case."),
            says("A document has been added to the case.")
        ),
        (1, 1)
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
async fn no_2_a_notice_that_tells_of_one_more_is_new_for_who_had_read_it(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let case = world.a_case(landlord, Some(owner)).await;
    let casey = a_caseworker().with_account(owner);

    for only_this in [false, true] {
        world.hear(&added(case)).await;
        let notice_id = world.notices(&casey).await.remove(0).id;
        let read = MarkNoticesReadRequest {
            notice_id,
            only_this,
        };
        world.client(&casey).mark_notices_read(read).await.unwrap();
        assert_eq!(world.unread(&casey).await, 0);

        world.clock.advance(TimeDelta::minutes(1));
        world.hear(&added(case)).await;

        assert_eq!(world.unread(&casey).await, 1);
        assert_eq!(
            world.notices(&casey).await[0].text,
            "2 documents were added"
        );
        world.gathered();
        let read = MarkNoticesReadRequest {
            notice_id: world.notices(&casey).await.remove(0).id,
            only_this: false,
        };
        world.client(&casey).mark_notices_read(read).await.unwrap();
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_the_first_urgent_news_goes_at_once_and_the_rest_of_its_burst_together(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;

    world.hear(&message(case)).await;
    assert_eq!(subjects(&world).await, ["New message: case 202512345"]);

    for _ in 0..3 {
        world.clock.advance(TimeDelta::seconds(30));
        world.hear(&task_set(case)).await;
    }
    world.hear(&message(case)).await;
    world.hear(&task_changed(case)).await;
    assert_eq!(subjects(&world).await.len(), 1, "they wait for each other");
    world
        .clock
        .advance(GATHER - TimeDelta::seconds(90) - TimeDelta::microseconds(1));
    assert_eq!(
        subjects(&world).await.len(),
        1,
        "until five minutes after the first"
    );
    world.clock.advance(TimeDelta::microseconds(1));

    let mails = world.send().await;
    assert_eq!(
        (mails.len(), mails[1].subject.as_str()),
        (2, "New task, New message, Task changed: case 202512345")
    );
    assert!(
        mails[1].text.contains(
            "- There are 3 new tasks for you on the case.\r\n\
             - There is a new message on the case.\r\n\
             - A task on the case has changed.\r\n"
        ),
        "{}",
        mails[1].text
    );
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(subjects(&world).await.len(), 2, "each was told once");
    assert_eq!(
        world
            .notices(&a_landlord_administrator(landlord))
            .await
            .len(),
        6,
        "the bell tells of each"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_urgent_news_takes_what_waits_along(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;

    world.hear(&task_changed(case)).await;
    assert!(subjects(&world).await.is_empty());
    world.hear(&message(case)).await;

    assert_eq!(
        subjects(&world).await,
        ["Task changed, New message: case 202512345"]
    );
    world.gathered();
    assert_eq!(subjects(&world).await.len(), 1);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_cases_and_people_have_bursts_of_their_own(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let (case, other) = (
        world.a_case(landlord, Some(owner)).await,
        world.a_case(landlord, Some(owner)).await,
    );
    let reply = MessagePosted {
        side: Side::Landlord.into(),
        ..message(case)
    };

    world.hear(&message(case)).await;
    world.hear(&message(other)).await;
    world.hear(&reply).await;

    assert_eq!(world.send().await.len(), 3);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_news_at_the_same_moment_is_one_burst(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;

    let tasks: Vec<_> = (0..8).map(|_| task_set(case)).collect();
    futures::future::join_all(tasks.iter().map(|task| world.hear(task))).await;
    world.send().await;
    world.gathered();

    let mails = world.send().await;
    assert!(mails.len() <= 2, "{}", mails.len());
    let causes: i64 = sqlx::query_scalar("select count(*) from email_causes")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(causes, 8);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_what_is_not_urgent_waits_for_the_morning_in_one_email_and_is_shown_as_held(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;
    let ada = a_landlord_administrator(landlord);
    let (evening, morning) = night();
    world.clock.set(evening);

    world.hear(&message(case)).await;
    world.clock.advance(TimeDelta::hours(2));
    world.hear(&task_changed(case)).await;
    assert!(subjects(&world).await.is_empty());

    let notice = world.notices(&ada).await.remove(0);
    assert_eq!(
        (notice.email_state(), notice.email_at),
        (DeliveryState::Held, Some(kit::time::timestamp(morning)))
    );
    world.clock.set(morning - TimeDelta::microseconds(1));
    assert!(subjects(&world).await.is_empty());
    world.clock.set(morning);
    assert_eq!(
        subjects(&world).await,
        ["New message, Task changed: case 202512345"]
    );
    let notice = world.notices(&ada).await.remove(0);
    assert_eq!(
        (notice.email_state(), notice.email_at),
        (DeliveryState::Sent, Some(kit::time::timestamp(morning)))
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_codes_and_security_emails_go_at_any_hour(db: PgPool) {
    let world = a_world(&db).await;
    let holder = world.people.account("sol@landlord.example");
    let (evening, _) = night();
    world.clock.set(evening);

    world
        .hear(&LoginCodeRequested {
            login_id: world.people.begin("sol@landlord.example").to_string(),
            expires_at: Some(kit::time::timestamp(evening + TimeDelta::minutes(10))),
        })
        .await;
    world
        .hear(&SecurityNoticeRaised {
            account_id: holder.to_string(),
            notice: SecurityNotice::Locked.into(),
            ..SecurityNoticeRaised::default()
        })
        .await;

    let mut said = subjects(&world).await;
    said.sort();
    assert_eq!(
        said,
        [
            "Your account is locked for a short time",
            "Your verification code"
        ]
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_a_try_that_fails_before_the_night_is_repeated_in_the_morning(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;
    let (evening, morning) = night();
    // A second before nine.
    world
        .clock
        .set(evening - TimeDelta::hours(1) - TimeDelta::seconds(1));
    world.mailbox.set_down(true);
    world.hear(&message(case)).await;
    assert_eq!(world.sender.once().await.unwrap(), 1);

    world.mailbox.set_down(false);
    world.clock.set(evening);
    assert_eq!(world.sender.once().await.unwrap(), 0);
    world.clock.set(morning);
    assert_eq!(world.send().await.len(), 1);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_an_email_that_was_due_before_the_night_and_was_not_taken_on_waits_for_the_morning(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;
    let (evening, morning) = night();
    world.hear(&message(case)).await;

    world.clock.set(evening);
    assert!(subjects(&world).await.is_empty());
    let tries: i32 = sqlx::query_scalar("select tries from emails")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(tries, 0, "holding it was no try");

    world.clock.set(morning);
    assert_eq!(subjects(&world).await.len(), 1);
}
