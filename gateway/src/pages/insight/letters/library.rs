//! The library of standard paragraphs: everybody of the workspace reads it, and the manager keeps it.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    AddParagraphRequest, ChangeParagraphRequest, ListParagraphsRequest, Paragraph,
    RetireParagraphRequest,
};

use super::super::Insight;
use super::super::step::{Field, FormPage, Typed, filled, problems};
use super::client;
use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::view::Paging;
use crate::{Edge, words};

const LIBRARY: &str = "/service-complaints/paragraphs";

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/paragraphs", get(list))
        .route("/service-complaints/paragraphs/add", get(ask).post(add))
        .route(
            "/service-complaints/paragraphs/{id}",
            get(edit).post(change),
        )
        .route("/service-complaints/paragraphs/{id}/retire", post(retire))
}

fn keeps(session: &Insight) -> bool {
    session.role() == Role::CustomerInsightManager
}

fn only_the_manager(session: &Insight) -> Result<(), Problem> {
    if keeps(session) {
        Ok(())
    } else {
        Err(Problem::NotFound)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/letter_library.html")]
struct LibraryPage {
    page: Page,
    keeps: bool,
    paragraphs: Vec<Row>,
    paging: Paging,
}

struct Row {
    id: String,
    topic: String,
    title: String,
    text: String,
    version: i64,
    changed: String,
}

impl Row {
    fn new(paragraph: Paragraph) -> Self {
        let at = words::instant(paragraph.changed_at.as_ref());
        let changed = match paragraph.changed_by.as_str() {
            "" => String::new(),
            by => format!("Changed {at} by {by}"),
        };
        Self {
            id: paragraph.id,
            topic: paragraph.topic,
            title: paragraph.title,
            text: paragraph.text,
            version: paragraph.version,
            changed,
        }
    }
}

async fn list(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let request = ListParagraphsRequest {
        page_token: cursor.page.clone(),
        ..ListParagraphsRequest::default()
    };
    let mut client = client(&edge)?;
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_paragraphs(session.to("service-complaint", request)),
    );
    let listed = listed?.into_inner();
    let library = LibraryPage {
        page,
        keeps: keeps(&session),
        paragraphs: listed.paragraphs.into_iter().map(Row::new).collect(),
        paging: cursor.paging(LIBRARY, &[], &listed.next_page_token),
    };
    Ok((jar, library).into_response())
}

fn form(page: Page, address: &str, title: &str, typed: &Typed, errors: Errors) -> FormPage {
    let fields = vec![
        Field::line("topic", "Topic").hint("For example, Delays"),
        Field::line("title", "Title"),
        Field::text("text", "Text", 3_000).missing("Enter the words").hint(
            "These are filled in by themselves: {name}, {reference}, {received_on}, {response_due}, {handler}, {case_reference}, {today}. \
             Any other words in braces tell the writer what to put there",
        ),
    ];
    FormPage {
        page,
        errors,
        address: address.to_owned(),
        back: (LIBRARY.to_owned(), "Standard paragraphs".to_owned()),
        title: title.to_owned(),
        button: "Save".to_owned(),
        warning: false,
        intro: Vec::new(),
        about: Vec::new(),
        fields: filled(fields, typed),
        hidden: ["request_id", "version"]
            .map(|it| (it, typed.get(it).to_owned()))
            .into(),
        changes: Vec::new(),
    }
}

async fn ask(State(_): State<Edge>, session: Insight, frame: Frame) -> Result<Response, Problem> {
    only_the_manager(&session)?;
    let typed = Typed::from_iter([("request_id", kit::id().to_string())]);
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let address = format!("{LIBRARY}/add");
    let form = form(
        page,
        &address,
        "Add a standard paragraph",
        &typed,
        Errors::none(),
    );
    Ok((jar, form).into_response())
}

async fn add(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only_the_manager(&session)?;
    let request = AddParagraphRequest {
        request_id: typed.get("request_id").to_owned(),
        topic: typed.text("topic"),
        title: typed.text("title"),
        text: typed.text("text"),
    };
    let errors = match client(&edge)?
        .add_paragraph(session.to("service-complaint", request))
        .await
    {
        Ok(_) => return Ok(done("The paragraph is in the library.", frame)),
        Err(refused) => problems(refused)?,
    };
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let address = format!("{LIBRARY}/add");
    let form = form(page, &address, "Add a standard paragraph", &typed, errors);
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
}

/// A paragraph of the library. It is small, so that what is asked for is found in it.
async fn find(edge: &Edge, session: &Insight, id: &str) -> Result<Paragraph, Problem> {
    let mut client = client(edge)?;
    let mut page_token = String::new();
    loop {
        let request = ListParagraphsRequest {
            page_size: 100,
            page_token,
            ..ListParagraphsRequest::default()
        };
        let listed = client
            .list_paragraphs(session.to("service-complaint", request))
            .await?
            .into_inner();
        if let Some(found) = listed.paragraphs.into_iter().find(|it| it.id == id) {
            return Ok(found);
        }
        page_token = listed.next_page_token;
        if page_token.is_empty() {
            return Err(Problem::NotFound);
        }
    }
}

async fn edit(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    only_the_manager(&session)?;
    let found = find(&edge, &session, &id).await?;
    let typed = Typed::from_iter([
        ("version", found.version.to_string()),
        ("topic", found.topic),
        ("title", found.title),
        ("text", found.text),
    ]);
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let address = format!("{LIBRARY}/{id}");
    let form = form(
        page,
        &address,
        "Change a standard paragraph",
        &typed,
        Errors::none(),
    );
    Ok((jar, form).into_response())
}

async fn change(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(id): Path<String>,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Problem> {
    only_the_manager(&session)?;
    let request = ChangeParagraphRequest {
        paragraph_id: id.clone(),
        version: typed.number("version"),
        topic: typed.text("topic"),
        title: typed.text("title"),
        text: typed.text("text"),
    };
    let errors = match client(&edge)?
        .change_paragraph(session.to("service-complaint", request))
        .await
    {
        Ok(_) => return Ok(done("The paragraph is changed.", frame)),
        Err(refused) if reason(&refused) == "STALE" => {
            let now = find(&edge, &session, &id).await?;
            typed.put("version", &now.version.to_string());
            Errors::one(
                "",
                "Somebody changed this paragraph since you opened it. Save it again to put yours in the place of theirs",
            )
        }
        Err(refused) => problems(refused)?,
    };
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let address = format!("{LIBRARY}/{id}");
    let form = form(
        page,
        &address,
        "Change a standard paragraph",
        &typed,
        errors,
    );
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
}

async fn retire(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only_the_manager(&session)?;
    let request = RetireParagraphRequest {
        paragraph_id: id,
        version: typed.number("version"),
    };
    client(&edge)?
        .retire_paragraph(session.to("service-complaint", request))
        .await?;
    Ok(done("The paragraph is taken out of the library.", frame))
}

fn done(text: &str, frame: Frame) -> Response {
    let flash = Flash::success(text);
    (flash.keep(frame.jar), Redirect::to(LIBRARY)).into_response()
}
