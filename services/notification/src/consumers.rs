//! What notification does about others' events: each ends in telling somebody.

mod account;
mod case;
mod complaint;
mod letter;
mod reply;
mod task;

use chrono::NaiveDate;
use outbox::{Event, Handler, Retry};
use prost::Name;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{App, CaseNews};
use crate::domain::Matter;
use crate::domain::table::Who;
use crate::store;
use crate::store::news::Deadline;

impl Handler for App {
    const NAME: &'static str = "notification";

    fn subjects() -> Vec<String> {
        let mut subjects = casefile::subjects();
        subjects.extend(account::subjects());
        subjects.extend(case::subjects());
        subjects.extend(task::subjects());
        subjects.extend(reply::subjects());
        subjects.extend(complaint::subjects());
        subjects.extend(letter::subjects());
        subjects
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        // First the facts: what follows is told by them.
        if casefile::apply_event(tx, event).await? {
            case::keep_team(tx, event).await?;
        }
        if account::handle(self, tx, event).await?
            || complaint::handle(self, tx, event).await?
            || letter::handle(self, tx, event).await?
            || case::contact::handle(self, tx, event).await?
        {
            return Ok(());
        }
        let told = match case::read(event)? {
            Some(told) => Some(told),
            None => match task::read(event)? {
                Some(told) => Some(told),
                None => reply::read(event)?,
            },
        };
        let Some(Told {
            case_id,
            deadline,
            report,
        }) = told
        else {
            return Ok(());
        };
        if let Some(deadline) = &deadline {
            store::news::keep_deadline(tx, deadline).await?;
        }
        let Some(Report { to, matter, text }) = report else {
            return Ok(());
        };
        let news = CaseNews {
            matter,
            case_id,
            text: &text,
            deadline: deadline.filter(|_| matter.is_reminder()),
        };
        self.tell_of_case(tx, event, to, &news).await
    }

    fn committed(&self) {
        self.wake.notify_one();
    }
}

/// What an event about a case says.
#[derive(Debug)]
struct Told {
    case_id: Uuid,
    /// The task or the owed reply that it is about.
    deadline: Option<Deadline>,
    /// Who is told what; none when the facts are all that matters.
    report: Option<Report>,
}

/// Who is told what.
#[derive(Debug, PartialEq, Eq)]
struct Report {
    to: &'static [Who],
    matter: Matter,
    text: String,
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

fn date<E: Name>(event: &E, field: &'static str, value: &str) -> Result<NaiveDate, Retry> {
    value.parse().map_err(|_| unreadable(event, field))
}

/// A date as people read it: *15 March 2025*.
fn in_words(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}
