//! Where a file waits while it comes in: a nameless temporary file, limited and fingerprinted on the way.

use std::fs::File;
use std::io::{self, Seek as _};
use std::path::PathBuf;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use ring::digest::{Context, SHA256};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use crate::domain::{LARGEST, LARGEST_PIECE};
use crate::error::Error;
use crate::inspect::Refusal;

/// A file that came in whole.
#[derive(Debug)]
pub struct Spooled {
    /// The content, to be read from its beginning. The file is gone when this is.
    pub file: File,
    /// Bytes.
    pub size: u64,
    /// The fingerprint.
    pub sha256: Vec<u8>,
}

impl Spooled {
    /// The same content once more, to be read by somebody else from its beginning after this one.
    pub fn rewound(mut self) -> io::Result<Self> {
        self.file.rewind()?;
        Ok(self)
    }
}

/// Makes temporary files.
#[derive(Debug, Clone)]
pub struct Spool {
    directory: Option<PathBuf>,
}

impl Spool {
    /// Puts them into a folder, or into the system's own.
    #[must_use]
    pub fn new(directory: Option<PathBuf>) -> Self {
        Self { directory }
    }

    /// Takes a file in, piece by piece. It stops at the first byte that is too many.
    pub async fn receive(
        &self,
        mut pieces: impl Stream<Item = Result<Bytes, Error>> + Unpin,
    ) -> Result<Spooled, Error> {
        let mut file = tokio::fs::File::from_std(self.create().await.map_err(Error::Spool)?);
        let mut fingerprint = Context::new(&SHA256);
        let mut size = 0;
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            if piece.len() > LARGEST_PIECE {
                return Err(Error::PieceTooLarge);
            }
            size += piece.len() as u64;
            if size > LARGEST {
                return Err(Error::Refused(Refusal::TooLarge));
            }
            fingerprint.update(&piece);
            file.write_all(&piece).await.map_err(Error::Spool)?;
        }
        file.flush().await.map_err(Error::Spool)?;
        file.rewind().await.map_err(Error::Spool)?;
        Ok(Spooled {
            file: file.into_std().await,
            size,
            sha256: fingerprint.finish().as_ref().to_vec(),
        })
    }

    async fn create(&self) -> io::Result<File> {
        let directory = self.directory.clone();
        let create = move || match directory {
            Some(directory) => tempfile::tempfile_in(directory),
            None => tempfile::tempfile(),
        };
        tokio::task::spawn_blocking(create)
            .await
            .map_err(io::Error::other)?
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use futures::stream;

    use super::*;

    async fn received(sizes: &[usize]) -> Result<Spooled, Error> {
        let pieces: Vec<_> = sizes
            .iter()
            .map(|size| Ok(Bytes::from(vec![b'x'; *size])))
            .collect();
        Spool::new(None).receive(stream::iter(pieces)).await
    }

    #[tokio::test]
    async fn a_file_is_fingerprinted_on_its_way() {
        let pieces = [Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))];

        let mut spooled = Spool::new(None)
            .receive(stream::iter(pieces))
            .await
            .unwrap();

        assert_eq!(spooled.size, 3);
        assert_eq!(
            hex::encode(&spooled.sha256),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let mut content = String::new();
        spooled.file.read_to_string(&mut content).unwrap();
        assert_eq!(content, "abc");
    }

    #[tokio::test]
    async fn do_2_twenty_mebibytes_are_taken_and_one_byte_more_is_not() {
        let whole = vec![LARGEST_PIECE; 320];
        assert_eq!(received(&whole).await.unwrap().size, LARGEST);

        let more = [whole, vec![1]].concat();
        assert!(matches!(
            received(&more).await,
            Err(Error::Refused(Refusal::TooLarge))
        ));
    }

    #[tokio::test]
    async fn a_piece_of_more_than_64_kib_is_refused() {
        assert!(matches!(
            received(&[LARGEST_PIECE + 1]).await,
            Err(Error::PieceTooLarge)
        ));
    }

    #[tokio::test]
    async fn an_upload_that_is_cut_off_gives_nothing() {
        let pieces = [Ok(Bytes::from_static(b"ab")), Err(Error::CutOff)];

        assert!(matches!(
            Spool::new(None).receive(stream::iter(pieces)).await,
            Err(Error::CutOff)
        ));
    }
}
