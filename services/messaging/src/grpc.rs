//! Between the wire and the use cases; no decisions.

mod convert;

use std::collections::HashMap;

use kit::page::Page;
use kit::{Caller, Check};
use proto::messaging::v1::messaging_service_server::MessagingService;
use proto::messaging::v1::{self as pb};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::app::App;
use crate::app::reading::Conversations;
use crate::app::replies::{OwedPage, Recounted};

const MOST_IMPORTED: usize = 500;
const MOST_COUNTED: usize = 100;

#[tonic::async_trait]
impl MessagingService for App {
    async fn post_message(
        &self,
        request: Request<pb::PostMessageRequest>,
    ) -> Result<Response<pb::Message>, Status> {
        let caller = Caller::of(&request);
        let draft = convert::draft(request.into_inner()).map_err(kit::status)?;
        let message = self.post(&caller, draft).await.map_err(kit::status)?;
        // The one who wrote a message has read it.
        Ok(Response::new(convert::message(
            message,
            true,
            &HashMap::new(),
        )))
    }

    async fn import_messages(
        &self,
        request: Request<pb::ImportMessagesRequest>,
    ) -> Result<Response<pb::ImportMessagesResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ImportMessagesRequest { messages } = request.into_inner();
        let mut check = Check::new();
        if messages.len() > MOST_IMPORTED {
            check.refuse(
                "messages",
                "Import 500 messages or fewer at a time",
                "TOO_MANY",
            );
        }
        check.done().map_err(kit::status)?;
        let rows = messages.into_iter().map(convert::imported).collect();
        let results = self.import(&caller, rows).await.map_err(kit::status)?;
        Ok(Response::new(pb::ImportMessagesResponse {
            results: results.into_iter().map(convert::import_result).collect(),
        }))
    }

    async fn list_messages(
        &self,
        request: Request<pb::ListMessagesRequest>,
    ) -> Result<Response<pb::ListMessagesResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListMessagesRequest {
            case_id,
            page_size,
            page_token,
        } = request.into_inner();
        let mut check = Check::new();
        let case_id = check.uuid("case_id", &case_id);
        check.done().map_err(kit::status)?;
        let page = Page::read(page_size, &page_token, &case_id).map_err(kit::status)?;
        let thread = self
            .thread(&caller, case_id, &page)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(convert::thread(thread)))
    }

    async fn mark_read(
        &self,
        request: Request<pb::MarkReadRequest>,
    ) -> Result<Response<pb::MarkReadResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::MarkReadRequest {
            case_id,
            message_id,
        } = request.into_inner();
        let mut check = Check::new();
        let case_id = check.uuid("case_id", &case_id);
        let message_id = check.uuid("message_id", &message_id);
        check.done().map_err(kit::status)?;
        self.mark_read(&caller, case_id, message_id)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::MarkReadResponse {}))
    }

    async fn count_unread(
        &self,
        request: Request<pb::CountUnreadRequest>,
    ) -> Result<Response<pb::CountUnreadResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::CountUnreadRequest { case_ids } = request.into_inner();
        let mut check = Check::new();
        if case_ids.len() > MOST_COUNTED {
            check.refuse(
                "case_ids",
                "Ask for 100 cases or fewer at a time",
                "TOO_MANY",
            );
        }
        let case_ids: Vec<Uuid> = case_ids
            .iter()
            .map(|id| check.uuid("case_ids", id))
            .collect();
        check.done().map_err(kit::status)?;
        let counts = self
            .count_unread(&caller, &case_ids)
            .await
            .map_err(kit::status)?;
        let by_case = counts
            .by_case
            .into_iter()
            .map(|it| (it.case_id.to_string(), it.unread))
            .collect();
        Ok(Response::new(pb::CountUnreadResponse {
            total: counts.total,
            by_case,
        }))
    }

    async fn list_conversations(
        &self,
        request: Request<pb::ListConversationsRequest>,
    ) -> Result<Response<pb::ListConversationsResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListConversationsRequest {
            unread_only,
            page_size,
            page_token,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &unread_only).map_err(kit::status)?;
        let Conversations {
            conversations,
            next_page_token,
        } = self
            .conversations(&caller, unread_only, &page)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::ListConversationsResponse {
            conversations: conversations
                .into_iter()
                .map(convert::conversation)
                .collect(),
            next_page_token,
        }))
    }

    async fn list_replies_owed(
        &self,
        request: Request<pb::ListRepliesOwedRequest>,
    ) -> Result<Response<pb::ListRepliesOwedResponse>, Status> {
        let (filter, page) = convert::replies_owed(&request.into_inner()).map_err(kit::status)?;
        let OwedPage {
            replies,
            next_page_token,
        } = self
            .replies_owed(&filter, &page)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::ListRepliesOwedResponse {
            replies: replies
                .into_iter()
                .map(|seen| convert::reply(seen, String::new()))
                .collect(),
            next_page_token,
        }))
    }

    async fn dismiss_reply(
        &self,
        request: Request<pb::DismissReplyRequest>,
    ) -> Result<Response<pb::ReplyOwed>, Status> {
        let caller = Caller::of(&request);
        let pb::DismissReplyRequest {
            reply_id,
            version,
            reason,
        } = request.into_inner();
        let mut check = Check::new();
        let reply_id = check.uuid("reply_id", &reply_id);
        let reason = check.long_text("reason", &reason, 1..=1_000);
        check.done().map_err(kit::status)?;
        let seen = self
            .dismiss_reply(&caller, reply_id, version, &reason)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(convert::reply(seen, reason)))
    }

    async fn recount_replies(
        &self,
        request: Request<pb::RecountRepliesRequest>,
    ) -> Result<Response<pb::RecountRepliesResponse>, Status> {
        let caller = Caller::of(&request);
        let Recounted { recounted, redated } =
            self.recount_replies(&caller).await.map_err(kit::status)?;
        Ok(Response::new(pb::RecountRepliesResponse {
            recounted,
            redated,
        }))
    }
}
