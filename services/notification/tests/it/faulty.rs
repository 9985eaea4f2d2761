//! A mail server that breaks off, stalls or says no where a test wants it to.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A point in the delivery of one email.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The connection was made, and nothing was said.
    Connect,
    /// `EHLO` was heard.
    Hello,
    /// `MAIL` was heard.
    From,
    /// `RCPT` was heard.
    To,
    /// `DATA` was heard.
    Data,
    /// The first line of the text was heard.
    Text,
    /// The email was taken, and nobody was told.
    Taken,
    /// The email was taken, and half a word was said of it.
    HalfSaid,
}

impl Step {
    pub const ALL: [Self; 8] = [
        Self::Connect,
        Self::Hello,
        Self::From,
        Self::To,
        Self::Data,
        Self::Text,
        Self::Taken,
        Self::HalfSaid,
    ];
}

/// What the server does at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    BreakOff,
    Stall,
}

/// An email that the server took, whether it said so or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub to: String,
    pub message_id: String,
    pub text: String,
}

#[derive(Clone)]
pub struct Faulty {
    addr: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    reached: Arc<Notify>,
}

#[derive(Default)]
struct Plan {
    /// At the first conversation that gets there.
    fault: Option<(Step, Fault)>,
    /// Answers to `RCPT`, and to the end of the text, by address.
    answers: HashMap<(Step, String), String>,
    /// Whether a connection ends with its first email, so that each begins with `EHLO`.
    one_email_each: bool,
    taken: Vec<Taken>,
}

impl Faulty {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            addr: listener.local_addr().unwrap(),
            plan: Arc::default(),
            reached: Arc::default(),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                // A client that hangs up ends its conversation, and no test.
                tokio::spawn(async move { server.converse(stream).await });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.addr)
    }

    /// Breaks off the next conversation that gets to a step.
    pub fn break_off_at(&self, step: Step) {
        self.plan.lock().unwrap().fault = Some((step, Fault::BreakOff));
    }

    /// Falls silent in the next conversation that gets to a step.
    pub fn stall_at(&self, step: Step) {
        self.plan.lock().unwrap().fault = Some((step, Fault::Stall));
    }

    /// Waits until a conversation has got to the step of the fault.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Whether the fault has happened.
    pub fn has_happened(&self) -> bool {
        self.plan.lock().unwrap().fault.is_none()
    }

    /// Answers `RCPT` ([`Step::To`]) or the end of the text ([`Step::Taken`]) for an address.
    pub fn answer(&self, step: Step, address: &str, answer: &str) {
        let mut plan = self.plan.lock().unwrap();
        plan.answers
            .insert((step, address.to_owned()), answer.to_owned());
    }

    /// Answers as usual again.
    pub fn answer_well(&self) {
        self.plan.lock().unwrap().answers.clear();
    }

    /// Ends each connection with its first email.
    pub fn one_email_each(&self, one: bool) {
        self.plan.lock().unwrap().one_email_each = one;
    }

    /// Every email that was taken, in order.
    pub fn taken(&self) -> Vec<Taken> {
        self.plan.lock().unwrap().taken.clone()
    }

    /// What happens at a step: `Err` ends the conversation.
    async fn at(&self, step: Step) -> Result<(), Over> {
        let fault = {
            let mut plan = self.plan.lock().unwrap();
            match plan.fault {
                Some((at, fault)) if at == step => {
                    plan.fault = None;
                    Some(fault)
                }
                _ => None,
            }
        };
        match fault {
            None => Ok(()),
            Some(Fault::BreakOff) => Err(Over),
            Some(Fault::Stall) => {
                self.reached.notify_one();
                std::future::pending().await
            }
        }
    }

    fn answer_to(&self, step: Step, address: &str, usual: &str) -> String {
        let plan = self.plan.lock().unwrap();
        let answer = plan.answers.get(&(step, address.to_owned()));
        answer.cloned().unwrap_or_else(|| usual.to_owned())
    }

    async fn converse(&self, stream: TcpStream) -> Result<(), Over> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut say = async |text: &str| {
            let line = format!("{text}\r\n");
            write.write_all(line.as_bytes()).await.map_err(|_| Over)
        };
        self.at(Step::Connect).await?;
        say("220 faulty").await?;
        let mut to = String::new();
        loop {
            let line = lines.next_line().await.map_err(|_| Over)?.ok_or(Over)?;
            let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    self.at(Step::Hello).await?;
                    say("250 faulty").await?;
                }
                "MAIL" => {
                    self.at(Step::From).await?;
                    say("250 go on").await?;
                }
                "RCPT" => {
                    self.at(Step::To).await?;
                    let (_, rest) = line.split_once('<').unwrap();
                    rest.split_once('>').unwrap().0.clone_into(&mut to);
                    say(&self.answer_to(Step::To, &to, "250 go on")).await?;
                }
                "DATA" => {
                    self.at(Step::Data).await?;
                    say("354 go on").await?;
                    let mut text = String::new();
                    loop {
                        let line = lines.next_line().await.map_err(|_| Over)?.ok_or(Over)?;
                        if line == "." {
                            break;
                        }
                        text.push_str(&line);
                        text.push('\n');
                        self.at(Step::Text).await?;
                    }
                    let answer = self.answer_to(Step::Taken, &to, "250 taken");
                    if answer.starts_with('2') {
                        self.take(&to, text);
                    }
                    self.at(Step::Taken).await?;
                    if self.at(Step::HalfSaid).await.is_err() {
                        write.write_all(b"25").await.map_err(|_| Over)?;
                        return Err(Over);
                    }
                    say(&answer).await?;
                    if self.plan.lock().unwrap().one_email_each {
                        return Err(Over);
                    }
                }
                "QUIT" => {
                    say("221 bye").await?;
                    return Ok(());
                }
                _ => say("250 well").await?,
            }
        }
    }

    fn take(&self, to: &str, text: String) {
        let message_id = text
            .lines()
            .find_map(|line| line.strip_prefix("Message-ID: "))
            .unwrap()
            .to_owned();
        self.plan.lock().unwrap().taken.push(Taken {
            to: to.to_owned(),
            message_id,
            text,
        });
    }
}

/// The conversation is over.
struct Over;
