//! The public side between the wire and the use cases; no decisions.

mod answers;

use kit::{Caller, Check};
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::link_delivery_service_server::LinkDeliveryService;
use proto::service_complaint::v1::public_complaint_service_server::PublicComplaintService;
use tonic::{Request, Response, Status};

use crate::app::{Asked, Begun, Escalating, Public, Sending};
use crate::domain::complaint::{Complaint, Format};
use crate::domain::exclusion::Reason;
use crate::domain::policy::{AFTER_CLOSING, ESCALATION_WINDOW, OLDEST_ISSUE_MONTHS, Stage};
use crate::error::Error;
use crate::render;
use crate::wire::{self, Said as _};
use calendar::Timescale;

/// Longer than any secret that we give out.
const LONGEST_TOKEN: usize = 64;
/// The longest network address as text.
const LONGEST_ADDRESS: usize = 64;
/// The most points that a request for stage 2 names.
const MOST_POINTS: usize = 20;
/// The most files of a complaint.
const MOST_FILES: i32 = 20;

/// A secret as it came. One that can't be ours is nobody's, like any wrong one.
fn token(token: &str, otherwise: Error) -> Result<&str, Status> {
    if token.is_empty() || token.len() > LONGEST_TOKEN {
        return Err(kit::status(otherwise));
    }
    Ok(token)
}

pub(super) fn draft_token(value: &str) -> Result<&str, Status> {
    token(value, Error::NoSuchDraft)
}

pub(super) fn link_token(value: &str) -> Result<&str, Status> {
    token(value, Error::NoSuchLink)
}

impl Public {
    fn progress(
        &self,
        complaint: Result<Complaint, Error>,
    ) -> Result<Response<pb::Progress>, Status> {
        let complaint = complaint.map_err(kit::status)?;
        Ok(Response::new(wire::progress(
            &complaint,
            self.app().today(),
        )))
    }
}

#[tonic::async_trait]
impl PublicComplaintService for Public {
    async fn describe_policy(
        &self,
        _: Request<pb::DescribePolicyRequest>,
    ) -> Result<Response<pb::DescribePolicyResponse>, Status> {
        Ok(Response::new(policy()))
    }

    async fn get_factsheet(
        &self,
        request: Request<pb::GetFactsheetRequest>,
    ) -> Result<Response<pb::GetFactsheetResponse>, Status> {
        let format = request.get_ref().format().said().unwrap_or(Format::Letter);
        let pdf = render::factsheet(format).map_err(|it| kit::status(Error::Render(it)))?;
        Ok(Response::new(pb::GetFactsheetResponse {
            pdf: pdf.to_vec(),
        }))
    }

    async fn begin_draft(
        &self,
        request: Request<pb::BeginDraftRequest>,
    ) -> Result<Response<pb::BeginDraftResponse>, Status> {
        let address = address(&request.into_inner().client_address)?;
        let Begun { token, form } = self.begin(&address).await.map_err(kit::status)?;
        Ok(Response::new(pb::BeginDraftResponse {
            draft_token: token,
            draft: Some(answers::draft(form)),
        }))
    }

    async fn get_draft(
        &self,
        request: Request<pb::GetDraftRequest>,
    ) -> Result<Response<pb::Draft>, Status> {
        let request = request.into_inner();
        let token = draft_token(&request.draft_token)?;
        let form = self.draft(token).await.map_err(kit::status)?;
        Ok(Response::new(answers::draft(form)))
    }

    async fn save_answers(
        &self,
        request: Request<pb::SaveAnswersRequest>,
    ) -> Result<Response<pb::Draft>, Status> {
        let request = request.into_inner();
        let token = draft_token(&request.draft_token)?;
        let before = self.draft(token).await.map_err(kit::status)?;
        let given = request.answers.clone().unwrap_or_default();
        let saved = answers::saved(
            request.step(),
            &given,
            before.answers.format,
            self.app().today(),
        )
        .map_err(kit::status)?;
        let form = self.save(token, saved).await.map_err(kit::status)?;
        Ok(Response::new(answers::draft(form)))
    }

    async fn send_draft(
        &self,
        request: Request<pb::SendDraftRequest>,
    ) -> Result<Response<pb::Draft>, Status> {
        let request = request.into_inner();
        let token = draft_token(&request.draft_token)?.to_owned();
        let mut check = Check::new();
        if !request.declared {
            check.refuse(
                "declared",
                "Confirm that what you told us is true as far as you know",
                "REQUIRED",
            );
        }
        check.done().map_err(kit::status)?;
        let sending = Sending {
            token,
            left_empty: request.left_empty,
            address: address(&request.client_address)?,
        };
        let form = self.send(sending).await.map_err(kit::status)?;
        Ok(Response::new(answers::draft(form)))
    }

    async fn discard_draft(
        &self,
        request: Request<pb::DiscardDraftRequest>,
    ) -> Result<Response<pb::DiscardDraftResponse>, Status> {
        let request = request.into_inner();
        let token = draft_token(&request.draft_token)?;
        self.discard(token).await.map_err(kit::status)?;
        Ok(Response::new(pb::DiscardDraftResponse {}))
    }

    async fn track(
        &self,
        request: Request<pb::TrackRequest>,
    ) -> Result<Response<pb::Progress>, Status> {
        let request = request.into_inner();
        let token = link_token(&request.link_token)?;
        self.progress(self.open(token).await)
    }

    async fn reply_to_outcome(
        &self,
        request: Request<pb::ReplyToOutcomeRequest>,
    ) -> Result<Response<pb::Progress>, Status> {
        let request = request.into_inner();
        let reply = request.reply();
        let mut check = Check::new();
        let most = 0..=2_000;
        let corrected = check.long_text("desired_outcome", &request.desired_outcome, most);
        match reply {
            pb::OutcomeReply::Confirmed => {}
            pb::OutcomeReply::Corrected if !corrected.trim().is_empty() => {}
            pb::OutcomeReply::Corrected => {
                check.refuse(
                    "desired_outcome",
                    "Tell us what you want to happen",
                    "REQUIRED",
                );
            }
            // That there was no reply is for a colleague to record.
            pb::OutcomeReply::Unspecified | pb::OutcomeReply::NoReply => {
                check.refuse("reply", "Say whether we have understood you", "REQUIRED");
            }
        }
        check.done().map_err(kit::status)?;
        let token = link_token(&request.link_token)?;
        let reply = wire::outcome_reply(reply);
        self.progress(self.reply_to_outcome(token, reply, &corrected).await)
    }

    async fn ask_for_stage2(
        &self,
        request: Request<pb::AskForStage2Request>,
    ) -> Result<Response<pb::Progress>, Status> {
        let request = request.into_inner();
        let token = link_token(&request.link_token)?;
        let complaint = self.open(token).await.map_err(kit::status)?;
        let late = wire::progress(&complaint, self.app().today()).stage_2_late;
        let mut check = Check::new();
        let reasons = answers::asked(
            &mut check,
            "reasons",
            &request.reasons,
            10_000,
            "Tell us why you disagree with our response",
        );
        if request.missed.len() > MOST_POINTS {
            check.refuse("missed", "Give up to 20 points", "TOO_MANY");
        }
        let missed = request
            .missed
            .iter()
            .filter(|it| !it.trim().is_empty())
            .map(|it| check.text("missed", it, 1..=1_000))
            .collect();
        let new_evidence = check.long_text("new_evidence", &request.new_evidence, 0..=10_000);
        let circumstances = check.long_text("circumstances", &request.circumstances, 0..=2_000);
        if late && circumstances.trim().is_empty() {
            check.refuse(
                "circumstances",
                "Tell us why you could not ask within the 4 weeks",
                "REQUIRED",
            );
        }
        check.done().map_err(kit::status)?;
        let escalating = Escalating {
            reasons,
            missed,
            new_evidence,
            circumstances,
        };
        self.progress(self.ask_for_stage_two(token, escalating).await)
    }

    async fn write_after_closing(
        &self,
        request: Request<pb::WriteAfterClosingRequest>,
    ) -> Result<Response<pb::WriteAfterClosingResponse>, Status> {
        let request = request.into_inner();
        let mut check = Check::new();
        let request_id = check.uuid("request_id", &request.request_id);
        let text = answers::asked(
            &mut check,
            "text",
            &request.text,
            10_000,
            "Write your message",
        );
        check.done().map_err(kit::status)?;
        let token = link_token(&request.link_token)?;
        let (complaint, answered) = self
            .write_after_closing(token, request_id, &text)
            .await
            .map_err(kit::status)?;
        let progress = wire::progress(&complaint, self.app().today());
        Ok(Response::new(pb::WriteAfterClosingResponse {
            progress: Some(progress),
            answered,
        }))
    }

    async fn note_files(
        &self,
        request: Request<pb::NoteFilesRequest>,
    ) -> Result<Response<pb::Progress>, Status> {
        let request = request.into_inner();
        let mut check = Check::new();
        if !(1..=MOST_FILES).contains(&request.count) {
            check.refuse("count", "Say how many files were sent, up to 20", "RANGE");
        }
        check.done().map_err(kit::status)?;
        let token = link_token(&request.link_token)?;
        self.progress(self.note_files(token, request.count).await)
    }

    async fn ask_for_link(
        &self,
        request: Request<pb::AskForLinkRequest>,
    ) -> Result<Response<pb::AskForLinkResponse>, Status> {
        let request = request.into_inner();
        let mut check = Check::new();
        let reference = answers::asked_line(
            &mut check,
            "reference",
            &request.reference,
            20,
            "Enter the reference number of your complaint, like SC202600001",
        );
        let email = check.email("email", &request.email);
        check.done().map_err(kit::status)?;
        let asked = Asked {
            reference,
            email,
            address: address(&request.client_address)?,
        };
        self.ask_for_link(asked).await.map_err(kit::status)?;
        Ok(Response::new(pb::AskForLinkResponse {}))
    }

    async fn send_link(
        &self,
        request: Request<pb::SendLinkRequest>,
    ) -> Result<Response<pb::SendLinkResponse>, Status> {
        let caller = Caller::of(&request);
        let complaint_id = uuid("complaint_id", &request.into_inner().complaint_id)?;
        self.send_link(&caller, complaint_id)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::SendLinkResponse {}))
    }

    async fn get_webform(
        &self,
        request: Request<pb::GetWebformRequest>,
    ) -> Result<Response<pb::Webform>, Status> {
        let caller = Caller::of(&request);
        let complaint_id = uuid("complaint_id", &request.into_inner().complaint_id)?;
        let webform = self
            .webform(&caller, complaint_id)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::Webform {
            happened_on: kit::time::iso(webform.happened_on),
            too_long_ago: webform.too_long_ago,
            sent_at: Some(kit::time::timestamp(webform.sent_at)),
            answers: webform.answers.map(|it| answers::answers(it.0)),
        }))
    }
}

#[tonic::async_trait]
impl LinkDeliveryService for Public {
    async fn mint_link(
        &self,
        request: Request<pb::MintLinkRequest>,
    ) -> Result<Response<pb::MintLinkResponse>, Status> {
        let request_id = uuid("request_id", &request.into_inner().request_id)?;
        let minted = self.mint_link(request_id).await.map_err(kit::status)?;
        Ok(Response::new(pb::MintLinkResponse {
            link_token: minted.token,
            expires_at: Some(kit::time::timestamp(minted.expires_at)),
            name: minted.name,
            address: minted.email,
            reference: minted.reference,
            received_on: kit::time::iso(minted.received_on),
            acknowledgement_due_on: kit::time::iso(minted.acknowledgement_due_on),
        }))
    }
}

fn uuid(field: &str, value: &str) -> Result<uuid::Uuid, Status> {
    let mut check = Check::new();
    let id = check.uuid(field, value);
    check.done().map_err(kit::status)?;
    Ok(id)
}

fn address(value: &str) -> Result<String, Status> {
    let mut check = Check::new();
    let address = check.text("client_address", value, 0..=LONGEST_ADDRESS);
    check.done().map_err(kit::status)?;
    Ok(address)
}

/// The policy's numbers and exclusions, from where the rules take them.
fn policy() -> pb::DescribePolicyResponse {
    let number = |number: u32| i32::try_from(number).expect("the policy's numbers are small");
    let days = |timescale| match timescale {
        Timescale::WorkingDays(days) | Timescale::CalendarDays(days) => number(days),
        Timescale::On(_) => unreachable!("the policy names no day"),
    };
    pb::DescribePolicyResponse {
        acknowledgement_days: days(Stage::One.acknowledgement().timescale),
        stage_1_days: days(Stage::One.response().timescale),
        stage_2_days: days(Stage::Two.response().timescale),
        stage_1_extension_days: number(Stage::One.longest_extension()),
        stage_2_extension_days: number(Stage::Two.longest_extension()),
        escalation_weeks: number(ESCALATION_WINDOW / 7),
        weeks_after_closing: number(AFTER_CLOSING / 7),
        oldest_months: number(OLDEST_ISSUE_MONTHS),
        exclusions: Reason::ALL
            .into_iter()
            .map(|reason| pb::Exclusion {
                reason: pb::ExclusionReason::from(reason).into(),
                paragraph: reason.paragraph().to_owned(),
                explanation: reason.explanation().to_owned(),
                details: String::new(),
                signpost: reason.signpost().unwrap_or_default().to_owned(),
            })
            .collect(),
    }
}
