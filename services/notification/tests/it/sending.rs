//! Mail servers that are down, refuse, or say nothing; senders that stop (NO-3).

use std::net::SocketAddr;

use chrono::{DateTime, TimeDelta, Utc};
use proto::notification::v1::{DeliveryState, EmailRefused};
use proto::task::v1::TaskCompleted;
use sqlx::PgPool;
use testkit::{a_caseworker, a_landlord_administrator, a_senior_colleague, eventually};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::given::{World, a_sender, a_world, task};

const LANDLORD: &str = "ada@landlord.example";

/// A mail server that takes connections and never says a word, until it hangs up.
struct Silent {
    addr: SocketAddr,
    hang_up: oneshot::Sender<()>,
}

impl Silent {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (hang_up, end) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let accept = async {
                let mut connections = Vec::new();
                while let Ok((connection, _)) = listener.accept().await {
                    connections.push(connection);
                }
            };
            tokio::select! {
                () = accept => {}
                _ = end => {}
            }
        });
        Self { addr, hang_up }
    }

    fn url(&self) -> String {
        format!("smtp://{}", self.addr)
    }
}

async fn begun(db: &PgPool) {
    eventually("an email to be begun", || async {
        sqlx::query_scalar::<_, i32>("select 1 from emails where state = 'transmission_begun'")
            .fetch_optional(db)
            .await
            .unwrap()
    })
    .await;
}

async fn message_id(db: &PgPool) -> String {
    sqlx::query_scalar("select message_id from emails")
        .fetch_one(db)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_a_mail_server_that_is_down_delays_an_email_and_loses_none(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    world.mailbox.set_down(true);
    world.open(landlord).await;

    for wait in [2, 4, 8] {
        assert_eq!(world.sender.once().await.unwrap(), 1);
        assert_eq!(
            world.sender.once().await.unwrap(),
            0,
            "the next try is not due yet"
        );
        world.clock.advance(TimeDelta::seconds(wait));
    }
    assert_eq!(world.state().await, "queued");
    let first_id = message_id(&db).await;
    let error: String = sqlx::query_scalar("select last_error from emails")
        .fetch_one(&db)
        .await
        .unwrap();
    assert!(
        error == "the mail server answered 421" || error == "the mail server did not answer",
        "{error}"
    );

    world.mailbox.set_down(false);
    let mails = world.send().await;
    world.clock.advance(TimeDelta::days(1));

    assert_eq!(world.send().await.len(), 1);
    assert_eq!(
        (
            format!("<{}>", mails[0].message_id),
            world.state().await.as_str()
        ),
        (first_id, "sent")
    );
    assert_eq!(mails[0].header("Auto-Submitted"), Some("auto-generated"));
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_identity_that_is_down_delays_an_email_and_loses_none(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    world.open(landlord).await;
    let lost = a_sender(&world.app, "https://localhost:9", &world.mailbox.url());

    assert_eq!(lost.once().await.unwrap(), 1);
    assert_eq!(world.state().await, "queued");

    world.clock.advance(TimeDelta::seconds(2));
    assert_eq!(world.send().await.len(), 1);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_a_refused_address_is_reported_and_not_tried_again(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    world.mailbox.refuse(LANDLORD);
    let case = world.open(landlord).await;

    assert!(world.send().await.is_empty());
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(world.sender.once().await.unwrap(), 0);

    assert_eq!(world.state().await, "refused");
    let refused = outbox::testing::events::<EmailRefused>(&db).await;
    assert_eq!(
        (refused.len(), refused[0].landlord_id.as_str()),
        (1, landlord.to_string().as_str())
    );
    let staff = world.notices(&a_senior_colleague()).await;
    assert_eq!(
        staff.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(),
        ["A mail server refused an email about this case"]
    );
    let opened: proto::case::v1::CaseOpened = case.get().unwrap().unwrap();
    assert_eq!(staff[0].case_id, opened.facts.unwrap().case_id);
    assert_eq!(
        world.notices(&a_landlord_administrator(landlord)).await[0].email_state(),
        DeliveryState::Refused
    );
    let kept: String = sqlx::query_scalar("select last_error from emails")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(
        kept, "the mail server answered 550",
        "the address is not repeated"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_a_refusal_about_a_case_is_reported_to_its_owner(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account("casey@ombudsman.example");
    world.mailbox.refuse("casey@ombudsman.example");
    let case = world.a_case(landlord, Some(owner)).await;

    world
        .hear(&TaskCompleted {
            facts: Some(task(case, false)),
            ..TaskCompleted::default()
        })
        .await;
    world.gathered();
    world.send().await;

    let texts: Vec<_> = world
        .notices(&a_caseworker().with_account(owner))
        .await
        .into_iter()
        .map(|it| it.text)
        .collect();
    assert_eq!(
        texts,
        [
            "A mail server refused an email about this case",
            "Task completed: Provide stage one response"
        ]
    );
    assert!(world.notices(&a_caseworker()).await.is_empty());
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_a_crash_after_the_server_took_it_sends_it_at_most_once_more_under_the_same_id(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    world.open(landlord).await;
    // The database fails at the very moment when the email is to be marked as sent.
    sqlx::raw_sql(
        "create function fail() returns trigger language plpgsql as $$ begin raise exception 'gone'; end $$;
         create trigger fail before update on emails for each row when (new.state = 'sent') execute function fail();",
    )
    .execute(&db)
    .await
    .unwrap();

    let first = world.send().await;
    assert_eq!(
        (first.len(), world.state().await.as_str()),
        (1, "transmission_begun")
    );
    assert_eq!(
        world.sender.once().await.unwrap(),
        0,
        "the lease still holds"
    );

    sqlx::raw_sql("drop trigger fail on emails")
        .execute(&db)
        .await
        .unwrap();
    world.clock.advance(TimeDelta::seconds(60));
    let both = world.send().await;

    assert_eq!((both.len(), world.state().await.as_str()), (2, "sent"));
    assert_eq!(
        (&both[0].message_id, &both[0].text),
        (&both[1].message_id, &both[1].text)
    );
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(world.send().await.len(), 2);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_a_sender_that_is_killed_while_it_sends_is_replaced_when_its_lease_is_over(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    world.open(landlord).await;
    let silent = Silent::start().await;
    let killed = a_sender(&world.app, &world.identity.url(), &silent.url());
    let task = tokio::spawn(async move { killed.once().await });
    begun(&db).await;

    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let begun_as = message_id(&db).await;
    assert!(world.send().await.is_empty());
    world.clock.advance(TimeDelta::seconds(60));

    let mails = world.send().await;
    assert_eq!((mails.len(), world.state().await.as_str()), (1, "sent"));
    assert_eq!(format!("<{}>", mails[0].message_id), begun_as);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_a_sender_that_wakes_up_late_changes_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    world.open(landlord).await;
    let silent = Silent::start().await;
    let late = a_sender(&world.app, &world.identity.url(), &silent.url());
    let task = tokio::spawn(async move { late.once().await });
    begun(&db).await;
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(world.send().await.len(), 1);
    let sent_at = |db| async move {
        sqlx::query_scalar::<_, Option<DateTime<Utc>>>("select sent_at from emails")
            .fetch_one(db)
            .await
            .unwrap()
    };
    let first = sent_at(&db).await;

    silent.hang_up.send(()).unwrap();
    task.await.unwrap().unwrap();

    assert_eq!(
        (world.state().await.as_str(), sent_at(&db).await),
        ("sent", first)
    );
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(world.send().await.len(), 1);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_several_senders_at_once_send_each_email_once(db: PgPool) {
    let world = a_world(&db).await;
    for n in 0..40 {
        let landlord = world.a_landlord(&format!("ada-{n}@landlord.example")).await;
        world.open(landlord).await;
    }
    let senders: Vec<_> = (0..3)
        .map(|_| a_sender(&world.app, &world.identity.url(), &world.mailbox.url()))
        .collect();

    let tried = futures::future::join_all(
        senders
            .iter()
            .map(|sender| async { sender.once().await.unwrap() }),
    )
    .await;

    assert_eq!(tried.iter().sum::<usize>(), 40);
    let mut ids: Vec<_> = world
        .arrived()
        .into_iter()
        .map(|mail| mail.message_id)
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), world.arrived().len()), (40, 40));
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_a_code_does_not_wait_behind_a_backlog(db: PgPool) {
    let world: World = a_world(&db).await;
    for n in 0..20 {
        let landlord = world.a_landlord(&format!("ada-{n}@landlord.example")).await;
        world.open(landlord).await;
    }
    world.clock.advance(TimeDelta::seconds(1));
    let login_id = world.people.begin("sol@landlord.example").to_string();
    let expires_at = Some(kit::time::timestamp(
        world.clock.now() + TimeDelta::minutes(10),
    ));
    world
        .hear(&proto::identity::v1::LoginCodeRequested {
            login_id,
            expires_at,
        })
        .await;

    let mails = world.send().await;

    let place = mails
        .iter()
        .position(|mail| mail.is_to("sol@landlord.example"))
        .unwrap();
    assert!(
        place < 8,
        "it was in the first eight that go out together, and not number {place}"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn an_email_that_the_version_before_put_on_its_way_is_sent(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    world.open(landlord).await;
    // That version knew nothing of what stands in these columns.
    for sql in [
        "update email_causes set matter = null",
        "update emails set joinable = false",
    ] {
        sqlx::query(sql).execute(&db).await.unwrap();
    }

    assert_eq!(world.send().await[0].subject, "New case: case 202512345");
}
