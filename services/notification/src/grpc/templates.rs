//! The words of emails on the wire.

use kit::page::Page;
use kit::{Caller, Check};
use proto::notification::v1 as pb;
use proto::notification::v1::template_service_server::TemplateService;
use tonic::{Request, Response, Status};

use crate::app::{App, Wording};
use crate::domain::template::{Variable, variables};
use crate::letter::Letter;

#[tonic::async_trait]
impl TemplateService for App {
    async fn list_templates(
        &self,
        request: Request<pb::ListTemplatesRequest>,
    ) -> Result<Response<pb::ListTemplatesResponse>, Status> {
        let pb::ListTemplatesRequest {
            page_size,
            page_token,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &()).map_err(kit::status)?;
        let (wordings, next_page_token) = self.templates(&page).await.map_err(kit::status)?;
        let templates = wordings.into_iter().map(pb::Template::from).collect();
        Ok(Response::new(pb::ListTemplatesResponse {
            templates,
            next_page_token,
        }))
    }

    async fn get_template(
        &self,
        request: Request<pb::GetTemplateRequest>,
    ) -> Result<Response<pb::Template>, Status> {
        let pb::GetTemplateRequest { key } = request.into_inner();
        let wording = self.template(&key).await.map_err(kit::status)?;
        Ok(Response::new(wording.into()))
    }

    async fn preview_template(
        &self,
        request: Request<pb::PreviewTemplateRequest>,
    ) -> Result<Response<pb::PreviewTemplateResponse>, Status> {
        let pb::PreviewTemplateRequest { key, subject, body } = request.into_inner();
        let Letter {
            subject,
            text,
            html,
        } = self
            .preview(&key, &subject, &body)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::PreviewTemplateResponse {
            subject,
            text,
            html,
        }))
    }

    async fn update_template(
        &self,
        request: Request<pb::UpdateTemplateRequest>,
    ) -> Result<Response<pb::Template>, Status> {
        let caller = Caller::of(&request);
        let pb::UpdateTemplateRequest {
            key,
            version,
            subject,
            body,
        } = request.into_inner();
        let version = seen(version).map_err(kit::status)?;
        let wording = self
            .adapt(&caller, &key, version, &subject, &body)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(wording.into()))
    }

    async fn restore_template(
        &self,
        request: Request<pb::RestoreTemplateRequest>,
    ) -> Result<Response<pb::Template>, Status> {
        let caller = Caller::of(&request);
        let pb::RestoreTemplateRequest { key, version } = request.into_inner();
        let version = seen(version).map_err(kit::status)?;
        let wording = self
            .restore(&caller, &key, version)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(wording.into()))
    }
}

fn seen(version: i64) -> Result<i64, kit::Invalid> {
    let mut check = Check::new();
    if version < 0 {
        check.refuse("version", "Version must be 0 or more", "OUT_OF_RANGE");
    }
    check.done()?;
    Ok(version)
}

impl From<Wording> for pb::Template {
    fn from(wording: Wording) -> Self {
        let Wording {
            original,
            template,
            adapted,
            version,
            changed,
        } = wording;
        let (changed_at, changed_by) = changed.unzip();
        Self {
            key: original.key.to_owned(),
            subject: template.subject,
            body: template.body,
            variables: variables(original.matter)
                .iter()
                .map(pb::Variable::from)
                .collect(),
            adapted,
            version,
            changed_at: changed_at.map(kit::time::timestamp),
            changed_by: changed_by.unwrap_or_default(),
            original_subject: original.subject.to_owned(),
            original_body: original.body.to_owned(),
        }
    }
}

impl From<&Variable> for pb::Variable {
    fn from(variable: &Variable) -> Self {
        // Whether a subject can have it shows when it is tried; the words of the refusal say what it can have.
        let &Variable {
            name,
            meaning,
            required,
            alone,
            in_subject: _,
        } = variable;
        Self {
            name: name.to_owned(),
            meaning: meaning.to_owned(),
            required,
            alone,
        }
    }
}
