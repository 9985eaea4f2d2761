//! A first guess from how a file begins. The guess decides who looks closer; nothing is taken on its strength.

use super::tnef;

/// What a file begins like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    Zip,
    Ole,
    Pdf,
    /// An envelope of Outlook's.
    Tnef,
    Jpeg,
    Png,
    Gif,
    Tiff,
    Bmp,
    Riff,
    Ebml,
    Ogg,
    Mp3,
    IsoMedia,
    /// Something that runs.
    Program,
    /// An archive of another kind than ZIP.
    Archive,
    /// Nothing in particular, such as text.
    Unknown,
}

/// Where the mark of a kind stands, and the mark.
type Mark = (usize, &'static [u8]);

const PROGRAMS: &[Mark] = &[
    (0, b"\x7fELF"),
    (0, b"\xfe\xed\xfa\xce"),
    (0, b"\xfe\xed\xfa\xcf"),
    (0, b"\xce\xfa\xed\xfe"),
    (0, b"\xcf\xfa\xed\xfe"),
    // A Java class, or a Mach-O for several processors.
    (0, b"\xca\xfe\xba\xbe"),
    (0, b"\0asm"),
    (0, b"dex\n"),
    // A Windows shortcut.
    (0, b"\x4c\0\0\0\x01\x14\x02\0"),
    (0, b"ITSF\x03\0\0\0"),
    (0, b"#!"),
    (0, b"\xef\xbb\xbf#!"),
];

const ARCHIVES: &[Mark] = &[
    (0, b"Rar!\x1a\x07"),
    (0, b"7z\xbc\xaf\x27\x1c"),
    (0, b"\x1f\x8b\x08"),
    (0, b"\x1f\x9d"),
    (0, b"\x1f\xa0"),
    (4, b"\x31\x41\x59\x26\x53\x59"),
    (0, b"\xfd7zXZ\0"),
    (0, b"\x28\xb5\x2f\xfd"),
    (0, b"\x04\x22\x4d\x18"),
    (0, b"LZIP\x01"),
    (0, b"MSCF\0\0\0\0"),
    (0, b"\x60\xea"),
    (7, b"**ACE**"),
    (257, b"ustar"),
    (0, b"!<arch>\n"),
    (0, b"\xed\xab\xee\xdb"),
    (0, b"MSWIM\0\0\0"),
    (0, b"xar!\0"),
];

/// What the file of which `head` is the beginning looks like.
pub(super) fn guess(head: &[u8]) -> Guess {
    let at = |offset: usize, mark: &[u8]| {
        head.get(offset..)
            .is_some_and(|rest| rest.starts_with(mark))
    };
    let any = |marks: &[Mark]| marks.iter().any(|(offset, mark)| at(*offset, mark));

    if any(PROGRAMS) || is_windows_program(head) {
        return Guess::Program;
    }
    if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") || at(0, b"PK\x07\x08") {
        return Guess::Zip;
    }
    if any(ARCHIVES) || (at(2, b"-lh") && at(6, b"-")) {
        return Guess::Archive;
    }
    if head.starts_with(tnef::MARK) {
        return Guess::Tnef;
    }
    match head {
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Guess::Ole,
        [b'%', b'P', b'D', b'F', b'-', ..] => Guess::Pdf,
        [0xff, 0xd8, 0xff, ..] => Guess::Jpeg,
        [0x89, b'P', b'N', b'G', ..] => Guess::Png,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Guess::Gif,
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Guess::Tiff,
        [b'R', b'I', b'F', b'F', ..] => Guess::Riff,
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Guess::Ebml,
        [b'O', b'g', b'g', b'S', 0, ..] => Guess::Ogg,
        [b'I', b'D', b'3', 2..=4, ..] => Guess::Mp3,
        // Eleven set bits and layer III. A UTF-16 mark has layer I there.
        [0xff, second, ..] if second & 0xe6 == 0xe2 => Guess::Mp3,
        // The upper half of a BMP's header length is zero, so that no text looks like it.
        [b'B', b'M', ..] if at(16, &[0, 0]) => Guess::Bmp,
        // A length of at most 20 MiB begins with a byte that no text begins with.
        [0 | 1, _, _, _, kind @ ..] if begins_iso_media(kind) => Guess::IsoMedia,
        _ => Guess::Unknown,
    }
}

/// Whether the bytes hold `needle`.
pub(super) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Whether a browser that guesses would take the bytes for a page.
pub(super) fn reads_as_page(bytes: &[u8]) -> bool {
    let lower = bytes.to_ascii_lowercase();
    [
        &b"<!doctype html"[..],
        b"<html",
        b"<script",
        b"<svg",
        b"<iframe",
        b"<?php",
        b"<hta:",
    ]
    .iter()
    .any(|tag| contains(&lower, tag))
}

/// "MZ" alone may begin a sentence: the second header must be where the first one says.
fn is_windows_program(head: &[u8]) -> bool {
    if !head.starts_with(b"MZ") {
        return false;
    }
    let Some(offset) = head.get(0x3c..0x40) else {
        return false;
    };
    let offset = u32::from_le_bytes([offset[0], offset[1], offset[2], offset[3]]) as usize;
    match head.get(offset..) {
        Some(header) => [&b"PE\0\0"[..], b"NE", b"LE", b"LX"]
            .iter()
            .any(|mark| header.starts_with(mark)),
        // The header lies further on than anything but a program would put it.
        None => offset < 0x1000_0000 && head[2..0x3c].contains(&0),
    }
}

/// ISO media begin with the type of a box after its length; QuickTime of old had no `ftyp`.
fn begins_iso_media(kind: &[u8]) -> bool {
    [&b"ftyp"[..], b"moov", b"mdat", b"wide"]
        .iter()
        .any(|known| kind.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn do_2_programs_are_known_by_their_marks() {
        let mut windows = vec![0; 256];
        windows[..2].copy_from_slice(b"MZ");
        windows[0x3c] = 0x80;
        windows[0x80..0x84].copy_from_slice(b"PE\0\0");

        assert_eq!(guess(&windows), Guess::Program);
        assert_eq!(guess(b"\x7fELF\x02\x01\x01"), Guess::Program);
        assert_eq!(guess(b"\xcf\xfa\xed\xfe\x07\0\0\x01"), Guess::Program);
        assert_eq!(guess(b"#!/bin/sh\necho"), Guess::Program);
    }

    #[test]
    fn words_that_begin_like_a_mark_are_no_more_than_words() {
        assert_eq!(
            guess(b"MZ is the country code of Mozambique, and this goes on for more than a header"),
            Guess::Unknown
        );
        assert_eq!(guess(b"BMW parts, three of them"), Guess::Unknown);
        assert_eq!(guess(b"ID3 is a tag"), Guess::Unknown);
        assert_eq!(guess(b"\xff\xfeH\0e\0"), Guess::Unknown);
        assert_eq!(guess(b""), Guess::Unknown);
    }

    #[test]
    fn archives_of_every_kind_are_known() {
        for archive in [
            &b"Rar!\x1a\x07\x01\0"[..],
            b"7z\xbc\xaf\x27\x1c\0\x04",
            b"\x1f\x8b\x08\0",
            b"BZh91AY&SY",
        ] {
            assert_eq!(guess(archive), Guess::Archive, "{archive:?}");
        }
    }
}
