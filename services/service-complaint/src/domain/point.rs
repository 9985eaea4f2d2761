//! What a person raises during an investigation, and how it is handled (4.5).

use chrono::NaiveDate;
use uuid::Uuid;

use super::policy::Stage;

/// A point or concern that was raised during an investigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Its id.
    pub id: Uuid,
    /// What was raised.
    pub text: String,
    /// When.
    pub raised_on: NaiveDate,
    /// What became of it.
    pub outcome: PointOutcome,
    /// When the person was told how it is handled.
    pub told_on: NaiveDate,
    /// How the person was told.
    pub told_how: String,
}

/// What became of a point, with the id of what it became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointOutcome {
    /// It is an element of the complaint.
    Included(Uuid),
    /// It is a complaint of its own.
    NewComplaint(Uuid),
    /// It is a service request.
    ServiceRequest(Uuid),
}

/// How a point is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// It is related, and included in the investigation.
    Included,
    /// It is not related, and a complaint of its own.
    NewComplaint,
    /// It asks for something to be done.
    ServiceRequest,
}

/// A point as it was raised, with how the person was told that it is handled.
#[derive(Debug, Clone)]
pub struct Raised {
    /// What was raised.
    pub text: String,
    /// When.
    pub raised_on: NaiveDate,
    /// How it is handled.
    pub handling: Handling,
    /// When the person was told so.
    pub told_on: NaiveDate,
    /// How the person was told.
    pub told_how: String,
}

/// Why a point is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PointError {
    /// It was raised on a day that has not come, or before the complaint was received.
    #[error("it was raised between {0} and today")]
    RaisedOutside(NaiveDate),
    /// The person was told on a day that has not come, or before it was raised.
    #[error("the person was told between {0} and today")]
    ToldOutside(NaiveDate),
    /// Nothing says that the person was told how it is handled.
    #[error("tell the person how it is handled, and record how you did")]
    Untold,
    /// Stage 2 reviews the investigation of stage 1 and takes up nothing new (4.11).
    #[error(
        "stage 2 looks at the stage 1 investigation again; a new point is a complaint of its own"
    )]
    NewAtStageTwo,
}

impl Raised {
    /// Accepts it for a complaint in a stage, once the person knows how it is handled. `id` is that of what it becomes.
    pub fn accept(
        self,
        (received_on, stage): (NaiveDate, Stage),
        today: NaiveDate,
        id: Uuid,
    ) -> Result<Point, PointError> {
        if self.raised_on < received_on || self.raised_on > today {
            return Err(PointError::RaisedOutside(received_on));
        }
        if self.told_how.trim().is_empty() {
            return Err(PointError::Untold);
        }
        if self.told_on < self.raised_on || self.told_on > today {
            return Err(PointError::ToldOutside(self.raised_on));
        }
        let outcome = match (self.handling, stage) {
            (Handling::Included, Stage::Two) => return Err(PointError::NewAtStageTwo),
            (Handling::Included, Stage::One) => PointOutcome::Included(id),
            (Handling::NewComplaint, _) => PointOutcome::NewComplaint(id),
            (Handling::ServiceRequest, _) => PointOutcome::ServiceRequest(id),
        };
        Ok(Point {
            id: kit::id(),
            text: self.text,
            raised_on: self.raised_on,
            outcome,
            told_on: self.told_on,
            told_how: self.told_how,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn raised(handling: Handling) -> Raised {
        Raised {
            text: "The letter was rude".to_owned(),
            raised_on: day("2025-06-12"),
            handling,
            told_on: day("2025-06-13"),
            told_how: "A call".to_owned(),
        }
    }

    fn accept(raised: Raised, stage: Stage) -> Result<PointOutcome, PointError> {
        let point = raised.accept((day("2025-06-10"), stage), day("2025-06-13"), Uuid::nil());
        point.map(|it| it.outcome)
    }

    #[test]
    fn sc_5_4_5_a_point_is_handled_in_one_of_three_ways() {
        let id = Uuid::nil();

        assert_eq!(
            accept(raised(Handling::Included), Stage::One),
            Ok(PointOutcome::Included(id))
        );
        for stage in [Stage::One, Stage::Two] {
            assert_eq!(
                accept(raised(Handling::NewComplaint), stage),
                Ok(PointOutcome::NewComplaint(id))
            );
            assert_eq!(
                accept(raised(Handling::ServiceRequest), stage),
                Ok(PointOutcome::ServiceRequest(id))
            );
        }
    }

    #[test]
    fn sc_5_4_11_a_review_takes_up_no_new_point() {
        assert_eq!(
            accept(raised(Handling::Included), Stage::Two),
            Err(PointError::NewAtStageTwo)
        );
    }

    #[test]
    fn sc_5_4_5_a_point_without_word_to_the_person_is_refused() {
        let untold = Raised {
            told_how: " ".to_owned(),
            ..raised(Handling::NewComplaint)
        };

        assert_eq!(accept(untold, Stage::One), Err(PointError::Untold));
    }

    #[test]
    fn sc_5_4_5_dates_out_of_order_are_refused() {
        let on = |raised_on: &str, told_on: &str| {
            let raised = Raised {
                raised_on: day(raised_on),
                told_on: day(told_on),
                ..raised(Handling::Included)
            };
            accept(raised, Stage::One).unwrap_err()
        };

        let received = PointError::RaisedOutside(day("2025-06-10"));
        assert_eq!(on("2025-06-09", "2025-06-12"), received);
        assert_eq!(on("2025-06-14", "2025-06-14"), received);
        let raised = PointError::ToldOutside(day("2025-06-12"));
        assert_eq!(on("2025-06-12", "2025-06-11"), raised);
        assert_eq!(on("2025-06-12", "2025-06-14"), raised);
    }
}
