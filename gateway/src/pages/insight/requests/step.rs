//! The forms of service requests: a new one, and each step.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use proto::identity::v1::Colleague;
use proto::service_complaint::v1::{
    AnswerServiceRequestRequest, AssignServiceRequestRequest, Channel, Format,
    RecordServiceRequestRequest, RequestStep, ReviewServiceRequestRequest, ServiceRequest,
    ServiceUser, ServiceUserKind, TurnIntoComplaintRequest,
};
use tonic::Status as Refusal;

use super::super::step::{Answer, Field, FormPage, Typed, filled, problems};
use super::super::words as said;
use super::super::{Insight, colleagues};
use super::{ADDRESS, find, words};
use crate::Edge;
use crate::extract::Path;
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame};
use crate::problem::Problem;
use crate::session::Session;
use crate::view::Choice;

/// What is said when somebody else was faster.
const CHANGED: &str = "The request was changed since you opened this form. Look at it, then send the form again if it still fits";

/// Each step: its address, its title, its button, and what is said once it is done.
const STEPS: [(RequestStep, &str, &str, &str, &str); 4] = [
    (
        RequestStep::Assign,
        "assign",
        "Give it to a colleague",
        "Give it",
        "The request has been given to them.",
    ),
    (
        RequestStep::Review,
        "review",
        "Review it",
        "Save the review",
        "The review is recorded.",
    ),
    (
        RequestStep::Answer,
        "answer",
        "Record what was done",
        "Close the request",
        "The request is answered and closed.",
    ),
    (
        RequestStep::TurnIntoComplaint,
        "complain",
        "Record that the person complains",
        "Record the complaint",
        "The complaint is recorded. It is to be acknowledged.",
    ),
];

/// A step of [`STEPS`].
#[derive(Clone, Copy)]
pub(super) struct Step(
    &'static (
        RequestStep,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
    ),
);

impl Step {
    fn of(slug: &str) -> Option<Self> {
        STEPS.iter().find(|it| it.1 == slug).map(Self)
    }

    /// The steps that the service offers for a request.
    pub(super) fn open(request: &ServiceRequest) -> Vec<Self> {
        let open: Vec<RequestStep> = request.open_steps().collect();
        let offered = STEPS.iter().filter(|it| open.contains(&it.0));
        offered.map(Self).collect()
    }

    fn is_open(self, request: &ServiceRequest) -> bool {
        request.open_steps().any(|it| it == self.0.0)
    }

    /// What it is called, and what its form is headed with.
    pub(super) fn title(self) -> &'static str {
        self.0.2
    }

    /// Where its form is.
    pub(super) fn address(self, reference: &str) -> String {
        format!("{ADDRESS}/{reference}/steps/{}", self.0.1)
    }

    fn intro(self, request: &ServiceRequest) -> &'static str {
        let user = request.service_user.clone().unwrap_or_default();
        match self.0.0 {
            RequestStep::Unspecified => "",
            RequestStep::Assign => "Every request has somebody who sees to it (policy 1.3).",
            RequestStep::Review => {
                "Open requests are reviewed regularly (policy 2.3). The next review is due 10 working days after this one."
            }
            RequestStep::Answer if words::by_email(&user) => {
                "We email the person what you write here, with how to complain (policy 1.5)."
            }
            RequestStep::Answer => {
                "This person is not written to by email. Tell them what was done and how to complain (policy 1.5), then record it here."
            }
            RequestStep::TurnIntoComplaint => {
                "Whoever is dissatisfied with our service is given the option to complain (policy 1.5). The complaint is acknowledged within 5 working days (policy 4.1). It and this request name each other."
            }
        }
    }

    fn fields(self, edge: &Edge, colleagues: &[Colleague]) -> Vec<Field> {
        let today = edge.clock.today();
        match self.0.0 {
            RequestStep::Unspecified => Vec::new(),
            RequestStep::Assign => {
                let first = Choice {
                    value: String::new(),
                    label: "Choose a colleague".to_owned(),
                };
                let each = colleagues.iter().map(|it| Choice {
                    value: it.id.clone(),
                    label: it.name.clone(),
                });
                let choices = std::iter::once(first).chain(each).collect();
                vec![Field::select("handler_id", "Who sees to it?", choices)]
            }
            RequestStep::Review => {
                vec![Field::text("note", "How far is it?", 2_000).missing("Enter a note")]
            }
            RequestStep::Answer => vec![
                Field::text("answer", "What was done, in words for the person", 5_000),
                Field::past_date("on", "When?", today).hint("For example, 18/10/2026"),
                Field::tick(
                    "findings_confirmed",
                    "I have read what is not plain English, and send the answer all the same",
                )
                .hint("Leave it empty at first: we tell you what to mend, if there is anything"),
            ],
            RequestStep::TurnIntoComplaint => vec![
                Field::radios("channel", "How did the person complain?", channels()),
                Field::text(
                    "summary",
                    "What is the person dissatisfied with, in their words?",
                    10_000,
                )
                .missing("Enter what it is about, in a few sentences"),
                Field::past_date("received_on", "When did they complain?", today)
                    .hint("For example, 18/10/2026. The 5 working days run from here"),
            ],
        }
    }
}

fn channels() -> Vec<Answer> {
    let channels = [
        Channel::Telephone,
        Channel::Email,
        Channel::Letter,
        Channel::Colleague,
    ];
    channels
        .map(|it| Answer::new(it.as_str_name(), said::channel(it)))
        .into()
}

/// A form on its page.
struct Sheet {
    address: String,
    back: (String, String),
    title: &'static str,
    button: &'static str,
    intro: &'static str,
    about: Vec<(String, String)>,
    fields: Vec<Field>,
    hidden: &'static str,
}

impl Sheet {
    async fn show(self, frame: Frame, typed: &Typed, errors: Errors) -> Response {
        let status = if errors.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        let (jar, page) = frame.page(Area::ServiceComplaints).await;
        let form = FormPage {
            page,
            errors,
            address: self.address,
            back: self.back,
            title: self.title.to_owned(),
            button: self.button.to_owned(),
            warning: false,
            intro: vec![self.intro.to_owned()],
            about: self.about,
            fields: filled(self.fields, typed),
            hidden: vec![(self.hidden, typed.get(self.hidden).to_owned())],
            changes: Vec::new(),
        };
        (status, jar, form).into_response()
    }
}

/// The step of an address, for those who work on requests.
fn step_for(session: &Insight, slug: &str) -> Result<Step, Problem> {
    let step = Step::of(slug).filter(|_| session.works());
    step.ok_or(Problem::NotFound)
}

fn sheet(step: Step, edge: &Edge, request: &ServiceRequest, people: &[Colleague]) -> Sheet {
    let name = request.service_user.as_ref().map(|it| it.name.as_str());
    let (reference, name) = (&request.reference, name.unwrap_or_default());
    Sheet {
        address: step.address(reference),
        back: (
            format!("{ADDRESS}/{reference}"),
            format!("{reference}, {name}"),
        ),
        title: step.title(),
        button: step.0.3,
        intro: step.intro(request),
        about: vec![("What was asked for".to_owned(), request.wanted.clone())],
        fields: step.fields(edge, people),
        hidden: "version",
    }
}

async fn people_for(step: Step, edge: &Edge, session: &Insight) -> Result<Vec<Colleague>, Refusal> {
    match step.0.0 {
        // Any colleague can see to a request.
        RequestStep::Assign => colleagues(edge, session, &[]).await,
        _ => Ok(Vec::new()),
    }
}

pub(super) async fn ask(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, slug)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let step = step_for(&session, &slug)?;
    let (request, people) = tokio::try_join!(
        find(&edge, &session, &reference),
        people_for(step, &edge, &session)
    )?;
    if !step.is_open(&request) {
        let flash = Flash::important("That can’t be done as the request stands now.");
        let onto = Redirect::to(&format!("{ADDRESS}/{}", request.reference));
        return Ok((flash.keep(frame.jar), onto).into_response());
    }
    let today = edge.clock.today().format("%d/%m/%Y").to_string();
    let typed = Typed::from_iter([
        ("version", request.version.to_string()),
        ("on", today.clone()),
        ("received_on", today),
    ]);
    let sheet = sheet(step, &edge, &request, &people);
    Ok(sheet.show(frame, &typed, Errors::none()).await)
}

pub(super) async fn take(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, slug)): Path<(String, String)>,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Problem> {
    let step = step_for(&session, &slug)?;
    let (request, people) = tokio::try_join!(
        find(&edge, &session, &reference),
        people_for(step, &edge, &session)
    )?;
    match send(step, &edge, &session, (&request, &people), &typed).await {
        Ok(onto) => {
            let flash = Flash::success(step.0.4);
            Ok((flash.keep(frame.jar), Redirect::to(&onto)).into_response())
        }
        Err(refused) => {
            let errors = if reason(&refused) == "STALE" {
                // What was typed can be sent once more, now that the person knows.
                typed.put("version", &request.version.to_string());
                Errors::one("", CHANGED)
            } else {
                problems(refused)?
            };
            let sheet = sheet(step, &edge, &request, &people);
            Ok(sheet.show(frame, &typed, errors).await)
        }
    }
}

/// Takes a step, and says where to go on.
async fn send(
    step: Step,
    edge: &Edge,
    session: &Session,
    (request, people): (&ServiceRequest, &[Colleague]),
    typed: &Typed,
) -> Result<String, Refusal> {
    let (service_request_id, version) = (request.id.clone(), typed.number("version"));
    let mut client = edge.clients.service_requests.clone();
    let back = format!("{ADDRESS}/{}", request.reference);
    match step.0.0 {
        RequestStep::Unspecified => {}
        RequestStep::Assign => {
            // The name goes with the account, and is never taken from the form.
            let handler_id = typed.get("handler_id").to_owned();
            let handler = people.iter().find(|it| it.id == handler_id);
            let request = AssignServiceRequestRequest {
                service_request_id,
                version,
                handler_name: handler.map(|it| it.name.clone()).unwrap_or_default(),
                handler_id,
            };
            let request = session.to("service-complaint", request);
            client.assign_service_request(request).await?;
        }
        RequestStep::Review => {
            let request = ReviewServiceRequestRequest {
                service_request_id,
                version,
                note: typed.text("note"),
            };
            let request = session.to("service-complaint", request);
            client.review_service_request(request).await?;
        }
        RequestStep::Answer => {
            let request = AnswerServiceRequestRequest {
                service_request_id,
                version,
                on: typed.date("on"),
                answer: typed.text("answer"),
                findings_confirmed: typed.ticked("findings_confirmed"),
            };
            let request = session.to("service-complaint", request);
            client.answer_service_request(request).await?;
        }
        RequestStep::TurnIntoComplaint => {
            let channel = Channel::from_str_name(typed.get("channel")).unwrap_or_default();
            let request = TurnIntoComplaintRequest {
                service_request_id,
                version,
                channel: channel.into(),
                summary: typed.text("summary"),
                received_on: typed.date("received_on"),
            };
            let request = session.to("service-complaint", request);
            let turned = client.turn_into_complaint(request).await?.into_inner();
            let complaint = turned.complaint.unwrap_or_default();
            return Ok(format!("/service-complaints/{}", complaint.reference));
        }
    }
    Ok(back)
}

fn new_request(edge: &Edge) -> Sheet {
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
    Sheet {
        address: format!("{ADDRESS}/new"),
        back: (ADDRESS.to_owned(), "Service requests".to_owned()),
        title: "Record a service request",
        button: "Record it",
        intro: "Somebody who wants us to do something, such as call them about their case, makes a service request (policy 1.4, 2.3). Who is dissatisfied with our service is given the option to complain instead (policy 1.5).",
        about: Vec::new(),
        fields: vec![
            Field::radios("channel", "How did it come?", channels()),
            Field::past_date("received_on", "When was it received?", edge.clock.today())
                .hint("For example, 18/10/2026"),
            Field::text("wanted", "What is asked for, in the person’s words", 5_000),
            Field::line("case_reference", "Case reference")
                .hint("If it is about a case. For example, 202312345"),
            Field::heading("Who asks"),
            Field::line("service_user.name", "Name"),
            Field::radios("service_user.kind", "What are they to us?", kinds.into()),
            Field::line("service_user.email", "Email address"),
            Field::line("service_user.telephone", "Telephone number"),
            Field::text("service_user.postal_address", "Postal address", 500),
            Field::radios(
                "service_user.format",
                "How do we write to them?",
                formats.into(),
            ),
        ],
        hidden: "request_id",
    }
}

pub(super) async fn ask_new(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
) -> Result<Response, Problem> {
    only_workers(&session)?;
    let today = edge.clock.today().format("%d/%m/%Y").to_string();
    let typed = Typed::from_iter([
        ("request_id", kit::id().to_string()),
        ("received_on", today),
    ]);
    Ok(new_request(&edge).show(frame, &typed, Errors::none()).await)
}

pub(super) async fn record(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only_workers(&session)?;
    let kind = ServiceUserKind::from_str_name(typed.get("service_user.kind")).unwrap_or_default();
    let format = Format::from_str_name(typed.get("service_user.format")).unwrap_or_default();
    let channel = Channel::from_str_name(typed.get("channel")).unwrap_or_default();
    let request = RecordServiceRequestRequest {
        request_id: typed.get("request_id").to_owned(),
        service_user: Some(ServiceUser {
            name: typed.text("service_user.name"),
            kind: kind.into(),
            email: typed.text("service_user.email"),
            telephone: typed.text("service_user.telephone"),
            postal_address: typed.text("service_user.postal_address"),
            format: format.into(),
        }),
        channel: channel.into(),
        wanted: typed.text("wanted"),
        received_on: typed.date("received_on"),
        case_reference: typed.text("case_reference"),
    };
    let mut client = edge.clients.service_requests.clone();
    let request = session.to("service-complaint", request);
    match client.record_service_request(request).await {
        Ok(recorded) => {
            let reference = recorded.into_inner().reference;
            let flash = Flash::success(format!(
                "The request is recorded. Its reference is {reference}."
            ));
            let onto = Redirect::to(&format!("{ADDRESS}/{reference}"));
            Ok((flash.keep(frame.jar), onto).into_response())
        }
        Err(refused) => {
            let errors = problems(refused)?;
            Ok(new_request(&edge).show(frame, &typed, errors).await)
        }
    }
}

fn only_workers(session: &Insight) -> Result<(), Problem> {
    if session.works() {
        Ok(())
    } else {
        Err(Problem::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_offered_the_steps_that_the_service_names() {
        let request = ServiceRequest {
            open_steps: vec![RequestStep::TurnIntoComplaint.into()],
            ..ServiceRequest::default()
        };

        let [offered] = Step::open(&request).try_into().ok().unwrap();

        assert_eq!(
            offered.address("SR202600001"),
            "/service-complaints/requests/SR202600001/steps/complain"
        );
        assert!(!Step::of("answer").unwrap().is_open(&request));
        assert!(Step::of("acknowledge").is_none());
    }
}
