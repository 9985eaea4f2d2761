//! A complaint's page: its frame with what is due next, and its parts.

pub(super) mod next;
mod parts;
mod points;
mod written;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum_extra::extract::cookie::CookieJar;
use chrono::NaiveDate;
use proto::service_complaint::v1::{
    Complaint, ListComplaintsRequest, ListHistoryRequest, ListNotesRequest,
};

use self::next::{Link, NextStep};
use self::parts::{ActionView, ApprovalView, Clock, ElementView, Person, RemedyView, StageView};
use self::written::NoteView;
use super::amend::Changes;
use super::step::{Step, present_stage};
use super::words::{self as said, Due};
use super::{Insight, TABS, colleagues, find, letters};
use crate::extract::{Path, Query};
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::view::{Paging, Status};
use crate::{Edge, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/{reference}", get(overview))
        .route("/service-complaints/{reference}/clocks", get(clocks))
        .route("/service-complaints/{reference}/findings", get(findings))
        .route("/service-complaints/{reference}/remedies", get(remedies))
        .route("/service-complaints/{reference}/notes", get(notes))
        .route("/service-complaints/{reference}/timeline", get(timeline))
}

/// What every part shows of its complaint.
pub(super) struct Head {
    pub(super) reference: String,
    pub(super) name: String,
    pub(super) standing: Status,
    pub(super) due: Due,
    pub(super) handler: String,
    /// Whether nothing is left to do about it (4.22).
    pub(super) finished: bool,
    /// Whether whoever looks works on complaints.
    pub(super) works: bool,
    pub(super) tabs: &'static [(&'static str, &'static str)],
    /// The end of this part's address.
    pub(super) tab: &'static str,
}

impl Head {
    fn new(complaint: &Complaint, session: &Insight, tab: &'static str, today: NaiveDate) -> Self {
        let handler = present_stage(complaint).map(|it| it.handler_name.clone());
        let name = complaint.service_user.as_ref().map(|it| it.name.clone());
        Self {
            reference: complaint.reference.clone(),
            name: name.unwrap_or_default(),
            standing: said::standing(complaint.standing()),
            due: said::next_due(complaint.next_deadline.as_ref(), today),
            handler: handler.unwrap_or_default(),
            finished: complaint.finished,
            works: session.works(),
            tabs: TABS,
            tab,
        }
    }
}

/// A complaint that was found, with the frame of its page.
pub(super) struct Opened {
    pub(super) jar: CookieJar,
    pub(super) page: Page,
    pub(super) head: Head,
    pub(super) complaint: Complaint,
    pub(super) today: NaiveDate,
}

pub(super) async fn open(
    edge: &Edge,
    session: &Insight,
    frame: Frame,
    reference: &str,
    tab: &'static str,
) -> Result<Opened, Problem> {
    let ((jar, page), found) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        find(edge, session, reference)
    );
    let complaint = found?;
    let today = edge.clock.today();
    Ok(Opened {
        jar,
        page,
        head: Head::new(&complaint, session, tab, today),
        complaint,
        today,
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/overview.html")]
struct OverviewPage {
    page: Page,
    head: Head,
    next: Vec<NextStep>,
    /// What is waited for; empty when it goes without saying.
    waits: String,
    more: Vec<Link>,
    /// Where the private link is sent again; empty when it can't be, or by somebody else.
    link: String,
    person: Person,
    changes: Changes,
    summary: String,
    /// Of which type it is (2.2).
    about: &'static str,
    channel: &'static str,
    received_on: String,
    case_reference: String,
    follows: String,
    raised_during: String,
    service_request: String,
    points: Vec<points::PointView>,
    elements: Vec<ElementView>,
    desired_outcome: String,
    outcome_reply: Status,
    /// When the person was asked again about it, and where that can be seen; empty when they were not, or answered.
    asked_again: String,
    early_resolution: String,
    approvals: Vec<ApprovalView>,
    ending: Option<parts::EndingView>,
    /// Why nothing is to be learned from it; empty when that was not said.
    no_lesson: String,
    conflicts: Vec<parts::ConflictView>,
    /// Where whoever decides alone declares an interest; empty for whoever finds that among the steps.
    declare: String,
    others: Others,
}

/// Other complaints of the same person or about the same case (2.6): whoever complains again, or said before what they need.
struct Others {
    complaints: Vec<Other>,
    /// Where all of them are; empty when these are.
    all: String,
}

struct Other {
    reference: String,
    name: String,
    received_on: String,
    standing: Status,
}

impl Others {
    async fn of(edge: &Edge, session: &Insight, reference: &str) -> Result<Self, Problem> {
        let request = ListComplaintsRequest {
            page_size: 5,
            related_to: reference.to_owned(),
            ..ListComplaintsRequest::default()
        };
        let mut client = edge.clients.service_complaint.clone();
        let request = session.to("service-complaint", request);
        let listed = client.list_complaints(request).await?.into_inner();
        let all = if listed.next_page_token.is_empty() {
            String::new()
        } else {
            format!("/service-complaints/all?related={reference}")
        };
        let complaints = listed.complaints.into_iter().map(|it| Other {
            standing: said::standing(it.standing()),
            received_on: words::date(&it.received_on),
            name: it.service_user.unwrap_or_default().name,
            reference: it.reference,
        });
        Ok(Self {
            complaints: complaints.collect(),
            all,
        })
    }
}

async fn overview(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let Opened {
        jar,
        page,
        head,
        complaint,
        today,
    } = open(&edge, &session, frame, &reference, "").await?;
    let others = Others::of(&edge, &session, &complaint.reference).await?;
    let (next, more) = if session.works() {
        let drafts = letters::drafts(&edge, &session, &complaint.id).await?;
        let steps = next::steps(&complaint, today);
        let steps = next::with_drafts(steps, &complaint.reference, &drafts);
        (steps, next::more(&complaint))
    } else {
        (Vec::new(), Vec::new())
    };
    let link = if session.works() && Step::SendLink.fits(&complaint) {
        Step::SendLink.address(&complaint.reference)
    } else {
        String::new()
    };
    let declare = if session.decides() && !session.works() {
        Step::Declare.address(&complaint.reference)
    } else {
        String::new()
    };
    let overview = OverviewPage {
        page,
        head,
        next,
        waits: next::waits(&complaint),
        more,
        link,
        person: Person::new(&complaint),
        changes: Changes::of(&complaint, session.works()),
        summary: complaint.summary.clone(),
        about: said::complaint_type(complaint.complaint_type()),
        channel: said::channel(complaint.channel()),
        received_on: words::date(&complaint.received_on),
        case_reference: complaint.case_reference.clone(),
        follows: complaint.follows_id.clone(),
        raised_during: complaint.raised_during_id.clone(),
        service_request: complaint.service_request_id.clone(),
        points: points::PointView::all(&complaint),
        elements: ElementView::all(&complaint),
        desired_outcome: complaint.desired_outcome.clone(),
        outcome_reply: said::outcome_reply(complaint.outcome_reply()),
        asked_again: said::asked_again(&complaint),
        early_resolution: complaint.early_resolution.clone(),
        approvals: ApprovalView::all(&complaint, &session),
        ending: complaint.ending.as_ref().map(parts::EndingView::new),
        no_lesson: complaint.no_lesson.clone(),
        conflicts: parts::ConflictView::all(&complaint),
        declare,
        others,
    };
    Ok((jar, overview).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/clocks.html")]
struct ClocksPage {
    page: Page,
    head: Head,
    clocks: Vec<Clock>,
}

async fn clocks(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let (opened, colleagues) = tokio::join!(
        open(&edge, &session, frame, &reference, "/clocks"),
        colleagues(&edge, &session, &[]),
    );
    let Opened {
        jar,
        page,
        head,
        complaint,
        today,
    } = opened?;
    let clocks = Clock::all(&complaint, &colleagues?, today);
    Ok((jar, ClocksPage { page, head, clocks }).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/findings.html")]
struct FindingsPage {
    page: Page,
    head: Head,
    stages: Vec<StageView>,
}

async fn findings(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let Opened {
        jar,
        page,
        head,
        complaint,
        ..
    } = open(&edge, &session, frame, &reference, "/findings").await?;
    let stages = StageView::all(&complaint);
    Ok((jar, FindingsPage { page, head, stages }).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/remedies.html")]
struct RemediesPage {
    page: Page,
    head: Head,
    /// Where a remedy is offered; empty when none can be.
    offer: String,
    promise: String,
    remedies: Vec<RemedyView>,
    actions: Vec<ActionView>,
}

async fn remedies(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let Opened {
        jar,
        page,
        head,
        complaint,
        today,
    } = open(&edge, &session, frame, &reference, "/remedies").await?;
    let offer = if Step::OfferRemedy.fits(&complaint) {
        Step::OfferRemedy.address(&complaint.reference)
    } else {
        String::new()
    };
    let remedies = RemediesPage {
        page,
        head,
        offer,
        promise: Step::Promise.address(&complaint.reference),
        remedies: RemedyView::all(&complaint),
        actions: ActionView::all(&complaint, today),
    };
    Ok((jar, remedies).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/notes.html")]
struct NotesPage {
    page: Page,
    head: Head,
    write: String,
    notes: Vec<NoteView>,
    paging: Paging,
}

async fn notes(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let Opened {
        jar,
        page,
        head,
        complaint,
        ..
    } = open(&edge, &session, frame, &reference, "/notes").await?;
    let request = ListNotesRequest {
        complaint_id: complaint.id.clone(),
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let mut client = edge.clients.service_complaint.clone();
    let listed = client
        .list_notes(session.to("service-complaint", request))
        .await?
        .into_inner();
    let address = format!("/service-complaints/{}/notes", complaint.reference);
    let notes = NotesPage {
        page,
        head,
        write: Step::Note.address(&complaint.reference),
        notes: listed.notes.into_iter().map(NoteView::from).collect(),
        paging: cursor.paging(&address, &[], &listed.next_page_token),
    };
    Ok((jar, notes).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/timeline.html")]
struct TimelinePage {
    page: Page,
    head: Head,
    changes: Vec<written::ChangeView>,
    paging: Paging,
}

async fn timeline(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let Opened {
        jar,
        page,
        head,
        complaint,
        ..
    } = open(&edge, &session, frame, &reference, "/timeline").await?;
    let request = ListHistoryRequest {
        complaint_id: complaint.id.clone(),
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let mut client = edge.clients.service_complaint.clone();
    let listed = client
        .list_history(session.to("service-complaint", request))
        .await?
        .into_inner();
    let address = format!("/service-complaints/{}/timeline", complaint.reference);
    let timeline = TimelinePage {
        page,
        head,
        changes: listed
            .changes
            .into_iter()
            .map(written::ChangeView::from)
            .collect(),
        paging: cursor.paging(&address, &[], &listed.next_page_token),
    };
    Ok((jar, timeline).into_response())
}
