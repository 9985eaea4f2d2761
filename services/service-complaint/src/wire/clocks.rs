//! Stages with their deadlines and the ledgers of these, as they stand today.

use calendar::{Calendar, Deadline, Entry, State, What};
use chrono::NaiveDate;
use proto::service_complaint::v1 as pb;

use super::{decision, stage};
use crate::domain::complaint::{StageRecord, StageTwo};
use crate::domain::due::{progress_update_due, tell_by};
use crate::domain::lateness::{Lateness, Promise as LateWith};
use crate::domain::policy::Stage;
use crate::domain::procedure::Escalation;

/// The day that things are told on.
#[derive(Debug, Clone, Copy)]
pub struct Day<'a> {
    /// Which.
    pub today: NaiveDate,
    /// What counts the days.
    pub calendar: &'a Calendar,
}

impl Day<'_> {
    /// Working days until a date, negative once it has passed. `None` where the bank holidays are not known: the date itself is told anyway.
    pub(super) fn working_days_left(self, due: NaiveDate) -> Option<i32> {
        let (from, to, sign) = if due < self.today {
            (due, self.today, -1)
        } else {
            (self.today, due, 1)
        };
        let days = self.calendar.working_days_until(from, to).ok()?;
        i32::try_from(days).ok().map(|days| sign * days)
    }
}

pub(super) fn record(
    record: StageRecord,
    number: Stage,
    latenesses: &[Lateness],
    day: Day<'_>,
) -> pb::StageRecord {
    let StageRecord {
        handler,
        clocks,
        answer,
        updated_on,
    } = record;
    // Where the bank holidays are not known, its sweep says so.
    let update = progress_update_due(&clocks, updated_on, day.calendar)
        .ok()
        .flatten();
    let update = update.filter(|it| it.begins_on.is_none_or(|on| on <= day.today));
    let (handler_id, handler_name) = handler
        .map(|(id, name)| (id.to_string(), name))
        .unwrap_or_default();
    let kept = |promise: LateWith, clock: &Deadline| pb::Deadline {
        lateness: latenesses
            .iter()
            .find(|it| (it.stage, it.promise) == (number, promise))
            .map(lateness),
        ..deadline(clock, day)
    };
    pb::StageRecord {
        stage: stage(number),
        handler_id,
        handler_name,
        acknowledgement: Some(kept(LateWith::Acknowledgement, &clocks.acknowledgement)),
        response: clocks
            .response
            .as_ref()
            .map(|it| kept(LateWith::Response, it)),
        outcome: decision(answer.map(|(_, outcome)| outcome)).into(),
        answered_on: kit::time::iso_opt(answer.map(|(on, _)| on)),
        updated_on: kit::time::iso_opt(updated_on),
        update_due_on: kit::time::iso_opt(update.map(|it| it.due_on)),
        ..pb::StageRecord::default()
    }
}

pub(super) fn second(two: StageTwo, latenesses: &[Lateness], day: Day<'_>) -> pb::StageRecord {
    let StageTwo {
        record: first,
        request:
            Escalation {
                requested_on,
                reasons,
                new_evidence,
                discretion,
            },
        summary,
    } = two;
    pb::StageRecord {
        requested_on: kit::time::iso(requested_on),
        summary,
        reasons,
        new_evidence,
        discretion,
        ..record(first, Stage::Two, latenesses, day)
    }
}

fn lateness(lateness: &Lateness) -> pb::Lateness {
    pb::Lateness {
        cause: pb::LatenessCause::from(lateness.cause).into(),
        reason: lateness.reason.clone(),
        recorded_by: lateness.recorded_by.clone(),
        recorded_at: Some(kit::time::timestamp(lateness.recorded_at)),
    }
}

/// A deadline, as it stands today.
#[must_use]
pub fn deadline(deadline: &Deadline, day: Day<'_>) -> pb::Deadline {
    let (met_on, late) = match deadline.state_on(day.today) {
        State::Met { on, late } => (Some(on), late),
        State::Running | State::Paused | State::Withdrawn => (None, deadline.is_overdue(day.today)),
    };
    pb::Deadline {
        due_on: kit::time::iso(deadline.due()),
        met_on: kit::time::iso_opt(met_on),
        late,
        calendar_version: deadline.calendar().to_string(),
        untold: deadline.untold().next().is_some(),
        entries: deadline.entries().iter().map(ledger_entry).collect(),
        working_days_left: deadline
            .is_open()
            .then(|| day.working_days_left(deadline.due()))
            .flatten(),
        lateness: None,
        tell_by: kit::time::iso_opt(tell_by(deadline, day.calendar).ok().flatten()),
    }
}

fn ledger_entry(entry: &Entry) -> pb::LedgerEntry {
    let text = match &entry.what {
        What::Started(started) => format!("Started: {}", started.event.name),
        What::Extended { reason, .. } => format!("Extended: {reason}"),
        What::Told(told) => format!("The person was told: {}", told.proof),
        What::Paused { reason } => format!("Paused: {reason}"),
        What::Resumed { .. } => "Resumed".to_owned(),
        What::Redated { .. } => "Counted again with new bank holidays".to_owned(),
        What::Met { on } => format!("Done on {on}"),
        What::Withdrawn { reason } => format!("Withdrawn: {reason}"),
    };
    pb::LedgerEntry {
        on: kit::time::iso(entry.on),
        by: entry.by.clone(),
        text,
        until: kit::time::iso_opt(entry.what.until()),
    }
}
