//! Deliveries that break at every step, on either side: nothing is lost, and what arrives twice was taken once without a word (NO-3).

use std::collections::HashMap;

use chrono::TimeDelta;
use proto::document::v1::DocumentQuarantined;
use proto::identity::v1::{LoginCodeRequested, PasswordResetRequested, ResetCause};
use proto::notification::v1::{DeliveryState, EmailRefused, ListUndeliveredRequest};
use sqlx::PgPool;
use testkit::{a_landlord_administrator, a_system_administrator};
use uuid::Uuid;

use crate::faulty::{Faulty, Step};
use crate::given::{World, a_sender, a_world};

/// So often at each step with every other test, and so often by `make prove`.
const ROUNDS: usize = 25;
const ALL_ROUNDS: usize = 200;

async fn email_state(db: &PgPool, landlord: Uuid) -> (String, bool) {
    sqlx::query_as("select state, uncertain from emails where recipient = $1")
        .bind(format!("landlord:{landlord}"))
        .fetch_one(db)
        .await
        .unwrap()
}

/// How the only undelivered email fares, for an operator and in the landlord's bell.
async fn shown(world: &World, landlord: Uuid) -> (DeliveryState, DeliveryState) {
    let emails = world
        .client(&a_system_administrator())
        .list_undelivered(ListUndeliveredRequest::default())
        .await
        .unwrap()
        .into_inner()
        .emails;
    let bell = world.notices(&a_landlord_administrator(landlord)).await;
    (emails[0].state(), bell[0].email_state())
}

/// What must have been taken after a number of emails, of which some arrived twice.
fn assert_taken(server: &Faulty, emails: usize, expected_twice: usize) {
    let mut copies: HashMap<String, Vec<String>> = HashMap::new();
    for taken in server.taken() {
        let text = format!("{} {}", taken.to, taken.text);
        copies.entry(taken.message_id).or_default().push(text);
    }
    assert_eq!(copies.len(), emails, "nothing is lost");
    let twice = copies.values().filter(|it| it.len() == 2).count();
    assert_eq!(twice, expected_twice);
    for (message_id, copies) in copies {
        assert!(copies.len() <= 2, "{message_id}");
        let bodies: Vec<_> = copies.iter().map(|it| without_date(it)).collect();
        assert!(
            bodies.iter().all(|it| *it == bodies[0]),
            "the second is the first once more: {message_id}"
        );
    }
}

/// An email but for what a try writes into it: its date, and the mark between its parts.
fn without_date(text: &str) -> String {
    let boundary = text
        .split_once("boundary=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .unwrap()
        .0;
    text.lines()
        .filter(|line| !line.starts_with("Date: "))
        .collect::<Vec<_>>()
        .join("\n")
        .replace(boundary, "")
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_a_server_that_dies_at_any_step_loses_nothing_in_200_deliveries(db: PgPool) {
    the_server_dies(&db, ROUNDS).await;
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
#[ignore = "1,600 deliveries: make prove"]
async fn no_3_a_server_that_dies_200_times_at_each_step_loses_nothing(db: PgPool) {
    the_server_dies(&db, ALL_ROUNDS).await;
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_a_sender_that_dies_at_any_step_loses_nothing_in_200_deliveries(db: PgPool) {
    the_sender_dies(&db, ROUNDS).await;
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
#[ignore = "1,600 deliveries: make prove"]
async fn no_3_a_sender_that_dies_200_times_at_each_step_loses_nothing(db: PgPool) {
    the_sender_dies(&db, ALL_ROUNDS).await;
}

async fn the_server_dies(db: &PgPool, rounds: usize) {
    let world = a_world(db).await;
    let server = Faulty::start().await;
    let sender = a_sender(&world.app, &world.identity.url(), &server.url());

    for step in Step::ALL {
        for round in 0..rounds {
            let address = format!("{step:?}-{round}@landlord.example").to_lowercase();
            let landlord = world.a_landlord(&address).await;
            // Half of them on a connection that served an email before, where the step allows it.
            let fresh = round % 2 == 0 || matches!(step, Step::Connect | Step::Hello);
            server.one_email_each(fresh);
            world.open(landlord).await;
            server.break_off_at(step);

            assert_eq!(sender.once().await.unwrap(), 1);
            assert!(server.has_happened(), "{step:?} {round}");
            let whole = matches!(step, Step::Text | Step::Taken | Step::HalfSaid);
            assert_eq!(
                email_state(db, landlord).await,
                ("queued".to_owned(), whole),
                "{step:?} {round}"
            );
            if round == 0 {
                let state = if whole {
                    DeliveryState::Unknown
                } else {
                    DeliveryState::Queued
                };
                assert_eq!(shown(&world, landlord).await, (state, state), "{step:?}");
            }

            world.clock.advance(TimeDelta::seconds(2));
            assert_eq!(sender.once().await.unwrap(), 1);
            assert_eq!(email_state(db, landlord).await.0, "sent");
        }
    }

    world.clock.advance(TimeDelta::days(1));
    assert_eq!(sender.once().await.unwrap(), 0);
    assert_taken(&server, 8 * rounds, 2 * rounds);
    println!(
        "a server that died {rounds} times at each of 8 steps: {} emails, none lost",
        8 * rounds
    );
}

async fn the_sender_dies(db: &PgPool, rounds: usize) {
    let world = a_world(db).await;
    let server = Faulty::start().await;

    for step in Step::ALL {
        for round in 0..rounds {
            let address = format!("{step:?}-{round}@landlord.example").to_lowercase();
            let landlord = world.a_landlord(&address).await;
            world.open(landlord).await;
            server.stall_at(step);
            let killed = a_sender(&world.app, &world.identity.url(), &server.url());
            let task = tokio::spawn(async move { killed.once().await });
            server.reached().await;

            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            let next = a_sender(&world.app, &world.identity.url(), &server.url());
            assert_eq!(next.once().await.unwrap(), 0, "the lease still holds");
            world.clock.advance(TimeDelta::seconds(60));

            assert_eq!(next.once().await.unwrap(), 1);
            assert_eq!(
                email_state(db, landlord).await,
                ("sent".to_owned(), true),
                "nobody knows how far the killed one got"
            );
        }
    }

    world.clock.advance(TimeDelta::days(1));
    let last = a_sender(&world.app, &world.identity.url(), &server.url());
    assert_eq!(last.once().await.unwrap(), 0);
    assert_taken(&server, 8 * rounds, 2 * rounds);
    println!(
        "a sender that died {rounds} times at each of 8 steps: {} emails, none lost",
        8 * rounds
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_what_may_have_arrived_stays_unknown_through_tries_that_did_not_get_so_far(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let server = Faulty::start().await;
    let sender = a_sender(&world.app, &world.identity.url(), &server.url());
    let landlord = world.a_landlord("ada@landlord.example").await;
    world.open(landlord).await;

    for step in [Step::Taken, Step::Connect, Step::To] {
        server.break_off_at(step);
        assert_eq!(sender.once().await.unwrap(), 1);
        let unknown = DeliveryState::Unknown;
        assert_eq!(shown(&world, landlord).await, (unknown, unknown));
        world.clock.advance(TimeDelta::minutes(5));
    }

    assert_eq!(sender.once().await.unwrap(), 1);
    assert_eq!(email_state(&db, landlord).await.0, "sent");
    assert_taken(&server, 1, 1);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_each_recipient_is_refused_or_tried_again_for_itself(db: PgPool) {
    let world = a_world(&db).await;
    let server = Faulty::start().await;
    let sender = a_sender(&world.app, &world.identity.url(), &server.url());
    for (step, code) in [(Step::To, "550"), (Step::Taken, "554")] {
        let (ada, casey) = (
            format!("ada-{code}@landlord.example"),
            format!("casey-{code}@ombudsman.example"),
        );
        let landlord = world.a_landlord(&ada).await;
        let owner = world.people.account(&casey);
        let case = world.a_case(landlord, Some(owner)).await;
        server.answer(step, &ada, &format!("{code} no such mailbox: {ada}"));
        server.answer(step, &casey, "451 come back later");

        world
            .hear(&DocumentQuarantined {
                case_id: case.to_string(),
                ..DocumentQuarantined::default()
            })
            .await;
        assert_eq!(sender.once().await.unwrap(), 2);

        let states: Vec<(String, String)> = sqlx::query_as(
            "select state, last_error from emails where case_id = $1 order by recipient desc",
        )
        .bind(case)
        .fetch_all(&db)
        .await
        .unwrap();
        assert_eq!(
            states,
            [
                ("refused".into(), format!("the mail server answered {code}")),
                ("queued".into(), "the mail server answered 451".to_owned())
            ],
            "no answer is kept that repeats the address"
        );
        server.answer_well();
        world.clock.advance(TimeDelta::seconds(2));
        assert_eq!(sender.once().await.unwrap(), 1);
        let to: Vec<_> = server.taken().into_iter().map(|it| it.to).collect();
        assert_eq!(to.last(), Some(&casey));
        world.clock.advance(TimeDelta::minutes(10));
    }
    let refused = outbox::testing::events::<EmailRefused>(&db).await;
    assert_eq!(refused.len(), 2);
    assert_eq!(sender.once().await.unwrap(), 0);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_after_six_hours_without_a_mail_server_everything_arrives_once_and_no_stale_code(
    db: PgPool,
) {
    let world = a_world(&db).await;
    world.mailbox.set_down(true);
    for n in 0..12 {
        let landlord = world.a_landlord(&format!("ada-{n}@landlord.example")).await;
        world.open(landlord).await;
    }
    let soon = |minutes| {
        let at = world.clock.now() + TimeDelta::minutes(minutes);
        Some(kit::time::timestamp(at))
    };
    for n in 0..3 {
        let login_id = world.people.begin(&format!("sol-{n}@landlord.example"));
        world
            .hear(&LoginCodeRequested {
                login_id: login_id.to_string(),
                expires_at: soon(10),
            })
            .await;
        let reset_id = world.people.begin(&format!("sol-{n}@landlord.example"));
        world
            .hear(&PasswordResetRequested {
                reset_id: reset_id.to_string(),
                cause: ResetCause::Forgotten.into(),
                expires_at: soon(60),
            })
            .await;
    }

    for _ in 0..72 {
        world.sender.once().await.unwrap();
        world.clock.advance(TimeDelta::minutes(5));
    }
    assert!(world.arrived().is_empty());
    let lapsed: i64 =
        sqlx::query_scalar("select count(*) from emails where urgent and state = 'lapsed'")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(lapsed, 6, "codes and links end honestly");

    world.mailbox.set_down(false);
    // The code that somebody asks for now goes out before the backlog is through.
    let login_id = world.people.begin("sol-9@landlord.example");
    world
        .hear(&LoginCodeRequested {
            login_id: login_id.to_string(),
            expires_at: soon(10),
        })
        .await;
    world.clock.advance(TimeDelta::minutes(5));
    let mails = world.send().await;
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(world.send().await.len(), mails.len());

    let mut to: Vec<_> = mails.iter().map(|mail| mail.to[0].clone()).collect();
    to.sort();
    to.dedup();
    assert_eq!((to.len(), mails.len()), (13, 13), "each once: {to:?}");
    assert!(to.contains(&"sol-9@landlord.example".to_owned()));
}
