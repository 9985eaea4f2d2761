//! Our words and those of the wire: the one place that knows both.

use proto::task::v1 as pb;

use crate::domain::{Decision, Kind, Status};

/// The kind of task that a number of the wire stands for.
pub fn kind_from(number: i32) -> Option<Kind> {
    Kind::ALL.into_iter().find(|it| kind(*it) as i32 == number)
}

/// A kind of task for the wire.
pub fn kind(kind: Kind) -> pb::TaskKind {
    match kind {
        Kind::RecordComplaint => pb::TaskKind::RecordComplaint,
        Kind::EscalateComplaint => pb::TaskKind::EscalateComplaint,
        Kind::ForInformation => pb::TaskKind::ForInformation,
        Kind::RespondToRequest => pb::TaskKind::RespondToRequest,
        Kind::ConfirmCompliance => pb::TaskKind::ConfirmCompliance,
    }
}

/// A status for the wire.
pub fn status(status: Status) -> pb::TaskStatus {
    match status {
        Status::Pending => pb::TaskStatus::Pending,
        Status::Approaching => pb::TaskStatus::Approaching,
        Status::Overdue => pb::TaskStatus::Overdue,
        Status::Completed => pb::TaskStatus::Completed,
        Status::Withdrawn => pb::TaskStatus::Withdrawn,
    }
}

/// The status that a wire's status stands for.
pub fn status_from(status: pb::TaskStatus) -> Option<Status> {
    match status {
        pb::TaskStatus::Unspecified => None,
        pb::TaskStatus::Pending => Some(Status::Pending),
        pb::TaskStatus::Approaching => Some(Status::Approaching),
        pb::TaskStatus::Overdue => Some(Status::Overdue),
        pb::TaskStatus::Completed => Some(Status::Completed),
        pb::TaskStatus::Withdrawn => Some(Status::Withdrawn),
    }
}

/// A decision for the wire; unspecified while it is awaited.
pub fn decision(decision: Option<Decision>) -> pb::UnableDecision {
    match decision {
        None => pb::UnableDecision::Unspecified,
        Some(Decision::NewDate) => pb::UnableDecision::NewDate,
        Some(Decision::Withdrawn) => pb::UnableDecision::Withdrawn,
        Some(Decision::Upheld) => pb::UnableDecision::Upheld,
    }
}
