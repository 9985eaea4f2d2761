//! For casework: assessing the risk of a case, and answering a service complaint's request for a fresh review of it (CA-8).

mod assessment;
mod waiting;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use proto::case::v1::{
    AnswerRiskReviewRequest, Circumstances, GetRiskReviewRequest, RiskFactors, RiskReview, Severity,
};
use serde::Deserialize;
use tonic::Status as Refusal;

use crate::extract::Path;
use crate::flash::Flash;
use crate::form::{self, Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::Choice;
use crate::{Edge, words};

pub(crate) fn router() -> Router<Edge> {
    Router::new()
        .route("/risk-reviews/{id}", get(ask).post(answer))
        .merge(assessment::router())
        .merge(waiting::router())
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/risk_review.html")]
struct RiskReviewPage {
    page: Page,
    errors: Errors,
    review: ReviewView,
    choices: Choices,
    typed: Typed,
}

/// The review that the form is about.
struct ReviewView {
    id: String,
    reference: String,
    complaint: String,
    due_on: String,
    overdue: bool,
}

impl From<RiskReview> for ReviewView {
    fn from(review: RiskReview) -> Self {
        Self {
            due_on: words::date(&review.due_on),
            overdue: review.overdue,
            id: review.id,
            reference: review.case_reference,
            complaint: review.complaint_reference,
        }
    }
}

/// What was typed into the form.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    version: i64,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    going_on_since: String,
    #[serde(default)]
    circumstances: String,
    #[serde(default)]
    new_factors: String,
    #[serde(default)]
    told: String,
}

impl Typed {
    /// What was found, for the wire.
    fn factors(&self) -> RiskFactors {
        let severity = Severity::from_str_name(&self.severity);
        let circumstances = Circumstances::from_str_name(&self.circumstances);
        RiskFactors {
            severity: severity.unwrap_or_default().into(),
            going_on_since: words::typed_date(&self.going_on_since),
            circumstances: circumstances.unwrap_or_default().into(),
            new_factors: self.new_factors.clone(),
        }
    }
}

/// The form's names of what the service calls otherwise.
const FIELDS: [(&str, &str); 4] = [
    ("factors.severity", "severity"),
    ("factors.going_on_since", "going_on_since"),
    ("factors.circumstances", "circumstances"),
    ("factors.new_factors", "new_factors"),
];

/// Each severity in words.
const SEVERITIES: [(Severity, &str); 3] = [
    (Severity::Minor, "It is an inconvenience"),
    (Severity::Serious, "It makes living in the home harder"),
    (
        Severity::Severe,
        "It puts health or safety in danger, or makes the home unfit to live in",
    ),
];

/// What is known of a resident's circumstances, in words.
const CIRCUMSTANCES: [(Circumstances, &str); 3] = [
    (
        Circumstances::NoneKnown,
        "Nothing is known that makes the issue weigh more",
    ),
    (
        Circumstances::Vulnerable,
        "Somebody in the household is vulnerable",
    ),
    (
        Circumstances::AtRisk,
        "Somebody in the household is at risk of harm",
    ),
];

/// The choices of a form about risk, and the latest date that it takes.
struct Choices {
    severities: Vec<Choice>,
    circumstances: Vec<Choice>,
    today: String,
}

impl Choices {
    fn of(edge: &Edge) -> Self {
        let choice = |value: &str, label: &str| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
        };
        let severities = SEVERITIES.map(|(it, label)| choice(it.as_str_name(), label));
        let circumstances = CIRCUMSTANCES.map(|(it, label)| choice(it.as_str_name(), label));
        Self {
            severities: severities.into(),
            circumstances: circumstances.into(),
            today: words::short_date(&kit::time::iso(edge.clock.today())),
        }
    }
}

impl RiskReviewPage {
    fn new(edge: &Edge, page: Page, review: RiskReview, errors: Errors, typed: Typed) -> Self {
        Self {
            page,
            errors,
            review: review.into(),
            choices: Choices::of(edge),
            typed,
        }
    }
}

async fn find(edge: &Edge, session: &Session, id: String) -> Result<RiskReview, Refusal> {
    let request = session.to("case", GetRiskReviewRequest { review_id: id });
    let mut risks = edge.clients.risk.clone();
    Ok(risks.get_risk_review(request).await?.into_inner())
}

/// Sends the person to the case, where the review stands as it is now.
fn show(reference: &str, flash: &Flash, frame: Frame) -> Response {
    let address = format!("/cases/{reference}");
    (flash.keep(frame.jar), Redirect::to(&address)).into_response()
}

async fn ask(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let review = find(&edge, &session, id).await?;
    if review.answer.is_some() {
        let flash = Flash::important("The risk review has been answered already");
        return Ok(show(&review.case_reference, &flash, frame));
    }
    let (jar, page) = frame.page(Area::Cases).await;
    let typed = Typed {
        version: review.case_version,
        ..Typed::default()
    };
    let form = RiskReviewPage::new(&edge, page, review, Errors::none(), typed);
    Ok((jar, form).into_response())
}

async fn answer(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let request = AnswerRiskReviewRequest {
        review_id: id.clone(),
        version: typed.version,
        factors: Some(typed.factors()),
        told: typed.told.clone(),
    };
    let mut risks = edge.clients.risk.clone();
    let refusal = match risks.answer_risk_review(session.to("case", request)).await {
        Ok(review) => {
            let flash = Flash::success("The risk review is answered, and Customer Insight is told");
            return Ok(show(&review.into_inner().case_reference, &flash, frame));
        }
        Err(refusal) => refusal,
    };
    if form::reason(&refusal) == "REVIEW_SETTLED" {
        let review = find(&edge, &session, id).await?;
        let flash =
            Flash::important("The risk review was answered already, or ended with the case");
        return Ok(show(&review.case_reference, &flash, frame));
    }
    let errors = Errors::of_status(refusal, &FIELDS)?;
    let ((jar, page), review) = tokio::join!(frame.page(Area::Cases), find(&edge, &session, id));
    let form = RiskReviewPage::new(&edge, page, review?, errors, typed);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, jar, form).into_response())
}
