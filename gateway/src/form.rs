//! Forms: read only after their token was checked, and answered with every mistake beside its field.

use axum::body;
use axum::extract::{FromRequest, Request};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::problem::Problem;
use crate::{Edge, csrf};

/// The largest form without files: a request for stage 2 with everything that it can say, each character of which may take nine bytes.
const LARGEST: usize = 512 * 1024;

/// A form of one of our pages. There is no other way to read a form, so none can be read without its token.
pub(crate) struct Form<T>(pub(crate) T);

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<Edge> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Edge) -> Result<Self, Problem> {
        let jar = CookieJar::from_headers(request.headers());
        let body = body::to_bytes(request.into_body(), LARGEST)
            .await
            .map_err(|_| Problem::TooLarge)?;
        let Token { csrf: token } =
            serde_urlencoded::from_bytes(&body).map_err(|_| Problem::BadForm)?;
        if !csrf::matches(&jar, &token) {
            return Err(Problem::NotOurForm);
        }
        serde_urlencoded::from_bytes(&body)
            .map(Self)
            .map_err(|_| Problem::BadForm)
    }
}

/// What is wrong with a form, in the order of its fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Errors(Vec<FieldError>);

/// A mistake in a form; an empty field is about the whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) message: String,
}

impl Errors {
    /// Nothing is wrong.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// One thing is wrong.
    pub(crate) fn one(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::none();
        errors.add(field, message);
        errors
    }

    pub(crate) fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn all(&self) -> &[FieldError] {
        &self.0
    }

    /// The sentence beside a field, empty when it is right.
    pub(crate) fn of(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map_or("", |error| &error.message)
    }

    /// What a service says is wrong with the fields; anything else it says is a problem of its own. `fields` names the form's field for each of
    /// the service's that is called otherwise.
    pub(crate) fn of_status(status: Status, fields: &[(&str, &str)]) -> Result<Self, Problem> {
        if status.code() != Code::InvalidArgument {
            return Err(status.into());
        }
        let Some(bad_request) = status.get_details_bad_request() else {
            return Err(status.into());
        };
        let mut errors = Self::none();
        for violation in bad_request.field_violations {
            let named = fields
                .iter()
                .find(|(theirs, _)| *theirs == violation.field)
                .map(|(_, ours)| *ours);
            errors.add(named.unwrap_or(&violation.field), violation.description);
        }
        Ok(errors)
    }
}

/// The stable word for why a service refused.
pub(crate) fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}
