//! What went wrong, in words for whoever stands at the terminal, and as an exit code for a script.

use std::fmt;
use std::process::ExitCode;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A service refused, or could not be reached.
    Service(Status),
    /// Something on this side.
    Here(anyhow::Error),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Service(status)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Here(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = match self {
            Self::Here(error) => return write!(formatter, "{error:#}"),
            Self::Service(status) => status,
        };
        match status.code() {
            Code::Unavailable | Code::DeadlineExceeded | Code::Unknown => {
                write!(
                    formatter,
                    "the portal does not answer: {}",
                    status.message()
                )?;
            }
            Code::PermissionDenied => write!(formatter, "not allowed: {}", status.message())?,
            _ => write!(formatter, "{}", status.message())?,
        }
        if let Some(info) = status.get_details_error_info() {
            write!(formatter, " [{}]", info.reason)?;
        }
        let violations = status
            .get_details_bad_request()
            .map(|it| it.field_violations);
        for violation in violations.unwrap_or_default() {
            write!(
                formatter,
                "\n  {}: {}",
                violation.field, violation.description
            )?;
        }
        Ok(())
    }
}

impl Failure {
    /// 69 when the portal can't be reached (`EX_UNAVAILABLE`), 77 when the operator may not (`EX_NOPERM`), else 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        let code = match self {
            Self::Service(status) => match status.code() {
                Code::Unavailable | Code::DeadlineExceeded | Code::Unknown => 69,
                Code::PermissionDenied | Code::Unauthenticated => 77,
                _ => 1,
            },
            Self::Here(_) => 1,
        };
        ExitCode::from(code)
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_refusal_names_its_reason_and_every_field() {
        let mut details = ErrorDetails::with_error_info("INVALID_FIELDS", "casework", []);
        details.add_bad_request_violation("title", "Enter the title");
        details.add_bad_request_violation("due_on", "Due on must be a real date");
        let status = Status::with_error_details(
            Code::InvalidArgument,
            "the request has 2 wrong field(s)",
            details,
        );

        assert_eq!(
            Failure::from(status).to_string(),
            "the request has 2 wrong field(s) [INVALID_FIELDS]\n  title: Enter the title\n  due_on: Due on must be a real date"
        );
    }
}
