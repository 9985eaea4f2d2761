//! The conversations of the cases that a person works on: what is new in any of them (ME-4).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use proto::messaging::v1::{Conversation, ListConversationsRequest, Side};
use serde::Deserialize;

use crate::extract::Query;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::LoggedIn;
use crate::view::{Column, Paging};
use crate::{Edge, words};

/// The value of `show` for all conversations, and not only those with something new.
const ALL: &str = "all";

pub(crate) fn router() -> Router<Edge> {
    Router::new().route("/messages", get(list))
}

#[derive(Template, WebTemplate)]
#[template(path = "messages/list.html")]
struct ConversationsPage {
    page: Page,
    all: bool,
    columns: [Column; 4],
    conversations: Vec<Row>,
    paging: Paging,
}

struct Row {
    reference: String,
    complainant: String,
    landlord: String,
    last: String,
    unread: i32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Show {
    show: String,
}

async fn list(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Query(Show { show }): Query<Show>,
    Query(cursor): Query<Cursor>,
) -> Result<impl IntoResponse, Problem> {
    let all = show == ALL;
    let request = ListConversationsRequest {
        unread_only: !all,
        page_token: cursor.page.clone(),
        ..ListConversationsRequest::default()
    };
    let mut messages = edge.clients.messaging.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::Messages),
        messages.list_conversations(session.to("messaging", request)),
    );
    let listed = listed?.into_inner();

    let kept = if all { ALL } else { "" };
    let own = if session.is_landlord() {
        Side::Landlord
    } else {
        Side::Ombudsman
    };
    let conversations = listed
        .conversations
        .into_iter()
        .map(|it| Row::new(it, own))
        .collect();
    let list = ConversationsPage {
        page,
        all,
        columns: ["Case ref.", "Complainant", "Landlord", "Last message"].map(Column::named),
        conversations,
        paging: cursor.paging("/messages", &[("show", kept)], &listed.next_page_token),
    };
    Ok((jar, list))
}

impl Row {
    fn new(conversation: Conversation, own: Side) -> Self {
        let at = words::instant(conversation.last_sent_at.as_ref());
        let from = &conversation.last_author_name;
        let last = if conversation.last_side() == own {
            format!("Sent by {from}, {at}")
        } else {
            format!("From {from}, {at}")
        };
        Self {
            last,
            reference: conversation.case_reference,
            complainant: conversation.complainant,
            landlord: conversation.landlord_name,
            unread: conversation.unread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn me_4_a_row_says_who_wrote_last() {
        let conversation = Conversation {
            last_side: Side::Ombudsman.into(),
            last_author_name: "Casey Worker".to_owned(),
            last_sent_at: Some(kit::time::timestamp(
                "2026-03-02T09:00:00Z".parse().unwrap(),
            )),
            ..Conversation::default()
        };

        assert_eq!(
            Row::new(conversation.clone(), Side::Landlord).last,
            "From Casey Worker, 2 March 2026 at 9:00am"
        );
        assert_eq!(
            Row::new(conversation, Side::Ombudsman).last,
            "Sent by Casey Worker, 2 March 2026 at 9:00am"
        );
    }
}
