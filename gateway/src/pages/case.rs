//! A case: its frame with the upcoming tasks at the side, and its first two tabs (CA-6). The other tabs have files of their own.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use axum_extra::extract::cookie::CookieJar;
use proto::case::v1::{Case, GetCaseRequest, ListTimelineRequest, Outcome, UpcomingTask};
use proto::messaging::v1::CountUnreadRequest;
use proto::task::v1::{ListTasksRequest, TaskState};
use serde::Deserialize;

use crate::extract::{Path, Query};
use crate::page::{Area, Frame, Page};
use crate::pages::casework::Factors;
use crate::pages::tasks::TaskRow;
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::{Column, Paging, Status};
use crate::{Edge, tags, words};

pub(crate) fn router() -> Router<Edge> {
    Router::new()
        .route("/cases/{reference}", get(overview))
        .route("/cases/{reference}/tasks", get(tasks))
}

/// A case's tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Overview,
    Tasks,
    Documents,
    Messages,
}

/// What every tab shows of its case.
pub(crate) struct CaseHead {
    pub(crate) reference: String,
    pub(crate) case_type: String,
    pub(crate) complainant: String,
    pub(crate) representative: String,
    pub(crate) landlord: String,
    pub(crate) subject: String,
    pub(crate) team: String,
    pub(crate) team_role: String,
    pub(crate) owner: String,
    pub(crate) opened_on: String,
    pub(crate) closed_on: String,
    pub(crate) status: Status,
    pub(crate) status_explanation: String,
    /// What is expected of the stage, in words; empty for a closed case.
    pub(crate) timeframe: String,
    pub(crate) upcoming: Vec<Upcoming>,
    /// Messages that the person's side has not read.
    pub(crate) unread: u32,
}

/// A task at the side.
pub(crate) struct Upcoming {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) due_on: String,
    pub(crate) status: Status,
}

impl CaseHead {
    pub(crate) fn new(case: Case, unread: u32) -> Self {
        let status = tags::case(case.status(), case.status_label);
        let upcoming = case.upcoming_tasks.into_iter().map(Upcoming::from);
        Self {
            upcoming: upcoming.collect(),
            status,
            reference: case.reference,
            case_type: case.case_type_label,
            complainant: case.complainant,
            representative: case.representative,
            landlord: case.landlord_name,
            subject: case.subject,
            team: case.team_label,
            team_role: case.team_role,
            owner: case.owner_name,
            opened_on: words::date(&case.opened_on),
            closed_on: words::date(&case.closed_on),
            status_explanation: case.status_explanation,
            timeframe: case.stage.map(|it| it.words).unwrap_or_default(),
            unread,
        }
    }
}

impl From<UpcomingTask> for Upcoming {
    fn from(task: UpcomingTask) -> Self {
        Self {
            status: tags::urgency(task.urgency()),
            due_on: words::date(&task.due_on),
            id: task.id,
            title: task.title,
        }
    }
}

/// A case that was found, with the frame of its page.
pub(crate) struct Opened {
    pub(crate) jar: CookieJar,
    pub(crate) page: Page,
    pub(crate) case: Case,
}

/// Finds a case by what people call it. The parts of a case are asked for by its id, so this comes first.
pub(crate) async fn open(
    edge: &Edge,
    session: &Session,
    frame: Frame,
    reference: String,
) -> Result<Opened, Problem> {
    let mut cases = edge.clients.case.clone();
    let request = session.to("case", GetCaseRequest { case_id: reference });
    let ((jar, page), case) = tokio::join!(frame.page(Area::Cases), cases.get_case(request));
    Ok(Opened {
        jar,
        page,
        case: case?.into_inner(),
    })
}

/// How many messages of a case the person's side has not read. A page is worth showing without it.
pub(crate) async fn unread(edge: &Edge, session: &Session, case_id: &str) -> u32 {
    let request = CountUnreadRequest {
        case_ids: vec![case_id.to_owned()],
    };
    let mut messages = edge.clients.messaging.clone();
    match messages
        .count_unread(session.to("messaging", request))
        .await
    {
        Ok(counts) => {
            let unread = counts.into_inner().by_case.get(case_id).copied();
            u32::try_from(unread.unwrap_or_default()).unwrap_or_default()
        }
        Err(status) => {
            tracing::warn!(code = ?status.code(), "the count of unread messages is missing");
            0
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/overview.html")]
struct OverviewPage {
    page: Page,
    tab: Tab,
    case: CaseHead,
    outcome: Option<OutcomeView>,
    /// For casework alone.
    allocation: Option<Factors>,
    timeline: Vec<TimelineEntry>,
    paging: Paging,
}

/// What was decided, as far as the person may know.
struct OutcomeView {
    finding: String,
    explanation: String,
    summary: String,
    decided_on: String,
    /// Whether the landlord does not see it yet.
    untold: bool,
}

impl From<Outcome> for OutcomeView {
    fn from(outcome: Outcome) -> Self {
        Self {
            decided_on: words::date(&outcome.decided_on),
            finding: outcome.finding_label,
            explanation: outcome.finding_explanation,
            summary: outcome.summary,
            untold: !outcome.told,
        }
    }
}

struct TimelineEntry {
    title: String,
    by: String,
    /// For staff: who it was, as the audit names them.
    by_id: String,
    at: String,
    at_iso: String,
    text: String,
    /// For staff: whether the landlord does not see it.
    staff_only: bool,
}

async fn overview(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(reference): Path<String>,
    Query(cursor): Query<Cursor>,
) -> Result<impl IntoResponse, Problem> {
    let Opened { jar, page, case } = open(&edge, &session, frame, reference).await?;
    let request = ListTimelineRequest {
        case_id: case.id.clone(),
        page_token: cursor.page.clone(),
        ..ListTimelineRequest::default()
    };
    let mut cases = edge.clients.case.clone();
    let (unread, timeline) = tokio::join!(
        unread(&edge, &session, &case.id),
        cases.list_timeline(session.to("case", request)),
    );
    let timeline = timeline?.into_inner();

    let address = format!("/cases/{}", case.reference);
    let overview = OverviewPage {
        page,
        tab: Tab::Overview,
        outcome: case.outcome.clone().map(OutcomeView::from),
        allocation: case.allocation.clone().map(Factors::from),
        case: CaseHead::new(case, unread),
        paging: cursor.paging(&address, &[], &timeline.next_page_token),
        timeline: timeline
            .entries
            .into_iter()
            .map(TimelineEntry::from)
            .collect(),
    };
    Ok((jar, overview))
}

impl From<proto::case::v1::TimelineEntry> for TimelineEntry {
    fn from(entry: proto::case::v1::TimelineEntry) -> Self {
        Self {
            at: words::instant(entry.occurred_at.as_ref()),
            at_iso: words::machine(entry.occurred_at.as_ref()),
            title: entry.title,
            by: entry.actor,
            by_id: entry.actor_id,
            staff_only: entry.staff_only,
            text: entry.description,
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/tasks.html")]
struct CaseTasksPage {
    page: Page,
    tab: Tab,
    case: CaseHead,
    open_columns: [Column; 4],
    ended_columns: [Column; 4],
    open: Vec<TaskRow>,
    open_paging: Paging,
    ended: Vec<TaskRow>,
    ended_paging: Paging,
}

/// Where the second list of the page is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EndedCursor {
    ended: String,
    ended_trail: String,
}

async fn tasks(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(reference): Path<String>,
    Query(cursor): Query<Cursor>,
    Query(EndedCursor { ended, ended_trail }): Query<EndedCursor>,
) -> Result<impl IntoResponse, Problem> {
    let ended_cursor = Cursor {
        page: ended,
        trail: ended_trail,
    };
    let Opened { jar, page, case } = open(&edge, &session, frame, reference).await?;
    let list = async |state: TaskState, cursor: &Cursor| {
        let request = ListTasksRequest {
            case_id: case.id.clone(),
            page_token: cursor.page.clone(),
            state: state.into(),
            ..ListTasksRequest::default()
        };
        let mut tasks = edge.clients.task.clone();
        tasks.list_tasks(session.to("task", request)).await
    };
    let (unread, open, ended) = tokio::join!(
        unread(&edge, &session, &case.id),
        list(TaskState::Open, &cursor),
        list(TaskState::Ended, &ended_cursor),
    );
    let (open, ended) = (open?.into_inner(), ended?.into_inner());

    let address = format!("/cases/{}/tasks", case.reference);
    // Each list keeps the place of the other.
    let open_kept = [
        ("ended", ended_cursor.page.as_str()),
        ("ended_trail", &ended_cursor.trail),
    ];
    let ended_kept = [("page", cursor.page.as_str()), ("trail", &cursor.trail)];
    let rows = |tasks: Vec<_>| {
        let row = |task| TaskRow::new(task, session.is_landlord());
        tasks.into_iter().map(row).collect()
    };
    let tasks = CaseTasksPage {
        page,
        tab: Tab::Tasks,
        case: CaseHead::new(case, unread),
        open_columns: task_columns("Actions"),
        ended_columns: task_columns("Ended on"),
        open_paging: cursor.paging(&address, &open_kept, &open.next_page_token),
        open: rows(open.tasks),
        ended_paging: ended_cursor.paging_as(
            ["ended", "ended_trail"],
            &address,
            &ended_kept,
            &ended.next_page_token,
        ),
        ended: rows(ended.tasks),
    };
    Ok((jar, tasks))
}

/// The columns of a list of tasks. Only what is open can be acted on, and only what is not has an end.
fn task_columns(last: &'static str) -> [Column; 4] {
    [
        Column::named("Status"),
        Column::named("Title"),
        Column::named("Task due date"),
        Column::named(last),
    ]
}
