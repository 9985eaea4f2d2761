//! What complainants are owed: progress updates, introduction calls and callbacks (CA-10).

use calendar::{Calendar, NotCovered};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Team;

/// What a complainant can be owed. The numbers are those of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[repr(i16)]
pub enum ContactKind {
    /// Word of how the case stands.
    ProgressUpdate = 1,
    /// A call by whoever the case was allocated to.
    IntroductionCall = 2,
    /// A call that was promised.
    Callback = 3,
}

impl ContactKind {
    /// In words, as the beginning of a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ProgressUpdate => "Progress update",
            Self::IntroductionCall => "Introduction call",
            Self::Callback => "Callback",
        }
    }
}

/// Why something is owed. The numbers are those of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[repr(i16)]
pub enum ContactReason {
    /// The date that people were told is likely to be missed.
    Timeframe = 1,
    /// Nothing has happened on the case for a while.
    Quiet = 2,
    /// The case was allocated for the first time.
    Allocated = 3,
    /// It was promised.
    Promised = 4,
    /// A mail server refused the update that the portal sent.
    Refused = 5,
}

/// How a complainant was given something. The numbers are those of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[repr(i16)]
pub enum Channel {
    /// By letter.
    Post = 1,
    /// By telephone.
    Telephone = 2,
    /// By email, from the team's own mailbox.
    Email = 3,
    /// By email, which the portal sends.
    Portal = 4,
}

impl Channel {
    /// In words, as part of a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Post => "by letter",
            Self::Telephone => "by telephone",
            Self::Email | Self::Portal => "by email",
        }
    }
}

/// Steps by which reminders of what is owed step up. The numbers are those of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[repr(i16)]
pub enum Step {
    /// It is due.
    Reminder = 1,
    /// Some working days have passed.
    FinalReminder = 2,
    /// The seniors hear of it.
    Escalation = 3,
}

impl Step {
    /// Which of those whose last step has this number take this one: nobody is reported who was not reminded, and nobody is reminded of an
    /// earlier step after a later one.
    #[must_use]
    pub const fn follows(self) -> &'static [i16] {
        match self {
            Self::Reminder => &[0],
            Self::FinalReminder => &[0, 1],
            Self::Escalation => &[2],
        }
    }
}

/// When complainants are owed something, and when that is reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContactTerms {
    /// A progress update is owed so many working days before the date by which a stage is expected to be finished. Default: 5.
    pub before_expected: u32,
    /// A progress update is owed when nothing has happened on a case for so many days. Default: 28.
    pub quiet_days: u32,
    /// An introduction call is owed within so many working days of the first allocation. Default: 5.
    pub introduction_within: u32,
    /// A callback can be promised for so many working days ahead at the most. Default: 5.
    pub callback_within: u32,
    /// After so many working days the final reminder comes. Default: 2.
    pub final_after: u32,
    /// After so many working days, more than those of the final reminder, the seniors are told. Default: 4.
    pub escalate_after: u32,
}

impl Default for ContactTerms {
    fn default() -> Self {
        Self {
            before_expected: 5,
            quiet_days: 28,
            introduction_within: 5,
            callback_within: 5,
            final_after: 2,
            escalate_after: 4,
        }
    }
}

/// No term is longer: bank holidays are published for little more than a year.
const MOST_DAYS: u32 = 90;

impl ContactTerms {
    /// What makes the terms unusable.
    pub fn check(self) -> Result<(), String> {
        for (name, days) in [
            ("before_expected", self.before_expected),
            ("quiet_days", self.quiet_days),
            ("introduction_within", self.introduction_within),
            ("callback_within", self.callback_within),
            ("escalate_after", self.escalate_after),
        ] {
            if days > MOST_DAYS {
                return Err(format!("contacts.{name} must be {MOST_DAYS} or less"));
            }
        }
        if self.quiet_days == 0 {
            return Err("contacts.quiet_days must be 1 or more".to_owned());
        }
        if self.final_after == 0 {
            return Err("contacts.final_after must be 1 or more".to_owned());
        }
        if self.escalate_after <= self.final_after {
            return Err(
                "contacts.escalate_after must be more than contacts.final_after".to_owned(),
            );
        }
        Ok(())
    }

    /// What takes a step today: what is due up to the first date, if its step before was taken up to the second. Whoever is reminded late has as
    /// long before the seniors hear of it as whoever is reminded in time.
    pub fn limits(
        self,
        step: Step,
        today: NaiveDate,
        calendar: &Calendar,
    ) -> Result<(NaiveDate, NaiveDate), NotCovered> {
        let ago = |days| calendar.working_days_ago(today, days);
        Ok(match step {
            Step::Reminder => (today, today),
            Step::FinalReminder => (ago(self.final_after)?, today),
            Step::Escalation => (
                ago(self.escalate_after)?,
                ago(self.escalate_after - self.final_after)?,
            ),
        })
    }

    /// The last date that is looked at today for being likely to be missed: no more than so many working days are left until then.
    pub fn near(self, today: NaiveDate, calendar: &Calendar) -> Result<NaiveDate, NotCovered> {
        // As far as the day before the next working day, so that a date at a weekend is seen in time.
        let beyond = calendar.add_working_days(today, self.before_expected + 1)?;
        Ok(beyond.pred_opt().unwrap_or(beyond))
    }

    /// The date on which an update is owed, since what people were told is likely to be missed: the first working day from which no more than
    /// so many are left. When people were told so shortly before the date that this had come already, it is the date itself.
    pub fn update_due(
        self,
        expected_on: NaiveDate,
        told_on: NaiveDate,
        calendar: &Calendar,
    ) -> Result<NaiveDate, NotCovered> {
        let mut due = calendar.working_days_ago(expected_on, self.before_expected)?;
        while !calendar.is_working_day(due)? {
            due = due.pred_opt().unwrap_or(due);
        }
        Ok(if due <= told_on { expected_on } else { due })
    }
}

/// Something that a complainant is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The case's reference.
    pub case_reference: String,
    /// What is owed.
    pub kind: ContactKind,
    /// Why.
    pub reason: ContactReason,
    /// What a callback is about.
    pub about: String,
    /// The date by which it is owed.
    pub due_on: NaiveDate,
    /// The case owner.
    pub owner_account_id: Option<Uuid>,
    /// The case owner's name.
    pub owner_name: Option<String>,
    /// The team that has the case.
    pub team: Team,
    /// How many calls were not answered.
    pub unanswered: i64,
    /// When it came to be owed.
    pub raised_at: DateTime<Utc>,
    /// When it was done, or lapsed.
    pub settled_at: Option<DateTime<Utc>>,
    /// Whether it was no longer needed, since its case was closed or left the stage, and was not done.
    pub lapsed: bool,
    /// Grows with every change.
    pub version: i64,
}

impl Contact {
    /// Whether its date has passed while it is owed.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.settled_at.is_none() && self.due_on < today
    }
}

/// A call, as it is recorded.
#[derive(Clone, Debug)]
pub struct Call {
    /// The date of it.
    pub called_on: NaiveDate,
    /// Whether somebody answered.
    pub answered: bool,
    /// What came of it.
    pub note: String,
}

/// A standard paragraph for updates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// What staff call it by.
    pub key: String,
    /// The words; empty when it was taken back.
    pub words: String,
    /// When it was written.
    pub set_at: DateTime<Utc>,
    /// By whom.
    pub set_name: String,
}

/// A paragraph names a date, and none is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the paragraph names the date by which the stage is expected to be finished, and there is none: give one"
)]
pub struct NothingExpected;

/// Stands in a paragraph for the date by which the stage is expected to be finished.
const EXPECTED: &str = "{{expected}}";
/// Stands in a paragraph for the stage in words.
const STAGE: &str = "{{stage}}";

/// Whether a paragraph has braces that nothing is put in the place of.
#[must_use]
pub fn has_stray_braces(words: &str) -> bool {
    let rest = words.replace(EXPECTED, "").replace(STAGE, "");
    rest.contains(['{', '}'])
}

/// A paragraph's words for a case at a stage.
pub fn filled_in(
    words: &str,
    stage: &str,
    expected_on: Option<NaiveDate>,
) -> Result<String, NothingExpected> {
    // The date first: what the stage is called is data, too, and must not be filled in again.
    let dated = match expected_on {
        Some(date) => words.replace(EXPECTED, &date.format("%-d %B %Y").to_string()),
        None if words.contains(EXPECTED) => return Err(NothingExpected),
        None => words.to_owned(),
    };
    Ok(dated.replace(STAGE, stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn due(expected_on: &str, told_on: &str, before_expected: u32) -> NaiveDate {
        let terms = ContactTerms {
            before_expected,
            ..ContactTerms::default()
        };
        let calendar = Calendar::england_and_wales();
        terms
            .update_due(day(expected_on), day(told_on), &calendar)
            .unwrap()
    }

    #[test]
    fn ca_10_an_update_is_owed_some_working_days_before_the_expected_date() {
        let long_ago = "2025-01-02";

        assert_eq!(due("2025-06-16", long_ago, 5), day("2025-06-09"));
        assert_eq!(due("2025-06-16", long_ago, 1), day("2025-06-13"));
        assert_eq!(due("2025-06-16", long_ago, 0), day("2025-06-16"));
        // Good Friday and Easter Monday count for nothing.
        assert_eq!(due("2025-04-22", long_ago, 1), day("2025-04-17"));
        // The clocks go back on 26 October 2025.
        assert_eq!(due("2025-10-27", long_ago, 1), day("2025-10-24"));
    }

    #[test]
    fn ca_10_what_was_told_a_moment_ago_is_not_likely_to_be_missed() {
        assert_eq!(due("2025-06-16", "2025-06-12", 5), day("2025-06-16"));
        assert_eq!(due("2025-06-16", "2025-06-09", 5), day("2025-06-16"));
        assert_eq!(due("2025-06-16", "2025-06-06", 5), day("2025-06-09"));
    }

    #[test]
    fn ca_10_a_date_is_looked_at_on_the_day_on_which_its_update_is_owed_and_not_before() {
        let (terms, calendar) = (ContactTerms::default(), Calendar::england_and_wales());
        let near = |today| terms.near(today, &calendar).unwrap();

        let mut expected_on = day("2025-04-01");
        while expected_on < day("2025-06-30") {
            let due = due(&expected_on.to_string(), "2025-01-02", 5);
            assert!(expected_on <= near(due), "{expected_on} on {due}");
            let before = due.pred_opt().unwrap();
            assert!(expected_on > near(before), "{expected_on} on {before}");
            expected_on = expected_on.succ_opt().unwrap();
        }
    }

    #[test]
    fn ca_10_reminders_step_up_in_working_days() {
        let calendar = Calendar::england_and_wales();
        let today = day("2025-06-17");
        let limits = |step| {
            ContactTerms::default()
                .limits(step, today, &calendar)
                .unwrap()
        };

        assert_eq!(limits(Step::Reminder), (today, today));
        assert_eq!(limits(Step::FinalReminder), (day("2025-06-15"), today));
        assert_eq!(
            limits(Step::Escalation),
            (day("2025-06-11"), day("2025-06-15"))
        );
    }

    #[test]
    fn ca_10_terms_by_which_nobody_is_reminded_before_the_seniors_hear_are_refused() {
        let terms = ContactTerms::default();

        assert_eq!(terms.check(), Ok(()));
        for wrong in [
            ContactTerms {
                quiet_days: 0,
                ..terms
            },
            ContactTerms {
                final_after: 0,
                ..terms
            },
            ContactTerms {
                escalate_after: terms.final_after,
                ..terms
            },
            ContactTerms {
                introduction_within: 91,
                ..terms
            },
        ] {
            assert!(wrong.check().unwrap_err().starts_with("contacts."));
        }
    }

    #[test]
    fn ca_10_braces_that_nothing_is_put_in_the_place_of_are_seen() {
        assert!(!has_stray_braces("At “{{stage}}” until {{expected}}."));
        for wrong in [
            "{{expcted}}",
            "{{ expected }}",
            "{expected}",
            "{{{stage}}}",
            "a }",
        ] {
            assert!(has_stray_braces(wrong), "{wrong}");
        }
    }

    #[test]
    fn ca_10_a_paragraph_is_filled_in_with_the_stage_and_its_date() {
        let words = "Your case is at “{{stage}}”. We expect to finish this by {{expected}}.";

        assert_eq!(
            filled_in(words, "Evidence gathering", Some(day("2026-12-01"))).unwrap(),
            "Your case is at “Evidence gathering”. We expect to finish this by 1 December 2026."
        );
        assert_eq!(
            filled_in(words, "Evidence gathering", None),
            Err(NothingExpected)
        );
        assert_eq!(
            filled_in("At “{{stage}}”.", "{{expected}}", None).unwrap(),
            "At “{{expected}}”."
        );
    }
}
