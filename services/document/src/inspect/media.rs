//! Sound and film that is not MP4: RIFF (WAV, AVI, WebP), Matroska with its kin, Ogg, MP3.

use std::io::{Read, Seek};

use super::source::Source;
use super::{FileType, Flaw, Refusal, image, sniff};

/// RIFF: one chunk as long as the file, or several for a long film.
pub(super) fn riff<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    /// What recorders write that did not know the length yet.
    const NOT_KNOWN: [u32; 2] = [0, u32::MAX];
    let mut found = None;
    while begins_riff(source)? {
        let length = source.u32_le()?;
        let start = source.position();
        let kind = match &source.array::<4>()? {
            b"WAVE" => FileType::Wav,
            b"WEBP" => FileType::WebP,
            b"AVI " | b"AVIX" => FileType::Avi,
            _ => return Err(Refusal::TypeNotAccepted.into()),
        };
        let first = source.array::<4>()?;
        if first == *b"VP8X" {
            check_canvas(source)?;
        }
        if found.is_none() && !begins_well(kind, first)
            || found.is_some_and(|before| before != kind)
        {
            return Err(Refusal::Unreadable.into());
        }
        found = Some(kind);
        if NOT_KNOWN.contains(&length) && kind == FileType::Wav {
            return Ok(kind);
        }
        // Chunks of an odd length are followed by one more byte.
        source.go_to(start + u64::from(length))?;
        if length % 2 == 1 && source.left() > 0 {
            source.skip(1)?;
        }
        if kind != FileType::Avi {
            break;
        }
    }
    source.expect_end()?;
    found.ok_or_else(|| Refusal::Unreadable.into())
}

/// Whether a RIFF goes on here; it stands behind its mark then.
fn begins_riff<R: Read + Seek>(source: &mut Source<R>) -> Result<bool, Flaw> {
    let start = source.position();
    if source.left() >= 12 && source.array::<4>()? == *b"RIFF" {
        return Ok(true);
    }
    source.go_to(start)?;
    Ok(false)
}

/// The extent of an extended `WebP`, of which 24 bits each say one less than it is.
fn check_canvas<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Flaw> {
    source.skip(4 + 4)?;
    let extent: [u8; 6] = source.array()?;
    let side = |bytes: &[u8]| {
        let less_one = bytes
            .iter()
            .rev()
            .fold(0, |side, byte| side << 8 | u64::from(*byte));
        less_one + 1
    };
    image::check_extent(side(&extent[..3]), side(&extent[3..])).map_err(Flaw::from)
}

/// The first chunk within, as the type has it.
fn begins_well(kind: FileType, first: [u8; 4]) -> bool {
    match kind {
        FileType::Wav => first
            .iter()
            .all(|byte| byte.is_ascii_graphic() || *byte == b' '),
        FileType::WebP => [*b"VP8 ", *b"VP8L", *b"VP8X"].contains(&first),
        _ => first == *b"LIST",
    }
}

/// Matroska: a header that names the type, and segments to the end of the file.
pub(super) fn ebml<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    const HEADER: u32 = 0x1a45_dfa3;
    const SEGMENT: u32 = 0x1853_8067;
    const VOID: u32 = 0xec;
    const CHECKSUM: u32 = 0xbf;
    if element(source)? != HEADER {
        return Err(Refusal::Unreadable.into());
    }
    let length = element_length(source)?
        .filter(|length| *length < 4096)
        .ok_or(Refusal::Unreadable)?;
    let start = source.position();
    let header = source.up_to(usize::try_from(length).unwrap_or_default())?;
    source.go_to(start + length)?;
    let found = if sniff::contains(&header, b"\x42\x82\x84webm") {
        FileType::WebM
    } else if sniff::contains(&header, b"\x42\x82\x88matroska") {
        FileType::Matroska
    } else {
        return Err(Refusal::TypeNotAccepted.into());
    };

    let mut has_segment = false;
    while source.left() > 0 {
        match element(source)? {
            SEGMENT => has_segment = true,
            VOID | CHECKSUM if has_segment => {}
            _ => return Err(Refusal::NotItsType.into()),
        }
        match element_length(source)? {
            Some(length) => source.skip(length)?,
            // A recording that was never finished: the segment goes on to the end.
            None => return Ok(found),
        }
    }
    if has_segment {
        Ok(found)
    } else {
        Err(Refusal::Unreadable.into())
    }
}

/// An element's number: as many bytes as its first has leading zeros, and one.
fn element<R: Read + Seek>(source: &mut Source<R>) -> Result<u32, Flaw> {
    let first = source.byte()?;
    let mut number = u32::from(first);
    if first < 0x10 {
        return Err(Refusal::NotItsType.into());
    }
    for _ in 0..first.leading_zeros() {
        number = number << 8 | u32::from(source.byte()?);
    }
    Ok(number)
}

/// An element's length, coded alike, without the bit that says how; `None` when it is not known.
fn element_length<R: Read + Seek>(source: &mut Source<R>) -> Result<Option<u64>, Flaw> {
    let first = source.byte()?;
    let more = first.leading_zeros();
    if more > 7 {
        return Err(Refusal::Unreadable.into());
    }
    let mut length = u64::from(first) & (0x7f >> more);
    for _ in 0..more {
        length = length << 8 | u64::from(source.byte()?);
    }
    let not_known = (1_u64 << (7 * (more + 1))) - 1;
    Ok((length != not_known).then_some(length))
}

/// Ogg: pages to the end of the file, of which the first says what is in them.
pub(super) fn ogg<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    let head = source.head(512)?;
    let starts = |codec: &[u8]| sniff::contains(&head, codec);
    let found = if starts(b"\x80theora") {
        FileType::OggVideo
    } else if [&b"\x01vorbis"[..], b"OpusHead", b"\x7fFLAC", b"Speex   "]
        .into_iter()
        .any(starts)
    {
        FileType::OggAudio
    } else {
        return Err(Refusal::TypeNotAccepted.into());
    };
    while source.left() > 0 {
        if source.array::<4>()? != *b"OggS" {
            return Err(Refusal::NotItsType.into());
        }
        source.skip(22)?;
        let segments = source.byte()?;
        let mut length = 0;
        for _ in 0..segments {
            length += u64::from(source.byte()?);
        }
        source.skip(length)?;
    }
    Ok(found)
}

/// MP3: a tag, and frames that follow one another.
///
/// Players skip what is no frame, and recorders leave some of that; so only the beginning must be right.
pub(super) fn mp3<R: Read + Seek>(source: &mut Source<R>) -> Result<FileType, Flaw> {
    const FRAMES: u32 = 3;
    let mut head = source.array::<10>()?;
    source.go_to(0)?;
    while head.starts_with(b"ID3") {
        if head[6..].iter().any(|byte| *byte >= 0x80) {
            return Err(Refusal::Unreadable.into());
        }
        let length = head[6..]
            .iter()
            .fold(0, |length, byte| length << 7 | u64::from(*byte));
        let footer = if head[5] & 0x10 == 0 { 0 } else { 10 };
        source.skip(10 + length + footer)?;
        let start = source.position();
        head = source.array()?;
        source.go_to(start)?;
    }
    skip_zeros(source)?;
    for _ in 0..FRAMES {
        let length = frame_length(source.array()?).ok_or(Refusal::Unreadable)?;
        let rest = length.checked_sub(4).ok_or(Refusal::Unreadable)?;
        source.skip(rest)?;
    }
    Ok(FileType::Mp3)
}

/// Some tags are shorter than the room that was made for them.
fn skip_zeros<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Flaw> {
    let mut start = source.position();
    while source.byte()? == 0 {
        start += 1;
    }
    source.go_to(start)
}

/// The length of a frame of layer III, from its first four bytes.
fn frame_length([first, version, rates, _]: [u8; 4]) -> Option<u64> {
    const FIRST_VERSION: [u64; 15] = [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ];
    const LATER_VERSIONS: [u64; 15] =
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    const SAMPLES: [u64; 3] = [44_100, 48_000, 32_000];
    if first != 0xff || version & 0xe6 != 0xe2 {
        return None;
    }
    let samples = *SAMPLES.get(usize::from(rates >> 2 & 3))?;
    let rate = usize::from(rates >> 4);
    let padding = u64::from(rates >> 1 & 1);
    let (kilobits, scale, samples) = match version >> 3 & 3 {
        3 => (FIRST_VERSION.get(rate)?, 144_000, samples),
        2 => (LATER_VERSIONS.get(rate)?, 72_000, samples / 2),
        0 => (LATER_VERSIONS.get(rate)?, 72_000, samples / 4),
        _ => return None,
    };
    (*kilobits > 0).then(|| kilobits * scale / samples + padding)
}
