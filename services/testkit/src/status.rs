//! What a refusal says.

use tonic::Status;
use tonic_types::StatusExt as _;

/// The reason of a refusal, such as `CASE_HAS_OPEN_TASKS`; empty when it gives none.
#[must_use]
pub fn reason(status: &Status) -> String {
    status
        .get_error_details()
        .error_info()
        .map(|it| it.reason.clone())
        .unwrap_or_default()
}

/// The fields at fault with what is said about each.
#[must_use]
pub fn violations(status: &Status) -> Vec<(String, String)> {
    let details = status.get_error_details();
    let violations = details
        .bad_request()
        .map(|it| it.field_violations.as_slice())
        .unwrap_or_default();
    violations
        .iter()
        .map(|it| (it.field.clone(), it.description.clone()))
        .collect()
}
