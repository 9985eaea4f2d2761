//! What can go wrong, and what that means to the caller.

use kit::{Failure, Kind, Violation};

use crate::domain::AheadError;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such case, or the caller may not see it (CA-4).
    #[error("there is no such case")]
    NoSuchCase,
    /// The landlord is not registered.
    #[error("the landlord is not registered")]
    NoSuchLandlord,
    /// The account is not a member of staff's.
    #[error("there is no such member of staff")]
    NoSuchStaff,
    /// The account was deactivated, and can't be given work.
    #[error("the account of this member of staff is not active")]
    StaffInactive,
    /// The table of moves does not have this one (CA-2).
    #[error("a case at {from:?} can only move to: {}", allowed.join(" · "))]
    MoveNotAllowed {
        /// Where it stands, in words.
        from: String,
        /// Where it may go, in words.
        allowed: Vec<String>,
    },
    /// A determination on a case that was not investigated (CA-7).
    #[error(transparent)]
    NotInvestigated(#[from] crate::domain::NotInvestigated),
    /// There is no such risk review.
    #[error("there is no such risk review")]
    NoSuchReview,
    /// It was answered before, or ended with its case.
    #[error("the risk review was answered already, or ended with its case")]
    ReviewSettled,
    /// A case is not moved ahead, or not put back (CA-9).
    #[error(transparent)]
    Ahead(#[from] AheadError),
    /// The complainant is owed no such thing (CA-10).
    #[error("there is no such contact")]
    NoSuchContact,
    /// It was done before, or ended with its case (CA-10).
    #[error("this was done already, or ended with its case")]
    ContactSettled,
    /// A progress update is given, and no call is recorded for it (CA-10).
    #[error("a progress update is owed, and not a call")]
    NotACall,
    /// Nothing is owed on a closed case (CA-10).
    #[error("the case is closed")]
    CaseClosed,
    /// There is no such standard paragraph (CA-10).
    #[error("there is no such standard paragraph")]
    NoSuchParagraph,
    /// The portal sends no such progress update (CA-10).
    #[error("there is no such progress update to send")]
    NoSuchUpdate,
    /// A paragraph names a date that nobody has given (CA-10).
    #[error(transparent)]
    NothingExpected(#[from] crate::domain::NothingExpected),
    /// The queue is empty (CA-9).
    #[error("no case waits to be allocated")]
    NothingWaits,
    /// Someone else changed the case first.
    #[error("the case was changed in the meantime")]
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
    /// An open case stands at no stage, which is put right within a day (CA-10).
    #[error("case {0} stands at no stage")]
    NoStage(uuid::Uuid),
    /// The database failed.
    #[error("the database failed")]
    Db(#[from] sqlx::Error),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoSuchCase | Self::NoSuchReview | Self::NoSuchContact | Self::NoSuchUpdate => {
                Kind::NotFound
            }
            Self::NoSuchLandlord
            | Self::NoSuchStaff
            | Self::StaffInactive
            | Self::MoveNotAllowed { .. }
            | Self::NotInvestigated(_)
            | Self::ReviewSettled
            | Self::ContactSettled
            | Self::NotACall
            | Self::CaseClosed
            | Self::NoSuchParagraph
            | Self::NothingExpected(_)
            | Self::Ahead(_)
            | Self::NothingWaits
            | Self::DateNotCovered(_) => Kind::Refused,
            Self::Stale => Kind::Stale,
            Self::RequestIdReused => Kind::Exists,
            Self::Invalid(invalid) => invalid.kind(),
            Self::NoStage(_) | Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NoSuchCase => "NO_SUCH_CASE",
            Self::NoSuchLandlord => "NO_SUCH_LANDLORD",
            Self::NoSuchStaff => "NO_SUCH_STAFF",
            Self::StaffInactive => "STAFF_INACTIVE",
            Self::MoveNotAllowed { .. } => "MOVE_NOT_ALLOWED",
            Self::NotInvestigated(_) => "NOT_INVESTIGATED",
            Self::NoSuchReview => "NO_SUCH_REVIEW",
            Self::ReviewSettled => "REVIEW_SETTLED",
            Self::Ahead(AheadError::OwnCase) => "OWN_CASE",
            Self::Ahead(AheadError::AlreadyAhead) => "ALREADY_AHEAD",
            Self::Ahead(AheadError::NotAhead) => "NOT_AHEAD",
            Self::Ahead(AheadError::Closed) | Self::CaseClosed => "CASE_CLOSED",
            Self::NoSuchContact => "NO_SUCH_CONTACT",
            Self::ContactSettled => "CONTACT_SETTLED",
            Self::NotACall => "NOT_A_CALL",
            Self::NoSuchParagraph => "NO_SUCH_PARAGRAPH",
            Self::NoSuchUpdate => "NO_SUCH_UPDATE",
            Self::NothingExpected(_) => "NOTHING_EXPECTED",
            Self::NothingWaits => "NOTHING_WAITS",
            Self::Stale => "STALE",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::Invalid(invalid) => invalid.reason(),
            Self::DateNotCovered(_) => "DATE_NOT_COVERED",
            Self::NoStage(_) => "NO_STAGE",
            Self::Db(_) => "DB",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            Self::MoveNotAllowed { .. } => vec![Violation {
                field: "status".to_owned(),
                description: self.to_string(),
                reason: self.reason(),
            }],
            Self::NotInvestigated(_) => vec![Violation {
                field: "finding".to_owned(),
                description: self.to_string(),
                reason: self.reason(),
            }],
            Self::NoSuchCase
            | Self::NoSuchLandlord
            | Self::NoSuchStaff
            | Self::StaffInactive
            | Self::NoStage(_)
            | Self::NoSuchReview
            | Self::ReviewSettled
            | Self::NoSuchContact
            | Self::ContactSettled
            | Self::NotACall
            | Self::CaseClosed
            | Self::NoSuchParagraph
            | Self::NoSuchUpdate
            | Self::NothingExpected(_)
            | Self::Ahead(_)
            | Self::NothingWaits
            | Self::Stale
            | Self::RequestIdReused
            | Self::DateNotCovered(_)
            | Self::Db(_) => Vec::new(),
        }
    }
}
