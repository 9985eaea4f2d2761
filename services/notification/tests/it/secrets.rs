//! Codes and links: minted when they are sent, kept nowhere (ID-3 to ID-5).

use chrono::TimeDelta;
use outbox::Outcome;
use proto::identity::v1::{LoginCodeRequested, PasswordResetRequested, ResetCause};
use sqlx::PgPool;
use uuid::Uuid;

use crate::given::{a_world, now};

const SOL: &str = "sol@landlord.example";

fn code(login: Uuid) -> LoginCodeRequested {
    LoginCodeRequested {
        login_id: login.to_string(),
        expires_at: Some(kit::time::timestamp(now() + TimeDelta::minutes(10))),
    }
}

fn link(reset: Uuid, cause: ResetCause) -> PasswordResetRequested {
    PasswordResetRequested {
        reset_id: reset.to_string(),
        cause: cause.into(),
        expires_at: Some(kit::time::timestamp(now() + TimeDelta::hours(1))),
    }
}

/// Every value of every table, as text.
pub async fn dump(db: &PgPool) -> String {
    let tables: Vec<String> =
        sqlx::query_scalar("select quote_ident(table_name) from information_schema.tables where table_schema = 'public'")
            .fetch_all(db)
            .await
            .unwrap();
    let mut dump = String::new();
    for table in &tables {
        let mut query = sqlx::QueryBuilder::new("select to_jsonb(t)::text from ");
        query.push(table).push(" t");
        dump.extend(
            query
                .build_query_scalar::<String>()
                .fetch_all(db)
                .await
                .unwrap(),
        );
    }
    assert!(tables.len() > 8 && dump.len() > 100, "it did look");
    dump
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_4_a_code_is_minted_when_it_is_sent_and_stands_in_no_table(db: PgPool) {
    let world = a_world(&db).await;
    let login = world.people.begin(SOL);

    let event = world.hear(&code(login)).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    assert!(world.people.minted().is_empty());
    let mails = world.send().await;

    let minted = world.people.minted();
    assert_eq!((mails.len(), minted.len()), (1, 1));
    assert_eq!(
        (mails[0].to[0].as_str(), mails[0].subject.as_str()),
        (SOL, "Your verification code")
    );
    assert!(
        mails[0].text.contains(&format!(
            "Your verification code is\r\n\r\n{}\r\n",
            minted[0]
        )),
        "{}",
        mails[0].text
    );
    assert!(
        mails[0]
            .text
            .contains("expires in 10 minutes, at 9:40am UK time")
    );
    assert!(mails[0].html.as_ref().unwrap().contains(&minted[0]));
    let dump = dump(&db).await;
    assert!(
        !dump.contains(&minted[0]) && !dump.contains(&hex(&minted[0])) && !dump.contains(SOL),
        "{dump}"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_3_a_link_is_minted_when_it_is_sent_and_stands_in_no_table(db: PgPool) {
    let world = a_world(&db).await;
    let causes = [
        ResetCause::Forgotten,
        ResetCause::NewAccount,
        ResetCause::ByAdministrator,
        ResetCause::Forced,
    ];

    for cause in causes {
        world.hear(&link(world.people.begin(SOL), cause)).await;
    }
    let mails = world.send().await;

    let minted = world.people.minted();
    assert_eq!((mails.len(), minted.len()), (4, 4));
    let dump = dump(&db).await;
    for token in &minted {
        let link = format!("https://portal.example/set-password/{token}");
        assert_eq!(
            mails
                .iter()
                .filter(|mail| mail.text.contains(&link))
                .count(),
            1
        );
        assert!(!dump.contains(token) && !dump.contains(&hex(token)));
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_4_a_code_of_a_log_in_that_is_over_is_not_sent(db: PgPool) {
    let world = a_world(&db).await;
    let login = world.people.begin(SOL);
    world.hear(&code(login)).await;

    world.people.finish(login);

    assert!(world.send().await.is_empty());
    assert_eq!(world.state().await, "lapsed");
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_4_an_expired_code_is_neither_minted_nor_sent(db: PgPool) {
    let world = a_world(&db).await;
    world.mailbox.set_down(true);
    world.hear(&code(world.people.begin(SOL))).await;
    world.send().await;
    let minted = world.people.minted().len();

    world.mailbox.set_down(false);
    world.clock.advance(TimeDelta::minutes(10));

    assert!(world.send().await.is_empty());
    assert_eq!(
        (world.state().await.as_str(), world.people.minted().len()),
        ("lapsed", minted)
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_5_a_code_asked_for_again_replaces_one_that_still_waits(db: PgPool) {
    let world = a_world(&db).await;
    let login = world.people.begin(SOL);

    world.hear(&code(login)).await;
    world.hear(&code(login)).await;

    assert_eq!(
        (world.send().await.len(), world.people.minted().len()),
        (1, 1)
    );
    world.hear(&code(login)).await;
    assert_eq!(
        (world.send().await.len(), world.people.minted().len()),
        (2, 2),
        "one that was sent is replaced by identity"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_4_a_code_that_is_tried_again_is_a_new_one_under_the_same_message_id(db: PgPool) {
    let world = a_world(&db).await;
    world.mailbox.set_down(true);
    world.hear(&code(world.people.begin(SOL))).await;
    world.send().await;
    let message_id: String = sqlx::query_scalar("select message_id from emails")
        .fetch_one(&db)
        .await
        .unwrap();

    world.mailbox.set_down(false);
    world.clock.advance(TimeDelta::seconds(2));

    let mails = world.send().await;
    let minted = world.people.minted();
    assert_eq!((mails.len(), minted.len()), (1, 2));
    assert!(mails[0].text.contains(&minted[1]) && !mails[0].text.contains(&minted[0]));
    assert_eq!(format!("<{}>", mails[0].message_id), message_id);
}

pub fn hex(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
