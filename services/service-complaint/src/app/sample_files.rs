//! The files of a sample's complaints, for the reviewer (7.4).

use std::collections::VecDeque;

use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _, try_unfold};
use kit::Caller;
use proto::document::v1::Document;
use uuid::Uuid;

use super::{Actor, App};
use crate::archive::{Archive, Dossier};
use crate::error::Error;
use crate::files::Piece;
use crate::store::{self, letters, oversight};
use crate::wire;

/// How large a piece is, but for the last: a message may hold 4 MiB.
const PIECE: usize = 256 * 1024;

/// An archive that is being written for somebody.
struct Writing {
    app: App,
    /// `None` once it is whole.
    archive: Option<Archive>,
    /// What was written of it and has not gone out.
    ready: Vec<u8>,
    left: VecDeque<Uuid>,
    /// What came with the complaint that was added last, as it arrives.
    files: Option<Arriving>,
}

/// The files of a complaint on their way.
struct Arriving {
    folder: String,
    pieces: BoxStream<'static, Result<Piece, Error>>,
    described: Vec<Document>,
}

impl App {
    /// The archive of a sample's files, in pieces. That each complaint was read is recorded before the first of them goes out. It is refused as a whole to
    /// whoever declared an interest in one of them (3.4): a sample that lacks one would be none.
    pub async fn sample_files(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<BoxStream<'static, Result<Vec<u8>, Error>>, Error> {
        let sample = self.sample(id).await?;
        let ids: Vec<Uuid> = sample.1.iter().map(|it| it.id).collect();
        self.may_read_all(caller, &ids).await?;
        let mut archive = Archive::new();
        archive.add_sample(&wire::oversight::sample(sample))?;

        let (actor, now) = (Actor::of(caller), self.clock.now());
        let mut tx = self.db.begin().await?;
        store::record_reads(&mut tx, now, &actor, &ids).await?;
        oversight::record(&mut tx, now, &actor, id, "Took the files of the sample").await?;
        tx.commit().await?;

        let writing = Writing {
            app: self.clone(),
            archive: Some(archive),
            ready: Vec::new(),
            left: ids.into(),
            files: None,
        };
        Ok(try_unfold(writing, next_piece).boxed())
    }

    async fn dossier(&self, id: Uuid) -> Result<Dossier, Error> {
        let mut tx = self.db.begin().await?;
        let complaint = store::load(&mut tx, &[id]).await?.pop();
        let complaint = complaint.ok_or(Error::NoSuchComplaint)?;
        Ok(Dossier {
            complaint: wire::complaint(complaint, None, self.day()),
            history: store::history(&mut *tx, id, None, i64::MAX).await?,
            notes: store::notes_page(&mut *tx, id, None, i64::MAX).await?,
            letters: letters::all_of(&mut *tx, id).await?,
        })
    }
}

/// The next piece of an archive, and what is left to write.
async fn next_piece(mut writing: Writing) -> Result<Option<(Vec<u8>, Writing)>, Error> {
    while writing.ready.len() < PIECE && writing.go_on().await? {}
    if writing.ready.is_empty() {
        return Ok(None);
    }
    let rest = writing.ready.split_off(writing.ready.len().min(PIECE));
    let piece = std::mem::replace(&mut writing.ready, rest);
    Ok(Some((piece, writing)))
}

impl Writing {
    /// Writes what is next; `false` when nothing is left.
    async fn go_on(&mut self) -> Result<bool, Error> {
        let Some(mut archive) = self.archive.take() else {
            return Ok(false);
        };
        if let Some(mut arriving) = self.files.take() {
            self.files = match arriving.pieces.try_next().await? {
                Some(Piece::File(file)) => {
                    arriving.described.push(file);
                    archive.begin_file(&arriving.folder, &arriving.described)?;
                    Some(arriving)
                }
                Some(Piece::Content(bytes)) => {
                    archive.go_on_with_file(&bytes)?;
                    Some(arriving)
                }
                None => {
                    archive.add_file_list(&arriving.folder, &arriving.described)?;
                    None
                }
            };
        } else if let Some(id) = self.left.pop_front() {
            let dossier = self.app.dossier(id).await?;
            archive.add_dossier(&dossier)?;
            self.files = Some(Arriving {
                folder: dossier.complaint.reference,
                pieces: self.app.files.of(id).await?,
                described: Vec::new(),
            });
        } else {
            self.ready.extend(archive.finish()?);
            return Ok(true);
        }
        self.ready.extend(archive.take());
        self.archive = Some(archive);
        Ok(true)
    }
}
