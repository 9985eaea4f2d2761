//! Interests that keep a colleague from a complaint (3.4). Whoever has one says so, and from then on has nothing to do with it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::complaint::Complaint;
use super::monitoring::Action;
use super::policy::Stage;

/// What kind of interest a colleague has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Interest {
    /// They know the person who complains.
    KnowsPerson,
    /// They know somebody whom it is about.
    KnowsColleague,
    /// It is about what they did themselves.
    OwnWork,
    /// Anything else that could seem to sway them.
    Other,
}

impl Interest {
    /// What it is, in a sentence of the history.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::KnowsPerson => "knows the person",
            Self::KnowsColleague => "knows somebody whom it is about",
            Self::OwnWork => "it is about their own work",
            Self::Other => "has another interest",
        }
    }
}

/// An interest that a colleague declared. It is never taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Whose.
    pub account_id: Uuid,
    /// Whose, by name.
    pub name: String,
    /// Of which kind.
    pub interest: Interest,
    /// What it is, in the words of whoever said so.
    pub reason: String,
    /// The stage that they handled and gave up with it.
    pub gave_up: Option<Stage>,
    /// When it was declared.
    pub declared_at: DateTime<Utc>,
    /// Who said so for them, by name; empty when they did so themselves.
    pub recorded_by: String,
}

/// What stands in the place of words about a complaint, for whoever declared an interest in it.
pub const KEPT_FROM: &str = "You have an interest in this complaint";

/// Why a conflict of interest is against something (3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConflictError {
    /// Whoever declared an interest does nothing about the complaint, and does not read it.
    #[error("you have an interest in this complaint, so a colleague deals with it")]
    Declared,
    /// The colleague who is to have it declared an interest.
    #[error("this colleague has an interest in the complaint")]
    OfColleague,
    /// Only a senior colleague says of somebody else that they have an interest.
    #[error("a manager or a senior colleague says this of somebody else")]
    NotSenior,
    /// Its handler gave it up, and nobody has it.
    #[error("whoever handled it has an interest in it: give it to a colleague first")]
    NotHandedOn,
}

impl Complaint {
    /// The interest that somebody declared in it.
    #[must_use]
    pub fn conflict_of(&self, account_id: Uuid) -> Option<&Conflict> {
        self.conflicts.iter().find(|it| it.account_id == account_id)
    }

    /// Lets only those at it who declared no interest.
    pub fn is_open_to(&self, account_id: Option<Uuid>) -> Result<(), ConflictError> {
        match account_id.and_then(|it| self.conflict_of(it)) {
            Some(_) => Err(ConflictError::Declared),
            None => Ok(()),
        }
    }

    /// Lets it, its review or an action only be given to somebody who declared no interest.
    pub fn may_be_given_to(&self, account_id: Uuid) -> Result<(), ConflictError> {
        match self.conflict_of(account_id) {
            Some(_) => Err(ConflictError::OfColleague),
            None => Ok(()),
        }
    }

    /// Keeps an interest; a handler gives up the stage with it, and says so by the stage. Whoever handled stage 1 gives that up during its review, too:
    /// the complaint can come back to it (4.13).
    pub fn declare(&mut self, conflict: Conflict) -> Result<Option<Stage>, ConflictError> {
        self.may_be_given_to(conflict.account_id)?;
        let two = self.stage_two.as_mut().map(|it| &mut it.record.handler);
        let handlers = [
            (Stage::Two, two),
            (Stage::One, Some(&mut self.stage_one.handler)),
        ];
        let mut gave_up = None;
        for (stage, handler) in handlers {
            let theirs = |it: &mut (Uuid, String)| it.0 == conflict.account_id;
            if handler.is_some_and(|it| it.take_if(theirs).is_some()) {
                gave_up = gave_up.or(Some(stage));
            }
        }
        self.conflicts.push(Conflict {
            gave_up,
            ..conflict
        });
        Ok(gave_up)
    }

    /// Whether an action is open and whoever is accountable declared an interest, so that somebody else is to see to it.
    #[must_use]
    pub fn is_left(&self, action: &Action) -> bool {
        action.is_open() && self.conflict_of(action.owner).is_some()
    }

    /// The open actions of somebody who declared an interest.
    pub fn left_by(&self, account_id: Uuid) -> impl Iterator<Item = &Action> {
        let actions = self.promises.iter().map(|it| &it.action);
        actions.filter(move |it| it.owner == account_id && self.is_left(it))
    }

    /// Whether its handler gave the present stage up, nobody has it yet, and somebody must: what was answered or ended needs somebody for what is still
    /// promised, told or asked alone.
    #[must_use]
    pub fn waits_to_be_handed_on(&self) -> bool {
        let stage = self.stage();
        let is_over =
            self.closed_on().is_some() && !self.is_followed() && self.unanswered_since.is_none();
        !is_over
            && self.present().handler.is_none()
            && self.conflicts.iter().any(|it| it.gave_up == Some(stage))
    }

    /// Lets a step move it on only once somebody has what its handler gave up.
    pub fn was_handed_on(&self, after: &Self) -> Result<(), ConflictError> {
        let record = match (self.stage(), &after.stage_two) {
            (Stage::Two, Some(two)) => &two.record,
            _ => &after.stage_one,
        };
        // The person may ask for stage 2 whoever answered stage 1.
        let is_answered = self.closed_on().is_some();
        let moves_on = !is_answered && self.standing != after.standing;
        if self.waits_to_be_handed_on() && moves_on && record.handler.is_none() {
            return Err(ConflictError::NotHandedOn);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::complaint::Standing;
    use super::super::complaint::tests::an_investigated_complaint;
    use super::super::finding::Decision;
    use super::super::procedure::{End, Ended};
    use super::*;

    fn conflict_of(account_id: Uuid) -> Conflict {
        Conflict {
            account_id,
            name: "Ines Vestey".to_owned(),
            interest: Interest::KnowsPerson,
            reason: "She is my neighbour.".to_owned(),
            gave_up: None,
            declared_at: "2025-06-10T09:00:00Z".parse().unwrap(),
            recorded_by: String::new(),
        }
    }

    #[test]
    fn sc_4_3_4_whoever_declared_an_interest_is_kept_from_the_complaint_and_nobody_else() {
        let (declarer, other) = (kit::id(), kit::id());
        let mut complaint = an_investigated_complaint("2025-06-10");

        complaint.declare(conflict_of(declarer)).unwrap();

        assert_eq!(
            complaint.is_open_to(Some(declarer)),
            Err(ConflictError::Declared)
        );
        assert_eq!(
            complaint.may_be_given_to(declarer),
            Err(ConflictError::OfColleague)
        );
        assert_eq!(complaint.is_open_to(Some(other)), Ok(()));
        assert_eq!(complaint.may_be_given_to(other), Ok(()));
        // The person who complains, and processes, have no account here.
        assert_eq!(complaint.is_open_to(None), Ok(()));
    }

    #[test]
    fn sc_4_3_4_an_interest_is_declared_once() {
        let declarer = kit::id();
        let mut complaint = an_investigated_complaint("2025-06-10");
        complaint.declare(conflict_of(declarer)).unwrap();

        let again = complaint.declare(conflict_of(declarer));

        assert_eq!(again, Err(ConflictError::OfColleague));
        assert_eq!(complaint.conflicts.len(), 1);
    }

    #[test]
    fn sc_4_3_4_a_handler_gives_the_stage_up_and_it_is_handed_on_before_it_moves_on() {
        let (declarer, other) = (kit::id(), kit::id());
        let mut complaint = an_investigated_complaint("2025-06-10");
        complaint.stage_one.handler = Some((declarer, "Ines Vestey".to_owned()));

        let gave_up = complaint.declare(conflict_of(declarer)).unwrap();

        assert_eq!(gave_up, Some(Stage::One));
        assert_eq!(complaint.stage_one.handler, None);
        let ended = |complaint: &Complaint| Complaint {
            standing: Standing::Ended(Ended {
                on: complaint.received_on,
                how: End::Informally(None),
            }),
            ..complaint.clone()
        };
        let refused = complaint.was_handed_on(&ended(&complaint));
        assert_eq!(refused, Err(ConflictError::NotHandedOn));
        // What does not move it on may go before.
        assert_eq!(complaint.was_handed_on(&complaint.clone()), Ok(()));

        complaint.stage_one.handler = Some((other, "Ruth Weaver".to_owned()));
        assert!(!complaint.waits_to_be_handed_on());
        assert_eq!(complaint.was_handed_on(&ended(&complaint)), Ok(()));
    }

    #[test]
    fn sc_4_3_4_what_is_answered_waits_for_a_handler_only_while_something_is_left_of_it() {
        let declarer = kit::id();
        let mut complaint = an_investigated_complaint("2025-06-10");
        complaint.stage_one.handler = Some((declarer, "Ines Vestey".to_owned()));
        complaint.declare(conflict_of(declarer)).unwrap();
        complaint.standing = Standing::Answered;
        complaint.stage_one.answer = Some((complaint.received_on, Decision::NotUpheld));

        assert!(!complaint.waits_to_be_handed_on());

        complaint.unanswered_since = Some(complaint.received_on);
        assert!(complaint.waits_to_be_handed_on());
    }

    #[test]
    fn sc_4_3_4_somebody_elses_interest_leaves_the_handler_in_place() {
        let handler = (kit::id(), "Ines Vestey".to_owned());
        let mut complaint = an_investigated_complaint("2025-06-10");
        complaint.stage_one.handler = Some(handler.clone());

        let gave_up = complaint.declare(conflict_of(kit::id())).unwrap();

        assert_eq!(gave_up, None);
        assert_eq!(complaint.stage_one.handler, Some(handler));
    }
}
