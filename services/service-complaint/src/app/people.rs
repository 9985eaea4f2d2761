//! Who can be given a complaint or an action, as identity announces the staff (1.8, 4.15, 4.28).

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::complaint::{Complaint, StageRecord};
use crate::domain::policy::Stage;
use crate::domain::staff::Member;
use crate::error::Error;
use crate::events::{self, Announcement};
use crate::store;

impl App {
    /// Keeps what identity says of a member of staff. Events may come late and twice.
    pub async fn staff_changed(
        &self,
        tx: &mut PgConnection,
        member: &Member,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        Ok(store::save_staff(tx, member, at).await?)
    }

    /// Who is to handle a stage, by account and name.
    pub(super) async fn handler(&self, account_id: Uuid) -> Result<(Uuid, String), Error> {
        store::find_staff(&self.db, account_id)
            .await?
            .filter(Member::can_handle)
            .map(Member::named)
            .ok_or(Error::NoSuchHandler)
    }

    /// A colleague, whatever they can be given.
    pub(super) async fn colleague(&self, account_id: Uuid) -> Result<(Uuid, String), Error> {
        store::find_staff(&self.db, account_id)
            .await?
            .map(Member::named)
            .ok_or(Error::NoSuchColleague)
    }

    /// Who is to be accountable for an action.
    pub(super) async fn accountable(&self, account_id: Uuid) -> Result<Member, Error> {
        store::find_staff(&self.db, account_id)
            .await?
            .filter(Member::can_be_accountable)
            .ok_or(Error::NoSuchOwner)
    }
}

/// Who was given a stage by a step, whichever step it was: each is told.
pub(super) fn handed_over(
    before: &Complaint,
    after: &Complaint,
    actor: &Actor,
) -> Vec<Announcement> {
    let stages = [
        (Stage::One, Some(&before.stage_one), Some(&after.stage_one)),
        (
            Stage::Two,
            before.stage_two.as_ref().map(|it| &it.record),
            after.stage_two.as_ref().map(|it| &it.record),
        ),
    ];
    let handler = |record: Option<&StageRecord>| record?.handler.as_ref().map(|(id, _)| *id);
    stages
        .into_iter()
        .filter_map(|(stage, before, now)| {
            let now = handler(now).filter(|now| handler(before) != Some(*now))?;
            Some(events::handler_assigned(after, stage, now, actor).into())
        })
        .collect()
}
