//! The header of an email or of one of its parts.

use std::io::{BufRead, Read as _};

use mail_parser::parsers::MessageStream;
use mail_parser::{Attribute, HeaderValue};

use super::super::{Flaw, Refusal};

/// Headers with a hundred relays and signatures stay far below.
const LONGEST: u64 = 512 * 1024;
/// Any email has one of these; an invented header of some other thing does not.
const KNOWN: [&str; 8] = [
    "from",
    "to",
    "date",
    "subject",
    "received",
    "message-id",
    "return-path",
    "sender",
];

/// How a content is made text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// It is not, or as the text itself says.
    #[default]
    Plain,
    Base64,
    QuotedPrintable,
}

/// What a header says of the content behind it.
pub(super) struct Header {
    /// Whether one of its fields is of those that emails have.
    pub is_known: bool,
    /// How the content is made text, once that was said.
    encoding: Option<Encoding>,
    /// Whether the content is another email.
    pub is_message: bool,
    /// Whether a mail program shows the content as text of the email itself, or splits it into parts.
    pub is_text: bool,
    /// What separates the parts of the content.
    pub boundaries: Vec<Vec<u8>>,
    /// What the content is called as a file, by everything that says so.
    pub names: Vec<String>,
}

impl Header {
    /// Reads to the empty line. The first header of a file has to be nothing but fields; those of parts are read as
    /// far as they go.
    pub fn read(reader: &mut impl BufRead, is_first: bool) -> Result<Self, Flaw> {
        let mut header = Self {
            is_known: false,
            encoding: None,
            is_message: false,
            is_text: true,
            boundaries: Vec::new(),
            names: Vec::new(),
        };
        let mut left = LONGEST;
        let mut field = Vec::new();
        let mut count = 0;
        loop {
            let mut line = Vec::new();
            let length = reader.by_ref().take(left).read_until(b'\n', &mut line)? as u64;
            left -= length;
            let mut line = line.trim_ascii_end();
            if is_first && count == 0 {
                line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
            }
            match line.first() {
                None if is_first && count == 0 && length > 0 => continue,
                None => break,
                Some(b' ' | b'\t') if count > 0 => field.extend_from_slice(line),
                // Mail programs of old put the envelope first.
                Some(_) if count == 0 && line.starts_with(b"From ") => {}
                Some(_) => {
                    header.take(&field, is_first)?;
                    field = line.to_vec();
                }
            }
            count += 1;
        }
        header.take(&field, is_first)?;
        if left == 0 {
            return Err(Refusal::NotItsType.into());
        }
        Ok(header)
    }

    /// How the content is made text.
    pub fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or_default()
    }

    fn take(&mut self, field: &[u8], is_first: bool) -> Result<(), Refusal> {
        if field.is_empty() {
            return Ok(());
        }
        let split = field.iter().position(|byte| *byte == b':');
        let name = field[..split.unwrap_or(0)].trim_ascii_end();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return if is_first {
                Err(Refusal::NotItsType)
            } else {
                Ok(())
            };
        }
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let value = &field[split.unwrap_or(0) + 1..];
        self.is_known |= KNOWN.contains(&name.as_str());
        match name.as_str() {
            "content-transfer-encoding" => self.take_encoding(value)?,
            "content-type" => self.take_type(&parsed(value))?,
            "content-disposition" => self.take_disposition(&parsed(value)),
            _ => {}
        }
        Ok(())
    }

    /// Of two encodings one program takes the first, and the next one the last.
    fn take_encoding(&mut self, value: &[u8]) -> Result<(), Refusal> {
        let end = |byte: &u8| matches!(byte, b';' | b'(') || byte.is_ascii_whitespace();
        let value = value.trim_ascii();
        let word = value.split(end).next().unwrap_or_default();
        let encoding = match word.to_ascii_lowercase().as_slice() {
            b"base64" => Encoding::Base64,
            b"quoted-printable" => Encoding::QuotedPrintable,
            _ => Encoding::Plain,
        };
        match self.encoding.replace(encoding) {
            Some(before) if before != encoding => Err(Refusal::NotItsType),
            _ => Ok(()),
        }
    }

    fn take_type(&mut self, field: &HeaderValue<'_>) -> Result<(), Refusal> {
        let Some(field) = field.as_content_type() else {
            return Ok(());
        };
        let is = |subtype: &str| {
            field
                .subtype()
                .is_some_and(|it| it.eq_ignore_ascii_case(subtype))
        };
        // A piece of an email that came in several: a mail program puts together what nobody could look into here.
        if field.ctype() == "message" && is("partial") {
            return Err(Refusal::Unreadable);
        }
        self.is_message |= field.ctype() == "message" && (is("rfc822") || is("global"));
        self.is_text &= matches!(field.ctype(), "text" | "multipart");
        for Attribute { name, value } in field.attributes().unwrap_or_default() {
            match name.as_ref() {
                "boundary" => self.boundaries.push(value.trim_end().as_bytes().to_vec()),
                "name" => self.take_name(value),
                _ => {}
            }
        }
        self.boundaries.retain(|it| !it.is_empty());
        Ok(())
    }

    fn take_disposition(&mut self, field: &HeaderValue<'_>) {
        let Some(field) = field.as_content_type() else {
            return;
        };
        self.is_text &= !field.is_attachment();
        for Attribute { name, value } in field.attributes().unwrap_or_default() {
            if name == "filename" || name == "name" {
                self.take_name(value);
            }
        }
    }

    fn take_name(&mut self, name: &str) {
        self.is_text = false;
        self.names.push(decoded_words(name));
    }
}

/// A field's value and its parameters, decoded (RFC 2045, 2047 and 2231).
fn parsed(value: &[u8]) -> HeaderValue<'static> {
    // The library reads to the end of a line.
    let mut line = value.to_vec();
    line.push(b'\n');
    MessageStream::new(&line).parse_content_type().into_owned()
}

/// Decodes what the library leaves: encoded words in the middle of others, which the standard does not have and programs do read.
fn decoded_words(text: &str) -> String {
    let mut decoded = String::new();
    let mut rest = text;
    while let Some((before, word)) = rest.split_once("=?") {
        decoded.push_str(before);
        // The library begins behind the equals sign.
        let mut stream = MessageStream::new(&rest.as_bytes()[before.len() + 1..]);
        let (text, after) = match stream.decode_rfc2047() {
            Some(text) => (text, rest.get(before.len() + 1 + stream.offset()..)),
            None => ("=?".to_owned(), Some(word)),
        };
        decoded.push_str(&text);
        rest = after.unwrap_or_default();
    }
    decoded + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &str) -> Header {
        let text = format!("{fields}\r\n\r\nbody");
        Header::read(&mut text.as_bytes(), false).unwrap()
    }

    fn names(fields: &str) -> Vec<String> {
        read(fields).names
    }

    #[test]
    fn names_are_found_quoted_plain_and_in_pieces() {
        for (field, name) in [
            (r#"attachment; size=3; filename="a; b.zip""#, "a; b.zip"),
            ("attachment; FILENAME=a.js", "a.js"),
            (
                "attachment;\r\n filename*0=in;\r\n filename*1=voice.js",
                "invoice.js",
            ),
            (
                "attachment; filename*1=voice.js; filename*0=in",
                "invoice.js",
            ),
            ("attachment; filename*=utf-8''invoice%2Ejs", "invoice.js"),
            (
                "attachment; filename*0*=iso-8859-1'en'%A3; filename*1*=%2e; filename*2=js",
                "£.js",
            ),
            (
                r#"attachment; filename="=?utf-8?B?aW52b2ljZS5qcw==?=""#,
                "invoice.js",
            ),
            (
                "attachment; filename==?us-ascii?Q?invoice=2Ejs?=",
                "invoice.js",
            ),
            (
                r#"attachment; filename="invoice=?utf-8?Q?=2E?=js""#,
                "invoice.js",
            ),
            (r#"attachment; filename="what=?.js""#, "what=?.js"),
        ] {
            assert_eq!(
                names(&format!("Content-Disposition: {field}")),
                [name],
                "{field}"
            );
        }
    }

    #[test]
    fn every_name_counts_when_there_are_several() {
        let both = "Content-Type: text/plain; name=a.txt\r\nContent-Disposition: inline; filename=b.txt; filename*=''c.js";

        assert_eq!(names(both), ["a.txt", "b.txt", "c.js"]);
        assert!(names("Content-Type: text/plain; charset=utf-8").is_empty());
    }

    #[test]
    fn an_encoding_is_known_however_it_is_written_and_two_are_none() {
        let encoding =
            |value: &str| read(&format!("Content-Transfer-Encoding: {value}")).encoding();

        assert_eq!(encoding(" BASE64 (as always)"), Encoding::Base64);
        assert_eq!(encoding("Quoted-Printable;"), Encoding::QuotedPrintable);
        assert_eq!(encoding("x-uuencode"), Encoding::Plain);
        let two = "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        assert!(Header::read(&mut two.as_bytes(), false).is_err());
    }

    #[test]
    fn a_part_without_fields_is_read_and_an_email_without_them_is_not() {
        let text = &b"no field\r\n\r\nbody"[..];

        assert!(Header::read(&mut { text }, false).is_ok());
        assert!(Header::read(&mut { text }, true).is_err());
    }
}
