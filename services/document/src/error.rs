//! Everything that can go wrong with a document, and what it means to the caller.

use kit::{Failure, Kind, Violation};

use crate::domain::WithdrawError;
use crate::inspect::Refusal;

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field is wrong.
    #[error(transparent)]
    Invalid(#[from] kit::Invalid),
    /// The file is not one that the portal takes.
    #[error("the file is not accepted: {}", .0.reason())]
    Refused(Refusal),
    /// An upload does not begin with its description.
    #[error("an upload begins with the description of the file, which comes once")]
    NoDescription,
    /// A piece of an upload is larger than agreed.
    #[error("a piece of an upload is at most 64 KiB")]
    PieceTooLarge,
    /// The content did not come whole: its end is missing, names another size, or is followed by more.
    #[error("the upload was cut off")]
    CutOff,
    /// Storing the file took so long that what was there of it was swept away.
    #[error("the file took too long to be stored")]
    SweptAway,
    /// The form was discarded while its file was on its way.
    #[error("the form was discarded")]
    FormDiscarded,
    /// A complaint has as many files as it can have.
    #[error("there are 20 files already")]
    TooManyFiles,
    /// There is no such case, or not for this caller.
    #[error("there is no such case")]
    NoSuchCase,
    /// There is no such form, or the secret is not its.
    #[error("there is no such form")]
    NoSuchDraft,
    /// There is no such private link.
    #[error("there is no such link")]
    NoSuchLink,
    /// The form was sent, and its files stay as they are.
    #[error("the complaint was sent already")]
    AlreadySent,
    /// Whoever has an interest in a complaint reads none of its files (3.4 of the complaints policy).
    #[error("you have an interest in this complaint, so a colleague deals with it")]
    ConflictDeclared,
    /// Whose files a secret opens can't be asked.
    #[error("complaints can't be looked up at the moment")]
    ComplaintsUnavailable(#[source] tonic::Status),
    /// There is no such document, or not for this caller.
    #[error("there is no such document")]
    NoSuchDocument,
    /// The request id was used for another file: another name, another place, or other bytes.
    #[error("the request id was used for another file")]
    RequestIdReused,
    /// The document is being checked, infected or withdrawn.
    #[error(
        "the document can't be downloaded: it is being checked, was withdrawn, or was put away"
    )]
    NotAvailable,
    /// A range begins behind the document's end.
    #[error("the document ends before the range begins")]
    PastTheEnd,
    /// A rule is against withdrawing the document.
    #[error(transparent)]
    Withdraw(#[from] WithdrawError),
    /// Somebody else changed the document first.
    #[error("the document was changed meanwhile")]
    Stale,
    /// The object store failed.
    #[error("files can't be stored or fetched at the moment")]
    Store(#[from] object_store::Error),
    /// There is no room for incoming files, or it can't be read.
    #[error("the file could not be kept while it came in")]
    Spool(#[source] std::io::Error),
    /// The database failed.
    #[error("the database failed")]
    Db(#[from] sqlx::Error),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_)
            | Self::Refused(_)
            | Self::NoDescription
            | Self::PieceTooLarge
            | Self::CutOff => Kind::Invalid,
            Self::FormDiscarded
            | Self::NoSuchCase
            | Self::NoSuchDocument
            | Self::NoSuchDraft
            | Self::NoSuchLink => Kind::NotFound,
            Self::ConflictDeclared => Kind::Forbidden,
            Self::RequestIdReused => Kind::Exists,
            Self::NotAvailable | Self::Withdraw(_) | Self::TooManyFiles | Self::AlreadySent => {
                Kind::Refused
            }
            Self::PastTheEnd => Kind::OutOfRange,
            Self::Stale => Kind::Stale,
            Self::SweptAway | Self::Store(_) | Self::ComplaintsUnavailable(_) => Kind::Unavailable,
            Self::Spool(_) | Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::Refused(refusal) => refusal.reason(),
            Self::NoDescription => "NO_DESCRIPTION",
            Self::PieceTooLarge => "PIECE_TOO_LARGE",
            Self::CutOff => "CUT_OFF",
            Self::SweptAway => "SWEPT_AWAY",
            Self::NoSuchCase => "NO_SUCH_CASE",
            Self::FormDiscarded => "FORM_DISCARDED",
            Self::NoSuchDocument => "NO_SUCH_DOCUMENT",
            Self::NoSuchDraft => "NO_SUCH_DRAFT",
            Self::NoSuchLink => "NO_SUCH_LINK",
            Self::AlreadySent => "ALREADY_SENT",
            Self::ConflictDeclared => "CONFLICT_DECLARED",
            Self::ComplaintsUnavailable(_) => "COMPLAINTS_UNAVAILABLE",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::NotAvailable => "NOT_AVAILABLE",
            Self::TooManyFiles => "TOO_MANY_FILES",
            Self::PastTheEnd => "PAST_THE_END",
            Self::Withdraw(WithdrawError::AlreadyWithdrawn) => "ALREADY_WITHDRAWN",
            Self::Withdraw(WithdrawError::Quarantined) => "QUARANTINED",
            Self::Stale => "STALE",
            Self::Store(_) => "STORE_UNAVAILABLE",
            Self::Spool(_) | Self::Db(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let violation = |field: &str, description: &str| {
            vec![Violation {
                field: field.to_owned(),
                description: description.to_owned(),
                reason: self.reason(),
            }]
        };
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            Self::Refused(refusal) => violation("content", refusal.sentence()),
            Self::NoDescription => violation(
                "document",
                "Send the description of the file first, and once",
            ),
            Self::PieceTooLarge => violation("content", "Send pieces of 64 KiB or less"),
            Self::RequestIdReused => violation(
                "request_id",
                "This request id was used for another file. Use a new one for each file",
            ),
            Self::CutOff => violation(
                "content",
                "The selected file did not arrive whole. Upload it again",
            ),
            _ => Vec::new(),
        }
    }
}
