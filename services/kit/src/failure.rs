//! From a service's error to what the caller is told, once.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

/// What the caller may do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Correct the request: `INVALID_ARGUMENT`, 400.
    Invalid,
    /// Nothing: it does not exist, or the caller may not know that it does. `NOT_FOUND`, 404.
    NotFound,
    /// Change something else first: `FAILED_PRECONDITION`, 409.
    Refused,
    /// Load it again and decide anew: `ABORTED`, 409.
    Stale,
    /// Choose another name: `ALREADY_EXISTS`, 409.
    Exists,
    /// Log in: `UNAUTHENTICATED`, 401.
    Unauthenticated,
    /// Nothing: the caller's role does not allow it. `PERMISSION_DENIED`, 403.
    Forbidden,
    /// Wait: `RESOURCE_EXHAUSTED`, 429.
    Exhausted,
    /// Ask for another range: `OUT_OF_RANGE`, 416.
    OutOfRange,
    /// Try again: `UNAVAILABLE`, 503.
    Unavailable,
    /// Report it: `INTERNAL`, 500. It is logged where it becomes a status, and told to nobody.
    Internal,
}

impl Kind {
    fn code(self) -> Code {
        match self {
            Self::Invalid => Code::InvalidArgument,
            Self::NotFound => Code::NotFound,
            Self::Refused => Code::FailedPrecondition,
            Self::Stale => Code::Aborted,
            Self::Exists => Code::AlreadyExists,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::Forbidden => Code::PermissionDenied,
            Self::Exhausted => Code::ResourceExhausted,
            Self::OutOfRange => Code::OutOfRange,
            Self::Unavailable => Code::Unavailable,
            Self::Internal => Code::Internal,
        }
    }
}

/// A field of a request that is wrong, and why, in words for the person who filled it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field, by its name in the proto.
    pub field: String,
    /// What is wrong with it, as a sentence.
    pub description: String,
    /// The same as a stable word, such as `TOO_LONG`.
    pub reason: &'static str,
}

/// A request with wrong fields.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request has {} wrong field(s)", .0.len())]
pub struct Invalid(pub Vec<Violation>);

impl Invalid {
    /// A request with one wrong field.
    #[must_use]
    pub fn field(
        field: impl Into<String>,
        description: impl Into<String>,
        reason: &'static str,
    ) -> Self {
        Self(vec![Violation {
            field: field.into(),
            description: description.into(),
            reason,
        }])
    }
}

impl Failure for Invalid {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn reason(&self) -> &'static str {
        match self.0.as_slice() {
            [only] => only.reason,
            _ => "INVALID_FIELDS",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        self.0.clone()
    }
}

/// An error that knows what it means to the caller.
pub trait Failure: Error + Send + Sync + 'static {
    /// What the caller may do about it.
    fn kind(&self) -> Kind;

    /// A stable word for programs, in `UPPER_SNAKE` (AIP-193).
    fn reason(&self) -> &'static str;

    /// The fields at fault, for `Kind::Invalid`.
    fn violations(&self) -> Vec<Violation> {
        Vec::new()
    }

    /// When to try again, for `Kind::Exhausted` and `Kind::Unavailable`.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

/// The domain that reasons are unique in (AIP-193).
const DOMAIN: &str = "casework";

/// Turns an error into what the caller is told. An internal one is logged here with its causes, and only here.
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that it reads `.map_err(kit::status)`"
)]
pub fn status<F: Failure>(failure: F) -> Status {
    let kind = failure.kind();
    if kind == Kind::Internal && waited_in_vain(&failure) {
        let soon = Some(Duration::from_secs(1));
        return described(Code::Unavailable, "too busy", "OVERLOADED", &[], soon);
    }
    if kind == Kind::Internal {
        tracing::error!(error = %chain(&failure), "a request failed");
        return described(
            Code::Internal,
            "something went wrong on our side",
            "INTERNAL",
            &[],
            None,
        );
    }
    described(
        kind.code(),
        &failure.to_string(),
        failure.reason(),
        &failure.violations(),
        failure.retry_after(),
    )
}

/// A status with the details that AIP-193 asks for.
pub(crate) fn described(
    code: Code,
    message: &str,
    reason: &str,
    violations: &[Violation],
    retry_after: Option<Duration>,
) -> Status {
    let reasons: HashMap<String, String> = violations
        .iter()
        .map(|it| (it.field.clone(), it.reason.to_owned()))
        .collect();
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, reasons);
    if !violations.is_empty() {
        let fields: Vec<_> = violations
            .iter()
            .map(|it| FieldViolation::new(&it.field, &it.description))
            .collect();
        details.set_bad_request(fields);
    }
    if retry_after.is_some() {
        details.set_retry_info(retry_after);
    }
    Status::with_error_details(code, message, details)
}

/// Whether no connection to the database was free in time: the request was not begun, and may be tried again.
fn waited_in_vain(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if matches!(error.downcast_ref(), Some(sqlx::Error::PoolTimedOut)) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// An error and what caused it, on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Broken {
        #[error("could not save")]
        Db(#[source] std::io::Error),
        #[error("too many codes")]
        TooMany,
    }

    impl Failure for Broken {
        fn kind(&self) -> Kind {
            match self {
                Self::Db(_) => Kind::Internal,
                Self::TooMany => Kind::Exhausted,
            }
        }

        fn reason(&self) -> &'static str {
            match self {
                Self::Db(_) => "DB",
                Self::TooMany => "TOO_MANY_CODES",
            }
        }

        fn retry_after(&self) -> Option<Duration> {
            matches!(self, Self::TooMany).then(|| Duration::from_mins(5))
        }
    }

    #[test]
    fn an_internal_error_tells_the_caller_nothing() {
        let status = status(Broken::Db(std::io::Error::other("password=hunter2")));

        assert_eq!(status.code(), Code::Internal);
        assert!(!format!("{status:?}").contains("hunter2"));
        assert!(!format!("{status:?}").contains("could not save"));
    }

    #[test]
    fn waiting_for_a_connection_in_vain_is_worth_another_try() {
        #[derive(Debug, thiserror::Error)]
        #[error("the database failed")]
        struct Db(#[from] sqlx::Error);

        impl Failure for Db {
            fn kind(&self) -> Kind {
                Kind::Internal
            }

            fn reason(&self) -> &'static str {
                "INTERNAL"
            }
        }

        let busy = status(Db(sqlx::Error::PoolTimedOut));
        let broken = status(Db(sqlx::Error::WorkerCrashed));

        assert_eq!(
            (busy.code(), broken.code()),
            (Code::Unavailable, Code::Internal)
        );
    }

    #[test]
    fn a_refusal_carries_its_reason_and_when_to_try_again() {
        let status = status(Broken::TooMany);

        let details = status.get_error_details();
        assert_eq!(details.error_info().unwrap().reason, "TOO_MANY_CODES");
        assert_eq!(
            details.retry_info().unwrap().retry_delay,
            Some(Duration::from_mins(5))
        );
    }

    #[test]
    fn wrong_fields_are_named_with_words_and_reasons() {
        let status = status(Invalid::field("title", "Enter a title", "REQUIRED"));

        let details = status.get_error_details();
        assert_eq!(
            details.bad_request().unwrap().field_violations[0].field,
            "title"
        );
        assert_eq!(details.error_info().unwrap().metadata["title"], "REQUIRED");
    }
}
