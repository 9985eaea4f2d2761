//! The reviews of risk that wait for an answer, soonest due first.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use proto::case::v1::ListRiskReviewsRequest;
use serde::Deserialize;

use super::ReviewView;
use crate::Edge;
use crate::extract::Query;
use crate::page::{Area, Frame, Page};
use crate::pages::casework::Caseworker;
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::view::Paging;

const ADDRESS: &str = "/risk-reviews";

pub(super) fn router() -> Router<Edge> {
    Router::new().route("/risk-reviews", get(list))
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/risk_reviews.html")]
struct ReviewsPage {
    page: Page,
    whose: Vec<(&'static str, String, bool)>,
    reviews: Vec<ReviewView>,
    paging: Paging,
}

/// Whose reviews are shown: those of one's own cases, or all.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Whose {
    show: String,
}

async fn list(
    State(edge): State<Edge>,
    session: Caseworker,
    frame: Frame,
    Query(Whose { show }): Query<Whose>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mine = show == "mine";
    let request = ListRiskReviewsRequest {
        page_size: 0,
        page_token: cursor.page.clone(),
        mine,
    };
    let mut risks = edge.clients.risk.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::Cases),
        risks.list_risk_reviews(session.to("case", request))
    );
    let listed = listed?.into_inner();
    let kept = [("show", if mine { "mine" } else { "" })];
    let reviews = ReviewsPage {
        page,
        whose: vec![
            ("All cases", ADDRESS.to_owned(), !mine),
            ("My cases", format!("{ADDRESS}?show=mine"), mine),
        ],
        reviews: listed.reviews.into_iter().map(ReviewView::from).collect(),
        paging: cursor.paging(ADDRESS, &kept, &listed.next_page_token),
    };
    Ok((jar, reviews).into_response())
}
