//! What the person is to be told besides the steps' own letters, until somebody has told them (4.6, 4.9, 4.19).

use calendar::{Calendar, NotCovered, Told};
use chrono::NaiveDate;
use uuid::Uuid;

use super::complaint::{Complaint, Promise, Standing};
use super::finding::{Element, Standing as ElementStanding};
use super::letter::faults::NEXT_UPDATE;
use super::policy::{Stage, TELL_WITHIN};

/// What kind of thing the person is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// What stood in a letter by email that a mail server refused.
    LetterRefused,
    /// That an action is done that was open when the complaint was answered (4.9, 4.19).
    ActionDone,
    /// That such an action is no longer needed, and why (4.9, 4.19).
    ActionWithdrawn,
    /// That an element is not investigated, and why (4.6).
    ElementExcluded,
}

/// Something that the person is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Its id.
    pub id: Uuid,
    /// What kind it is.
    pub kind: Kind,
    /// The letter, action or element that it is about.
    pub subject: Uuid,
    /// What that is called.
    pub what: String,
    /// When it arose.
    pub arose_on: NaiveDate,
    /// By when they are to be told.
    pub due_on: NaiveDate,
    /// That they were told, and what shows it.
    pub told: Option<Told>,
}

/// Why it is refused that the person was told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TellingError {
    /// It was recorded before.
    #[error("it was recorded before that the person was told")]
    ToldAlready,
    /// The date is still to come.
    #[error("{0} is in the future")]
    InTheFuture(NaiveDate),
    /// Nobody tells what has not happened.
    #[error("it arose on {0}, so nobody was told of it before")]
    Before(NaiveDate),
    /// Nobody could see that they were told.
    #[error("say what shows that the person was told")]
    NoProof,
}

impl Telling {
    /// Keeps that the person was told, once, with what shows it.
    pub fn tell(&mut self, told: Told, today: NaiveDate) -> Result<(), TellingError> {
        if self.told.is_some() {
            return Err(TellingError::ToldAlready);
        }
        if told.on > today {
            return Err(TellingError::InTheFuture(told.on));
        }
        if told.on < self.arose_on {
            return Err(TellingError::Before(self.arose_on));
        }
        if told.proof.trim().is_empty() {
            return Err(TellingError::NoProof);
        }
        self.told = Some(told);
        Ok(())
    }
}

impl Complaint {
    /// Notes that the person is to be told of something; what waits already is not noted twice.
    pub fn must_tell(
        &mut self,
        calendar: &Calendar,
        kind: Kind,
        (subject, what): (Uuid, String),
        today: NaiveDate,
    ) -> Result<(), NotCovered> {
        let waits = |it: &&Telling| (it.kind, it.subject) == (kind, subject);
        if self.to_tell().iter().any(waits) {
            return Ok(());
        }
        self.tellings.push(Telling {
            id: kit::id(),
            kind,
            subject,
            what,
            arose_on: today,
            due_on: calendar.add_working_days(today, TELL_WITHIN)?,
            told: None,
        });
        Ok(())
    }

    /// Notes that the person is to be told what became of an action. What was before the response stands in the response; that we write
    /// again is told by writing (4.9, 4.19).
    pub fn must_tell_of_action(
        &mut self,
        calendar: &Calendar,
        kind: Kind,
        action: Uuid,
        today: NaiveDate,
    ) -> Result<(), NotCovered> {
        let promise = self.promises.iter().find(|it| it.action.id == action);
        let what = promise
            .filter(|it| self.was_answered() && !self.is_of_open_review(it))
            .map(|it| it.action.what.clone());
        match what.filter(|it| it != NEXT_UPDATE) {
            Some(what) => self.must_tell(calendar, kind, (action, what), today),
            None => Ok(()),
        }
    }

    /// Whether a promise was made during a review that goes on, so that the person first hears of it in the response.
    fn is_of_open_review(&self, promise: &Promise) -> bool {
        self.standing == Standing::Reviewed && promise.stage == Stage::Two
    }

    /// What the person has not been told yet. Of a point that is investigated after all there is nothing to tell.
    #[must_use]
    pub fn to_tell(&self) -> Vec<&Telling> {
        self.tellings
            .iter()
            .filter(|it| it.told.is_none())
            .filter(|it| it.kind != Kind::ElementExcluded || self.excluded(it.subject).is_some())
            .collect()
    }

    /// Keeps that the person was told all that waits of some kinds, as a letter does that says it.
    pub fn tell_all(&mut self, kinds: &[Kind], told: &Told) {
        let waiting: Vec<Uuid> = self.to_tell().iter().map(|it| it.id).collect();
        self.tellings
            .iter_mut()
            .filter(|it| waiting.contains(&it.id) && kinds.contains(&it.kind))
            // A letter of an earlier day can't have said it.
            .filter(|it| it.arose_on <= told.on)
            .for_each(|it| it.told = Some(told.clone()));
    }

    /// Whether a response went out before, so that the person hears of what is open by itself.
    pub(super) fn was_answered(&self) -> bool {
        self.closed_on().is_some() || self.stage_two.is_some()
    }

    /// Whether the person is kept informed after the response: something is still to be done for them, or waits to be told (4.9, 4.19).
    #[must_use]
    pub fn is_followed(&self) -> bool {
        let open = self.open_actions() > 0 || !self.to_tell().is_empty();
        self.was_answered() && open
    }

    /// An element that is not investigated.
    #[must_use]
    pub fn excluded(&self, id: Uuid) -> Option<&Element> {
        self.elements
            .iter()
            .map(|(_, element, _)| element)
            .find(|it| it.id == id && matches!(it.standing, ElementStanding::Excluded(_)))
    }

    /// What is still to be done for the person. That we write again is not among it: it has a date of its own.
    pub fn still_to_do(&self) -> impl Iterator<Item = &Promise> {
        self.promises
            .iter()
            .filter(|it| it.action.is_open() && it.action.what != NEXT_UPDATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::complaint::Raised;
    use crate::domain::complaint::tests::an_investigated_complaint;
    use crate::domain::exclusion::{Exclusion, Reason};
    use crate::domain::policy::Stage;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn told(on: &str, proof: &str) -> Told {
        Told {
            on: day(on),
            proof: proof.to_owned(),
        }
    }

    /// A complaint one of whose points was excluded on Friday 13 June 2025.
    fn an_exclusion() -> Complaint {
        let mut complaint = an_investigated_complaint("2025-06-10");
        let element = Element {
            id: kit::id(),
            text: "The call was not made".to_owned(),
            standing: ElementStanding::Excluded(Exclusion {
                reason: Reason::LegalProcess,
                details: "The county court has it.".to_owned(),
                signpost: String::new(),
            }),
        };
        let subject = (element.id, element.text.clone());
        complaint
            .elements
            .push((Stage::One, element, Raised::AtFirst));
        let calendar = Calendar::england_and_wales();
        let on = day("2025-06-13");
        for _ in 0..2 {
            complaint
                .must_tell(&calendar, Kind::ElementExcluded, subject.clone(), on)
                .unwrap();
        }
        complaint
    }

    #[test]
    fn sc_5_4_6_an_exclusion_waits_to_be_told_once_and_soon() {
        let complaint = an_exclusion();

        assert_eq!(complaint.tellings.len(), 1);
        assert_eq!(complaint.tellings[0].due_on, day("2025-06-17"));
    }

    #[test]
    fn sc_5_of_a_point_that_is_investigated_after_all_there_is_nothing_to_tell() {
        let mut complaint = an_exclusion();

        complaint.elements[0].1.standing = ElementStanding::Undecided;

        assert!(complaint.to_tell().is_empty());
    }

    #[test]
    fn sc_5_that_somebody_was_told_needs_a_proof_and_a_day_that_can_be() {
        let mut telling = an_exclusion().tellings.remove(0);
        let today = day("2025-06-16");

        assert_eq!(
            telling.tell(told("2025-06-17", "A call"), today),
            Err(TellingError::InTheFuture(day("2025-06-17")))
        );
        assert_eq!(
            telling.tell(told("2025-06-12", "A call"), today),
            Err(TellingError::Before(day("2025-06-13")))
        );
        assert_eq!(
            telling.tell(told("2025-06-16", " "), today),
            Err(TellingError::NoProof)
        );
        assert_eq!(telling.tell(told("2025-06-16", "A call"), today), Ok(()));
        assert_eq!(
            telling.tell(told("2025-06-16", "A call"), today),
            Err(TellingError::ToldAlready)
        );
    }
}
