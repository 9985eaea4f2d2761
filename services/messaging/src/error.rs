//! Everything that can go wrong with a conversation, and what it means to the caller.

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
            Self::NoSuchCase | Self::NoSuchMessage => Kind::NotFound,
            Self::Post(_) | Self::NoSuchDocument => Kind::Refused,
            Self::RequestIdReused => Kind::Exists,
            Self::DocumentsUnavailable(_) => Kind::Unavailable,
            Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::NoSuchCase => "NO_SUCH_CASE",
            Self::NoSuchMessage => "NO_SUCH_MESSAGE",
            Self::Post(PostError::NoConversation) => "NO_CONVERSATION",
            Self::Post(PostError::CaseClosed) => "CASE_CLOSED",
            Self::NoSuchDocument => "NO_SUCH_DOCUMENT",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::DocumentsUnavailable(_) => "DOCUMENTS_UNAVAILABLE",
            Self::Db(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            _ => Vec::new(),
        }
    }
}
