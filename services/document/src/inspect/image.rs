//! PNG, GIF, TIFF and BMP: followed part by part from the first byte to the last.

use std::io::{Read, Seek};

use super::source::Source;
use super::{FileType, Flaw, Refusal};

/// Twice the largest picture of any phone. What claims more is made to exhaust whoever opens it.
const MOST_PIXELS: u64 = 400_000_000;
/// A book of scanned pages has hundreds.
const MOST_PAGES: u32 = 10_000;

/// Refuses a picture without extent, or with a monstrous one.
pub(super) fn check_extent(width: u64, height: u64) -> Result<(), Refusal> {
    let pixels = width.saturating_mul(height);
    if pixels == 0 || pixels > MOST_PIXELS {
        Err(Refusal::Unreadable)
    } else {
        Ok(())
    }
}

/// PNG: chunks, of which the first is the header, some are data, and the last is the end.
pub(super) fn png<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
    const CHECKSUM: u64 = 4;
    if source.array()? != SIGNATURE {
        return Err(Refusal::Unreadable.into());
    }
    let length = source.u32_be()?;
    if (length, source.array::<4>()?) != (13, *b"IHDR") {
        return Err(Refusal::Unreadable.into());
    }
    check_extent(source.u32_be()?.into(), source.u32_be()?.into())?;
    source.skip(5 + CHECKSUM)?;

    let mut has_data = false;
    loop {
        let length = u64::from(source.u32_be()?);
        let kind = source.array::<4>()?;
        source.skip(length + CHECKSUM)?;
        match &kind {
            b"IDAT" => has_data = true,
            b"IEND" if has_data => break,
            _ if kind.iter().all(u8::is_ascii_alphabetic) && &kind != b"IEND" => {}
            _ => return Err(Refusal::Unreadable.into()),
        }
    }
    source.expect_end()?;
    Ok(FileType::Png)
}

/// GIF: extensions and pictures, each in small blocks, up to the trailer.
pub(super) fn gif<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    const EXTENSION: u8 = 0x21;
    const PICTURE: u8 = 0x2c;
    const TRAILER: u8 = 0x3b;
    source.skip(6)?;
    check_extent(source.u16_le()?.into(), source.u16_le()?.into())?;
    let flags = source.byte()?;
    source.skip(2 + colours(flags))?;

    let mut has_picture = false;
    loop {
        match source.byte()? {
            EXTENSION => {
                source.skip(1)?;
                skip_blocks(source)?;
            }
            PICTURE => {
                source.skip(8)?;
                let flags = source.byte()?;
                source.skip(colours(flags) + 1)?;
                skip_blocks(source)?;
                has_picture = true;
            }
            TRAILER if has_picture => break,
            _ => return Err(Refusal::Unreadable.into()),
        }
    }
    source.expect_end()?;
    Ok(FileType::Gif)
}

/// The length of a GIF's table of colours.
fn colours(flags: u8) -> u64 {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

fn skip_blocks<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Flaw> {
    loop {
        match source.byte()? {
            0 => return Ok(()),
            length => source.skip(length.into())?,
        }
    }
}

/// BMP: a header of a known length, whose size is that of the file.
pub(super) fn bmp<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    /// Compressed pictures say how long they are; the others follow from their extent.
    const UNCOMPRESSED: [u32; 3] = [0, 3, 6];
    source.skip(2)?;
    let claimed = u64::from(source.u32_le()?);
    source.skip(4)?;
    let pixels_at = u64::from(source.u32_le()?);
    let header = source.u32_le()?;
    if ![40, 52, 56, 64, 108, 124].contains(&header) {
        return Err(Refusal::Unreadable.into());
    }
    let width = u64::from(source.u32_le()?);
    // A picture that is stored from the top down has a negative height.
    let height = u64::from(source.u32_le()?.cast_signed().unsigned_abs());
    check_extent(width, height)?;
    source.skip(2)?;
    let depth = u64::from(source.u16_le()?);
    let compression = source.u32_le()?;
    let compressed = u64::from(source.u32_le()?);
    if ![1, 4, 8, 16, 24, 32].contains(&depth) {
        return Err(Refusal::Unreadable.into());
    }

    let row = (width * depth).div_ceil(32) * 4;
    let size = if UNCOMPRESSED.contains(&compression) {
        row * height
    } else {
        compressed
    };
    source.go_to(pixels_at)?;
    source.skip(size)?;
    if source.len() != claimed {
        source.expect_end()?;
    }
    Ok(FileType::Bmp)
}

/// TIFF: a chain of directories, one for each page, whose entries point into the file.
///
/// The format has no end mark, and pages may stand in any order.
pub(super) fn tiff<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    let mut tiff = Tiff {
        big_end_first: source.array::<2>()? == *b"MM",
        source,
    };
    tiff.u16()?;
    let mut next = u64::from(tiff.u32()?);
    let mut pages = 0;
    while next != 0 {
        pages += 1;
        if pages > MOST_PAGES {
            return Err(Refusal::Unreadable.into());
        }
        next = tiff.page(next)?;
    }
    if pages == 0 {
        Err(Refusal::Unreadable.into())
    } else {
        Ok(FileType::Tiff)
    }
}

/// The values of an entry: two or four bytes each.
struct List {
    is_short: bool,
    count: u64,
    at: u64,
}

struct Tiff<'a, R> {
    source: &'a mut Source<R>,
    big_end_first: bool,
}

impl<R: Read + Seek> Tiff<'_, R> {
    fn u16(&mut self) -> Result<u16, Flaw> {
        if self.big_end_first {
            self.source.u16_be()
        } else {
            self.source.u16_le()
        }
    }

    fn u32(&mut self) -> Result<u32, Flaw> {
        if self.big_end_first {
            self.source.u32_be()
        } else {
            self.source.u32_le()
        }
    }

    /// Checks one page and says where the next one is.
    fn page(&mut self, at: u64) -> Result<u64, Flaw> {
        const WIDTH: u16 = 256;
        const HEIGHT: u16 = 257;
        const STRIPS: u16 = 273;
        const STRIP_LENGTHS: u16 = 279;
        const TILES: u16 = 324;
        const TILE_LENGTHS: u16 = 325;
        const SHORT: u16 = 3;
        self.source.go_to(at)?;
        let count = self.u16()?;
        let (mut width, mut height) = (0, 0);
        // Where a page's strips or tiles begin, and how long they are.
        let (mut places, mut lengths) = (None, None);
        for _ in 0..count {
            let tag = self.u16()?;
            let kind = self.u16()?;
            let values = u64::from(self.u32()?);
            let after = self.source.position() + 4;
            let size = values.saturating_mul(size_of_value(kind));
            // What does not fit into the entry stands elsewhere, and the entry says where.
            let value = match kind {
                SHORT if size <= 4 => self.u16()?.into(),
                _ => u64::from(self.u32()?),
            };
            if size > 4 && value.saturating_add(size) > self.source.len() {
                return Err(Refusal::Unreadable.into());
            }
            let list = List {
                is_short: kind == SHORT,
                count: values,
                at: if size > 4 { value } else { after - 4 },
            };
            match tag {
                WIDTH => width = value,
                HEIGHT => height = value,
                STRIPS | TILES => places = Some(list),
                STRIP_LENGTHS | TILE_LENGTHS => lengths = Some(list),
                _ => {}
            }
            self.source.go_to(after)?;
        }
        check_extent(width, height)?;
        let next = self.u32()?.into();
        if let (Some(places), Some(lengths)) = (places, lengths) {
            self.check_data(&places, &lengths)?;
        }
        Ok(next)
    }

    /// Refuses a page whose picture is not in the file.
    fn check_data(&mut self, places: &List, lengths: &List) -> Result<(), Flaw> {
        if places.count != lengths.count {
            return Err(Refusal::Unreadable.into());
        }
        for number in 0..places.count {
            let place = self.value(places, number)?;
            let length = self.value(lengths, number)?;
            if place.saturating_add(length) > self.source.len() {
                return Err(Refusal::Unreadable.into());
            }
        }
        Ok(())
    }

    fn value(&mut self, list: &List, number: u64) -> Result<u64, Flaw> {
        let size = if list.is_short { 2 } else { 4 };
        self.source
            .go_to(list.at.saturating_add(number.saturating_mul(size)))?;
        if list.is_short {
            self.u16().map(u64::from)
        } else {
            self.u32().map(u64::from)
        }
    }
}

/// The length of one value of a TIFF entry's kind; unknown kinds are not followed.
fn size_of_value(kind: u16) -> u64 {
    match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 => 8,
        _ => 0,
    }
}
