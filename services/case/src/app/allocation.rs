//! Giving cases to investigators, in the order of their queues (CA-9).

use std::collections::HashMap;

use kit::Caller;
use kit::page::Page;
use serde_json::json;
use uuid::Uuid;

use super::risk::staff_entry;
use super::steer::{able, version_of};
use super::{Actor, App, Seen};
use crate::domain::{Case, CaseType, Change, Place, may_decide};
use crate::error::Error;
use crate::store::{self, NextRequest};

impl App {
    /// Approves that a case goes ahead of others, or takes that back.
    pub async fn decide_ahead(
        &self,
        caller: &Caller,
        case_id: Uuid,
        version: i64,
        ahead: bool,
        reason: &str,
    ) -> Result<Seen, Error> {
        let mut tx = self.db.begin().await?;
        let found = store::find(&mut *tx, case_id, &self.visibility(caller)).await?;
        let mut case = version_of(found, version)?;
        case.version = store::next_version(&mut tx, case_id, version)
            .await?
            .ok_or(Error::Stale)?;
        let is_ahead = store::is_ahead(&mut *tx, case_id).await?;
        let senior = caller.person().map(|person| person.account_id);
        may_decide(&case, is_ahead, ahead, senior)?;

        let (actor, now) = (Actor::of(caller), self.clock.now());
        let decision = store::AheadDecision {
            case_id,
            ahead,
            reason,
        };
        store::save_ahead(&mut tx, decision, (&actor.id, &actor.shown), now).await?;
        let (title, action) = if ahead {
            ("Moved ahead in allocation", "approve_ahead")
        } else {
            ("Put back into its turn", "withdraw_ahead")
        };
        let entry = staff_entry(&case, &actor, now, title, reason.to_owned());
        store::add_timeline(&mut tx, &[entry]).await?;
        let change = Change {
            case_id,
            action,
            details: json!({ "ahead": { "from": is_ahead, "to": ahead } }),
        };
        store::add_changes(&mut tx, &actor, now, &[change]).await?;
        let seen = self.seen_whole(&mut tx, caller, case).await?;
        tx.commit().await?;
        Ok(seen)
    }

    /// A page of a queue, in its order.
    pub async fn awaiting_allocation(
        &self,
        caller: &Caller,
        case_type: CaseType,
        page: &Page<Place>,
    ) -> Result<(Vec<Seen>, String), Error> {
        let mut tx = self.db.begin().await?;
        let mut places = store::waiting(&mut *tx, case_type, page.after, page.fetch()).await?;
        let next = page.next(&mut places, |last| *last);
        let ids: Vec<Uuid> = places.iter().map(|(_, _, id)| *id).collect();
        let found = store::find_all(&mut *tx, &ids).await?;
        let mut found: HashMap<Uuid, Case> = found.into_iter().map(|it| (it.id, it)).collect();
        // What left the queue between the two questions is shown all the same: the page is of one moment.
        let cases = ids.iter().filter_map(|id| found.remove(id)).collect();
        let seen = self.seen_by_staff(&mut tx, caller, cases).await?;
        tx.commit().await?;
        Ok((seen, next))
    }

    /// Gives the first case of a queue to an investigator, once for each request id.
    pub async fn allocate_next(
        &self,
        caller: &Caller,
        request_id: Uuid,
        case_type: CaseType,
        owner: Option<Uuid>,
    ) -> Result<Seen, Error> {
        let actor = Actor::of(caller);
        let own = caller.person().map(|person| person.account_id);
        let request = NextRequest {
            case_type,
            owner: owner.or(own).ok_or(Error::NoSuchStaff)?,
            by: actor.id.clone(),
        };
        // A second turn finds the case that another replica has given for the same request meanwhile.
        loop {
            let mut tx = self.db.begin().await?;
            if let Some((case_id, before)) = store::allocated_by(&mut *tx, request_id).await? {
                if before != request {
                    return Err(Error::RequestIdReused);
                }
                let case = only(store::find_all(&mut *tx, &[case_id]).await?)?;
                return self.seen_whole(&mut tx, caller, case).await;
            }
            let name = able(store::colleague(&mut *tx, request.owner).await?)?;
            let id = store::take_next(&mut tx, case_type)
                .await?
                .ok_or(Error::NothingWaits)?;
            let now = self.clock.now();
            if !store::add_allocation(&mut tx, request_id, &request, id, now).await? {
                continue;
            }
            let case = only(store::find_all(&mut *tx, &[id]).await?)?;
            let case = self
                .give(&mut tx, &actor, case, (request.owner, name))
                .await?;
            let seen = self.seen_whole(&mut tx, caller, case).await?;
            tx.commit().await?;
            return Ok(seen);
        }
    }
}

fn only<T>(found: Vec<T>) -> Result<T, Error> {
    found.into_iter().next().ok_or(Error::NoSuchCase)
}
