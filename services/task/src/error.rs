//! What can go wrong, and what that means to the caller.

use kit::{Failure, Kind, Violation};

use crate::domain::RuleError;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such case, or the caller may not see it (CA-4).
    #[error("there is no such case")]
    NoSuchCase,
    /// There is no such task, or the caller may not see its case (CA-4).
    #[error("there is no such task")]
    NoSuchTask,
    /// The case is closed.
    #[error("the case is closed")]
    CaseClosed,
    /// The task does not stand so that this can be done.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// Someone else changed the task first.
    #[error("the task was changed in the meantime")]
    Stale,
    /// The id of a request was used for another one before.
    #[error("a different request had the same request id")]
    RequestIdReused,
    /// Fields are wrong.
    #[error(transparent)]
    Invalid(#[from] kit::Invalid),
    /// A date needs bank holidays that are not known.
    #[error(transparent)]
    DateNotCovered(#[from] calendar::NotCovered),
    /// The document service did not answer.
    #[error("the documents can't be checked at the moment")]
    DocumentsUnavailable(#[source] tonic::Status),
    /// The database failed.
    #[error("the database failed")]
    Db(#[from] sqlx::Error),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoSuchCase | Self::NoSuchTask => Kind::NotFound,
            Self::CaseClosed | Self::Rule(_) | Self::DateNotCovered(_) => Kind::Refused,
            Self::Stale => Kind::Stale,
            Self::RequestIdReused => Kind::Exists,
            Self::Invalid(invalid) => invalid.kind(),
            Self::DocumentsUnavailable(_) => Kind::Unavailable,
            Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NoSuchCase => "NO_SUCH_CASE",
            Self::NoSuchTask => "NO_SUCH_TASK",
            Self::CaseClosed => "CASE_CLOSED",
            Self::Rule(RuleError::Ended) => "TASK_ENDED",
            Self::Rule(RuleError::AlreadyReported) => "UNABLE_ALREADY_REPORTED",
            Self::Rule(RuleError::NothingToAnswer) => "NOTHING_TO_ANSWER",
            Self::Rule(RuleError::AnswerAwaited) => "ANSWER_AWAITED",
            Self::Rule(RuleError::NotCompleted) => "NOT_COMPLETED",
            Self::Rule(RuleError::TooLateToReopen) => "TOO_LATE_TO_REOPEN",
            Self::Stale => "STALE",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::Invalid(invalid) => invalid.reason(),
            Self::DateNotCovered(_) => "DATE_NOT_COVERED",
            Self::DocumentsUnavailable(_) => "DOCUMENTS_UNAVAILABLE",
            Self::Db(_) => "DB",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            Self::NoSuchCase
            | Self::NoSuchTask
            | Self::CaseClosed
            | Self::Rule(_)
            | Self::Stale
            | Self::RequestIdReused
            | Self::DateNotCovered(_)
            | Self::DocumentsUnavailable(_)
            | Self::Db(_) => Vec::new(),
        }
    }
}
