//! The files of a sample's complaints, for the reviewer (7.4).

use std::collections::VecDeque;

use futures::stream::{BoxStream, StreamExt as _, try_unfold};
use kit::Caller;
use uuid::Uuid;

use super::{Actor, App};
use crate::archive::{Archive, Dossier};
use crate::error::Error;
use crate::store::{self, letters, oversight};
use crate::wire;

/// How large a piece is at least, but for the last: a message may hold 4 MiB, and a complaint's files are far smaller than the rest of that.
const PIECE: usize = 256 * 1024;

/// An archive that is being written for somebody.
struct Writing {
    app: App,
    archive: Archive,
    left: VecDeque<Uuid>,
}

impl App {
    /// The archive of a sample's files, in pieces. That each complaint was read is recorded before the first of them goes out.
    pub async fn sample_files(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<BoxStream<'static, Result<Vec<u8>, Error>>, Error> {
        let sample = self.sample(id).await?;
        let ids: Vec<Uuid> = sample.1.iter().map(|it| it.id).collect();
        let mut archive = Archive::new();
        archive.add_sample(&wire::oversight::sample(sample))?;

        let (actor, now) = (Actor::of(caller), self.clock.now());
        let mut tx = self.db.begin().await?;
        store::record_reads(&mut tx, now, &actor, &ids).await?;
        oversight::record(&mut tx, now, &actor, id, "Took the files of the sample").await?;
        tx.commit().await?;

        let writing = Writing {
            app: self.clone(),
            archive,
            left: ids.into(),
        };
        Ok(try_unfold(Some(writing), next_piece).boxed())
    }

    async fn dossier(&self, id: Uuid) -> Result<Dossier, Error> {
        let mut tx = self.db.begin().await?;
        let complaint = store::load(&mut tx, &[id]).await?.pop();
        let complaint = complaint.ok_or(Error::NoSuchComplaint)?;
        Ok(Dossier {
            complaint: wire::complaint(complaint, self.day()),
            history: store::history(&mut *tx, id, None, i64::MAX).await?,
            notes: store::notes_page(&mut *tx, id, None, i64::MAX).await?,
            letters: letters::all_of(&mut *tx, id).await?,
        })
    }
}

/// The next piece of an archive, and what is left to write.
async fn next_piece(writing: Option<Writing>) -> Result<Option<(Vec<u8>, Option<Writing>)>, Error> {
    let Some(mut writing) = writing else {
        return Ok(None);
    };
    let mut piece = writing.archive.take();
    while piece.len() < PIECE {
        let Some(id) = writing.left.pop_front() else {
            piece.extend(writing.archive.finish()?);
            return Ok(Some((piece, None)));
        };
        let dossier = writing.app.dossier(id).await?;
        writing.archive.add_dossier(&dossier)?;
        piece.extend(writing.archive.take());
    }
    Ok(Some((piece, Some(writing))))
}
