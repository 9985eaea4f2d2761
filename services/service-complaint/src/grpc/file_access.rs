//! Whose files a secret opens, between the wire and the use cases; no decisions.

use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::file_access_service_server::FileAccessService;
use proto::service_complaint::v1::resolve_file_access_request::Secret;
use tonic::{Request, Response, Status};

use super::public::{draft_token, link_token};
use crate::app::Public;
use crate::domain::progress::takes_files;
use crate::error::Error;

#[tonic::async_trait]
impl FileAccessService for Public {
    async fn resolve_file_access(
        &self,
        request: Request<pb::ResolveFileAccessRequest>,
    ) -> Result<Response<pb::ResolveFileAccessResponse>, Status> {
        let (id, can_change, can_take_back) = match request.into_inner().secret {
            Some(Secret::DraftToken(token)) => {
                let form = self.draft(draft_token(&token)?).await;
                let form = form.map_err(kit::status)?;
                let open = form.sent.is_none();
                (form.id, open, open)
            }
            Some(Secret::LinkToken(token)) => {
                let complaint = self.open(link_token(&token)?).await;
                let complaint = complaint.map_err(kit::status)?;
                (complaint.id, takes_files(&complaint).is_ok(), false)
            }
            None => return Err(kit::status(Error::NoSuchDraft)),
        };
        Ok(Response::new(pb::ResolveFileAccessResponse {
            complaint_id: id.to_string(),
            can_change,
            can_take_back,
        }))
    }
}
