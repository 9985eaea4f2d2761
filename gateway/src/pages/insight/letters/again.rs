//! A letter that was sent goes out once more: to another address, or by post (SC-12).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use proto::service_complaint::v1::{Delivery, Letter, SendLetterAgainRequest};

use super::super::step::{Answer, Field, FormPage, Typed, filled, problems};
use super::super::{HOME, Insight, find};
use super::{client, find_letter, only_writers, said, went};
use crate::Edge;
use crate::extract::Path;
use crate::flash::Flash;
use crate::form::{Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;

pub(super) async fn ask(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let letter = find_letter(&edge, &session, &reference, &id).await?;
    let complaint = find(&edge, &session, &reference).await?;
    let person = complaint.service_user.unwrap_or_default();
    let typed = Typed::from_iter([
        ("email", person.email),
        ("postal_address", person.postal_address),
        ("request_id", kit::id().to_string()),
    ]);
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(page, &letter, &typed, Errors::none());
    Ok((jar, form).into_response())
}

pub(super) async fn send(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let letter = find_letter(&edge, &session, &reference, &id).await?;
    let delivery = Delivery::from_str_name(typed.get("delivery")).unwrap_or_default();
    let field = field_of(delivery);
    let request = SendLetterAgainRequest {
        request_id: typed.get("request_id").to_owned(),
        letter_id: letter.id.clone(),
        delivery: delivery.into(),
        address: typed.text(field),
    };
    let sent = client(&edge)?
        .send_letter_again(session.to("service-complaint", request))
        .await;
    let errors = match sent {
        Ok(sent) => {
            let sent = sent.into_inner();
            let text = match sent.delivery() {
                Delivery::Post => {
                    "The letter is ready for the post. Print it, and record when it was posted."
                }
                _ => "The letter goes out by email.",
            };
            let address = format!("{HOME}/{reference}/letters/{}", sent.id);
            let flash = Flash::success(text);
            return Ok((flash.keep(frame.jar), Redirect::to(&address)).into_response());
        }
        Err(refused) => beside(&problems(refused)?, field),
    };
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(page, &letter, &typed, errors);
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
}

/// The field that holds the address of a way.
fn field_of(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Email => "email",
        Delivery::Post | Delivery::Unspecified => "postal_address",
    }
}

/// What is wrong with the address stands beside the field that it was typed into.
fn beside(errors: &Errors, address: &str) -> Errors {
    let mut ours = Errors::none();
    for error in errors.all() {
        let field = match error.field.as_str() {
            "address" => address,
            field => field,
        };
        ours.add(field, error.message.clone());
    }
    ours
}

fn form(page: Page, letter: &Letter, typed: &Typed, errors: Errors) -> FormPage {
    let ways = vec![
        Answer::new(Delivery::Email.as_str_name(), "By email"),
        Answer::new(Delivery::Post.as_str_name(), "By post")
            .hint("The letter waits in the list of letters to post"),
    ];
    let fields = vec![
        Field::radios("delivery", "How do you send it now?", ways),
        Field::line("email", "Email address").hint("If you send it by email"),
        Field::text("postal_address", "Postal address", 500).hint("If you send it by post"),
    ];
    let reference = &letter.reference;
    FormPage {
        page,
        errors,
        address: format!("{HOME}/{reference}/letters/{}/again", letter.id),
        back: (
            format!("{HOME}/{reference}/letters/{}", letter.id),
            said::kind(letter.kind()).to_owned(),
        ),
        title: "Send the letter again".to_owned(),
        button: "Send it again".to_owned(),
        warning: false,
        intro: vec![
            "The letter goes out word for word and with its own date, after a sentence that says that it comes again.".to_owned(),
            "This changes nothing about the person. If their address is no longer right, correct it on the complaint, too, so that the next letter reaches them.".to_owned(),
            "The dates in it do not move. If the person lost time to ask for stage 2, consider a late request (policy 4.12).".to_owned(),
        ],
        about: vec![
            ("Letter".to_owned(), letter.subject.clone()),
            ("How it went".to_owned(), went(letter)),
            ("Where to".to_owned(), letter.address.clone()),
        ],
        fields: filled(fields, typed),
        hidden: vec![("request_id", typed.get("request_id").to_owned())],
        changes: Vec::new(),
    }
}
