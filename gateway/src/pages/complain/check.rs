//! All answers on one page, the declaration, and what happens next.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use proto::service_complaint::v1::{Answers, Draft, SendDraftRequest};
use serde::Deserialize;

use super::files::{self, FileRow};
use super::step::{FORMATS, KINDS, PREFERENCES, SUBJECTS, Step, label_of};
use super::{Policy, begin_anew, draft_of, refused, without_form};
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::visitor::Visitor;
use crate::{Edge, words};

pub(super) const ADDRESS: &str = "/complain/check-your-answers";
pub(super) const SENT: &str = "/complain/sent";

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/complain/check-your-answers", get(show).post(send))
        .route("/complain/sent", get(sent))
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/check.html")]
struct CheckPage {
    page: Page,
    errors: Errors,
    rows: Vec<Row>,
    too_long_ago: bool,
    months: i32,
}

/// A question with its answer.
struct Row {
    label: &'static str,
    /// The lines of the answer.
    lines: Vec<String>,
    change: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/automated.html")]
struct AutomatedPage {
    page: Page,
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/sent.html")]
struct SentPage {
    page: Page,
    policy: Policy,
    reference: String,
    acknowledged_by: String,
    by_email: bool,
}

async fn show(State(edge): State<Edge>, frame: Frame) -> Result<Response, Problem> {
    let Some((draft_token, draft)) = draft_of(&edge, &frame.jar).await? else {
        return Ok(begin_anew(frame.jar));
    };
    if draft.sent.is_some() {
        return Ok((frame.jar, Redirect::to(SENT)).into_response());
    }
    if let Some(open) = Step::first_open(&draft) {
        return Ok((frame.jar, Redirect::to(&open.address())).into_response());
    }
    render(&edge, frame, &draft_token, &draft, Errors::none()).await
}

#[derive(Deserialize)]
struct SendForm {
    #[serde(default)]
    declared: String,
    /// The field that people don't see.
    #[serde(default)]
    website: String,
}

async fn send(
    State(edge): State<Edge>,
    frame: Frame,
    Visitor(client): Visitor,
    Form(SendForm { declared, website }): Form<SendForm>,
) -> Result<Response, Problem> {
    let Some((draft_token, draft)) = draft_of(&edge, &frame.jar).await? else {
        return Ok(begin_anew(frame.jar));
    };
    let request = SendDraftRequest {
        draft_token: draft_token.clone(),
        declared: declared == "yes",
        left_empty: website,
        client_address: client.address,
    };
    let mut complaints = edge.clients.public_complaints.clone();
    let Err(status) = complaints.send_draft(request).await else {
        return Ok((frame.jar, Redirect::to(SENT)).into_response());
    };
    if status.code() == tonic::Code::InvalidArgument {
        let errors = Errors::of_status(status, &[])?;
        let page = render(&edge, frame, &draft_token, &draft, errors).await?;
        return Ok(refused(page));
    }
    match reason(&status).as_str() {
        "INCOMPLETE" => Ok((frame.jar, Redirect::to(ADDRESS)).into_response()),
        "AUTOMATED" => {
            let (jar, page) = frame.page(Area::Other).await;
            Ok((jar, refused(AutomatedPage { page })).into_response())
        }
        _ => without_form(frame.jar, status),
    }
}

async fn sent(State(edge): State<Edge>, frame: Frame) -> Result<Response, Problem> {
    let Some((_, draft)) = draft_of(&edge, &frame.jar).await? else {
        return Ok(begin_anew(frame.jar));
    };
    let Some(sent) = draft.sent else {
        return Ok((frame.jar, Redirect::to(ADDRESS)).into_response());
    };
    let (policy, (jar, page)) = tokio::join!(Policy::of(&edge), frame.page(Area::Other));
    let page = SentPage {
        page,
        policy: policy?,
        reference: sent.reference,
        acknowledged_by: words::date(&sent.acknowledgement_due_on),
        by_email: sent.by_email,
    };
    Ok((jar, page).into_response())
}

async fn render(
    edge: &Edge,
    frame: Frame,
    draft_token: &str,
    draft: &Draft,
    errors: Errors,
) -> Result<Response, Problem> {
    let (files, policy, (jar, page)) = tokio::join!(
        files::of_draft(edge, draft_token),
        Policy::of(edge),
        frame.page(Area::Other)
    );
    let page = CheckPage {
        page,
        errors,
        rows: rows(draft, &files?),
        too_long_ago: draft.too_long_ago,
        months: policy?.0.oldest_months,
    };
    Ok((jar, page).into_response())
}

fn rows(draft: &Draft, files: &[FileRow]) -> Vec<Row> {
    let answers = draft.answers.clone().unwrap_or_default();
    let names: Vec<_> = files.iter().map(|it| it.name.as_str()).collect();
    Step::ALL
        .into_iter()
        .map(|step| Row {
            label: step.label(),
            lines: match step {
                Step::Files if names.is_empty() => vec!["None".to_owned()],
                Step::Files => names.iter().map(|it| (*it).to_owned()).collect(),
                step => lines(step, &answers),
            },
            change: format!("{}?from=check", step.address()),
        })
        .collect()
}

/// What a form that was sent tells, question by question, for those who deal with the complaint. Its files stand by themselves.
pub(in crate::pages) fn told(answers: &Answers) -> Vec<(&'static str, Vec<String>)> {
    Step::ALL
        .into_iter()
        .filter(|step| *step != Step::Files)
        .map(|step| (step.label(), lines(step, answers)))
        .collect()
}

/// An answer as its person reads it.
fn lines(step: Step, answers: &Answers) -> Vec<String> {
    let answers = answers.clone();
    let text = match step {
        Step::Kind => label_of(&KINDS, answers.kind().as_str_name()).to_owned(),
        Step::Subject => label_of(&SUBJECTS, answers.subject().as_str_name()).to_owned(),
        Step::Name => answers.name,
        Step::Format => label_of(&FORMATS, answers.format().as_str_name()).to_owned(),
        Step::Contact => {
            let preferred = label_of(&PREFERENCES, &answers.communication_preference);
            [
                format!("{preferred} is best"),
                answers.email,
                answers.telephone,
                answers.postal_address,
            ]
            .join("\n")
        }
        Step::Adjustments => answers.reasonable_adjustments,
        Step::Vulnerabilities => answers.vulnerabilities,
        Step::Summary => answers.summary,
        Step::Date => words::date(&answers.happened_on),
        Step::Outcome => answers.desired_outcome,
        Step::Case if answers.case_reference.is_empty() => "Not given".to_owned(),
        Step::Case => answers.case_reference,
        Step::Files => String::new(),
    };
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}
