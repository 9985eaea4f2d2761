//! One received email, read the way a mail program reads it.

use mail_parser::MessageParser;
use serde::Serialize;

/// An email as it was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Counts up from 1 in the order of arrival.
    pub id: u64,
    /// The sender that the client named in `MAIL FROM`.
    pub from: String,
    /// The recipients that the server took in `RCPT TO`, which is not always what the headers say.
    pub to: Vec<String>,
    /// The decoded subject; empty when there is none.
    pub subject: String,
    /// The `Message-ID` without its angle brackets; empty when there is none.
    pub message_id: String,
    /// The plain text; made from the HTML when the email has only that.
    pub text: String,
    /// The HTML alternative.
    pub html: Option<String>,
    /// The headers' names and values as they were sent, in order, unfolded.
    pub headers: Vec<(String, String)>,
}

impl Mail {
    /// The value of the first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// True when the server took the email for this address.
    #[must_use]
    pub fn is_to(&self, address: &str) -> bool {
        self.to.iter().any(|to| to.eq_ignore_ascii_case(address))
    }

    /// Reads what followed `DATA`; `None` when it is no email at all.
    pub(crate) fn read(id: u64, from: String, to: Vec<String>, data: &[u8]) -> Option<Self> {
        let message = MessageParser::default().parse(data)?;
        let html = message
            .html_bodies()
            .find(|part| part.is_text_html())
            .and_then(|part| part.text_contents());
        Some(Self {
            id,
            from,
            to,
            subject: message.subject().unwrap_or_default().to_owned(),
            message_id: message.message_id().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: html.map(str::to_owned),
            headers: message
                .headers_raw()
                .map(|(name, value)| (name.to_owned(), unfold(value)))
                .collect(),
        })
    }
}

/// A long header goes over several lines, each after the first indented.
fn unfold(value: &str) -> String {
    value.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data: &str) -> Mail {
        Mail::read(
            1,
            "portal@example.org".into(),
            vec!["Ada@example.org".into()],
            data.as_bytes(),
        )
        .unwrap()
    }

    #[test]
    fn encoded_words_and_folded_headers_are_decoded() {
        let mail = read(
            "Subject: =?utf-8?B?TmV3IHRhc2sg4oCTIGR1ZQ==?=\r\nX-Long: one\r\n two\r\nMessage-ID: <a@b>\r\n\r\nHello\r\n",
        );

        assert_eq!(mail.subject, "New task – due");
        assert_eq!(mail.header("x-long"), Some("one two"));
        assert_eq!(mail.message_id, "a@b");
        assert_eq!(mail.text, "Hello\r\n");
        assert_eq!(mail.html, None);
    }

    #[test]
    fn both_alternatives_are_kept() {
        let mail = read(
            "Content-Type: multipart/alternative; boundary=x\r\n\r\n\
             --x\r\nContent-Type: text/plain\r\n\r\nplain\r\n\
             --x\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--x--\r\n",
        );

        assert_eq!(mail.text.trim(), "plain");
        assert_eq!(mail.html.as_deref().map(str::trim), Some("<p>rich</p>"));
    }

    #[test]
    fn recipients_are_compared_without_case() {
        let mail = read("Subject: x\r\n\r\n");

        assert!(mail.is_to("ada@EXAMPLE.org"));
        assert!(!mail.is_to("bob@example.org"));
    }
}
