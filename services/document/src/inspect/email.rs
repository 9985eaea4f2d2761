//! Emails as files: a header of fields, an empty line, and parts of which some are other files.
//!
//! The names and parameters of a part are read by the library of mail servers. What stands between the headers is split and decoded here, line
//! by line: the library wants the whole email in memory, and every part of it decoded besides.

use std::io::{BufRead, BufReader, Read, Seek};

use super::carried::{self, Allowance};
use super::source::Source;
use super::{FileType, Flaw, Refusal, sniff};

mod content;
mod header;
mod uuencoded;

use content::Content;
use header::{Encoding, Header};
use uuencoded::Uuencoded;

/// A line that is longer is read in pieces: nothing that matters here is.
const LONGEST_LINE: u64 = 64 * 1024;
/// Emails that are forwarded again and again have dozens of parts; a boundary is looked for in every line.
const MOST_BOUNDARIES: usize = 100;

/// Says that the file is an email, and refuses one that carries what would be refused by itself.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<FileType, Flaw> {
    source.go_to(0)?;
    let mut reader = BufReader::new(source);
    let header = Header::read(&mut reader, true)?;
    if !header.is_known || sniff::guess(reader.fill_buf()?) == sniff::Guess::Pdf {
        return Err(Refusal::NotItsType.into());
    }
    Body::new(reader, allowance).check(header)?;
    Ok(FileType::Email)
}

/// Refuses a forwarded email for what it carries. Whether it has the header of one is its sender's matter.
pub(super) fn check_carried<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<(), Flaw> {
    source.go_to(0)?;
    let mut reader = BufReader::new(source);
    let header = Header::read(&mut reader, false)?;
    Body::new(reader, allowance).check(header)
}

/// Everything behind the first header.
struct Body<'a, R> {
    reader: R,
    /// Of all parts so far: a part that is never closed ends with one around it.
    boundaries: Vec<Vec<u8>>,
    allowance: &'a mut Allowance,
}

impl<'a, R: BufRead> Body<'a, R> {
    fn new(reader: R, allowance: &'a mut Allowance) -> Self {
        Self {
            reader,
            boundaries: Vec::new(),
            allowance,
        }
    }

    fn check(&mut self, mut header: Header) -> Result<(), Flaw> {
        loop {
            self.boundaries.append(&mut header.boundaries);
            if self.boundaries.len() > MOST_BOUNDARIES {
                return Err(Refusal::Unreadable.into());
            }
            // A forwarded email begins where the part's header ends, unless it is encoded, which some programs do.
            if header.is_message && header.encoding() == Encoding::Plain {
                header = Header::read(&mut self.reader, false)?;
                continue;
            }
            if !self.check_part(&header)? {
                return Ok(());
            }
            header = Header::read(&mut self.reader, false)?;
        }
    }

    /// Reads a part to the next boundary; `false` at the end of the file.
    fn check_part(&mut self, header: &Header) -> Result<bool, Flaw> {
        // What a mail program shows as the text of the email is no file, but may have files in it in the way of old.
        let is_file = !header.is_text || header.encoding() == Encoding::Base64;
        let mut content = Content::new(header.encoding());
        let mut uuencoded = Uuencoded::default();
        let mut decoded = Vec::new();
        let mut line = Vec::new();
        let mut begins_line = true;
        let goes_on = loop {
            line.clear();
            let read = self
                .reader
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut line)?;
            if read == 0 {
                break false;
            }
            // Attachments are encoded as text: a zero byte stands in no email.
            if line.contains(&0) {
                return Err(Refusal::NotItsType.into());
            }
            if begins_line && self.is_boundary(&line) {
                break true;
            }
            decoded.clear();
            content.decode(&line, &mut decoded);
            uuencoded.take(&decoded, self.allowance)?;
            if is_file {
                content.keep(&decoded)?;
            }
            begins_line = line.ends_with(b"\n");
        };
        decoded.clear();
        content.finish(&mut decoded);
        uuencoded.take(&decoded, self.allowance)?;
        uuencoded.finish(self.allowance)?;
        if is_file {
            content.keep(&decoded)?;
        }
        let mut kept = content.kept()?;
        for name in &header.names {
            carried::refuse_program(name)?;
        }
        let name = header.names.last().map_or("", String::as_str);
        if header.is_message {
            carried::check_forwarded(kept, self.allowance)?;
        } else if is_file {
            carried::check(&mut kept, name, self.allowance)?;
        }
        Ok(goes_on)
    }

    fn is_boundary(&self, line: &[u8]) -> bool {
        line.strip_prefix(b"--").is_some_and(|rest| {
            self.boundaries
                .iter()
                .any(|boundary| rest.starts_with(boundary))
        })
    }
}
