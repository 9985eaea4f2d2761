//! The SMTP side: sockets and lines. The protocol itself is mailin's.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use mailin::{Action, Handler, Response, SessionBuilder, response};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// The product sends no attachments, and 25 MB is what most mail servers take.
const MAX_MESSAGE: usize = 25 * 1024 * 1024;
/// RFC 5321 asks for 1,000; clients that don't fold their headers send more.
const MAX_LINE: u64 = 64 * 1024;
/// RFC 5321 4.5.3.2.7: a server waits at least five minutes for the next command.
const IDLE: Duration = Duration::from_mins(5);

/// The wait after a connection could not be taken.
const RETRY: Duration = Duration::from_secs(1);

/// Takes connections until it is told to stop.
pub(crate) async fn serve(listener: TcpListener, store: Arc<Store>, stop: CancellationToken) {
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    tokio::spawn(connection(
                        stream,
                        peer.ip(),
                        Arc::clone(&store),
                        stop.clone(),
                    ));
                }
                // For instance too many open files: a later try may succeed.
                Err(error) => {
                    tracing::warn!(%error, "cannot take a mail connection");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    };
    stop.run_until_cancelled(accept).await;
}

async fn connection(stream: TcpStream, peer: IpAddr, store: Arc<Store>, stop: CancellationToken) {
    if let Some(Err(error)) = stop
        .run_until_cancelled(converse(stream, peer, store))
        .await
    {
        tracing::debug!(%error, "a mail connection broke");
    }
}

async fn converse(stream: TcpStream, peer: IpAddr, store: Arc<Store>) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    let mut session = SessionBuilder::new("mailbox").build(peer, Envelope::new(Arc::clone(&store)));

    let greeting = if store.is_down() {
        response::NO_SERVICE
    } else {
        session.greeting()
    };
    let mut going = reply(&mut write, &greeting).await?;
    while going {
        let Some(line) = next_line(&mut lines).await? else {
            return Ok(());
        };
        let answer = if store.is_down() {
            response::NO_SERVICE
        } else {
            session.process(&line)
        };
        going = reply(&mut write, &answer).await?;
    }
    Ok(())
}

/// Sends an answer; true while the conversation goes on.
async fn reply(write: &mut OwnedWriteHalf, answer: &Response) -> io::Result<bool> {
    write.write_all(&answer.buffer()?).await?;
    // mailin stays in a message whose end was refused and would read the next command as text: hang up instead.
    let refused_message =
        [response::NO_STORAGE.code, response::TRANSACTION_FAILED.code].contains(&answer.code);
    Ok(answer.action != Action::Close && !refused_message)
}

/// The next line with its end; `None` when the client has hung up or fallen silent.
async fn next_line(lines: &mut BufReader<OwnedReadHalf>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut limited = lines.take(MAX_LINE);
    match tokio::time::timeout(IDLE, limited.read_until(b'\n', &mut line)).await {
        Ok(read) => read?,
        Err(_silent) => return Ok(None),
    };
    match line.last() {
        Some(b'\n') => Ok(Some(line)),
        Some(_) if line.len() as u64 == MAX_LINE => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a line is too long",
        )),
        _ => Ok(None),
    }
}

/// The email that a connection is sending.
struct Envelope {
    store: Arc<Store>,
    from: String,
    to: Vec<String>,
    data: Vec<u8>,
    too_big: bool,
}

impl Envelope {
    fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            from: String::new(),
            to: Vec::new(),
            data: Vec::new(),
            too_big: false,
        }
    }
}

impl Handler for Envelope {
    fn rcpt(&mut self, to: &str) -> Response {
        if self.store.refuses(to) {
            response::NO_MAILBOX
        } else {
            response::OK
        }
    }

    fn data_start(&mut self, _domain: &str, from: &str, _is8bit: bool, to: &[String]) -> Response {
        from.clone_into(&mut self.from);
        to.clone_into(&mut self.to);
        self.data.clear();
        self.too_big = false;
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        // An answer in the middle of a message would confuse the client: the refusal waits for its end.
        self.too_big = self.too_big || self.data.len() + line.len() > MAX_MESSAGE;
        if !self.too_big {
            self.data.extend_from_slice(line);
        }
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        if self.too_big {
            return response::NO_STORAGE;
        }
        if self.store.keep(&self.from, &self.to, &self.data) {
            response::OK
        } else {
            response::TRANSACTION_FAILED
        }
    }
}
