//! A letter as it was sent.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use proto::service_complaint::v1::Delivery;

use super::super::Insight;
use super::draft::FindingView;
use super::{find_letter, said, went};
use crate::extract::Path;
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::{Edge, words};

#[derive(Template, WebTemplate)]
#[template(path = "insight/letter_sent.html")]
struct LetterPage {
    page: Page,
    reference: String,
    id: String,
    kind: &'static str,
    subject: String,
    addressee: String,
    address: String,
    sent: String,
    went: String,
    on_paper: bool,
    /// Whether it can be recorded that it went to the post.
    to_post: bool,
    /// Whether it can be sent once more.
    to_repeat: bool,
    /// The letter that it repeats; empty for a letter of its own.
    repeats: String,
    findings: Vec<FindingView>,
    text: String,
}

pub(super) async fn letter(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let letter = find_letter(&edge, &session, &reference, &id).await?;
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let on_paper = letter.delivery() == Delivery::Post;
    let sent = words::instant(letter.sent_at.as_ref());
    let shown = LetterPage {
        page,
        kind: said::kind(letter.kind()),
        went: went(&letter),
        sent: format!("{sent}, by {}", letter.sent_by),
        on_paper,
        to_post: on_paper && letter.posted_at.is_none() && session.works(),
        to_repeat: session.works() && letter.can_be_repeated,
        repeats: letter.repeats_id,
        findings: FindingView::all(letter.findings),
        reference,
        id,
        subject: letter.subject,
        addressee: letter.addressee,
        address: letter.address,
        text: letter.text,
    };
    Ok((jar, shown).into_response())
}
