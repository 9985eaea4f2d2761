//! A draft as the letter that it makes: what is missing, what is not plain English, and the button that sends it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use proto::service_complaint::v1::{
    Delivery, DiscardLetterDraftRequest, DraftedLetter, Finding, GetLetterDraftRequest,
    SendLetterRequest,
};
use serde::Deserialize;

use super::super::step::Step;
use super::super::words as ours;
use super::super::{HOME, Insight};
use super::{client, only_writers, said};
use crate::Edge;
use crate::extract::Path;
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::pages::download::as_pdf;
use crate::problem::Problem;

#[derive(Template, WebTemplate)]
#[template(path = "insight/letter_draft.html")]
struct DraftPage {
    page: Page,
    errors: Errors,
    reference: String,
    draft: String,
    version: i64,
    complaint_version: i64,
    kind: &'static str,
    does: &'static str,
    goes: String,
    on_paper: bool,
    missing: Vec<Missing>,
    refusal: String,
    /// Where the step is recorded when the person is told in another way, and what that is called; empty when the letter takes none.
    otherwise: (String, &'static str),
    findings: Vec<FindingView>,
    reading_age: i32,
    pieces: Vec<Piece>,
}

/// A part that the letter lacks, and where it is given.
struct Missing {
    part: String,
    href: String,
}

/// What is not plain English.
pub(super) struct FindingView {
    pub(super) kind: &'static str,
    pub(super) passage: String,
    pub(super) advice: String,
}

/// A piece of the letter's text, marked when it is not plain English.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) marked: bool,
}

impl FindingView {
    pub(super) fn all(findings: Vec<Finding>) -> Vec<Self> {
        findings
            .into_iter()
            .map(|it| Self {
                kind: said::finding(it.kind()),
                passage: it.passage,
                advice: it.advice,
            })
            .collect()
    }
}

/// The text in pieces, each passage of a finding marked. Passages may lie within one another.
pub(super) fn pieces(text: &str, findings: &[Finding]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, letter) in text.chars().enumerate() {
        let marked = findings.iter().any(|it| {
            let (start, end) = (usize::try_from(it.start), usize::try_from(it.end));
            start.is_ok_and(|start| at >= start) && end.is_ok_and(|end| at < end)
        });
        match pieces.last_mut() {
            Some(last) if last.marked == marked => last.text.push(letter),
            _ => pieces.push(Piece {
                text: letter.to_string(),
                marked,
            }),
        }
    }
    pieces
}

async fn find(edge: &Edge, session: &Insight, id: &str) -> Result<DraftedLetter, Problem> {
    let request = GetLetterDraftRequest {
        draft_id: id.to_owned(),
        as_pdf: false,
    };
    let found = client(edge)?
        .get_letter_draft(session.to("service-complaint", request))
        .await?;
    Ok(found.into_inner())
}

fn show(page: Page, reference: &str, found: DraftedLetter, errors: Errors) -> DraftPage {
    let draft = found.draft.clone().unwrap_or_default();
    let format = said::in_format(found.format());
    let goes = match found.delivery() {
        Delivery::Post => format!("On paper{format}, which you print and post"),
        _ => format!("By email{format}"),
    };
    let written = format!("{HOME}/{reference}/letters/drafts/{}/edit", draft.id);
    let missing = found.missing.into_iter().map(|it| Missing {
        part: it.part,
        href: if it.field.is_empty() {
            format!("{HOME}/{reference}")
        } else {
            format!("{written}#words.{}", it.field)
        },
    });
    let missing = missing.collect();
    let step = Step::of_letter(draft.kind());
    DraftPage {
        page,
        errors,
        reference: reference.to_owned(),
        version: draft.version,
        complaint_version: found.complaint_version,
        kind: said::kind(draft.kind()),
        does: said::does(draft.kind()),
        draft: draft.id,
        goes,
        on_paper: found.delivery == i32::from(Delivery::Post),
        missing,
        otherwise: step
            .map(|it| (it.address(reference), it.title()))
            .unwrap_or_default(),
        refusal: ours::sentence(&found.refusal),
        pieces: pieces(&found.text, &found.findings),
        findings: FindingView::all(found.findings),
        reading_age: found.reading_age,
    }
}

pub(super) async fn look(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let found = find(&edge, &session, &id).await?;
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    Ok((jar, show(page, &reference, found, Errors::none())).into_response())
}

/// The letter as it would be printed, for whoever wants to see it before it is sent.
pub(super) async fn pdf(
    State(edge): State<Edge>,
    session: Insight,
    Path((reference, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let request = GetLetterDraftRequest {
        draft_id: id,
        as_pdf: true,
    };
    let found = client(&edge)?
        .get_letter_draft(session.to("service-complaint", request))
        .await?
        .into_inner();
    as_pdf(found.pdf, &format!("draft-{reference}.pdf"))
}

/// What the button sends. Without versions it is of no letter that stands.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    version: i64,
    complaint_version: i64,
    findings_confirmed: String,
}

pub(super) async fn send(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let request = SendLetterRequest {
        draft_id: id.clone(),
        version: sent.version,
        complaint_version: sent.complaint_version,
        findings_confirmed: !sent.findings_confirmed.is_empty(),
    };
    let refused = match client(&edge)?
        .send_letter(session.to("service-complaint", request))
        .await
    {
        Ok(letter) => {
            let letter = letter.into_inner();
            let flash = match letter.delivery() {
                Delivery::Post => Flash::success(
                    "The letter is ready. Print its PDF, post it, and record that you did.",
                ),
                _ => Flash::success("The letter is on its way by email."),
            };
            let address = format!("{HOME}/{reference}/letters/{}", letter.id);
            return Ok((flash.keep(frame.jar), Redirect::to(&address)).into_response());
        }
        Err(refused) => refused,
    };
    let errors = match reason(&refused).as_str() {
        "STALE" => Errors::one(
            "",
            "The complaint or the draft was changed since you opened this page. Read the letter once more, then send it",
        ),
        "NOT_PLAIN" => Errors::one(
            "findings_confirmed",
            "Mend what is not plain English, or tick that you send it all the same",
        ),
        "LETTER_INCOMPLETE" => Errors::one("", "The letter can’t be sent while a part is missing"),
        "NO_SUCH_LETTER_DRAFT" => return Err(refused.into()),
        _ => super::super::step::problems(refused)?,
    };
    let found = find(&edge, &session, &id).await?;
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let again = show(page, &reference, found, errors);
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, again)).into_response())
}

/// Which draft, as it was seen. Without a version it is none that stands.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Seen {
    version: i64,
}

pub(super) async fn discard(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
    Form(Seen { version }): Form<Seen>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let request = DiscardLetterDraftRequest {
        draft_id: id,
        version,
    };
    client(&edge)?
        .discard_letter_draft(session.to("service-complaint", request))
        .await?;
    let flash = Flash::success("The draft is thrown away.");
    let address = format!("{HOME}/{reference}/letters");
    Ok((flash.keep(frame.jar), Redirect::to(&address)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: i32, end: i32) -> Finding {
        Finding {
            start,
            end,
            ..Finding::default()
        }
    }

    #[test]
    fn sc_12_passages_are_marked_where_they_are_in_characters() {
        let pieces = pieces("“Zoë” waits whilst", &[at(12, 18), at(6, 18)]);

        let shown: Vec<_> = pieces
            .iter()
            .map(|it| (it.text.as_str(), it.marked))
            .collect();
        assert_eq!(shown, [("“Zoë” ", false), ("waits whilst", true)]);
    }

    #[test]
    fn sc_12_a_finding_about_the_whole_marks_nothing() {
        let pieces = pieces("It is so.", &[at(0, 0)]);

        assert_eq!(pieces.len(), 1);
        assert!(!pieces[0].marked);
    }
}
