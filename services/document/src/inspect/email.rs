//! Emails as files: a header of fields, an empty line, and whatever follows it.

use std::io::{BufRead, BufReader, Read, Seek};

use super::source::Source;
use super::{FileType, Flaw, Refusal, sniff};

/// Headers with a hundred relays and signatures stay far below.
const LONGEST_HEADER: u64 = 512 * 1024;
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

/// Says that the file is an email.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    source.go_to(0)?;
    let mut reader = BufReader::new(source);
    let mut left = LONGEST_HEADER;
    let mut is_known = false;
    let mut count = 0;
    loop {
        let mut line = Vec::new();
        let length = reader.by_ref().take(left).read_until(b'\n', &mut line)? as u64;
        left -= length;
        let line = line.trim_ascii_end();
        let line = if count == 0 {
            line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
        } else {
            line
        };
        match line.first() {
            None if count == 0 && length > 0 => continue,
            None => break,
            Some(b' ' | b'\t') if count > 0 => {}
            // Mail programs of old put the envelope first.
            Some(_) if count == 0 && line.starts_with(b"From ") => {}
            Some(_) => is_known |= is_known_field(line)?,
        }
        count += 1;
    }
    if left == 0 || !is_known {
        return Err(Refusal::NotItsType.into());
    }
    check_body(&mut reader)?;
    Ok(FileType::Email)
}

/// Whether the field is one that emails have. What is no field at all is refused.
fn is_known_field(line: &[u8]) -> Result<bool, Refusal> {
    let colon = line
        .iter()
        .position(|byte| *byte == b':')
        .ok_or(Refusal::NotItsType)?;
    let name = line[..colon].trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return Err(Refusal::NotItsType);
    }
    Ok(KNOWN
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes())))
}

/// Attachments are encoded as text: a zero byte stands in no email, and neither does another file's beginning.
fn check_body(reader: &mut impl BufRead) -> Result<(), Flaw> {
    let mut is_first = true;
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok(());
        }
        if chunk.contains(&0) || (is_first && sniff::guess(chunk) == sniff::Guess::Pdf) {
            return Err(Refusal::NotItsType.into());
        }
        is_first = false;
        let length = chunk.len();
        reader.consume(length);
    }
}
