//! Whose files a secret opens, between the wire and the use cases; no decisions.

use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::file_access_service_server::FileAccessService;
use proto::service_complaint::v1::resolve_file_access_request::Secret;
use tonic::{Request, Response, Status};

use super::public::{draft_token, link_token};
use crate::app::Public;
use crate::error::Error;
use crate::wire;

#[tonic::async_trait]
impl FileAccessService for Public {
    async fn resolve_file_access(
        &self,
        request: Request<pb::ResolveFileAccessRequest>,
    ) -> Result<Response<pb::ResolveFileAccessResponse>, Status> {
        let (id, can_change) = match request.into_inner().secret {
            Some(Secret::DraftToken(token)) => {
                let form = self.draft(draft_token(&token)?).await;
                let form = form.map_err(kit::status)?;
                (form.id, form.sent.is_none())
            }
            Some(Secret::LinkToken(token)) => {
                let complaint = self.open(link_token(&token)?).await;
                let complaint = complaint.map_err(kit::status)?;
                let progress = wire::progress(&complaint, self.app().today());
                (complaint.id, progress.can_ask_for_stage_2)
            }
            None => return Err(kit::status(Error::NoSuchDraft)),
        };
        Ok(Response::new(pb::ResolveFileAccessResponse {
            complaint_id: id.to_string(),
            can_change,
        }))
    }
}
