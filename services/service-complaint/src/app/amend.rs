//! Puts right what is known of a person and of the definition, with the reason (3.2, WH-1).

use kit::{Caller, Check};
use uuid::Uuid;

use super::investigation::underway;
use super::{App, Done, Target};
use crate::domain::amend::{self, Changed};
use crate::domain::complaint::{Complaint, ComplaintType, Needs, ServiceUser, Standing};
use crate::domain::finding::Standing as ElementStanding;
use crate::error::Error;

impl App {
    /// Corrects who complains and the case that it is about, wherever the complaint stands. Letters go by what is known when they are sent, and stay so.
    pub async fn correct_person(
        &self,
        caller: &Caller,
        target: Target,
        (user, case_reference): (ServiceUser, String),
        reason: String,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, _| {
            let changed = amend::person(complaint, user, case_reference);
            done("person_corrected", &changed, &reason)
        })
        .await
    }

    /// Corrects what was asked and answered about the person's needs, wherever the complaint stands.
    pub async fn correct_needs(
        &self,
        caller: &Caller,
        target: Target,
        needs: Needs,
        reason: String,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, _| {
            if complaint.standing != Standing::Received {
                let mut check = Check::new();
                for field in amend::taken_away(&complaint.definition.needs, &needs) {
                    check.refuse(field, "Write “None” if there are none", "REQUIRED");
                }
                check.done()?;
            }
            let changed = amend::needs(complaint, needs);
            done("needs_corrected", &changed, &reason)
        })
        .await
    }

    /// Says anew what the complaint is about, while it is underway (2.2).
    pub async fn correct_type(
        &self,
        caller: &Caller,
        target: Target,
        complaint_type: ComplaintType,
        reason: String,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, _| {
            underway(complaint)?;
            let changed = amend::complaint_type(complaint, complaint_type);
            done("type_corrected", &changed, &reason)
        })
        .await
    }

    /// Words an element of the stage that is underway anew, while it is undecided.
    pub async fn reword_element(
        &self,
        caller: &Caller,
        target: Target,
        (element_id, text): (Uuid, String),
        reason: String,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            work.may_review(complaint)?;
            let stage = underway(complaint)?;
            let element = complaint
                .elements
                .iter_mut()
                .find(|(raised_at, element, _)| *raised_at == stage && element.id == element_id)
                .map(|(_, element, _)| element)
                .ok_or(Error::NoSuchElement)?;
            if element.standing != ElementStanding::Undecided {
                return Err(Error::ElementDecided);
            }
            let changed = amend::reword(element, text);
            done("element_reworded", &changed, &reason)
        })
        .await
    }
}

fn done(action: &'static str, changed: &Changed, reason: &str) -> Result<Done, Error> {
    if changed.is_empty() {
        return Err(Error::NothingChanged);
    }
    Ok(Done::new(action, changed.sentence(reason)))
}
