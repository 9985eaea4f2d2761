//! Letters, between the wire and the use cases; no decisions.

use kit::page::Page;
use kit::{Caller, Check};
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::letter_service_server::LetterService;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::letter_wire as wire;
use crate::app::{App, Drafting, ParagraphPlace, SendingLetter, Wording};
use crate::error::Error;
use crate::store::letters::{Letter, Place};
use crate::store::paragraphs::Paragraph;
use crate::wire::Said as _;

fn paragraph(saved: Result<Paragraph, Error>) -> Result<Response<pb::Paragraph>, Status> {
    let saved = saved.map_err(kit::status)?;
    Ok(Response::new(wire::paragraph(saved)))
}

fn letter(letter: Result<Letter, Error>) -> Result<Response<pb::Letter>, Status> {
    let letter = letter.map_err(kit::status)?;
    Ok(Response::new(wire::letter(letter)))
}

fn id(field: &str, value: &str) -> Result<Uuid, Status> {
    let mut check = Check::new();
    let id = check.uuid(field, value);
    check.done().map_err(kit::status)?;
    Ok(id)
}

fn wording(check: &mut Check, topic: &str, title: &str, text: &str) -> Wording {
    Wording {
        topic: check.text("topic", topic, 1..=60),
        title: check.text("title", title, 1..=100),
        text: check.long_text("text", text, 1..=3_000),
    }
}

#[tonic::async_trait]
impl LetterService for App {
    async fn list_paragraphs(
        &self,
        request: Request<pb::ListParagraphsRequest>,
    ) -> Result<Response<pb::ListParagraphsResponse>, Status> {
        let request = request.into_inner();
        let mut check = Check::new();
        let topic = check.text("topic", &request.topic, 0..=60);
        check.done().map_err(kit::status)?;
        let filter = (&topic, request.with_retired);
        let page = Page::<ParagraphPlace>::read(request.page_size, &request.page_token, &filter)
            .map_err(kit::status)?;
        let (rows, next_page_token) = self
            .paragraphs(&topic, request.with_retired, &page)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::ListParagraphsResponse {
            paragraphs: rows.into_iter().map(wire::paragraph).collect(),
            next_page_token,
        }))
    }

    async fn add_paragraph(
        &self,
        request: Request<pb::AddParagraphRequest>,
    ) -> Result<Response<pb::Paragraph>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("request_id", &request.request_id);
        let wording = wording(&mut check, &request.topic, &request.title, &request.text);
        check.done().map_err(kit::status)?;
        paragraph(self.add_paragraph(&caller, id, wording).await)
    }

    async fn change_paragraph(
        &self,
        request: Request<pb::ChangeParagraphRequest>,
    ) -> Result<Response<pb::Paragraph>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("paragraph_id", &request.paragraph_id);
        let wording = wording(&mut check, &request.topic, &request.title, &request.text);
        check.done().map_err(kit::status)?;
        let which = (id, request.version);
        paragraph(self.change_paragraph(&caller, which, wording).await)
    }

    async fn retire_paragraph(
        &self,
        request: Request<pb::RetireParagraphRequest>,
    ) -> Result<Response<pb::Paragraph>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let which = (id("paragraph_id", &request.paragraph_id)?, request.version);
        paragraph(self.retire_paragraph(&caller, which).await)
    }

    async fn save_letter_draft(
        &self,
        request: Request<pb::SaveLetterDraftRequest>,
    ) -> Result<Response<pb::LetterDraft>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let kind = request.kind().said();
        if kind.is_none() {
            check.refuse("kind", "Choose what the letter is for", "REQUIRED");
        }
        let id = check.uuid("draft_id", &request.draft_id);
        let complaint_id = check.uuid("complaint_id", &request.complaint_id);
        let words = wire::words_said(&mut check, request.words.unwrap_or_default());
        check.done().map_err(kit::status)?;
        let drafting = Drafting {
            id,
            version: request.version,
            complaint_id,
            kind: kind.expect("a missing kind was refused"),
            words,
        };
        let saved = self
            .save_draft(&caller, drafting)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(wire::draft(saved)))
    }

    async fn get_letter_draft(
        &self,
        request: Request<pb::GetLetterDraftRequest>,
    ) -> Result<Response<pb::DraftedLetter>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let which = (id("draft_id", &request.draft_id)?, request.as_pdf);
        let drafted = self.draft(&caller, which).await.map_err(kit::status)?;
        Ok(Response::new(wire::drafted(drafted)))
    }

    async fn discard_letter_draft(
        &self,
        request: Request<pb::DiscardLetterDraftRequest>,
    ) -> Result<Response<pb::LetterDraft>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let which = (id("draft_id", &request.draft_id)?, request.version);
        let discarded = self
            .discard_draft(&caller, which)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(wire::draft(discarded)))
    }

    async fn send_letter(
        &self,
        request: Request<pb::SendLetterRequest>,
    ) -> Result<Response<pb::Letter>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let sending = SendingLetter {
            id: id("draft_id", &request.draft_id)?,
            version: request.version,
            complaint_version: request.complaint_version,
            findings_confirmed: request.findings_confirmed,
        };
        letter(self.send_letter(&caller, sending).await)
    }

    async fn list_letters(
        &self,
        request: Request<pb::ListLettersRequest>,
    ) -> Result<Response<pb::ListLettersResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let id = id("complaint_id", &request.complaint_id)?;
        let page = Page::<Place>::read(request.page_size, &request.page_token, &id)
            .map_err(kit::status)?;
        let (letters, drafts, next_page_token) = self
            .letters(&caller, id, &page)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::ListLettersResponse {
            letters: letters.into_iter().map(wire::letter).collect(),
            next_page_token,
            drafts: drafts.into_iter().map(wire::draft).collect(),
        }))
    }

    async fn get_letter(
        &self,
        request: Request<pb::GetLetterRequest>,
    ) -> Result<Response<pb::Letter>, Status> {
        let caller = Caller::of(&request);
        let id = id("letter_id", &request.into_inner().letter_id)?;
        letter(self.letter(&caller, id).await)
    }

    async fn list_letters_to_post(
        &self,
        request: Request<pb::ListLettersToPostRequest>,
    ) -> Result<Response<pb::ListLettersToPostResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let page = Page::<Place>::read(request.page_size, &request.page_token, &())
            .map_err(kit::status)?;
        let (letters, next_page_token) = self
            .letters_to_post(&caller, &page)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::ListLettersToPostResponse {
            letters: letters.into_iter().map(wire::letter).collect(),
            next_page_token,
        }))
    }

    async fn record_posted(
        &self,
        request: Request<pb::RecordPostedRequest>,
    ) -> Result<Response<pb::Letter>, Status> {
        let caller = Caller::of(&request);
        let id = id("letter_id", &request.into_inner().letter_id)?;
        letter(self.record_posted(&caller, id).await)
    }

    async fn send_letter_again(
        &self,
        request: Request<pb::SendLetterAgainRequest>,
    ) -> Result<Response<pb::Letter>, Status> {
        let caller = Caller::of(&request);
        let repeating = wire::repeating(&request.into_inner()).map_err(kit::status)?;
        letter(self.send_letter_again(&caller, repeating).await)
    }

    async fn get_delivery(
        &self,
        request: Request<pb::GetDeliveryRequest>,
    ) -> Result<Response<pb::GetDeliveryResponse>, Status> {
        let id = id("letter_id", &request.into_inner().letter_id)?;
        let letter = match self.delivery(id).await {
            Ok(it) => pb::GetDeliveryResponse {
                name: it.addressee,
                address: it.address,
                subject: it.subject,
                text: it.text,
                html: it.html,
            },
            Err(Error::NoSuchLetter) => {
                let it = self.request_delivery(id).await.map_err(kit::status)?;
                pb::GetDeliveryResponse {
                    name: it.addressee,
                    address: it.address,
                    subject: it.subject,
                    text: it.text,
                    html: it.html,
                }
            }
            Err(error) => return Err(kit::status(error)),
        };
        Ok(Response::new(letter))
    }
}
