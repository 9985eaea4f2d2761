//! Puts right what is known of a person and of the definition, each with the reason, which the complaint's timeline keeps with what stood there before.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum_extra::extract::cookie::CookieJar;
use proto::service_complaint::v1::{
    Complaint, ComplaintType, CorrectNeedsRequest, CorrectPersonRequest, CorrectTypeRequest,
    Element, RewordElementRequest, Standing,
};
use serde::Deserialize;
use tonic::Status;

use super::record::{typed_user, user_fields};
use super::step::{
    Answer, Field, FormPage, Typed, changed_since, filled, needs, problems, typed_needs,
};
use super::words as said;
use super::{HOME, Insight, find};
use crate::Edge;
use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame};
use crate::problem::Problem;

pub(super) fn router() -> Router<Edge> {
    Router::new().route(
        "/service-complaints/{reference}/change/{what}",
        get(ask).post(change),
    )
}

/// What is put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Person,
    Needs,
    Type,
    Element,
}

impl What {
    fn of(slug: &str) -> Option<Self> {
        match slug {
            "person" => Some(Self::Person),
            "needs" => Some(Self::Needs),
            "type" => Some(Self::Type),
            "element" => Some(Self::Element),
            _ => None,
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Needs => "needs",
            Self::Type => "type",
            Self::Element => "element",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Person => "Change the person’s details",
            Self::Needs => "Change the person’s needs",
            Self::Type => "Change what the complaint is about",
            Self::Element => "Change the words of an element",
        }
    }

    fn address(self, reference: &str) -> String {
        format!("{HOME}/{reference}/change/{}", self.slug())
    }

    /// Whether a complaint that stands so is offered it.
    fn fits(self, complaint: &Complaint) -> bool {
        let underway = matches!(
            complaint.standing(),
            Standing::Investigated | Standing::Reviewed
        );
        matches!(self, Self::Person | Self::Needs) || underway
    }
}

/// The links that a complaint's page has to these forms; each is empty where there is none to follow.
pub(super) struct Changes {
    pub(super) person: String,
    pub(super) needs: String,
    pub(super) kind: String,
    /// For each element, in their order.
    pub(super) elements: Vec<String>,
}

impl Changes {
    /// For whoever works on the complaint.
    pub(super) fn of(complaint: &Complaint, works: bool) -> Self {
        let link = |what: What| {
            let there = works && what.fits(complaint);
            if there {
                what.address(&complaint.reference)
            } else {
                String::new()
            }
        };
        Self {
            person: link(What::Person),
            // Before the acknowledgement, the definition and the needs are set out in one form.
            needs: if complaint.standing() == Standing::Received {
                String::new()
            } else {
                link(What::Needs)
            },
            kind: link(What::Type),
            elements: complaint
                .elements
                .iter()
                .map(|it| Self::of_element(complaint, it, works))
                .collect(),
        }
    }

    /// The form of an element's words; empty where they stay.
    fn of_element(complaint: &Complaint, element: &Element, works: bool) -> String {
        let stage = match complaint.standing() {
            Standing::Investigated => 1,
            Standing::Reviewed => 2,
            _ => return String::new(),
        };
        if works && element.stage == stage && is_undecided(element) {
            let address = What::Element.address(&complaint.reference);
            format!("{address}?item={}", element.id)
        } else {
            String::new()
        }
    }
}

fn is_undecided(element: &Element) -> bool {
    element.decision() == proto::service_complaint::v1::Decision::Unspecified
        && element.exclusion.is_none()
}

/// The element that a form is about.
#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    item: String,
}

/// What of the page's address there is, for those who change it.
fn for_workers(session: &Insight, slug: &str) -> Result<What, Problem> {
    What::of(slug)
        .filter(|_| session.works())
        .ok_or(Problem::NotFound)
}

async fn ask(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, slug)): Path<(String, String)>,
    Query(Part { item }): Query<Part>,
) -> Result<Response, Problem> {
    let what = for_workers(&session, &slug)?;
    let complaint = find(&edge, &session, &reference).await?;
    if !what.fits(&complaint) {
        let flash = Flash::important("That can’t be changed as the complaint stands now.");
        return Ok(back(&complaint, &flash, frame));
    }
    let mut typed = first(what, &complaint, &item).ok_or(Problem::NotFound)?;
    typed.put("item", &item);
    opened_now(&mut typed, &complaint, &edge);
    let form = form(what, &complaint, &typed, frame, Errors::none()).await;
    Ok(form.into_response())
}

async fn change(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, slug)): Path<(String, String)>,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Problem> {
    let what = for_workers(&session, &slug)?;
    let complaint = find(&edge, &session, &reference).await?;
    let errors = match send(what, &edge, &session, &complaint, &typed).await {
        Ok(()) => {
            let flash = Flash::success("Changed. The timeline keeps what stood there before.");
            return Ok(back(&complaint, &flash, frame));
        }
        Err(refused) if reason(&refused) == "STALE" && what.fits(&complaint) => {
            let errors = Errors::one(
                "",
                "The complaint was changed since you opened this form. Read what changed, then send the form again if it still fits",
            );
            let changes = changed_since(&edge, &session, &complaint.id, &typed).await?;
            opened_now(&mut typed, &complaint, &edge);
            let (jar, mut page) = form(what, &complaint, &typed, frame, errors).await;
            page.changes = changes;
            return Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, page)).into_response());
        }
        Err(refused) => problems(refused)?,
    };
    let (jar, page) = form(what, &complaint, &typed, frame, errors).await;
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, page)).into_response())
}

fn back(complaint: &Complaint, flash: &Flash, frame: Frame) -> Response {
    let address = format!("{HOME}/{}", complaint.reference);
    (flash.keep(frame.jar), Redirect::to(&address)).into_response()
}

/// Notes which version the form shows, and since when.
fn opened_now(typed: &mut Typed, complaint: &Complaint, edge: &Edge) {
    typed.put("version", &complaint.version.to_string());
    typed.put("opened", &edge.clock.now().timestamp_millis().to_string());
}

async fn send(
    what: What,
    edge: &Edge,
    session: &Insight,
    complaint: &Complaint,
    typed: &Typed,
) -> Result<(), Status> {
    let complaint_id = complaint.id.clone();
    let version = typed.number("version");
    let why = typed.text("reason");
    let mut client = edge.clients.amendment.clone();
    match what {
        What::Person => {
            let request = CorrectPersonRequest {
                complaint_id,
                version,
                service_user: Some(typed_user(typed)),
                case_reference: typed.text("case_reference"),
                reason: why,
            };
            let request = session.to("service-complaint", request);
            client.correct_person(request).await.map(drop)
        }
        What::Needs => {
            let request = CorrectNeedsRequest {
                complaint_id,
                version,
                needs: Some(typed_needs(typed)),
                reason: why,
            };
            let request = session.to("service-complaint", request);
            client.correct_needs(request).await.map(drop)
        }
        What::Type => {
            let kind = ComplaintType::from_str_name(typed.get("complaint_type"));
            let request = CorrectTypeRequest {
                complaint_id,
                version,
                complaint_type: kind.unwrap_or_default().into(),
                reason: why,
            };
            let request = session.to("service-complaint", request);
            client.correct_type(request).await.map(drop)
        }
        What::Element => {
            let request = RewordElementRequest {
                complaint_id,
                version,
                element_id: typed.get("item").to_owned(),
                text: typed.text("text"),
                reason: why,
            };
            let request = session.to("service-complaint", request);
            client.reword_element(request).await.map(drop)
        }
    }
}

/// What stands in the fields at first; `None` about an element that the complaint does not have.
fn first(what: What, complaint: &Complaint, item: &str) -> Option<Typed> {
    let user = complaint.service_user.clone().unwrap_or_default();
    let known = complaint.needs.clone().unwrap_or_default();
    let values = match what {
        What::Person => vec![
            ("service_user.kind", user.kind().as_str_name().to_owned()),
            (
                "service_user.format",
                user.format().as_str_name().to_owned(),
            ),
            ("service_user.name", user.name),
            ("service_user.email", user.email),
            ("service_user.telephone", user.telephone),
            ("service_user.postal_address", user.postal_address),
            ("case_reference", complaint.case_reference.clone()),
        ],
        What::Needs => vec![
            ("needs.contact", known.contact),
            (
                "needs.communication_preference",
                known.communication_preference,
            ),
            ("needs.reasonable_adjustments", known.reasonable_adjustments),
            ("needs.vulnerabilities", known.vulnerabilities),
        ],
        What::Type => vec![(
            "complaint_type",
            complaint.complaint_type().as_str_name().to_owned(),
        )],
        What::Element => {
            let element = complaint.elements.iter().find(|it| it.id == item)?;
            vec![("text", element.text.clone())]
        }
    };
    Some(values.into_iter().collect())
}

fn fields(what: What) -> Vec<Field> {
    let mut fields = match what {
        What::Person => {
            let mut fields = user_fields();
            fields.push(
                Field::line("case_reference", "Case reference")
                    .hint("If it is about a case. For example, 202312345"),
            );
            fields
        }
        What::Needs => needs(),
        What::Type => {
            let types = said::TYPES.map(|(it, words)| Answer::new(it.as_str_name(), words));
            vec![Field::radios(
                "complaint_type",
                "What is it about?",
                types.into(),
            )]
        }
        What::Element => vec![
            Field::text("text", "What is complained about, in a sentence?", 1_000)
                .missing("Enter the words"),
        ],
    };
    fields.push(
        Field::text("reason", "Why is it changed?", 1_000)
            .missing("Enter a reason")
            .hint("The timeline keeps it, with what stood there before"),
    );
    fields
}

fn intro(what: What) -> &'static str {
    match what {
        What::Person => {
            "Letters that were sent stay as they were sent. What is sent from now on goes by these details."
        }
        What::Needs => {
            "Needs can come up at any point. Write “None” where you asked and there are none (policy 3.2)."
        }
        What::Type => "The reports count the complaint as what it is about.",
        What::Element => {
            "An element can be worded anew until it is decided. Tell the person if that changes what we look into (policy 4.1)."
        }
    }
}

async fn form(
    what: What,
    complaint: &Complaint,
    typed: &Typed,
    frame: Frame,
    errors: Errors,
) -> (CookieJar, FormPage) {
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let name = complaint.service_user.as_ref().map(|it| it.name.as_str());
    let hidden = ["version", "item", "opened"]
        .map(|it| (it, typed.get(it).to_owned()))
        .into();
    let form = FormPage {
        page,
        errors,
        address: what.address(&complaint.reference),
        back: (
            format!("{HOME}/{}", complaint.reference),
            format!("{}, {}", complaint.reference, name.unwrap_or_default()),
        ),
        title: what.title().to_owned(),
        button: "Save the change".to_owned(),
        warning: false,
        intro: vec![intro(what).to_owned()],
        about: Vec::new(),
        fields: filled(fields(what), typed),
        hidden,
        changes: Vec::new(),
    };
    (jar, form)
}
