//! Says what a file is, from its structure and not its name, and refuses what the portal does not take (DO-2).
//!
//! Everything here is a pure function over something that can be read and sought. No more of a file than a small
//! buffer is held at a time, and nothing is unpacked before its limits have been checked.
//!
//! There is no process of its own around a look. What one would limit is limited here, where every machine refuses the
//! same files: memory by what is kept of each structure (a test counts what is allocated), time by how often a file may
//! be read over ([`source`]) and how much may come out of it ([`carried::Allowance`]), and the network by there being
//! nothing that resolves an entity, a template or a link. A panic ends the look and not the service, and only a few
//! files are looked into at once ([`crate::app`]).

mod archive;
mod carried;
mod email;
mod file_type;
mod image;
mod isomedia;
mod jpeg;
mod legacy;
mod media;
mod ole;
mod ooxml;
mod package;
mod pdf;
mod pdf_search;
mod pdf_stream;
mod pdf_streams;
mod pdf_syntax;
mod pdf_xref;
mod prolog;
mod refusal;
mod sniff;
mod source;
mod text;
mod tnef;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::io::{Read, Seek};

use archive::Behind;
use carried::Allowance;
pub use file_type::FileType;
pub use refusal::{Flaw, Refusal};
use sniff::Guess;
use source::Source;

/// How much of a file's beginning is looked at for a first guess.
const HEAD: usize = 4096;

/// Says what `content` is, when it is something that the portal takes and that `name` owns up to.
pub fn inspect(content: impl Read + Seek, name: &str) -> Result<FileType, Flaw> {
    let mut source = Source::new(content)?;
    if source.is_empty() {
        return Err(Refusal::Empty.into());
    }

    let extension = file_type::extension(name);
    let head = source.head(HEAD)?;
    let mut allowance = Allowance::new();
    let found = match sniff::guess(&head) {
        Guess::Program => return Err(Refusal::Program.into()),
        Guess::Archive => return Err(Refusal::Compressed.into()),
        Guess::Zip => ooxml::check(&mut source, &mut allowance)?,
        Guess::Ole => ole::check(&mut source, &mut allowance)?,
        Guess::Pdf => pdf::check(&mut source, &mut allowance)?,
        Guess::Jpeg => jpeg::check(&mut source)?,
        Guess::Png => image::png(&mut source)?,
        Guess::Gif => image::gif(&mut source)?,
        Guess::Tiff => image::tiff(&mut source)?,
        Guess::Bmp => image::bmp(&mut source)?,
        Guess::Riff => media::riff(&mut source)?,
        Guess::Ebml => media::ebml(&mut source)?,
        Guess::Ogg => media::ogg(&mut source)?,
        Guess::Mp3 => media::mp3(&mut source)?,
        Guess::IsoMedia => isomedia::check(&mut source)?,
        // Only an email brings one; by itself nobody could open it.
        Guess::Tnef => return Err(file_type::misnamed(&extension).into()),
        Guess::Unknown => unmarked(&mut source, &extension, &mut allowance)?,
    };

    refuse_a_second_face(&mut source, &head, found)?;
    agree(found, &extension)?;
    Ok(found)
}

/// A file that begins like nothing in particular: text and email are told apart by what they are called.
fn unmarked<R: Read + Seek>(
    source: &mut Source<R>,
    extension: &str,
    allowance: &mut Allowance,
) -> Result<FileType, Flaw> {
    match extension {
        "eml" => email::check(source, allowance),
        "txt" => text::check(source).map(|()| FileType::PlainText),
        "csv" => text::check(source).map(|()| FileType::Csv),
        "fodt" | "fods" | "fodp" | "fodg" => Err(Refusal::OpenDocument.into()),
        _ => Err(file_type::misnamed(extension).into()),
    }
}

/// Refuses a file that some programs would read as something else than we did.
fn refuse_a_second_face<R: Read + Seek>(
    source: &mut Source<R>,
    head: &[u8],
    found: FileType,
) -> Result<(), Flaw> {
    let opening = &head[..head.len().min(1024)];
    // PDF readers look for the header anywhere in the first kilobyte. A text that merely mentions it is no PDF.
    let hides_pdf = !matches!(found, FileType::Pdf | FileType::PlainText | FileType::Csv)
        && sniff::contains(opening, b"%PDF-");
    // Old browsers take such a file for a page, whatever it says it is.
    let hides_page = (found == FileType::Pdf || found.is_image()) && sniff::reads_as_page(opening);
    // Archives are read from their end, so that one may stand behind anything.
    let hides_archive = match found {
        FileType::Word | FileType::Excel | FileType::PowerPoint => false,
        // Their sectors hold attachments as they are, and those may well be Office files.
        FileType::Word97
        | FileType::Excel97
        | FileType::PowerPoint97
        | FileType::OutlookMessage => archive::ends_as_one(source, Behind::Comment)?,
        _ => archive::ends_as_one(source, Behind::Anything)?,
    };

    if hides_pdf || hides_page || hides_archive {
        return Err(Refusal::NotItsType.into());
    }
    Ok(())
}

/// Refuses a file that is called something else than what it is.
fn agree(found: FileType, extension: &str) -> Result<(), Refusal> {
    if found.extensions().contains(&extension) {
        Ok(())
    } else {
        Err(file_type::misnamed(extension))
    }
}
