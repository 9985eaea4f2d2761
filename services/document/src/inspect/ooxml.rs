//! Word, Excel and PowerPoint files since 2007: ZIP archives of parts, found by their content types and relationships.

use std::io::{self, Read, Seek, Write};

use zip::ZipArchive;

use super::archive::{Directory, MOST_UNPACKED};
use super::package::{self, Content};
use super::sniff::{self, Guess};
use super::source::Source;
use super::{FileType, Flaw, HEAD, Refusal, ole};

/// A chart's workbook may stand in a slide deck that stands in a document; nobody nests deeper.
const DEEPEST: u32 = 3;
/// More than any list of content types or relationships.
const LONGEST_LIST: u64 = 4 * 1024 * 1024;
/// An embedded file is held in memory up to this size, and in a temporary file beyond it.
const IN_MEMORY: usize = 256 * 1024;

/// Says which of Office's types the archive is.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    let mut budget = MOST_UNPACKED;
    within(source, &mut budget, 0)
}

fn within<R: Read + Seek>(
    source: &mut Source<R>,
    budget: &mut u64,
    depth: u32,
) -> Result<FileType, Flaw> {
    if begins_as_open_document(source)? {
        return Err(Refusal::OpenDocument.into());
    }
    let directory = Directory::read(source)?;
    if directory.find("[Content_Types].xml").is_none() {
        let manifest = directory
            .find("META-INF/manifest.xml")
            .and(directory.find("content.xml"));
        let refusal = if manifest.is_some() {
            Refusal::OpenDocument
        } else {
            Refusal::Compressed
        };
        return Err(refusal.into());
    }
    if directory
        .entries
        .iter()
        .any(super::archive::Entry::is_encrypted)
    {
        return Err(Refusal::PasswordProtected.into());
    }
    directory.check(source)?;

    let content = unpack(source, &directory, budget, depth)?;
    package::kind(&content, |part| directory.find(part).is_some()).map_err(Flaw::from)
}

/// OpenDocument files begin with an uncompressed part that names their type.
fn begins_as_open_document<R: Read + Seek>(source: &mut Source<R>) -> Result<bool, Flaw> {
    let head = source.head(256)?;
    Ok(head
        .get(30..)
        .is_some_and(|rest| rest.starts_with(b"mimetype"))
        && sniff::contains(&head, b"application/vnd.oasis.opendocument"))
}

/// Unpacks every part once: sizes and checksums must be true, and what is inside must be harmless.
fn unpack<R: Read + Seek>(
    source: &mut Source<R>,
    directory: &Directory,
    budget: &mut u64,
    depth: u32,
) -> Result<Content, Flaw> {
    let mut archive = ZipArchive::new(source).map_err(io::Error::from)?;
    if archive.len() != directory.entries.len() {
        return Err(Refusal::NotItsType.into());
    }

    let mut content = Content::default();
    for (index, entry) in directory.entries.iter().enumerate() {
        let mut part = archive.by_index(index).map_err(io::Error::from)?;
        let mut head = Vec::with_capacity(HEAD);
        part.by_ref().take(HEAD as u64).read_to_end(&mut head)?;

        let size = match inside(&head, &entry.name)? {
            Inside::Data => {
                let list = content.list_for(&entry.name);
                let mut whole = head.as_slice().chain(part);
                let kept = match list {
                    Some(list) => whole.by_ref().take(LONGEST_LIST).read_to_end(list)? as u64,
                    None => 0,
                };
                spend(budget, kept + drain(&mut whole, &mut io::sink(), *budget)?)?
            }
            Inside::File(guess) => {
                let mut copy = tempfile::SpooledTempFile::new(IN_MEMORY);
                let size = drain(&mut head.as_slice().chain(part), &mut copy, *budget)?;
                // Spent before the look inside, so that the parts in there find less left.
                spend(budget, size)?;
                embedded(&mut Source::new(copy)?, guess, budget, depth)?;
                size
            }
        };
        if size != entry.unpacked {
            return Err(Refusal::Unreadable.into());
        }
    }
    Ok(content)
}

fn spend(budget: &mut u64, size: u64) -> Result<u64, Refusal> {
    *budget = budget.checked_sub(size).ok_or(Refusal::Unreadable)?;
    Ok(size)
}

/// Copies the rest of a part and counts it, but never more than is left.
fn drain(from: &mut impl Read, to: &mut impl Write, budget: u64) -> Result<u64, Flaw> {
    let copied = io::copy(&mut from.take(budget.saturating_add(1)), to)?;
    if copied > budget {
        return Err(Refusal::Unreadable.into());
    }
    Ok(copied)
}

/// What a part of an Office file is.
enum Inside {
    /// XML, a picture, a font: nothing to look into.
    Data,
    /// Another file.
    File(Guess),
}

fn inside(head: &[u8], name: &str) -> Result<Inside, Refusal> {
    // Office compresses metafiles by themselves, and names them so.
    let lower = name.to_ascii_lowercase();
    let metafile = [".emz", ".wmz"].iter().any(|known| lower.ends_with(known));
    match sniff::guess(head) {
        Guess::Program => Err(Refusal::Program),
        Guess::Archive if metafile => Ok(Inside::Data),
        Guess::Archive => Err(Refusal::Compressed),
        guess @ (Guess::Zip | Guess::Ole) => Ok(Inside::File(guess)),
        _ => Ok(Inside::Data),
    }
}

/// An embedded file must be one that could have been uploaded by itself, or an object of Office's.
fn embedded<R: Read + Seek>(
    source: &mut Source<R>,
    guess: Guess,
    budget: &mut u64,
    depth: u32,
) -> Result<(), Flaw> {
    match guess {
        Guess::Zip if depth == DEEPEST => Err(Refusal::Compressed.into()),
        Guess::Zip => within(source, budget, depth + 1).map(drop),
        _ => ole::check_embedded(source),
    }
}
