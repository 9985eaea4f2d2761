//! What only a senior colleague decides (4.4, 4.17, 2.9).

use chrono::NaiveDate;
use kit::Caller;
use uuid::Uuid;

use super::{App, Done, Target, Work};
use crate::domain::approval::{Matter, Request, approve, may_decide};
use crate::domain::complaint::{Ask, Complaint, Verdict};
use crate::domain::policy::Stage;
use crate::domain::procedure::ExtendingFurther;
use crate::error::Error;
use crate::events;

/// What is asked of a senior colleague.
#[derive(Debug, Clone)]
pub struct Asking {
    /// What.
    pub matter: Matter,
    /// Why.
    pub reason: String,
    /// For more time: the revised date.
    pub until: Option<NaiveDate>,
}

impl App {
    /// Asks a senior colleague.
    pub async fn ask(
        &self,
        caller: &Caller,
        target: Target,
        asking: Asking,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let Asking {
                matter,
                reason,
                until,
            } = asking;
            if matter == Matter::FurtherExtension && until.is_none() {
                return Err(Error::NoRevisedDate);
            }
            let waits = |it: &Ask| it.request.matter == matter && it.verdict.is_none();
            if complaint
                .asks
                .iter()
                .any(|it| waits(it) && complaint.may_ask(it.stage).is_ok())
            {
                return Err(Error::AskedAlready);
            }
            let text = format!("Asked a senior colleague: {reason}");
            complaint.may_ask(complaint.stage())?;
            complaint.asks.push(Ask {
                request: Request {
                    id: kit::id(),
                    matter,
                    asked_by: work.actor.colleague()?.account_id,
                    reason,
                },
                stage: complaint.stage(),
                asked_name: work.actor.name.clone(),
                until: until.filter(|_| matter == Matter::FurtherExtension),
                asked_at: work.now,
                verdict: None,
            });
            let done = Done::new("approval_requested", text);
            Ok(done.announcing(events::approval_requested(complaint, matter)))
        })
        .await
    }

    /// Approves or refuses, never one's own request. An approved extension is in force at once.
    pub async fn judge(
        &self,
        caller: &Caller,
        target: Target,
        approval_id: Uuid,
        (agreed, comment): (bool, String),
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let at = complaint
                .asks
                .iter()
                .position(|it| it.request.id == approval_id)
                .ok_or(Error::NoSuchApproval)?;
            if complaint.asks[at].verdict.is_some() {
                return Err(Error::DecidedAlready);
            }
            complaint.may_ask(complaint.asks[at].stage)?;
            let colleague = work.actor.colleague()?;
            let request = complaint.asks[at].request.clone();
            may_decide(&request, colleague)?;
            // Whether something is looked at is what a review decides; more time is not (4.15, 4.17).
            if request.matter == Matter::BehaviourExclusion {
                work.may_review(complaint)?;
            }
            if agreed && request.matter == Matter::FurtherExtension {
                let until = complaint.asks[at].until.ok_or(Error::NoRevisedDate)?;
                let approval = approve(request.clone(), colleague)?;
                let extending = ExtendingFurther {
                    until,
                    approval,
                    told: None,
                };
                extend(complaint, work, extending)?;
            }
            complaint.asks[at].verdict = Some(Verdict {
                by: colleague.account_id,
                name: work.actor.name.clone(),
                at: work.now,
                agreed,
                comment,
            });
            let text = if agreed {
                format!("Agreed: {}", request.reason)
            } else {
                format!("Did not agree: {}", request.reason)
            };
            let mut done = Done::new("approval_decided", text)
                .announcing(events::approval_decided(complaint, &request, agreed));
            if agreed && request.matter == Matter::FurtherExtension {
                done = done.announcing(events::extended(complaint));
            }
            Ok(done)
        })
        .await
    }
}

fn extend(
    complaint: &mut Complaint,
    work: &Work<'_>,
    extending: ExtendingFurther,
) -> Result<(), Error> {
    if complaint.stage() == Stage::One {
        let mut investigation = complaint.investigated()?;
        investigation.extend_further(work.calendar, extending, work.by())?;
        complaint.put_stage_one(investigation);
    } else {
        let mut review = complaint.reviewed()?;
        review.extend_further(work.calendar, extending, work.by())?;
        complaint.put_stage_two(review);
    }
    Ok(())
}
