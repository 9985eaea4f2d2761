//! The queues of cases over the wire.

use kit::page::Page;
use kit::time::{iso, timestamp};
use kit::{Caller, Check, status};
use proto::case::v1 as pb;
use proto::case::v1::allocation_service_server::AllocationService;
use tonic::{Request, Response, Status};

use super::risk::seen_review;
use super::{convert, request};
use crate::app::{App, SeenReview};
use crate::domain::{Ahead, Allocation, Related, RelatedCases, Upheld};
use crate::wire;

#[tonic::async_trait]
impl AllocationService for App {
    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn approve_ahead(
        &self,
        request: Request<pb::ApproveAheadRequest>,
    ) -> Result<Response<pb::Case>, Status> {
        let caller = Caller::of(&request);
        let pb::ApproveAheadRequest {
            case_id,
            version,
            reason,
        } = request.into_inner();
        self.decided(&caller, (&case_id, version), true, &reason)
            .await
    }

    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn withdraw_ahead(
        &self,
        request: Request<pb::WithdrawAheadRequest>,
    ) -> Result<Response<pb::Case>, Status> {
        let caller = Caller::of(&request);
        let pb::WithdrawAheadRequest {
            case_id,
            version,
            reason,
        } = request.into_inner();
        self.decided(&caller, (&case_id, version), false, &reason)
            .await
    }

    #[tracing::instrument(skip_all)]
    async fn list_awaiting_allocation(
        &self,
        request: Request<pb::ListAwaitingAllocationRequest>,
    ) -> Result<Response<pb::ListAwaitingAllocationResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListAwaitingAllocationRequest {
            case_type,
            page_size,
            page_token,
        } = request.into_inner();
        let mut check = Check::new();
        let case_type = request::case_type(&mut check, case_type);
        check.done().map_err(status)?;
        let page = Page::read(page_size, &page_token, &case_type).map_err(status)?;
        let (found, next_page_token) = self
            .awaiting_allocation(&caller, case_type, &page)
            .await
            .map_err(status)?;
        let cases = found
            .into_iter()
            .map(|seen| convert::case(seen, self.words()));
        Ok(Response::new(pb::ListAwaitingAllocationResponse {
            cases: cases.collect(),
            next_page_token,
        }))
    }

    #[tracing::instrument(skip_all)]
    async fn allocate_next(
        &self,
        request: Request<pb::AllocateNextRequest>,
    ) -> Result<Response<pb::Case>, Status> {
        let caller = Caller::of(&request);
        let pb::AllocateNextRequest {
            request_id,
            case_type,
            owner_account_id,
        } = request.into_inner();
        let mut check = Check::new();
        let request_id = check.uuid("request_id", &request_id);
        let case_type = request::case_type(&mut check, case_type);
        let owner = check.optional_uuid("owner_account_id", &owner_account_id);
        check.done().map_err(status)?;
        let seen = self
            .allocate_next(&caller, request_id, case_type, owner)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::case(seen, self.words())))
    }
}

impl App {
    async fn decided(
        &self,
        caller: &Caller,
        (case_id, version): (&str, i64),
        ahead: bool,
        reason: &str,
    ) -> Result<Response<pb::Case>, Status> {
        let mut check = Check::new();
        let id = check.uuid("case_id", case_id);
        let reason = check.long_text("reason", reason, 1..=1_000);
        check.done().map_err(status)?;
        let seen = self
            .decide_ahead(caller, id, version, ahead, &reason)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::case(seen, self.words())))
    }
}

/// What bears on a case's allocation, for the wire.
pub(super) fn allocation(it: Allocation, reviews: Vec<SeenReview>) -> pb::Allocation {
    let Allocation {
        waiting,
        sensitivity,
        upheld,
        ahead,
        related: RelatedCases { earlier, open },
    } = it;
    let upheld = upheld.into_iter().map(
        |Upheld {
             reference,
             upheld_on,
         }| pb::UpheldComplaint {
            reference,
            upheld_on: iso(upheld_on),
        },
    );
    pb::Allocation {
        waiting,
        sensitivity: wire::sensitivity(sensitivity).into(),
        upheld_complaints: upheld.collect(),
        ahead: ahead.map(|Ahead { reason, by, at }| pb::AheadApproval {
            reason,
            approved_by: by,
            approved_at: Some(timestamp(at)),
        }),
        open_risk_reviews: reviews.into_iter().map(seen_review).collect(),
        earlier_cases: earlier.into_iter().map(related).collect(),
        other_open_cases: open.into_iter().map(related).collect(),
    }
}

fn related(it: Related) -> pb::RelatedCase {
    let Related {
        reference,
        subject,
        opened_on,
        closed_on,
    } = it;
    pb::RelatedCase {
        reference,
        subject,
        opened_on: iso(opened_on),
        closed_on: closed_on.map(iso).unwrap_or_default(),
    }
}
