//! Everything that can go wrong with a conversation, and what it means to the caller.

use calendar::LedgerError;
use kit::{Failure, Kind, Violation};

use crate::domain::PostError;

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field is wrong.
    #[error(transparent)]
    Invalid(#[from] kit::Invalid),
    /// There is no such case, or not for this caller.
    #[error("there is no such case")]
    NoSuchCase,
    /// The case has no such message.
    #[error("there is no such message on the case")]
    NoSuchMessage,
    /// There is no such wait for an answer.
    #[error("there is no such reply owed")]
    NoSuchReply,
    /// The wait for an answer has ended.
    #[error("the reply is owed no longer")]
    ReplySettled,
    /// Another message has come, or somebody else has changed it.
    #[error("the reply owed was changed in the meantime")]
    Stale,
    /// A date needs bank holidays that are not known.
    #[error(transparent)]
    DateNotCovered(#[from] calendar::NotCovered),
    /// A ledger refused an entry.
    #[error("the ledger of a reply refused an entry")]
    Ledger(#[source] LedgerError),
    /// A rule of the conversation is against it.
    #[error(transparent)]
    Post(#[from] PostError),
    /// An attachment is not a document of the case.
    #[error("a document does not belong to the case or is no longer there")]
    NoSuchDocument,
    /// The request id was used for another message.
    #[error("the request id was used for another message")]
    RequestIdReused,
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
            Self::Invalid(_) => Kind::Invalid,
            Self::NoSuchCase | Self::NoSuchMessage | Self::NoSuchReply => Kind::NotFound,
            Self::Post(_) | Self::NoSuchDocument | Self::ReplySettled | Self::DateNotCovered(_) => {
                Kind::Refused
            }
            Self::Stale => Kind::Stale,
            Self::RequestIdReused => Kind::Exists,
            Self::DocumentsUnavailable(_) => Kind::Unavailable,
            Self::Ledger(_) | Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::NoSuchCase => "NO_SUCH_CASE",
            Self::NoSuchMessage => "NO_SUCH_MESSAGE",
            Self::Post(PostError::NoConversation) => "NO_CONVERSATION",
            Self::Post(PostError::CaseClosed) => "CASE_CLOSED",
            Self::Post(PostError::NotALandlords) => "NOT_A_LANDLORDS",
            Self::NoSuchDocument => "NO_SUCH_DOCUMENT",
            Self::NoSuchReply => "NO_SUCH_REPLY",
            Self::ReplySettled => "REPLY_SETTLED",
            Self::Stale => "STALE",
            Self::DateNotCovered(_) => "DATE_NOT_COVERED",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::DocumentsUnavailable(_) => "DOCUMENTS_UNAVAILABLE",
            Self::Ledger(_) | Self::Db(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            _ => Vec::new(),
        }
    }
}

/// A date beyond the known bank holidays is the caller's to know; anything else that a ledger refuses is a fault of this service.
impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::NotCovered(error) => Self::DateNotCovered(error),
            error => Self::Ledger(error),
        }
    }
}
