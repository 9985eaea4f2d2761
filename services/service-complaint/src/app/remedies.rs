//! What puts things right, and what was promised until it is done (4.24, 4.28 to 4.30).

use chrono::NaiveDate;
use kit::Caller;
use uuid::Uuid;

use super::investigation::underway;
use super::{App, Done, Target, Work};
use crate::domain::complaint::{Complaint, Offer, Promise};
use crate::domain::monitoring;
use crate::domain::policy::Stage;
use crate::domain::remedy::Remedy;
use crate::domain::staff::READS_COMPLAINTS;
use crate::domain::telling::Kind as Telling;
use crate::error::Error;
use crate::events;

/// Something to promise.
#[derive(Debug, Clone)]
pub struct Promising {
    /// What is to be done.
    pub what: String,
    /// The account of who is accountable.
    pub owner: Uuid,
    /// By when.
    pub due_on: NaiveDate,
    /// The remedy that it delivers, if it does.
    pub remedy_id: Option<Uuid>,
}

impl App {
    /// Offers a remedy with the response that is being prepared (4.24).
    pub async fn offer(
        &self,
        caller: &Caller,
        target: Target,
        remedy: Remedy,
        text: String,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let stage = preparing(complaint, work)?;
            if remedy == Remedy::RiskReview && complaint.case_reference.is_empty() {
                return Err(Error::NoCase);
            }
            let sentence = if let Remedy::Compensation(compensation) = remedy {
                compensation.check_besides(&complaint.compensations(), stage)?;
                let pounds = compensation.pounds();
                format!("Offered £{pounds}, for a failure that did not affect everybody: {text}")
            } else {
                format!("Offered a remedy: {text}")
            };
            complaint.offers.push(Offer {
                id: kit::id(),
                stage,
                remedy,
                text,
            });
            Ok(Done::new("remedy_offered", sentence))
        })
        .await
    }

    /// Takes back a remedy that is not part of a response yet.
    pub async fn take_back(
        &self,
        caller: &Caller,
        target: Target,
        remedy_id: Uuid,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let stage = preparing(complaint, work)?;
            let at = complaint
                .offers
                .iter()
                .position(|it| it.id == remedy_id && it.stage == stage)
                .ok_or(Error::NoSuchRemedy)?;
            let mut promises = complaint.promises.iter_mut();
            // What is no longer needed was taken back with its reason, and keeps that.
            if promises.any(|it| it.remedy_id == Some(remedy_id) && !it.is_withdrawn()) {
                return Err(Error::Promised);
            }
            for promise in &mut complaint.promises {
                promise.remedy_id = promise.remedy_id.filter(|it| *it != remedy_id);
            }
            let offer = complaint.offers.remove(at);
            let text = format!("Took back a remedy: {}", offer.text);
            Ok(Done::new("remedy_withdrawn", text))
        })
        .await
    }

    /// Promises something, with who is accountable and by when (4.28, 4.29).
    pub async fn promise(
        &self,
        caller: &Caller,
        target: Target,
        promising: Promising,
    ) -> Result<Complaint, Error> {
        let owner = self.accountable(promising.owner).await?;
        self.step(caller, target, |complaint, work| {
            let Promising {
                what,
                owner: _,
                due_on,
                remedy_id,
            } = promising;
            complaint.may_be_given_to(owner.account_id)?;
            let reads = READS_COMPLAINTS.contains(&owner.role);
            let (owner, owner_name) = owner.named();
            let remedy = match remedy_id {
                None => None,
                Some(id) => {
                    let offer = complaint.offers.iter().find(|it| it.id == id);
                    Some(offer.ok_or(Error::NoSuchRemedy)?.remedy.clone())
                }
            };
            let text = format!("Promised by {due_on}, {owner_name} being accountable: {what}");
            let by = work.by();
            let action =
                monitoring::promise(work.calendar, what, owner, due_on, by.actor, work.today)?;
            let mut promised = events::action_promised(complaint, &action);
            if !reads {
                promised.own_task = Some(events::own_task(&action.what, &complaint.case_reference));
            }
            let mut done = Done::new("action_promised", text).announcing(promised);
            if remedy == Some(Remedy::RiskReview) {
                done = done.announcing(events::risk_review_requested(complaint, &action));
            }
            complaint.promises.push(Promise {
                action,
                stage: complaint.promising_stage(),
                owner_name,
                remedy_id,
                withdrawn_because: String::new(),
                hindrance: String::new(),
            });
            Ok(done)
        })
        .await
    }

    /// Completes an action, with what shows it (4.30). A complaint that ended is followed, too (4.9).
    pub async fn complete(
        &self,
        caller: &Caller,
        target: Target,
        action_id: Uuid,
        (done_on, evidence): (NaiveDate, String),
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let promise = promised(complaint, action_id)?;
            let text = format!("Done on {done_on}: {}", promise.action.what);
            let (by, today) = (work.by().actor, work.today);
            let action = promise.action.clone();
            promise.action = monitoring::complete(action, evidence, done_on, by, today)?;
            complaint.must_tell_of_action(work.calendar, Telling::ActionDone, action_id, today)?;
            Ok(Done::new("action_completed", text))
        })
        .await
    }

    /// Gives an open action to somebody else, who is accountable for it from then on (3.4, 4.29).
    pub async fn assign_action(
        &self,
        caller: &Caller,
        target: Target,
        action_id: Uuid,
        owner: Uuid,
    ) -> Result<Complaint, Error> {
        let owner = self.accountable(owner).await?;
        self.step(caller, target, |complaint, _| {
            complaint.may_be_given_to(owner.account_id)?;
            let reads = READS_COMPLAINTS.contains(&owner.role);
            let (owner, owner_name) = owner.named();
            let promise = promised(complaint, action_id)?.clone();
            if !promise.action.is_open() {
                return Err(Error::ActionEnded);
            }
            if promise.action.owner == owner {
                return Err(Error::NothingChanged);
            }
            let text = format!("Gave “{}” to {owner_name}", promise.action.what);
            // What kept the one before from it is theirs. Of a risk review it is casework that says so, and says it once.
            let stays = complaint.delivers(&promise, &Remedy::RiskReview);
            let promise = promised(complaint, action_id)?;
            promise.action.owner = owner;
            promise.owner_name = owner_name;
            if !stays {
                promise.hindrance.clear();
            }
            let action = promise.action.clone();
            let mut given = events::action_promised(complaint, &action);
            if !reads {
                let task = events::own_task(&action.what, &complaint.case_reference);
                given.own_task = Some(task);
            }
            Ok(Done::new("action_assigned", text).announcing(given))
        })
        .await
    }

    /// Takes an action back, with the reason.
    pub async fn release(
        &self,
        caller: &Caller,
        target: Target,
        action_id: Uuid,
        reason: String,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let promise = promised(complaint, action_id)?;
            let text = format!("No longer needed: {}. {reason}", promise.action.what);
            let (by, today) = (work.by().actor, work.today);
            let action = promise.action.clone();
            promise.action = monitoring::withdraw(action, &reason, by, today)?;
            promise.withdrawn_because = reason;
            let promise = promise.clone();
            complaint.must_tell_of_action(
                work.calendar,
                Telling::ActionWithdrawn,
                action_id,
                today,
            )?;
            let mut done = Done::new("action_withdrawn", text);
            if complaint.delivers(&promise, &Remedy::RiskReview) {
                let event = events::risk_review_withdrawn(complaint, &promise.action);
                done = done.announcing(event);
            }
            Ok(done)
        })
        .await
    }
}

/// The stage whose response is being prepared.
fn preparing(complaint: &Complaint, work: &Work<'_>) -> Result<Stage, Error> {
    work.may_review(complaint)?;
    underway(complaint)
}

/// An action of a complaint, whether or not it is open.
pub(super) fn promised(complaint: &mut Complaint, action_id: Uuid) -> Result<&mut Promise, Error> {
    complaint
        .promises
        .iter_mut()
        .find(|it| it.action.id == action_id)
        .ok_or(Error::NoSuchAction)
}
