//! What notification does about others' events: each ends in telling somebody.

mod account;
mod case;

use outbox::{Event, Handler, Retry};
use prost::Name;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::App;

impl Handler for App {
    const NAME: &'static str = "notification";

    fn subjects() -> Vec<String> {
        let mut subjects = casefile::subjects();
        subjects.extend(account::subjects());
        subjects.extend(case::subjects());
        subjects
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        // First the facts: what follows is told by them.
        casefile::apply_event(tx, event).await?;
        if !account::handle(self, tx, event).await? {
            case::handle(self, tx, event).await?;
        }
        Ok(())
    }

    fn committed(&self) {
        self.wake.notify_one();
    }
}

/// An event that can't be understood, by the field at fault. Another try reads the same.
#[derive(Debug, thiserror::Error)]
#[error("{event} has no good {field}")]
struct Unreadable {
    event: String,
    field: &'static str,
}

fn unreadable<E: Name>(_: &E, field: &'static str) -> Retry {
    Retry::never(Unreadable {
        event: E::full_name(),
        field,
    })
}

fn id<E: Name>(event: &E, field: &'static str, value: &str) -> Result<Uuid, Retry> {
    value.parse().map_err(|_| unreadable(event, field))
}
