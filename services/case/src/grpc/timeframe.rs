//! The timeframes of stages over the wire.

use kit::page::Page;
use kit::time::{iso, timestamp};
use kit::{Caller, Check, status};
use proto::case::v1 as pb;
use proto::case::v1::timeframe_service_server::TimeframeService;
use tonic::{Request, Response, Status};

use super::ended;
use crate::app::{App, SeenStage};
use crate::domain::{self, Expectation, Stage, Timeframe, Words};
use crate::wire;

#[tonic::async_trait]
impl TimeframeService for App {
    async fn list_timeframes(
        &self,
        _: Request<pb::ListTimeframesRequest>,
    ) -> Result<Response<pb::ListTimeframesResponse>, Status> {
        let found = self.timeframes().await.map_err(status)?;
        let timeframes = found.into_iter().map(|it| timeframe(it, self.words()));
        Ok(Response::new(pb::ListTimeframesResponse {
            timeframes: timeframes.collect(),
        }))
    }

    #[tracing::instrument(skip_all)]
    async fn set_timeframe(
        &self,
        request: Request<pb::SetTimeframeRequest>,
    ) -> Result<Response<pb::Timeframe>, Status> {
        let caller = Caller::of(&request);
        let pb::SetTimeframeRequest {
            status: number,
            working_days,
        } = request.into_inner();
        let mut check = Check::new();
        let stage = stage_from(&mut check, number);
        if !(0..=domain::LONGEST).contains(&working_days) {
            let why = format!(
                "The timeframe must be between 0 and {} working days",
                domain::LONGEST
            );
            check.refuse("working_days", why, "OUT_OF_RANGE");
        }
        check.done().map_err(status)?;
        let working_days = Some(working_days).filter(|it| *it > 0);
        let set = self
            .set_timeframe(&caller, stage, working_days)
            .await
            .map_err(status)?;
        Ok(Response::new(timeframe(set, self.words())))
    }

    #[tracing::instrument(skip_all)]
    async fn get_timeframes_report(
        &self,
        request: Request<pb::GetTimeframesReportRequest>,
    ) -> Result<Response<pb::TimeframesReport>, Status> {
        let mut check = Check::new();
        let quarter = ended::quarter(&mut check, &request.get_ref().quarter);
        check.done().map_err(status)?;
        let taken = self.taken(quarter).await.map_err(status)?;
        let report = ended::report(quarter, &taken, self.words());
        Ok(Response::new(report))
    }

    #[tracing::instrument(skip_all)]
    async fn list_ended_stages(
        &self,
        request: Request<pb::ListEndedStagesRequest>,
    ) -> Result<Response<pb::ListEndedStagesResponse>, Status> {
        let pb::ListEndedStagesRequest {
            quarter,
            status: number,
            page_size,
            page_token,
        } = request.into_inner();
        let mut check = Check::new();
        let asked = ended::quarter(&mut check, &quarter);
        let stage = (number != 0).then(|| stage_from(&mut check, number));
        check.done().map_err(status)?;
        let filter = (&quarter, number);
        let page = Page::read(page_size, &page_token, &filter).map_err(status)?;
        let (found, next_page_token) = self.ended(asked, stage, &page).await.map_err(status)?;
        let stages = found.into_iter().map(|it| ended::ended(it, self.words()));
        Ok(Response::new(pb::ListEndedStagesResponse {
            stages: stages.collect(),
            next_page_token,
        }))
    }
}

/// The stage that a number of the wire stands for; a closed case is at none.
fn stage_from(check: &mut Check, number: i32) -> domain::Status {
    wire::status_from(number)
        .filter(|it| it.is_stage())
        .unwrap_or_else(|| {
            check.refuse("status", "Choose a stage that a case can be at", "REQUIRED");
            domain::Status::InitialAssessment
        })
}

fn timeframe(it: Timeframe, words: &Words) -> pb::Timeframe {
    let Timeframe {
        status,
        working_days,
        set,
    } = it;
    let (set_at, set_by) = set.unzip();
    pb::Timeframe {
        status: wire::status(status).into(),
        status_label: words.status(status).label.clone(),
        working_days: working_days.unwrap_or_default(),
        set_at: set_at.map(timestamp),
        set_by: set_by.unwrap_or_default(),
    }
}

/// The stage at which a case stands, for the wire.
pub(super) fn stage(it: SeenStage) -> pb::Stage {
    let SeenStage {
        stage,
        passed,
        words,
    } = it;
    let Stage {
        id: _,
        case_id: _,
        began_on,
        told,
    } = stage;
    let mut told = told.into_iter().map(expectation);
    let last = told.next().unwrap_or_default();
    pb::Stage {
        began_on: iso(began_on),
        expected_on: last.expected_on,
        told_on: last.told_on,
        passed,
        words,
        earlier: told.collect(),
    }
}

fn expectation(it: Expectation) -> pb::Expectation {
    let Expectation {
        expected_on,
        told_on,
    } = it;
    pb::Expectation {
        expected_on: iso(expected_on),
        told_on: iso(told_on),
    }
}
