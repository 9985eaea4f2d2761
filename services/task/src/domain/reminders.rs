//! Reminders step up: a due date comes near, passes, is reminded of for the last time, and goes to the seniors (TA-7).

use calendar::{Calendar, NotCovered};
use chrono::NaiveDate;
use serde::Deserialize;

use super::listing::Window;
use super::{Status, Threshold};

/// How long after its due date an open task is reminded of, in working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reminders {
    /// After so many working days the landlord gets the final reminder. Default: 3.
    pub final_after: u32,
    /// After so many working days, more than those of the final reminder, the team's seniors are told. Default: 5.
    pub escalate_after: u32,
}

impl Default for Reminders {
    fn default() -> Self {
        Self {
            final_after: 3,
            escalate_after: 5,
        }
    }
}

impl Reminders {
    /// What makes the steps unusable.
    pub fn check(self) -> Result<(), String> {
        if self.final_after == 0 {
            return Err("reminders.final_after must be 1 or more".to_owned());
        }
        if self.escalate_after <= self.final_after {
            return Err(
                "reminders.escalate_after must be more than reminders.final_after".to_owned(),
            );
        }
        Ok(())
    }
}

/// The due dates at which each step begins on a day. To find the tasks that need a step, no due date has to be counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    today: NaiveDate,
    /// The latest due date that is approaching.
    approaching: NaiveDate,
    /// The latest due date that is reminded of for the last time.
    last_reminder: NaiveDate,
    /// The latest due date that goes to the seniors.
    escalated: NaiveDate,
}

impl Limits {
    /// The limits of a day.
    pub fn on(
        today: NaiveDate,
        calendar: &Calendar,
        reminders: Reminders,
    ) -> Result<Self, NotCovered> {
        Ok(Self {
            today,
            approaching: calendar.approaching_until(today)?,
            last_reminder: calendar.working_days_ago(today, reminders.final_after)?,
            escalated: calendar.working_days_ago(today, reminders.escalate_after)?,
        })
    }

    /// The due dates of which a threshold is announced. All but the first reach back without an end; a task takes the furthest
    /// step that it has come to, and none that lies behind it.
    #[must_use]
    pub const fn of(&self, threshold: Threshold) -> Window {
        match threshold {
            Threshold::Approaching => Window::between(self.today, self.approaching),
            Threshold::Overdue => passed(self.today),
            Threshold::FinalReminder => Window::until(self.last_reminder),
            Threshold::Escalation => Window::until(self.escalated),
        }
    }

    /// The furthest threshold that a due date has crossed. A task that was set elsewhere comes with it crossed: whoever set it
    /// there has told of it.
    #[must_use]
    pub fn crossed(&self, due_on: NaiveDate) -> Option<Threshold> {
        [
            Threshold::Escalation,
            Threshold::FinalReminder,
            Threshold::Overdue,
            Threshold::Approaching,
        ]
        .into_iter()
        .find(|threshold| self.of(*threshold).holds(due_on))
    }

    /// The due dates of open tasks that stand so; `None` for a status that no open task has.
    #[must_use]
    pub fn standing(&self, status: Status) -> Option<Window> {
        match status {
            Status::Overdue => Some(passed(self.today)),
            Status::Approaching => Some(Window::between(self.today, self.approaching)),
            Status::Pending => Some(Window::from(self.approaching.succ_opt()?)),
            Status::Completed | Status::Withdrawn => None,
        }
    }
}

/// The due dates that have passed: no calendar is needed to know them.
#[must_use]
pub const fn passed(today: NaiveDate) -> Window {
    match today.pred_opt() {
        Some(yesterday) => Window::until(yesterday),
        None => Window::until(today),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn crossed(due_on: &str, today: &str) -> Option<Threshold> {
        let calendar = Calendar::england_and_wales();
        let limits = Limits::on(day(today), &calendar, Reminders::default()).unwrap();
        limits.crossed(day(due_on))
    }

    #[test]
    fn ta_7_reminders_step_up_by_working_days() {
        // Due on a Friday; the days after it are a weekend.
        let steps = [
            ("2025-06-09", None),
            ("2025-06-10", Some(Threshold::Approaching)),
            ("2025-06-13", Some(Threshold::Approaching)),
            ("2025-06-14", Some(Threshold::Overdue)),
            ("2025-06-17", Some(Threshold::Overdue)),
            ("2025-06-18", Some(Threshold::FinalReminder)),
            ("2025-06-19", Some(Threshold::FinalReminder)),
            ("2025-06-20", Some(Threshold::Escalation)),
            ("2026-06-20", Some(Threshold::Escalation)),
        ];

        for (today, expected) in steps {
            assert_eq!(crossed("2025-06-13", today), expected, "{today}");
        }
    }

    #[test]
    fn ta_7_bank_holidays_put_the_steps_off() {
        // Maundy Thursday: Good Friday and Easter Monday are no working days.
        assert_eq!(
            crossed("2025-04-17", "2025-04-23"),
            Some(Threshold::Overdue)
        );
        assert_eq!(
            crossed("2025-04-17", "2025-04-24"),
            Some(Threshold::FinalReminder)
        );
    }

    #[test]
    fn ta_7_the_limits_agree_with_counting_each_due_date() {
        let calendar = Calendar::england_and_wales();
        let reminders = Reminders::default();

        for today in day("2025-03-01").iter_days().take(90) {
            let limits = Limits::on(today, &calendar, reminders).unwrap();
            for due_on in day("2025-02-01").iter_days().take(150) {
                let since = calendar.working_days_until(due_on, today).unwrap();
                let left = calendar.working_days_until(today, due_on).unwrap();
                let counted = match () {
                    () if since >= reminders.escalate_after => Some(Threshold::Escalation),
                    () if since >= reminders.final_after => Some(Threshold::FinalReminder),
                    () if due_on < today => Some(Threshold::Overdue),
                    () if left <= 3 => Some(Threshold::Approaching),
                    () => None,
                };
                assert_eq!(limits.crossed(due_on), counted, "{due_on} on {today}");
            }
        }
    }

    #[test]
    fn steps_that_do_not_step_up_are_refused() {
        let of = |final_after, escalate_after| Reminders {
            final_after,
            escalate_after,
        };

        assert_eq!(Reminders::default().check(), Ok(()));
        assert!(of(0, 5).check().is_err());
        assert!(of(5, 5).check().is_err());
    }
}
