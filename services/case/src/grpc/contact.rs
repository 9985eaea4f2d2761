//! What complainants are owed, over the wire.

use chrono::NaiveDate;
use kit::page::Page;
use kit::time::{iso, iso_opt, timestamp};
use kit::{Caller, Check, Invalid, status};
use prost::Message as _;
use proto::case::v1 as pb;
use proto::case::v1::contact_service_server::ContactService;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::app::{App, Asked, Giving, Says};
use crate::domain::{Call, Channel, Contact, Paragraph, has_stray_braces};
use crate::store::{Sent, Update, Whose};
use crate::wire;

#[tonic::async_trait]
impl ContactService for App {
    #[tracing::instrument(skip_all)]
    async fn list_contacts(
        &self,
        request: Request<pb::ListContactsRequest>,
    ) -> Result<Response<pb::ListContactsResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let asked = asked(&request).map_err(status)?;
        let filter = (request.mine, request.team, &request.case_id);
        let page = Page::read(request.page_size, &request.page_token, &filter).map_err(status)?;
        let (found, next_page_token) =
            self.contacts(&caller, asked, &page).await.map_err(status)?;
        let today = self.today();
        Ok(Response::new(pb::ListContactsResponse {
            contacts: found.into_iter().map(|it| contact(it, today)).collect(),
            next_page_token,
        }))
    }

    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn promise_callback(
        &self,
        request: Request<pb::PromiseCallbackRequest>,
    ) -> Result<Response<pb::Contact>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let request_id = check.uuid("request_id", &request.request_id);
        let case_id = check.uuid("case_id", &request.case_id);
        let about = check.long_text("about", &request.about, 1..=1_000);
        let due_on = check.optional_date("due_on", &request.due_on);
        check.done().map_err(status)?;
        let as_asked = request.encode_to_vec();
        let promised = self
            .promise_callback(&caller, (request_id, &as_asked), case_id, about, due_on)
            .await
            .map_err(status)?;
        Ok(Response::new(contact(promised, self.today())))
    }

    #[tracing::instrument(skip_all)]
    async fn record_call(
        &self,
        request: Request<pb::RecordCallRequest>,
    ) -> Result<Response<pb::Contact>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let request_id = check.uuid("request_id", &request.request_id);
        let id = check.uuid("contact_id", &request.contact_id);
        let answered = request.answered;
        let call = Call {
            called_on: done_on(&mut check, "called_on", &request.called_on, self.today()),
            answered,
            note: check.long_text("note", &request.note, usize::from(answered)..=1_000),
        };
        check.done().map_err(status)?;
        let as_asked = request.encode_to_vec();
        let called = self
            .record_call(&caller, (request_id, &as_asked), id, &call)
            .await
            .map_err(status)?;
        Ok(Response::new(contact(called, self.today())))
    }

    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn give_update(
        &self,
        request: Request<pb::GiveUpdateRequest>,
    ) -> Result<Response<pb::ProgressUpdate>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let (request_id, case_id, giving) = giving(&request, self.today()).map_err(status)?;
        let as_asked = request.encode_to_vec();
        let given = self
            .give_update(&caller, (request_id, &as_asked), case_id, giving)
            .await
            .map_err(status)?;
        Ok(Response::new(update(given)))
    }

    #[tracing::instrument(skip_all)]
    async fn get_update_delivery(
        &self,
        request: Request<pb::GetUpdateDeliveryRequest>,
    ) -> Result<Response<pb::GetUpdateDeliveryResponse>, Status> {
        let request = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("update_id", &request.update_id);
        check.done().map_err(status)?;
        let Sent {
            complainant,
            representative,
            address,
            words,
        } = self.update_delivery(id).await.map_err(status)?;
        Ok(Response::new(pb::GetUpdateDeliveryResponse {
            // The address may be either's.
            name: if representative.is_empty() {
                complainant
            } else {
                String::new()
            },
            address,
            words,
        }))
    }

    async fn list_paragraphs(
        &self,
        _: Request<pb::ListParagraphsRequest>,
    ) -> Result<Response<pb::ListParagraphsResponse>, Status> {
        let found = self.paragraphs().await.map_err(status)?;
        Ok(Response::new(pb::ListParagraphsResponse {
            paragraphs: found.into_iter().map(paragraph).collect(),
        }))
    }

    #[tracing::instrument(skip_all)]
    async fn set_paragraph(
        &self,
        request: Request<pb::SetParagraphRequest>,
    ) -> Result<Response<pb::Paragraph>, Status> {
        let caller = Caller::of(&request);
        let pb::SetParagraphRequest { key, words } = request.into_inner();
        let mut check = Check::new();
        let key = check.text("key", &key, 1..=40);
        let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        if !key.bytes().all(plain) {
            let form = "The key must have lower-case letters, digits and hyphens only";
            check.refuse("key", form, "NOT_A_KEY");
        }
        let words = said(&mut check, &words);
        if has_stray_braces(&words) {
            let why = "The words must have no braces but those of {{stage}} and {{expected}}";
            check.refuse("words", why, "UNKNOWN_PLACEHOLDER");
        }
        check.done().map_err(status)?;
        let set = self
            .set_paragraph(&caller, key, words)
            .await
            .map_err(status)?;
        Ok(Response::new(paragraph(set)))
    }
}

/// Whose contacts are asked for: one choice, or everybody's.
fn asked(request: &pb::ListContactsRequest) -> Result<Asked, Invalid> {
    let mut check = Check::new();
    let case_id = check.optional_uuid("case_id", &request.case_id);
    let team = wire::team_from(request.team);
    if team.is_none() && request.team != 0 {
        check.refuse("team", "Choose one of the list", "NOT_A_CHOICE");
    }
    let choices = usize::from(request.mine) + usize::from(team.is_some());
    if choices + usize::from(case_id.is_some()) > 1 {
        let why = "Ask for your own, for a team's or for those of a case";
        check.refuse("mine", why, "ONE_CHOICE");
    }
    check.done()?;
    Ok(match (request.mine, team, case_id) {
        (true, _, _) => Asked::Mine,
        (_, Some(team), _) => Asked::Of(Whose::Team(team)),
        (_, _, Some(case_id)) => Asked::Of(Whose::Case(case_id)),
        _ => Asked::Of(Whose::All),
    })
}

fn giving(
    request: &pb::GiveUpdateRequest,
    today: NaiveDate,
) -> Result<(Uuid, Uuid, Giving), Invalid> {
    let mut check = Check::new();
    let request_id = check.uuid("request_id", &request.request_id);
    let case_id = check.uuid("case_id", &request.case_id);
    let key = check.text("paragraph", &request.paragraph, 0..=40);
    let words = said(&mut check, &request.words);
    if key.is_empty() == words.is_empty() {
        let why = "Choose a standard paragraph or write your own words";
        check.refuse("words", why, "ONE_CHOICE");
    }
    let channel = wire::channel_from(request.channel).unwrap_or_else(|| {
        check.refuse("channel", "Say how the complainant is told", "REQUIRED");
        Channel::Post
    });
    let by_portal = channel == Channel::Portal;
    let given_on = if by_portal && request.given_on.is_empty() {
        None
    } else {
        Some(done_on(&mut check, "given_on", &request.given_on, today))
    };
    let address = match request.address.trim() {
        "" if by_portal => {
            check.refuse(
                "address",
                "Enter the complainant's email address",
                "REQUIRED",
            );
            String::new()
        }
        "" => String::new(),
        address if by_portal => check.email("address", address),
        _ => {
            let why = "Leave the address out, or let the portal send the update";
            check.refuse("address", why, "NOT_SENT");
            String::new()
        }
    };
    let giving = Giving {
        says: if words.is_empty() {
            Says::Paragraph(key)
        } else {
            Says::Words(words)
        },
        expected_on: check.optional_date("expected_on", &request.expected_on),
        channel,
        given_on,
        address,
    };
    check.done()?;
    Ok((request_id, case_id, giving))
}

/// Words that may be left out; blanks alone say nothing.
fn said(check: &mut Check, words: &str) -> String {
    let words = check.long_text("words", words, 0..=5_000);
    if words.trim().is_empty() {
        String::new()
    } else {
        words
    }
}

/// The date on which something was done, which is not to come.
fn done_on(check: &mut Check, field: &str, value: &str, today: NaiveDate) -> NaiveDate {
    let date = check.date(field, value);
    if date > today {
        check.refuse(field, "The date must not be in the future", "IN_THE_FUTURE");
    }
    date
}

fn contact(it: Contact, today: NaiveDate) -> pb::Contact {
    let overdue = it.is_overdue(today);
    let Contact {
        id,
        case_id,
        case_reference,
        kind,
        reason,
        about,
        due_on,
        owner_account_id,
        owner_name,
        team,
        unanswered,
        raised_at: _,
        settled_at,
        lapsed,
        version: _,
    } = it;
    pb::Contact {
        id: id.to_string(),
        case_id: case_id.to_string(),
        case_reference,
        kind: wire::contact_kind(kind).into(),
        reason: wire::contact_reason(reason).into(),
        about,
        due_on: iso(due_on),
        overdue,
        owner_account_id: owner_account_id
            .map(|it| it.to_string())
            .unwrap_or_default(),
        owner_name: owner_name.unwrap_or_default(),
        team: wire::team(team).into(),
        unanswered: i32::try_from(unanswered).unwrap_or(i32::MAX),
        settled_at: settled_at.map(timestamp),
        lapsed,
    }
}

fn update(it: Update) -> pb::ProgressUpdate {
    let Update {
        id,
        case_id,
        paragraph: _,
        words,
        channel,
        given_on,
        expected_on,
        address,
    } = it;
    pb::ProgressUpdate {
        id: id.to_string(),
        case_id: case_id.to_string(),
        words,
        channel: wire::channel(channel).into(),
        given_on: iso(given_on),
        expected_on: iso_opt(expected_on),
        address,
    }
}

fn paragraph(it: Paragraph) -> pb::Paragraph {
    let Paragraph {
        key,
        words,
        set_at,
        set_name,
    } = it;
    pb::Paragraph {
        key,
        words,
        set_at: Some(timestamp(set_at)),
        set_by: set_name,
    }
}
