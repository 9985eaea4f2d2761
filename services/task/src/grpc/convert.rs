//! From what we know to what is told.

use kit::time::{iso, iso_opt, timestamp};
use proto::task::v1 as pb;

use crate::app::{Imported, Seen};
use crate::domain::{Entry, Task, UnableReport};
use crate::wire;

/// A task for the wire, with its words.
pub fn task(seen: Seen) -> pb::Task {
    let Seen {
        task,
        status,
        reopen_until,
    } = seen;
    let Task {
        id,
        case_id,
        case_reference,
        complainant,
        landlord_name,
        kind,
        title,
        instructions,
        document_id,
        set_on,
        set_by,
        due_on,
        completed_on,
        ended_at,
        reason,
        awaiting_answer: _,
        unable,
        version,
    } = task;
    pb::Task {
        id: id.to_string(),
        case_id: case_id.to_string(),
        case_reference,
        complainant,
        landlord_name,
        kind: wire::kind(kind).into(),
        kind_label: kind.label().to_owned(),
        kind_explanation: kind.explanation().to_owned(),
        title,
        instructions,
        document_id: document_id.map(|it| it.to_string()).unwrap_or_default(),
        set_on: iso(set_on),
        due_on: iso(due_on),
        status: wire::status(status).into(),
        status_label: status.label().to_owned(),
        completed_on: iso_opt(completed_on),
        unable: unable.map(|it| unable_report(it.0)),
        ending_reason: reason,
        set_by,
        version,
        completion_label: kind.completion(document_id.is_some()).to_owned(),
        ended_at: ended_at.map(timestamp),
        reopen_until: iso_opt(reopen_until),
    }
}

/// One thing that happened to a task.
pub fn history_entry(entry: Entry) -> pb::TaskHistoryEntry {
    let Entry {
        at,
        id: _,
        actor,
        what,
    } = entry;
    pb::TaskHistoryEntry {
        occurred_at: Some(timestamp(at)),
        title: what.title().to_owned(),
        actor,
        description: what.description(),
    }
}

fn unable_report(report: UnableReport) -> pb::UnableReport {
    let UnableReport {
        message,
        reported_at,
        reported_by,
        decision,
        answer,
        answered_at,
    } = report;
    pb::UnableReport {
        message,
        reported_at: Some(timestamp(reported_at)),
        reported_by,
        decision: wire::decision(decision).into(),
        answer,
        answered_at: answered_at.map(timestamp),
    }
}

/// What became of a row, for the wire. Of several faults the first is named.
pub fn imported(result: Imported) -> pb::ImportTaskResult {
    match result {
        Ok(id) => pb::ImportTaskResult {
            task_id: id.to_string(),
            ..Default::default()
        },
        Err(invalid) => {
            let first = invalid.0.into_iter().next();
            let (field, error) = first
                .map(|it| (it.field, it.description))
                .unwrap_or_default();
            pb::ImportTaskResult {
                task_id: String::new(),
                error,
                field,
            }
        }
    }
}
