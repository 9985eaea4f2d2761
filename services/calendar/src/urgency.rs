//! How close a due date is: the one rule by which due dates are coloured, sorted out and announced.

use chrono::{Days, NaiveDate};

use crate::working_days::{Calendar, NotCovered};

/// With this many working days left, or fewer, a due date is approaching.
const APPROACHING_FROM: u32 = 3;

/// How close a due date is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// More than three working days are left.
    Pending,
    /// Three working days or fewer are left.
    Approaching,
    /// The due date has passed.
    Overdue,
}

impl Calendar {
    /// How close `due` is on `today`.
    ///
    /// A date that has passed is overdue in any calendar. Only to count the days that are left, both dates must be
    /// covered.
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// use calendar::{Calendar, Urgency};
    ///
    /// let calendar = Calendar::england_and_wales();
    /// let june = |day| NaiveDate::from_ymd_opt(2025, 6, day).unwrap();
    ///
    /// assert_eq!(calendar.urgency(june(13), june(9)), Ok(Urgency::Pending));
    /// assert_eq!(calendar.urgency(june(13), june(10)), Ok(Urgency::Approaching));
    /// assert_eq!(calendar.urgency(june(13), june(14)), Ok(Urgency::Overdue));
    /// ```
    pub fn urgency(&self, due: NaiveDate, today: NaiveDate) -> Result<Urgency, NotCovered> {
        if due < today {
            return Ok(Urgency::Overdue);
        }
        if due <= self.approaching_until(today)? {
            return Ok(Urgency::Approaching);
        }
        self.covered(due)?;
        Ok(Urgency::Pending)
    }

    /// The latest due date that is approaching on `today`: due dates from `today` up to and with it are.
    ///
    /// It serves to find, among many due dates, those that are approaching: no date needs to be counted by itself.
    pub fn approaching_until(&self, today: NaiveDate) -> Result<NaiveDate, NotCovered> {
        match self.add_working_days(today, APPROACHING_FROM + 1) {
            Ok(first_pending) => Ok(first_pending - Days::new(1)),
            // The days that are left of the last year that is known are too few for any of them to be pending.
            Err(NotCovered { date, .. }) if date > today && self.covers(today) => {
                Ok(date - Days::new(1))
            }
            Err(not_covered) => Err(not_covered),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn urgency(due: &str, today: &str) -> Urgency {
        Calendar::england_and_wales()
            .urgency(day(due), day(today))
            .unwrap()
    }

    #[test]
    fn ta_2_three_working_days_left_are_approaching_and_four_are_not() {
        assert_eq!(urgency("2025-06-13", "2025-06-09"), Urgency::Pending);
        assert_eq!(urgency("2025-06-13", "2025-06-10"), Urgency::Approaching);
    }

    #[test]
    fn ta_2_the_due_date_itself_is_not_overdue() {
        assert_eq!(urgency("2025-06-13", "2025-06-13"), Urgency::Approaching);
        assert_eq!(urgency("2025-06-13", "2025-06-14"), Urgency::Overdue);
    }

    #[test]
    fn ta_2_weekends_and_bank_holidays_are_not_days_left() {
        // Good Friday and Easter Monday: Thursday, Wednesday and Tuesday are the three that are left.
        assert_eq!(urgency("2025-04-24", "2025-04-17"), Urgency::Approaching);
        assert_eq!(urgency("2025-04-24", "2025-04-16"), Urgency::Pending);
        // Due on a Sunday: Friday and the weekend have the same days left.
        assert_eq!(urgency("2025-06-15", "2025-06-10"), Urgency::Approaching);
        assert_eq!(urgency("2025-06-15", "2025-06-09"), Urgency::Pending);
    }

    #[test]
    fn ta_2_the_latest_approaching_date_agrees_with_each_date_by_itself() {
        let calendar = Calendar::england_and_wales();

        for today in day("2025-01-01").iter_days().take(730) {
            let until = calendar.approaching_until(today).unwrap();
            for due in today.iter_days().take(15) {
                let approaching = calendar.working_days_until(today, due).unwrap() <= 3;
                assert_eq!(due <= until, approaching, "{due} on {today}");
            }
        }
    }

    #[test]
    fn ta_2_the_last_days_of_the_last_known_year_are_approaching() {
        assert_eq!(urgency("2028-12-31", "2028-12-28"), Urgency::Approaching);
        assert_eq!(urgency("2028-12-31", "2028-12-31"), Urgency::Approaching);
    }

    #[test]
    fn ta_2_a_due_date_in_an_unknown_year_is_refused_unless_it_has_passed() {
        let calendar = Calendar::england_and_wales();

        let refused = calendar
            .urgency(day("2029-01-02"), day("2025-06-02"))
            .unwrap_err();
        assert_eq!(refused.date, day("2029-01-02"));
        assert_eq!(urgency("2028-12-29", "2029-01-02"), Urgency::Overdue);
        assert_eq!(urgency("2017-03-01", "2025-06-02"), Urgency::Overdue);
    }
}
