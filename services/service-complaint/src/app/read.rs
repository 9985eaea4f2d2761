//! Complaints as they are read; that they were is recorded (WH-1).

use chrono::NaiveDate;
use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::complaint::{Complaint, Promise};
use crate::error::Error;
use crate::store::{self, ApprovalRow, HistoryRow, ListFilter};

/// Where a page of complaints starts.
pub type Position = (Option<NaiveDate>, Uuid);

impl App {
    /// One complaint, by id or reference.
    pub async fn get(&self, caller: &Caller, id_or_reference: &str) -> Result<Complaint, Error> {
        let mut tx = self.db.begin().await?;
        let id = store::find_id(&mut *tx, id_or_reference)
            .await?
            .ok_or(Error::NoSuchComplaint)?;
        let complaint = store::load(&mut tx, &[id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        let actor = Actor::of(caller);
        complaint.is_open_to(actor.account_id)?;
        store::record_reads(&mut tx, self.clock.now(), &actor, &[id]).await?;
        tx.commit().await?;
        Ok(complaint)
    }

    /// A page of complaints, next deadline first, and where the next page starts.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: &ListFilter,
        page: &Page<Position>,
    ) -> Result<(Vec<Complaint>, String), Error> {
        let mut tx = self.db.begin().await?;
        let mut places = store::complaints_page(&mut *tx, filter, page.after, page.fetch()).await?;
        let next = page.next(&mut places, |(id, due)| (*due, *id));
        let ids: Vec<Uuid> = places.iter().map(|(id, _)| *id).collect();
        let complaints = store::load(&mut tx, &ids).await?;
        let actor = Actor::of(caller);
        store::record_reads(&mut tx, self.clock.now(), &actor, &ids).await?;
        tx.commit().await?;
        Ok((complaints, next))
    }

    /// A page of what was done with a complaint, the newest first.
    pub async fn history(
        &self,
        caller: &Caller,
        id: Uuid,
        page: &Page<Uuid>,
    ) -> Result<(Vec<HistoryRow>, String), Error> {
        self.may_read(caller, id).await?;
        let mut rows = store::history(&self.db, id, page.after, page.fetch()).await?;
        let next = page.next(&mut rows, |row| row.id);
        Ok((rows, next))
    }

    /// A page of what waits for a senior colleague, without the complaints in which the caller declared an interest (3.4), and
    /// without what a colleague is asked who had no part in stage 1 (4.15).
    pub async fn approvals(
        &self,
        caller: &Caller,
        page: &Page<Uuid>,
    ) -> Result<(Vec<ApprovalRow>, String), Error> {
        let reader = Actor::of(caller).account_id;
        let mut rows = store::approvals_page(&self.db, reader, page.after, page.fetch()).await?;
        let next = page.next(&mut rows, |row| row.id);
        Ok((rows, next))
    }

    /// A page of open actions, of one's own or of all, each with its complaint.
    pub async fn actions(
        &self,
        caller: &Caller,
        mine: bool,
        page: &Page<(NaiveDate, Uuid)>,
    ) -> Result<(Vec<(Complaint, Promise)>, String), Error> {
        let reader = Actor::of(caller);
        let owner = if mine {
            Some(reader.colleague()?.account_id)
        } else {
            None
        };
        let mut tx = self.db.begin().await?;
        let mut rows = store::actions_page(
            &mut *tx,
            (owner, reader.account_id),
            page.after,
            page.fetch(),
        )
        .await?;
        let next = page.next(&mut rows, |row| (row.due_on, row.id));
        let ids: Vec<Uuid> = rows.iter().map(|row| row.complaint_id).collect();
        let complaints = store::load(&mut tx, &ids).await?;
        let actions = rows
            .iter()
            .filter_map(|row| {
                let complaint = complaints.iter().find(|it| it.id == row.complaint_id)?;
                let promise = complaint
                    .promises
                    .iter()
                    .find(|it| it.action.id == row.id)?;
                Some((complaint.clone(), promise.clone()))
            })
            .collect();
        tx.commit().await?;
        Ok((actions, next))
    }
}
