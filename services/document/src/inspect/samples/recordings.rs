//! Sound, film, and what shares their boxes.

fn length(content: &[u8]) -> u32 {
    u32::try_from(content.len()).unwrap()
}

/// A box of ISO media.
fn iso(kind: &[u8], content: &[u8]) -> Vec<u8> {
    [&(length(content) + 8).to_be_bytes()[..], kind, content].concat()
}

/// An MP4 of a brand, with a track of a kind.
pub(in crate::inspect) fn mp4(brand: &[u8], track: &[u8]) -> Vec<u8> {
    let handler = iso(b"hdlr", &[&[0; 8][..], track, &[0; 12]].concat());
    let movie = iso(b"moov", &iso(b"trak", &iso(b"mdia", &handler)));
    [
        iso(b"ftyp", &[brand, &[0, 0, 2, 0], brand].concat()),
        iso(b"mdat", &[1; 32]),
        movie,
    ]
    .concat()
}

/// A HEIC picture.
pub(in crate::inspect) fn heic() -> Vec<u8> {
    [
        iso(b"ftyp", b"heic\0\0\0\0mif1heic"),
        iso(b"meta", &[0; 4]),
        iso(b"mdat", &[1; 32]),
    ]
    .concat()
}

/// A WAV.
pub(in crate::inspect) fn wav() -> Vec<u8> {
    let content = [
        &b"WAVEfmt "[..],
        &16_u32.to_le_bytes(),
        &[1; 16],
        b"data",
        &4_u32.to_le_bytes(),
        &[0; 4],
    ]
    .concat();
    [&b"RIFF"[..], &length(&content).to_le_bytes(), &content].concat()
}

/// A long AVI, which goes on in a second part.
pub(in crate::inspect) fn avi() -> Vec<u8> {
    let part = |kind: &[u8; 4]| {
        let content = [&kind[..], b"LIST", &4_u32.to_le_bytes(), b"movi"].concat();
        [&b"RIFF"[..], &length(&content).to_le_bytes(), &content].concat()
    };
    [part(b"AVI "), part(b"AVIX")].concat()
}

/// A Matroska file of a document type.
pub(in crate::inspect) fn matroska(kind: &str) -> Vec<u8> {
    let kind = [
        &[0x42, 0x82, 0x80 | u8::try_from(kind.len()).unwrap()][..],
        kind.as_bytes(),
    ]
    .concat();
    let header = [
        &[
            0x1a,
            0x45,
            0xdf,
            0xa3,
            0x80 | u8::try_from(kind.len()).unwrap(),
        ][..],
        &kind,
    ]
    .concat();
    [
        &header[..],
        &[0x18, 0x53, 0x80, 0x67, 0x84, 0xec, 0x82, 0, 0],
    ]
    .concat()
}

/// An Ogg file of two pages with a codec.
pub(in crate::inspect) fn ogg(codec: &[u8]) -> Vec<u8> {
    let page = |content: &[u8]| {
        [
            &b"OggS\0\x02"[..],
            &[0; 20],
            &[1, u8::try_from(content.len()).unwrap()],
            content,
        ]
        .concat()
    };
    [page(codec), page(&[0; 30])].concat()
}

/// An MP3 of four frames behind a tag.
pub(in crate::inspect) fn mp3() -> Vec<u8> {
    // 128 kbit/s at 44.1 kHz: 417 bytes.
    let mut frame = vec![0; 417];
    frame[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
    [&b"ID3\x03\0\0\0\0\0\x0a"[..], &[0; 10], &frame.repeat(4)].concat()
}
