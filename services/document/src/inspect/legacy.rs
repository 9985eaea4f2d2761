//! The records of Word, Excel and PowerPoint before 2007 that say whether a file is encrypted or has macros.

use std::io::{Read, Seek};

use flate2::bufread::ZlibDecoder;

use super::carried::{self, Allowance};
use super::source::Source;
use super::{Flaw, Refusal};

/// A workbook's globals and a presentation's top level have far fewer records.
const MOST_RECORDS: u32 = 500_000;

/// Word: the file's information block has a flag for encryption.
pub(super) fn word(stream: impl Read + Seek) -> Result<(), Flaw> {
    const ENCRYPTED: u16 = 0x0100;
    let mut stream = Source::new(stream)?;
    if ![0xa5ec, 0xa5dc].contains(&stream.u16_le()?) {
        return Err(Refusal::Unreadable.into());
    }
    stream.go_to(0x0a)?;
    if stream.u16_le()? & ENCRYPTED != 0 {
        return Err(Refusal::PasswordProtected.into());
    }
    Ok(())
}

/// Excel: the workbook's globals begin with `FilePass` when it is encrypted, and list its sheets with their kinds.
///
/// Excel also encrypts a workbook whose structure is protected, with a password that every Excel knows. That file is
/// refused like any other: a scanner sees no more of it.
pub(super) fn excel(stream: impl Read + Seek) -> Result<(), Flaw> {
    const BEGIN: u16 = 0x0809;
    const END: u16 = 0x000a;
    const FILE_PASS: u16 = 0x002f;
    const SHEET: u16 = 0x0085;
    const MACRO_SHEET: u8 = 1;
    const VISUAL_BASIC: u8 = 6;

    let mut stream = Source::new(stream)?;
    for count in 0..MOST_RECORDS {
        let kind = stream.u16_le()?;
        let length = stream.u16_le()?;
        let next = stream.position() + u64::from(length);
        match kind {
            BEGIN => {}
            _ if count == 0 => return Err(Refusal::Unreadable.into()),
            FILE_PASS => return Err(Refusal::PasswordProtected.into()),
            SHEET => {
                stream.skip(5)?;
                if [MACRO_SHEET, VISUAL_BASIC].contains(&stream.byte()?) {
                    return Err(Refusal::Macros.into());
                }
            }
            END => return Ok(()),
            _ => {}
        }
        stream.go_to(next)?;
    }
    Err(Refusal::Unreadable.into())
}

/// PowerPoint: where the newest edit is recorded; the record of the current user says so, and whether it is encrypted.
pub(super) fn current_edit(stream: impl Read + Seek) -> Result<u64, Flaw> {
    const CURRENT_USER: u16 = 0x0ff6;
    const ENCRYPTED: u32 = 0xf3d1_c4df;
    let mut stream = Source::new(stream)?;
    if Record::read(&mut stream)?.kind != CURRENT_USER {
        return Err(Refusal::Unreadable.into());
    }
    stream.skip(4)?;
    if stream.u32_le()? == ENCRYPTED {
        return Err(Refusal::PasswordProtected.into());
    }
    stream.u32_le().map(u64::from)
}

/// PowerPoint: the newest edit names the encryption's record, if any; the document says whether it has macros; objects
/// are compound files of their own.
pub(super) fn power_point(
    stream: impl Read + Seek,
    edit: u64,
    allowance: &mut Allowance,
) -> Result<(), Flaw> {
    const EDIT: u16 = 0x0ff5;
    /// The edit with the optional reference to the encryption's record.
    const LONG_EDIT: u32 = 0x20;
    const DOCUMENT: u16 = 0x03e8;
    const OBJECT: u16 = 0x1011;

    let mut stream = Source::new(stream)?;
    stream.go_to(edit)?;
    let record = Record::read(&mut stream)?;
    if record.kind != EDIT {
        return Err(Refusal::Unreadable.into());
    }
    if record.length >= LONG_EDIT {
        return Err(Refusal::PasswordProtected.into());
    }

    stream.go_to(0)?;
    let end = stream.len();
    each(&mut stream, end, |stream, record, end| match record.kind {
        DOCUMENT => document(stream, end),
        OBJECT => object(stream, record, allowance),
        _ => Ok(()),
    })
}

/// An object, which is compressed or is not, and then begins with its length.
fn object<R: Read + Seek>(
    stream: &mut Source<R>,
    record: &Record,
    allowance: &mut Allowance,
) -> Result<(), Flaw> {
    const COMPRESSED: u16 = 1;
    let length = u64::from(record.length);
    if record.instance == COMPRESSED {
        stream.skip(4)?;
        let packed = stream.by_ref().take(length.saturating_sub(4));
        carried::check(ZlibDecoder::new(packed), "", allowance).map(drop)
    } else {
        carried::check(stream.by_ref().take(length), "", allowance).map(drop)
    }
}

/// The document's list of information holds one for Visual Basic.
fn document<R: Read + Seek>(stream: &mut Source<R>, end: u64) -> Result<(), Flaw> {
    const LIST: u16 = 0x07d0;
    const VISUAL_BASIC: u16 = 0x03ff;
    const VISUAL_BASIC_ATOM: u16 = 0x0400;
    each(stream, end, |stream, record, end| match record.kind {
        LIST => each(stream, end, |stream, record, end| match record.kind {
            VISUAL_BASIC => each(stream, end, |stream, record, _| match record.kind {
                VISUAL_BASIC_ATOM => {
                    stream.skip(4)?;
                    if stream.u32_le()? == 0 {
                        Ok(())
                    } else {
                        Err(Refusal::Macros.into())
                    }
                }
                _ => Ok(()),
            }),
            _ => Ok(()),
        }),
        _ => Ok(()),
    })
}

/// Calls `look` with every record up to `end`, standing at its content, and with the content's end.
fn each<R: Read + Seek>(
    stream: &mut Source<R>,
    end: u64,
    mut look: impl FnMut(&mut Source<R>, &Record, u64) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    let mut count = 0;
    // Fewer bytes than a record's header are padding.
    while stream.position() + 8 <= end {
        count += 1;
        let record = Record::read(stream)?;
        let next = stream.position() + u64::from(record.length);
        if next > end || count > MOST_RECORDS {
            return Err(Refusal::Unreadable.into());
        }
        look(stream, &record, next)?;
        stream.go_to(next)?;
    }
    Ok(())
}

/// The header of one of PowerPoint's records.
struct Record {
    instance: u16,
    kind: u16,
    length: u32,
}

impl Record {
    fn read<R: Read + Seek>(stream: &mut Source<R>) -> Result<Self, Flaw> {
        Ok(Self {
            // The lower four bits are a version.
            instance: stream.u16_le()? >> 4,
            kind: stream.u16_le()?,
            length: stream.u32_le()?,
        })
    }
}
