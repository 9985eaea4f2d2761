//! PDFs with attached files, packed and named in the ways that there are.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A PDF of one empty page and these objects, the first of which has number 4.
pub(in crate::inspect) fn pdf_with(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = Vec::new();
    let page: [&[u8]; 3] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
    ];
    let all = page.into_iter().chain(objects.iter().map(Vec::as_slice));
    for (before, object) in all.enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        file.extend_from_slice(format!("{} 0 obj\n", before + 1).as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let (at, size) = (file.len(), objects.len() + 4);
    let end = format!(
        "xref\n0 {size}\n0000000000 65535 f \n{}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n",
        String::from_utf8_lossy(&table)
    );
    file.extend_from_slice(end.as_bytes());
    file
}

/// A stream with these entries.
pub(in crate::inspect) fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let mut stream = format!("<<{entries}/Length {}>>\nstream\n", content.len()).into_bytes();
    stream.extend_from_slice(content);
    stream.extend_from_slice(b"\nendstream");
    stream
}

pub(in crate::inspect) fn deflated(content: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(content).unwrap();
    packer.finish().unwrap()
}

pub(in crate::inspect) fn ascii_hex(content: &[u8]) -> Vec<u8> {
    (hex::encode(content) + ">").into_bytes()
}

pub(in crate::inspect) fn ascii_85(content: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for group in content.chunks(4) {
        let mut four = [0; 4];
        four[..group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes(four);
        let digits = [85_u32.pow(4), 85_u32.pow(3), 85_u32.pow(2), 85, 1]
            .map(|power| u8::try_from(number / power % 85).unwrap() + b'!');
        text.extend_from_slice(&digits[..=group.len()]);
    }
    text.extend_from_slice(b"~>");
    text
}

pub(in crate::inspect) fn run_length(content: &[u8]) -> Vec<u8> {
    let mut runs = Vec::new();
    for run in content.chunks(128) {
        runs.push(u8::try_from(run.len() - 1).unwrap());
        runs.extend_from_slice(run);
    }
    runs.push(128);
    runs
}

/// Packs without finding anything twice: every byte as a code of nine bits, with a fresh start before the codes grow.
pub(in crate::inspect) fn lzw(content: &[u8]) -> Vec<u8> {
    let mut codes: Vec<u16> = Vec::new();
    for run in content.chunks(100) {
        codes.push(256);
        codes.extend(run.iter().map(|byte| u16::from(*byte)));
    }
    codes.push(257);
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for code in codes {
        bits = bits << 9 | u32::from(code);
        count += 9;
        while count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes.push(u8::try_from(bits << (8 - count) & 0xff).unwrap());
    bytes
}
