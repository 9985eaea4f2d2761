//! Recording what was decided on a case, and telling the landlord when it may know (CA-7).

use chrono::{DateTime, NaiveDate, Utc};
use kit::{Caller, Invalid};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::steer::version_of;
use super::{Actor, App, Seen};
use crate::domain::{Case, Change, Finding, Outcome, TimelineEntry, wrong_decision_date};
use crate::error::Error;
use crate::{events, store};

/// A decision, as staff record it.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The finding.
    pub finding: Finding,
    /// The decision in a few sentences.
    pub summary: String,
    /// The date of the decision.
    pub decided_on: NaiveDate,
}

impl App {
    /// Records what was decided. The landlord hears of it at once when the case stands where its decision is known, and
    /// else when it gets there.
    pub async fn record_outcome(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        decision: Decision,
    ) -> Result<Seen, Error> {
        let mut tx = self.db.begin().await?;
        let mut case = version_of(
            store::find(&mut *tx, id, &self.visibility(caller)).await?,
            version,
        )?;
        let Decision {
            finding,
            summary,
            decided_on,
        } = decision;
        if let Some((why, reason)) =
            wrong_decision_date(decided_on, case.opened_on, self.clock.today())
        {
            return Err(Invalid::field("decided_on", why, reason).into());
        }
        finding.fits(case.status, case.team)?;
        let outcome = Outcome {
            finding,
            summary,
            decided_on,
            told: case.status.tells_outcome(),
        };

        let now = self.clock.now();
        case.version = store::next_version(&mut tx, id, version)
            .await?
            .ok_or(Error::Stale)?;
        store::add_outcome(&mut tx, id, &outcome, now).await?;
        let details = json!({
            "finding": { "from": case.outcome.as_ref().map(|it| it.finding), "to": finding },
            "decided_on": decided_on,
            "told": outcome.told,
        });
        let change = Change {
            case_id: id,
            action: "record_outcome",
            details,
        };
        store::add_changes(&mut tx, &Actor::of(caller), now, &[change]).await?;
        self.tell_of_outcome(&mut tx, caller, &case, &outcome, now)
            .await?;
        let case = store::find(&mut *tx, id, &self.visibility(caller)).await?;
        let case = case.ok_or(Error::NoSuchCase)?;
        let seen = self.seen_whole(&mut tx, caller, case).await?;
        tx.commit().await?;
        Ok(seen)
    }

    /// Puts a decision on the case's timeline and announces it.
    pub(super) async fn tell_of_outcome(
        &self,
        tx: &mut PgConnection,
        caller: &Caller,
        case: &Case,
        outcome: &Outcome,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let actor = Actor::of(caller);
        let label = &self.words.finding(outcome.finding).label;
        let on = outcome.decided_on.format("%-d %B %Y");
        let description = if outcome.told {
            format!("“{label}”, decided on {on}.")
        } else {
            format!(
                "“{label}”, decided on {on}. The landlord will see it when the case reaches a determination or is closed."
            )
        };
        let entry = TimelineEntry {
            id: kit::id(),
            case_id: case.id,
            occurred_at: now,
            title: "Outcome recorded".to_owned(),
            description,
            actor: actor.shown.clone(),
            actor_id: actor.id.clone(),
            staff_only: !outcome.told,
        };
        store::add_timeline(&mut *tx, &[entry]).await?;
        outbox::publish(
            tx,
            &events::outcome_recorded(case, outcome, label, &actor.shown),
        )
        .await?;
        Ok(())
    }
}
