//! Between the wire and the use cases; no decisions.

mod complaint;
mod link;

pub use complaint::ComplaintFiles;

use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _, stream};
use kit::page::Page;
use kit::{Caller, Check};
use proto::document::v1 as pb;
use proto::document::v1::document_service_server::DocumentService;
use proto::document::v1::upload_document_request::Piece as WirePiece;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

use crate::app::{About, App, Content, NewFile};
use crate::domain::{self, Category, Filter, LARGEST_PIECE, MOST_RESOLVED};
use crate::error::Error;
use crate::spool::Piece;
use crate::wire;

#[tonic::async_trait]
impl DocumentService for App {
    async fn upload_document(
        &self,
        request: Request<Streaming<pb::UploadDocumentRequest>>,
    ) -> Result<Response<pb::Document>, Status> {
        let caller = Caller::of(&request);
        let mut pieces = request.into_inner();
        let first = pieces.message().await?.and_then(|it| it.piece);
        let Some(WirePiece::Document(description)) = first else {
            return Err(kit::status(Error::NoDescription));
        };
        let file = new_file(description).map_err(kit::status)?;
        let content = Box::pin(pieces.map(piece));
        let document = self
            .upload(&caller, file, content)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(document.into()))
    }

    async fn get_document(
        &self,
        request: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<pb::Document>, Status> {
        let caller = Caller::of(&request);
        let document_id =
            uuid("document_id", &request.get_ref().document_id).map_err(kit::status)?;
        let document = self.get(&caller, document_id).await.map_err(kit::status)?;
        Ok(Response::new(document.into()))
    }

    async fn list_documents(
        &self,
        request: Request<pb::ListDocumentsRequest>,
    ) -> Result<Response<pb::ListDocumentsResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListDocumentsRequest {
            case_id,
            page_size,
            page_token,
            category,
            state,
            name,
        } = request.into_inner();
        let case_id = uuid("case_id", &case_id).map_err(kit::status)?;
        let same_list = (case_id, category, state, &name);
        let page = Page::read(page_size, &page_token, &same_list).map_err(kit::status)?;
        let filter = filter(category, state, &name).map_err(kit::status)?;
        let (documents, next_page_token) = self
            .list(&caller, case_id, &filter, &page)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::ListDocumentsResponse {
            documents: documents.into_iter().map(pb::Document::from).collect(),
            next_page_token,
        }))
    }

    type DownloadDocumentStream = BoxStream<'static, Result<pb::DownloadDocumentResponse, Status>>;

    async fn download_document(
        &self,
        request: Request<pb::DownloadDocumentRequest>,
    ) -> Result<Response<Self::DownloadDocumentStream>, Status> {
        let caller = Caller::of(&request);
        let pb::DownloadDocumentRequest {
            document_id,
            offset,
            length,
        } = request.into_inner();
        let mut check = Check::new();
        let document_id = check.uuid("document_id", &document_id);
        let (offset, length) = range(&mut check, offset, length);
        check.done().map_err(kit::status)?;
        let content = self
            .download(&caller, document_id, offset, length)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(in_pieces(content).boxed()))
    }

    async fn issue_download_link(
        &self,
        request: Request<pb::IssueDownloadLinkRequest>,
    ) -> Result<Response<pb::DownloadLink>, Status> {
        let caller = Caller::of(&request);
        let document_id =
            uuid("document_id", &request.get_ref().document_id).map_err(kit::status)?;
        let link = self.link(&caller, document_id).await.map_err(kit::status)?;
        Ok(Response::new(link.into()))
    }

    async fn withdraw_document(
        &self,
        request: Request<pb::WithdrawDocumentRequest>,
    ) -> Result<Response<pb::Document>, Status> {
        let caller = Caller::of(&request);
        let pb::WithdrawDocumentRequest {
            document_id,
            version,
            reason,
        } = request.into_inner();
        let mut check = Check::new();
        let document_id = check.uuid("document_id", &document_id);
        let reason = check.long_text("reason", &reason, 1..=1_000);
        check.done().map_err(kit::status)?;
        let document = self
            .withdraw(&caller, document_id, version, reason)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(document.into()))
    }

    async fn resolve_documents(
        &self,
        request: Request<pb::ResolveDocumentsRequest>,
    ) -> Result<Response<pb::ResolveDocumentsResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ResolveDocumentsRequest {
            case_id,
            document_ids,
        } = request.into_inner();
        let mut check = Check::new();
        let case_id = check.uuid("case_id", &case_id);
        if document_ids.len() > MOST_RESOLVED {
            check.refuse(
                "document_ids",
                "Ask for 20 documents or fewer at a time",
                "TOO_MANY",
            );
        }
        let document_ids: Vec<Uuid> = document_ids
            .iter()
            .map(|id| check.uuid("document_ids", id))
            .collect();
        check.done().map_err(kit::status)?;
        let documents = self
            .resolve(&caller, case_id, &document_ids)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::ResolveDocumentsResponse {
            documents: documents.into_iter().map(pb::Document::from).collect(),
        }))
    }
}

fn uuid(field: &str, value: &str) -> Result<Uuid, kit::Invalid> {
    let mut check = Check::new();
    let id = check.uuid(field, value);
    check.done()?;
    Ok(id)
}

/// The part of a content that is asked for.
fn range(check: &mut Check, offset: i64, length: i64) -> (u64, u64) {
    let mut number = |field, value| {
        u64::try_from(value).unwrap_or_else(|_| {
            check.refuse(field, "Ask for 0 or more", "NEGATIVE");
            0
        })
    };
    (number("offset", offset), number("length", length))
}

/// What is asked for, by numbers that an older or a newer caller may use for something else.
fn filter(category: i32, state: i32, name: &str) -> Result<Filter, kit::Invalid> {
    let mut check = Check::new();
    let category = pb::DocumentCategory::try_from(category).unwrap_or_else(|_| {
        check.refuse("category", "Choose a category of documents", "UNKNOWN");
        pb::DocumentCategory::Unspecified
    });
    let state = pb::DocumentState::try_from(state).unwrap_or_else(|_| {
        check.refuse("state", "Choose a state of documents", "UNKNOWN");
        pb::DocumentState::Unspecified
    });
    let name = check.text("name", name, 0..=200);
    check.done()?;
    Ok(Filter {
        category: wire::category(category),
        state: wire::state(state),
        name,
    })
}

fn new_file(description: pb::NewDocument) -> Result<NewFile, kit::Invalid> {
    let category = wire::category(description.category());
    let pb::NewDocument {
        request_id,
        case_id,
        name,
        category: _,
        may_be_chosen_again,
    } = description;
    let mut check = Check::new();
    let request_id = check.uuid("request_id", &request_id);
    let case_id = check.uuid("case_id", &case_id);
    let category = category.unwrap_or_else(|| {
        check.refuse("category", "Select what the document is for", "REQUIRED");
        Category::Other
    });
    check.done()?;
    Ok(NewFile {
        request_id,
        may_be_chosen_again,
        case_id,
        about: About::Case,
        name: domain::clean(&name),
        category,
    })
}

fn piece(sent: Result<pb::UploadDocumentRequest, Status>) -> Result<Piece, Error> {
    match sent.map(|it| it.piece) {
        Ok(Some(WirePiece::Content(bytes))) => Ok(Piece::Content(bytes.into())),
        Ok(Some(WirePiece::End(pb::End { size }))) => Ok(Piece::End { size }),
        Ok(Some(WirePiece::Document(_))) => Err(Error::NoDescription),
        Ok(None) | Err(_) => Err(Error::CutOff),
    }
}

/// Stores give pieces of any size; the wire has small ones.
fn in_pieces(
    content: Content,
) -> impl Stream<Item = Result<pb::DownloadDocumentResponse, Status>> + Send {
    content.flat_map(|bytes| {
        let pieces: Vec<_> = match bytes {
            Ok(bytes) => bytes
                .chunks(LARGEST_PIECE)
                .map(|piece| {
                    Ok(pb::DownloadDocumentResponse {
                        content: piece.to_vec(),
                    })
                })
                .collect(),
            Err(error) => vec![Err(kit::status(Error::Store(error)))],
        };
        stream::iter(pieces)
    })
}
