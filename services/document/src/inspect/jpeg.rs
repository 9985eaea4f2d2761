//! JPEG, and what phones put behind the picture: more pictures, a few seconds of film, or Samsung's notes.

use std::io::{Read, Seek};

use super::source::Source;
use super::{FileType, Flaw, Refusal, image, isomedia};

/// A burst of pictures in one file.
const MOST_PICTURES: u32 = 100;

/// Follows the picture and everything behind it to the end of the file.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    picture(source)?;
    for _ in 0..MOST_PICTURES {
        match what_follows(source)? {
            Next::End => return Ok(FileType::Jpeg),
            Next::Picture => picture(source)?,
            Next::Film => {
                isomedia::boxes(source)?;
                return Ok(FileType::Jpeg);
            }
            Next::Notes => {
                samsung_notes(source)?;
                return Ok(FileType::Jpeg);
            }
        }
    }
    Err(Refusal::Unreadable.into())
}

enum Next {
    End,
    Picture,
    Film,
    Notes,
}

/// Says what stands behind a picture and its padding.
fn what_follows<R: Read + Seek>(source: &mut Source<R>) -> Result<Next, Flaw> {
    let mut at = source.position();
    while source.left() > 0 && source.byte()? == 0 {
        at += 1;
    }
    if at == source.len() {
        return Ok(Next::End);
    }
    // The first three bytes of a film's and of a note's length are mostly zero, and so looked like padding.
    source.go_to(at)?;
    if source.up_to(3)? == [0xff, 0xd8, 0xff] {
        source.go_to(at)?;
        return Ok(Next::Picture);
    }
    for back in 0..4 {
        let Some(start) = at.checked_sub(back) else {
            break;
        };
        source.go_to(start)?;
        if source.up_to(8)?.get(4..) == Some(b"ftyp") {
            source.go_to(start)?;
            return Ok(Next::Film);
        }
    }
    let (_, tail) = source.tail(4)?;
    source.go_to(at)?;
    if tail == b"SEFT" {
        Ok(Next::Notes)
    } else {
        Err(Refusal::NotItsType.into())
    }
}

/// One picture: segments with lengths, and scans that run to the next marker, up to the end mark.
fn picture<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Flaw> {
    const START: u8 = 0xd8;
    const SCAN: u8 = 0xda;
    const END: u8 = 0xd9;
    let mut has_frame = false;
    let mut has_scan = false;
    if source.array()? != [0xff, START] {
        return Err(Refusal::Unreadable.into());
    }
    let mut marker = next_marker(source)?;
    loop {
        match marker {
            END if has_frame && has_scan => return Ok(()),
            0x01 | 0xd0..=0xd7 => {}
            0xc0..=0xcf | 0xda..=0xfe => {
                let length = u64::from(source.u16_be()?);
                let content = length.checked_sub(2).ok_or(Refusal::Unreadable)?;
                let next = source.position() + content;
                // All of this range are frames, but for the tables and the two that JPEG keeps for later.
                if matches!(marker, 0xc0..=0xcf) && ![0xc4, 0xc8, 0xcc].contains(&marker) {
                    source.skip(1)?;
                    let height = source.u16_be()?;
                    let width = source.u16_be()?;
                    // A height of none is given behind the first scan.
                    image::check_extent(width.into(), height.max(1).into())?;
                    has_frame = true;
                }
                source.go_to(next)?;
            }
            _ => return Err(Refusal::Unreadable.into()),
        }
        marker = if marker == SCAN {
            has_scan = true;
            after_scan(source)?
        } else {
            next_marker(source)?
        };
    }
}

/// The marker that must stand here; it may be preceded by fill bytes.
fn next_marker<R: Read + Seek>(source: &mut Source<R>) -> Result<u8, Flaw> {
    if source.byte()? != 0xff {
        return Err(Refusal::Unreadable.into());
    }
    loop {
        match source.byte()? {
            0xff => {}
            marker => return Ok(marker),
        }
    }
}

/// The marker that ends a scan. Within one, a stuffed zero and the restarts do not count.
fn after_scan<R: Read + Seek>(source: &mut Source<R>) -> Result<u8, Flaw> {
    let mut after_mark = false;
    let mut chunk = [0; 8192];
    loop {
        let start = source.position();
        let count = source.read(&mut chunk)?;
        if count == 0 {
            return Err(Refusal::Unreadable.into());
        }
        for (offset, byte) in (1..).zip(&chunk[..count]) {
            match (after_mark, byte) {
                (_, 0xff) => after_mark = true,
                (false, _) | (true, 0 | 0xd0..=0xd7) => after_mark = false,
                (true, marker) => {
                    source.go_to(start + offset)?;
                    return Ok(*marker);
                }
            }
        }
    }
}

/// Samsung's notes end with a directory that says where each begins, counted back from the directory. Together they
/// must reach back to the picture.
fn samsung_notes<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Flaw> {
    let behind_picture = source.position();
    let end = source.len();
    source.go_to(end.checked_sub(8).ok_or(Refusal::NotItsType)?)?;
    let length = u64::from(source.u32_le()?);
    let directory = (end - 8).checked_sub(length).ok_or(Refusal::NotItsType)?;
    source.go_to(directory)?;
    if source.array::<4>()? != *b"SEFH" {
        return Err(Refusal::NotItsType.into());
    }
    source.skip(4)?;
    let mut furthest = 0;
    for _ in 0..source.u32_le()? {
        source.skip(4)?;
        furthest = furthest.max(u64::from(source.u32_le()?));
        source.skip(4)?;
        if source.position() > end - 8 {
            return Err(Refusal::NotItsType.into());
        }
    }
    // A note begins with two zeros, which looked like padding.
    match directory.checked_sub(furthest) {
        Some(start) if start <= behind_picture => Ok(()),
        _ => Err(Refusal::NotItsType.into()),
    }
}
