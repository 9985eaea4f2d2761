//! Letters of a complaint: what was sent, what is being written, how it would read, and what waits for the post (SC-12).

mod again;
mod draft;
mod form;
mod library;
mod look;
mod said;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use kit::client::Channel;
use proto::service_complaint::v1::letter_service_client::LetterServiceClient;
use proto::service_complaint::v1::{
    Complaint, Delivery, GetLetterRequest, Letter, LetterDraft, LetterKind, ListLettersRequest,
    ListLettersToPostRequest, RecordPostedRequest,
};
use tonic::Status;

pub(super) use self::said::kind;
use super::complaint::{Head, Opened, open};
use super::{HOME, Insight};
use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::{Form, reason};
use crate::page::{Area, Frame, Page};
use crate::pages::download::as_pdf;
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::view::Paging;
use crate::{Edge, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/letters", get(to_post))
        .route("/service-complaints/{reference}/letters", get(list))
        .route(
            "/service-complaints/{reference}/letters/write",
            get(form::ask).post(form::begin),
        )
        .route(
            "/service-complaints/{reference}/letters/drafts/{id}",
            get(draft::look).post(draft::send),
        )
        .route(
            "/service-complaints/{reference}/letters/drafts/{id}/pdf",
            get(draft::pdf),
        )
        .route(
            "/service-complaints/{reference}/letters/drafts/{id}/edit",
            get(form::edit).post(form::save),
        )
        .route(
            "/service-complaints/{reference}/letters/drafts/{id}/discard",
            post(draft::discard),
        )
        .route(
            "/service-complaints/{reference}/letters/{id}",
            get(look::letter),
        )
        .route("/service-complaints/{reference}/letters/{id}/pdf", get(pdf))
        .route(
            "/service-complaints/{reference}/letters/{id}/posted",
            post(posted),
        )
        .route(
            "/service-complaints/{reference}/letters/{id}/again",
            get(again::ask).post(again::send),
        )
        .merge(library::router())
}

/// The client of letters.
fn client(edge: &Edge) -> Result<LetterServiceClient<Channel>, Problem> {
    let channel = edge.clients.channel("service-complaint");
    channel
        .map(LetterServiceClient::new)
        .ok_or_else(|| Status::unavailable("no service has letters").into())
}

/// The letters of a complaint that are being written.
pub(super) async fn drafts(
    edge: &Edge,
    session: &Insight,
    complaint_id: &str,
) -> Result<Vec<LetterDraft>, Problem> {
    let request = ListLettersRequest {
        complaint_id: complaint_id.to_owned(),
        page_size: 1,
        page_token: String::new(),
    };
    let listed = client(edge)?
        .list_letters(session.to("service-complaint", request))
        .await?;
    Ok(listed.into_inner().drafts)
}

/// Only those who write letters go on.
fn only_writers(session: &Insight) -> Result<(), Problem> {
    if session.works() {
        Ok(())
    } else {
        Err(Problem::NotFound)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/letter_list.html")]
struct LettersPage {
    page: Page,
    head: Head,
    drafts: Vec<DraftRow>,
    letters: Vec<LetterRow>,
    paging: Paging,
}

struct DraftRow {
    kind: &'static str,
    href: String,
    by: String,
    at: String,
}

/// A letter in a list.
struct LetterRow {
    reference: String,
    id: String,
    kind: &'static str,
    subject: String,
    addressee: String,
    sent: String,
    /// How it went, and what became of that.
    went: String,
}

impl DraftRow {
    fn new(draft: LetterDraft, reference: &str) -> Self {
        Self {
            kind: said::kind(draft.kind()),
            href: format!("{HOME}/{reference}/letters/drafts/{}", draft.id),
            at: words::instant(draft.changed_at.as_ref()),
            by: draft.changed_by,
        }
    }
}

impl LetterRow {
    fn new(letter: Letter) -> Self {
        let sent = words::instant(letter.sent_at.as_ref());
        Self {
            kind: said::kind(letter.kind()),
            went: went(&letter),
            sent: format!("{sent}, by {}", letter.sent_by),
            reference: letter.reference,
            id: letter.id,
            subject: letter.subject,
            addressee: letter.addressee,
        }
    }
}

/// How a letter went, and what became of that.
fn went(letter: &Letter) -> String {
    let format = said::in_format(letter.format());
    match (letter.delivery(), &letter.posted_at, &letter.refused_at) {
        (Delivery::Post, Some(at), _) => {
            let at = words::instant(Some(at));
            format!("On paper{format}, posted {at} by {}", letter.posted_by)
        }
        (Delivery::Post, None, _) => format!("On paper{format}, not posted yet"),
        (_, _, Some(at)) => {
            let at = words::instant(Some(at));
            format!(
                "By email{format}, which the mail server refused {at}. Send it again in another way"
            )
        }
        _ => format!("By email{format}"),
    }
}

async fn list(
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
    } = open(&edge, &session, frame, &reference, "/letters").await?;
    let request = ListLettersRequest {
        complaint_id: complaint.id,
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let listed = client(&edge)?
        .list_letters(session.to("service-complaint", request))
        .await?
        .into_inner();
    let address = format!("{HOME}/{}/letters", complaint.reference);
    let drafts = listed.drafts.into_iter();
    let letters = LettersPage {
        page,
        head,
        drafts: drafts
            .map(|it| DraftRow::new(it, &complaint.reference))
            .collect(),
        letters: listed.letters.into_iter().map(LetterRow::new).collect(),
        paging: cursor.paging(&address, &[], &listed.next_page_token),
    };
    Ok((jar, letters).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/letter_post.html")]
struct PostPage {
    page: Page,
    letters: Vec<LetterRow>,
    paging: Paging,
}

async fn to_post(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let request = ListLettersToPostRequest {
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let mut client = client(&edge)?;
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_letters_to_post(session.to("service-complaint", request)),
    );
    let listed = listed?.into_inner();
    let address = "/service-complaints/letters";
    let letters = PostPage {
        page,
        letters: listed.letters.into_iter().map(LetterRow::new).collect(),
        paging: cursor.paging(address, &[], &listed.next_page_token),
    };
    Ok((jar, letters).into_response())
}

/// A letter of the complaint in the address; a letter of another complaint is not there.
async fn find_letter(
    edge: &Edge,
    session: &Insight,
    reference: &str,
    id: &str,
) -> Result<Letter, Problem> {
    let request = GetLetterRequest {
        letter_id: id.to_owned(),
    };
    let letter = client(edge)?
        .get_letter(session.to("service-complaint", request))
        .await?
        .into_inner();
    if letter.reference == reference {
        Ok(letter)
    } else {
        Err(Problem::NotFound)
    }
}

async fn pdf(
    State(edge): State<Edge>,
    session: Insight,
    Path((reference, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let letter = find_letter(&edge, &session, &reference, &id).await?;
    as_pdf(letter.pdf, &format!("letter-{reference}.pdf"))
}

async fn posted(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
    // Nothing but the token of our own form.
    Form(_): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let letter = find_letter(&edge, &session, &reference, &id).await?;
    let request = RecordPostedRequest {
        letter_id: letter.id,
    };
    let recorded = client(&edge)?
        .record_posted(session.to("service-complaint", request))
        .await;
    let flash = match recorded {
        Ok(_) => Flash::success("It is recorded that the letter went to the post."),
        Err(refused) if reason(&refused) == "POSTED_ALREADY" => {
            Flash::important("Somebody recorded already that the letter went to the post.")
        }
        Err(refused) => return Err(refused.into()),
    };
    let address = format!("{HOME}/{reference}/letters/{id}");
    Ok((flash.keep(frame.jar), Redirect::to(&address)).into_response())
}

/// The kinds that a complaint may need as it stands; the service decides when one is sent.
fn kinds_for(complaint: &Complaint) -> &'static [LetterKind] {
    said::kinds(complaint.standing())
}
