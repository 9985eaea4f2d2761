//! Handing emails to the mail server.

mod connections;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use lettre::address::AddressError;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use self::connections::{ConnectionError, Connections};
use crate::config::Config;
use crate::identity::Addressee;
use crate::letter::Letter;

/// The way to the mail server. Clones share its connections.
#[derive(Clone)]
pub struct Post {
    connections: Arc<Connections>,
    timeout: Duration,
    from: Mailbox,
    complaints: Address,
}

/// Who reads an answer to an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers<'a> {
    /// Nobody: the email says so, and where to get help.
    Nobody,
    /// The team of service complaints: people answer letters.
    Complaints,
    /// Whoever reads this address.
    At(&'a str),
}

/// Why an email was not taken. No text of the server's is kept: most servers repeat the address in it.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The address can't be one.
    #[error("the address is not an email address")]
    Address(#[from] AddressError),
    /// The address has letters that only some mail servers take. No service admits one, so that it was never one.
    #[error("the address is not in ASCII")]
    NotAscii,
    /// The email could not be put together.
    #[error("the email could not be put together")]
    Message(#[from] lettre::error::Error),
    /// The server answered with a code.
    #[error("the mail server answered {0}")]
    Reply(u16),
    /// The server did not answer before it had the whole email: it has not taken it.
    #[error("the mail server did not answer")]
    NoReply,
    /// The server was given the whole email and did not say whether it took it. Only sending it again makes sure (RFC 1047).
    #[error("the mail server did not say whether it took the email")]
    Unsaid,
}

impl Post {
    /// Makes the way to the mail server; nothing is connected before there is an email.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let server = config.smtp.url.expose_secret().parse()?;
        Ok(Self {
            connections: Arc::new(Connections::new(server)),
            timeout: Duration::from_secs(config.smtp.timeout_seconds.into()),
            from: config
                .from
                .parse()
                .context("from is not an email address")?,
            complaints: config
                .complaints_address
                .parse()
                .context("complaints_address is not an email address")?,
        })
    }

    /// The `Message-ID` of an email: the same at every try, so that whoever gets it twice can tell.
    #[must_use]
    pub fn message_id(&self, email_id: Uuid) -> String {
        format!("<{email_id}@{}>", self.from.email.domain())
    }

    /// Hands an email over; `Ok` when the server has taken it.
    pub async fn send(
        &self,
        message_id: &str,
        to: &Addressee,
        letter: &Letter,
        answers: Answers<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), PostError> {
        let address: Address = to.address.parse()?;
        if !to.address.is_ascii() {
            return Err(PostError::NotAscii);
        }
        // A name may be anything that somebody typed. What could end the header line is no part of a name.
        let name = to.name.replace(char::is_control, " ");
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        let builder = match answers {
            Answers::Nobody => Message::builder(),
            Answers::Complaints => {
                Message::builder().reply_to(Mailbox::new(None, self.complaints.clone()))
            }
            Answers::At(address) => {
                Message::builder().reply_to(Mailbox::new(None, address.parse()?))
            }
        };
        let message = builder
            .message_id(Some(message_id.to_owned()))
            .date(SystemTime::from(now))
            .from(self.from.clone())
            .to(Mailbox::new(name, address))
            .subject(&letter.subject)
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(
                letter.text.clone(),
                letter.html.clone(),
            ))?;
        // ASCII throughout: the library encodes what is not.
        let email = message.formatted();

        let until = Instant::now() + self.timeout;
        let announced = timeout_at(until, self.connections.announce(message.envelope()))
            .await
            .map_err(|_late| PostError::NoReply)?
            .map_err(|error| match error {
                ConnectionError::Smtp(error) => reply(&error).unwrap_or(PostError::NoReply),
                ConnectionError::Io(_) => PostError::NoReply,
            })?;
        // From here on no answer means that nobody knows.
        timeout_at(until, announced.hand_over(&email))
            .await
            .map_err(|_late| PostError::Unsaid)?
            .map_err(|error| reply(&error).unwrap_or(PostError::Unsaid))
    }
}

fn reply(error: &lettre::transport::smtp::Error) -> Option<PostError> {
    Some(PostError::Reply(error.status()?.into()))
}

/// Keeps out-of-office replies from being sent to the portal (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
