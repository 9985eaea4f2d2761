//! The pages that anyone can read: user guide, accessibility statement, cookies, privacy (WH-3).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use proto::case::v1::DescribeWorkflowRequest;

use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::{Edge, cookies};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/user-guide", get(user_guide))
        .route("/accessibility", get(accessibility))
        .route("/cookies", get(cookies_page))
        .route("/privacy", get(privacy))
}

/// A word of the portal, and what it means.
struct Explained {
    name: String,
    text: String,
}

impl Explained {
    fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "help/user_guide.html")]
struct UserGuidePage {
    page: Page,
    statuses: Vec<Explained>,
    teams: Vec<Explained>,
    task_kinds: Vec<Explained>,
}

#[derive(Template, WebTemplate)]
#[template(path = "help/accessibility.html")]
struct AccessibilityPage {
    page: Page,
}

#[derive(Template, WebTemplate)]
#[template(path = "help/cookies.html")]
struct CookiesPage {
    page: Page,
    cookies: Vec<CookieRow>,
}

struct CookieRow {
    name: &'static str,
    purpose: &'static str,
    lasts: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "help/privacy.html")]
struct PrivacyPage {
    page: Page,
}

async fn user_guide(State(edge): State<Edge>, frame: Frame) -> Result<Response, Problem> {
    let mut case = edge.clients.case.clone();
    let (workflow, (jar, page)) = tokio::join!(
        case.describe_workflow(DescribeWorkflowRequest {}),
        frame.page(Area::Other)
    );
    let workflow = workflow?.into_inner();
    let page = UserGuidePage {
        page,
        statuses: workflow
            .statuses
            .iter()
            .map(|it| Explained::new(&it.label, &it.explanation))
            .collect(),
        teams: workflow
            .teams
            .iter()
            .map(|it| Explained::new(&it.label, &it.role))
            .collect(),
        task_kinds: vec![
            Explained::new(
                "Record complaint and update",
                "Record a complaint, and update us with supporting information.",
            ),
            Explained::new(
                "Escalate complaint and update",
                "Escalate a complaint within your complaint process, and update us.",
            ),
            Explained::new(
                "For information",
                "Read the letter or email that the task is about. Nothing else is needed.",
            ),
            Explained::new(
                "Respond to information/evidence request",
                "Send us the information we asked for, in our preferred format, or reply to a request to mediate.",
            ),
            Explained::new(
                "Confirm compliance",
                "Confirm that you have complied with the orders of a determination.",
            ),
        ],
    };
    Ok((jar, page).into_response())
}

async fn accessibility(frame: Frame) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    (jar, AccessibilityPage { page }).into_response()
}

async fn cookies_page(frame: Frame) -> Response {
    let row = |name, purpose, lasts| CookieRow {
        name,
        purpose,
        lasts,
    };
    let rows = vec![
        row(
            cookies::SESSION,
            "Keeps you logged in",
            "Until you log out, you close your browser, the Portal goes unused for 30 minutes, or 12 hours have passed",
        ),
        row(
            cookies::USERNAME,
            "Remembers your username between the steps of logging in",
            "Until you are logged in, or close your browser",
        ),
        row(
            cookies::LOGIN,
            "Remembers your log-in until you have entered its code",
            "Until you are logged in, or close your browser",
        ),
        row(
            cookies::API_LOGIN,
            "Does the same for a program that logs in by the API",
            "Until it is logged in, or forgets its cookies",
        ),
        row(
            cookies::DEVICE,
            "Recognises a browser that you have logged in from, so that others can’t lock you out",
            "1 year",
        ),
        row(
            cookies::BROWSER,
            "Makes sure that forms come from this website",
            "Until you close your browser",
        ),
        row(
            cookies::COMPLAINT,
            "Finds your answers again while you write a complaint about our service",
            "Until you close your browser. We keep the answers for 24 hours, unless you send them",
        ),
        row(
            cookies::FLASH,
            "Carries a confirmation to the next page",
            "Until the next page, or until you close your browser",
        ),
    ];
    let (jar, page) = frame.page(Area::Other).await;
    (
        jar,
        CookiesPage {
            page,
            cookies: rows,
        },
    )
        .into_response()
}

async fn privacy(frame: Frame) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    (jar, PrivacyPage { page }).into_response()
}
