//! What holds for every date, every count and every ledger.

use calendar::{Calendar, Deadline, LedgerError, Length, State, Timescale};
use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;

use crate::given::{BY, calendar_with_another_holiday, day, event, extension, rule, told};

/// A day that leaves room for every count below within the calendar.
fn a_day() -> impl Strategy<Value = NaiveDate> {
    (0..2900_u64).prop_map(|days| day("2019-01-01") + Days::new(days))
}

fn a_timescale() -> impl Strategy<Value = Timescale> {
    prop_oneof![
        (0..40_u32).prop_map(Timescale::WorkingDays),
        (0..60_u32).prop_map(Timescale::CalendarDays),
    ]
}

/// Something that may be entered, or refused, some days after the entry before it.
#[derive(Debug, Clone, Copy)]
enum Step {
    ExtendBy(u32),
    ExtendUntil(u64),
    Tell,
    Pause,
    Resume,
    Meet(u64),
    Withdraw,
}

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    let step = prop_oneof![
        3 => (0..10_u32).prop_map(Step::ExtendBy),
        3 => (0..20_u64).prop_map(Step::ExtendUntil),
        2 => Just(Step::Tell),
        4 => Just(Step::Pause),
        4 => Just(Step::Resume),
        1 => (0..5_u64).prop_map(Step::Meet),
        1 => Just(Step::Withdraw),
    ];
    prop::collection::vec((0..8_u64, step), 0..20)
}

fn take(
    deadline: &mut Deadline,
    calendar: &Calendar,
    step: Step,
    on: NaiveDate,
) -> Result<(), LedgerError> {
    match step {
        Step::ExtendBy(days) => {
            let more = extension(Length::WorkingDays(days));
            deadline.extend(calendar, more, BY, on).map(drop)
        }
        Step::ExtendUntil(days) => {
            let more = extension(Length::Until(on + Days::new(days)));
            deadline.extend(calendar, more, BY, on).map(drop)
        }
        Step::Tell => deadline.tell(told(on), BY, on).map(drop),
        Step::Pause => deadline.pause("in hospital", BY, on).map(drop),
        Step::Resume => deadline.resume(calendar, BY, on).map(drop),
        Step::Meet(ago) => deadline.meet(on - Days::new(ago), BY, on).map(drop),
        Step::Withdraw => deadline.withdraw("the case moved on", BY, on).map(drop),
    }
}

/// A deadline, and the days and outcomes of the steps that were tried on it.
fn lived(start: NaiveDate, timescale: Timescale, steps: &[(u64, Step)]) -> Deadline {
    let calendar = Calendar::england_and_wales();
    let mut deadline = Deadline::start(&calendar, event(start), rule(timescale), BY, start)
        .expect("a plain deadline starts");
    let mut on = start;
    for &(days, step) in steps {
        on = on + Days::new(days);
        let before = deadline.clone();

        let outcome = take(&mut deadline, &calendar, step, on);

        if outcome.is_err() {
            assert_eq!(deadline, before, "a refused entry left a trace");
        }
        assert!(deadline.due() >= before.due(), "{step:?} shortened it");
    }
    deadline
}

proptest! {
    #[test]
    fn adding_and_counting_agree(start in a_day(), days in 0..200_u32) {
        let calendar = Calendar::england_and_wales();

        let end = calendar.add_working_days(start, days)?;

        prop_assert_eq!(calendar.working_days_until(start, end)?, days);
    }

    #[test]
    fn a_count_of_working_days_ends_on_a_working_day(start in a_day(), days in 1..200_u32) {
        let calendar = Calendar::england_and_wales();

        let end = calendar.add_working_days(start, days)?;

        prop_assert!(end > start);
        prop_assert!(calendar.is_working_day(end)?);
    }

    #[test]
    fn a_later_start_or_a_longer_count_never_ends_earlier(
        start in a_day(), days in 0..100_u32, later in 0..30_u64, more in 0..30_u32,
    ) {
        let calendar = Calendar::england_and_wales();
        let end = calendar.add_working_days(start, days)?;

        prop_assert!(calendar.add_working_days(start + Days::new(later), days)? >= end);
        let longer = calendar.add_working_days(start, days + more)?;
        prop_assert_eq!(longer > end, more > 0);
    }

    #[test]
    fn counts_of_working_days_add_up(start in a_day(), one in 0..50_u32, other in 0..50_u32) {
        let calendar = Calendar::england_and_wales();

        let halfway = calendar.add_working_days(start, one)?;

        prop_assert_eq!(
            calendar.add_working_days(halfway, other)?,
            calendar.add_working_days(start, one + other)?
        );
    }

    #[test]
    fn days_left_fall_by_one_on_a_working_day_and_by_none_on_another(
        today in a_day(), days in 1..60_u32,
    ) {
        let calendar = Calendar::england_and_wales();
        let due = calendar.add_working_days(today, days)?;
        let tomorrow = today + Days::new(1);

        let fall = u32::from(calendar.is_working_day(tomorrow)?);

        prop_assert_eq!(calendar.working_days_until(tomorrow, due)?, days - fall);
    }

    #[test]
    fn weeks_end_on_the_same_day_of_the_week(start in a_day(), weeks in 0..8_u32) {
        let end = Calendar::england_and_wales().weeks_after(start, weeks)?;

        prop_assert_eq!(end.weekday(), start.weekday());
        prop_assert_eq!((end - start).num_weeks(), i64::from(weeks));
    }

    #[test]
    fn a_deadline_is_never_due_before_its_start_and_nothing_shortens_it(
        start in a_day(), timescale in a_timescale(), steps in steps(),
    ) {
        let deadline = lived(start, timescale, &steps);

        prop_assert!(deadline.due() >= start);
    }

    #[test]
    fn the_due_date_is_what_a_recount_gives(
        start in a_day(), timescale in a_timescale(), steps in steps(),
    ) {
        let deadline = lived(start, timescale, &steps);

        prop_assert_eq!(
            deadline.due_under(&Calendar::england_and_wales())?,
            deadline.due()
        );
    }

    #[test]
    fn a_ledger_reads_back_from_its_rows(
        start in a_day(), timescale in a_timescale(), steps in steps(),
    ) {
        let deadline = lived(start, timescale, &steps);

        let again = Deadline::from_entries(deadline.entries().iter().cloned());

        prop_assert_eq!(again, Ok(deadline));
    }

    #[test]
    fn a_deadline_is_overdue_on_no_day_up_to_its_first_due_date_and_only_while_it_runs(
        start in a_day(), timescale in a_timescale(), steps in steps(),
    ) {
        let deadline = lived(start, timescale, &steps);
        let first_due = deadline.due_on(start - Days::new(1));

        for today in start.iter_days().take(150) {
            if deadline.is_overdue(today) {
                prop_assert!(today > first_due);
                prop_assert_eq!(deadline.state_on(today), State::Running);
            }
        }
    }

    #[test]
    fn what_is_met_is_late_when_it_was_overdue_on_that_day(
        start in a_day(), timescale in a_timescale(), taken in 0..120_u64,
    ) {
        let running = lived(start, timescale, &[]);
        let on = start + Days::new(taken);
        let mut met = running.clone();

        met.meet(on, BY, on)?;

        let late = running.is_overdue(on);
        prop_assert_eq!(met.state_on(on), State::Met { on, late });
    }

    #[test]
    fn a_pause_keeps_the_working_days_that_were_left(
        start in a_day(), days in 1..40_u32, before in 0..30_u64, paused in 0..60_u64,
    ) {
        let calendar = Calendar::england_and_wales();
        let timescale = Timescale::WorkingDays(days);
        let mut deadline = lived(start, timescale, &[]);
        let pause = (start + Days::new(before)).min(deadline.due());
        let resume = pause + Days::new(paused);
        let left = calendar.working_days_until(pause, deadline.due())?;

        deadline.pause("in hospital", BY, pause)?;
        deadline.resume(&calendar, BY, resume)?;

        prop_assert_eq!(calendar.working_days_until(resume, deadline.due())?, left);
    }

    #[test]
    fn a_new_bank_holiday_moves_nothing_until_it_is_re_dated(
        start in 0..20_u64, timescale in a_timescale(), steps in steps(),
    ) {
        let start = day("2025-06-01") + Days::new(start);
        let mut deadline = lived(start, timescale, &steps);
        let ended = deadline.clone().withdraw("the case moved on", BY, day("2026-06-01")).is_err();
        prop_assume!(!ended);
        let new = calendar_with_another_holiday("2025-06-24");
        let before = deadline.due();
        let counted = deadline.due_under(&new)?;
        prop_assert_eq!(deadline.due(), before);

        deadline.redate(&new, "the service", day("2026-06-01"))?;

        prop_assert_eq!(deadline.due(), counted);
        prop_assert_eq!(deadline.due_on(day("2026-05-31")), before);
    }
}
