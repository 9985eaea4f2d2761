//! The boxes of MP4, QuickTime and HEIC.

use std::io::{Read, Seek};

use super::source::Source;
use super::{FileType, Flaw, Refusal};

/// What a file with boxes says it is for, in its first box.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brand {
    Picture,
    QuickTime,
    Mp4,
    Other,
}

/// A box's type and where its content ends; the source stands at its content.
struct Header {
    kind: [u8; 4],
    end: u64,
}

/// Says what the file is, from its brands and its tracks.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    source.go_to(0)?;
    let brand = brand(source)?;
    source.go_to(0)?;
    let found = boxes(source)?;
    match brand {
        Brand::Picture if found.contains(&Found::Items) => Ok(FileType::Heic),
        Brand::QuickTime if found.contains(&Found::Movie) => Ok(FileType::QuickTime),
        Brand::Mp4 if found.contains(&Found::Film) => Ok(FileType::Mp4Video),
        Brand::Mp4 if found.contains(&Found::Sound) => Ok(FileType::Mp4Audio),
        Brand::Other => Err(Refusal::TypeNotAccepted.into()),
        _ => Err(Refusal::Unreadable.into()),
    }
}

/// What is in a file's boxes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Pictures.
    Items,
    /// A movie, whatever its tracks are.
    Movie,
    /// A track to look at.
    Film,
    /// A track to hear.
    Sound,
}

/// Follows the boxes from here to the end of the file, of which they must be made up.
pub(super) fn boxes<R: Read + Seek>(source: &mut Source<R>) -> Result<Vec<Found>, Flaw> {
    let mut found = Vec::new();
    let end = source.len();
    while source.position() < end {
        if source.left() < 8 {
            source.expect_end()?;
            break;
        }
        let header = header(source, end)?;
        match &header.kind {
            b"meta" => found.push(Found::Items),
            b"moov" => {
                found.push(Found::Movie);
                movie(source, header.end, &mut found)?;
            }
            _ => {}
        }
        source.go_to(header.end)?;
    }
    Ok(found)
}

/// A movie's tracks say what they are for: `moov` holds `trak`, that holds `mdia`, and that holds `hdlr`.
fn movie<R: Read + Seek>(
    source: &mut Source<R>,
    end: u64,
    found: &mut Vec<Found>,
) -> Result<(), Flaw> {
    while source.position() + 8 <= end {
        let header = header(source, end)?;
        match &header.kind {
            b"trak" | b"mdia" => {
                // Going on with its content instead of what follows it is all that it takes to look inside.
                continue;
            }
            b"hdlr" => {
                source.skip(4 + 4)?;
                match &source.array::<4>()? {
                    b"vide" => found.push(Found::Film),
                    b"soun" => found.push(Found::Sound),
                    _ => {}
                }
            }
            _ => {}
        }
        source.go_to(header.end)?;
    }
    Ok(())
}

fn brand<R: Read + Seek>(source: &mut Source<R>) -> Result<Brand, Flaw> {
    let header = header(source, source.len())?;
    if header.kind != *b"ftyp" {
        // QuickTime had no brands at first.
        return Ok(Brand::QuickTime);
    }
    let major = source.array::<4>()?;
    source.skip(4)?;
    let mut brands = vec![major];
    while source.position() + 4 <= header.end && brands.len() < 64 {
        brands.push(source.array()?);
    }
    // The first brand that we know decides: some files begin with their maker's own.
    Ok(brands
        .into_iter()
        .map(meaning)
        .find(|brand| *brand != Brand::Other)
        .unwrap_or(Brand::Other))
}

fn meaning(brand: [u8; 4]) -> Brand {
    match &brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
            Brand::Picture
        }
        b"qt  " => Brand::QuickTime,
        b"isom" | b"iso2" | b"iso3" | b"iso4" | b"iso5" | b"iso6" | b"avc1" | b"mp41" | b"mp42"
        | b"mp71" | b"M4A " | b"M4B " | b"M4V " | b"M4VH" | b"M4VP" | b"MSNV" | b"dash"
        | b"f4v " | b"3gp4" | b"3gp5" | b"3gp6" => Brand::Mp4,
        _ => Brand::Other,
    }
}

fn header<R: Read + Seek>(source: &mut Source<R>, within: u64) -> Result<Header, Flaw> {
    let start = source.position();
    let length = source.u32_be()?;
    let kind = source.array::<4>()?;
    let length = match length {
        0 => within - start,
        1 => source.u64_be()?,
        length => length.into(),
    };
    // QuickTime's own types may have a copyright sign or a number in them, and a list in user data ends with zeros.
    let known = kind
        .iter()
        .all(|byte| byte.is_ascii_graphic() || matches!(byte, b' ' | 0xa9 | 0));
    match start.checked_add(length) {
        Some(end) if known && end >= source.position() && end <= within => Ok(Header { kind, end }),
        _ => Err(Refusal::NotItsType.into()),
    }
}
