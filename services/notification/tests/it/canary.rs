//! A code and a link are in the email and nowhere else: not in a log, a span, a table or an event.

use std::io;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use proto::identity::v1::{LoginCodeRequested, PasswordResetRequested, ResetCause};
use sqlx::PgPool;
use testkit::a_system_administrator;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::faulty::{Faulty, Step};
use crate::given::{a_sender, a_world};
use crate::secrets::{dump, hex};

const SOL: &str = "sol@landlord.example";

/// Everything that is logged, at every level, with every span and its fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_5_a_secret_is_in_no_log_span_table_or_event_whatever_becomes_of_its_email(db: PgPool) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    let _traced = testkit::traced_by(subscriber);
    let world = a_world(&db).await;
    let server = Faulty::start().await;
    let sender = a_sender(&world.app, &world.identity.url(), &server.url());

    // Taken, broken off at each step, refused, and refused by a server that repeats what it was sent.
    let fates = Step::ALL
        .map(Some)
        .into_iter()
        .chain([None, None])
        .enumerate();
    for (n, broken_at) in fates {
        let expires_at = Some(kit::time::timestamp(
            world.clock.now() + TimeDelta::minutes(10),
        ));
        let address = format!("sol-{n}@landlord.example");
        world
            .hear(&LoginCodeRequested {
                login_id: world.people.begin(&address).to_string(),
                expires_at,
            })
            .await;
        world
            .hear(&PasswordResetRequested {
                reset_id: world.people.begin(&address).to_string(),
                cause: ResetCause::Forgotten.into(),
                expires_at,
            })
            .await;
        if let Some(step) = broken_at {
            server.break_off_at(step);
        } else {
            let minted = world.people.minted().len();
            let answer = format!("554 rejected: canary-{minted} canary-{}", minted + 1);
            server.answer(Step::Taken, &address, &answer);
        }
        sender.once().await.unwrap();
        world.clock.advance(TimeDelta::seconds(2));
        sender.once().await.unwrap();
    }
    let list = world
        .client(&a_system_administrator())
        .list_undelivered(proto::notification::v1::ListUndeliveredRequest::default())
        .await
        .unwrap()
        .into_inner();

    let minted = world.people.minted();
    assert!(minted.len() > 20, "{minted:?}");
    let sent: String = server.taken().into_iter().map(|it| it.text).collect();
    assert!(sent.contains("canary-"), "the emails have them");
    let (log, tables) = (log.text(), dump(&db).await);
    assert!(log.contains("send email"), "it did look: {log}");
    assert!(tables.contains("login_code"), "it did look: {tables}");
    for secret in &minted {
        for (place, text) in [
            ("the log", &log),
            ("a table", &tables),
            ("an answer", &format!("{list:?}")),
        ] {
            assert!(
                !text.contains(secret.as_str()) && !text.contains(&hex(secret)),
                "{secret} is in {place}"
            );
        }
    }
    assert!(!tables.contains(SOL) && !tables.contains("sol-0@"));
}
