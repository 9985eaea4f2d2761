//! Sends mail as a client does, line by line.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use mailbox::Mailbox;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

pub const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail client that says one line and reads the answer.
pub struct Client(BufReader<TcpStream>);

impl Client {
    pub async fn connect(mailbox: &Mailbox) -> (Self, String) {
        let mut client = Self(BufReader::new(
            TcpStream::connect(mailbox.addr()).await.unwrap(),
        ));
        let greeting = client.answer().await;
        (client, greeting)
    }

    pub async fn say(&mut self, line: &str) -> String {
        self.send(line).await;
        self.answer().await
    }

    async fn send(&mut self, line: &str) {
        self.0
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .unwrap();
    }

    /// The last line of an answer; empty when the server has hung up.
    async fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    pub async fn hello(mailbox: &Mailbox) -> Self {
        let (mut client, greeting) = Self::connect(mailbox).await;
        assert!(greeting.starts_with("220"), "{greeting}");
        assert!(client.say("EHLO portal").await.starts_with("250"));
        client
    }

    async fn mail(&mut self, to: &str, message: &str) -> String {
        assert!(
            self.say("MAIL FROM:<portal@example.org>")
                .await
                .starts_with("250")
        );
        assert!(
            self.say(&format!("RCPT TO:<{to}>"))
                .await
                .starts_with("250")
        );
        assert!(self.say("DATA").await.starts_with("354"));
        self.send(message).await;
        self.say(".").await
    }
}

/// A mailbox that has received these emails, each a recipient and a message.
pub async fn with(mails: &[(&str, &str)]) -> Mailbox {
    let mailbox = Mailbox::start(LOOPBACK).await.unwrap();
    let mut client = Client::hello(&mailbox).await;
    for (to, message) in mails {
        assert!(client.mail(to, message).await.starts_with("250"));
    }
    mailbox
}

#[tokio::test]
async fn what_is_sent_is_kept_in_order() {
    let mailbox = with(&[
        ("ada@example.org", "Subject: one\r\n\r\nfirst"),
        ("bob@example.org", "Subject: two\r\n\r\nsecond"),
    ])
    .await;

    let mails = mailbox.messages();

    assert_eq!(
        mails
            .iter()
            .map(|mail| (mail.id, mail.subject.as_str()))
            .collect::<Vec<_>>(),
        [(1, "one"), (2, "two")]
    );
    assert_eq!(mails[0].from, "portal@example.org");
    assert_eq!(mails[0].to, ["ada@example.org"]);
    assert_eq!(mails[0].text, "first\r\n");
}

#[tokio::test]
async fn a_line_that_begins_with_a_dot_keeps_its_dot() {
    let mailbox = with(&[("ada@example.org", "Subject: dots\r\n\r\n..hidden")]).await;

    assert_eq!(mailbox.messages()[0].text, ".hidden\r\n");
}

#[tokio::test]
async fn waiting_ends_when_the_email_comes() {
    let mailbox = with(&[]).await;
    let mut client = Client::hello(&mailbox).await;

    let (found, sent) = tokio::join!(
        mailbox.wait_for(|mail| mail.subject == "two", PATIENCE),
        async {
            client.mail("ada@example.org", "Subject: one\r\n\r\n").await;
            client.mail("ada@example.org", "Subject: two\r\n\r\n").await
        }
    );

    assert!(sent.starts_with("250"), "{sent}");
    assert_eq!(found.unwrap().id, 2);
}

#[tokio::test]
async fn waiting_for_an_email_that_is_already_there_ends_at_once() {
    let mailbox = with(&[("ada@example.org", "Subject: one\r\n\r\n")]).await;

    assert!(
        mailbox
            .wait_for(|mail| mail.is_to("ada@example.org"), PATIENCE)
            .await
            .is_some()
    );
}

#[tokio::test]
async fn waiting_for_an_email_that_never_comes_ends_empty() {
    let mailbox = Mailbox::start(LOOPBACK).await.unwrap();

    assert_eq!(mailbox.wait_for(|_| true, Duration::ZERO).await, None);
}

#[tokio::test]
async fn a_refused_recipient_is_answered_with_550_and_the_others_are_served() {
    let mailbox = with(&[]).await;
    mailbox.refuse("Gone@example.org");
    let mut client = Client::hello(&mailbox).await;

    client.say("MAIL FROM:<portal@example.org>").await;
    let refused = client.say("RCPT TO:<gone@EXAMPLE.org>").await;
    client.say("RCPT TO:<ada@example.org>").await;
    client.say("DATA").await;
    client.send("Subject: one\r\n").await;
    let taken = client.say(".").await;

    assert!(refused.starts_with("550"), "{refused}");
    assert!(taken.starts_with("250"), "{taken}");
    assert_eq!(mailbox.messages()[0].to, ["ada@example.org"]);
}

#[tokio::test]
async fn a_server_that_is_down_answers_421_on_new_and_on_open_connections() {
    let mailbox = with(&[]).await;
    let mut open = Client::hello(&mailbox).await;

    mailbox.set_down(true);
    let on_open = open.say("MAIL FROM:<portal@example.org>").await;
    let after = open.answer().await;
    let (_, greeting) = Client::connect(&mailbox).await;
    mailbox.set_down(false);
    let mut back = Client::hello(&mailbox).await;
    let again = back.mail("ada@example.org", "Subject: back\r\n\r\n").await;

    assert!(on_open.starts_with("421"), "{on_open}");
    assert_eq!(after, "", "the server hangs up");
    assert!(greeting.starts_with("421"), "{greeting}");
    assert!(again.starts_with("250"), "{again}");
}

#[tokio::test]
async fn a_message_that_is_too_big_is_refused_at_its_end() {
    let mailbox = with(&[]).await;
    let mut client = Client::hello(&mailbox).await;
    let big = format!(
        "Subject: big\r\n\r\n{}",
        format!("{}\r\n", "x".repeat(998)).repeat(27_000)
    );

    let answer = client.mail("ada@example.org", &big).await;

    assert!(answer.starts_with("552"), "{answer}");
    assert!(mailbox.messages().is_empty());
}

#[tokio::test]
async fn mail_out_of_order_is_refused() {
    let mailbox = with(&[]).await;
    let (mut client, _) = Client::connect(&mailbox).await;

    assert!(client.say("DATA").await.starts_with("503"));
    assert!(client.say("NONSENSE").await.starts_with("500"));
}

#[tokio::test]
async fn the_server_stops_with_its_last_handle() {
    let mailbox = with(&[]).await;
    let mut client = Client::hello(&mailbox).await;
    let copy = mailbox.clone();

    drop(mailbox);
    assert!(client.say("NOOP").await.starts_with("250"));
    drop(copy);

    assert_eq!(client.answer().await, "", "the server hangs up");
}
