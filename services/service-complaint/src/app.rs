//! What can be done with complaints: look, decide, write and announce, in one transaction.

use std::collections::HashMap;

use calendar::{Calendar, Deadline, Entry};
use chrono::{Datelike as _, NaiveDate};
use kit::page::Page;
use kit::{Caller, Clock};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::domain::{self, Channel, Clocks, Complaint, Definition, Needs};
use crate::error::Error;
use crate::events;
use crate::store::{self, ComplaintRow};

const ACKNOWLEDGEMENT: &str = "acknowledgement";
const RESPONSE: &str = "response";

/// Where a page of the list starts.
pub type Position = (NaiveDate, Uuid);

/// The use cases of complaints.
#[derive(Debug, Clone)]
pub struct App {
    db: PgPool,
    clock: Clock,
    calendar: Calendar,
}

/// A complaint that came in.
#[derive(Debug)]
pub struct Intake {
    /// The caller's id for this request.
    pub request_id: Uuid,
    /// Who complains.
    pub service_user: String,
    /// How it came.
    pub channel: Channel,
    /// What was said.
    pub summary: String,
    /// The date it was received.
    pub received_on: NaiveDate,
    /// What is known of the person's needs so far.
    pub needs: Needs,
}

impl App {
    /// The use cases over a database.
    #[must_use]
    pub fn new(db: PgPool, clock: Clock, calendar: Calendar) -> Self {
        Self {
            db,
            clock,
            calendar,
        }
    }

    /// The present date in London.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// Records a complaint, once for each request id (1.6), which starts the clock of its acknowledgement (4.1).
    pub async fn record(&self, caller: &Caller, intake: Intake) -> Result<Complaint, Error> {
        let actor = caller.actor();
        let clocks = domain::receive(&self.calendar, intake.received_on, &actor, self.today())?;

        let mut tx = self.db.begin().await?;
        let year = intake.received_on.year();
        let number = store::next_number(&mut tx, year).await?;
        let complaint = Complaint {
            id: kit::id(),
            reference: format!("SC{year}{number:05}"),
            service_user: intake.service_user,
            channel: intake.channel,
            summary: intake.summary,
            definition: Definition {
                needs: intake.needs,
                ..Definition::default()
            },
            received_on: intake.received_on,
            clocks,
            version: 1,
        };
        if !store::insert(&mut tx, &complaint, &actor, intake.request_id).await? {
            // The number goes back with the transaction.
            tx.rollback().await?;
            return self
                .recorded_before(&actor, intake.request_id, &complaint)
                .await;
        }
        let entries = complaint.clocks.acknowledgement.entries();
        store::append(&mut tx, complaint.id, ACKNOWLEDGEMENT, 0, entries).await?;
        store::record_change(&mut tx, self.clock.now(), &actor, "recorded", complaint.id).await?;
        outbox::publish(&mut tx, &events::recorded(&complaint)).await?;
        tx.commit().await?;
        Ok(complaint)
    }

    async fn recorded_before(
        &self,
        actor: &str,
        request_id: Uuid,
        asked: &Complaint,
    ) -> Result<Complaint, Error> {
        let mut db = self.db.acquire().await?;
        let row = store::find_by_request(&mut *db, actor, request_id)
            .await?
            .ok_or(Error::NoSuchComplaint)?;
        let same = row.service_user == asked.service_user
            && row.channel == asked.channel
            && row.summary == asked.summary
            && row.received_on == asked.received_on;
        if !same {
            return Err(Error::RequestIdReused);
        }
        with_clocks(&mut db, row).await
    }

    /// One complaint; that it was read is recorded (WH-1).
    pub async fn get(&self, caller: &Caller, id: Uuid) -> Result<Complaint, Error> {
        let mut tx = self.db.begin().await?;
        let row = store::find(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchComplaint)?;
        let complaint = with_clocks(&mut tx, row).await?;
        store::record_reads(&mut tx, self.clock.now(), &caller.actor(), &[id]).await?;
        tx.commit().await?;
        Ok(complaint)
    }

    /// A page of complaints, next deadline first, and where the next page starts.
    pub async fn list(
        &self,
        caller: &Caller,
        page: &Page<Position>,
    ) -> Result<(Vec<Complaint>, String), Error> {
        let mut tx = self.db.begin().await?;
        let mut rows = store::list(&mut *tx, page.after, page.fetch()).await?;
        let next = page.next(&mut rows, |row| (row.next_due_on, row.id));
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let complaints = all_with_clocks(&mut tx, rows).await?;
        store::record_reads(&mut tx, self.clock.now(), &caller.actor(), &ids).await?;
        tx.commit().await?;
        Ok((complaints, next))
    }

    /// Records that a complaint was acknowledged, which starts the clock of its response (4.1, 4.3).
    pub async fn acknowledge(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        definition: Definition,
        acknowledged_on: NaiveDate,
    ) -> Result<Complaint, Error> {
        let actor = caller.actor();
        let mut tx = self.db.begin().await?;
        let row = store::find(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchComplaint)?;
        let before = with_clocks(&mut tx, row).await?;
        let mut after = domain::acknowledge(
            &self.calendar,
            &before,
            definition,
            acknowledged_on,
            &actor,
            self.today(),
        )?;
        after.version = version;
        after.version = store::save(&mut tx, &after).await?.ok_or(Error::Stale)?;
        write_on(&mut tx, id, &before.clocks, &after.clocks).await?;
        store::record_change(&mut tx, self.clock.now(), &actor, "acknowledged", id).await?;
        outbox::publish(&mut tx, &events::acknowledged(&after)).await?;
        tx.commit().await?;
        Ok(after)
    }
}

/// Writes what the ledgers have gained.
async fn write_on(
    tx: &mut PgConnection,
    id: Uuid,
    before: &Clocks,
    after: &Clocks,
) -> Result<(), Error> {
    let written = before.acknowledgement.entries().len();
    let entries = &after.acknowledgement.entries()[written..];
    store::append(tx, id, ACKNOWLEDGEMENT, written, entries).await?;
    if let Some(response) = &after.response {
        let written = before.response.as_ref().map_or(0, |it| it.entries().len());
        store::append(tx, id, RESPONSE, written, &response.entries()[written..]).await?;
    }
    Ok(())
}

async fn with_clocks(tx: &mut PgConnection, row: ComplaintRow) -> Result<Complaint, Error> {
    let mut all = all_with_clocks(tx, vec![row]).await?;
    Ok(all.pop().expect("one row makes one complaint"))
}

async fn all_with_clocks(
    tx: &mut PgConnection,
    rows: Vec<ComplaintRow>,
) -> Result<Vec<Complaint>, Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut ledgers: HashMap<(Uuid, String), Vec<Entry>> = HashMap::new();
    for row in store::entries(tx, &ids).await? {
        ledgers
            .entry((row.complaint_id, row.clock))
            .or_default()
            .push(row.entry.0);
    }
    rows.into_iter()
        .map(|row| {
            let mut clock = |name: &str| ledgers.remove(&(row.id, name.to_owned()));
            let acknowledgement = clock(ACKNOWLEDGEMENT).unwrap_or_default();
            let response = clock(RESPONSE);
            let clocks = Clocks {
                acknowledgement: Deadline::from_entries(acknowledgement).map_err(Error::Ledger)?,
                response: response
                    .map(Deadline::from_entries)
                    .transpose()
                    .map_err(Error::Ledger)?,
            };
            Ok(complaint(row, clocks))
        })
        .collect()
}

fn complaint(row: ComplaintRow, clocks: Clocks) -> Complaint {
    let ComplaintRow {
        id,
        reference,
        service_user,
        channel,
        summary,
        elements,
        desired_outcome,
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
        early_resolution,
        received_on,
        next_due_on: _,
        version,
    } = row;
    let needs = Needs {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    };
    let definition = Definition {
        elements,
        desired_outcome,
        needs,
        early_resolution,
    };
    Complaint {
        id,
        reference,
        service_user,
        channel,
        summary,
        definition,
        received_on,
        clocks,
        version,
    }
}
