//! The documents that go with a message (ME-3): those of the case that were chosen, and those that were uploaded with it.

use futures::future;
use proto::document::v1::{Document, DocumentState, GetDocumentRequest, ListDocumentsRequest};
use proto::messaging::v1::{Attachment as Sent, AttachmentState};
use tonic::{Code, Status as Refusal};

use crate::Edge;
use crate::session::Session;

/// So many documents are shown to choose from at a time.
const SHOWN: i32 = 10;

/// A document that goes with a message.
pub(super) struct Attachment {
    pub(super) id: String,
    pub(super) name: String,
    /// Why it can't be opened any more; empty while it can.
    pub(super) lost: &'static str,
}

impl From<Sent> for Attachment {
    fn from(sent: Sent) -> Self {
        Self {
            lost: match sent.state() {
                AttachmentState::Withdrawn => "This document was withdrawn",
                AttachmentState::Quarantined => "This document was infected and can’t be opened",
                AttachmentState::Present | AttachmentState::Unspecified => "",
            },
            id: sent.document_id,
            name: sent.name,
        }
    }
}

/// What was asked for of the documents to choose from.
pub(super) struct Look {
    /// A part of their names.
    pub(super) find: String,
    /// The page; empty for the first.
    pub(super) page: String,
}

/// Documents of the case to choose from.
pub(super) struct Choice {
    /// A part of their names.
    pub(super) find: String,
    /// Those that are not chosen yet.
    pub(super) documents: Vec<Attachment>,
    /// Whether there are any before this page.
    pub(super) later_page: bool,
    /// The page that follows; empty on the last.
    pub(super) next: String,
}

/// The documents that a form names as attached, and a sentence about each that can't be. They may have been withdrawn while the message was
/// written, and a form can name anything.
pub(super) async fn attached(
    edge: &Edge,
    session: &Session,
    case_id: &str,
    ids: &[String],
) -> Result<(Vec<Attachment>, Vec<String>), Refusal> {
    let document = async |id: &String| {
        let request = GetDocumentRequest {
            document_id: id.clone(),
        };
        let mut documents = edge.clients.document.clone();
        match documents
            .get_document(session.to("document", request))
            .await
        {
            Ok(document) => Ok(Some(document.into_inner())),
            Err(status) if matches!(status.code(), Code::NotFound | Code::InvalidArgument) => {
                Ok(None)
            }
            Err(status) => Err(status),
        }
    };
    let mut attached = Vec::new();
    let mut lost = Vec::new();
    for document in future::try_join_all(ids.iter().map(document)).await? {
        match document.filter(|it| it.case_id == case_id) {
            Some(document) if can_go(&document) => attached.push(named(document)),
            Some(document) => lost.push(format!(
                "{} is no longer there, so it was taken off the message",
                document.name
            )),
            None => lost.push("A document that is not on this case can’t be attached".to_owned()),
        }
    }
    Ok((attached, lost))
}

/// A page of the documents to choose from, if it was asked for.
pub(super) async fn choice(
    edge: &Edge,
    session: &Session,
    case_id: &str,
    look: Option<Look>,
    chosen: &[String],
) -> Result<Option<Choice>, Refusal> {
    let Some(Look { find, page }) = look else {
        return Ok(None);
    };
    let request = ListDocumentsRequest {
        case_id: case_id.to_owned(),
        page_size: SHOWN,
        page_token: page.clone(),
        // What is longer than any name finds nothing.
        name: find.chars().take(200).collect(),
        ..ListDocumentsRequest::default()
    };
    let mut documents = edge.clients.document.clone();
    let listed = documents
        .list_documents(session.to("document", request))
        .await?
        .into_inner();
    let documents = listed
        .documents
        .into_iter()
        .filter(|it| can_go(it) && !chosen.contains(&it.id))
        .map(named)
        .collect();
    Ok(Some(Choice {
        find,
        documents,
        later_page: !page.is_empty(),
        next: listed.next_page_token,
    }))
}

/// Whether a document may be attached: not one that is withdrawn or infected.
fn can_go(document: &Document) -> bool {
    matches!(
        document.state(),
        DocumentState::Checking | DocumentState::Available
    )
}

fn named(document: Document) -> Attachment {
    Attachment {
        id: document.id,
        name: document.name,
        lost: "",
    }
}
