//! The header of an email or of one of its parts.

use std::io::{BufRead, Read as _};

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

/// What a header says of the content behind it.
#[derive(Default)]
pub(super) struct Header {
    /// Whether one of its fields is of those that emails have.
    pub is_known: bool,
    pub is_base64: bool,
    /// Whether the content is another email.
    pub is_message: bool,
    /// What separates the parts of the content.
    pub boundary: Option<Vec<u8>>,
    /// What the content is called as a file; empty without a name.
    pub name: String,
}

impl Header {
    /// Reads to the empty line. The first header of a file has to be nothing but fields; those of parts are read as
    /// far as they go.
    pub fn read(reader: &mut impl BufRead, is_first: bool) -> Result<Self, Flaw> {
        let mut header = Self::default();
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
        let value = String::from_utf8_lossy(&field[split.unwrap_or(0) + 1..]);
        self.is_known |= KNOWN.contains(&name.as_str());
        match name.as_str() {
            "content-transfer-encoding" => {
                self.is_base64 = value.trim().eq_ignore_ascii_case("base64");
            }
            "content-type" => {
                let kind = value.split(';').next().unwrap_or_default().trim();
                self.is_message = kind.eq_ignore_ascii_case("message/rfc822");
                self.boundary = Some(parameter(&value, "boundary").into_bytes())
                    .filter(|boundary| !boundary.is_empty());
                if self.name.is_empty() {
                    self.name = parameter(&value, "name");
                }
            }
            "content-disposition" => {
                let name = parameter(&value, "filename");
                if !name.is_empty() {
                    self.name = name;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A parameter of a field, put together when it is given in pieces (`name*0=`); empty without one.
fn parameter(value: &str, wanted: &str) -> String {
    let mut found = String::new();
    for (name, value) in parameters(value) {
        let plain = name.split('*').next().unwrap_or_default();
        if plain.eq_ignore_ascii_case(wanted) {
            found.push_str(&value);
        }
    }
    found
}

/// The parameters behind a field's value. A semicolon in quotes separates nothing.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let mut rest = value.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([';', ' ', '\t']).to_owned();
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(';').unwrap_or((after, "")),
        };
        parameters.push((name, value.trim().to_owned()));
        rest = next;
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_quoted_plain_and_in_pieces() {
        let value = r#" attachment; size=3; filename="a; b.zip""#;

        assert_eq!(parameter(value, "filename"), "a; b.zip");
        assert_eq!(parameter(value, "SIZE"), "3");
        assert_eq!(
            parameter("x; filename*0=in; filename*1=voice.js", "filename"),
            "invoice.js"
        );
        assert_eq!(parameter("multipart/mixed", "boundary"), "");
    }

    #[test]
    fn a_part_without_fields_is_read_and_an_email_without_them_is_not() {
        let text = &b"no field\r\n\r\nbody"[..];

        assert!(Header::read(&mut { text }, false).is_ok());
        assert!(Header::read(&mut { text }, true).is_err());
    }
}
