//! ClamAV's daemon, asked by its `INSTREAM` command.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use futures::{Stream, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::domain::LARGEST_PIECE;

/// More than any answer of clamd's.
const LONGEST_ANSWER: u64 = 4096;
/// The longest name of a find that is kept.
const LONGEST_NAME: usize = 200;

/// What the scanner says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// Something was found; this is what it is called.
    Infected(String),
}

/// Why there is no verdict. None of these ever lets a file through.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The connection failed or ended too soon.
    #[error("clamd can't be reached or hung up")]
    Connection(#[from] io::Error),
    /// It took too long.
    #[error("clamd took too long")]
    TimedOut,
    /// It said something else than a verdict.
    #[error("clamd gave no verdict: {0}")]
    NoVerdict(String),
    /// It answered before it had the whole file.
    #[error("clamd answered before it had the whole file")]
    TooSoon,
    /// The content came from the store in another length than it has.
    #[error("the content is {found} bytes and should be {expected}")]
    WrongLength {
        /// What came.
        found: u64,
        /// What should have come.
        expected: u64,
    },
    /// The content can't be had.
    #[error("the content can't be read from the store")]
    Store(#[source] object_store::Error),
    /// The document can't be looked up.
    #[error("the document can't be looked up")]
    Db(#[source] sqlx::Error),
}

/// A clamd somewhere.
#[derive(Debug, Clone)]
pub struct Clamd {
    addr: String,
    timeout: Duration,
}

impl Clamd {
    /// The clamd at `host:port`, which gets so long for each file.
    #[must_use]
    pub fn new(addr: String, timeout: Duration) -> Self {
        Self { addr, timeout }
    }

    /// How long one scan may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Has a content of `size` bytes scanned.
    pub async fn scan(
        &self,
        content: impl Stream<Item = Result<Bytes, object_store::Error>> + Unpin,
        size: u64,
    ) -> Result<Verdict, ScanError> {
        tokio::time::timeout(self.timeout, self.converse(content, size))
            .await
            .map_err(|_| ScanError::TimedOut)?
    }

    /// When the signatures that it looks with were made; none when it has only some that somebody wrote for it.
    pub async fn signatures(&self) -> Result<Option<DateTime<Utc>>, ScanError> {
        let ask = async {
            let mut clamd = TcpStream::connect(&self.addr).await?;
            clamd.write_all(b"zVERSION\0").await?;
            let mut answer = Vec::new();
            clamd.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
            version(&answer)
        };
        tokio::time::timeout(self.timeout, ask)
            .await
            .map_err(|_| ScanError::TimedOut)?
    }

    async fn converse(
        &self,
        mut content: impl Stream<Item = Result<Bytes, object_store::Error>> + Unpin,
        size: u64,
    ) -> Result<Verdict, ScanError> {
        let mut clamd = TcpStream::connect(&self.addr).await?;
        clamd.write_all(b"zINSTREAM\0").await?;
        let mut sent = 0;
        while let Some(bytes) = content.next().await {
            let bytes = bytes.map_err(ScanError::Store)?;
            for chunk in bytes.chunks(LARGEST_PIECE) {
                let length = u32::try_from(chunk.len()).expect("a piece is at most 64 KiB");
                clamd.write_all(&length.to_be_bytes()).await?;
                clamd.write_all(chunk).await?;
                sent += u64::from(length);
            }
        }
        if sent != size {
            return Err(ScanError::WrongLength {
                found: sent,
                expected: size,
            });
        }
        // An answer that is there already can't be about the whole file.
        match clamd.try_read(&mut [0]) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Err(ScanError::TooSoon),
        }
        clamd.write_all(&0_u32.to_be_bytes()).await?;

        let mut answer = Vec::new();
        clamd.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
        verdict(&answer)
    }
}

/// Reads an answer. Only the exact words let a file through.
fn verdict(answer: &[u8]) -> Result<Verdict, ScanError> {
    if answer == b"stream: OK\0" {
        return Ok(Verdict::Clean);
    }
    let found = answer
        .strip_prefix(b"stream: ")
        .and_then(|rest| rest.strip_suffix(b" FOUND\0"))
        .filter(|name| !name.is_empty() && !name.contains(&0));
    match found {
        Some(name) => Ok(Verdict::Infected(printable(name))),
        None => Err(ScanError::NoVerdict(printable(answer))),
    }
}

/// Reads `ClamAV 1.4.3/27800/Sat Nov 22 07:59:00 2026`. The time is the daemon's own, which runs in UTC; the name and the version stand alone
/// where there is no signature of ClamAV's.
fn version(answer: &[u8]) -> Result<Option<DateTime<Utc>>, ScanError> {
    let said = || ScanError::NoVerdict(printable(answer));
    let text = answer
        .strip_suffix(b"\0")
        .and_then(|it| str::from_utf8(it).ok())
        .filter(|it| it.starts_with("ClamAV "))
        .ok_or_else(said)?;
    let Some(made) = text.split('/').nth(2) else {
        return Ok(None);
    };
    let made = NaiveDateTime::parse_from_str(made, "%a %b %e %H:%M:%S %Y").map_err(|_| said())?;
    Ok(Some(made.and_utc()))
}

/// What came over the wire, fit for a log and a table.
fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|it| !it.is_control())
        .take(LONGEST_NAME)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn do_4_only_the_exact_words_let_a_file_through() {
        assert_eq!(verdict(b"stream: OK\0").unwrap(), Verdict::Clean);
        for other in [
            &b""[..],
            b"stream: OK",
            b"stream: OK\n",
            b"stream: OK\0\0",
            b"stream: OK\0stream: Eicar FOUND\0",
            b"stream: ok\0",
            b" stream: OK\0",
            b"INSTREAM size limit exceeded. ERROR\0",
            b"stream: Can't allocate memory ERROR\0",
            b"stream:  FOUND\0",
            b"OK\0",
        ] {
            assert!(
                matches!(verdict(other), Err(ScanError::NoVerdict(_))),
                "{other:?}"
            );
        }
    }

    #[test]
    fn f28_the_age_of_the_signatures_is_read() {
        let made = |answer: &[u8]| version(answer).ok();
        let at = "2026-11-02T07:59:00Z".parse().unwrap();

        assert_eq!(
            made(b"ClamAV 1.4.3/27800/Mon Nov  2 07:59:00 2026\0"),
            Some(Some(at))
        );
        assert_eq!(made(b"ClamAV 1.4.6\0"), Some(None));
        for other in [
            &b""[..],
            b"UNKNOWN COMMAND\0",
            b"ClamAV 1.4.3/27800/yesterday\0",
            b"ClamAV 1.4.3/27800/Mon Nov  2 07:59:00 2026",
        ] {
            assert_eq!(made(other), None, "{other:?}");
        }
    }

    #[test]
    fn do_4_a_find_is_named_without_what_could_break_a_log() {
        assert_eq!(
            verdict(b"stream: Win.Test.\x1b[31mEICAR_HDB-1\n FOUND\0").unwrap(),
            Verdict::Infected("Win.Test.[31mEICAR_HDB-1".to_owned())
        );
    }
}
