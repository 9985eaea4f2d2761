//! Records a complaint that came by telephone, letter, email or a colleague (1.6).

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use proto::service_complaint::v1::{
    Channel, Format, RecordComplaintRequest, ServiceUser, ServiceUserKind,
};

use super::step::{Answer, Field, FormPage, Typed, filled, needs, problems, typed_needs};
use super::words as said;
use super::{HOME, Insight};
use crate::Edge;
use crate::flash::Flash;
use crate::form::{Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;

pub(super) fn router() -> Router<Edge> {
    Router::new().route("/service-complaints/record", get(ask).post(record))
}

async fn ask(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
) -> Result<Response, Problem> {
    only_workers(&session)?;
    let typed = Typed::from_iter([("request_id", kit::id().to_string())]);
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(&edge, &typed, page, Errors::none(), &Place::WORKSPACE);
    Ok((jar, form).into_response())
}

async fn record(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only_workers(&session)?;
    let mut client = edge.clients.service_complaint.clone();
    let request = session.to("service-complaint", request(&typed));
    let errors = match client.record_complaint(request).await {
        Ok(complaint) => {
            let reference = complaint.into_inner().reference;
            let flash = Flash::success(format!(
                "The complaint is recorded. Its reference is {reference}."
            ));
            let address = format!("{HOME}/{reference}");
            return Ok((flash.keep(frame.jar), Redirect::to(&address)).into_response());
        }
        Err(refused) => problems(refused)?,
    };
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(&edge, &typed, page, errors, &Place::WORKSPACE);
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
}

fn only_workers(session: &Insight) -> Result<(), Problem> {
    if session.works() {
        Ok(())
    } else {
        Err(Problem::NotFound)
    }
}

/// A complaint, as it was typed.
pub(super) fn request(typed: &Typed) -> RecordComplaintRequest {
    let channel = Channel::from_str_name(typed.get("channel")).unwrap_or_default();
    RecordComplaintRequest {
        request_id: typed.get("request_id").to_owned(),
        service_user: Some(typed_user(typed)),
        channel: channel.into(),
        summary: typed.text("summary"),
        received_on: typed.date("received_on"),
        needs: Some(typed_needs(typed)),
        case_reference: typed.text("case_reference"),
    }
}

/// Who complains, as it was typed.
pub(super) fn typed_user(typed: &Typed) -> ServiceUser {
    let kind = ServiceUserKind::from_str_name(typed.get("service_user.kind")).unwrap_or_default();
    let format = Format::from_str_name(typed.get("service_user.format")).unwrap_or_default();
    ServiceUser {
        name: typed.text("service_user.name"),
        kind: kind.into(),
        email: typed.text("service_user.email"),
        telephone: typed.text("service_user.telephone"),
        postal_address: typed.text("service_user.postal_address"),
        format: format.into(),
    }
}

/// The fields of who complains.
pub(super) fn user_fields() -> Vec<Field> {
    let kinds = [
        ServiceUserKind::Resident,
        ServiceUserKind::Representative,
        ServiceUserKind::Landlord,
        ServiceUserKind::Other,
    ]
    .map(|it| Answer::new(it.as_str_name(), said::user_kind(it)));
    let formats = [
        Format::Email,
        Format::Letter,
        Format::LargePrint,
        Format::EasyRead,
    ]
    .map(|it| Answer::new(it.as_str_name(), said::format(it)));
    vec![
        Field::line("service_user.name", "Name"),
        Field::radios("service_user.kind", "What are they to us?", kinds.into()),
        Field::line("service_user.email", "Email address").hint("Needed for letters by email"),
        Field::line("service_user.telephone", "Telephone number"),
        Field::text("service_user.postal_address", "Postal address", 500)
            .hint("Needed for letters on paper and in large print"),
        Field::radios(
            "service_user.format",
            "How do we send letters?",
            formats.into(),
        ),
    ]
}

/// Where the form is: its address, and the page before it.
pub(super) struct Place {
    pub(super) address: &'static str,
    pub(super) back: (&'static str, &'static str),
}

impl Place {
    const WORKSPACE: Self = Self {
        address: "/service-complaints/record",
        back: (HOME, "My complaints"),
    };
}

/// The form of a new complaint.
pub(super) fn form(
    edge: &Edge,
    typed: &Typed,
    page: Page,
    errors: Errors,
    place: &Place,
) -> FormPage {
    let channels = [
        Channel::Telephone,
        Channel::Letter,
        Channel::Email,
        Channel::Colleague,
    ]
    .map(|it| Answer::new(it.as_str_name(), said::channel(it)));
    let mut fields = vec![
        Field::radios("channel", "How did it come?", channels.into()),
        Field::past_date("received_on", "When was it received?", edge.clock.today()).hint(
            "For example, 18/10/2024. The 5 working days for the acknowledgement run from here",
        ),
        Field::text("summary", "What was said, in the person’s words", 10_000)
            .missing("Enter what it is about, in a few sentences"),
        Field::line("case_reference", "Case reference")
            .hint("If it is about a case. For example, 202312345"),
        Field::heading("Who complains"),
    ];
    fields.extend(user_fields());
    fields.push(Field::heading(
        "The person’s needs, as far as they are known",
    ));
    fields.extend(needs());
    FormPage {
        page,
        errors,
        address: place.address.to_owned(),
        back: (place.back.0.to_owned(), place.back.1.to_owned()),
        title: "Record a complaint".to_owned(),
        button: "Record it".to_owned(),
        warning: false,
        intro: vec![
            "A person can complain about our service by email, telephone, letter, webform, or to any colleague (policy 1.6). It is acknowledged within 5 working days (policy 4.1).".to_owned(),
        ],
        about: Vec::new(),
        fields: filled(fields, typed),
        hidden: vec![("request_id", typed.get("request_id").to_owned())],
        changes: Vec::new(),
    }
}
