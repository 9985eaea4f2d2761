//! Word, Excel and PowerPoint files since 2007: ZIP archives of parts, found by their content types and relationships.

use std::io::{self, Read, Seek};

use zip::ZipArchive;

use super::archive::Directory;
use super::carried::{self, Allowance};
use super::package::{self, Content};
use super::prolog::{self, Prolog};
use super::source::Source;
use super::{FileType, Flaw, HEAD, Refusal, sniff};

/// Says which of Office's types the archive is.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
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

    let content = unpack(source, &directory, allowance)?;
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
    allowance: &mut Allowance,
) -> Result<Content, Flaw> {
    let mut archive = ZipArchive::new(source).map_err(io::Error::from)?;
    if archive.len() != directory.entries.len() {
        return Err(Refusal::NotItsType.into());
    }

    let mut content = Content::default();
    for (index, entry) in directory.entries.iter().enumerate() {
        let mut part = archive.by_index(index).map_err(io::Error::from)?;
        let opening = opening(&mut part)?;
        content.note_opening(&entry.name, &opening);
        let mut whole = opening.as_slice().chain(part);
        let kept = content.read(&entry.name, &mut whole)?;
        allowance.spend(kept)?;
        // A list is XML, and nothing of it is left.
        let size = kept + carried::check(whole, &entry.name, allowance)?;
        if size != entry.unpacked {
            return Err(Refusal::Unreadable.into());
        }
    }
    Ok(content)
}

/// The beginning of a part: as much as it takes to see how its XML begins, if it is that.
fn opening(part: &mut impl Read) -> Result<Vec<u8>, Flaw> {
    let mut opening = Vec::with_capacity(HEAD);
    for most in [HEAD, prolog::LONGEST] {
        let more = (most - opening.len()) as u64;
        part.by_ref().take(more).read_to_end(&mut opening)?;
        if prolog::of(&opening) != Prolog::Unfinished {
            break;
        }
    }
    Ok(opening)
}
