//! Links to set a password (ID-3).

use chrono::Duration;

/// How long a link works after it was sent.
pub const LIFETIME: Duration = Duration::hours(1);

/// Why a link is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Cause {
    /// The holder chose *Forgot your password?*.
    Forgotten,
    /// The account is new.
    NewAccount,
    /// The landlord's administrator asked for it.
    ByAdministrator,
    /// Too many log-ins failed.
    Forced,
}

impl Cause {
    /// How long the link is worth sending. Somebody who asked for one waits for it and will ask
    /// again; the others don't know that it is on its way, so an outage of the mail server must not
    /// lose it.
    #[must_use]
    pub fn worth_sending_for(self) -> Duration {
        match self {
            Self::Forgotten => Duration::hours(1),
            Self::NewAccount | Self::ByAdministrator | Self::Forced => Duration::hours(24),
        }
    }
}
