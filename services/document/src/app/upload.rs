//! Adding a document: taken in, looked into, stored, and then made known, in this order (DO-2, DO-3).

use futures::Stream;
use kit::Caller;
use ring::digest::{Context, SHA256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::complaint::MOST_FILES;
use super::{App, Scanning, as_seen_by};
use crate::domain::{Category, Document, State};
use crate::error::Error;
use crate::events;
use crate::inspect::{self, FileType, Flaw, Refusal};
use crate::spool::{Piece, Spooled};
use crate::store::{self, Change, complaints};

/// What a file is, before its content.
#[derive(Debug)]
pub struct NewFile {
    /// The uploader's id for this request.
    pub request_id: Uuid,
    /// Whether another file under the same id is a file of its own: the id is of a form, in which a person may choose again.
    pub may_be_chosen_again: bool,
    /// The case, or the complaint about the ombudsman.
    pub case_id: Uuid,
    /// Which of them it is.
    pub about: About,
    /// The name, as [`domain::clean`](crate::domain::clean) gave it.
    pub name: String,
    /// What it is for.
    pub category: Category,
}

/// What a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A case.
    Case,
    /// A complaint about the ombudsman, which nobody in casework hears of.
    Complaint,
}

/// Whom the files of a complaint come from, as shown: nobody has an account there.
const COMPLAINANT: &str = "The person who complains";

/// What is known of a file's content.
struct Content {
    file_type: FileType,
    size: u64,
    sha256: Vec<u8>,
}

impl App {
    /// Adds a file, once for each request id: the same file again is the same document, and another one is refused. Nothing of one that is
    /// refused stays.
    pub async fn upload(
        &self,
        caller: &Caller,
        file: NewFile,
        pieces: impl Stream<Item = Result<Piece, Error>> + Unpin,
    ) -> Result<Document, Error> {
        self.case(caller, file.case_id).await?;
        self.take_in(caller, file, pieces).await
    }

    /// Takes in a file that the caller may add.
    pub(super) async fn take_in(
        &self,
        caller: &Caller,
        mut file: NewFile,
        pieces: impl Stream<Item = Result<Piece, Error>> + Unpin,
    ) -> Result<Document, Error> {
        // What is known to be another file by its name is refused before its bytes come.
        if !file.may_be_chosen_again {
            self.added_before(caller, &file, None).await?;
        }
        let spooled = self.spool.receive(pieces).await?;
        if file.may_be_chosen_again {
            file.request_id = of_this_file(&file, &spooled.sha256);
        }
        let added = self
            .added_before(caller, &file, Some(&spooled.sha256))
            .await?;
        if let Some(added) = added {
            return Ok(added);
        }
        let (file_type, spooled) = self.look_into(spooled, &file.name).await?;

        let id = kit::id();
        let content = Content {
            file_type,
            size: spooled.size,
            sha256: spooled.sha256.clone(),
        };
        // Parts that were begun but not written down here are none yet, and cost nobody anything.
        let writing = self.objects.begin(id, spooled.size).await?;
        store::uploads::begin(&self.db, id, writing.multipart(), self.clock.now()).await?;
        let sha256 = content.sha256.clone();
        let added = match self.objects.put(id, &writing, spooled).await {
            Ok(()) => self.add(caller, id, &file, content).await,
            Err(error) => Err(error.into()),
        };
        if added.is_err() {
            self.give_up(id, writing.multipart()).await;
        }
        match added {
            // The same request, sent twice at once: the other one was first.
            Err(error) if error.is_repeat() => {
                let added = self.added_before(caller, &file, Some(&sha256)).await?;
                added.ok_or(error)
            }
            done => done.map(|document| as_seen_by(caller, document)),
        }
    }

    /// Says what a file is, off the async threads.
    async fn look_into(&self, spooled: Spooled, name: &str) -> Result<(FileType, Spooled), Error> {
        let _turn = self
            .inspections
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let name = name.to_owned();
        let look = tokio::task::spawn_blocking(move || {
            let found = inspect::inspect(&spooled.file, &name);
            (found, spooled.rewound())
        });
        let Ok((found, rewound)) = look.await else {
            // A library that panics has met a file that it can't read.
            tracing::error!("looking into a file panicked");
            return Err(Error::Refused(Refusal::Unreadable));
        };
        match found {
            Ok(file_type) => Ok((file_type, rewound.map_err(Error::Spool)?)),
            Err(Flaw::Refused(refusal)) => Err(Error::Refused(refusal)),
            Err(Flaw::Io(error)) => Err(Error::Spool(error)),
        }
    }

    /// Makes a stored file known: its row, the audit and the event.
    async fn add(
        &self,
        caller: &Caller,
        id: Uuid,
        file: &NewFile,
        content: Content,
    ) -> Result<Document, Error> {
        let actor = caller.actor();
        let mut tx = self.db.begin().await?;
        store::lock_case(&mut tx, file.case_id).await?;
        if file.about == About::Complaint {
            takes_one_more(&mut tx, &actor, file).await?;
        }
        let first = store::same_content(&mut *tx, file.case_id, &content.sha256).await?;
        let (same_as, same_as_name) = first.unzip();
        let document = Document {
            id,
            case_id: file.case_id,
            name: file.name.clone(),
            category: file.category,
            media_type: content.file_type.media_type().to_owned(),
            size: content.size.cast_signed(),
            same_as,
            same_as_name,
            sha256: content.sha256,
            state: match self.scanning {
                Scanning::Off => State::Available,
                Scanning::On(_) => State::Checking,
            },
            from_ombudsman: caller.is_staff(),
            added_by: match file.about {
                About::Case => caller.name().to_owned(),
                About::Complaint => COMPLAINANT.to_owned(),
            },
            added_at: self.clock.now(),
            withdrawal_reason: None,
            version: 1,
        };
        if !store::uploads::finish(&mut tx, id).await? {
            return Err(Error::SweptAway);
        }
        store::insert(&mut tx, &document, &actor, file.request_id).await?;
        if document.state == State::Checking {
            store::scans::queue(&mut tx, id, document.added_at).await?;
        }
        let change = Change {
            at: document.added_at,
            actor: &actor,
            action: "added",
            document: &document,
            detail: None,
        };
        store::record_change(&mut tx, &change).await?;
        match file.about {
            About::Case => {
                outbox::publish(&mut tx, &events::added(&document, &actor)).await?;
            }
            About::Complaint => complaints::mark(&mut tx, id, file.case_id).await?,
        }
        tx.commit().await?;
        if let Scanning::On(scanner) = &self.scanning {
            scanner.notify_one();
        }
        Ok(document)
    }

    /// What the same request added before; an error when that was another file, as far as this one is known yet.
    async fn added_before(
        &self,
        caller: &Caller,
        file: &NewFile,
        sha256: Option<&[u8]>,
    ) -> Result<Option<Document>, Error> {
        let Some(added) =
            store::added_by_request(&self.db, &caller.actor(), file.request_id).await?
        else {
            return Ok(None);
        };
        let same = added.case_id == file.case_id
            && added.name == file.name
            && added.category == file.category
            && sha256.is_none_or(|it| it == added.sha256);
        if same {
            Ok(Some(as_seen_by(caller, added)))
        } else {
            Err(Error::RequestIdReused)
        }
    }
}

/// The id of a form's file: of the form's id and of all that makes it this file.
fn of_this_file(file: &NewFile, sha256: &[u8]) -> Uuid {
    let mut digest = Context::new(&SHA256);
    digest.update(file.request_id.as_bytes());
    digest.update(sha256);
    digest.update(file.category.label().as_bytes());
    digest.update(file.name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finish().as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Whether a complaint takes this file now that it has come whole. While it was on its way the form may have been discarded, and others may have
/// come: of files that come at once as many are taken as there is room for.
async fn takes_one_more(tx: &mut PgConnection, actor: &str, file: &NewFile) -> Result<(), Error> {
    complaints::lock(&mut *tx, file.case_id).await?;
    if complaints::is_discarded(&mut *tx, file.case_id).await? {
        return Err(Error::FormDiscarded);
    }
    let is_full = complaints::count(&mut *tx, file.case_id).await? >= MOST_FILES;
    // The same request once more is told apart by its id.
    let was_sent = store::added_by_request(&mut *tx, actor, file.request_id).await?;
    if is_full && was_sent.is_none() {
        return Err(Error::TooManyFiles);
    }
    Ok(())
}

impl Error {
    /// Whether the same request added its document meanwhile.
    fn is_repeat(&self) -> bool {
        match self {
            Self::Db(error) => error
                .as_database_error()
                .is_some_and(|it| it.constraint() == Some("documents_request_once")),
            _ => false,
        }
    }
}
