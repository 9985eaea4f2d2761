//! Between the wire and the use cases; no decisions.

use kit::page::Page;
use kit::{Caller, Check};
use proto::notification::v1 as pb;
use proto::notification::v1::notification_service_server::NotificationService;
use tonic::{Request, Response, Status};

use crate::app::App;
use crate::domain::State;
use crate::store::emails::Listed as Email;
use crate::store::notices::Listed as Notice;

#[tonic::async_trait]
impl NotificationService for App {
    async fn list_notices(
        &self,
        request: Request<pb::ListNoticesRequest>,
    ) -> Result<Response<pb::ListNoticesResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListNoticesRequest {
            page_size,
            page_token,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &caller.actor()).map_err(kit::status)?;
        let (notices, next_page_token) = self.notices(&caller, &page).await.map_err(kit::status)?;
        let notices = notices.into_iter().map(pb::Notice::from).collect();
        Ok(Response::new(pb::ListNoticesResponse {
            notices,
            next_page_token,
        }))
    }

    async fn count_unread_notices(
        &self,
        request: Request<pb::CountUnreadNoticesRequest>,
    ) -> Result<Response<pb::CountUnreadNoticesResponse>, Status> {
        let unread = self
            .count_unread(&Caller::of(&request))
            .await
            .map_err(kit::status)?;
        let unread = i32::try_from(unread).expect("it is counted to 100 at the most");
        Ok(Response::new(pb::CountUnreadNoticesResponse { unread }))
    }

    async fn mark_notices_read(
        &self,
        request: Request<pb::MarkNoticesReadRequest>,
    ) -> Result<Response<pb::MarkNoticesReadResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::MarkNoticesReadRequest {
            notice_id,
            only_this,
        } = request.into_inner();
        let mut check = Check::new();
        let notice_id = check.uuid("notice_id", &notice_id);
        check.done().map_err(kit::status)?;
        self.mark_read(&caller, notice_id, only_this)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::MarkNoticesReadResponse {}))
    }

    async fn list_undelivered(
        &self,
        request: Request<pb::ListUndeliveredRequest>,
    ) -> Result<Response<pb::ListUndeliveredResponse>, Status> {
        let pb::ListUndeliveredRequest {
            page_size,
            page_token,
            state: _,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &()).map_err(kit::status)?;
        let (emails, next_page_token) = self.undelivered(&page).await.map_err(kit::status)?;
        let emails = emails.into_iter().map(pb::Email::from).collect();
        Ok(Response::new(pb::ListUndeliveredResponse {
            emails,
            next_page_token,
        }))
    }

    async fn send_again(
        &self,
        request: Request<pb::SendAgainRequest>,
    ) -> Result<Response<pb::Email>, Status> {
        let caller = Caller::of(&request);
        let pb::SendAgainRequest { email_id } = request.into_inner();
        let mut check = Check::new();
        let email_id = check.uuid("email_id", &email_id);
        check.done().map_err(kit::status)?;
        let email = self
            .send_again(&caller, email_id)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(email.into()))
    }
}

impl From<Notice> for pb::Notice {
    fn from(notice: Notice) -> Self {
        let Notice {
            id,
            matter,
            text,
            gathered,
            case_id,
            case_reference,
            raised_at,
            read,
            email_state,
        } = notice;
        Self {
            id: id.to_string(),
            text: matter.several(gathered).unwrap_or(text),
            case_id: case_id.map(|id| id.to_string()).unwrap_or_default(),
            case_reference: case_reference.unwrap_or_default(),
            tab: matter.tab().to_owned(),
            raised_at: Some(kit::time::timestamp(raised_at)),
            read,
            email_state: email_state
                .map_or(pb::DeliveryState::Unspecified, pb::DeliveryState::from)
                .into(),
            email_at: None,
        }
    }
}

impl From<Email> for pb::Email {
    fn from(email: Email) -> Self {
        let Email {
            id,
            template,
            account_id,
            state,
            last_error,
            tries,
            queued_at,
            next_try_at,
        } = email;
        Self {
            id: id.to_string(),
            template,
            account_id: account_id.map(|id| id.to_string()).unwrap_or_default(),
            state: pb::DeliveryState::from(state).into(),
            last_error,
            tries,
            queued_at: Some(kit::time::timestamp(queued_at)),
            next_try_at: Some(kit::time::timestamp(next_try_at)),
            case_reference: String::new(),
        }
    }
}

impl From<State> for pb::DeliveryState {
    fn from(state: State) -> Self {
        match state {
            // Whether a begun one has arrived is not known: to people it is still on its way.
            State::Queued | State::TransmissionBegun => Self::Queued,
            State::Sent => Self::Sent,
            State::Refused => Self::Refused,
            State::Lapsed => Self::Lapsed,
        }
    }
}
