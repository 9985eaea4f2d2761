//! Connections to the mail server, kept for the next email.
//!
//! Not the pool of the mail library: it leaves Nagle's algorithm on, and an email is written in two pieces, so that each would
//! wait 40 ms for the server's delayed acknowledgement of the first.

use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::Context as _;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;
use tokio::time::Instant;
use url::Url;

/// How long a connection without work is kept.
const IDLE: Duration = Duration::from_secs(30);

/// Why a server did not take an email.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectionError {
    /// There is no way to the server.
    #[error("the mail server can't be reached")]
    Io(#[from] std::io::Error),
    /// The server said no, or nothing.
    #[error("the mail server did not take it")]
    Smtp(#[from] lettre::transport::smtp::Error),
}

/// Connections to one mail server.
pub(super) struct Connections {
    server: Server,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Connections {
    /// No connection yet.
    pub(super) fn new(server: Server) -> Self {
        Self {
            server,
            idle: Mutex::default(),
        }
    }

    /// Says whom an email is from and to. The server has nothing of the email itself yet.
    pub(super) async fn announce(
        &self,
        envelope: &Envelope,
    ) -> Result<Announced<'_>, ConnectionError> {
        let mut connection = match self.kept().await {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        // A connection on which anything goes wrong is dropped, without a farewell that the server might never answer.
        connection
            .command(Mail::new(envelope.from().cloned(), Vec::new()))
            .await?;
        for to in envelope.to() {
            connection
                .command(Rcpt::new(to.clone(), Vec::new()))
                .await?;
        }
        connection.command(Data).await?;
        Ok(Announced {
            connections: self,
            connection,
        })
    }

    /// A kept connection that the server has kept as well.
    async fn kept(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut connection, used) = self
                .idle
                .lock()
                .expect("no holder of the lock panics")
                .pop()?;
            if used.elapsed() < IDLE && connection.test_connected().await {
                return Some(connection);
            }
        }
    }
}

/// A server that waits for an email.
pub(super) struct Announced<'a> {
    connections: &'a Connections,
    connection: AsyncSmtpConnection,
}

impl Announced<'_> {
    /// Hands the email over, and keeps the connection for the next when the server has taken it.
    pub(super) async fn hand_over(
        mut self,
        email: &[u8],
    ) -> Result<(), lettre::transport::smtp::Error> {
        self.connection.message(email).await?;
        self.connections
            .idle
            .lock()
            .expect("no holder of the lock panics")
            .push((self.connection, Instant::now()));
        Ok(())
    }
}

/// Where a mail server is and how it is spoken to.
pub(super) struct Server {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    /// How this side calls itself.
    hello: ClientId,
}

/// What protects a connection.
enum Security {
    /// Nothing: for a server on the same machine.
    None,
    /// STARTTLS, without which nothing is sent.
    StartTls(TlsParameters),
    /// TLS from the first byte.
    Tls(TlsParameters),
}

impl FromStr for Server {
    type Err = anyhow::Error;

    /// Reads `smtps://user:password@host`, `smtp://user:password@host?tls=required` or `smtp://host:port`. No error repeats the text, which
    /// may hold a password.
    fn from_str(text: &str) -> anyhow::Result<Self> {
        let url = Url::parse(text)
            .ok()
            .context("smtp.url is not the address of a mail server")?;
        let host = url
            .host_str()
            .context("smtp.url names no mail server")?
            .to_owned();
        let tls = url
            .query_pairs()
            .find(|(key, _)| key == "tls")
            .map(|(_, value)| value.into_owned());
        let (security, usual_port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", None) => (Security::Tls(TlsParameters::new(host.clone())?), 465),
            ("smtp", Some("required")) => {
                (Security::StartTls(TlsParameters::new(host.clone())?), 587)
            }
            ("smtp", None) => (Security::None, 25),
            _ => anyhow::bail!(
                "smtp.url must be smtp://host, smtp://host?tls=required or smtps://host"
            ),
        };
        let decode = |part: &str| percent_decode_str(part).decode_utf8().map(String::from);
        let credentials = match url.password() {
            Some(password) => {
                let user = decode(url.username()).context("smtp.url: the user is not text")?;
                Some(Credentials::new(
                    user,
                    decode(password).context("smtp.url: the password is not text")?,
                ))
            }
            None => None,
        };
        Ok(Self {
            host,
            port: url.port().unwrap_or(usual_port),
            security,
            credentials,
            hello: ClientId::default(),
        })
    }
}

impl Server {
    async fn connect(&self) -> Result<AsyncSmtpConnection, ConnectionError> {
        let address = (self.host.as_str(), self.port);
        let mut connection = match &self.security {
            // The library has no other way in for this one; there, each email waits for the acknowledgement.
            Security::Tls(parameters) => {
                AsyncSmtpConnection::connect_tokio1(
                    address,
                    None,
                    &self.hello,
                    Some(parameters.clone()),
                    None,
                )
                .await?
            }
            Security::None | Security::StartTls(_) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await?
            }
        };
        if let Security::StartTls(parameters) = &self.security {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_mail_servers_are_understood() {
        let local: Server = "smtp://127.0.0.1:1025".parse().unwrap();
        let relay: Server = "smtp://portal:p%40ss@mail.example?tls=required"
            .parse()
            .unwrap();
        let secure: Server = "smtps://portal:pass@mail.example".parse().unwrap();

        assert!(matches!(
            (&local.host[..], local.port, local.security),
            ("127.0.0.1", 1025, Security::None)
        ));
        assert!(matches!(
            (&relay.host[..], relay.port, relay.security),
            ("mail.example", 587, Security::StartTls(_))
        ));
        assert_eq!(
            relay.credentials,
            Some(Credentials::new("portal".into(), "p@ss".into()))
        );
        assert!(matches!(
            (secure.port, secure.security),
            (465, Security::Tls(_))
        ));
    }

    #[test]
    fn a_wrong_address_is_refused_without_repeating_it() {
        for wrong in [
            "",
            "smtp://",
            "mail.example",
            "http://u:hunter2@mail.example",
            "smtp://u:hunter2@mail.example?tls=perhaps",
        ] {
            let error = format!("{:#}", wrong.parse::<Server>().err().unwrap());
            assert!(
                error.contains("smtp.url") && !error.contains("hunter2"),
                "{error}"
            );
        }
    }
}
