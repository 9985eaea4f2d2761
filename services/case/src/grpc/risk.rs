//! The risk of cases over the wire.

use kit::page::Page;
use kit::time::{iso, iso_opt, timestamp};
use kit::{Caller, Check, status};
use proto::case::v1 as pb;
use proto::case::v1::risk_service_server::RiskService;
use tonic::{Request, Response, Status};

use crate::app::{App, SeenReview};
use crate::domain::{Assessment, Circumstances, Review, RiskFactors, Severity};
use crate::wire;

#[tonic::async_trait]
impl RiskService for App {
    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn assess_risk(
        &self,
        request: Request<pb::AssessRiskRequest>,
    ) -> Result<Response<pb::RiskAssessment>, Status> {
        let caller = Caller::of(&request);
        let pb::AssessRiskRequest {
            case_id,
            version,
            factors,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("case_id", &case_id);
        let factors = self.factors(&mut check, factors);
        check.done().map_err(status)?;
        let assessed = self
            .assess_risk(&caller, id, version, &factors)
            .await
            .map_err(status)?;
        Ok(Response::new(assessment(assessed)))
    }

    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn list_risk_assessments(
        &self,
        request: Request<pb::ListRiskAssessmentsRequest>,
    ) -> Result<Response<pb::ListRiskAssessmentsResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListRiskAssessmentsRequest {
            case_id,
            page_size,
            page_token,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("case_id", &case_id);
        check.done().map_err(status)?;
        let page = Page::read(page_size, &page_token, &id).map_err(status)?;
        let (found, next_page_token) = self
            .risk_assessments(&caller, id, &page)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::ListRiskAssessmentsResponse {
            assessments: found.into_iter().map(assessment).collect(),
            next_page_token,
        }))
    }

    #[tracing::instrument(skip_all)]
    async fn get_risk_review(
        &self,
        request: Request<pb::GetRiskReviewRequest>,
    ) -> Result<Response<pb::RiskReview>, Status> {
        let caller = Caller::of(&request);
        let mut check = Check::new();
        let id = check.uuid("review_id", &request.get_ref().review_id);
        check.done().map_err(status)?;
        let seen = self.risk_review(&caller, id).await.map_err(status)?;
        Ok(Response::new(seen_review(seen)))
    }

    #[tracing::instrument(skip_all)]
    async fn list_risk_reviews(
        &self,
        request: Request<pb::ListRiskReviewsRequest>,
    ) -> Result<Response<pb::ListRiskReviewsResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListRiskReviewsRequest {
            page_size,
            page_token,
            mine,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &mine).map_err(status)?;
        let (found, next_page_token) = self
            .risk_reviews(&caller, mine, &page)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::ListRiskReviewsResponse {
            reviews: found.into_iter().map(seen_review).collect(),
            next_page_token,
        }))
    }

    #[tracing::instrument(skip_all)]
    async fn answer_risk_review(
        &self,
        request: Request<pb::AnswerRiskReviewRequest>,
    ) -> Result<Response<pb::RiskReview>, Status> {
        let caller = Caller::of(&request);
        let pb::AnswerRiskReviewRequest {
            review_id,
            version,
            factors,
            told,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("review_id", &review_id);
        let factors = self.factors(&mut check, factors);
        let told = check.text("told", &told, 1..=300);
        check.done().map_err(status)?;
        let seen = self
            .answer_risk_review(&caller, id, version, &factors, told)
            .await
            .map_err(status)?;
        Ok(Response::new(seen_review(seen)))
    }
}

impl App {
    fn factors(&self, check: &mut Check, factors: Option<pb::RiskFactors>) -> RiskFactors {
        let pb::RiskFactors {
            severity,
            going_on_since,
            circumstances,
            new_factors,
        } = factors.unwrap_or_default();
        let severity = wire::severity_from(severity).unwrap_or_else(|| {
            check.refuse(
                "factors.severity",
                "Choose how serious the housing issue is",
                "REQUIRED",
            );
            Severity::Minor
        });
        let circumstances = wire::circumstances_from(circumstances).unwrap_or_else(|| {
            check.refuse(
                "factors.circumstances",
                "Choose what is known of the resident's circumstances",
                "REQUIRED",
            );
            Circumstances::NoneKnown
        });
        let going_on_since = check.optional_date("factors.going_on_since", &going_on_since);
        if going_on_since.is_some_and(|since| since > self.today()) {
            check.refuse(
                "factors.going_on_since",
                "The issue can't have begun in the future",
                "IN_THE_FUTURE",
            );
        }
        RiskFactors {
            severity,
            going_on_since,
            circumstances,
            new_factors: check
                .long_text("factors.new_factors", &new_factors, 0..=2_000)
                .trim()
                .to_owned(),
        }
    }
}

fn assessment(it: Assessment) -> pb::RiskAssessment {
    let Assessment {
        id,
        case_id,
        severity,
        going_on_since,
        circumstances,
        new_factors,
        sensitivity,
        sensitivity_before,
        assessed_at,
        assessed_name,
        complaint_reference,
    } = it;
    pb::RiskAssessment {
        id: id.to_string(),
        case_id: case_id.to_string(),
        factors: Some(pb::RiskFactors {
            severity: wire::severity(severity).into(),
            going_on_since: iso_opt(going_on_since),
            circumstances: wire::circumstances(circumstances).into(),
            new_factors,
        }),
        sensitivity: wire::sensitivity(Some(sensitivity)).into(),
        sensitivity_before: wire::sensitivity(sensitivity_before).into(),
        assessed_at: Some(timestamp(assessed_at)),
        assessed_by: assessed_name,
        complaint_reference: complaint_reference.unwrap_or_default(),
    }
}

/// A review for the wire.
pub(super) fn seen_review(seen: SeenReview) -> pb::RiskReview {
    let SeenReview {
        review,
        answer,
        overdue,
    } = seen;
    let Review {
        id,
        case_id,
        case_reference,
        case_version,
        complaint_id: _,
        complaint_reference,
        action_id: _,
        asked_on,
        due_on,
        settled_at: _,
        told,
    } = review;
    pb::RiskReview {
        id: id.to_string(),
        case_id: case_id.to_string(),
        case_reference,
        complaint_reference,
        asked_on: iso(asked_on),
        due_on: iso(due_on),
        overdue,
        answer: answer.map(assessment),
        told,
        case_version,
    }
}
