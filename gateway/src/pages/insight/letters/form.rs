//! The form of a letter: what the writer gives to it, by its kind.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use proto::service_complaint::v1::{
    Complaint, ExclusionReason, GetLetterDraftRequest, LetterDraft, LetterKind, LetterWords,
    ListParagraphsRequest, Paragraph, PickedParagraph, RefusalGround, SaveLetterDraftRequest,
};
use serde::Deserialize;
use tonic::Code;

use super::super::step::{Answer, Field, FormPage, Typed, filled, problems};
use super::super::words as ours;
use super::super::{HOME, Insight, find};
use super::{client, drafts, kinds_for, only_writers, said};
use crate::extract::{Path, Query};
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::view::Choice;
use crate::{Edge, words};

/// The fields of the paragraphs that were picked: the text and the paragraph that it came from.
const PICKED: [(&str, &str); 10] = [
    ("words.paragraphs[0].text", "picked_0"),
    ("words.paragraphs[1].text", "picked_1"),
    ("words.paragraphs[2].text", "picked_2"),
    ("words.paragraphs[3].text", "picked_3"),
    ("words.paragraphs[4].text", "picked_4"),
    ("words.paragraphs[5].text", "picked_5"),
    ("words.paragraphs[6].text", "picked_6"),
    ("words.paragraphs[7].text", "picked_7"),
    ("words.paragraphs[8].text", "picked_8"),
    ("words.paragraphs[9].text", "picked_9"),
];

/// What kind of letter is begun.
#[derive(Deserialize)]
pub(super) struct Begun {
    #[serde(default)]
    kind: String,
}

/// Asks which letter to write, or for its words once that is said.
pub(super) async fn ask(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
    Query(Begun { kind }): Query<Begun>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let complaint = find(&edge, &session, &reference).await?;
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let drafts = drafts(&edge, &session, &complaint.id).await?;
    let typed = Typed::from_iter([("kind", kind)]);
    let form = choice(page, &complaint, &drafts, &typed, Errors::none());
    Ok((jar, form).into_response())
}

fn choice(
    page: Page,
    complaint: &Complaint,
    drafts: &[LetterDraft],
    typed: &Typed,
    errors: Errors,
) -> FormPage {
    let reference = &complaint.reference;
    let answers = kinds_for(complaint)
        .iter()
        .map(|it| Answer::new(it.as_str_name(), said::kind(*it)).hint(said::does(*it)))
        .collect();
    let mut fields: Vec<Field> = drafts.iter().map(|it| go_on(it, reference)).collect();
    fields.extend(filled(
        vec![Field::radios("kind", "Which letter do you write?", answers)],
        typed,
    ));
    let back = format!("{HOME}/{reference}/letters");
    FormPage {
        page,
        errors,
        address: format!("{back}/write"),
        back: (back, format!("Letters of {reference}")),
        title: "Write a letter".to_owned(),
        button: "Continue".to_owned(),
        warning: false,
        intro: Vec::new(),
        about: Vec::new(),
        fields,
        hidden: vec![("draft", kit::id().to_string())],
        changes: Vec::new(),
    }
}

/// The way to a letter that is being written, so that nobody begins it twice.
fn go_on(draft: &LetterDraft, reference: &str) -> Field {
    let kind = said::kind(draft.kind());
    let at = words::instant(draft.changed_at.as_ref());
    let href = format!("{HOME}/{reference}/letters/drafts/{}", draft.id);
    Field::way(format!("Go on with the letter: {kind}"), href).hint(format!(
        "This letter is begun and not sent yet. Changed by {}, {at}.",
        draft.changed_by
    ))
}

/// Begins a draft of the kind that was chosen.
pub(super) async fn begin(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let complaint = find(&edge, &session, &reference).await?;
    let begun = match LetterKind::from_str_name(typed.get("kind")) {
        Some(kind) => begin_of(&edge, &session, &complaint.id, kind, &typed).await?,
        None => Err("Choose which letter you write".to_owned()),
    };
    match begun {
        Ok(id) => {
            let address = format!("{HOME}/{}/letters/drafts/{id}/edit", complaint.reference);
            Ok((frame.jar, Redirect::to(&address)).into_response())
        }
        Err(problem) => {
            let (jar, page) = frame.page(Area::ServiceComplaints).await;
            let drafts = drafts(&edge, &session, &complaint.id).await?;
            let errors = Errors::one("kind", problem);
            let form = choice(page, &complaint, &drafts, &typed, errors);
            Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
        }
    }
}

/// Begins a draft and gives its id, or says why the writer can't write such a letter.
async fn begin_of(
    edge: &Edge,
    session: &Insight,
    complaint_id: &str,
    kind: LetterKind,
    typed: &Typed,
) -> Result<Result<String, String>, Problem> {
    let request = SaveLetterDraftRequest {
        draft_id: typed.get("draft").to_owned(),
        version: 0,
        complaint_id: complaint_id.to_owned(),
        kind: kind.into(),
        words: None,
    };
    let saved = client(edge)?
        .save_letter_draft(session.to("service-complaint", request))
        .await;
    match saved {
        Ok(saved) => Ok(Ok(saved.into_inner().id)),
        Err(refused) if refused.code() == Code::FailedPrecondition => {
            Ok(Err(ours::sentence(refused.message())))
        }
        Err(refused) => Err(refused.into()),
    }
}

async fn find_draft(edge: &Edge, session: &Insight, id: &str) -> Result<LetterDraft, Problem> {
    let request = GetLetterDraftRequest {
        draft_id: id.to_owned(),
        as_pdf: false,
    };
    let found = client(edge)?
        .get_letter_draft(session.to("service-complaint", request))
        .await?;
    Ok(found.into_inner().draft.unwrap_or_default())
}

/// The library, as far as a choice is made from it.
async fn library(edge: &Edge, session: &Insight) -> Result<Vec<Paragraph>, Problem> {
    let request = ListParagraphsRequest {
        page_size: 100,
        ..ListParagraphsRequest::default()
    };
    let listed = client(edge)?
        .list_paragraphs(session.to("service-complaint", request))
        .await?;
    Ok(listed.into_inner().paragraphs)
}

pub(super) async fn edit(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let draft = find_draft(&edge, &session, &id).await?;
    let library = library(&edge, &session).await?;
    let typed = typed(&draft);
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(page, &reference, &draft, &library, &typed, Errors::none());
    Ok((jar, form).into_response())
}

pub(super) async fn save(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Problem> {
    only_writers(&session)?;
    let draft = find_draft(&edge, &session, &id).await?;
    let library = library(&edge, &session).await?;
    let mut words = read(&typed);
    let added = library.iter().find(|it| it.id == typed.get("add"));
    words.paragraphs.extend(added.map(|it| PickedParagraph {
        paragraph_id: it.id.clone(),
        text: it.text.clone(),
    }));
    let request = SaveLetterDraftRequest {
        draft_id: draft.id.clone(),
        version: typed.number("version"),
        complaint_id: draft.complaint_id.clone(),
        kind: draft.kind,
        words: Some(words),
    };
    let saved = client(&edge)?
        .save_letter_draft(session.to("service-complaint", request))
        .await;
    let errors = match saved {
        Ok(_) => {
            let end = if added.is_some() { "/edit" } else { "" };
            let address = format!("{HOME}/{reference}/letters/drafts/{id}{end}");
            return Ok((frame.jar, Redirect::to(&address)).into_response());
        }
        Err(refused) if reason(&refused) == "STALE" => {
            // What was typed can be saved once more, now that the person knows.
            typed.put("version", &draft.version.to_string());
            Errors::one(
                "",
                "Somebody changed this draft since you opened it. What you typed is here still; save it again to put it in the place of theirs",
            )
        }
        Err(refused) if refused.code() == Code::FailedPrecondition => {
            Errors::one("", ours::sentence(refused.message()))
        }
        Err(refused) if refused.code() == Code::InvalidArgument => problems(refused)?,
        Err(refused) => return Err(refused.into()),
    };
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(page, &reference, &draft, &library, &typed, errors);
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
}

/// A draft's words as they stand in the form.
fn typed(draft: &LetterDraft) -> Typed {
    let words = draft.words.clone().unwrap_or_default();
    let mut typed = Typed::default();
    for ((text, id), picked) in PICKED.iter().zip(&words.paragraphs) {
        typed.put(text, &picked.text);
        typed.put(id, &picked.paragraph_id);
    }
    typed.put("version", &draft.version.to_string());
    typed.put("words.text", &words.text);
    typed.put("words.reason", &words.reason);
    typed.put("words.signpost", &words.signpost);
    typed.put("words.exclusion", words.exclusion().as_str_name());
    typed.put("words.ground", words.ground().as_str_name());
    typed.put("words.happened_on", &words::short_date(&words.happened_on));
    typed.put("words.summary", &words.summary);
    typed.put(
        "words.next_update_on",
        &words::short_date(&words.next_update_on),
    );
    typed.put("words.call_on", &words::short_date(&words.call_on));
    if words.told_it_closes {
        typed.put("words.told_it_closes", "yes");
    }
    typed
}

/// The words that a form gives. A picked paragraph that was emptied is taken out.
fn read(typed: &Typed) -> LetterWords {
    let exclusion = ExclusionReason::from_str_name(typed.get("words.exclusion"));
    let ground = RefusalGround::from_str_name(typed.get("words.ground"));
    LetterWords {
        paragraphs: PICKED
            .iter()
            .map(|(text, id)| PickedParagraph {
                paragraph_id: typed.get(id).to_owned(),
                text: typed.text(text),
            })
            .filter(|it| !it.paragraph_id.is_empty() && !it.text.is_empty())
            .collect(),
        text: typed.text("words.text"),
        reason: typed.text("words.reason"),
        signpost: typed.text("words.signpost"),
        exclusion: exclusion.unwrap_or_default().into(),
        happened_on: typed.date("words.happened_on"),
        summary: typed.text("words.summary"),
        next_update_on: typed.date("words.next_update_on"),
        call_on: typed.date("words.call_on"),
        told_it_closes: typed.ticked("words.told_it_closes"),
        ground: ground.unwrap_or_default().into(),
    }
}

fn form(
    page: Page,
    reference: &str,
    draft: &LetterDraft,
    library: &[Paragraph],
    typed: &Typed,
    errors: Errors,
) -> FormPage {
    let kind = draft.kind();
    let mut fields = of_kind(kind);
    let picked: Vec<_> = PICKED
        .iter()
        .filter(|(_, id)| !typed.get(id).is_empty())
        .collect();
    for (at, (name, id)) in picked.iter().enumerate() {
        let from = library.iter().find(|it| it.id == typed.get(id));
        let title = from.map_or("Standard paragraph", |it| it.title.as_str());
        let field = Field::text(name, title, 3_000);
        fields.push(if at == 0 {
            field.hint("Put your words in the place of those in braces. Empty it to take it out")
        } else {
            field
        });
    }
    if picked.len() < PICKED.len() {
        let mut choices = vec![Choice {
            value: String::new(),
            label: "None".to_owned(),
        }];
        choices.extend(library.iter().map(|it| Choice {
            value: it.id.clone(),
            label: format!("{}: {}", it.topic, it.title),
        }));
        fields.push(
            Field::select("add", "Add a standard paragraph", choices)
                .hint("It is added when you save, so that you can adapt it"),
        );
    }
    let mut hidden = vec![("version", typed.get("version").to_owned())];
    hidden.extend(picked.iter().map(|(_, id)| (*id, typed.get(id).to_owned())));
    let back = format!("{HOME}/{reference}/letters/drafts/{}", draft.id);
    FormPage {
        page,
        errors,
        address: format!("{back}/edit"),
        back: (back, format!("{}, {reference}", said::kind(kind))),
        title: "Write the letter".to_owned(),
        button: "Save and see the letter".to_owned(),
        warning: false,
        intro: vec![
            "The definition, the decisions, the remedies and the dates come from the complaint. Write what only you can say."
                .to_owned(),
        ],
        about: Vec::new(),
        fields: filled(fields, typed),
        hidden,
        changes: Vec::new(),
    }
}

/// The grounds to refuse stage 2, with none chosen at first (2.5, 4.12, 4.13).
fn grounds() -> Vec<Choice> {
    let mut choices = vec![Choice {
        value: RefusalGround::Unspecified.as_str_name().to_owned(),
        label: "Choose a ground".to_owned(),
    }];
    let grounds = (1..).map_while(|it| RefusalGround::try_from(it).ok());
    choices.extend(grounds.map(|it| Choice {
        value: it.as_str_name().to_owned(),
        label: ours::ground(it).to_owned(),
    }));
    choices
}

/// The reasons of the policy not to look at something, with none chosen at first (2.6 to 2.9).
fn exclusions() -> Vec<Choice> {
    let mut choices = vec![Choice {
        value: ExclusionReason::Unspecified.as_str_name().to_owned(),
        label: "Choose a reason".to_owned(),
    }];
    let reasons = (1..).map_while(|it| ExclusionReason::try_from(it).ok());
    choices.extend(reasons.map(|it| Choice {
        value: it.as_str_name().to_owned(),
        label: ours::exclusion(it).to_owned(),
    }));
    choices
}

/// The fields that a kind of letter needs.
fn of_kind(kind: LetterKind) -> Vec<Field> {
    let text = |label| Field::text("words.text", label, 10_000);
    let next = || {
        Field::date(
            "words.next_update_on",
            "When does the person hear from us again?",
        )
    };
    match kind {
        LetterKind::Extension | LetterKind::FurtherExtension => vec![
            text("Your own words").hint("The reason comes from the extension"),
            next(),
        ],
        LetterKind::ProgressUpdate => vec![text("What has been done"), next()],
        LetterKind::EscalationRefused => vec![
            Field::select("words.ground", "On which ground?", grounds()),
            Field::text("words.reason", "Why do we not look at it again?", 5_000)
                .hint("This letter ends the procedure. Ask nothing in it"),
            text("Your own words"),
            Field::heading("If the policy excludes it"),
            Field::select(
                "words.exclusion",
                "Why does the policy exclude it?",
                exclusions(),
            ),
            Field::text("words.signpost", "Where can the person go instead?", 2_000)
                .hint("Leave it empty for what usually goes with the reason"),
            Field::date("words.happened_on", "When did it last happen?")
                .hint("For what happened more than 12 months before the complaint"),
        ],
        LetterKind::Stage2Response => vec![
            Field::text(
                "words.summary",
                "The complaint, and why the person asked us to look again",
                5_000,
            ),
            text("Your own words"),
        ],
        LetterKind::NotAccepted => vec![
            Field::select("words.exclusion", "Why is it not accepted?", exclusions()),
            Field::text(
                "words.reason",
                "What do you tell the person about it?",
                5_000,
            ),
            Field::text("words.signpost", "Where can the person go instead?", 2_000)
                .hint("Leave it empty for what usually goes with the reason"),
            Field::date("words.happened_on", "When did it last happen?")
                .hint("For what happened more than 12 months ago"),
            text("Your own words"),
        ],
        LetterKind::AfterClosing => vec![
            text("Your own words"),
            Field::text("words.signpost", "Who can help with other matters?", 2_000),
        ],
        LetterKind::InformalResolution => vec![
            Field::date("words.call_on", "When was the call?"),
            Field::tick(
                "words.told_it_closes",
                "I told the person that the call closes the complaint",
            ),
            text("What was agreed on the call"),
        ],
        _ => vec![text("Your own words")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_12_what_a_draft_holds_stands_in_its_form_and_comes_back() {
        let words = LetterWords {
            paragraphs: vec![PickedParagraph {
                paragraph_id: "one".to_owned(),
                text: "We are sorry.".to_owned(),
            }],
            text: "First\n\nSecond".to_owned(),
            reason: "Why".to_owned(),
            signpost: "Where".to_owned(),
            exclusion: ExclusionReason::TooLongAgo.into(),
            happened_on: "2023-06-07".to_owned(),
            summary: "All of it".to_owned(),
            next_update_on: "2025-06-17".to_owned(),
            call_on: "2025-06-09".to_owned(),
            told_it_closes: true,
            ground: RefusalGround::NoReview.into(),
        };
        let draft = LetterDraft {
            words: Some(words.clone()),
            ..LetterDraft::default()
        };

        assert_eq!(read(&typed(&draft)), words);
    }

    #[test]
    fn sc_12_a_paragraph_that_was_emptied_is_taken_out() {
        let typed = Typed::from_iter([
            ("picked_0", "one".to_owned()),
            ("words.paragraphs[0].text", " ".to_owned()),
            ("picked_1", "two".to_owned()),
            ("words.paragraphs[1].text", "Kept".to_owned()),
        ]);

        let read = read(&typed);

        assert_eq!(read.paragraphs.len(), 1);
        assert_eq!(read.paragraphs[0].paragraph_id, "two");
    }
}
