//! A step's form, and its answer.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use proto::access::v1::Role;
use proto::identity::v1::Colleague;
use proto::service_complaint::v1::{
    Change, Complaint, GetPolicyRequest, ListHistoryRequest, Policy,
};
use serde::Deserialize;
use tonic::{Code, Status};

use super::super::words as said;
use super::super::{Insight, WORKERS, colleagues, find};
use super::ask::telephone::NOT_ASKED;
use super::ask::{About, Asked, asked};
use super::send::{Sent, Target, Trouble, send};

use super::{Field, Kind, Step, Typed, filled, in_the_words_of};
use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::{Edge, words};

#[derive(Template, WebTemplate)]
#[template(path = "insight/form.html")]
pub(crate) struct FormPage {
    pub(crate) page: Page,
    pub(crate) errors: Errors,
    /// Where the form is sent.
    pub(crate) address: String,
    /// Where to go back to, and its name.
    pub(crate) back: (String, String),
    pub(crate) title: String,
    pub(crate) button: String,
    /// Whether it ends something.
    pub(crate) warning: bool,
    pub(crate) intro: Vec<String>,
    pub(crate) about: Vec<(String, String)>,
    pub(crate) fields: Vec<Field>,
    /// What goes with the form and is not shown.
    pub(crate) hidden: Vec<(&'static str, String)>,
    /// What others did since the form was opened.
    pub(crate) changes: Vec<Changed>,
}

impl FormPage {
    fn mistakes(&self) -> Errors {
        in_the_words_of(&self.fields, &self.errors)
    }
}

/// Something that was done since a form was opened.
pub(crate) struct Changed {
    at: String,
    by: String,
    text: String,
}

/// The part of the complaint that a form is about, such as an element.
#[derive(Deserialize)]
pub(super) struct Part {
    #[serde(default)]
    item: String,
}

/// What a form is made from, asked for at once.
struct Found {
    complaint: Complaint,
    policy: Policy,
    colleagues: Vec<Colleague>,
}

async fn find_all(
    edge: &Edge,
    session: &Insight,
    reference: &str,
    step: Step,
) -> Result<Found, Status> {
    let mut client = edge.clients.service_complaint.clone();
    let roles: Option<&[Role]> = match step {
        Step::Assign | Step::Accept => Some(WORKERS),
        // Any colleague can be accountable for an action (4.29).
        Step::Promise | Step::GiveAction => Some(&[]),
        // Anybody of the staff may seem to have an interest (3.4).
        Step::Declare if session.decides() => Some(&[]),
        _ => None,
    };
    let people = async {
        match roles {
            Some(roles) => colleagues(edge, session, roles).await,
            None => Ok(Vec::new()),
        }
    };
    let (complaint, policy, colleagues) = tokio::join!(
        find(edge, session, reference),
        client.get_policy(session.to("service-complaint", GetPolicyRequest {})),
        people,
    );
    let (complaint, mut colleagues) = (complaint?, colleagues?);
    // Nothing of it is given to whoever declared an interest in it (3.4).
    let own = &session.account.id;
    colleagues.retain(|it| {
        let mut conflicts = complaint.conflicts.iter();
        conflicts.all(|conflict| conflict.declared_by_id != it.id)
            && (step != Step::Declare || it.id != *own)
    });
    Ok(Found {
        complaint,
        policy: policy?.into_inner(),
        colleagues,
    })
}

/// The step of an address, for those who take it.
fn step_for(session: &Insight, slug: &str) -> Result<Step, Problem> {
    Step::of(slug)
        .filter(|step| step.is_for(session))
        .ok_or(Problem::NotFound)
}

pub(super) async fn ask(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, slug)): Path<(String, String)>,
    Query(Part { item }): Query<Part>,
) -> Result<Response, Problem> {
    let step = step_for(&session, &slug)?;
    let found = find_all(&edge, &session, &reference, step).await?;
    if !step.fits(&found.complaint) {
        let text = "That can’t be done as the complaint stands now.";
        return Ok(show(
            &found.complaint.reference,
            &Flash::important(text),
            frame,
        ));
    }
    let about = about(&edge, &found, &item);
    let asked = asked(step, &about).ok_or(Problem::NotFound)?;
    let mut typed: Typed = asked
        .first
        .iter()
        .map(|(name, value)| (*name, value.clone()))
        .collect();
    typed.put("item", &item);
    typed.put("version", &found.complaint.version.to_string());
    typed.put("opened", &edge.clock.now().timestamp_millis().to_string());
    typed.put("request_id", &kit::id().to_string());
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(
        step,
        &found.complaint,
        asked,
        &typed,
        page,
        Errors::none(),
        vec![],
    );
    Ok((jar, form).into_response())
}

pub(super) async fn take(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, slug)): Path<(String, String)>,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Problem> {
    let step = step_for(&session, &slug)?;
    let found = find_all(&edge, &session, &reference, step).await?;
    let target = Target {
        complaint_id: found.complaint.id.clone(),
        version: typed.number("version"),
        item: typed.get("item").to_owned(),
        colleagues: &found.colleagues,
    };
    let trouble = match send(step, &edge, &session, target, &typed).await {
        Ok(Sent { also, onto, away }) => {
            let flash = Flash::success(format!("{} {also}", step.done()).trim());
            if !away.is_empty() {
                return Ok((flash.keep(frame.jar), Redirect::to(away)).into_response());
            }
            let onto = Some(onto).filter(|it| !it.is_empty());
            return Ok(show(
                &onto.unwrap_or(found.complaint.reference),
                &flash,
                frame,
            ));
        }
        Err(trouble) => trouble,
    };
    let mut changes = Vec::new();
    let errors = match trouble {
        Trouble::Fields(errors) => errors,
        Trouble::Refused(refused) if reason(&refused) == "STALE" => {
            changes = changed_since(&edge, &session, &found.complaint.id, &typed).await?;
            if !step.fits(&found.complaint) {
                return Ok(show(
                    &found.complaint.reference,
                    &overtaken(&changes),
                    frame,
                ));
            }
            // What was typed can be sent once more, now that the person has seen what changed.
            typed.put("version", &found.complaint.version.to_string());
            typed.put("opened", &edge.clock.now().timestamp_millis().to_string());
            Errors::one(
                "",
                "The complaint was changed since you opened this form. Read what changed, then send the form again if it still fits",
            )
        }
        Trouble::Refused(refused) => beside_whom(step, &problems(refused)?),
    };
    let item = typed.get("item").to_owned();
    let about = about(&edge, &found, &item);
    let asked = asked(step, &about).ok_or(Problem::NotFound)?;
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(step, &found.complaint, asked, &typed, page, errors, changes);
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
}

fn about<'a>(edge: &Edge, found: &'a Found, item: &'a str) -> About<'a> {
    About {
        complaint: &found.complaint,
        policy: &found.policy,
        colleagues: &found.colleagues,
        item,
        today: edge.clock.today(),
    }
}

fn show(reference: &str, flash: &Flash, frame: Frame) -> Response {
    let address = format!("/service-complaints/{reference}");
    (flash.keep(frame.jar), Redirect::to(&address)).into_response()
}

fn form(
    step: Step,
    complaint: &Complaint,
    asked: Asked,
    typed: &Typed,
    page: Page,
    errors: Errors,
    changes: Vec<Changed>,
) -> FormPage {
    let name = complaint
        .service_user
        .as_ref()
        .map(|it| it.name.clone())
        .unwrap_or_default();
    let hidden = ["version", "item", "opened", "request_id"]
        .map(|it| (it, typed.get(it).to_owned()))
        .into();
    let mut fields: Vec<Field> = step.way_by_letter(complaint).into_iter().collect();
    fields.extend(filled(asked.fields, typed));
    FormPage {
        page,
        errors,
        address: step.address(&complaint.reference),
        back: (
            format!("/service-complaints/{}", complaint.reference),
            format!("{}, {name}", complaint.reference),
        ),
        title: step.title().to_owned(),
        button: step.button().to_owned(),
        warning: step.ends(),
        intro: asked.intro,
        about: asked.about,
        fields,
        hidden,
        changes,
    }
}

/// What the service says is wrong, beside the fields that it is about; what is no mistake of the form is a problem of its own.
pub(crate) fn problems(refused: Status) -> Result<Errors, Problem> {
    let field = match reason(&refused).as_str() {
        "INVOLVED_BEFORE" | "NO_SUCH_HANDLER" | "NO_SUCH_COLLEAGUE" | "CONFLICT_OF_COLLEAGUE" => {
            "handler_id"
        }
        "NO_SUCH_OWNER" => "owner_id",
        "WINDOW_CLOSED" => "discretion",
        "NOT_TOLD_IT_CLOSES" => "told_it_closes",
        "NOT_ASKED" => NOT_ASKED,
        _ => "",
    };
    match refused.code() {
        Code::FailedPrecondition | Code::AlreadyExists => {
            Ok(Errors::one(field, said::sentence(refused.message())))
        }
        _ => Ok(in_our_words(&Errors::of_status(refused, &[])?)),
    }
}

/// The same beside the field in which a step's form asks for a colleague.
fn beside_whom(step: Step, errors: &Errors) -> Errors {
    let whom = match step {
        Step::Assign | Step::Accept => "handler_id",
        Step::Promise | Step::GiveAction => "owner_id",
        Step::Declare => "account_id",
        _ => "",
    };
    let mut beside = Errors::none();
    for error in errors.all() {
        let field = match error.field.as_str() {
            "handler_id" => whom,
            field => field,
        };
        beside.add(field, error.message.as_str());
    }
    beside
}

/// The service's words as sentences of the page. An account and its name are one choice here.
fn in_our_words(errors: &Errors) -> Errors {
    let mut ours = Errors::none();
    for error in errors.all() {
        match error.field.as_str() {
            "handler_name" | "owner_name" => {}
            "handler_id" => ours.add("handler_id", "Choose a colleague"),
            "owner_id" => ours.add("owner_id", "Choose who is accountable"),
            field => ours.add(field, said::sentence(&error.message)),
        }
    }
    ours
}

/// The most changes that a form tells of.
const MOST_CHANGES: i32 = 10;

/// What was done with a complaint since a form was opened, the newest first.
pub(crate) async fn changed_since(
    edge: &Edge,
    session: &Insight,
    complaint_id: &str,
    typed: &Typed,
) -> Result<Vec<Changed>, Status> {
    let opened: i64 = typed.number("opened");
    let request = ListHistoryRequest {
        complaint_id: complaint_id.to_owned(),
        page_size: MOST_CHANGES,
        page_token: String::new(),
    };
    let mut client = edge.clients.service_complaint.clone();
    let history = client
        .list_history(session.to("service-complaint", request))
        .await?
        .into_inner();
    let after = |change: &Change| {
        kit::time::instant(change.at.as_ref()).is_some_and(|at| at.timestamp_millis() > opened)
    };
    Ok(history
        .changes
        .into_iter()
        .filter(after)
        .map(|change| Changed {
            at: words::instant(change.at.as_ref()),
            by: change.by,
            text: said::dated(&change.text),
        })
        .collect())
}

/// What is said when a step is no longer there to be taken, such as after a form was sent twice.
fn overtaken(changes: &[Changed]) -> Flash {
    let what = changes.first().map_or_else(String::new, |it| {
        format!(" Last: {}, by {}.", it.text, it.by)
    });
    Flash::important(format!(
        "The complaint has moved on since you opened the form, so nothing was changed.{what}"
    ))
}
