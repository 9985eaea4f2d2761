//! Learning, recommendations, reports and samples between the wire and the use cases; no decisions.

use chrono::NaiveDate;
use futures::stream::{BoxStream, StreamExt as _};
use kit::page::Page;
use kit::{Caller, Check};
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::oversight_service_server::OversightService;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::reader;
use super::request::target;
use crate::app::{App, Drawing, Learning, Recommending, RowPosition};
use crate::domain::lateness::{Cause, Promise};
use crate::domain::policy::Stage;
use crate::domain::recommendation::{Acceptance, Part, Source};
use crate::domain::report::Period;
use crate::error::Error;
use crate::store::learning::LessonFilter;
use crate::store::recommendations::RecommendationFilter;
use crate::wire::{self, Said as _, oversight as words};

type Files = BoxStream<'static, Result<pb::DownloadSampleResponse, Status>>;
type Answer<T> = Result<Response<T>, Status>;

fn answer<T, W>(result: Result<T, Error>, wire: impl FnOnce(T) -> W) -> Answer<W> {
    result
        .map(|it| Response::new(wire(it)))
        .map_err(kit::status)
}

/// What must be chosen, and what it is when nothing was, which `check` refuses.
fn chosen<T>(check: &mut Check, field: &str, said: Option<T>, otherwise: T) -> T {
    if said.is_none() {
        check.refuse(field, "Choose one", "REQUIRED");
    }
    said.unwrap_or(otherwise)
}

fn period(mut check: Check, from: &str, to: &str) -> Result<Period, Status> {
    let (first, last) = (check.date("from", from), check.date("to", to));
    check.done().map_err(kit::status)?;
    Period::new(first, last).map_err(|error| kit::status(Error::from(error)))
}

#[tonic::async_trait]
impl OversightService for App {
    async fn record_lateness(
        &self,
        request: Request<pb::RecordLatenessRequest>,
    ) -> Answer<pb::Complaint> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let stage = match request.stage {
            1 => Some(Stage::One),
            2 => Some(Stage::Two),
            _ => None,
        };
        let stage = chosen(&mut check, "stage", stage, Stage::One);
        let promise = request.promise().said();
        let promise = chosen(&mut check, "promise", promise, Promise::Response);
        let cause = request.cause().said();
        let cause = chosen(&mut check, "cause", cause, Cause::Other);
        let reason = check.long_text("reason", &request.reason, 1..=2_000);
        check.done().map_err(kit::status)?;
        let complaint = self
            .explain_lateness(&caller, target, (stage, promise), (cause, reason))
            .await;
        answer(complaint, |it| {
            wire::complaint(it, reader(&caller), self.day())
        })
    }

    async fn list_themes(
        &self,
        _: Request<pb::ListThemesRequest>,
    ) -> Answer<pb::ListThemesResponse> {
        answer(self.themes().await, |themes| pb::ListThemesResponse {
            themes: themes.into_iter().map(words::theme).collect(),
        })
    }

    async fn add_theme(&self, request: Request<pb::AddThemeRequest>) -> Answer<pb::Theme> {
        let caller = Caller::of(&request);
        let pb::AddThemeRequest { id, name } = request.into_inner();
        let mut check = Check::new();
        let id = check.text("id", &id, 2..=40);
        let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
        if check.is_ok() && !id.chars().all(plain) {
            check.refuse("id", "Use small letters, digits and hyphens", "BAD_FORMAT");
        }
        let name = check.text("name", &name, 1..=100);
        check.done().map_err(kit::status)?;
        answer(self.add_theme(&caller, id, name).await, words::theme)
    }

    async fn retire_theme(&self, request: Request<pb::RetireThemeRequest>) -> Answer<pb::Theme> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let id = check.text("theme_id", &request.theme_id, 1..=40);
        let into = check.text("merge_into", &request.merge_into, 0..=40);
        let reason = check.long_text("reason", &request.reason, 1..=1_000);
        check.done().map_err(kit::status)?;
        let theme = self.retire_theme(&caller, &id, &into, &reason).await;
        answer(theme, words::theme)
    }

    async fn restore_theme(&self, request: Request<pb::RestoreThemeRequest>) -> Answer<pb::Theme> {
        let caller = Caller::of(&request);
        let mut check = Check::new();
        let id = check.text("theme_id", &request.into_inner().theme_id, 1..=40);
        check.done().map_err(kit::status)?;
        answer(self.restore_theme(&caller, &id).await, words::theme)
    }

    async fn record_lesson(&self, request: Request<pb::RecordLessonRequest>) -> Answer<pb::Lesson> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        if !(1..=50).contains(&request.complaint_ids.len()) {
            let text = "Name the complaints that it was learned from, 50 at the most";
            check.refuse("complaint_ids", text, "REQUIRED");
        }
        let mut complaints: Vec<Uuid> = request
            .complaint_ids
            .iter()
            .map(|id| check.uuid("complaint_ids", id))
            .collect();
        complaints.sort_unstable();
        complaints.dedup();
        let learning = Learning {
            request_id: check.uuid("request_id", &request.request_id),
            complaints,
            theme: check.text("theme_id", &request.theme_id, 1..=40),
            learned: check.long_text("learned", &request.learned, 1..=5_000),
            owner: check.uuid("owner_id", &request.owner_id),
            action: check.long_text("action", &request.action, 1..=2_000),
            due_on: check.date("due_on", &request.due_on),
        };
        check.done().map_err(kit::status)?;
        let lesson = self.learn(&caller, learning).await;
        answer(lesson, |it| words::lesson(it, self.today()))
    }

    async fn get_lesson(&self, request: Request<pb::GetLessonRequest>) -> Answer<pb::Lesson> {
        let mut check = Check::new();
        let id = check.uuid("lesson_id", &request.into_inner().lesson_id);
        check.done().map_err(kit::status)?;
        answer(self.lesson(id).await, |it| words::lesson(it, self.today()))
    }

    async fn list_lessons(
        &self,
        request: Request<pb::ListLessonsRequest>,
    ) -> Answer<pb::ListLessonsResponse> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let filter = LessonFilter {
            status: words::lesson_status(request.status()),
            theme: check.text("theme_id", &request.theme_id, 0..=40),
            owner: caller
                .person()
                .filter(|_| request.mine)
                .map(|it| it.account_id),
            complaint: check.optional_uuid("complaint_id", &request.complaint_id),
        };
        check.done().map_err(kit::status)?;
        let page = Page::<(NaiveDate, Uuid)>::read(request.page_size, &request.page_token, &filter)
            .map_err(kit::status)?;
        answer(self.lessons(&filter, &page).await, |(lessons, next)| {
            pb::ListLessonsResponse {
                lessons: lessons
                    .into_iter()
                    .map(|it| words::lesson(it, self.today()))
                    .collect(),
                next_page_token: next,
            }
        })
    }

    async fn complete_lesson(
        &self,
        request: Request<pb::CompleteLessonRequest>,
    ) -> Answer<pb::Lesson> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = (check.uuid("lesson_id", &request.lesson_id), request.version);
        let done = (
            check.date("on", &request.on),
            check.long_text("evidence", &request.evidence, 1..=2_000),
        );
        check.done().map_err(kit::status)?;
        let lesson = self.complete_lesson(&caller, target, done).await;
        answer(lesson, |it| words::lesson(it, self.today()))
    }

    async fn sign_off_lesson(
        &self,
        request: Request<pb::SignOffLessonRequest>,
    ) -> Answer<pb::Lesson> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = (check.uuid("lesson_id", &request.lesson_id), request.version);
        let comment = check.long_text("comment", &request.comment, 0..=2_000);
        check.done().map_err(kit::status)?;
        let lesson = self
            .sign_off_lesson(&caller, target, (request.agreed, comment))
            .await;
        answer(lesson, |it| words::lesson(it, self.today()))
    }

    async fn record_recommendation(
        &self,
        request: Request<pb::RecordRecommendationRequest>,
    ) -> Answer<pb::Recommendation> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let source = request.source().said();
        let recommending = Recommending {
            source: chosen(&mut check, "source", source, Source::InternalAudit),
            period: (
                check.date("period_from", &request.period_from),
                check.date("period_to", &request.period_to),
            ),
            number: check.text("number", &request.number, 1..=20),
            text: check.long_text("text", &request.text, 1..=5_000),
        };
        check.done().map_err(kit::status)?;
        let recorded = self.recommend(&caller, recommending).await;
        answer(recorded, |it| words::recommendation(it, self.today()))
    }

    async fn respond_to_recommendation(
        &self,
        request: Request<pb::RespondToRecommendationRequest>,
    ) -> Answer<pb::Recommendation> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = (
            check.uuid("recommendation_id", &request.recommendation_id),
            request.version,
        );
        let acceptance = request.acceptance().said();
        let acceptance = chosen(
            &mut check,
            "acceptance",
            acceptance,
            Acceptance::NotAccepted,
        );
        let response = check.long_text("response", &request.response, 1..=10_000);
        if request.parts.len() > 20 {
            check.refuse("parts", "Plan 20 parts or fewer", "TOO_MANY");
        }
        let parts = request
            .parts
            .iter()
            .map(|part| Part {
                id: kit::id(),
                text: check.long_text("parts", &part.text, 1..=2_000),
                responsible: check.text("parts", &part.responsible, 1..=200),
                due_on: check.date("parts", &part.due_on),
                completed_on: None,
                evidence: String::new(),
            })
            .collect();
        check.done().map_err(kit::status)?;
        let changed = self
            .respond_to_recommendation(&caller, target, (acceptance, response), parts)
            .await;
        answer(changed, |it| words::recommendation(it, self.today()))
    }

    async fn complete_recommendation_part(
        &self,
        request: Request<pb::CompleteRecommendationPartRequest>,
    ) -> Answer<pb::Recommendation> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = (
            check.uuid("recommendation_id", &request.recommendation_id),
            request.version,
        );
        let part = check.uuid("part_id", &request.part_id);
        let done = (
            check.date("on", &request.on),
            check.long_text("evidence", &request.evidence, 1..=2_000),
        );
        check.done().map_err(kit::status)?;
        let changed = self.complete_part(&caller, target, part, done).await;
        answer(changed, |it| words::recommendation(it, self.today()))
    }

    async fn get_recommendation(
        &self,
        request: Request<pb::GetRecommendationRequest>,
    ) -> Answer<pb::Recommendation> {
        let mut check = Check::new();
        let id = check.uuid("recommendation_id", &request.into_inner().recommendation_id);
        check.done().map_err(kit::status)?;
        answer(self.recommendation(id).await, |it| {
            words::recommendation(it, self.today())
        })
    }

    async fn list_recommendations(
        &self,
        request: Request<pb::ListRecommendationsRequest>,
    ) -> Answer<pb::ListRecommendationsResponse> {
        let request = request.into_inner();
        let filter = RecommendationFilter {
            status: words::recommendation_status(request.status()),
            source: request.source().said(),
        };
        let page =
            Page::read(request.page_size, &request.page_token, &filter).map_err(kit::status)?;
        answer(
            self.recommendations(&filter, &page).await,
            |(them, next)| pb::ListRecommendationsResponse {
                recommendations: them
                    .into_iter()
                    .map(|it| words::recommendation(it, self.today()))
                    .collect(),
                next_page_token: next,
            },
        )
    }

    async fn record_enquiries(
        &self,
        request: Request<pb::RecordEnquiriesRequest>,
    ) -> Answer<pb::EnquiryCount> {
        let caller = Caller::of(&request);
        let pb::RecordEnquiriesRequest {
            month,
            received,
            reason,
        } = request.into_inner();
        let mut check = Check::new();
        let month = check.date("month", &format!("{month}-01"));
        if received < 0 {
            check.refuse("received", "Enter 0 or more", "OUT_OF_RANGE");
        }
        let reason = check.long_text("reason", &reason, 0..=1_000);
        check.done().map_err(kit::status)?;
        let counted = self.count_enquiries(&caller, month, received, reason).await;
        answer(counted, words::enquiry_count)
    }

    async fn list_enquiries(
        &self,
        request: Request<pb::ListEnquiriesRequest>,
    ) -> Answer<pb::ListEnquiriesResponse> {
        let request = request.into_inner();
        let page = Page::read(request.page_size, &request.page_token, &"enquiries")
            .map_err(kit::status)?;
        answer(self.enquiries(&page).await, |(counts, next)| {
            pb::ListEnquiriesResponse {
                counts: counts.into_iter().map(words::enquiry_count).collect(),
                next_page_token: next,
            }
        })
    }

    async fn get_period_report(
        &self,
        request: Request<pb::GetPeriodReportRequest>,
    ) -> Answer<pb::PeriodReport> {
        let request = request.into_inner();
        let period = period(Check::new(), &request.from, &request.to)?;
        answer(self.report(period).await, words::report)
    }

    async fn write_commentary(
        &self,
        request: Request<pb::WriteCommentaryRequest>,
    ) -> Answer<pb::Commentary> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let text = check.long_text("text", &request.text, 1..=10_000);
        let period = period(check, &request.from, &request.to)?;
        let written = self
            .write_commentary(&caller, period, request.revision, text)
            .await;
        answer(written, words::commentary)
    }

    async fn list_figure_rows(
        &self,
        request: Request<pb::ListFigureRowsRequest>,
    ) -> Answer<pb::ListFigureRowsResponse> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let figure = check.text("figure", &request.figure, 1..=100);
        let period = period(check, &request.from, &request.to)?;
        let list = (period, &figure);
        let page = Page::<RowPosition>::read(request.page_size, &request.page_token, &list)
            .map_err(kit::status)?;
        answer(
            self.figure_rows(&caller, (period, &figure), &page).await,
            |(rows, next)| pb::ListFigureRowsResponse {
                rows: rows.into_iter().map(words::figure_row).collect(),
                next_page_token: next,
            },
        )
    }

    async fn check_period_report(
        &self,
        request: Request<pb::CheckPeriodReportRequest>,
    ) -> Answer<pb::CheckPeriodReportResponse> {
        let request = request.into_inner();
        let period = period(Check::new(), &request.from, &request.to)?;
        answer(self.recount(period).await, words::recount)
    }

    async fn draw_sample(&self, request: Request<pb::DrawSampleRequest>) -> Answer<pb::Sample> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let size = usize::try_from(request.size).unwrap_or(0);
        if !(1..=200).contains(&size) {
            check.refuse("size", "Draw 1 to 200 complaints", "OUT_OF_RANGE");
        }
        let seed = check.text("seed", &request.seed, 1..=100);
        let request_id = check.uuid("request_id", &request.request_id);
        let drawing = Drawing {
            request_id,
            period: period(check, &request.from, &request.to)?,
            size,
            seed,
        };
        answer(self.draw_sample(&caller, drawing).await, words::sample)
    }

    async fn get_sample(&self, request: Request<pb::GetSampleRequest>) -> Answer<pb::Sample> {
        let mut check = Check::new();
        let id = check.uuid("sample_id", &request.into_inner().sample_id);
        check.done().map_err(kit::status)?;
        answer(self.sample(id).await, words::sample)
    }

    async fn list_samples(
        &self,
        request: Request<pb::ListSamplesRequest>,
    ) -> Answer<pb::ListSamplesResponse> {
        let request = request.into_inner();
        let page =
            Page::read(request.page_size, &request.page_token, &"samples").map_err(kit::status)?;
        answer(self.samples(&page).await, |(samples, next)| {
            pb::ListSamplesResponse {
                samples: samples
                    .into_iter()
                    .map(|it| words::sample((it, Vec::new())))
                    .collect(),
                next_page_token: next,
            }
        })
    }

    type DownloadSampleStream = Files;

    async fn download_sample(&self, request: Request<pb::DownloadSampleRequest>) -> Answer<Files> {
        let caller = Caller::of(&request);
        let mut check = Check::new();
        let id = check.uuid("sample_id", &request.into_inner().sample_id);
        check.done().map_err(kit::status)?;
        let pieces = self.sample_files(&caller, id).await.map_err(kit::status)?;
        let answer = |content| pb::DownloadSampleResponse { content };
        let pieces = pieces.map(move |piece| piece.map(answer).map_err(kit::status));
        Ok(Response::new(pieces.boxed()))
    }
}
