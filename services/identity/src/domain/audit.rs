//! What the security audit calls things (ID-14): OWASP's logging vocabulary, and words in its
//! manner where it has none.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person logged in with password and code.
    LoginSuccess,
    /// The same, after five failures or more.
    LoginSuccessAfterFail,
    /// A password, a code or a service client's secret was wrong.
    LoginFail,
    /// A log-in's tries, or an account's failures, are used up.
    LoginFailMax,
    /// An account was locked for a while.
    LoginLock,
    /// A lock was lifted before its time.
    LoginUnlock,
    /// A password was set.
    PasswordChange,
    /// A password was not set.
    PasswordChangeFail,
    /// A link to set a password was asked for.
    PasswordReset,
    /// A service client was given a token.
    TokenCreated,
    /// Somebody tried too often.
    RateLimitExceeded,
    /// A session began.
    SessionCreated,
    /// A session was ended before its time.
    SessionEnded,
    /// A person reached for what is another's.
    AuthzFail,
    /// An account, a landlord or a service client was made.
    UserCreated,
    /// An account or a landlord was changed.
    UserUpdated,
    /// An account was deactivated.
    UserArchived,
    /// A restriction was set or lifted.
    PrivilegesChanged,
}

impl Kind {
    /// The word in the audit.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LoginSuccess => "authn_login_success",
            Self::LoginSuccessAfterFail => "authn_login_successafterfail",
            Self::LoginFail => "authn_login_fail",
            Self::LoginFailMax => "authn_login_fail_max",
            Self::LoginLock => "authn_login_lock",
            Self::LoginUnlock => "authn_login_unlock",
            Self::PasswordChange => "authn_password_change",
            Self::PasswordChangeFail => "authn_password_change_fail",
            Self::PasswordReset => "authn_password_reset",
            Self::TokenCreated => "authn_token_created",
            Self::RateLimitExceeded => "excess_rate_limit_exceeded",
            Self::SessionCreated => "session_created",
            Self::SessionEnded => "session_ended",
            Self::AuthzFail => "authz_fail",
            Self::UserCreated => "user_created",
            Self::UserUpdated => "user_updated",
            Self::UserArchived => "user_archived",
            Self::PrivilegesChanged => "privilege_permissions_changed",
        }
    }
}
