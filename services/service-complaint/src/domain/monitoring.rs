//! What was promised and is followed until it is done (4.9, 4.28 to 4.30), and the four weeks after the closing (4.21, 4.22).

use calendar::{Calendar, Deadline, Event, LedgerError, Rule, Timescale};
use chrono::NaiveDate;
use uuid::Uuid;

use super::policy::AFTER_CLOSING;

/// A remedy or a promise that somebody has to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its id.
    pub id: Uuid,
    /// What is to be done.
    pub what: String,
    /// Who is accountable (4.29).
    pub owner: Uuid,
    /// By when.
    pub deadline: Deadline,
    /// What shows that it was done; empty until then.
    pub evidence: String,
}

impl Action {
    /// Whether it is still to be done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.deadline.is_open()
    }
}

/// Why an action is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// Nobody could see that it was done.
    #[error("say what shows that it was done")]
    NoEvidence,
    /// Nobody has done yet what is done on a day to come.
    #[error("{0} is in the future")]
    InTheFuture(NaiveDate),
    /// Nothing says why it is not needed any more.
    #[error("say why it is no longer needed")]
    NoReason,
    /// A ledger refused an entry.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Promises an action.
pub fn promise(
    calendar: &Calendar,
    what: String,
    owner: Uuid,
    due_on: NaiveDate,
    by: &str,
    today: NaiveDate,
) -> Result<Action, ActionError> {
    let deadline = Deadline::start(
        calendar,
        Event {
            name: "action promised".to_owned(),
            on: today,
        },
        Rule {
            id: "SC-10 action (4.9)".to_owned(),
            timescale: Timescale::On(due_on),
        },
        by,
        today,
    )?;
    Ok(Action {
        id: kit::id(),
        what,
        owner,
        deadline,
        evidence: String::new(),
    })
}

/// Completes an action, with what shows it.
pub fn complete(
    mut action: Action,
    evidence: String,
    done_on: NaiveDate,
    by: &str,
    today: NaiveDate,
) -> Result<Action, ActionError> {
    if evidence.trim().is_empty() {
        return Err(ActionError::NoEvidence);
    }
    if done_on > today {
        return Err(ActionError::InTheFuture(done_on));
    }
    action.deadline.meet(done_on, by, today)?;
    Ok(Action { evidence, ..action })
}

/// Takes an action back, with the reason.
pub fn withdraw(
    mut action: Action,
    reason: &str,
    by: &str,
    today: NaiveDate,
) -> Result<Action, ActionError> {
    if reason.trim().is_empty() {
        return Err(ActionError::NoReason);
    }
    action.deadline.withdraw(reason, by, today)?;
    Ok(action)
}

/// What is done with what a person writes about a closed complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correspondence {
    /// It is acknowledged, with the advice that fits (4.21).
    Acknowledge,
    /// It is filed and not answered (4.22).
    File,
}

/// What is done with correspondence of a day. After four weeks it is filed, unless actions are open (4.21, 4.22).
#[must_use]
pub fn correspondence(
    closed_on: NaiveDate,
    received_on: NaiveDate,
    open_actions: usize,
) -> Correspondence {
    let days = (received_on - closed_on).num_days();
    if days <= i64::from(AFTER_CLOSING) || open_actions > 0 {
        Correspondence::Acknowledge
    } else {
        Correspondence::File
    }
}

/// Whether nothing is left to do about a closed complaint: its four weeks are over and no action is open (4.22).
#[must_use]
pub fn is_finished(closed_on: NaiveDate, today: NaiveDate, open_actions: usize) -> bool {
    open_actions == 0 && correspondence(closed_on, today, 0) == Correspondence::File
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn action() -> Action {
        promise(
            &Calendar::england_and_wales(),
            "The caseworker calls the resident".to_owned(),
            kit::id(),
            day("2025-01-20"),
            "test",
            day("2025-01-13"),
        )
        .unwrap()
    }

    #[test]
    fn sc_10_4_9_an_action_is_done_when_evidence_shows_it() {
        let refused = complete(
            action(),
            " ".to_owned(),
            day("2025-01-15"),
            "test",
            day("2025-01-15"),
        );
        assert_eq!(refused, Err(ActionError::NoEvidence));

        let done = complete(
            action(),
            "Note of the call of 15 January".to_owned(),
            day("2025-01-15"),
            "test",
            day("2025-01-15"),
        );
        assert!(!done.unwrap().is_open());
    }

    #[test]
    fn sc_10_an_action_is_withdrawn_only_with_a_reason() {
        let on = day("2025-01-15");

        assert_eq!(
            withdraw(action(), "", "test", on),
            Err(ActionError::NoReason)
        );
        assert!(
            !withdraw(action(), "The resident moved away", "test", on)
                .unwrap()
                .is_open()
        );
    }

    #[test]
    fn sc_11_4_22_the_twenty_eighth_day_is_still_answered_and_the_next_is_not() {
        let closed = day("2025-01-13");

        assert_eq!(
            correspondence(closed, day("2025-02-10"), 0),
            Correspondence::Acknowledge
        );
        assert_eq!(
            correspondence(closed, day("2025-02-11"), 0),
            Correspondence::File
        );
        assert_eq!(
            correspondence(closed, day("2025-06-01"), 1),
            Correspondence::Acknowledge
        );
    }

    #[test]
    fn sc_10_a_complaint_with_an_open_action_is_never_finished() {
        let closed = day("2025-01-13");

        assert!(!is_finished(closed, day("2025-12-31"), 1));
        assert!(!is_finished(closed, day("2025-02-10"), 0));
        assert!(is_finished(closed, day("2025-02-11"), 0));
    }
}
