//! Files made on the spot, for the tests: ordinary ones, and ones that are not what they seem.

mod attachments;
mod compound;
mod pdf;
mod pictures;
mod recordings;

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(super) use attachments::{ascii_85, ascii_hex, deflated, lzw, pdf_with, run_length, stream};
pub(super) use compound::{compound, doc, msg, ole10native, ppt, xls};
pub(super) use pdf::{Password, encrypted_pdf, encrypted_pdf_of, encrypted_pdf_with, pdf};
pub(super) use pictures::{bmp, gif, jpeg, png, samsung_jpeg, tiff, webp};
pub(super) use recordings::{avi, heic, matroska, mp3, mp4, ogg, wav};

pub(super) const WORD: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
pub(super) const EXCEL: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
pub(super) const SLIDES: &str =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";

/// A part of an archive: its name and its content.
pub(super) type Part<'a> = (&'a str, &'a [u8]);

/// An archive, deflated.
pub(super) fn zip(parts: &[Part<'_>]) -> Vec<u8> {
    zip_with(parts, SimpleFileOptions::default())
}

/// An archive.
pub(super) fn zip_with(parts: &[Part<'_>], options: SimpleFileOptions) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An Office file of a main content type, with more parts.
pub(super) fn office(main_type: &str, more: &[Part<'_>]) -> Vec<u8> {
    zip(&office_parts(
        &content_types(main_type),
        RELATIONSHIPS,
        more,
    ))
}

/// A Word file with more parts.
pub(super) fn docx(more: &[Part<'_>]) -> Vec<u8> {
    office(WORD, more)
}

/// An Excel file.
pub(super) fn xlsx() -> Vec<u8> {
    office(EXCEL, &[])
}

/// The parts of an Office file with these lists.
pub(super) fn office_parts<'a>(
    types: &'a str,
    relationships: &'a str,
    more: &[Part<'a>],
) -> Vec<Part<'a>> {
    let mut parts = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relationships.as_bytes()),
        ("main/document.xml", b"<document/>".as_slice()),
    ];
    parts.extend_from_slice(more);
    parts
}

/// A list of content types with the main part's.
pub(super) fn content_types(main_type: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/main/document.xml" ContentType="{main_type}"/></Types>"#
    )
}

/// Relationships that name the main part.
pub(super) const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="main/document.xml"/>
</Relationships>"#;

/// An OpenDocument text as the standard wants it: its type first, and uncompressed.
pub(super) fn odt() -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("mimetype", stored).unwrap();
    archive
        .write_all(b"application/vnd.oasis.opendocument.text")
        .unwrap();
    archive
        .start_file("content.xml", SimpleFileOptions::default())
        .unwrap();
    archive.write_all(b"<office:document-content/>").unwrap();
    archive.finish().unwrap().into_inner()
}

/// A program for Windows, as far as its headers go.
pub(super) fn program() -> Vec<u8> {
    let mut program = vec![0; 512];
    program[..2].copy_from_slice(b"MZ");
    program[0x3c] = 0x80;
    program[0x80..0x84].copy_from_slice(b"PE\0\0");
    program
}

/// An email with an attachment.
pub(super) fn email() -> Vec<u8> {
    b"Received: from mail.example by portal.example; Mon, 9 Jun 2025 10:30:00 +0100\r\n\
      From: Resident <resident@example.com>\r\nSubject: Damp and mould\r\n in the bedroom\r\nMIME-Version: 1.0\r\n\
      Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n"
        .to_vec()
}
