//! What others hear from tasks.

use chrono::{DateTime, Utc};
use kit::time::{iso, iso_opt, timestamp};
use proto::task::v1 as pb;

use crate::domain::{Decision, NewTask, Task};
use crate::store::Claimed;
use crate::wire;

/// A task was set.
pub fn set(task: &Task) -> pb::TaskSet {
    pb::TaskSet {
        facts: Some(facts(task)),
        kind: wire::kind(task.kind).into(),
        actor: task.set_by.clone(),
    }
}

/// A task was completed.
pub fn completed(task: &Task, at: DateTime<Utc>, actor: &str) -> pb::TaskCompleted {
    pb::TaskCompleted {
        facts: Some(facts(task)),
        completed_on: iso_opt(task.completed_on),
        actor: actor.to_owned(),
        completed_at: Some(timestamp(at)),
    }
}

/// A landlord can't complete a task.
pub fn unable_reported(task: &Task, actor: &str) -> pb::TaskUnableReported {
    pb::TaskUnableReported {
        facts: Some(facts(task)),
        actor: actor.to_owned(),
    }
}

/// A landlord's report was answered.
pub fn unable_answered(task: &Task, decision: Decision, actor: &str) -> pb::TaskUnableAnswered {
    pb::TaskUnableAnswered {
        facts: Some(facts(task)),
        decision: wire::decision(Some(decision)).into(),
        actor: actor.to_owned(),
    }
}

/// A landlord took back that a task was completed.
pub fn reopened(task: &Task, actor: &str) -> pb::TaskReopened {
    pb::TaskReopened {
        facts: Some(facts(task)),
        actor: actor.to_owned(),
    }
}

/// A task was withdrawn or has another due date.
pub fn changed(task: &Task, actor: &str) -> pb::TaskChanged {
    pb::TaskChanged {
        facts: Some(facts(task)),
        reason: task.reason.clone(),
        actor: actor.to_owned(),
    }
}

/// A task was taken over from elsewhere.
pub fn imported(task: &NewTask) -> pb::TaskImported {
    pb::TaskImported {
        facts: Some(pb::TaskFacts {
            task_id: task.id.to_string(),
            case_id: task.case_id.to_string(),
            title: task.title.clone(),
            set_on: iso(task.set_on),
            due_on: iso(task.due_on),
            open: task.completed_on.is_none(),
            version: 1,
        }),
    }
}

/// What stands in the notices of a task that a sweep has claimed: it is open.
pub fn claimed(task: &Claimed) -> pb::TaskFacts {
    pb::TaskFacts {
        task_id: task.id.to_string(),
        case_id: task.case_id.to_string(),
        title: task.title.clone(),
        set_on: iso(task.set_on),
        due_on: iso(task.due_on),
        open: true,
        version: task.version,
    }
}

fn facts(task: &Task) -> pb::TaskFacts {
    pb::TaskFacts {
        task_id: task.id.to_string(),
        case_id: task.case_id.to_string(),
        title: task.title.clone(),
        set_on: iso(task.set_on),
        due_on: iso(task.due_on),
        open: task.ended_at.is_none(),
        version: task.version,
    }
}
