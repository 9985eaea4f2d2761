//! Emails as files: a header of fields, an empty line, and parts of which some are other files.

use std::io::{BufRead, BufReader, Read, Seek, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::carried::{self, Allowance};
use super::source::Source;
use super::{FileType, Flaw, Refusal, sniff};

mod header;

use header::Header;

/// A line that is longer is read in pieces: nothing that matters here is.
const LONGEST_LINE: u64 = 64 * 1024;
/// Emails that are forwarded again and again have dozens of parts; a boundary is looked for in every line.
const MOST_BOUNDARIES: usize = 100;
/// An attachment is held in memory up to this size, and in a temporary file beyond it.
const IN_MEMORY: usize = 256 * 1024;

/// Says that the file is an email, and refuses one that carries what would be refused by itself.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<FileType, Flaw> {
    source.go_to(0)?;
    let mut reader = BufReader::new(source);
    let header = Header::read(&mut reader, true)?;
    if !header.is_known {
        return Err(Refusal::NotItsType.into());
    }
    let mut body = Body {
        reader,
        boundaries: Vec::new(),
        allowance,
    };
    body.check(header)?;
    Ok(FileType::Email)
}

/// Everything behind the first header.
struct Body<'a, R> {
    reader: R,
    /// Of all parts so far: a part that is never closed ends with one around it.
    boundaries: Vec<Vec<u8>>,
    allowance: &'a mut Allowance,
}

impl<R: BufRead> Body<'_, R> {
    fn check(&mut self, mut header: Header) -> Result<(), Flaw> {
        if sniff::guess(self.reader.fill_buf()?) == sniff::Guess::Pdf {
            return Err(Refusal::NotItsType.into());
        }
        loop {
            if let Some(boundary) = header.boundary.take() {
                if self.boundaries.len() == MOST_BOUNDARIES {
                    return Err(Refusal::Unreadable.into());
                }
                self.boundaries.push(boundary);
            }
            // A forwarded email begins where the part's header ends.
            if header.is_message {
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
        let mut content = Content::default();
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
            if header.is_base64 {
                content.add(&line)?;
            }
            begins_line = line.ends_with(b"\n");
        };
        if header.is_base64 {
            carried::check_attachment(content.decoded()?, &header.name, self.allowance)?;
        } else if !header.name.is_empty() {
            // Text that is called a program is one: scripts are sent as they are.
            carried::check_attachment(std::io::empty(), &header.name, self.allowance)?;
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

/// An attachment while it is decoded.
struct Content {
    file: tempfile::SpooledTempFile,
    /// Letters that are not four yet.
    letters: Vec<u8>,
}

impl Default for Content {
    fn default() -> Self {
        Self {
            file: tempfile::SpooledTempFile::new(IN_MEMORY),
            letters: Vec::new(),
        }
    }
}

impl Content {
    /// Takes in a line. What is not of the alphabet is skipped, as mail programs do.
    fn add(&mut self, line: &[u8]) -> Result<(), Flaw> {
        let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        self.letters.extend(line.iter().copied().filter(letter));
        let whole = self.letters.len() / 4 * 4;
        self.write(whole)
    }

    fn write(&mut self, letters: usize) -> Result<(), Flaw> {
        // The last group's unused bits may be anything; nobody cares.
        if let Ok(bytes) = STANDARD_NO_PAD.decode(&self.letters[..letters]) {
            self.file.write_all(&bytes)?;
        }
        self.letters.drain(..letters);
        Ok(())
    }

    /// What was decoded, from its beginning.
    fn decoded(mut self) -> Result<tempfile::SpooledTempFile, Flaw> {
        self.write(self.letters.len())?;
        std::io::Seek::rewind(&mut self.file)?;
        Ok(self.file)
    }
}
