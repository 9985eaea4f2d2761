//! Assessing the risk of a case, at any stage, with what was found before (CA-8).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use proto::case::v1::{
    AssessRiskRequest, Case, GetCaseRequest, ListRiskAssessmentsRequest,
    ListRiskAssessmentsResponse, RiskAssessment,
};
use tonic::{Code, Status as Refusal};

use super::{CIRCUMSTANCES, Choices, FIELDS, SEVERITIES, Typed};
use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::{Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::pages::allocation::in_the_way;
use crate::pages::casework::{Caseworker, Factors, sensitivity};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::Session;
use crate::view::Paging;
use crate::{Edge, words};

pub(super) fn router() -> Router<Edge> {
    Router::new().route("/cases/{reference}/risk", get(ask).post(assess))
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/risk.html")]
struct RiskPage {
    page: Page,
    errors: Errors,
    reference: String,
    /// A closed case is not assessed any more.
    closed: bool,
    factors: Factors,
    choices: Choices,
    typed: Typed,
    assessments: Vec<Assessed>,
    paging: Paging,
}

/// What was found before.
struct Assessed {
    at: String,
    by: String,
    sensitivity: &'static str,
    severity: &'static str,
    since: String,
    circumstances: &'static str,
    new_factors: String,
    /// The service complaint whose review it answers; empty when nobody had asked.
    complaint: String,
}

impl From<RiskAssessment> for Assessed {
    fn from(it: RiskAssessment) -> Self {
        let found = it.factors.clone().unwrap_or_default();
        let severity = SEVERITIES.iter().find(|(is, _)| *is == found.severity());
        let known = CIRCUMSTANCES
            .iter()
            .find(|(is, _)| *is == found.circumstances());
        Self {
            at: words::instant(it.assessed_at.as_ref()),
            sensitivity: sensitivity(it.sensitivity()),
            severity: severity.map_or("", |(_, words)| words),
            circumstances: known.map_or("", |(_, words)| words),
            since: if found.going_on_since.is_empty() {
                "It is over".to_owned()
            } else {
                format!("Since {}", words::date(&found.going_on_since))
            },
            new_factors: found.new_factors,
            by: it.assessed_by,
            complaint: it.complaint_reference,
        }
    }
}

async fn find(edge: &Edge, session: &Session, reference: String) -> Result<Case, Refusal> {
    let request = session.to("case", GetCaseRequest { case_id: reference });
    let mut cases = edge.clients.case.clone();
    Ok(cases.get_case(request).await?.into_inner())
}

async fn before(
    edge: &Edge,
    session: &Session,
    case: &Case,
    cursor: &Cursor,
) -> Result<ListRiskAssessmentsResponse, Refusal> {
    let request = ListRiskAssessmentsRequest {
        case_id: case.id.clone(),
        page_size: 10,
        page_token: cursor.page.clone(),
    };
    let mut risks = edge.clients.risk.clone();
    let listed = risks.list_risk_assessments(session.to("case", request));
    Ok(listed.await?.into_inner())
}

/// The form with the history; a typed version stands for the case as the person saw it.
async fn page(
    edge: &Edge,
    session: &Session,
    frame: Frame,
    case: Case,
    (errors, typed): (Errors, Typed),
    cursor: &Cursor,
) -> Result<Response, Problem> {
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::Cases),
        before(edge, session, &case, cursor)
    );
    let listed = listed?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let address = format!("/cases/{}/risk", case.reference);
    let risk = RiskPage {
        page,
        errors,
        closed: !case.closed_on.is_empty(),
        factors: case.allocation.unwrap_or_default().into(),
        reference: case.reference,
        choices: Choices::of(edge),
        typed,
        paging: cursor.paging(&address, &[], &listed.next_page_token),
        assessments: listed.assessments.into_iter().map(Assessed::from).collect(),
    };
    Ok((status, jar, risk).into_response())
}

async fn ask(
    State(edge): State<Edge>,
    session: Caseworker,
    frame: Frame,
    Path(reference): Path<String>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let case = find(&edge, &session, reference).await?;
    let typed = Typed {
        version: case.version,
        ..Typed::default()
    };
    let form = (Errors::none(), typed);
    page(&edge, &session, frame, case, form, &cursor).await
}

async fn assess(
    State(edge): State<Edge>,
    session: Caseworker,
    frame: Frame,
    Path(reference): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let case = find(&edge, &session, reference).await?;
    let request = AssessRiskRequest {
        case_id: case.id.clone(),
        version: typed.version,
        factors: Some(typed.factors()),
    };
    let mut risks = edge.clients.risk.clone();
    let refused = match risks.assess_risk(session.to("case", request)).await {
        Ok(assessed) => {
            let found = sensitivity(assessed.into_inner().sensitivity()).to_lowercase();
            let flash = Flash::success(format!("The risk is assessed. The case is {found}"));
            let onto = Redirect::to(&format!("/cases/{}#risk", case.reference));
            return Ok((flash.keep(frame.jar), onto).into_response());
        }
        Err(refused) => refused,
    };
    let errors = if refused.code() == Code::InvalidArgument {
        Errors::of_status(refused, &FIELDS)?
    } else {
        in_the_way(refused)?
    };
    let typed = Typed {
        // Whoever sends the form again has seen the case as it is shown now.
        version: case.version,
        ..typed
    };
    let form = (errors, typed);
    page(&edge, &session, frame, case, form, &Cursor::default()).await
}
