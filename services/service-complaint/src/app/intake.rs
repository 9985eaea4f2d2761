//! A complaint comes in.

use chrono::{Datelike as _, NaiveDate};
use kit::Caller;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::complaint::{
    Channel, Clocks, Complaint, Definition, Needs, Origin, ServiceUser, StageRecord, Standing,
};
use crate::domain::learning::LearnedOf;
use crate::domain::policy::Stage;
use crate::domain::procedure::{self, By};
use crate::error::Error;
use crate::events::{self, Announcement};
use crate::store;

/// A complaint that came in.
#[derive(Debug, Clone)]
pub struct Intake {
    /// The caller's id for this request.
    pub request_id: Uuid,
    /// Who complains.
    pub user: ServiceUser,
    /// How it came.
    pub channel: Channel,
    /// What was said.
    pub summary: String,
    /// The date it was received.
    pub received_on: NaiveDate,
    /// What is known of the person's needs so far.
    pub needs: Needs,
    /// The case that it is about, by reference; empty when it is about none.
    pub case_reference: String,
    /// What it came of, when it did not come by itself.
    pub origin: Option<Origin>,
}

impl App {
    /// Records a complaint, once for each request id (1.6), which starts the clock of its acknowledgement (4.1).
    pub async fn record(&self, caller: &Caller, intake: Intake) -> Result<Complaint, Error> {
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        if let Some(complaint) = self
            .record_in(&mut tx, &actor, (kit::id(), intake.clone()))
            .await?
        {
            tx.commit().await?;
            return Ok(complaint);
        }
        // The number goes back with the transaction.
        tx.rollback().await?;
        self.recorded_before(&actor, &intake).await
    }

    /// Records a complaint in a transaction under an id that is known already; `None` when the request was carried out before.
    pub(super) async fn record_in(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        (id, intake): (Uuid, Intake),
    ) -> Result<Option<Complaint>, Error> {
        self.record_with(tx, actor, intake, (id, String::new()))
            .await
    }

    /// The same, with the outcome that the person seeks.
    pub(super) async fn record_with(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        intake: Intake,
        (id, desired_outcome): (Uuid, String),
    ) -> Result<Option<Complaint>, Error> {
        let by = By {
            actor: &actor.id,
            today: self.today(),
        };
        // Whoever has an interest in a complaint has it in what comes of that, too (3.4).
        let conflicts = match intake.origin {
            Some(Origin::Escalation(of) | Origin::Point(of)) => {
                store::inherited_conflicts(tx, of).await?
            }
            Some(Origin::Request(_)) | None => Vec::new(),
        };
        let received =
            procedure::receive(&self.calendar, intake.received_on, by).map_err(Error::Receipt)?;
        let year = intake.received_on.year();
        let number = store::next_number(tx, year).await?;
        let complaint = Complaint {
            id,
            reference: format!("SC{year}{number:05}"),
            user: intake.user,
            channel: intake.channel,
            summary: intake.summary,
            definition: Definition {
                desired_outcome,
                needs: intake.needs,
                ..Definition::default()
            },
            elements: Vec::new(),
            case_reference: intake.case_reference,
            received_on: intake.received_on,
            origin: intake.origin,
            standing: Standing::Received,
            stage_one: StageRecord {
                handler: None,
                clocks: Clocks {
                    acknowledgement: received.acknowledgement,
                    response: None,
                },
                answer: None,
                updated_on: None,
            },
            window: None,
            stage_two: None,
            offers: Vec::new(),
            promises: Vec::new(),
            asks: Vec::new(),
            conflicts,
            learned: LearnedOf::default(),
            involved: Vec::new(),
            points: Vec::new(),
            latenesses: Vec::new(),
            tellings: Vec::new(),
            unanswered_since: None,
            version: 1,
        };
        if !store::insert(tx, &complaint, &actor.id, intake.request_id).await? {
            return Ok(None);
        }
        store::save_dues(tx, complaint.id, &complaint.dues(&self.calendar)?).await?;
        let what = (complaint.id, Stage::One);
        let text = "Recorded the complaint";
        store::record_change(tx, self.clock.now(), actor, what, "recorded", text).await?;
        let announcement = Announcement::from(events::recorded(&complaint));
        announcement.publish(tx).await?;
        for conflict in &complaint.conflicts {
            let inherited = events::conflict_declared(&complaint, conflict.account_id, None);
            Announcement::from(inherited).publish(tx).await?;
        }
        Ok(Some(complaint))
    }

    async fn recorded_before(&self, actor: &Actor, asked: &Intake) -> Result<Complaint, Error> {
        let mut db = self.db.acquire().await?;
        let id = store::find_by_request(&mut *db, &actor.id, asked.request_id)
            .await?
            .ok_or(Error::NoSuchComplaint)?;
        let recorded = store::load(&mut db, &[id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        // Who complains, and the case, may have been corrected since.
        recorded.is_open_to(actor.account_id)?;
        let same = recorded.channel == asked.channel
            && recorded.summary == asked.summary
            && recorded.received_on == asked.received_on;
        if same {
            Ok(recorded)
        } else {
            Err(Error::RequestIdReused)
        }
    }
}
