//! What can go wrong in identity, and what each means to the caller.

use std::time::Duration;

use kit::{Failure, Kind, Violation};

/// Why a call is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields of the request are wrong.
    #[error(transparent)]
    Invalid(#[from] kit::Invalid),
    /// Unknown, wrong, locked and inactive are one answer (ID-6).
    #[error("the username or the password is wrong")]
    LoginRefused,
    /// The address, the pair or the device has tried too often.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When it may try again.
        retry_after: Duration,
    },
    /// More passwords are waiting to be hashed than can be in good time.
    #[error("too many log-ins at this moment")]
    Busy,
    /// The code is wrong, used or old.
    #[error("the code is wrong or no longer works")]
    CodeRefused,
    /// The log-in is over, or never was.
    #[error("the log-in must be begun again")]
    LoginExpired,
    /// The password is good for nothing until it is reset by a link.
    #[error("the password must be reset")]
    PasswordResetRequired,
    /// The resends are used up for now.
    #[error("too many codes were asked for")]
    TooManyCodes {
        /// When the next one may be asked for.
        retry_after: Duration,
    },
    /// The link is used, superseded, too old or none of ours.
    #[error("the link no longer works")]
    LinkRefused,
    /// The log-in or the reset is over, so there is nothing to be delivered.
    #[error("there is nothing to send")]
    NothingToSend,
    /// The session is over, or never was.
    #[error("the session has ended")]
    SessionEnded,
    /// The client is unknown or its secret is wrong.
    #[error("the client or its secret is wrong")]
    ClientRefused,
    /// The client asked for a scope that it does not hold, wanted to give one, or needs one more.
    #[error("the client does not hold the scope")]
    ScopeRefused,
    /// Only a person in a session of their own may do this, not a service client on somebody's
    /// behalf.
    #[error("only the holder may do this, in a session")]
    HolderOnly,
    /// No account that the caller may know of.
    #[error("there is no such account")]
    NoSuchAccount,
    /// No landlord that the caller may know of.
    #[error("there is no such landlord")]
    NoSuchLandlord,
    /// No session of the caller's.
    #[error("there is no such session")]
    NoSuchSession,
    /// The account is not locked.
    #[error("the account is not locked")]
    NoSuchLock,
    /// Nothing is restricted.
    #[error("there is no such restriction")]
    NoSuchRestriction,
    /// Another account has the address.
    #[error("the username is taken")]
    UsernameTaken,
    /// Another service client has the name.
    #[error("the name is taken")]
    NameTaken,
    /// The same request id came before with something else.
    #[error("the request id was used for something else")]
    RequestIdReused,
    /// As many sub-accounts are active as may be (ID-9).
    #[error("three sub-accounts are active already")]
    TooManySubAccounts,
    /// Whoever deactivates an account must be able to undo it.
    #[error("nobody may deactivate their own account")]
    OwnAccount,
    /// Restrictions are for the landlords' people.
    #[error("staff can't be restricted")]
    StaffNotRestricted,
    /// An inactive account is sent no link.
    #[error("the account is inactive")]
    Inactive,
    /// Somebody changed it first.
    #[error("it was changed by someone else")]
    Stale,
    /// The database.
    #[error("the database failed")]
    Db(#[from] sqlx::Error),
    /// Hashing or signing.
    #[error("a key or a hash failed")]
    Crypto(#[source] anyhow::Error),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::LoginRefused
            | Self::CodeRefused
            | Self::LoginExpired
            | Self::PasswordResetRequired
            | Self::SessionEnded
            | Self::ClientRefused => Kind::Unauthenticated,
            Self::TooManyAttempts { .. } | Self::TooManyCodes { .. } | Self::Busy => {
                Kind::Exhausted
            }
            Self::LinkRefused
            | Self::NothingToSend
            | Self::TooManySubAccounts
            | Self::OwnAccount
            | Self::StaffNotRestricted
            | Self::Inactive => Kind::Refused,
            Self::ScopeRefused | Self::HolderOnly => Kind::Forbidden,
            Self::NoSuchAccount
            | Self::NoSuchLandlord
            | Self::NoSuchSession
            | Self::NoSuchLock
            | Self::NoSuchRestriction => Kind::NotFound,
            Self::UsernameTaken | Self::NameTaken | Self::RequestIdReused => Kind::Exists,
            Self::Stale => Kind::Stale,
            Self::Db(_) | Self::Crypto(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::LoginRefused => "LOGIN_REFUSED",
            Self::TooManyAttempts { .. } => "TOO_MANY_ATTEMPTS",
            Self::Busy => "BUSY",
            Self::CodeRefused => "CODE_REFUSED",
            Self::LoginExpired => "LOGIN_EXPIRED",
            Self::PasswordResetRequired => "PASSWORD_RESET_REQUIRED",
            Self::TooManyCodes { .. } => "TOO_MANY_CODES",
            Self::LinkRefused => "LINK_REFUSED",
            Self::NothingToSend => "NOTHING_TO_SEND",
            Self::SessionEnded => "SESSION_ENDED",
            Self::ClientRefused => "CLIENT_REFUSED",
            Self::ScopeRefused => "SCOPE_REFUSED",
            Self::HolderOnly => "HOLDER_ONLY",
            Self::NoSuchAccount => "NO_SUCH_ACCOUNT",
            Self::NoSuchLandlord => "NO_SUCH_LANDLORD",
            Self::NoSuchSession => "NO_SUCH_SESSION",
            Self::NoSuchLock => "NO_SUCH_LOCK",
            Self::NoSuchRestriction => "NO_SUCH_RESTRICTION",
            Self::UsernameTaken => "USERNAME_TAKEN",
            Self::NameTaken => "NAME_TAKEN",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::TooManySubAccounts => "TOO_MANY_SUB_ACCOUNTS",
            Self::OwnAccount => "OWN_ACCOUNT",
            Self::StaffNotRestricted => "STAFF_NOT_RESTRICTED",
            Self::Inactive => "ACCOUNT_INACTIVE",
            Self::Stale => "STALE",
            Self::Db(_) => "DATABASE",
            Self::Crypto(_) => "CRYPTO",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyAttempts { retry_after } | Self::TooManyCodes { retry_after } => {
                Some(*retry_after)
            }
            Self::Busy => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}
