//! Between the wire and the use cases; no decisions.

mod templates;

use chrono::{DateTime, Utc};
use kit::page::Page;
use kit::{Caller, Check};
use proto::notification::v1 as pb;
use proto::notification::v1::notification_service_server::NotificationService;
use tonic::{Request, Response, Status};

use crate::app::{App, Faring};
use crate::domain::Shown;
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
        let now = self.clock.now();
        let notices = notices.into_iter().map(|it| notice(it, now)).collect();
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
        let caller = Caller::of(&request);
        let faring = faring(request.get_ref()).map_err(kit::status)?;
        let pb::ListUndeliveredRequest {
            page_size,
            page_token,
            state: _,
        } = request.into_inner();
        let page =
            Page::read(page_size, &page_token, &(faring, caller.actor())).map_err(kit::status)?;
        let (emails, next_page_token) = self
            .undelivered(&caller, faring, &page)
            .await
            .map_err(kit::status)?;
        let now = self.clock.now();
        let emails = emails.into_iter().map(|it| email(it, now)).collect();
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
        let queued = self
            .send_again(&caller, email_id)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(email(queued, self.clock.now())))
    }
}

/// Which emails are asked for; `None` for all.
fn faring(request: &pb::ListUndeliveredRequest) -> Result<Option<Faring>, kit::Invalid> {
    match pb::DeliveryState::try_from(request.state) {
        Ok(pb::DeliveryState::Unspecified) => Ok(None),
        Ok(pb::DeliveryState::Queued) => Ok(Some(Faring::Queued)),
        Ok(pb::DeliveryState::Held) => Ok(Some(Faring::Held)),
        Ok(pb::DeliveryState::Unknown) => Ok(Some(Faring::Unknown)),
        Ok(pb::DeliveryState::Refused) => Ok(Some(Faring::Refused)),
        Ok(pb::DeliveryState::Sent | pb::DeliveryState::Lapsed) | Err(_) => {
            Err(kit::Invalid::field(
                "state",
                "Ask for emails that are queued, held, unknown or refused",
                "OUT_OF_RANGE",
            ))
        }
    }
}

fn notice(notice: Notice, now: DateTime<Utc>) -> pb::Notice {
    let email = notice.email(now);
    let Notice {
        id,
        matter,
        text,
        told,
        case_id,
        case_reference,
        complaint_reference,
        raised_at,
        read,
        email_state: _,
        uncertain: _,
        held_until: _,
        sent_at: _,
    } = notice;
    let email_at = match email {
        Some(Shown::Held(until)) => Some(until),
        Some(Shown::Sent(at)) => at,
        Some(Shown::Queued | Shown::Unknown | Shown::Refused | Shown::Lapsed) | None => None,
    };
    pb::Notice {
        id: id.to_string(),
        text: matter.several(told).unwrap_or(text),
        case_id: case_id.map(|id| id.to_string()).unwrap_or_default(),
        case_reference: case_reference.unwrap_or_default(),
        complaint_reference,
        tab: matter.tab().to_owned(),
        list: matter.list().to_owned(),
        raised_at: Some(kit::time::timestamp(raised_at)),
        read,
        email_state: email
            .map_or(pb::DeliveryState::Unspecified, pb::DeliveryState::from)
            .into(),
        email_at: email_at.map(kit::time::timestamp),
    }
}

fn email(email: Email, now: DateTime<Utc>) -> pb::Email {
    let shown = email.shown(now);
    let Email {
        id,
        template,
        account_id,
        case_reference,
        state: _,
        uncertain: _,
        held_until: _,
        last_error,
        tries,
        queued_at,
        next_try_at,
    } = email;
    pb::Email {
        id: id.to_string(),
        template,
        account_id: account_id.map(|id| id.to_string()).unwrap_or_default(),
        state: pb::DeliveryState::from(shown).into(),
        last_error,
        tries,
        queued_at: Some(kit::time::timestamp(queued_at)),
        next_try_at: Some(kit::time::timestamp(next_try_at)),
        case_reference: case_reference.unwrap_or_default(),
    }
}

impl From<Shown> for pb::DeliveryState {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Queued => Self::Queued,
            Shown::Held(_) => Self::Held,
            Shown::Unknown => Self::Unknown,
            Shown::Sent(_) => Self::Sent,
            Shown::Refused => Self::Refused,
            Shown::Lapsed => Self::Lapsed,
        }
    }
}
