//! Files that stand in other files: the parts and objects of an Office file, the attachments of an email.
//!
//! A file must not carry what would be refused by itself for what it is: archives, programs, macros, passwords,
//! OpenDocument. What it may carry besides is anybody's own matter: calendars, signatures, fonts.

use std::io::{self, Read, Seek, Write};

use super::archive::MOST_UNPACKED;
use super::sniff::{self, Guess};
use super::source::Source;
use super::{Flaw, HEAD, Refusal, email, file_type, ole, ooxml, pdf, tnef};

/// A chart's workbook may stand in a slide deck that stands in a document that hangs on an email; nobody nests deeper.
const DEEPEST: u32 = 4;
/// A carried file is held in memory up to this size, and in a temporary file beyond it.
const IN_MEMORY: usize = 256 * 1024;

/// How much more may be unpacked from one upload, and how much deeper.
pub(super) struct Allowance {
    bytes: u64,
    depth: u32,
    is_over: bool,
}

impl Allowance {
    /// What every upload begins with.
    pub fn new() -> Self {
        Self {
            bytes: MOST_UNPACKED,
            depth: DEEPEST,
            is_over: false,
        }
    }

    /// What is over stays so: nothing more is unpacked from the upload.
    pub fn spend(&mut self, size: u64) -> Result<(), Refusal> {
        let left = self.bytes.checked_sub(size).filter(|_| !self.is_over);
        self.is_over = left.is_none();
        self.bytes = left.ok_or(Refusal::Unreadable)?;
        Ok(())
    }

    /// How much more may be unpacked.
    pub fn left(&self) -> u64 {
        self.bytes
    }

    /// Whether more was to be unpacked than may be.
    pub fn is_spent(&self) -> bool {
        self.is_over
    }

    /// Copies to the end and counts it, but never more than is left.
    pub fn copy(&mut self, from: impl Read, to: &mut impl Write) -> Result<u64, Flaw> {
        let copied = io::copy(&mut from.take(self.bytes.saturating_add(1)), to)?;
        self.spend(copied)?;
        Ok(copied)
    }

    fn deeper(&mut self, look: impl FnOnce(&mut Self) -> Result<(), Flaw>) -> Result<(), Flaw> {
        self.depth = self.depth.checked_sub(1).ok_or(Refusal::Compressed)?;
        let looked = look(self);
        self.depth += 1;
        looked
    }
}

/// Refuses what runs when it is opened, by its name.
pub(super) fn refuse_program(name: &str) -> Result<(), Refusal> {
    if file_type::runs(&file_type::extension(name)) {
        return Err(Refusal::Program);
    }
    Ok(())
}

/// Like [`check`], for what comes with a name that says how it is opened.
pub(super) fn check_attachment(
    content: impl Read,
    name: &str,
    allowance: &mut Allowance,
) -> Result<u64, Flaw> {
    refuse_program(name)?;
    check(content, name, allowance)
}

/// Refuses an email that came encoded in another one for what it carries.
pub(super) fn check_forwarded(
    content: impl Read + Seek,
    allowance: &mut Allowance,
) -> Result<(), Flaw> {
    let mut source = Source::new(content)?;
    allowance.spend(source.len())?;
    allowance.deeper(|allowance| email::check_carried(&mut source, allowance))
}

/// Reads a carried file to its end, says how long it is, and refuses what must not be carried.
pub(super) fn check(
    mut content: impl Read,
    name: &str,
    allowance: &mut Allowance,
) -> Result<u64, Flaw> {
    let mut head = Vec::with_capacity(HEAD);
    content.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let whole = head.as_slice().chain(content);
    let Some(guess) = worth_a_look(&head, name)? else {
        return allowance.copy(whole, &mut io::sink());
    };
    let mut copy = tempfile::SpooledTempFile::new(IN_MEMORY);
    // Counted before the look inside, so that the files in there find less left.
    let size = allowance.copy(whole, &mut copy)?;
    allowance.deeper(|allowance| look_into(&mut Source::new(copy)?, guess, allowance))?;
    Ok(size)
}

/// What it is that has to be looked into; nothing for data, such as XML, pictures and fonts.
fn worth_a_look(head: &[u8], name: &str) -> Result<Option<Guess>, Refusal> {
    let extension = file_type::extension(name);
    // Office compresses metafiles by themselves, and names them so.
    let is_metafile = matches!(extension.as_str(), "emz" | "wmz");
    match sniff::guess(head) {
        Guess::Program => Err(Refusal::Program),
        Guess::Archive if is_metafile => Ok(None),
        Guess::Archive => Err(Refusal::Compressed),
        guess @ (Guess::Zip | Guess::Ole | Guess::Pdf | Guess::Tnef) => Ok(Some(guess)),
        // Emails have no mark: they are opened by their name.
        Guess::Unknown if extension == "eml" => Ok(Some(Guess::Unknown)),
        _ => Ok(None),
    }
}

fn look_into<R: Read + Seek>(
    source: &mut Source<R>,
    guess: Guess,
    allowance: &mut Allowance,
) -> Result<(), Flaw> {
    match guess {
        Guess::Zip => ooxml::check(source, allowance).map(drop),
        // Readers open a PDF that is damaged: that harms nothing here, unless it is what no more can be unpacked from.
        Guess::Pdf => match pdf::check(source, allowance) {
            Err(Flaw::Refused(Refusal::Unreadable)) if !allowance.is_spent() => Ok(()),
            looked => looked.map(drop),
        },
        Guess::Tnef => tnef::check(source, allowance),
        Guess::Unknown => email::check_carried(source, allowance),
        _ => ole::check_carried(source, allowance),
    }
}
