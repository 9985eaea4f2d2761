//! The envelope of its own in which Outlook sends attachments to people outside its network, known as `winmail.dat` (MS-OXTNEF).
//!
//! It is a mark and then attributes, each with its length. What an attachment is called may come behind its content, so that places are noted first
//! and looked into afterwards.

use std::io::{Read, Seek};

use super::carried::{self, Allowance};
use super::source::Source;
use super::{Flaw, Refusal};

/// What every envelope begins with.
pub(super) const MARK: &[u8] = b"\x78\x9f\x3e\x22";
/// Behind the mark stands a number that means nothing.
const FIRST_ATTRIBUTE: u64 = 6;
/// Level, id and length.
const ATTRIBUTE_HEADER: u64 = 9;
const CHECKSUM: u64 = 2;
/// How many attachments there are at most, and how many contents of one: emails bring dozens, and each stands there once or twice.
const MOST: usize = 1000;
/// Longer than any system allows.
const LONGEST_NAME: usize = 2048;

/// The attributes that matter, by their ids. In the file a type stands with each id, which readers make nothing of.
mod attribute {
    /// Everything up to the next one is about one attachment.
    pub const BEGINS_ATTACHMENT: u16 = 0x9002;
    pub const TITLE: u16 = 0x8010;
    pub const DATA: u16 = 0x800f;
    /// What Outlook's own format says of the attachment.
    pub const PROPERTIES: u16 = 0x9005;
}

/// The properties of an attachment that matter.
mod property {
    pub const CONTENT: u16 = 0x3701;
    pub const SHORT_NAME: u16 = 0x3704;
    pub const LONG_NAME: u16 = 0x3707;
    /// From here on a property has a name besides.
    pub const FIRST_NAMED: u16 = 0x8000;
}

/// The types of properties whose values say how long they are.
mod kind {
    pub const OBJECT: u16 = 0x000d;
    pub const TEXT: u16 = 0x001e;
    pub const WIDE_TEXT: u16 = 0x001f;
    pub const BINARY: u16 = 0x0102;
    /// Set where there may be several values.
    pub const SEVERAL: u16 = 0x1000;
}

/// A file in the envelope: where its content stands, which may be in two places.
#[derive(Default)]
struct Attachment {
    name: String,
    contents: Vec<(u64, u64)>,
}

/// Refuses an envelope for what is in it, and one that can't be read to its end.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<(), Flaw> {
    for Attachment { name, contents } in attachments(source)? {
        for (start, length) in contents {
            source.go_to(start)?;
            carried::check(source.by_ref().take(length), &name, allowance)?;
        }
    }
    Ok(())
}

fn attachments<R: Read + Seek>(source: &mut Source<R>) -> Result<Vec<Attachment>, Flaw> {
    let mut all = vec![Attachment::default()];
    source.go_to(FIRST_ATTRIBUTE)?;
    // Some programs leave a line's end behind the last one.
    while source.left() >= ATTRIBUTE_HEADER {
        source.skip(1)?;
        let id = source.u16_le()?;
        source.skip(2)?;
        let length = u64::from(source.u32_le()?);
        let start = source.position();
        let end = start + length;
        if id == attribute::BEGINS_ATTACHMENT {
            all.push(Attachment::default());
        }
        let count = all.len();
        let Some(current) = all.last_mut().filter(|_| count <= MOST) else {
            return Err(Refusal::Unreadable.into());
        };
        match id {
            attribute::TITLE => current.take_name(source, length, kind::TEXT)?,
            attribute::DATA => current.take_content(start, length)?,
            attribute::PROPERTIES => current.take_properties(source)?,
            _ => {}
        }
        source.go_to(end + CHECKSUM)?;
    }
    Ok(all)
}

impl Attachment {
    fn take_content(&mut self, start: u64, length: u64) -> Result<(), Refusal> {
        if self.contents.len() == MOST {
            return Err(Refusal::Unreadable);
        }
        self.contents.push((start, length));
        Ok(())
    }

    fn take_name<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
        length: u64,
        kind: u16,
    ) -> Result<(), Flaw> {
        let length = usize::try_from(length).map_or(LONGEST_NAME, |it| it.min(LONGEST_NAME));
        let bytes = source.up_to(length)?;
        let name = if kind == kind::WIDE_TEXT {
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        } else {
            String::from_utf8_lossy(&bytes).into_owned()
        };
        name.trim_end_matches('\0').clone_into(&mut self.name);
        Ok(carried::refuse_program(&self.name)?)
    }

    fn take_properties<R: Read + Seek>(&mut self, source: &mut Source<R>) -> Result<(), Flaw> {
        for _ in 0..source.u32_le()? {
            let kind = source.u16_le()?;
            let id = source.u16_le()?;
            if id >= property::FIRST_NAMED {
                skip_name(source)?;
            }
            let size = size(kind & !kind::SEVERAL)?;
            let values = if kind & kind::SEVERAL != 0 || size.is_none() {
                source.u32_le()?
            } else {
                1
            };
            if let Some(size) = size {
                source.skip(size * u64::from(values))?;
                continue;
            }
            for _ in 0..values {
                let length = u64::from(source.u32_le()?);
                let start = source.position();
                self.take_value(source, id, kind, length)?;
                source.go_to(start + padded(length))?;
            }
        }
        Ok(())
    }

    fn take_value<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
        id: u16,
        kind: u16,
        length: u64,
    ) -> Result<(), Flaw> {
        match (id, kind) {
            (property::SHORT_NAME | property::LONG_NAME, kind::TEXT | kind::WIDE_TEXT) => {
                self.take_name(source, length, kind)?;
            }
            (property::CONTENT, kind::BINARY) => self.take_content(source.position(), length)?,
            // Objects, such as another email, begin with what they are for.
            (property::CONTENT, kind::OBJECT) => {
                const INTERFACE: u64 = 16;
                let content = source.position() + INTERFACE;
                self.take_content(content, length.saturating_sub(INTERFACE))?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Skips what a property is called: a set of names, and a number or a text in it.
fn skip_name<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Flaw> {
    source.skip(16)?;
    let is_number = source.u32_le()? == 0;
    if is_number {
        source.skip(4)
    } else {
        let length = u64::from(source.u32_le()?);
        source.skip(padded(length))
    }
}

/// How long a value of the type is in the envelope; nothing where the value says so.
fn size(kind: u16) -> Result<Option<u64>, Refusal> {
    match kind {
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Ok(Some(4)),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Ok(Some(8)),
        0x0048 => Ok(Some(16)),
        kind::OBJECT | kind::TEXT | kind::WIDE_TEXT | kind::BINARY => Ok(None),
        _ => Err(Refusal::Unreadable),
    }
}

/// Values end at a multiple of four bytes.
fn padded(length: u64) -> u64 {
    length.next_multiple_of(4)
}
