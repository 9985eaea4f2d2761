//! The tables of a compound file, read before anything relies on them: which sector follows which.

use std::io::{Read, Seek};

use super::super::source::Source;
use super::super::{Flaw, Refusal};
use super::MOST_ENTRIES;

/// A sector that belongs to nothing.
const FREE: u32 = 0xffff_ffff;
/// Numbers from here on are marks and no sectors.
const LAST: u32 = 0xffff_fffa;
/// The size of an entry of the directory.
pub(super) const ENTRY: u64 = 128;

/// Which sector follows which.
pub(super) struct Tables {
    /// The size of a sector.
    sector: u64,
    next: Vec<u32>,
    directory: u32,
    len: u64,
}

impl Tables {
    pub fn read<R: Read + Seek>(source: &mut Source<R>) -> Result<Self, Flaw> {
        let sector = sector_size(source)?;
        source.go_to(0x30)?;
        let directory = source.u32_le()?;
        let mut next = Vec::new();
        for table in places(source, sector)? {
            source.go_to((u64::from(table) + 1) * sector)?;
            for _ in 0..sector / 4 {
                next.push(source.u32_le()?);
            }
        }
        Ok(Self {
            sector,
            next,
            directory,
            len: source.len(),
        })
    }

    /// Refuses what was added behind the last sector that the tables know.
    pub fn check_end(&self) -> Result<(), Refusal> {
        let used = self.next.iter().rposition(|next| *next != FREE);
        let used = used.map_or(0, |last| last as u64 + 1);
        let known = self.next.len() as u64;
        let behind = self.len.saturating_sub((used + 1) * self.sector);
        let whole_free_sectors =
            behind.is_multiple_of(self.sector) && self.len <= (known + 1) * self.sector;
        if behind > 0 && !whole_free_sectors {
            return Err(Refusal::NotItsType);
        }
        Ok(())
    }

    /// Refuses a directory that would fill the memory of whoever reads it. It may be a ring, too.
    pub fn check_directory(&self) -> Result<(), Refusal> {
        let most = MOST_ENTRIES as u64 * ENTRY / self.sector;
        let mut sector = self.directory;
        for _ in 0..most {
            if sector >= LAST {
                return Ok(());
            }
            let next = usize::try_from(sector)
                .ok()
                .and_then(|at| self.next.get(at));
            sector = *next.ok_or(Refusal::Unreadable)?;
        }
        Err(Refusal::Unreadable)
    }
}

/// The size of a sector: one of two.
pub(super) fn sector_size<R: Read + Seek>(source: &mut Source<R>) -> Result<u64, Flaw> {
    source.go_to(0x1e)?;
    let size = 1_u64.checked_shl(source.u16_le()?.into());
    let size = size.filter(|size| [512, 4096].contains(size));
    Ok(size.ok_or(Refusal::Unreadable)?)
}

/// The sectors in which the tables are: 109 are named in the header, the others in a chain of sectors.
fn places<R: Read + Seek>(source: &mut Source<R>, sector: u64) -> Result<Vec<u32>, Flaw> {
    source.go_to(0x44)?;
    let mut next = source.u32_le()?;
    source.skip(4)?;
    let mut places = Vec::new();
    for _ in 0..109 {
        places.push(source.u32_le()?);
    }
    // A chain in a ring would never end, and there are no more tables than sectors.
    let most = source.len() / sector;
    while next < LAST {
        source.go_to((u64::from(next) + 1) * sector)?;
        for _ in 0..sector / 4 - 1 {
            places.push(source.u32_le()?);
        }
        if places.len() as u64 > most + 109 + sector {
            return Err(Refusal::Unreadable.into());
        }
        next = source.u32_le()?;
    }
    places.retain(|place| *place < LAST);
    // One table for 128 sectors or more: a file that names more says the same one twice.
    if places.len() as u64 > most / (sector / 4) + 2 {
        return Err(Refusal::Unreadable.into());
    }
    Ok(places)
}
