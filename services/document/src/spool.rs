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

/// A part of a file on its way in.
#[derive(Debug)]
pub enum Piece {
    /// The next bytes.
    Content(Bytes),
    /// The uploader says that this was all.
    End {
        /// How many bytes it has sent.
        size: i64,
    },
}

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
    ///
    /// That the pieces end does not make the file whole: a call that its client cancels ends here like any other. So the last
    /// piece has to say that it is the last, and of how much.
    pub async fn receive(
        &self,
        mut pieces: impl Stream<Item = Result<Piece, Error>> + Unpin,
    ) -> Result<Spooled, Error> {
        let mut file = tokio::fs::File::from_std(self.create().await.map_err(Error::Spool)?);
        let mut fingerprint = Context::new(&SHA256);
        let mut size = 0;
        let said = loop {
            let content = match pieces.next().await.ok_or(Error::CutOff)?? {
                Piece::Content(content) => content,
                Piece::End { size } => break size,
            };
            if content.len() > LARGEST_PIECE {
                return Err(Error::PieceTooLarge);
            }
            size += content.len() as u64;
            if size > LARGEST {
                return Err(Error::Refused(Refusal::TooLarge));
            }
            fingerprint.update(&content);
            file.write_all(&content).await.map_err(Error::Spool)?;
        };
        if u64::try_from(said) != Ok(size) || pieces.next().await.is_some() {
            return Err(Error::CutOff);
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

    fn content(bytes: &'static [u8]) -> Piece {
        Piece::Content(Bytes::from_static(bytes))
    }

    fn end(size: i64) -> Piece {
        Piece::End { size }
    }

    async fn received(pieces: impl IntoIterator<Item = Piece>) -> Result<Spooled, Error> {
        let pieces = stream::iter(pieces).map(Ok);
        Spool::new(None).receive(pieces).await
    }

    /// Takes in a file of pieces of these sizes, with its end.
    async fn received_sizes(sizes: &[usize]) -> Result<Spooled, Error> {
        let whole = i64::try_from(sizes.iter().sum::<usize>()).unwrap();
        let pieces = sizes
            .iter()
            .map(|size| Piece::Content(vec![b'x'; *size].into()))
            .chain([end(whole)]);
        received(pieces).await
    }

    #[tokio::test]
    async fn a_file_is_fingerprinted_on_its_way() {
        let mut spooled = received([content(b"ab"), content(b"c"), end(3)])
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
        assert_eq!(received_sizes(&whole).await.unwrap().size, LARGEST);

        let more = [whole, vec![1]].concat();
        assert!(matches!(
            received_sizes(&more).await,
            Err(Error::Refused(Refusal::TooLarge))
        ));
    }

    #[tokio::test]
    async fn a_piece_of_more_than_64_kib_is_refused() {
        assert!(matches!(
            received_sizes(&[LARGEST_PIECE + 1]).await,
            Err(Error::PieceTooLarge)
        ));
    }

    #[tokio::test]
    async fn do_3_only_an_end_that_fits_makes_a_file_whole() {
        for cut_off in [
            received([]).await,
            received([content(b"ab")]).await,
            received([content(b"ab"), end(1)]).await,
            received([content(b"ab"), end(3)]).await,
            received([content(b"ab"), end(-2)]).await,
            received([content(b"ab"), end(2), content(b"")]).await,
            received([content(b"ab"), end(2), end(2)]).await,
            received([end(2), content(b"ab")]).await,
        ] {
            assert!(matches!(cut_off, Err(Error::CutOff)), "{cut_off:?}");
        }
        assert_eq!(received([end(0)]).await.unwrap().size, 0);
    }

    #[tokio::test]
    async fn do_3_a_stream_that_fails_gives_nothing() {
        for failing in [
            vec![Ok(content(b"ab")), Err(Error::CutOff)],
            vec![Ok(content(b"ab")), Ok(end(2)), Err(Error::CutOff)],
        ] {
            assert!(matches!(
                Spool::new(None).receive(stream::iter(failing)).await,
                Err(Error::CutOff)
            ));
        }
    }
}
