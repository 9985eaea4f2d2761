//! What is learned from complaints: a lesson is done when evidence shows it, and over when somebody has signed it off who is neither its
//! owner nor did it (6.2, 6.3).

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::finding::Decision;
use super::policy::Stage;

/// A lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// Its id.
    pub id: Uuid,
    /// The id of its theme.
    pub theme: String,
    /// What was learned.
    pub learned: String,
    /// Who sees to it.
    pub owner: Uuid,
    /// That person's name.
    pub owner_name: String,
    /// What is to be done.
    pub action: String,
    /// By when.
    pub due_on: NaiveDate,
    /// The date it was recorded.
    pub recorded_on: NaiveDate,
    /// Who recorded it, by name.
    pub recorded_by: String,
    /// The date its action was done.
    pub done_on: Option<NaiveDate>,
    /// Who did it.
    pub done_by: Option<Uuid>,
    /// What shows it.
    pub evidence: String,
    /// Who signed it off.
    pub signed_off: Option<Uuid>,
    /// That person's name.
    pub signed_off_name: String,
    /// When.
    pub signed_off_at: Option<DateTime<Utc>>,
    /// What was said at the sign-off, or when it was sent back.
    pub comment: String,
    /// Grows with every change.
    pub version: i64,
}

/// What became of the question what is to be learned from a complaint (6.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LearnedOf {
    /// On which days lessons were recorded.
    pub lessons: Vec<NaiveDate>,
    /// Why there is none, by the stage of which that was said.
    pub none: Vec<NoLesson>,
}

/// That nothing is to be learned from a stage of a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoLesson {
    /// The stage.
    pub stage: Stage,
    /// Why.
    pub reason: String,
    /// Who said so, by name.
    pub said_by: String,
    /// When.
    pub said_at: DateTime<Utc>,
}

/// Whether whoever closes a complaint is asked for the lesson of a stage that began on a day: one that was upheld, even in part, and of which nothing
/// is said yet (6.2). What was said of stage 1 says nothing of its review.
#[must_use]
pub fn is_asked_for(
    outcome: Decision,
    learned: &LearnedOf,
    (stage, since): (Stage, NaiveDate),
) -> bool {
    matches!(outcome, Decision::Upheld | Decision::PartiallyUpheld)
        && learned.lessons.iter().all(|on| *on < since)
        && learned.none.iter().all(|it| it.stage != stage)
}

/// How a lesson stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum LessonStatus {
    /// Its action is to be done.
    Open,
    /// Its action should have been done.
    Overdue,
    /// Its action is done, and is to be signed off.
    Done,
    /// It is signed off.
    SignedOff,
}

/// Why a step of a lesson is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LessonError {
    /// A due date that has passed.
    #[error("choose a date that has not passed")]
    DueInThePast,
    /// A day that has not come.
    #[error("{0} has not come yet")]
    InTheFuture(NaiveDate),
    /// A day before the lesson was recorded.
    #[error("it can't be before {0}")]
    Before(NaiveDate),
    /// It was done before.
    #[error("its action is done already")]
    DoneBefore,
    /// It is not done.
    #[error("its action is not done yet")]
    NotDone,
    /// It is signed off.
    #[error("it is signed off already")]
    SignedOffBefore,
    /// Neither its owner nor who did it can sign it off.
    #[error("somebody other than its owner and whoever did it signs a lesson off")]
    OwnLesson,
    /// It is sent back without a word.
    #[error("say what is still to be done")]
    NoComment,
}

/// Who signs a lesson off, or sends it back.
#[derive(Debug, Clone)]
pub struct SignOff {
    /// Who.
    pub by: Uuid,
    /// That person's name.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it is signed off.
    pub agreed: bool,
    /// What is said.
    pub comment: String,
}

impl Lesson {
    /// How it stands on a day.
    #[must_use]
    pub fn status(&self, today: NaiveDate) -> LessonStatus {
        match (self.signed_off, self.done_on) {
            (Some(_), _) => LessonStatus::SignedOff,
            (None, Some(_)) => LessonStatus::Done,
            (None, None) if today > self.due_on => LessonStatus::Overdue,
            (None, None) => LessonStatus::Open,
        }
    }

    /// Its action was done, as the evidence shows.
    pub fn complete(
        self,
        by: Uuid,
        on: NaiveDate,
        evidence: String,
        today: NaiveDate,
    ) -> Result<Self, LessonError> {
        if self.done_on.is_some() {
            return Err(LessonError::DoneBefore);
        }
        if on > today {
            return Err(LessonError::InTheFuture(on));
        }
        if on < self.recorded_on {
            return Err(LessonError::Before(self.recorded_on));
        }
        Ok(Self {
            done_on: Some(on),
            done_by: Some(by),
            evidence,
            ..self
        })
    }

    /// Signs it off, or sends it back to be done.
    pub fn sign_off(self, decision: SignOff) -> Result<Self, LessonError> {
        let SignOff {
            by,
            name,
            at,
            agreed,
            comment,
        } = decision;
        if self.signed_off.is_some() {
            return Err(LessonError::SignedOffBefore);
        }
        if self.done_on.is_none() {
            return Err(LessonError::NotDone);
        }
        if by == self.owner || self.done_by == Some(by) {
            return Err(LessonError::OwnLesson);
        }
        if !agreed {
            if comment.is_empty() {
                return Err(LessonError::NoComment);
            }
            return Ok(Self {
                done_on: None,
                done_by: None,
                evidence: String::new(),
                comment,
                ..self
            });
        }
        Ok(Self {
            signed_off: Some(by),
            signed_off_name: name,
            signed_off_at: Some(at),
            comment,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn lesson() -> Lesson {
        Lesson {
            id: kit::id(),
            theme: "delay".to_owned(),
            learned: "Calls are promised for days on which nobody calls".to_owned(),
            owner: kit::id(),
            owner_name: "Olu Owner".to_owned(),
            action: "Offer days on which somebody calls".to_owned(),
            due_on: day("2025-07-01"),
            recorded_on: day("2025-06-10"),
            recorded_by: "Ines Vestey".to_owned(),
            done_on: None,
            done_by: None,
            evidence: String::new(),
            signed_off: None,
            signed_off_name: String::new(),
            signed_off_at: None,
            comment: String::new(),
            version: 1,
        }
    }

    fn done() -> Lesson {
        let on = day("2025-06-20");
        lesson()
            .complete(kit::id(), on, "The new rota".to_owned(), on)
            .unwrap()
    }

    fn decision(by: Uuid, agreed: bool, comment: &str) -> SignOff {
        SignOff {
            by,
            name: "Max Manager".to_owned(),
            at: "2025-06-23T09:00:00Z".parse().unwrap(),
            agreed,
            comment: comment.to_owned(),
        }
    }

    #[test]
    fn sc_13_a_lesson_is_overdue_from_the_day_after_its_date_until_it_is_done() {
        assert_eq!(lesson().status(day("2025-07-01")), LessonStatus::Open);
        assert_eq!(lesson().status(day("2025-07-02")), LessonStatus::Overdue);
        assert_eq!(done().status(day("2025-07-02")), LessonStatus::Done);
    }

    #[test]
    fn sc_13_a_lesson_is_signed_off_by_somebody_other_than_its_owner() {
        let lesson = done();
        let owner = lesson.owner;

        let refused = lesson.clone().sign_off(decision(owner, true, ""));
        let signed = lesson.sign_off(decision(kit::id(), true, "")).unwrap();

        assert_eq!(refused, Err(LessonError::OwnLesson));
        assert_eq!(signed.status(day("2025-07-02")), LessonStatus::SignedOff);
        assert_eq!(
            signed.sign_off(decision(kit::id(), true, "")),
            Err(LessonError::SignedOffBefore)
        );
    }

    #[test]
    fn sc_13_nobody_signs_off_what_they_did_themselves() {
        let (on, by) = (day("2025-06-20"), kit::id());
        let lesson = lesson()
            .complete(by, on, "The new rota".to_owned(), on)
            .unwrap();

        let refused = lesson.clone().sign_off(decision(by, true, ""));
        let returned = lesson.clone().sign_off(decision(by, false, "No Fridays"));

        assert_eq!(refused, Err(LessonError::OwnLesson));
        assert_eq!(returned, Err(LessonError::OwnLesson));
    }

    #[test]
    fn sc_13_a_lesson_is_sent_back_with_a_word_and_is_open_again() {
        let manager = kit::id();

        assert_eq!(
            done().sign_off(decision(manager, false, "")),
            Err(LessonError::NoComment)
        );
        let back = done()
            .sign_off(decision(manager, false, "The rota has no Fridays"))
            .unwrap();
        assert_eq!(back.status(day("2025-06-23")), LessonStatus::Open);
        assert_eq!(
            lesson().sign_off(decision(manager, true, "")),
            Err(LessonError::NotDone)
        );
    }

    #[test]
    fn sc_13_a_lesson_is_done_between_its_recording_and_today() {
        let (today, evidence) = (day("2025-06-20"), "The new rota".to_owned());

        assert_eq!(
            lesson().complete(kit::id(), day("2025-06-21"), evidence.clone(), today),
            Err(LessonError::InTheFuture(day("2025-06-21")))
        );
        assert_eq!(
            lesson().complete(kit::id(), day("2025-06-09"), evidence.clone(), today),
            Err(LessonError::Before(day("2025-06-10")))
        );
        assert_eq!(
            done().complete(kit::id(), today, evidence, today),
            Err(LessonError::DoneBefore)
        );
    }

    #[test]
    fn sc_13_6_2_a_lesson_is_asked_for_when_something_was_upheld_and_nothing_is_said_yet() {
        let nothing = LearnedOf::default();
        let one = (Stage::One, day("2025-06-10"));
        for (outcome, asked) in [
            (Decision::Upheld, true),
            (Decision::PartiallyUpheld, true),
            (Decision::NotUpheld, false),
        ] {
            assert_eq!(is_asked_for(outcome, &nothing, one), asked, "{outcome:?}");
        }

        let learned = LearnedOf {
            lessons: vec![day("2025-06-24")],
            ..LearnedOf::default()
        };
        let none = LearnedOf {
            none: vec![NoLesson {
                stage: Stage::One,
                reason: "It was learned before.".to_owned(),
                said_by: "Ines Vestey".to_owned(),
                said_at: "2025-06-10T09:00:00Z".parse().unwrap(),
            }],
            ..LearnedOf::default()
        };
        // A review that found something is asked after by itself.
        let two = (Stage::Two, day("2025-07-01"));
        for said in [learned, none] {
            assert!(!is_asked_for(Decision::Upheld, &said, one));
            assert!(is_asked_for(Decision::Upheld, &said, two));
        }
    }
}
