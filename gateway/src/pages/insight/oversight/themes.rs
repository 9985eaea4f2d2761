//! The themes that lessons are gathered under: listed for all, kept by the manager (6.3).

use std::borrow::Cow;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use proto::service_complaint::v1::{
    AddThemeRequest, ListThemesRequest, RestoreThemeRequest, RetireThemeRequest, Theme,
};
use tonic::Status as Refusal;

use super::super::Insight;
use super::super::step::{Field, Typed, problems};
use super::sheet::Sheet;
use super::{Manager, manages};
use crate::extract::Path;
use crate::flash::Flash;
use crate::form::Form;
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::session::Session;
use crate::view::{Choice, Status};
use crate::{Edge, words};

const ADDRESS: &str = "/service-complaints/themes";
const BACK: (Cow<'static, str>, &str) = (Cow::Borrowed(ADDRESS), "Themes");

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/themes", get(list))
        .route("/service-complaints/themes/new", get(ask).post(add))
        .route(
            "/service-complaints/themes/{theme}/retire",
            get(ask_retire).post(retire),
        )
        .route("/service-complaints/themes/{theme}/restore", post(restore))
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/themes.html")]
struct ThemesPage {
    page: Page,
    manages: bool,
    themes: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    lessons: String,
    /// The lessons themselves; empty without any.
    shown_at: String,
    status: Status,
    retired: bool,
}

/// The themes, retired ones among them: there are a hundred at the most.
pub(super) async fn all(edge: &Edge, session: &Session) -> Result<Vec<Theme>, Refusal> {
    let mut client = edge.clients.oversight.clone();
    let request = session.to("service-complaint", ListThemesRequest {});
    Ok(client.list_themes(request).await?.into_inner().themes)
}

/// Those that new lessons may belong to, as choices.
pub(super) fn in_use(themes: Vec<Theme>) -> impl Iterator<Item = Choice> {
    let in_use = themes.into_iter().filter(|it| it.retired_on.is_empty());
    in_use.map(|it| Choice {
        value: it.id,
        label: it.name,
    })
}

async fn list(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
) -> Result<Response, Problem> {
    let ((jar, page), themes) =
        tokio::join!(frame.page(Area::ServiceComplaints), all(&edge, &session));
    let themes = themes?;
    let themes_page = ThemesPage {
        page,
        manages: manages(&session),
        themes: themes.iter().map(|it| Row::new(it, &themes)).collect(),
    };
    Ok((jar, themes_page).into_response())
}

impl Row {
    fn new(theme: &Theme, all: &[Theme]) -> Self {
        let into = all.iter().find(|it| it.id == theme.merged_into);
        let (text, colour) = match (theme.retired_on.as_str(), into) {
            ("", _) => ("In use".to_owned(), "green"),
            (on, None) => (format!("Retired on {}", words::date(on)), "grey"),
            (on, Some(into)) => {
                let text = format!("Merged into {} on {}", into.name, words::date(on));
                (text, "grey")
            }
        };
        let shown_at = words::address(super::learning::ADDRESS, &[("theme", &theme.id)]);
        Self {
            id: theme.id.clone(),
            name: theme.name.clone(),
            lessons: theme.lessons.to_string(),
            shown_at: if theme.lessons == 0 {
                String::new()
            } else {
                shown_at
            },
            status: Status { text, colour },
            retired: !theme.retired_on.is_empty(),
        }
    }
}

fn new_theme() -> Sheet {
    Sheet {
        address: format!("{ADDRESS}/new"),
        back: BACK,
        title: "Add a theme",
        button: "Add it",
        intro: "A theme gathers lessons that say much the same, so that we see what comes back (policy 6.3). The fewer there are, the more each tells.",
        about: Vec::new(),
        fields: vec![
            Field::line("name", "What do people call it?")
                .hint("For example, Delays and timeliness"),
            Field::line("id", "Its short name in files and addresses").hint(
                "Small letters, digits and hyphens. For example, delay. It can’t be changed later",
            ),
        ],
        hidden: &[],
    }
}

async fn ask(_: Manager, frame: Frame) -> Result<Response, Problem> {
    Ok(new_theme().show(frame, &Typed::default()).await)
}

async fn add(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let request = AddThemeRequest {
        id: typed.text("id"),
        name: typed.text("name"),
    };
    let mut client = edge.clients.oversight.clone();
    let sent = client
        .add_theme(session.to("service-complaint", request))
        .await;
    new_theme()
        .answer(frame, &typed, sent, "The theme is added.")
        .await
}

/// The form that retires a theme in use; a retired one has none.
fn retiring(themes: Vec<Theme>, id: &str) -> Result<Sheet, Problem> {
    let theme = themes.iter().find(|it| it.id == id);
    let theme = theme.filter(|it| it.retired_on.is_empty());
    let theme = theme.ok_or(Problem::NotFound)?.clone();
    let stay = Choice {
        value: String::new(),
        label: "No, they stay with this theme".to_owned(),
    };
    let others = in_use(themes).filter(|it| it.value != theme.id);
    let others = others.map(|it| Choice {
        label: format!("Yes, to {}", it.label),
        ..it
    });
    let lessons = match theme.lessons {
        1 => "1 lesson".to_owned(),
        many => format!("{many} lessons"),
    };
    Ok(Sheet {
        address: format!("{ADDRESS}/{id}/retire"),
        back: BACK,
        title: "Retire or merge a theme",
        button: "Retire it",
        intro: "No new lesson belongs to a retired theme. Its lessons stay with it, or move to another theme. What is moved counts there from then on, in the reports of past periods, too, and is not moved back when the theme is taken into use again.",
        about: vec![
            ("Theme".to_owned(), theme.name),
            ("Holds".to_owned(), lessons),
        ],
        fields: vec![
            Field::select(
                "merge_into",
                "Do its lessons move?",
                std::iter::once(stay).chain(others).collect(),
            ),
            Field::text("reason", "Why is it retired?", 1_000).missing("Enter a reason"),
        ],
        hidden: &[],
    })
}

async fn ask_retire(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let sheet = retiring(all(&edge, &session).await?, &id)?;
    Ok(sheet.show(frame, &Typed::default()).await)
}

async fn retire(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let sheet = retiring(all(&edge, &session).await?, &id)?;
    let request = RetireThemeRequest {
        theme_id: id,
        merge_into: typed.get("merge_into").to_owned(),
        reason: typed.text("reason"),
    };
    let mut client = edge.clients.oversight.clone();
    let sent = client
        .retire_theme(session.to("service-complaint", request))
        .await;
    sheet
        .answer(frame, &typed, sent, "The theme is retired.")
        .await
}

async fn restore(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Path(theme_id): Path<String>,
    Form(_): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let request = RestoreThemeRequest { theme_id };
    let mut client = edge.clients.oversight.clone();
    let flash = match client
        .restore_theme(session.to("service-complaint", request))
        .await
    {
        Ok(_) => Flash::success("The theme is in use again."),
        // Somebody else was quicker, or the form was sent twice.
        Err(refused) => Flash::important(problems(refused)?.of("").to_owned()),
    };
    Ok((flash.keep(frame.jar), Redirect::to(ADDRESS)).into_response())
}
