//! Everything that can go wrong with notices and emails, and what it means to the caller.

use kit::{Failure, Kind, Violation};

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field is wrong.
    #[error(transparent)]
    Invalid(#[from] kit::Invalid),
    /// There is no such notice, or not for this caller.
    #[error("there is no such notice")]
    NoSuchNotice,
    /// There is no such email.
    #[error("there is no such email")]
    NoSuchEmail,
    /// Only a refused email is sent again by hand; the others are on their way or done.
    #[error("the email was not refused")]
    NotRefused,
    /// The database failed.
    #[error("the database failed")]
    Db(#[from] sqlx::Error),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::NoSuchNotice | Self::NoSuchEmail => Kind::NotFound,
            Self::NotRefused => Kind::Refused,
            Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::NoSuchNotice => "NO_SUCH_NOTICE",
            Self::NoSuchEmail => "NO_SUCH_EMAIL",
            Self::NotRefused => "NOT_REFUSED",
            Self::Db(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            Self::NoSuchNotice | Self::NoSuchEmail | Self::NotRefused | Self::Db(_) => Vec::new(),
        }
    }
}
