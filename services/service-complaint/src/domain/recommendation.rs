//! Recommendations of the independent reviewer and of audits: what the management says, and whether it was done (7.4).

use chrono::NaiveDate;
use uuid::Uuid;

/// Whose a recommendation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Source {
    /// The independent reviewer's.
    IndependentReviewer,
    /// The internal audit's.
    InternalAudit,
}

/// What the management says to a recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Acceptance {
    /// It is accepted.
    Accepted,
    /// It is accepted in part.
    PartiallyAccepted,
    /// It is not accepted.
    NotAccepted,
}

/// A recommendation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommendation {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub source: Source,
    /// The first and the last date of the period that its report is about.
    pub period: (NaiveDate, NaiveDate),
    /// Its number in the report.
    pub number: String,
    /// What is recommended.
    pub text: String,
    /// What the management says, once it has responded.
    pub acceptance: Option<Acceptance>,
    /// The response.
    pub response: String,
    /// What is to be done.
    pub parts: Vec<Part>,
    /// Grows with every change.
    pub version: i64,
}

/// A part of what is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its id.
    pub id: Uuid,
    /// What.
    pub text: String,
    /// The role or person responsible.
    pub responsible: String,
    /// By when.
    pub due_on: NaiveDate,
    /// The date it was done.
    pub completed_on: Option<NaiveDate>,
    /// What shows it.
    pub evidence: String,
}

impl Part {
    /// Whether it should have been done.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.completed_on.is_none() && today > self.due_on
    }
}

/// How a recommendation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Status {
    /// The management has not responded.
    AwaitingResponse,
    /// Parts are to be done.
    Open,
    /// A part should have been done.
    Overdue,
    /// Every part is done.
    Complete,
    /// It is not accepted.
    NotAccepted,
}

/// Why a step of a recommendation is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecommendationError {
    /// It was responded to.
    #[error("the management has responded already")]
    RespondedBefore,
    /// It is accepted, and nothing says who does what by when.
    #[error("say who does what by when")]
    NoParts,
    /// It is not accepted, and yet something is planned.
    #[error("nothing is planned for a recommendation that is not accepted")]
    PartsOfNothing,
    /// It has no such part.
    #[error("there is no such part")]
    NoSuchPart,
    /// The part is done.
    #[error("this part is done already")]
    DoneBefore,
    /// A day that has not come.
    #[error("{0} has not come yet")]
    InTheFuture(NaiveDate),
}

impl Recommendation {
    /// How it stands on a day.
    #[must_use]
    pub fn status(&self, today: NaiveDate) -> Status {
        match self.acceptance {
            None => Status::AwaitingResponse,
            Some(Acceptance::NotAccepted) => Status::NotAccepted,
            Some(_) if self.parts.iter().any(|it| it.is_overdue(today)) => Status::Overdue,
            Some(_) if self.next_due_on().is_some() => Status::Open,
            Some(_) => Status::Complete,
        }
    }

    /// The earliest deadline of its open parts.
    #[must_use]
    pub fn next_due_on(&self) -> Option<NaiveDate> {
        self.parts
            .iter()
            .filter(|it| it.completed_on.is_none())
            .map(|it| it.due_on)
            .min()
    }

    /// Takes the management's response.
    pub fn respond(
        self,
        acceptance: Acceptance,
        response: String,
        parts: Vec<Part>,
    ) -> Result<Self, RecommendationError> {
        if self.acceptance.is_some() {
            return Err(RecommendationError::RespondedBefore);
        }
        match (acceptance, parts.is_empty()) {
            (Acceptance::NotAccepted, false) => Err(RecommendationError::PartsOfNothing),
            (Acceptance::Accepted | Acceptance::PartiallyAccepted, true) => {
                Err(RecommendationError::NoParts)
            }
            _ => Ok(Self {
                acceptance: Some(acceptance),
                response,
                parts,
                ..self
            }),
        }
    }

    /// A part was done, as the evidence shows.
    pub fn complete(
        mut self,
        part_id: Uuid,
        on: NaiveDate,
        evidence: String,
        today: NaiveDate,
    ) -> Result<Self, RecommendationError> {
        if on > today {
            return Err(RecommendationError::InTheFuture(on));
        }
        let part = self
            .parts
            .iter_mut()
            .find(|it| it.id == part_id)
            .ok_or(RecommendationError::NoSuchPart)?;
        if part.completed_on.is_some() {
            return Err(RecommendationError::DoneBefore);
        }
        part.completed_on = Some(on);
        part.evidence = evidence;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn part(due_on: &str) -> Part {
        Part {
            id: kit::id(),
            text: "Review how closure is recorded".to_owned(),
            responsible: "Customer Insight Manager".to_owned(),
            due_on: day(due_on),
            completed_on: None,
            evidence: String::new(),
        }
    }

    fn recommendation() -> Recommendation {
        Recommendation {
            id: kit::id(),
            source: Source::IndependentReviewer,
            period: (day("2024-10-01"), day("2025-03-31")),
            number: "37.1".to_owned(),
            text: "Say that a call closes the complaint, and record it".to_owned(),
            acceptance: None,
            response: String::new(),
            parts: Vec::new(),
            version: 1,
        }
    }

    #[test]
    fn sc_16_the_status_follows_from_the_dates_of_the_parts() {
        let waiting = recommendation();
        assert_eq!(waiting.status(day("2025-12-01")), Status::AwaitingResponse);

        let parts = vec![part("2025-12-31"), part("2026-03-31")];
        let first = parts[0].id;
        let second = parts[1].id;
        let accepted = waiting
            .respond(Acceptance::Accepted, "Agreed".to_owned(), parts)
            .unwrap();
        assert_eq!(accepted.status(day("2025-12-31")), Status::Open);
        assert_eq!(accepted.status(day("2026-01-01")), Status::Overdue);

        let today = day("2026-01-02");
        let half = accepted
            .complete(first, today, "The new form".to_owned(), today)
            .unwrap();
        assert_eq!(half.status(today), Status::Open);
        assert_eq!(half.next_due_on(), Some(day("2026-03-31")));
        let whole = half
            .complete(second, today, "The review".to_owned(), today)
            .unwrap();
        assert_eq!(whole.status(day("2030-01-01")), Status::Complete);
    }

    #[test]
    fn sc_16_what_is_accepted_has_parts_and_what_is_not_has_none() {
        let say = |acceptance, parts| {
            recommendation()
                .respond(acceptance, "Said".to_owned(), parts)
                .map(|it| it.status(day("2025-12-01")))
        };

        assert_eq!(
            say(Acceptance::Accepted, vec![]),
            Err(RecommendationError::NoParts)
        );
        assert_eq!(
            say(Acceptance::NotAccepted, vec![part("2025-12-31")]),
            Err(RecommendationError::PartsOfNothing)
        );
        assert_eq!(
            say(Acceptance::NotAccepted, vec![]),
            Ok(Status::NotAccepted)
        );
    }
}
