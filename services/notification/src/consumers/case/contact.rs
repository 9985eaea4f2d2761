//! Events of what complainants are owed (CA-10).

use outbox::{Event, Retry, subject};
use prost::Name;
use proto::case::v1::{
    ContactEscalated, ContactFacts, ContactFinalReminder, ContactKind, ContactReminder,
    ContactSettled, ProgressUpdateGiven,
};
use sqlx::PgConnection;

use crate::app::App;
use crate::consumers::{Report, Told, date, id, in_words, unreadable};
use crate::domain::Matter;
use crate::domain::table::Who;
use crate::store::news::Deadline;

/// What is heard.
pub(super) fn subjects() -> Vec<String> {
    vec![
        subject::<ContactReminder>(),
        subject::<ContactFinalReminder>(),
        subject::<ContactEscalated>(),
        subject::<ContactSettled>(),
        subject::<ProgressUpdateGiven>(),
    ]
}

/// Puts an update on its way; `false` when the event is none.
pub(in crate::consumers) async fn handle(
    app: &App,
    tx: &mut PgConnection,
    event: &Event,
) -> Result<bool, Retry> {
    let Some(given) = event.get::<ProgressUpdateGiven>()? else {
        return Ok(false);
    };
    let case_id = id(&given, "case_id", &given.case_id)?;
    let update_id = id(&given, "update_id", &given.update_id)?;
    app.send_update(tx, event, case_id, update_id).await?;
    Ok(true)
}

/// Reads an event; `None` when it is none of these.
pub(super) fn read(event: &Event) -> Result<Option<Told>, Retry> {
    let told = if let Some(it) = event.get::<ContactReminder>()? {
        reminder(&it, it.facts.as_ref(), &[Who::Owner], Matter::ContactDue)?
    } else if let Some(it) = event.get::<ContactFinalReminder>()? {
        let to = &[Who::Owner];
        reminder(&it, it.facts.as_ref(), to, Matter::ContactFinalReminder)?
    } else if let Some(it) = event.get::<ContactEscalated>()? {
        let to = &[Who::Owner, Who::Seniors];
        reminder(&it, it.facts.as_ref(), to, Matter::ContactEscalated)?
    } else if let Some(it) = event.get::<ContactSettled>()? {
        owed(&it, it.facts.as_ref())?.0
    } else {
        return Ok(None);
    };
    Ok(Some(told))
}

fn reminder<E: Name>(
    event: &E,
    facts: Option<&ContactFacts>,
    to: &'static [Who],
    matter: Matter,
) -> Result<Told, Retry> {
    let (told, what, due) = owed(event, facts)?;
    let text = match matter {
        Matter::ContactFinalReminder => {
            format!("Final reminder: the complainant is owed {what}, was due {due}")
        }
        Matter::ContactEscalated => {
            format!("The complainant is still owed {what} after the final reminder, was due {due}")
        }
        _ => format!("The complainant is owed {what}, due {due}"),
    };
    Ok(Told {
        report: Some(Report { to, matter, text }),
        ..told
    })
}

/// The facts, by which reminders can be judged; what is owed and when, in words.
fn owed<E: Name>(
    event: &E,
    facts: Option<&ContactFacts>,
) -> Result<(Told, &'static str, String), Retry> {
    let facts = facts.ok_or_else(|| unreadable(event, "facts"))?;
    let what = match facts.kind() {
        ContactKind::ProgressUpdate => "a progress update",
        ContactKind::IntroductionCall => "an introduction call",
        ContactKind::Callback => "a callback",
        ContactKind::Unspecified => return Err(unreadable(event, "facts.kind")),
    };
    let due_on = date(event, "facts.due_on", &facts.due_on)?;
    let told = Told {
        case_id: id(event, "facts.case_id", &facts.case_id)?,
        deadline: Some(Deadline {
            subject_id: id(event, "facts.contact_id", &facts.contact_id)?,
            open: facts.open,
            due_on,
            version: facts.version,
        }),
        report: None,
    };
    Ok((told, what, in_words(due_on)))
}

#[cfg(test)]
mod tests {
    use outbox::testing::event;

    use super::*;

    fn facts(kind: ContactKind) -> ContactFacts {
        ContactFacts {
            contact_id: kit::id().to_string(),
            case_id: kit::id().to_string(),
            kind: kind.into(),
            due_on: "2026-12-01".to_owned(),
            open: true,
            version: 1,
        }
    }

    fn report<E: prost::Message + Name>(message: &E) -> Report {
        read(&event(message)).unwrap().unwrap().report.unwrap()
    }

    #[test]
    fn ca_10_the_seniors_hear_of_what_is_owed_after_the_final_reminder() {
        let facts = Some(facts(ContactKind::Callback));
        let reminder = report(&ContactReminder {
            facts: facts.clone(),
        });
        let last = report(&ContactFinalReminder {
            facts: facts.clone(),
        });
        let escalated = report(&ContactEscalated { facts });

        assert_eq!(
            (reminder.to, last.to),
            (&[Who::Owner][..], &[Who::Owner][..])
        );
        assert_eq!(escalated.to, [Who::Owner, Who::Seniors]);
        assert_eq!(
            reminder.text,
            "The complainant is owed a callback, due 1 December 2026"
        );
    }

    #[test]
    fn ca_10_what_was_given_is_told_to_nobody_and_ends_the_reminders() {
        let mut facts = facts(ContactKind::ProgressUpdate);
        facts.open = false;

        let told = read(&event(&ContactSettled { facts: Some(facts) }))
            .unwrap()
            .unwrap();

        assert_eq!(told.report, None);
        assert!(!told.deadline.unwrap().open);
    }

    #[test]
    fn ca_10_an_event_that_says_too_little_is_not_tried_again() {
        let nothing = Some(facts(ContactKind::Unspecified));

        for hopeless in [
            event(&ContactReminder { facts: nothing }),
            event(&ContactEscalated::default()),
        ] {
            assert!(read(&hopeless).unwrap_err().is_hopeless());
        }
    }
}
