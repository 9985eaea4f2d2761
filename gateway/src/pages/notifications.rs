//! The bell: what the person should know, newest first (NO-2).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use proto::notification::v1::{DeliveryState, ListNoticesRequest, MarkNoticesReadRequest, Notice};
use serde::Deserialize;

use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::Form;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::LoggedIn;
use crate::view::Paging;
use crate::{Edge, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/notifications", get(list))
        .route("/notifications/read", post(mark_all))
        .route("/notifications/{id}/open", post(open))
}

#[derive(Template, WebTemplate)]
#[template(path = "notifications/list.html")]
struct ListPage {
    page: Page,
    notices: Vec<NoticeRow>,
    paging: Paging,
    any_unread: bool,
    newest: String,
}

struct NoticeRow {
    id: String,
    title: String,
    /// What it is about, such as *Case 202312345*; empty when it is about nothing that has a reference.
    about: String,
    href: String,
    at: String,
    email: String,
    unread: bool,
}

impl From<Notice> for NoticeRow {
    fn from(notice: Notice) -> Self {
        let email_at = words::instant(notice.email_at.as_ref());
        let email = match notice.email_state() {
            DeliveryState::Unspecified => "No email".to_owned(),
            DeliveryState::Queued => "Waiting to be sent".to_owned(),
            DeliveryState::Held => format!("Not urgent: it waits until {email_at}"),
            DeliveryState::Unknown => {
                "The mail server did not say whether it took it. It is sent again".to_owned()
            }
            DeliveryState::Sent if email_at.is_empty() => "Sent".to_owned(),
            DeliveryState::Sent => format!("Sent {email_at}"),
            DeliveryState::Refused => "Refused by the mail server".to_owned(),
            DeliveryState::Lapsed => "Not sent: it was no longer needed".to_owned(),
        };
        let about = match (&notice.case_reference, &notice.complaint_reference) {
            (case, complaint) if case.is_empty() && complaint.is_empty() => String::new(),
            (case, _) if !case.is_empty() => format!("Case {case}"),
            (_, request) if request.starts_with("SR") => format!("Service request {request}"),
            (_, complaint) => format!("Service complaint {complaint}"),
        };
        let href = match (notice.case_reference.as_str(), notice.tab.as_str()) {
            ("", _) if notice.complaint_reference.starts_with("SR") => {
                format!(
                    "/service-complaints/requests/{}",
                    notice.complaint_reference
                )
            }
            ("", _) if !notice.complaint_reference.is_empty() => {
                format!("/service-complaints/{}", notice.complaint_reference)
            }
            ("", _) if notice.own_action => "/my-actions".to_owned(),
            ("", _) if !notice.list.is_empty() => format!("/service-complaints/{}", notice.list),
            ("", _) => "/account".to_owned(),
            (reference, "" | "overview") => format!("/cases/{reference}"),
            (reference, tab) => format!("/cases/{reference}/{tab}"),
        };
        Self {
            id: notice.id,
            title: notice.text,
            about,
            href,
            at: words::instant(notice.raised_at.as_ref()),
            email,
            unread: !notice.read,
        }
    }
}

async fn list(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let request = ListNoticesRequest {
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let mut notification = edge.clients.notification.clone();
    let (listed, (jar, page)) = tokio::join!(
        notification.list_notices(session.to("notification", request)),
        frame.page(Area::Other),
    );
    let listed = listed?.into_inner();
    let paging = cursor.paging("/notifications", &[], &listed.next_page_token);
    let newest = listed
        .notices
        .first()
        .map(|it| it.id.clone())
        .unwrap_or_default();
    // All is what the first page and those after it hold. From a later page the button would leave newer ones unread.
    let any_unread =
        cursor.page.is_empty() && page.account.as_ref().is_some_and(|it| it.unread > 0);
    let notices = listed.notices.into_iter().map(NoticeRow::from).collect();
    Ok((
        jar,
        ListPage {
            page,
            notices,
            paging,
            any_unread,
            newest,
        },
    )
        .into_response())
}

#[derive(Deserialize)]
struct NewestForm {
    newest: String,
}

async fn mark_all(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Form(NewestForm { newest }): Form<NewestForm>,
) -> Result<Response, Problem> {
    let request = MarkNoticesReadRequest {
        notice_id: newest,
        only_this: false,
    };
    edge.clients
        .notification
        .clone()
        .mark_notices_read(session.to("notification", request))
        .await?;
    let flash = Flash::success("Your notifications are marked as read.");
    Ok((flash.keep(frame.jar), Redirect::to("/notifications")).into_response())
}

#[derive(Deserialize)]
struct OpenForm {
    to: String,
}

async fn open(
    State(edge): State<Edge>,
    session: LoggedIn,
    Path(notice_id): Path<String>,
    Form(OpenForm { to }): Form<OpenForm>,
) -> Result<Redirect, Problem> {
    let request = MarkNoticesReadRequest {
        notice_id,
        only_this: true,
    };
    edge.clients
        .notification
        .clone()
        .mark_notices_read(session.to("notification", request))
        .await?;
    let to = words::safe_next(&to);
    Ok(Redirect::to(if to.is_empty() {
        "/notifications"
    } else {
        to
    }))
}
