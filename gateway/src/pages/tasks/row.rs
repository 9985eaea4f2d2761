//! A task as the lists show it.

use proto::task::v1::{Task, TaskKind, TaskStatus, UnableDecision, UnableReport};

use crate::view::Status;
use crate::{tags, words};

/// A task in a list, with what there is to know of it at once behind *Details*.
pub(crate) struct TaskRow {
    pub(crate) id: String,
    pub(crate) reference: String,
    pub(crate) complainant: String,
    pub(crate) landlord: String,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) kind_explanation: String,
    pub(crate) instructions: String,
    pub(crate) set_on: String,
    pub(crate) set_by: String,
    pub(crate) due_on: String,
    /// The document that it is about; empty without one.
    pub(crate) document_id: String,
    pub(crate) unable: Option<UnableRow>,
    pub(crate) completed_on: String,
    /// The date on which it was completed or withdrawn; empty while it is open.
    pub(crate) ended_on: String,
    /// Why it was withdrawn or has another due date.
    pub(crate) ending_reason: String,
    /// Which of the two it is.
    pub(crate) reason_label: &'static str,
    pub(crate) status: Status,
    /// What the person says by completing it.
    pub(crate) completion: String,
    /// Whether completing it says that its letter was read, and asks for no date.
    pub(crate) to_be_read: bool,
    /// Whether the person can say something about it.
    pub(crate) menu: bool,
    /// Whether that can be that it can't be done: once is enough until we answer.
    pub(crate) reportable: bool,
}

/// The landlord's word that a task can't be done, and our answer.
pub(crate) struct UnableRow {
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) message: String,
    pub(crate) decision: &'static str,
    pub(crate) answer: String,
    /// Whether we have not answered yet.
    pub(crate) awaited: bool,
}

impl TaskRow {
    /// `landlord`: whether a landlord looks at it.
    pub(crate) fn new(task: Task, landlord: bool) -> Self {
        let reason_label = if task.status() == TaskStatus::Withdrawn {
            "Why it was withdrawn"
        } else {
            "Why the due date changed"
        };
        let unable = task.unable.clone().map(|it| UnableRow::new(it, &task));
        let menu = landlord && !has_ended(&task);
        Self {
            menu,
            reportable: menu && !unable.as_ref().is_some_and(|it| it.awaited),
            to_be_read: task.kind() == TaskKind::ForInformation,
            status: tags::task(task.status(), task.status_label.clone()),
            unable,
            reference: task.case_reference,
            complainant: task.complainant,
            landlord: task.landlord_name,
            title: task.title,
            kind: task.kind_label,
            kind_explanation: task.kind_explanation,
            instructions: task.instructions,
            set_on: words::date(&task.set_on),
            set_by: task.set_by,
            due_on: words::date(&task.due_on),
            document_id: task.document_id,
            completed_on: words::date(&task.completed_on),
            ended_on: kit::time::instant(task.ended_at.as_ref())
                .map(|at| words::long_date(kit::time::london_date(at)))
                .unwrap_or_default(),
            ending_reason: task.ending_reason,
            reason_label,
            completion: task.completion_label,
            id: task.id,
        }
    }
}

impl UnableRow {
    fn new(report: UnableReport, task: &Task) -> Self {
        let unanswered = report.decision() == UnableDecision::Unspecified;
        Self {
            decision: match report.decision() {
                // It ended before we answered, so that no answer is awaited any more.
                UnableDecision::Unspecified if has_ended(task) => "",
                UnableDecision::Unspecified => "We will review this and answer you.",
                UnableDecision::NewDate => "We set a new due date.",
                UnableDecision::Withdrawn => "We withdrew the task.",
                UnableDecision::Upheld => "The task still has to be completed.",
            },
            awaited: unanswered && !has_ended(task),
            at: words::instant(report.reported_at.as_ref()),
            by: report.reported_by,
            message: report.message,
            answer: report.answer,
        }
    }
}

/// Whether nothing can be said about a task any more.
pub(crate) fn has_ended(task: &Task) -> bool {
    matches!(task.status(), TaskStatus::Completed | TaskStatus::Withdrawn)
}
