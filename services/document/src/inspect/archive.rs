//! The directory of a ZIP archive, read and limited before anything is unpacked.
//!
//! The archive must be what every program sees alike: its parts stand one after another from the first byte to the
//! directory, each is listed once under the name that it bears itself, and the file ends with the directory.

use std::collections::HashSet;
use std::io::{Read, Seek};

use super::source::Source;
use super::{Flaw, Refusal};

/// More parts than any Office file has.
const MOST_ENTRIES: u64 = 5_000;
/// More than the directory of so many parts takes: a part's name, comment and more may be 64 KiB each.
const LONGEST_DIRECTORY: u64 = 2 * 1024 * 1024;
/// More than any Office file of 20 MiB unpacks to.
pub(super) const MOST_UNPACKED: u64 = 200 * 1024 * 1024;
/// Office's own parts shrink to a twentieth; a bomb's to a thousandth.
const HIGHEST_RATIO: u64 = 200;
/// The ratio means nothing for an archive that unpacks to less than this.
const HARMLESS: u64 = 4 * 1024 * 1024;

const ENTRY: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const END: [u8; 4] = *b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";

/// The end record and the longest comment that may follow it.
const LONGEST_END: usize = 22 + 0xffff;
/// A part may be followed by its sizes, which were not known before.
const LONGEST_DESCRIPTOR: u64 = 24;

/// One part of an archive as its directory has it.
#[derive(Debug)]
pub(super) struct Entry {
    /// The name, with forward slashes.
    pub name: String,
    /// The size that it claims to unpack to.
    pub unpacked: u64,
    flags: u16,
    method: u16,
    packed: u64,
    header_at: u64,
    is_link: bool,
}

impl Entry {
    /// Whether it can only be read with a password.
    pub fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0 || self.method == 99
    }

    fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }
}

/// The directory of an archive.
#[derive(Debug)]
pub(super) struct Directory {
    /// The parts in the directory's order.
    pub entries: Vec<Entry>,
    starts_at: u64,
    /// Whether the file ends with the end record, as it does without a comment and without anything added.
    ends_the_file: bool,
}

impl Directory {
    /// Reads the directory. An archive with more parts than Office makes is refused as an archive.
    pub fn read<R: Read + Seek>(source: &mut Source<R>) -> Result<Self, Flaw> {
        let end = End::find(source)?;
        let length = end.directory_ends.saturating_sub(end.directory_at);
        if end.count > MOST_ENTRIES || length > LONGEST_DIRECTORY {
            return Err(Refusal::Compressed.into());
        }

        source.go_to(end.directory_at)?;
        let mut entries = Vec::new();
        for _ in 0..end.count {
            entries.push(entry(source)?);
        }
        if source.position() != end.directory_ends {
            return Err(Refusal::NotItsType.into());
        }
        Ok(Self {
            entries,
            starts_at: end.directory_at,
            ends_the_file: end.ends_the_file,
        })
    }

    /// Whether a part of this name is listed. Office's names differ in case alone for no two parts.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// Refuses what is not a plain, whole and honest archive.
    pub fn check<R: Read + Seek>(&self, source: &mut Source<R>) -> Result<(), Flaw> {
        self.check_names()?;
        self.check_sizes()?;
        self.check_layout(source)
    }

    fn check_names(&self) -> Result<(), Refusal> {
        let mut seen = HashSet::new();
        for entry in &self.entries {
            let odd = entry.name.starts_with('/')
                || entry.name.contains([':', '\0'])
                || entry.name.split('/').any(|step| step == "..");
            if odd || entry.is_link || !seen.insert(entry.name.to_ascii_lowercase()) {
                return Err(Refusal::NotItsType);
            }
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), Refusal> {
        let sum = |size: fn(&Entry) -> u64| {
            self.entries
                .iter()
                .fold(0_u64, |sum, entry| sum.saturating_add(size(entry)))
        };
        let unpacked = sum(|entry| entry.unpacked);
        let packed = sum(|entry| entry.packed);
        let swells = unpacked > HARMLESS && unpacked / HIGHEST_RATIO > packed;
        if unpacked > MOST_UNPACKED || swells {
            return Err(Refusal::Unreadable);
        }
        Ok(())
    }

    /// Every byte belongs to exactly one part, and every part says of itself what the directory says of it.
    fn check_layout<R: Read + Seek>(&self, source: &mut Source<R>) -> Result<(), Flaw> {
        if !self.ends_the_file {
            return Err(Refusal::NotItsType.into());
        }
        let mut in_order: Vec<&Entry> = self.entries.iter().collect();
        in_order.sort_unstable_by_key(|entry| entry.header_at);

        let mut expected = 0;
        let mut slack = 0;
        for entry in in_order {
            if entry.header_at < expected || entry.header_at - expected > slack {
                return Err(Refusal::NotItsType.into());
            }
            expected = content_ends(source, entry)?;
            slack = if entry.has_descriptor() {
                LONGEST_DESCRIPTOR
            } else {
                0
            };
        }
        if self.starts_at < expected || self.starts_at - expected > slack {
            return Err(Refusal::NotItsType.into());
        }
        Ok(())
    }
}

/// How far an archive's end may be from the file's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    /// Nothing but the archive's own comment may stand behind it.
    Comment,
    /// Anything may, as programs have it that open what they can.
    Anything,
}

/// Whether the file can be opened as an archive from its end, whatever it begins with.
pub(super) fn ends_as_one<R: Read + Seek>(
    source: &mut Source<R>,
    behind: Behind,
) -> Result<bool, Flaw> {
    let (start, tail) = source.tail(LONGEST_END)?;
    for at in ends(&tail) {
        let end = &tail[at..];
        let comment = usize::from(u16_at(end, 20));
        let directory = u64::from(u32_at(end, 12));
        let end_at = start + at as u64;
        if behind == Behind::Comment && end.len() != 22 + comment {
            continue;
        }
        // The directory stands before the end, or where the end says: that differs when the archive was put into a file.
        let adjoining = end_at.checked_sub(directory);
        let given = Some(u64::from(u32_at(end, 16))).filter(|at| *at < end_at);
        for directory_at in [adjoining, given].into_iter().flatten() {
            source.go_to(directory_at)?;
            let is_empty = behind == Behind::Comment && directory == 0;
            if is_empty || source.array::<4>()? == ENTRY {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What the record at an archive's end says.
struct End {
    count: u64,
    directory_at: u64,
    directory_ends: u64,
    ends_the_file: bool,
}

impl End {
    fn find<R: Read + Seek>(source: &mut Source<R>) -> Result<Self, Flaw> {
        let (start, tail) = source.tail(LONGEST_END)?;
        let at = ends(&tail).last().ok_or(Refusal::Unreadable)?;
        let end = &tail[at..];
        let end_at = start + at as u64;
        let small = Self {
            count: u16_at(end, 10).into(),
            directory_at: u32_at(end, 16).into(),
            directory_ends: end_at,
            ends_the_file: end.len() == 22 && u16_at(end, 20) == 0,
        };
        match end_at.checked_sub(20) {
            Some(locator_at) => Self::large(source, locator_at, small),
            None => Ok(small),
        }
    }

    /// Some producers write the record for large archives whatever the size. When it is there, it counts.
    fn large<R: Read + Seek>(
        source: &mut Source<R>,
        locator_at: u64,
        small: Self,
    ) -> Result<Self, Flaw> {
        source.go_to(locator_at)?;
        if source.array::<4>()? != LOCATOR_64 {
            return Ok(small);
        }
        source.skip(4)?;
        let end_at = source.u64_le()?;
        source.go_to(end_at)?;
        if source.array::<4>()? != END_64 {
            return Err(Refusal::Unreadable.into());
        }
        let rest = source.u64_le()?;
        source.skip(2 + 2 + 4 + 4 + 8)?;
        let count = source.u64_le()?;
        source.skip(8)?;
        let directory_at = source.u64_le()?;
        let adjoins =
            end_at.checked_add(12).and_then(|at| at.checked_add(rest)) == Some(locator_at);
        Ok(Self {
            count,
            directory_at,
            directory_ends: end_at,
            ends_the_file: small.ends_the_file && adjoins,
        })
    }
}

/// Where end records with room for their fixed part stand.
fn ends(tail: &[u8]) -> impl Iterator<Item = usize> {
    tail.windows(22)
        .enumerate()
        .filter(|(_, window)| window.starts_with(&END))
        .map(|(at, _)| at)
}

fn entry<R: Read + Seek>(source: &mut Source<R>) -> Result<Entry, Flaw> {
    if source.array::<4>()? != ENTRY {
        return Err(Refusal::Unreadable.into());
    }
    let made_by = source.u16_le()?;
    source.skip(2)?;
    let flags = source.u16_le()?;
    let method = source.u16_le()?;
    source.skip(4 + 4)?;
    let mut packed = u64::from(source.u32_le()?);
    let mut unpacked = u64::from(source.u32_le()?);
    let [name, extra, comment] = [source.u16_le()?, source.u16_le()?, source.u16_le()?];
    source.skip(2 + 2)?;
    let attributes = source.u32_le()?;
    let mut header_at = u64::from(source.u32_le()?);
    let name = source.up_to(name.into())?;
    let extra = source.up_to(extra.into())?;
    source.skip(comment.into())?;

    widen(&extra, [&mut unpacked, &mut packed, &mut header_at])?;
    Ok(Entry {
        name: String::from_utf8_lossy(&name).replace('\\', "/"),
        unpacked,
        flags,
        method,
        packed,
        header_at,
        // Unix, and the type of file is a symbolic link.
        is_link: made_by >> 8 == 3 && attributes >> 28 == 0xa,
    })
}

/// Replaces the numbers that say "see the large ones" by those.
fn widen(extra: &[u8], numbers: [&mut u64; 3]) -> Result<(), Refusal> {
    let mut large = field(extra, 1).unwrap_or_default();
    for number in numbers {
        if *number == u64::from(u32::MAX) {
            let (value, rest) = large.split_first_chunk().ok_or(Refusal::Unreadable)?;
            *number = u64::from_le_bytes(*value);
            large = rest;
        }
    }
    Ok(())
}

/// The content of an extra field.
fn field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    while let [id_low, id_high, low, high, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let content = rest.get(..length)?;
        if u16::from_le_bytes([*id_low, *id_high]) == wanted {
            return Some(content);
        }
        extra = &rest[length..];
    }
    None
}

/// Where a part's content ends, once its own header is seen to agree with the directory.
fn content_ends<R: Read + Seek>(source: &mut Source<R>, entry: &Entry) -> Result<u64, Flaw> {
    source.go_to(entry.header_at)?;
    if source.array::<4>()? != LOCAL {
        return Err(Refusal::Unreadable.into());
    }
    source.skip(2)?;
    let flags = source.u16_le()?;
    let method = source.u16_le()?;
    source.skip(4 + 4 + 4 + 4)?;
    let [name, extra] = [source.u16_le()?, source.u16_le()?];
    let name = source.up_to(name.into())?;
    let agrees = String::from_utf8_lossy(&name).replace('\\', "/") == entry.name
        && method == entry.method
        && flags & 9 == entry.flags & 9;
    if !agrees {
        return Err(Refusal::NotItsType.into());
    }
    source.skip(extra.into())?;
    source.skip(entry.packed)?;
    Ok(source.position())
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
