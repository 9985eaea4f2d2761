//! Opening a case.

use chrono::Datelike as _;
use kit::Caller;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App, Seen};
use crate::domain::{Change, NewCase, Reference, TimelineEntry};
use crate::error::Error;
use crate::{events, store};

impl App {
    /// Opens a case, once for each request id: the same request again gives the case that it opened.
    pub async fn open(
        &self,
        caller: &Caller,
        request_id: Uuid,
        request: &[u8],
        case: &NewCase,
    ) -> Result<Seen, Error> {
        // A second turn finds the case that another replica has opened for the same request meanwhile.
        loop {
            let mut tx = self.db.begin().await?;
            if let Some(opened) = store::opened_by(&mut *tx, request_id, request).await? {
                if !opened.same {
                    return Err(Error::RequestIdReused);
                }
                return self.found(caller, &mut tx, opened.id).await;
            }
            if self
                .open_new(caller, &mut tx, request_id, request, case)
                .await?
            {
                let seen = self.found(caller, &mut tx, case.id).await?;
                outbox::publish(&mut tx, &events::opened(&seen.case)).await?;
                tx.commit().await?;
                return Ok(seen);
            }
        }
    }

    async fn found(&self, caller: &Caller, tx: &mut PgConnection, id: Uuid) -> Result<Seen, Error> {
        let case = store::find(&mut *tx, id, &self.visibility(caller)).await?;
        self.seen_whole(tx, caller, case.ok_or(Error::NoSuchCase)?)
            .await
    }

    async fn open_new(
        &self,
        caller: &Caller,
        tx: &mut PgConnection,
        request_id: Uuid,
        request: &[u8],
        case: &NewCase,
    ) -> Result<bool, Error> {
        if !store::landlord_is_registered(&mut *tx, case.landlord_id).await? {
            return Err(Error::NoSuchLandlord);
        }
        let year =
            i16::try_from(case.opened_on.year()).expect("the clock has a year of four digits");
        let number = store::next_number(tx, year).await?;
        let reference = Reference { year, number };
        if !store::insert(tx, case, reference, request_id, request).await? {
            return Ok(false);
        }
        self.begin_stage(tx, case.id, case.status).await?;

        let actor = Actor::of(caller);
        let now = self.clock.now();
        let entry = TimelineEntry {
            id: kit::id(),
            case_id: case.id,
            occurred_at: now,
            title: "Case opened".to_owned(),
            description: format!(
                "The case was opened and given to {}.",
                self.words.team(case.team()).label
            ),
            actor: actor.shown.clone(),
            actor_id: actor.id.clone(),
            staff_only: false,
        };
        let change = Change {
            case_id: case.id,
            action: "open",
            details: json!({ "reference": reference.to_string(), "status": case.status, "team": case.team() }),
        };
        store::add_timeline(tx, &[entry]).await?;
        store::add_changes(tx, &actor, now, &[change]).await?;
        Ok(true)
    }

    /// The date of today, on which a new case is opened.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        self.clock.today()
    }
}
