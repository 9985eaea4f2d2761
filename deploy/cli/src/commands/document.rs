//! `casework document`.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use futures::stream;
use proto::document::v1::document_service_client::DocumentServiceClient;
use proto::document::v1::upload_document_request::Piece;
use proto::document::v1::{
    Document, DocumentCategory, DocumentState, DownloadDocumentRequest, End, GetDocumentRequest,
    ListDocumentsRequest, NewDocument, UploadDocumentRequest, WithdrawDocumentRequest,
};

use crate::commands::{Limit, case, once_heard_of, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

/// The most bytes that the service takes in one piece.
const PIECE: usize = 64 * 1024;
/// More than the service takes of a file: it is told so by the first byte that is too many, and nobody reads on.
const MOST: u64 = 20 * 1024 * 1024 + 1;
/// A file takes longer than other calls.
const PATIENCE: Duration = Duration::from_mins(5);

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add files to a case for its landlord, who is told by email; each succeeds or fails by itself
    Upload {
        /// The reference of the case
        case: String,
        /// The files, at most 20 MiB each
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// What they are for
        #[arg(long)]
        category: Category,
    },
    /// List the documents of a case, newest first
    List(List),
    /// Fetch a document
    Download {
        /// The document's id, as `casework document list` shows it
        document: String,
        /// Where to put it; `-` for standard output [default: its own name, here]
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Withdraw a document, so that nobody can open it any more; its landlord sees the reason
    Withdraw {
        /// The document's id, as `casework document list` shows it
        document: String,
        /// Why, up to 1,000 characters
        reason: String,
    },
}

#[derive(Args)]
pub(crate) struct List {
    /// The reference of the case
    case: String,
    /// Only what is for this
    #[arg(long)]
    category: Option<Category>,
    /// Only what is in this state
    #[arg(long)]
    state: Option<State>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Category {
    /// Letters and emails of the complaint
    ComplaintCorrespondence,
    /// A stage 1 or stage 2 response
    ComplaintResponse,
    /// Evidence
    Evidence,
    /// A policy or procedure
    Policy,
    /// A repair or property record
    PropertyRecord,
    /// Compliance with orders
    Compliance,
    /// Anything else
    Other,
}

impl From<Category> for DocumentCategory {
    fn from(category: Category) -> Self {
        match category {
            Category::ComplaintCorrespondence => Self::ComplaintCorrespondence,
            Category::ComplaintResponse => Self::ComplaintResponse,
            Category::Evidence => Self::Evidence,
            Category::Policy => Self::Policy,
            Category::PropertyRecord => Self::PropertyRecord,
            Category::Compliance => Self::Compliance,
            Category::Other => Self::Other,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum State {
    /// Being checked for viruses
    Checking,
    /// Can be downloaded
    Available,
    /// Put away because a virus was found
    Quarantined,
    /// Withdrawn by staff
    Withdrawn,
}

impl From<State> for DocumentState {
    fn from(state: State) -> Self {
        match state {
            State::Checking => Self::Checking,
            State::Available => Self::Available,
            State::Quarantined => Self::Quarantined,
            State::Withdrawn => Self::Withdrawn,
        }
    }
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Upload {
            case,
            files,
            category,
        } => upload(portal, output, &case, &files, category.into()).await,
        Command::List(list) => self::list(portal, output, list).await,
        Command::Download {
            document,
            output: to,
        } => download(portal, output, document, to).await,
        Command::Withdraw { document, reason } => {
            let document = get(portal, document).await?;
            let request = WithdrawDocumentRequest {
                document_id: document.id,
                version: document.version,
                reason,
            };
            let withdrawn = call!(
                portal,
                "document",
                DocumentServiceClient,
                withdraw_document,
                request
            );
            output.one(&withdrawn, &format!("{} is withdrawn.", withdrawn.name))
        }
    }
}

async fn get(portal: &Portal, document_id: String) -> Result<Document, Failure> {
    let request = GetDocumentRequest { document_id };
    Ok(call!(
        portal,
        "document",
        DocumentServiceClient,
        get_document,
        request
    ))
}

async fn upload(
    portal: &Portal,
    output: Output,
    reference: &str,
    files: &[PathBuf],
    category: DocumentCategory,
) -> Result<(), Failure> {
    let case_id = case::find(portal, reference).await?.id;
    let mut failed = 0;
    for path in files {
        match upload_one(portal, &case_id, path, category).await {
            Ok(document) => output.one(&document, &added(&document, reference))?,
            Err(failure) if files.len() == 1 => return Err(failure),
            Err(failure) => {
                eprintln!("casework: {}: {failure}", path.display());
                failed += 1;
            }
        }
    }
    if failed > 0 {
        let all = files.len();
        return Err(anyhow::anyhow!("{failed} of {all} files were not added").into());
    }
    Ok(())
}

fn added(document: &Document, reference: &str) -> String {
    let Document { name, id, .. } = document;
    let first = &document.same_as_name;
    if first.is_empty() {
        format!("{name} is on case {reference} ({id}).")
    } else {
        format!(
            "{name} is on case {reference} ({id}); the case already had the same file as {first}."
        )
    }
}

async fn upload_one(
    portal: &Portal,
    case_id: &str,
    path: &Path,
    category: DocumentCategory,
) -> Result<Document, Failure> {
    let name = path.file_name().context("it has no name")?;
    let description = NewDocument {
        request_id: kit::id().to_string(),
        case_id: case_id.to_owned(),
        name: name.to_string_lossy().into_owned(),
        category: category.into(),
        may_be_chosen_again: false,
    };
    let content = content(path).with_context(|| format!("could not read {}", path.display()))?;
    once_heard_of(async || {
        let pieces = pieces(description.clone(), &content);
        let mut request = portal.request("document", stream::iter(pieces)).await?;
        request.set_timeout(PATIENCE);
        let mut documents = DocumentServiceClient::new(portal.channel("document")?);
        Ok(documents.upload_document(request).await?.into_inner())
    })
    .await
}

fn content(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    std::fs::File::open(path)?
        .take(MOST)
        .read_to_end(&mut content)?;
    Ok(content)
}

/// The messages of an upload: what the file is, its content, and its end.
fn pieces(description: NewDocument, content: &[u8]) -> Vec<UploadDocumentRequest> {
    let size = content.len() as u64;
    let end = End {
        size: size.cast_signed(),
    };
    std::iter::once(Piece::Document(description))
        .chain(content.chunks(PIECE).map(|it| Piece::Content(it.to_vec())))
        .chain(std::iter::once(Piece::End(end)))
        .map(|piece| UploadDocumentRequest { piece: Some(piece) })
        .collect()
}

async fn list(portal: &Portal, output: Output, list: List) -> Result<(), Failure> {
    let case_id = case::find(portal, &list.case).await?.id;
    let category = list
        .category
        .map(DocumentCategory::from)
        .unwrap_or_default();
    let state = list.state.map(DocumentState::from).unwrap_or_default();
    let documents = pages(&list.limit, async |page_size, page_token| {
        let request = ListDocumentsRequest {
            case_id: case_id.clone(),
            page_size,
            page_token,
            category: category.into(),
            state: state.into(),
            ..ListDocumentsRequest::default()
        };
        let page = call!(
            portal,
            "document",
            DocumentServiceClient,
            list_documents,
            request
        );
        Ok((page.documents, page.next_page_token))
    })
    .await?;
    output.list(
        &documents,
        [
            "Id", "Name", "Category", "Bytes", "Added by", "Added", "State",
        ],
        |it| {
            let state = if it.withdrawal_reason.is_empty() {
                it.state_label.clone()
            } else {
                format!("{}: {}", it.state_label, it.withdrawal_reason)
            };
            [
                it.id.clone(),
                it.name.clone(),
                it.category_label.clone(),
                it.size.to_string(),
                it.added_by.clone(),
                instant(it.added_at.as_ref()),
                state,
            ]
        },
        "No documents.",
    )
}

async fn download(
    portal: &Portal,
    output: Output,
    document_id: String,
    to: Option<PathBuf>,
) -> Result<(), Failure> {
    let document = get(portal, document_id).await?;
    let request = DownloadDocumentRequest {
        document_id: document.id.clone(),
        ..DownloadDocumentRequest::default()
    };
    let mut request = portal.request("document", request).await?;
    request.set_timeout(PATIENCE);
    let mut documents = DocumentServiceClient::new(portal.channel("document")?);
    let mut pieces = documents.download_document(request).await?.into_inner();

    let to = to.unwrap_or_else(|| PathBuf::from(&document.name));
    let shown = to.display();
    let failed = || format!("could not write {shown}");
    let streamed = to == Path::new("-");
    let mut file: Box<dyn io::Write> = if streamed {
        Box::new(io::stdout())
    } else {
        // What is there already is not the operator's to lose by a name that somebody else chose.
        let file = std::fs::File::create_new(&to).with_context(failed)?;
        Box::new(file)
    };
    while let Some(piece) = pieces.message().await? {
        file.write_all(&piece.content).with_context(failed)?;
    }
    file.flush().with_context(failed)?;
    if streamed {
        return Ok(());
    }
    output.one(&document, &format!("{} is in {shown}.", document.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn do_3_an_upload_says_where_the_file_ends() {
        let content = vec![b'a'; PIECE + 1];

        let pieces = pieces(NewDocument::default(), &content);

        let sizes: Vec<usize> = pieces
            .iter()
            .filter_map(|it| match &it.piece {
                Some(Piece::Content(bytes)) => Some(bytes.len()),
                _ => None,
            })
            .collect();
        assert_eq!(sizes, [PIECE, 1]);
        assert!(matches!(pieces[0].piece, Some(Piece::Document(_))));
        let end = pieces.last().and_then(|it| it.piece.clone());
        assert_eq!(end, Some(Piece::End(End { size: 65_537 })));
    }

    #[test]
    fn do_3_a_file_that_the_case_had_already_is_said_to_be_one() {
        let document = Document {
            id: "1".to_owned(),
            name: "again.pdf".to_owned(),
            same_as_name: "first.pdf".to_owned(),
            ..Document::default()
        };

        assert_eq!(
            added(&document, "202312345"),
            "again.pdf is on case 202312345 (1); the case already had the same file as first.pdf."
        );
    }
}
