//! OLE compound files.

use std::io::{Cursor, Write as _};

use cfb::CompoundFile;

/// A compound file with streams; a path with several steps makes the storages above.
pub(in crate::inspect) fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, content) in streams {
        if let Some((above, _)) = path.rsplit_once('/')
            && !above.is_empty()
        {
            file.create_storage_all(above).unwrap();
        }
        file.create_stream(path)
            .unwrap()
            .write_all(content)
            .unwrap();
    }
    file.into_inner().into_inner()
}

/// A Word document whose information block has these flags.
pub(in crate::inspect) fn doc(flags: u16) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..2].copy_from_slice(&0xa5ec_u16.to_le_bytes());
    block[0x0a..0x0c].copy_from_slice(&flags.to_le_bytes());
    compound(&[("WordDocument", block)])
}

/// An Excel workbook with records between its globals' first and last.
pub(in crate::inspect) fn xls(records: &[(u16, &[u8])]) -> Vec<u8> {
    let mut stream = Vec::new();
    let begin: (u16, &[u8]) = (0x0809, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let end: (u16, &[u8]) = (0x000a, &[]);
    for (kind, content) in [&[begin], records, &[end]].concat() {
        stream.extend_from_slice(&kind.to_le_bytes());
        stream.extend_from_slice(&u16::try_from(content.len()).unwrap().to_le_bytes());
        stream.extend_from_slice(content);
    }
    compound(&[("Workbook", stream)])
}

/// A presentation: the mark of its current user, the length of its newest edit, and whether it has macros.
pub(in crate::inspect) fn ppt(mark: u32, edit: u32, macros: u32) -> Vec<u8> {
    let record = |kind: u16, content: &[u8]| {
        let mut record = vec![0x0f, 0];
        record.extend_from_slice(&kind.to_le_bytes());
        record.extend_from_slice(&u32::try_from(content.len()).unwrap().to_le_bytes());
        record.extend_from_slice(content);
        record
    };
    let atom = record(
        0x0400,
        &[[7, 0, 0, 0], macros.to_le_bytes(), [2, 0, 0, 0]].concat(),
    );
    let document = record(0x03e8, &record(0x07d0, &record(0x03ff, &atom)));
    let edit_at = u32::try_from(document.len()).unwrap();
    let stream = [document, record(0x0ff5, &vec![0; edit as usize])].concat();
    let user = record(
        0x0ff6,
        &[
            20_u32.to_le_bytes(),
            mark.to_le_bytes(),
            edit_at.to_le_bytes(),
            [0; 4],
            [0; 4],
        ]
        .concat(),
    );
    compound(&[("PowerPoint Document", stream), ("Current User", user)])
}

/// An Outlook message.
pub(in crate::inspect) fn msg() -> Vec<u8> {
    compound(&[
        ("__properties_version1.0", vec![0; 32]),
        ("__substg1.0_0037001F", b"D\0a\0m\0p\0".to_vec()),
        ("/__nameid_version1.0/__substg1.0_00020102", vec![0; 16]),
    ])
}

/// The content of an object that was packed from a file.
pub(in crate::inspect) fn ole10native(name: &str, content: &[u8]) -> Vec<u8> {
    let mut packed = vec![2, 0];
    for text in [name, r"C:\Users\me\file"] {
        packed.extend_from_slice(text.as_bytes());
        packed.push(0);
    }
    packed.extend_from_slice(&[0, 0, 3, 0]);
    packed.extend_from_slice(&4_u32.to_le_bytes());
    packed.extend_from_slice(b"tmp\0");
    packed.extend_from_slice(&u32::try_from(content.len()).unwrap().to_le_bytes());
    packed.extend_from_slice(content);
    [
        u32::try_from(packed.len()).unwrap().to_le_bytes().to_vec(),
        packed,
    ]
    .concat()
}
