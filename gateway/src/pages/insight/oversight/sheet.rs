//! The forms of what is overseen, such as lessons and counts: each asked, sent, and shown again with what is wrong.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::super::step::{Field, FormPage, Typed, filled, problems};
use super::super::words::sentence;
use crate::flash::Flash;
use crate::form::{Errors, reason};
use crate::page::{Area, Frame};
use crate::problem::Problem;

/// A form before it is filled in.
pub(super) struct Sheet {
    /// Where it is sent.
    pub(super) address: String,
    /// Where to go back to, and on to.
    pub(super) back: (Cow<'static, str>, &'static str),
    pub(super) title: &'static str,
    pub(super) button: &'static str,
    pub(super) intro: &'static str,
    /// What it is about: names and words.
    pub(super) about: Vec<(String, String)>,
    pub(super) fields: Vec<Field>,
    /// The names of what goes with it and is not shown.
    pub(super) hidden: &'static [&'static str],
}

impl Sheet {
    /// The form with what was typed.
    pub(super) async fn show(self, frame: Frame, typed: &Typed) -> Response {
        self.page(frame, typed, Errors::none(), StatusCode::OK)
            .await
    }

    /// What follows when it was sent: the list again, or the form with what is wrong.
    pub(super) async fn answer<T>(
        self,
        frame: Frame,
        typed: &Typed,
        sent: Result<T, Status>,
        done: &'static str,
    ) -> Result<Response, Problem> {
        match sent {
            Ok(_) => {
                let onto = Redirect::to(&self.back.0);
                Ok((Flash::success(done.to_owned()).keep(frame.jar), onto).into_response())
            }
            Err(refused) => {
                let errors = beside(refused)?;
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Ok(self.page(frame, typed, errors, status).await)
            }
        }
    }

    async fn page(
        self,
        frame: Frame,
        typed: &Typed,
        errors: Errors,
        status: StatusCode,
    ) -> Response {
        let (jar, page) = frame.page(Area::ServiceComplaints).await;
        let (address, name) = self.back;
        let hidden = self.hidden.iter();
        let form = FormPage {
            page,
            errors,
            address: self.address,
            back: (address.into_owned(), name.to_owned()),
            title: self.title.to_owned(),
            button: self.button.to_owned(),
            warning: false,
            intro: vec![self.intro.to_owned()],
            about: self.about,
            fields: filled(self.fields, typed),
            hidden: hidden
                .map(|name| (*name, typed.get(name).to_owned()))
                .collect(),
            changes: Vec::new(),
        };
        (status, jar, form).into_response()
    }
}

/// What is asked when something was done.
pub(super) fn done(today: NaiveDate) -> Vec<Field> {
    vec![
        Field::past_date("on", "When was it done?", today).hint("For example, 18/10/2024"),
        Field::text("evidence", "What shows that it was done?", 2_000)
            .missing("Enter what shows that it is done"),
    ]
}

/// The form of something that was done, before it is filled in: most is recorded on its day.
pub(super) fn done_today(version: i64, today: NaiveDate) -> Typed {
    Typed::from_iter([
        ("version", version.to_string()),
        ("on", today.format("%d/%m/%Y").to_string()),
    ])
}

/// What the service says is wrong, beside the fields that it names, whether it is a mistake or stands in the way of something.
fn beside(refused: Status) -> Result<Errors, Problem> {
    // The colleague of a lesson sees to it and handles nothing.
    if reason(&refused) == "CONFLICT_OF_COLLEAGUE" {
        return Ok(Errors::one("owner_id", sentence(refused.message())));
    }
    let stands_in_the_way = matches!(
        refused.code(),
        Code::FailedPrecondition | Code::AlreadyExists
    );
    let named = refused.get_details_bad_request();
    let named = named.filter(|it| stands_in_the_way && !it.field_violations.is_empty());
    let Some(named) = named else {
        return problems(refused);
    };
    let mut errors = Errors::none();
    for violation in named.field_violations {
        errors.add(&violation.field, sentence(&violation.description));
    }
    Ok(errors)
}
