//! What casework says to a fresh review of a case's risk assessment that was promised (37.4). It says that the review was done, or why it
//! can't be, and nothing else of the case: Customer Insight is independent of casework (1.8).

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::remedies::promised;
use super::{Actor, App, Done};
use crate::domain::monitoring;
use crate::domain::telling::Kind as Telling;
use crate::error::Error;
use crate::events;

/// Which action of which complaint casework speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Promised {
    /// The complaint.
    pub complaint_id: Uuid,
    /// The action.
    pub action_id: Uuid,
}

/// Casework, as a complaint's history names it. Who it was stands in the audit alone.
fn casework(id: String) -> Actor {
    Actor {
        id,
        account_id: None,
        name: "Casework".to_owned(),
        senior: false,
    }
}

impl App {
    /// Completes the action that a risk review was promised by, with what casework wrote as what shows it (4.30). An action that has
    /// ended meanwhile stays as it ended; the answer stands in the history.
    pub async fn risk_reviewed(
        &self,
        tx: &mut PgConnection,
        which: Promised,
        (answered_on, told): (NaiveDate, String),
        by: String,
    ) -> Result<(), Error> {
        let actor = casework(by);
        self.step_on_event(tx, &actor, which.complaint_id, |complaint, work| {
            let promise = promised(complaint, which.action_id)?;
            if !promise.action.is_open() {
                let text = format!(
                    "The case's risk was reviewed on {answered_on}, after “{}” had ended: {told}",
                    promise.action.what
                );
                return Ok(Done::new("risk_review_noted", text));
            }
            let text = format!("Done on {answered_on}: {}. {told}", promise.action.what);
            let (by, today) = (work.by().actor, work.today);
            let action = promise.action.clone();
            promise.action = monitoring::complete(action, told, answered_on, by, today)?;
            complaint.must_tell_of_action(
                work.calendar,
                Telling::ActionDone,
                which.action_id,
                today,
            )?;
            Ok(Done::new("risk_reviewed", text))
        })
        .await
    }

    /// Notes why casework can't review a case's risk. The action stays open and its owner is told; the list of open actions shows what hinders it, so
    /// that its owner takes it back with the reason or asks anew (4.9).
    pub async fn risk_review_refused(
        &self,
        tx: &mut PgConnection,
        which: Promised,
        why: String,
    ) -> Result<(), Error> {
        let actor = casework("process:case".to_owned());
        self.step_on_event(tx, &actor, which.complaint_id, |complaint, _| {
            let promise = promised(complaint, which.action_id)?;
            let text = format!("Casework can't do “{}”: {why}", promise.action.what);
            let done = Done::new("risk_review_refused", text);
            if !promise.action.is_open() {
                return Ok(done);
            }
            promise.hindrance = why;
            let action = promise.action.clone();
            // Whoever handles the complaint sees to what somebody with an interest left (3.4).
            let seen_to_by = if complaint.is_left(&action) {
                complaint.present().handler.as_ref().map(|(id, _)| *id)
            } else {
                Some(action.owner)
            };
            let hindered = events::action_hindered(complaint, action.id, seen_to_by);
            Ok(done.announcing(hindered))
        })
        .await
    }
}
