//! Everything that can go wrong with a complaint, and what it means to the caller.

use calendar::LedgerError;
use kit::{Failure, Kind, Violation};

use crate::domain::StageError;

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field is wrong.
    #[error(transparent)]
    Invalid(#[from] kit::Invalid),
    /// There is no such complaint.
    #[error("there is no such complaint")]
    NoSuchComplaint,
    /// A rule of the procedure is against it.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// Someone else changed it first.
    #[error("the complaint was changed meanwhile")]
    Stale,
    /// The request id was used for another complaint.
    #[error("the request id was used for another complaint")]
    RequestIdReused,
    /// A stored ledger can't be read.
    #[error("a stored ledger can't be read")]
    Ledger(#[source] LedgerError),
    /// The database failed.
    #[error("the database failed")]
    Db(#[from] sqlx::Error),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::Stage(error) => match error {
                StageError::ReceivedInTheFuture
                | StageError::AcknowledgedInTheFuture
                | StageError::BeforeReceipt(_) => Kind::Invalid,
                StageError::AlreadyAcknowledged(_)
                | StageError::NotReady(_)
                | StageError::Ledger(_) => Kind::Refused,
            },
            Self::NoSuchComplaint => Kind::NotFound,
            Self::Stale => Kind::Stale,
            Self::RequestIdReused => Kind::Exists,
            Self::Ledger(_) | Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::Stage(error) => match error {
                StageError::ReceivedInTheFuture | StageError::AcknowledgedInTheFuture => {
                    "IN_THE_FUTURE"
                }
                StageError::BeforeReceipt(_) => "BEFORE_RECEIPT",
                StageError::AlreadyAcknowledged(_) => "ALREADY_ACKNOWLEDGED",
                StageError::NotReady(_) => "NOT_READY",
                StageError::Ledger(LedgerError::NotCovered(_)) => "DATE_NOT_COVERED",
                StageError::Ledger(_) => "LEDGER_REFUSED",
            },
            Self::NoSuchComplaint => "NO_SUCH_COMPLAINT",
            Self::Stale => "STALE",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::Ledger(_) | Self::Db(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let date = |field: &str| {
            vec![Violation {
                field: field.to_owned(),
                description: self.to_string(),
                reason: self.reason(),
            }]
        };
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            Self::Stage(StageError::BeforeReceipt(_) | StageError::AcknowledgedInTheFuture) => {
                date("acknowledged_on")
            }
            Self::Stage(StageError::ReceivedInTheFuture) => date("received_on"),
            _ => Vec::new(),
        }
    }
}
