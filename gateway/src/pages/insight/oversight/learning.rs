//! Lessons: listed, recorded, completed, and signed off by somebody other than their owner (6.2, 6.3).

use std::borrow::Cow;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use proto::service_complaint::v1::{
    CompleteLessonRequest, GetLessonRequest, Lesson, LessonStatus, ListLessonsRequest,
    RecordLessonRequest, SignOffLessonRequest,
};
use serde::Deserialize;
use tonic::{Code, Status as Refusal};

use super::super::step::{Answer, Field, Typed};
use super::super::{Insight, colleagues, find};
use super::sheet::{Sheet, done, done_today};
use super::{Filters, filters, only, themes};
use crate::extract::{Path, Query};
use crate::form::Form;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::Session;
use crate::view::{Choice, Paging, Status};
use crate::{Edge, words};

pub(super) const ADDRESS: &str = "/service-complaints/learning";
const BACK: (Cow<'static, str>, &str) = (Cow::Borrowed(ADDRESS), "Learning");

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/learning", get(list))
        .route("/service-complaints/learning/new", get(ask).post(record))
        .route(
            "/service-complaints/learning/{lesson}/complete",
            get(ask_complete).post(complete),
        )
        .route(
            "/service-complaints/learning/{lesson}/sign-off",
            get(ask_sign_off).post(sign_off),
        )
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/learning.html")]
struct LearningPage {
    page: Page,
    records: bool,
    filters: Filters,
    /// The theme that is shown; empty when all are.
    theme: String,
    lessons: Vec<Row>,
    paging: Paging,
}

struct Row {
    learned: String,
    theme: String,
    action: String,
    owner: String,
    due: String,
    status: Status,
    evidence: String,
    comment: String,
    signed: String,
    complaints: Vec<String>,
    done: String,
    sign_off: String,
}

/// Each status with its name in an address and in words.
const STATUSES: [(LessonStatus, &str, &str); 5] = [
    (LessonStatus::Unspecified, "", "All"),
    (LessonStatus::Overdue, "overdue", "Overdue"),
    (LessonStatus::Open, "open", "Open"),
    (LessonStatus::Done, "done", "To be signed off"),
    (LessonStatus::SignedOff, "signed-off", "Signed off"),
];

fn status(status: LessonStatus) -> Status {
    let (text, colour) = match status {
        LessonStatus::Unspecified => ("Not known", "grey"),
        LessonStatus::Open => ("Open", "blue"),
        LessonStatus::Overdue => ("Overdue", "red"),
        LessonStatus::Done => ("To be signed off", "yellow"),
        LessonStatus::SignedOff => ("Signed off", "green"),
    };
    Status {
        text: text.to_owned(),
        colour,
    }
}

/// Which lessons are shown.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Which {
    status: String,
    theme: String,
}

async fn list(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(which): Query<Which>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let chosen = STATUSES.iter().find(|(_, name, _)| *name == which.status);
    let (wanted, name, _) = chosen.ok_or(Problem::NotFound)?;
    let request = ListLessonsRequest {
        page_token: cursor.page.clone(),
        status: (*wanted).into(),
        theme_id: which.theme.clone(),
        ..ListLessonsRequest::default()
    };
    let mut client = edge.clients.oversight.clone();
    let ((jar, page), listed, themes) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_lessons(session.to("service-complaint", request)),
        themes::all(&edge, &session)
    );
    let listed = listed?.into_inner();
    let theme = themes?.into_iter().find(|it| it.id == which.theme);
    let kept = [("theme", which.theme.as_str())];
    let statuses = STATUSES.map(|(_, key, label)| (key, label));
    let learning = LearningPage {
        page,
        records: session.works(),
        filters: filters(ADDRESS, (name, &kept), statuses),
        theme: theme.map(|it| it.name).unwrap_or_default(),
        lessons: (listed.lessons.into_iter())
            .map(|it| Row::new(it, &session))
            .collect(),
        paging: cursor.paging(
            ADDRESS,
            &[("status", name), kept[0]],
            &listed.next_page_token,
        ),
    };
    Ok((jar, learning).into_response())
}

impl Row {
    fn new(lesson: Lesson, session: &Insight) -> Self {
        let standing = lesson.status();
        let open = matches!(standing, LessonStatus::Open | LessonStatus::Overdue);
        let to = |offered: bool, step: &str| {
            if offered {
                format!("{ADDRESS}/{}/{step}", lesson.id)
            } else {
                String::new()
            }
        };
        let others = ![&lesson.owner_id, &lesson.done_by_id].contains(&&session.account.id);
        let signs = standing == LessonStatus::Done && session.decides() && others;
        Self {
            done: to(open && session.works(), "complete"),
            sign_off: to(signs, "sign-off"),
            status: status(standing),
            theme: lesson.theme.map(|it| it.name).unwrap_or_default(),
            learned: lesson.learned,
            action: lesson.action,
            owner: lesson.owner_name,
            due: words::date(&lesson.due_on),
            evidence: lesson.evidence,
            comment: lesson.comment,
            signed: lesson.signed_off_by,
            complaints: lesson
                .complaints
                .into_iter()
                .map(|it| it.reference)
                .collect(),
        }
    }
}

/// The form of a new lesson.
async fn new_lesson(edge: &Edge, session: &Insight) -> Result<Sheet, Problem> {
    let (themes, people) = tokio::join!(themes::all(edge, session), colleagues(edge, session, &[]));
    let themes = themes?;
    let choose = |label: &str| {
        std::iter::once(Choice {
            value: String::new(),
            label: label.to_owned(),
        })
    };
    let people = people?.into_iter().map(|it| Choice {
        value: it.id,
        label: it.name,
    });
    let people = choose("Choose a colleague").chain(people).collect();
    Ok(Sheet {
        address: format!("{ADDRESS}/new"),
        back: BACK,
        title: "Record a lesson",
        button: "Record it",
        intro: "Everybody who handles complaints records what we can learn from them (policy 6.2).",
        about: Vec::new(),
        fields: vec![
            Field::text("complaint_ids", "Which complaints taught us this?", 1_000)
                .hint("Their references, each on a line of its own. For example, SC202400001"),
            Field::select(
                "theme_id",
                "Theme",
                choose("Choose a theme")
                    .chain(themes::in_use(themes))
                    .collect(),
            ),
            Field::text("learned", "What did we learn?", 5_000).missing("Enter what was learned"),
            Field::text("action", "What is to be done?", 2_000).missing("Enter what is to be done"),
            Field::select("owner_id", "Who sees to it?", people),
            Field::date("due_on", "By when?").hint("For example, 18/10/2026"),
        ],
        hidden: &["request_id"],
    })
}

async fn ask(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(about): Query<About>,
) -> Result<Response, Problem> {
    only(session.works())?;
    let typed = Typed::from_iter([
        ("request_id", kit::id().to_string()),
        ("complaint_ids", about.complaint),
    ]);
    Ok(new_lesson(&edge, &session).await?.show(frame, &typed).await)
}

/// The complaint that a lesson is learned from, by its reference.
#[derive(Default, Deserialize)]
#[serde(default)]
struct About {
    complaint: String,
}

async fn record(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only(session.works())?;
    let sheet = new_lesson(&edge, &session).await?;
    let sent = send(&edge, &session, &typed).await;
    sheet
        .answer(frame, &typed, sent, "The lesson is recorded.")
        .await
}

async fn send(edge: &Edge, session: &Session, typed: &Typed) -> Result<Lesson, Refusal> {
    let mut complaint_ids = Vec::new();
    for reference in typed.lines("complaint_ids") {
        match find(edge, session, reference.trim()).await {
            Ok(complaint) => complaint_ids.push(complaint.id),
            // What is none goes on as it was typed, so that the service says so beside the field.
            Err(refused) if refused.code() == Code::NotFound => complaint_ids.push(reference),
            Err(refused) => return Err(refused),
        }
    }
    let owner_id = typed.get("owner_id").to_owned();
    let people = colleagues(edge, session, &[]).await?;
    let owner = people.into_iter().find(|it| it.id == owner_id);
    let request = RecordLessonRequest {
        request_id: typed.get("request_id").to_owned(),
        complaint_ids,
        theme_id: typed.get("theme_id").to_owned(),
        learned: typed.text("learned"),
        owner_id,
        owner_name: owner.map(|it| it.name).unwrap_or_default(),
        action: typed.text("action"),
        due_on: typed.date("due_on"),
    };
    let mut client = edge.clients.oversight.clone();
    let recorded = client.record_lesson(session.to("service-complaint", request));
    Ok(recorded.await?.into_inner())
}

async fn lesson(edge: &Edge, session: &Session, lesson_id: String) -> Result<Lesson, Refusal> {
    let mut client = edge.clients.oversight.clone();
    let request = session.to("service-complaint", GetLessonRequest { lesson_id });
    Ok(client.get_lesson(request).await?.into_inner())
}

fn about(lesson: &Lesson) -> Vec<(String, String)> {
    let facts = [
        ("What we learned", &lesson.learned),
        ("What is to be done", &lesson.action),
        ("Evidence", &lesson.evidence),
    ];
    let told = facts.into_iter().filter(|(_, words)| !words.is_empty());
    told.map(|(name, words)| (name.to_owned(), words.clone()))
        .collect()
}

fn completing(edge: &Edge, lesson: &Lesson) -> Sheet {
    Sheet {
        address: format!("{ADDRESS}/{}/complete", lesson.id),
        back: BACK,
        title: "Complete a lesson",
        button: "Complete it",
        intro: "Somebody else, who is not its owner either, then signs it off.",
        about: about(lesson),
        fields: done(edge.clock.today()),
        hidden: &["version"],
    }
}

async fn ask_complete(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    only(session.works())?;
    let lesson = lesson(&edge, &session, id).await?;
    let typed = done_today(lesson.version, edge.clock.today());
    Ok(completing(&edge, &lesson).show(frame, &typed).await)
}

async fn complete(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only(session.works())?;
    let lesson = lesson(&edge, &session, id).await?;
    let request = CompleteLessonRequest {
        lesson_id: lesson.id.clone(),
        version: typed.number("version"),
        on: typed.date("on"),
        evidence: typed.text("evidence"),
    };
    let mut client = edge.clients.oversight.clone();
    let sent = client
        .complete_lesson(session.to("service-complaint", request))
        .await;
    let sheet = completing(&edge, &lesson);
    sheet
        .answer(
            frame,
            &typed,
            sent,
            "The lesson is completed, and is to be signed off.",
        )
        .await
}

fn signing(lesson: &Lesson) -> Sheet {
    Sheet {
        address: format!("{ADDRESS}/{}/sign-off", lesson.id),
        back: BACK,
        title: "Sign a lesson off",
        button: "Save the decision",
        intro: "Look at the evidence: does it show that what was to be done is done?",
        about: about(lesson),
        fields: vec![
            Field::radios(
                "agreed",
                "What do you decide?",
                vec![
                    Answer::new("yes", "Sign it off"),
                    Answer::new("no", "Send it back").hint("Say below what is still to be done"),
                ],
            ),
            Field::text("comment", "Comment", 2_000),
        ],
        hidden: &["version"],
    }
}

async fn ask_sign_off(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    only(session.decides())?;
    let lesson = lesson(&edge, &session, id).await?;
    let typed = Typed::from_iter([("version", lesson.version.to_string())]);
    Ok(signing(&lesson).show(frame, &typed).await)
}

async fn sign_off(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only(session.decides())?;
    let lesson = lesson(&edge, &session, id).await?;
    // Nothing chosen sends it back, which needs a comment: it is never signed off by an oversight.
    let request = SignOffLessonRequest {
        lesson_id: lesson.id.clone(),
        version: typed.number("version"),
        agreed: typed.get("agreed") == "yes",
        comment: typed.text("comment"),
    };
    let mut client = edge.clients.oversight.clone();
    let sent = client
        .sign_off_lesson(session.to("service-complaint", request))
        .await;
    signing(&lesson)
        .answer(frame, &typed, sent, "Your decision is saved.")
        .await
}
