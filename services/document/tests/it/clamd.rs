//! A clamd as far as its protocol goes: it reads `INSTREAM` as the real one does, and answers as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use document::clamd::Clamd;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a file.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Says that it is clean.
    Ok,
    /// Says these bytes.
    Say(&'static [u8]),
    /// Says that it is clean before it has seen it, and goes on reading.
    TooSoon,
    /// Says the beginning of the answer and hangs up.
    Truncated,
    /// Says the beginning of the answer and then nothing, without hanging up.
    Dribble,
    /// Says that it is clean in the middle of the file and hangs up.
    OkAndHangUp,
    /// Hangs up in the middle of the file.
    HangUp,
    /// Never says anything.
    Silent,
}

/// A clamd on a free port, gone with the test.
pub struct FakeClamd {
    addr: String,
    answer: Arc<Mutex<Answer>>,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl FakeClamd {
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let clamd = Self {
            addr: listener.local_addr().unwrap().to_string(),
            answer: Arc::new(Mutex::new(answer)),
            seen: Arc::default(),
        };
        let (answer, seen) = (clamd.answer.clone(), clamd.seen.clone());
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let answer = answer.lock().unwrap().clone();
                let seen = seen.clone();
                tokio::spawn(async move {
                    // Whoever calls may hang up, too: that ends this conversation and nothing else.
                    if let Ok(content) = converse(connection, answer).await {
                        seen.lock().unwrap().push(content);
                    }
                });
            }
        });
        clamd
    }

    /// The same clamd, answering otherwise from now on.
    pub fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// The files that it was given whole.
    pub fn seen(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().clone()
    }

    pub fn addr(&self) -> &str {
        &self.addr
    }

    pub fn client(&self, timeout: Duration) -> Clamd {
        Clamd::new(self.addr.clone(), timeout)
    }
}

async fn converse(mut connection: TcpStream, answer: Answer) -> std::io::Result<Vec<u8>> {
    let mut command = [0; 10];
    connection.read_exact(&mut command).await?;
    assert_eq!(&command, b"zINSTREAM\0");
    if let Answer::TooSoon = answer {
        connection.write_all(b"stream: OK\0").await?;
    }
    let mut content = Vec::new();
    loop {
        let length = connection.read_u32().await? as usize;
        if length == 0 {
            break;
        }
        if let Answer::HangUp = answer {
            return Ok(content);
        }
        if let Answer::OkAndHangUp = answer {
            connection.write_all(b"stream: OK\0").await?;
            return Ok(content);
        }
        let start = content.len();
        content.resize(start + length, 0);
        connection.read_exact(&mut content[start..]).await?;
    }
    match answer {
        Answer::Ok => connection.write_all(b"stream: OK\0").await?,
        Answer::Say(bytes) => connection.write_all(bytes).await?,
        Answer::Truncated => connection.write_all(b"stream: O").await?,
        Answer::Silent => std::future::pending().await,
        Answer::Dribble => {
            connection.write_all(b"stream: O").await?;
            std::future::pending::<()>().await;
        }
        Answer::TooSoon | Answer::HangUp | Answer::OkAndHangUp => {}
    }
    Ok(content)
}
