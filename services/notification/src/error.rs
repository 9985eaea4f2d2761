//! Everything that can go wrong with notices and emails, and what it means to the caller.

use kit::{Failure, Kind, Violation};

use crate::domain::words::WordsError;

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field is wrong.
    #[error(transparent)]
    Invalid(#[from] kit::Invalid),
    /// There is no such notice, or not for this caller.
    #[error("there is no such notice")]
    NoSuchNotice,
    /// There is no such email, or not for this caller.
    #[error("there is no such email")]
    NoSuchEmail,
    /// Only a refused email is sent again by hand; the others are on their way or done.
    #[error("the email was not refused")]
    NotRefused,
    /// The code or link of an email has ended. Whoever needs one asks for a new one.
    #[error("the email's code or link has ended")]
    SecretSpent,
    /// A progress update is owed again, and given anew on its case: by now other words may be true, and the address is the one that was refused.
    #[error("a progress update is given anew on its case, and not sent again")]
    GivenAnew,
    /// There is no such template.
    #[error("there is no such template")]
    NoSuchTemplate,
    /// Somebody else changed it first.
    #[error("somebody else changed it first")]
    Stale,
    /// Made-up facts did not fill the words.
    #[error("the words can't be filled")]
    Words(#[source] WordsError),
    /// An email could not be rendered.
    #[error("the email can't be rendered")]
    Letter(#[source] askama::Error),
    /// The database failed.
    #[error("the database failed")]
    Db(#[from] sqlx::Error),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::NoSuchNotice | Self::NoSuchEmail | Self::NoSuchTemplate => Kind::NotFound,
            Self::NotRefused | Self::SecretSpent | Self::GivenAnew => Kind::Refused,
            Self::Stale => Kind::Stale,
            Self::Words(_) | Self::Letter(_) | Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::NoSuchNotice => "NO_SUCH_NOTICE",
            Self::NoSuchEmail => "NO_SUCH_EMAIL",
            Self::NotRefused => "NOT_REFUSED",
            Self::SecretSpent => "SECRET_SPENT",
            Self::GivenAnew => "GIVEN_ANEW",
            Self::NoSuchTemplate => "NO_SUCH_TEMPLATE",
            Self::Stale => "STALE",
            Self::Words(_) | Self::Letter(_) | Self::Db(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            Self::NoSuchNotice
            | Self::NoSuchEmail
            | Self::NotRefused
            | Self::SecretSpent
            | Self::GivenAnew
            | Self::NoSuchTemplate
            | Self::Stale
            | Self::Words(_)
            | Self::Letter(_)
            | Self::Db(_) => Vec::new(),
        }
    }
}
