//! The actions that somebody is accountable for, with nothing else of their complaints (1.8, 4.28, 4.29).

use chrono::NaiveDate;
use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::remedies::promised;
use super::{Actor, App, Done, Target};
use crate::domain::complaint::{Complaint, Promise};
use crate::error::Error;
use crate::{events, store};

/// An action with the case that it is about.
#[derive(Debug, Clone)]
pub struct OwnAction {
    /// The action.
    pub promise: Promise,
    /// The case, by its reference; empty when it is about none.
    pub case_reference: String,
}

impl App {
    /// A page of one's own open actions, soonest due first.
    pub async fn my_actions(
        &self,
        caller: &Caller,
        page: &Page<(NaiveDate, Uuid)>,
    ) -> Result<(Vec<OwnAction>, String), Error> {
        let (actions, next) = self.actions(caller, true, page).await?;
        let own = |(complaint, promise): (Complaint, Promise)| OwnAction {
            promise,
            case_reference: complaint.case_reference,
        };
        Ok((actions.into_iter().map(own).collect(), next))
    }

    /// One of one's own actions, open or not. An action of somebody else is none.
    pub async fn my_action(&self, caller: &Caller, action_id: Uuid) -> Result<OwnAction, Error> {
        let complaint = self.complaint_of(caller, action_id).await?;
        own(complaint, action_id)
    }

    /// Completes one of one's own actions, with what shows it (4.30). Sent once more, it stays as it is.
    pub async fn complete_mine(
        &self,
        caller: &Caller,
        action_id: Uuid,
        (done_on, evidence): (NaiveDate, String),
    ) -> Result<OwnAction, Error> {
        let complaint = self.complaint_of(caller, action_id).await?;
        let target = Target {
            id: complaint.id,
            version: complaint.version,
        };
        let action = own(complaint, action_id)?;
        let done = &action.promise.action;
        if done.deadline.met_on() == Some(done_on) && done.evidence == evidence {
            return Ok(action);
        }
        let completed = self
            .complete(caller, target, action_id, (done_on, evidence))
            .await?;
        own(completed, action_id)
    }

    /// Says what keeps one from an action (4.9). It stays as it is; said once more in the same words, nobody hears it again.
    pub async fn report_mine_hindered(
        &self,
        caller: &Caller,
        action_id: Uuid,
        why: String,
    ) -> Result<OwnAction, Error> {
        let complaint = self.complaint_of(caller, action_id).await?;
        let target = Target {
            id: complaint.id,
            version: complaint.version,
        };
        let action = own(complaint, action_id)?;
        if !action.promise.action.is_open() {
            return Err(Error::ActionEnded);
        }
        if action.promise.hindrance == why {
            return Ok(action);
        }
        let hindered = self.step(caller, target, |complaint, _| {
            let promise = promised(complaint, action_id)?;
            let text = format!(
                "{} can't do “{}”: {why}",
                promise.owner_name, promise.action.what
            );
            promise.hindrance = why;
            let handler = complaint.present().handler.as_ref().map(|(id, _)| *id);
            let event = events::action_hindered(complaint, action_id, handler);
            Ok(Done::new("action_hindered", text).announcing(event))
        });
        own(hindered.await?, action_id)
    }

    async fn complaint_of(&self, caller: &Caller, action_id: Uuid) -> Result<Complaint, Error> {
        let owner = Actor::of(caller).colleague()?.account_id;
        let mut db = self.db.acquire().await?;
        let id = store::complaint_of_own_action(&mut *db, owner, action_id)
            .await?
            .ok_or(Error::NoSuchAction)?;
        let complaint = store::load(&mut db, &[id]).await?.pop();
        let complaint = complaint.ok_or(Error::NoSuchAction)?;
        complaint.is_open_to(Some(owner))?;
        Ok(complaint)
    }
}

fn own(complaint: Complaint, action_id: Uuid) -> Result<OwnAction, Error> {
    let Complaint {
        promises,
        case_reference,
        ..
    } = complaint;
    let promise = promises.into_iter().find(|it| it.action.id == action_id);
    Ok(OwnAction {
        promise: promise.ok_or(Error::NoSuchAction)?,
        case_reference,
    })
}
