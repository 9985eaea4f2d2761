//! Pictures, as small as their formats allow.

/// A JPEG of one pixel's worth of structure.
pub(in crate::inspect) fn jpeg() -> Vec<u8> {
    let frame = [0xff, 0xc0, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0];
    let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0];
    let data = [0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56];
    [&[0xff, 0xd8][..], &frame, &scan, &data, &[0xff, 0xd9]].concat()
}

/// The same with the notes that a Samsung phone puts behind it.
pub(in crate::inspect) fn samsung_jpeg() -> Vec<u8> {
    let note = [
        &[0, 0, 0x01, 0x0a][..],
        &6_u32.to_le_bytes(),
        b"UTC123",
        b"1750000000",
    ]
    .concat();
    let length = u32::try_from(note.len()).unwrap();
    let entry = [
        &[0, 0, 0x01, 0x0a][..],
        &length.to_le_bytes(),
        &length.to_le_bytes(),
    ]
    .concat();
    let directory = [
        &b"SEFH"[..],
        &101_u32.to_le_bytes(),
        &1_u32.to_le_bytes(),
        &entry,
    ]
    .concat();
    let size = u32::try_from(directory.len()).unwrap();
    [&jpeg()[..], &note, &directory, &size.to_le_bytes(), b"SEFT"].concat()
}

/// A PNG that claims to be so wide and high.
pub(in crate::inspect) fn png(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], content: &[u8]| {
        [
            &u32::try_from(content.len()).unwrap().to_be_bytes()[..],
            kind,
            content,
            &[0; 4],
        ]
        .concat()
    };
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 6, 0, 0, 0],
    ]
    .concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"tEXt", b"Title\0damp"),
        chunk(b"IDAT", &[0x78, 0x9c]),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

/// A GIF with a comment and one picture.
pub(in crate::inspect) fn gif() -> Vec<u8> {
    [
        &b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"[..],
        b"\x21\xfe\x04damp\0",
        b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b",
    ]
    .concat()
}

/// A TIFF of one page.
pub(in crate::inspect) fn tiff() -> Vec<u8> {
    let entry = |tag: u16, value: u32| {
        [
            &tag.to_le_bytes()[..],
            &4_u16.to_le_bytes(),
            &1_u32.to_le_bytes(),
            &value.to_le_bytes(),
        ]
        .concat()
    };
    [
        b"II*\0\x08\0\0\0".to_vec(),
        3_u16.to_le_bytes().to_vec(),
        entry(256, 10),
        entry(257, 10),
        entry(273, 8),
        0_u32.to_le_bytes().to_vec(),
    ]
    .concat()
}

/// A BMP of four pixels.
pub(in crate::inspect) fn bmp() -> Vec<u8> {
    let header = [
        &40_u32.to_le_bytes()[..],
        &2_u32.to_le_bytes(),
        &2_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &24_u16.to_le_bytes(),
        &[0; 24],
    ]
    .concat();
    let pixels = [0x7f; 16];
    let size = u32::try_from(14 + header.len() + pixels.len()).unwrap();
    [
        &b"BM"[..],
        &size.to_le_bytes(),
        &[0; 4],
        &54_u32.to_le_bytes(),
        &header,
        &pixels,
    ]
    .concat()
}

/// A WebP.
pub(in crate::inspect) fn webp() -> Vec<u8> {
    [
        &b"RIFF"[..],
        &18_u32.to_le_bytes(),
        b"WEBPVP8L",
        &5_u32.to_le_bytes(),
        b"\x2f\0\0\0\0\0",
    ]
    .concat()
}
