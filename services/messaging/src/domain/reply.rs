//! The answer that the ombudsman owes a landlord: a clock of its own kind (ME-5).

use calendar::{Calendar, Deadline, Entry, Event, LedgerError, Rule, Timescale, Urgency};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::Message;

/// A message about the case is answered within so many working days.
const ABOUT_THE_CASE: u32 = 15;

/// A technical issue within so many.
const TECHNICAL_ISSUE: u32 = 5;

/// A wait for an answer, from the landlord's first message that nobody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The clock's id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The message that started it.
    pub message_id: Uuid,
    /// Whether that reports a technical issue.
    pub technical_issue: bool,
    /// When it was sent.
    pub awaited_since: DateTime<Utc>,
    /// The ledger.
    pub deadline: Deadline,
    /// How it ended; `None` while an answer is owed.
    pub outcome: Option<Outcome>,
}

/// How a wait for an answer ended. The numbers are those of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[repr(i16)]
pub enum Outcome {
    /// Staff answered.
    Answered = 1,
    /// Staff decided that no answer is needed.
    NotNeeded = 2,
    /// The case was closed.
    CaseClosed = 3,
    /// History that was taken over shows another wait, or none.
    Replaced = 4,
}

/// A point in time that staff are told of once for each due date. The numbers are those of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[repr(i16)]
pub enum Threshold {
    /// The due date is three working days away or fewer.
    Approaching = 1,
    /// The due date has passed.
    Overdue = 2,
}

impl Threshold {
    /// The furthest threshold that a due date of this urgency has crossed.
    #[must_use]
    pub const fn crossed(urgency: Urgency) -> Option<Self> {
        match urgency {
            Urgency::Pending => None,
            Urgency::Approaching => Some(Self::Approaching),
            Urgency::Overdue => Some(Self::Overdue),
        }
    }
}

impl Reply {
    /// Starts the wait for an answer to a landlord's message.
    pub fn start(
        calendar: &Calendar,
        message: &Message,
        by: &str,
        today: NaiveDate,
    ) -> Result<Self, LedgerError> {
        let sent_on = kit::time::london_date(message.sent_at);
        let (rule, days) = if message.technical_issue {
            ("ME-5 technical issue", TECHNICAL_ISSUE)
        } else {
            ("ME-5 message", ABOUT_THE_CASE)
        };
        let event = Event {
            name: "the landlord's message".to_owned(),
            on: sent_on,
        };
        let rule = Rule {
            id: rule.to_owned(),
            timescale: Timescale::WorkingDays(days),
        };
        // The next message of a case is later than the one before, whatever the clocks of replicas say; so it can be
        // tomorrow's for a moment.
        let deadline = Deadline::start(calendar, event, rule, by, today.max(sent_on))?;
        Ok(Self {
            id: kit::id(),
            case_id: message.case_id,
            message_id: message.id,
            technical_issue: message.technical_issue,
            awaited_since: message.sent_at,
            deadline,
            outcome: None,
        })
    }

    /// The last date in time.
    #[must_use]
    pub fn due_on(&self) -> NaiveDate {
        self.deadline.due()
    }

    /// Ends the wait with an answer of an instant.
    pub fn answer(
        &mut self,
        at: DateTime<Utc>,
        by: &str,
        today: NaiveDate,
    ) -> Result<(), LedgerError> {
        let met = kit::time::london_date(at);
        let on = self.not_before_the_last(today).max(met);
        self.deadline.meet(met, by, on)?;
        self.outcome = Some(Outcome::Answered);
        Ok(())
    }

    /// Ends the wait without an answer, for a reason.
    pub fn withdraw(
        &mut self,
        outcome: Outcome,
        reason: &str,
        by: &str,
        today: NaiveDate,
    ) -> Result<(), LedgerError> {
        let on = self.not_before_the_last(today);
        self.deadline.withdraw(reason, by, on)?;
        self.outcome = Some(outcome);
        Ok(())
    }

    /// Counts the due date again, when the calendar is another one; tells whether it was.
    pub fn recount(
        &mut self,
        calendar: &Calendar,
        by: &str,
        today: NaiveDate,
    ) -> Result<bool, LedgerError> {
        if self.deadline.calendar() == calendar.version() {
            return Ok(false);
        }
        let on = self.not_before_the_last(today);
        self.deadline.redate(calendar, by, on)?;
        Ok(true)
    }

    /// The newest line of the ledger, and its number.
    ///
    /// # Panics
    ///
    /// Never: a ledger has its start at least.
    #[must_use]
    pub fn last_entry(&self) -> (usize, &Entry) {
        let entries = self.deadline.entries();
        let last = entries.last().expect("a ledger has its start at least");
        (entries.len(), last)
    }

    /// Today, or the day of the last entry if another replica's clock is past midnight already.
    fn not_before_the_last(&self, today: NaiveDate) -> NaiveDate {
        today.max(self.last_entry().1.on)
    }
}

#[cfg(test)]
mod tests {
    use calendar::State;

    use super::super::{Message, Side};
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn message(at: &str, technical_issue: bool) -> Message {
        Message {
            id: kit::id(),
            case_id: kit::id(),
            side: Side::Landlord,
            author_name: "Ada".to_owned(),
            body: "When?".to_owned(),
            document_ids: Vec::new(),
            document_names: Vec::new(),
            sent_at: at.parse().unwrap(),
            imported: false,
            technical_issue,
        }
    }

    fn reply(at: &str, technical_issue: bool) -> Reply {
        let message = message(at, technical_issue);
        let today = kit::time::london_date(message.sent_at);
        Reply::start(&Calendar::england_and_wales(), &message, "Ada", today).unwrap()
    }

    #[test]
    fn me_5_an_answer_is_due_within_15_working_days_and_to_a_technical_issue_within_5() {
        // Received on a Saturday: day one is the Monday.
        assert_eq!(
            reply("2025-06-07T10:00:00Z", false).due_on(),
            day("2025-06-27")
        );
        assert_eq!(
            reply("2025-06-07T10:00:00Z", true).due_on(),
            day("2025-06-13")
        );
        // Good Friday, Easter Monday and the early May bank holiday are no working days.
        assert_eq!(
            reply("2025-04-17T10:00:00Z", false).due_on(),
            day("2025-05-13")
        );
    }

    #[test]
    fn me_5_a_message_of_a_summer_night_is_tomorrows_in_london() {
        assert_eq!(
            reply("2025-06-08T23:30:00Z", true).due_on(),
            day("2025-06-16")
        );
        assert_eq!(
            reply("2025-06-08T22:30:00Z", true).due_on(),
            day("2025-06-13")
        );
    }

    #[test]
    fn me_5_an_answer_on_the_due_date_is_in_time_and_a_day_later_is_late() {
        let due = day("2025-06-27");
        for (at, late) in [
            ("2025-06-27T22:59:00Z", false),
            ("2025-06-27T23:01:00Z", true),
        ] {
            let mut reply = reply("2025-06-07T10:00:00Z", false);
            assert_eq!(reply.due_on(), due);

            let at: DateTime<Utc> = at.parse().unwrap();
            let on = kit::time::london_date(at);
            reply.answer(at, "Casey", on).unwrap();

            assert_eq!(reply.deadline.state_on(on), State::Met { on, late });
            assert_eq!(reply.outcome, Some(Outcome::Answered));
        }
    }

    #[test]
    fn me_5_what_has_ended_does_not_end_again() {
        let today = day("2025-06-10");
        let mut reply = reply("2025-06-07T10:00:00Z", false);
        reply
            .withdraw(Outcome::NotNeeded, "a thank-you", "Casey", today)
            .unwrap();

        assert!(
            reply
                .answer("2025-06-10T10:00:00Z".parse().unwrap(), "Casey", today)
                .is_err()
        );
        assert_eq!(reply.outcome, Some(Outcome::NotNeeded));
    }

    #[test]
    fn a_replica_whose_clock_is_before_midnight_can_still_enter() {
        let mut reply = reply("2025-06-08T23:00:01Z", false);

        reply
            .answer(
                "2025-06-08T23:00:02Z".parse().unwrap(),
                "Casey",
                day("2025-06-08"),
            )
            .unwrap();

        assert_eq!(reply.last_entry().1.on, day("2025-06-09"));
    }

    #[test]
    fn me_5_a_date_beyond_the_known_bank_holidays_is_not_guessed() {
        let message = message("2028-12-20T10:00:00Z", false);

        let refused = Reply::start(
            &Calendar::england_and_wales(),
            &message,
            "Ada",
            day("2028-12-20"),
        );

        assert!(matches!(refused, Err(LedgerError::NotCovered(_))));
    }

    #[test]
    fn a_calendar_counts_once() {
        let mut reply = reply("2025-06-07T10:00:00Z", false);

        let again = reply.recount(&Calendar::england_and_wales(), "Sam", day("2025-06-10"));

        assert_eq!(again, Ok(false));
        assert_eq!(reply.deadline.entries().len(), 1);
    }
}
