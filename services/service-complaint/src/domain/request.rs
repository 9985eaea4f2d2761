//! Service requests: somebody asks for something rather than complains (1.3, 1.4, 2.3).
//!
//! A request is open until it is answered. Until then it is reviewed regularly, and at any time the person may say that they are dissatisfied,
//! which makes a complaint of it (1.5).

use calendar::{Calendar, NotCovered};
use chrono::NaiveDate;
use uuid::Uuid;

use super::complaint::{Channel, ServiceUser};
use super::policy::REVIEW_EVERY;

/// A service request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRequest {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub reference: String,
    /// Who asks.
    pub user: ServiceUser,
    /// How it came.
    pub channel: Channel,
    /// What is asked for.
    pub wanted: String,
    /// The case that it is about, by reference; empty when it is about none.
    pub case_reference: String,
    /// The date it was received.
    pub received_on: NaiveDate,
    /// The complaint that it was raised during (4.5).
    pub raised_during: Option<Uuid>,
    /// Who handles it, by account and name.
    pub handler: Option<(Uuid, String)>,
    /// When it was last reviewed.
    pub reviewed_on: Option<NaiveDate>,
    /// When it was answered, and what was done.
    pub answer: Option<(NaiveDate, String)>,
    /// The complaint that it became.
    pub became: Option<Uuid>,
    /// Grows with every change.
    pub version: i64,
}

/// How a service request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum RequestStanding {
    /// Something is to be done.
    Open,
    /// It is answered.
    Answered,
    /// It became a complaint, whether or not it was answered.
    Complaint,
}

/// A step that can be taken with a service request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestStep {
    /// Somebody is to see to it.
    Assign,
    /// It is reviewed (2.3).
    Review,
    /// It is answered.
    Answer,
    /// The person is dissatisfied (1.5).
    TurnIntoComplaint,
}

/// Why a step of a service request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A day that has not come.
    #[error("{0} has not come yet")]
    InTheFuture(NaiveDate),
    /// A day before the request was received.
    #[error("it can't be before {0}")]
    Before(NaiveDate),
    /// It is answered.
    #[error("the request is answered already")]
    Answered,
    /// It became a complaint.
    #[error("the request became a complaint")]
    BecameComplaint,
}

impl ServiceRequest {
    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> RequestStanding {
        match (&self.became, &self.answer) {
            (Some(_), _) => RequestStanding::Complaint,
            (None, Some(_)) => RequestStanding::Answered,
            (None, None) => RequestStanding::Open,
        }
    }

    /// The steps that can be taken as it stands.
    #[must_use]
    pub fn open_steps(&self) -> Vec<RequestStep> {
        use RequestStep::{Answer, Assign, Review, TurnIntoComplaint};
        match self.standing() {
            RequestStanding::Open => vec![Assign, Review, Answer, TurnIntoComplaint],
            RequestStanding::Answered => vec![TurnIntoComplaint],
            RequestStanding::Complaint => Vec::new(),
        }
    }

    /// By when an open one is to be reviewed (2.3); `None` once nothing is to be done about it.
    pub fn review_due(&self, calendar: &Calendar) -> Result<Option<NaiveDate>, NotCovered> {
        if self.standing() != RequestStanding::Open {
            return Ok(None);
        }
        let since = self.reviewed_on.unwrap_or(self.received_on);
        calendar.add_working_days(since, REVIEW_EVERY).map(Some)
    }

    fn open(&self) -> Result<(), RequestError> {
        match self.standing() {
            RequestStanding::Open => Ok(()),
            RequestStanding::Answered => Err(RequestError::Answered),
            RequestStanding::Complaint => Err(RequestError::BecameComplaint),
        }
    }

    fn has_come(&self, on: NaiveDate, today: NaiveDate) -> Result<(), RequestError> {
        if on < self.received_on {
            return Err(RequestError::Before(self.received_on));
        }
        not_in_the_future(on, today)
    }

    /// Gives it to somebody.
    pub fn assign(&mut self, handler: (Uuid, String)) -> Result<(), RequestError> {
        self.open()?;
        self.handler = Some(handler);
        Ok(())
    }

    /// Reviews it, after which it is to be reviewed again.
    pub fn review(&mut self, today: NaiveDate) -> Result<(), RequestError> {
        self.open()?;
        self.reviewed_on = Some(today);
        Ok(())
    }

    /// Answers it with what was done, which closes it.
    pub fn answer(
        &mut self,
        on: NaiveDate,
        answer: String,
        today: NaiveDate,
    ) -> Result<(), RequestError> {
        self.open()?;
        self.has_come(on, today)?;
        self.answer = Some((on, answer));
        Ok(())
    }

    /// Makes it the complaint of somebody who is dissatisfied, before or after it was answered (1.5).
    pub fn become_complaint(
        &mut self,
        complaint_id: Uuid,
        complained_on: NaiveDate,
        today: NaiveDate,
    ) -> Result<(), RequestError> {
        if self.became.is_some() {
            return Err(RequestError::BecameComplaint);
        }
        self.has_come(complained_on, today)?;
        self.became = Some(complaint_id);
        Ok(())
    }
}

/// Refuses to receive what has not come.
pub fn not_in_the_future(on: NaiveDate, today: NaiveDate) -> Result<(), RequestError> {
    if on > today {
        return Err(RequestError::InTheFuture(on));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn a_request() -> ServiceRequest {
        ServiceRequest {
            id: kit::id(),
            reference: "SR202500001".to_owned(),
            user: ServiceUser::default(),
            channel: Channel::Telephone,
            wanted: "Call me about my case".to_owned(),
            case_reference: String::new(),
            received_on: day("2025-06-10"),
            raised_during: None,
            handler: None,
            reviewed_on: None,
            answer: None,
            became: None,
            version: 1,
        }
    }

    #[test]
    fn sc_1_2_3_an_open_request_is_reviewed_every_ten_working_days() {
        let calendar = Calendar::england_and_wales();
        let mut request = a_request();

        let first = request.review_due(&calendar).unwrap();
        request.review(day("2025-06-20")).unwrap();
        let second = request.review_due(&calendar).unwrap();
        request
            .answer(
                day("2025-06-23"),
                "We called.".to_owned(),
                day("2025-06-23"),
            )
            .unwrap();

        assert_eq!(first, Some(day("2025-06-24")));
        assert_eq!(second, Some(day("2025-07-04")));
        assert_eq!(request.review_due(&calendar).unwrap(), None);
    }

    #[test]
    fn sc_1_2_3_an_answered_request_is_neither_reviewed_nor_given_away_nor_answered_again() {
        let today = day("2025-06-10");
        let mut request = a_request();
        request
            .answer(today, "We called.".to_owned(), today)
            .unwrap();

        assert_eq!(request.review(today), Err(RequestError::Answered));
        assert_eq!(
            request.assign((kit::id(), "Omar".to_owned())),
            Err(RequestError::Answered)
        );
        assert_eq!(
            request.answer(today, "Again.".to_owned(), today),
            Err(RequestError::Answered)
        );
    }

    #[test]
    fn sc_1_1_5_a_request_becomes_one_complaint_open_or_answered() {
        let today = day("2025-06-12");
        let (mut open, mut answered) = (a_request(), a_request());
        answered
            .answer(today, "We called.".to_owned(), today)
            .unwrap();

        open.become_complaint(kit::id(), today, today).unwrap();
        assert_eq!(answered.open_steps(), [RequestStep::TurnIntoComplaint]);
        answered.become_complaint(kit::id(), today, today).unwrap();

        assert!(answered.open_steps().is_empty());
        assert_eq!(open.standing(), RequestStanding::Complaint);
        assert_eq!(answered.standing(), RequestStanding::Complaint);
        assert_eq!(open.review(today), Err(RequestError::BecameComplaint));
        assert_eq!(
            open.become_complaint(kit::id(), today, today),
            Err(RequestError::BecameComplaint)
        );
    }

    #[test]
    fn sc_1_2_3_days_out_of_order_are_refused() {
        let today = day("2025-06-12");
        let mut request = a_request();

        let before = request.answer(day("2025-06-09"), "We called.".to_owned(), today);
        let later = request.become_complaint(kit::id(), day("2025-06-13"), today);

        assert_eq!(before, Err(RequestError::Before(day("2025-06-10"))));
        assert_eq!(later, Err(RequestError::InTheFuture(day("2025-06-13"))));
        assert_eq!(request, a_request_like(&request));
    }

    fn a_request_like(request: &ServiceRequest) -> ServiceRequest {
        ServiceRequest {
            id: request.id,
            ..a_request()
        }
    }
}
