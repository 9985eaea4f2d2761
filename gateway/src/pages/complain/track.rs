//! The private page of a complaint: where it is, what happens next and by when, and what the person can say to it (SC-15). The link is the authority.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::{
    AskForStage2Request, OutcomeReply, Progress, ReplyToOutcomeRequest, StepState, TrackRequest,
    WriteAfterClosingRequest,
};
use serde::Deserialize;
use tonic::Code;

use super::{link, more_files, refused};
use crate::extract::Path;
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::view::Status;
use crate::{Edge, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/complaint/{token}", get(show))
        .route("/complaint/{token}/outcome", post(reply))
        .route("/complaint/{token}/stage-2", get(ask_stage_2).post(stage_2))
        .route("/complaint/{token}/message", get(ask_message).post(message))
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/track.html")]
struct TrackPage {
    page: Page,
    errors: Errors,
    token: String,
    complaint: Standing,
    typed: Replied,
}

/// Where a complaint is, as the page shows it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is something that the page offers by itself, as the service says it"
)]
struct Standing {
    reference: String,
    received_on: String,
    now: String,
    next: String,
    steps: Vec<StepRow>,
    more_time: Vec<MoreTime>,
    desired_outcome: String,
    replied: &'static str,
    can_reply: bool,
    can_ask_for_stage_2: bool,
    stage_2_until: String,
    stage_2_late: bool,
    can_write: bool,
    answered_until: String,
    can_add_files: bool,
}

struct StepRow {
    title: String,
    text: String,
    status: Status,
    now: bool,
    /// *By 9 July 2025*, or the day on which it was done.
    on: String,
}

struct MoreTime {
    stage: i32,
    until: String,
    reason: String,
}

impl From<Progress> for Standing {
    fn from(progress: Progress) -> Self {
        let replied = match progress.outcome_reply() {
            OutcomeReply::Confirmed => "You told us that this is right.",
            OutcomeReply::Corrected => "You corrected this.",
            OutcomeReply::Unspecified | OutcomeReply::NoReply => "",
        };
        Self {
            reference: progress.reference,
            received_on: words::date(&progress.received_on),
            now: progress.now,
            next: progress.next,
            steps: progress.steps.into_iter().map(StepRow::from).collect(),
            more_time: progress
                .more_time
                .into_iter()
                .map(|it| MoreTime {
                    stage: it.stage,
                    until: words::date(&it.until),
                    reason: it.reason,
                })
                .collect(),
            desired_outcome: progress.desired_outcome,
            replied,
            can_reply: progress.can_reply_to_outcome,
            can_ask_for_stage_2: progress.can_ask_for_stage_2,
            stage_2_until: words::date(&progress.stage_2_until),
            stage_2_late: progress.stage_2_late,
            can_write: progress.can_write,
            answered_until: words::date(&progress.answered_until),
            can_add_files: progress.can_add_files,
        }
    }
}

impl From<pb::ProgressStep> for StepRow {
    fn from(step: pb::ProgressStep) -> Self {
        let day = words::date(&step.on);
        let (text, colour, on) = match step.state() {
            StepState::Done => ("Done", "green", day),
            StepState::Now => ("Now", "blue", by(&day)),
            StepState::Later | StepState::Unspecified => ("Later", "grey", by(&day)),
        };
        Self {
            now: step.state() == StepState::Now,
            title: step.title,
            text: step.text,
            status: Status {
                text: text.to_owned(),
                colour,
            },
            on,
        }
    }
}

fn by(day: &str) -> String {
    if day.is_empty() {
        String::new()
    } else {
        format!("By {day}")
    }
}

pub(super) async fn find(edge: &Edge, token: &str) -> Result<Progress, tonic::Status> {
    let request = TrackRequest {
        link_token: token.to_owned(),
    };
    let mut complaints = edge.clients.public_complaints.clone();
    Ok(complaints.track(request).await?.into_inner())
}

/// Opens the page again, with what was done.
fn back(frame: Frame, token: &str, flash: &Flash) -> Response {
    let address = format!("/complaint/{token}");
    (flash.keep(frame.jar), Redirect::to(&address)).into_response()
}

/// What a colleague did meanwhile is in the way: the page says where the complaint is now.
pub(super) fn overtaken(frame: Frame, token: &str) -> Response {
    let why =
        "Your complaint has moved on, so this can’t be done any more. This is where it is now.";
    back(frame, token, &Flash::important(why))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Replied {
    reply: String,
    desired_outcome: String,
}

async fn show(
    State(edge): State<Edge>,
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    match find(&edge, &token).await {
        Ok(progress) => {
            let errors = Errors::none();
            Ok(track_page(frame, token, progress, errors, Replied::default()).await)
        }
        Err(status) => link::ended(frame, status).await,
    }
}

async fn track_page(
    frame: Frame,
    token: String,
    progress: Progress,
    errors: Errors,
    typed: Replied,
) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    let page = TrackPage {
        page,
        errors,
        token,
        complaint: progress.into(),
        typed,
    };
    (jar, page).into_response()
}

async fn reply(
    State(edge): State<Edge>,
    frame: Frame,
    Path(token): Path<String>,
    Form(typed): Form<Replied>,
) -> Result<Response, Problem> {
    let reply = match typed.reply.as_str() {
        "yes" => OutcomeReply::Confirmed,
        "no" => OutcomeReply::Corrected,
        _ => OutcomeReply::Unspecified,
    };
    let corrected = if reply == OutcomeReply::Corrected {
        typed.desired_outcome.clone()
    } else {
        String::new()
    };
    let request = ReplyToOutcomeRequest {
        link_token: token.clone(),
        reply: reply.into(),
        desired_outcome: corrected,
    };
    let mut complaints = edge.clients.public_complaints.clone();
    let Err(status) = complaints.reply_to_outcome(request).await else {
        let flash = Flash::success("Thank you. We have noted what you want to happen.");
        return Ok(back(frame, &token, &flash));
    };
    if status.code() == Code::InvalidArgument {
        let errors = Errors::of_status(status, &[])?;
        return match find(&edge, &token).await {
            Ok(progress) => Ok(refused(
                track_page(frame, token, progress, errors, typed).await,
            )),
            Err(status) => link::ended(frame, status).await,
        };
    }
    if reason(&status) == "WRONG_STANDING" {
        return Ok(overtaken(frame, &token));
    }
    link::ended(frame, status).await
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/stage_2.html")]
struct Stage2Page {
    page: Page,
    errors: Errors,
    token: String,
    complaint: Standing,
    typed: Stage2Form,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Stage2Form {
    reasons: String,
    missed: String,
    new_evidence: String,
    circumstances: String,
}

async fn ask_stage_2(
    State(edge): State<Edge>,
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    stage_2_page(&edge, frame, token, Stage2Form::default(), Errors::none()).await
}

async fn stage_2_page(
    edge: &Edge,
    frame: Frame,
    token: String,
    typed: Stage2Form,
    errors: Errors,
) -> Result<Response, Problem> {
    let progress = match find(edge, &token).await {
        Ok(progress) => progress,
        Err(status) => return link::ended(frame, status).await,
    };
    if !progress.can_ask_for_stage_2 {
        return Ok(overtaken(frame, &token));
    }
    let (jar, page) = frame.page(Area::Other).await;
    let page = Stage2Page {
        page,
        errors,
        token,
        complaint: progress.into(),
        typed,
    };
    Ok((jar, page).into_response())
}

async fn stage_2(
    State(edge): State<Edge>,
    frame: Frame,
    Path(token): Path<String>,
    Form(typed): Form<Stage2Form>,
) -> Result<Response, Problem> {
    let form = typed.clone();
    let request = AskForStage2Request {
        link_token: token.clone(),
        reasons: form.reasons,
        // A point on each line.
        missed: form.missed.lines().map(str::to_owned).collect(),
        new_evidence: form.new_evidence,
        circumstances: form.circumstances,
    };
    let mut complaints = edge.clients.public_complaints.clone();
    let Err(status) = complaints.ask_for_stage2(request).await else {
        let flash = Flash::success(
            "We have your request for stage 2. If something new shows why, you can send it here.",
        );
        let jar = flash.keep(frame.jar);
        let address = more_files::address(&token);
        return Ok((jar, Redirect::to(&address)).into_response());
    };
    if status.code() == Code::InvalidArgument {
        let errors = Errors::of_status(status, &[])?;
        let page = stage_2_page(&edge, frame, token, typed, errors).await?;
        return Ok(refused(page));
    }
    if reason(&status) == "WRONG_STANDING" {
        return Ok(overtaken(frame, &token));
    }
    link::ended(frame, status).await
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/message.html")]
struct MessagePage {
    page: Page,
    errors: Errors,
    token: String,
    complaint: Standing,
    request_id: String,
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MessageForm {
    request_id: String,
    text: String,
}

async fn ask_message(
    State(edge): State<Edge>,
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let form = MessageForm {
        request_id: kit::id().to_string(),
        text: String::new(),
    };
    message_page(&edge, frame, token, form, Errors::none()).await
}

async fn message_page(
    edge: &Edge,
    frame: Frame,
    token: String,
    MessageForm { request_id, text }: MessageForm,
    errors: Errors,
) -> Result<Response, Problem> {
    let progress = match find(edge, &token).await {
        Ok(progress) => progress,
        Err(status) => return link::ended(frame, status).await,
    };
    if !progress.can_write {
        return Ok(overtaken(frame, &token));
    }
    let (jar, page) = frame.page(Area::Other).await;
    let page = MessagePage {
        page,
        errors,
        token,
        complaint: progress.into(),
        request_id,
        text,
    };
    Ok((jar, page).into_response())
}

async fn message(
    State(edge): State<Edge>,
    frame: Frame,
    Path(token): Path<String>,
    Form(form): Form<MessageForm>,
) -> Result<Response, Problem> {
    let request = WriteAfterClosingRequest {
        link_token: token.clone(),
        request_id: form.request_id.clone(),
        text: form.text.clone(),
    };
    let mut complaints = edge.clients.public_complaints.clone();
    let status = match complaints.write_after_closing(request).await {
        Ok(written) => {
            let flash = if written.into_inner().answered {
                Flash::success("We have your message. We will write to you about it.")
            } else {
                Flash::important(
                    "We have put your message on file. Your complaint was closed more than 4 weeks ago, so we will not reply to it.",
                )
            };
            return Ok(back(frame, &token, &flash));
        }
        Err(status) => status,
    };
    if status.code() == Code::InvalidArgument {
        let errors = Errors::of_status(status, &[])?;
        let page = message_page(&edge, frame, token, form, errors).await?;
        return Ok(refused(page));
    }
    if reason(&status) == "WRONG_STANDING" {
        return Ok(overtaken(frame, &token));
    }
    link::ended(frame, status).await
}
