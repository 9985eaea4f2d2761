//! Which files are taken, and why others are not (DO-2).

mod email;
mod office;
mod others;
mod pdf;
mod tnef;

use std::io::Cursor;

use super::samples::*;
use super::*;

/// What is made of a content under a name.
fn verdict(content: &[u8], name: &str) -> Result<FileType, Refusal> {
    match inspect(Cursor::new(content), name) {
        Ok(found) => Ok(found),
        Err(Flaw::Refused(refusal)) => Err(refusal),
        Err(Flaw::Io(error)) => panic!("reading from memory does not fail: {error}"),
    }
}

/// Every kind of file that is taken, with its name.
fn accepted() -> Vec<(Vec<u8>, &'static str, FileType)> {
    vec![
        (docx(&[]), "letter.docx", FileType::Word),
        (xlsx(), "repairs.xlsx", FileType::Excel),
        (office(SLIDES, &[]), "slides.pptx", FileType::PowerPoint),
        (doc(0), "letter.doc", FileType::Word97),
        (xls(&[]), "repairs.xls", FileType::Excel97),
        (
            ppt(0xe391_c05f, 0x1c, 0),
            "slides.ppt",
            FileType::PowerPoint97,
        ),
        (pdf::plain(), "report.pdf", FileType::Pdf),
        (jpeg(), "damp.JPG", FileType::Jpeg),
        (png(8, 8), "damp.png", FileType::Png),
        (gif(), "damp.gif", FileType::Gif),
        (tiff(), "scan.tif", FileType::Tiff),
        (heic(), "damp.heic", FileType::Heic),
        (webp(), "damp.webp", FileType::WebP),
        (bmp(), "damp.bmp", FileType::Bmp),
        (
            b"What was said on the telephone".to_vec(),
            "note.txt",
            FileType::PlainText,
        ),
        (
            b"date,job\n2025-06-09,boiler\n".to_vec(),
            "jobs.csv",
            FileType::Csv,
        ),
        (email(), "complaint.eml", FileType::Email),
        (msg(), "complaint.msg", FileType::OutlookMessage),
        (mp3(), "call.mp3", FileType::Mp3),
        (mp4(b"M4A ", b"soun"), "call.m4a", FileType::Mp4Audio),
        (wav(), "call.wav", FileType::Wav),
        (ogg(b"OpusHead"), "call.ogg", FileType::OggAudio),
        (mp4(b"isom", b"vide"), "leak.mp4", FileType::Mp4Video),
        (mp4(b"qt  ", b"vide"), "leak.mov", FileType::QuickTime),
        (avi(), "leak.avi", FileType::Avi),
        (matroska("matroska"), "leak.mkv", FileType::Matroska),
        (matroska("webm"), "leak.webm", FileType::WebM),
        (ogg(b"\x80theora"), "leak.ogv", FileType::OggVideo),
    ]
}

#[test]
fn do_2_every_ordinary_type_is_taken() {
    for (content, name, expected) in accepted() {
        assert_eq!(verdict(&content, name), Ok(expected), "{name}");
    }
}

#[test]
fn do_2_a_file_under_another_types_name_is_refused() {
    for (content, name, _) in accepted() {
        for other in ["renamed.pdf", "renamed.docx", "renamed.jpg", "renamed.xls"] {
            if name.rsplit('.').next().map(str::to_lowercase)
                != other.rsplit('.').next().map(str::to_lowercase)
            {
                assert_eq!(
                    verdict(&content, other),
                    Err(Refusal::NotItsType),
                    "{name} as {other}"
                );
            }
        }
    }
}

#[test]
fn do_2_a_program_is_refused_whatever_it_is_called() {
    for name in [
        "setup.exe",
        "report.pdf",
        "letter.docx",
        "note.txt",
        "setup",
    ] {
        assert_eq!(verdict(&program(), name), Err(Refusal::Program), "{name}");
        assert_eq!(
            verdict(b"\x7fELF\x02\x01\x01\0", name),
            Err(Refusal::Program),
            "{name}"
        );
        assert_eq!(
            verdict(b"#!/bin/sh\nrm -r /", name),
            Err(Refusal::Program),
            "{name}"
        );
    }
}

#[test]
fn do_2_a_script_is_refused_by_its_extension() {
    for name in [
        "a.bat",
        "a.ps1",
        "a.js",
        "a.vbs",
        "a.html",
        "a.svg",
        "a.hta",
        "a.PY",
        "report.pdf.cmd",
    ] {
        assert_eq!(
            verdict(b"nothing to see", name),
            Err(Refusal::Program),
            "{name}"
        );
    }
    assert_eq!(verdict(&png(8, 8), "damp.png.js"), Err(Refusal::Program));
}

#[test]
fn do_2_an_archive_is_refused_whatever_it_is_called() {
    let archives = [
        zip(&[("a.txt", b"a")]),
        zip(&[]),
        b"Rar!\x1a\x07\x01\0rest".to_vec(),
        b"7z\xbc\xaf\x27\x1c\0\x04rest".to_vec(),
        b"\x1f\x8b\x08\0rest".to_vec(),
    ];
    for archive in archives {
        for name in [
            "evidence.zip",
            "evidence.pdf",
            "evidence.docx",
            "evidence.txt",
        ] {
            assert_eq!(verdict(&archive, name), Err(Refusal::Compressed), "{name}");
        }
    }
}

#[test]
fn do_2_an_open_document_is_refused_whatever_it_is_called() {
    for name in ["letter.odt", "letter.docx", "letter.pdf"] {
        assert_eq!(verdict(&odt(), name), Err(Refusal::OpenDocument), "{name}");
    }
    assert_eq!(
        verdict(b"<?xml version=\"1.0\"?><office:document/>", "letter.fodt"),
        Err(Refusal::OpenDocument)
    );
    let without_its_type = zip(&[("content.xml", b"<a/>"), ("META-INF/manifest.xml", b"<a/>")]);
    assert_eq!(
        verdict(&without_its_type, "letter.odt"),
        Err(Refusal::OpenDocument)
    );
}

#[test]
fn do_2_an_empty_file_is_refused() {
    assert_eq!(verdict(b"", "report.pdf"), Err(Refusal::Empty));
}

#[test]
fn do_2_what_the_portal_does_not_know_is_refused() {
    assert_eq!(
        verdict(b"{\\rtf1 Dear Sir}", "letter.rtf"),
        Err(Refusal::TypeNotAccepted)
    );
    assert_eq!(
        verdict(b"\0\x01\x02", "data.bin"),
        Err(Refusal::TypeNotAccepted)
    );
    assert_eq!(verdict(&png(8, 8), "damp"), Err(Refusal::TypeNotAccepted));
    assert_eq!(
        verdict(b"\0\x01\x02", "letter.docx"),
        Err(Refusal::NotItsType)
    );
}

#[test]
fn do_2_an_archive_behind_any_file_is_refused() {
    let archive = zip(&[("a.class", b"\xca\xfe\xba\xbe")]);
    for (content, name, _) in accepted() {
        let both = [content, archive.clone()].concat();
        assert!(verdict(&both, name).is_err(), "{name}");
    }
}

#[test]
fn do_2_an_archive_whose_comment_is_the_rest_of_the_file_is_refused() {
    let mut archive = zip(&[("a.txt", b"a")]);
    let length = archive.len();
    let whole = pdf::plain();
    let (before, after) = whole.split_at(20);
    archive[length - 2..].copy_from_slice(&u16::try_from(after.len() + 1).unwrap().to_le_bytes());
    // A comment in PDF hides the archive from its readers, up to the end of the line.
    let hidden = [before, b"%", &archive, b"\n", after].concat();

    assert!(verdict(&hidden, "report.pdf").is_err());
    assert!(
        archive::ends_as_one(
            &mut Source::new(Cursor::new(&hidden)).unwrap(),
            Behind::Comment
        )
        .unwrap()
    );
}

#[test]
fn do_2_a_pdf_in_front_of_another_file_is_refused() {
    let parts = [("%PDF-1.7.txt", &b"%PDF-1.7"[..])];
    let types = content_types(WORD);
    let hidden = [&parts[..], &office_parts(&types, RELATIONSHIPS, &[])].concat();

    assert_eq!(
        verdict(&zip(&hidden), "letter.docx"),
        Err(Refusal::NotItsType)
    );
    let email = [b"From: a\r\nX-Odd: %PDF-1.4\r\n\r\n".to_vec(), pdf::plain()].concat();
    assert_eq!(verdict(&email, "letter.eml"), Err(Refusal::NotItsType));
}

#[test]
fn do_2_a_page_in_a_picture_is_refused() {
    let mut page = gif();
    let comment = b"\x21\xfe\x1e<ScRiPt>alert(document.domain)\0";
    page.splice(19..19, comment.iter().copied());
    assert_eq!(verdict(&page, "damp.gif"), Err(Refusal::NotItsType));
}

#[test]
fn do_2_no_beginning_of_any_file_makes_it_panic_or_pass_as_another() {
    for (content, name, expected) in accepted() {
        for length in 0..content.len().min(2_000) {
            if let Ok(found) = verdict(&content[..length], name) {
                assert_eq!(found, expected, "{name} cut to {length}");
            }
        }
    }
}

#[test]
fn do_2_no_single_wrong_byte_makes_a_file_panic_or_pass_as_another() {
    for (content, name, expected) in accepted() {
        for position in 0..content.len().min(1_500) {
            let mut wrong = content.clone();
            wrong[position] ^= 0xff;
            if let Ok(found) = verdict(&wrong, name) {
                assert!(
                    found == expected || found.extensions().iter().any(|it| name.ends_with(it)),
                    "{name} at {position}"
                );
            }
        }
    }
}
