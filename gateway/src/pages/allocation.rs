//! For casework: the queues of cases that wait for an investigator, the next case of one, and a senior colleague's approval to move a case
//! ahead of others (CA-9).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use proto::case::v1::{
    AllocateNextRequest, ApproveAheadRequest, Case, CaseType, GetCaseRequest,
    ListAwaitingAllocationRequest, WithdrawAheadRequest,
};
use serde::Deserialize;
use tonic::{Code, Status as Refusal};

use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::{self, Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::pages::casework::{Caseworker, Factors};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::Session;
use crate::view::Paging;
use crate::{Edge, words};

const ADDRESS: &str = "/allocation";

/// Each kind of case has a queue of its own: its name in an address, and in words.
const QUEUES: [(CaseType, &str, &str); 3] = [
    (CaseType::MemberLandlord, "", "Member landlords"),
    (
        CaseType::ComplaintHandling,
        "complaint-handling",
        "Complaint handling",
    ),
    (CaseType::Enquiry, "enquiries", "Enquiries"),
];

pub(crate) fn router() -> Router<Edge> {
    Router::new()
        .route("/allocation", get(queue))
        .route("/allocation/next", post(next))
        .route(
            "/allocation/{reference}/ahead",
            get(ask_ahead).post(move_ahead),
        )
        .route(
            "/allocation/{reference}/in-turn",
            get(ask_in_turn).post(put_back),
        )
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/allocation.html")]
struct QueuePage {
    page: Page,
    senior: bool,
    queues: Vec<(&'static str, String, bool)>,
    queue: &'static str,
    request_id: String,
    cases: Vec<Waiting>,
    paging: Paging,
}

/// A case that waits.
struct Waiting {
    reference: String,
    complainant: String,
    landlord: String,
    opened_on: String,
    factors: Factors,
}

impl From<Case> for Waiting {
    fn from(case: Case) -> Self {
        Self {
            opened_on: words::date(&case.opened_on),
            factors: case.allocation.unwrap_or_default().into(),
            reference: case.reference,
            complainant: case.complainant,
            landlord: case.landlord_name,
        }
    }
}

/// Whose queue is meant.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Which {
    queue: String,
}

impl Which {
    fn queue(&self) -> Result<(CaseType, &'static str), Problem> {
        let found = QUEUES.into_iter().find(|(_, name, _)| *name == self.queue);
        let (case_type, name, _) = found.ok_or(Problem::NotFound)?;
        Ok((case_type, name))
    }
}

fn address(queue: &str) -> String {
    words::address(ADDRESS, &[("queue", queue)])
}

async fn queue(
    State(edge): State<Edge>,
    session: Caseworker,
    frame: Frame,
    Query(which): Query<Which>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let (case_type, chosen) = which.queue()?;
    let request = ListAwaitingAllocationRequest {
        case_type: case_type.into(),
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let mut queues = edge.clients.allocation.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::Cases),
        queues.list_awaiting_allocation(session.to("case", request))
    );
    let listed = listed?.into_inner();
    let links = QUEUES.map(|(_, name, label)| (label, address(name), name == chosen));
    let queue = QueuePage {
        page,
        senior: session.is_senior(),
        queues: links.into(),
        queue: chosen,
        request_id: kit::id().to_string(),
        cases: listed.cases.into_iter().map(Waiting::from).collect(),
        paging: cursor.paging(ADDRESS, &[("queue", chosen)], &listed.next_page_token),
    };
    Ok((jar, queue).into_response())
}

/// A request for the next case of a queue.
#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    request_id: String,
    #[serde(default)]
    queue: String,
}

async fn next(
    State(edge): State<Edge>,
    session: Caseworker,
    frame: Frame,
    Form(Next { request_id, queue }): Form<Next>,
) -> Result<Response, Problem> {
    let (case_type, queue) = Which { queue }.queue()?;
    let request = AllocateNextRequest {
        request_id,
        case_type: case_type.into(),
        owner_account_id: String::new(),
    };
    let mut queues = edge.clients.allocation.clone();
    match queues.allocate_next(session.to("case", request)).await {
        Ok(case) => {
            let reference = case.into_inner().reference;
            let flash = Flash::success(format!("Case {reference} is yours"));
            let onto = Redirect::to(&format!("/cases/{reference}"));
            Ok((flash.keep(frame.jar), onto).into_response())
        }
        Err(refused) => {
            let text = match form::reason(&refused).as_str() {
                "NOTHING_WAITS" => "Nothing waits in this queue any more",
                "NO_SUCH_STAFF" | "STAFF_INACTIVE" => {
                    "Your account is not known to casework yet. Try again in a minute"
                }
                _ => return Err(refused.into()),
            };
            let jar = Flash::important(text).keep(frame.jar);
            Ok((jar, Redirect::to(&address(queue))).into_response())
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/ahead.html")]
struct AheadPage {
    page: Page,
    errors: Errors,
    case: Waiting,
    /// Whether it is moved ahead, and not put back into its turn.
    ahead: bool,
    typed: Decided,
}

/// A senior colleague's decision, as it was typed.
#[derive(Debug, Default, Deserialize)]
struct Decided {
    #[serde(default)]
    version: i64,
    #[serde(default)]
    reason: String,
}

async fn find(edge: &Edge, session: &Session, reference: String) -> Result<Case, Refusal> {
    let request = session.to("case", GetCaseRequest { case_id: reference });
    let mut cases = edge.clients.case.clone();
    Ok(cases.get_case(request).await?.into_inner())
}

/// The form, for a senior colleague; what is so already has none.
async fn ask(
    edge: &Edge,
    session: &Caseworker,
    frame: Frame,
    reference: String,
    ahead: bool,
) -> Result<Response, Problem> {
    if !session.is_senior() {
        return Err(Problem::NotFound);
    }
    let case = find(edge, session, reference).await?;
    let is_ahead = case
        .allocation
        .as_ref()
        .is_some_and(|it| it.ahead.is_some());
    if is_ahead == ahead {
        let text = if ahead {
            "The case goes ahead of others already"
        } else {
            "The case waits for its turn already"
        };
        let onto = Redirect::to(&format!("/cases/{}", case.reference));
        return Ok((Flash::important(text).keep(frame.jar), onto).into_response());
    }
    let typed = Decided {
        version: case.version,
        reason: String::new(),
    };
    let (jar, page) = frame.page(Area::Cases).await;
    let form = AheadPage {
        page,
        errors: Errors::none(),
        case: case.into(),
        ahead,
        typed,
    };
    Ok((jar, form).into_response())
}

async fn decide(
    edge: &Edge,
    session: &Caseworker,
    frame: Frame,
    (reference, typed): (String, Decided),
    ahead: bool,
) -> Result<Response, Problem> {
    if !session.is_senior() {
        return Err(Problem::NotFound);
    }
    let case = find(edge, session, reference).await?;
    let (case_id, version, reason) = (case.id.clone(), typed.version, typed.reason.clone());
    let mut queues = edge.clients.allocation.clone();
    let decided = if ahead {
        let request = ApproveAheadRequest {
            case_id,
            version,
            reason,
        };
        queues.approve_ahead(session.to("case", request)).await
    } else {
        let request = WithdrawAheadRequest {
            case_id,
            version,
            reason,
        };
        queues.withdraw_ahead(session.to("case", request)).await
    };
    let Err(refused) = decided else {
        let text = if ahead {
            "The case goes ahead of others"
        } else {
            "The case waits for its turn again"
        };
        let onto = Redirect::to(&format!("/cases/{}#risk", case.reference));
        return Ok((Flash::success(text).keep(frame.jar), onto).into_response());
    };
    let errors = in_the_way(refused)?;
    let typed = Decided {
        // Whoever sends the form again has seen the case as it is shown now.
        version: case.version,
        ..typed
    };
    let (jar, page) = frame.page(Area::Cases).await;
    let form = AheadPage {
        page,
        errors,
        case: case.into(),
        ahead,
        typed,
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, jar, form).into_response())
}

/// What stands in the way of a decision about a case, in a sentence for its form.
pub(crate) fn in_the_way(refused: Refusal) -> Result<Errors, Problem> {
    let text = match (refused.code(), form::reason(&refused).as_str()) {
        (Code::Aborted, _) => {
            "Somebody else changed the case meanwhile. Look at it again, and send the form once more"
        }
        (_, "OWN_CASE") => {
            "You own this case, so that a colleague who does not own it has to decide this"
        }
        (_, "ALREADY_AHEAD") => "The case goes ahead of others already",
        (_, "NOT_AHEAD") => "The case waits for its turn already",
        (_, "CASE_CLOSED") => "The case is closed, so that nobody waits for it",
        _ => return Errors::of_status(refused, &[]),
    };
    Ok(Errors::one("", text))
}

async fn ask_ahead(
    State(edge): State<Edge>,
    session: Caseworker,
    frame: Frame,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    ask(&edge, &session, frame, reference, true).await
}

async fn move_ahead(
    State(edge): State<Edge>,
    session: Caseworker,
    frame: Frame,
    Path(reference): Path<String>,
    Form(typed): Form<Decided>,
) -> Result<Response, Problem> {
    decide(&edge, &session, frame, (reference, typed), true).await
}

async fn ask_in_turn(
    State(edge): State<Edge>,
    session: Caseworker,
    frame: Frame,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    ask(&edge, &session, frame, reference, false).await
}

async fn put_back(
    State(edge): State<Edge>,
    session: Caseworker,
    frame: Frame,
    Path(reference): Path<String>,
    Form(typed): Form<Decided>,
) -> Result<Response, Problem> {
    decide(&edge, &session, frame, (reference, typed), false).await
}
