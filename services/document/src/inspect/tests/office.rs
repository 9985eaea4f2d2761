//! Office files, old and new.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};

use zip::unstable::write::FileOptionsExt as _;
use zip::write::SimpleFileOptions;

use super::*;

#[test]
fn do_2_a_workbook_inside_a_document_is_ordinary() {
    let workbook = xlsx();
    let deck = office(SLIDES, &[("ppt/embeddings/Workbook1.xlsx", &workbook)]);
    let letter = docx(&[
        ("word/embeddings/deck.pptx", &deck),
        ("word/media/image1.emz", b"\x1f\x8b\x08\0"),
    ]);

    assert_eq!(verdict(&letter, "letter.docx"), Ok(FileType::Word));
}

#[test]
fn do_2_an_archive_inside_a_document_is_refused() {
    let archive = zip(&[("a.txt", b"a")]);

    assert_eq!(
        verdict(&docx(&[("word/embeddings/a.xlsx", &archive)]), "a.docx"),
        Err(Refusal::Compressed)
    );
    assert_eq!(
        verdict(
            &docx(&[("word/media/a.png", b"Rar!\x1a\x07\x01\0")]),
            "a.docx"
        ),
        Err(Refusal::Compressed)
    );
    assert_eq!(
        verdict(&docx(&[("word/media/a.bin", b"\x1f\x8b\x08\0")]), "a.docx"),
        Err(Refusal::Compressed)
    );
}

#[test]
fn do_2_documents_inside_documents_without_end_are_refused() {
    let mut nested = xlsx();
    for _ in 0..5 {
        nested = docx(&[("word/embeddings/a.docx", &nested)]);
    }

    assert_eq!(verdict(&nested, "a.docx"), Err(Refusal::Compressed));
}

#[test]
fn do_2_a_program_inside_a_document_is_refused() {
    assert_eq!(
        verdict(&docx(&[("word/media/image1.png", &program())]), "a.docx"),
        Err(Refusal::Program)
    );

    let packed = |name: &str, content: &[u8]| {
        let object = compound(&[("\u{1}Ole10Native", ole10native(name, content))]);
        verdict(
            &docx(&[("word/embeddings/oleObject1.bin", &object)]),
            "a.docx",
        )
    };
    assert_eq!(packed("invoice.txt", &program()), Err(Refusal::Program));
    assert_eq!(packed("invoice.js", b"alert(1)"), Err(Refusal::Program));
    assert_eq!(
        packed("all.zip", &zip(&[("a", b"a")])),
        Err(Refusal::Compressed)
    );
    assert_eq!(packed("notes.txt", b"what was said"), Ok(FileType::Word));
}

#[test]
fn do_2_a_document_with_macros_is_refused() {
    let macros = "application/vnd.ms-word.document.macroEnabled.main+xml";
    assert_eq!(
        verdict(&office(macros, &[]), "letter.docm"),
        Err(Refusal::Macros)
    );
    assert_eq!(
        verdict(&office(macros, &[]), "letter.docx"),
        Err(Refusal::Macros)
    );

    let project = compound(&[
        ("/VBA/dir", vec![1; 10]),
        ("/VBA/_VBA_PROJECT", vec![1; 10]),
    ]);
    assert_eq!(
        verdict(&docx(&[("word/theme/theme1.bin", &project)]), "a.docx"),
        Err(Refusal::Macros)
    );

    let spelled = content_types(WORD).replace("</Types>", r#"<Override PartName="/x.bin" ContentType="application/vnd.ms-office.&#118;baProject"/></Types>"#);
    assert_eq!(
        verdict(&zip(&office_parts(&spelled, RELATIONSHIPS, &[])), "a.docx"),
        Err(Refusal::Macros)
    );
    assert_eq!(verdict(&docx(&[]), "letter.docm"), Err(Refusal::Macros));
}

#[test]
fn do_2_a_document_that_fetches_a_template_is_refused_in_words_that_say_so() {
    let template = |target: &str| {
        let relationships = RELATIONSHIPS.replace(
            "/officeDocument\" Target=\"main/document.xml\"",
            &format!("/attachedTemplate\" TargetMode=\"External\" Target=\"{target}\""),
        );
        let part = ("main/_rels/settings.xml.rels", relationships.as_bytes());
        verdict(&docx(&[part]), "letter.docx")
    };

    let refused = template("https://elsewhere.example/letter.dotm").unwrap_err();

    assert_eq!(refused, Refusal::Macros);
    assert_eq!(
        refused.sentence(),
        "The selected file must not contain macros, or fetch a template or an object from the web. Save it without them"
    );
    // Offices keep their templates in folders of their own.
    assert_eq!(
        template("file:///S:/templates/letter.dotx"),
        Ok(FileType::Word)
    );
}

#[test]
fn do_2_what_points_to_the_web_is_looked_at_without_asking_the_web() {
    let web = TcpListener::bind("127.0.0.1:0").unwrap();
    web.set_nonblocking(true).unwrap();
    let address = format!("http://{}/x", web.local_addr().unwrap());
    let external = |kind: &str| {
        RELATIONSHIPS.replace(
            "/officeDocument\" Target=\"main/document.xml\"",
            &format!("/{kind}\" TargetMode=\"External\" Target=\"{address}\""),
        )
    };
    let entity =
        format!("<!DOCTYPE w [<!ENTITY x SYSTEM \"{address}\">]><w:document>&x;</w:document>");
    let dtd = format!("<!DOCTYPE svg SYSTEM \"{address}\"><svg/>");
    let cases = [
        (
            "main/_rels/settings.xml.rels",
            external("attachedTemplate"),
            Err(Refusal::Macros),
        ),
        (
            "main/_rels/settings.xml.rels",
            external("oleObject"),
            Err(Refusal::Macros),
        ),
        (
            "main/_rels/header1.xml.rels",
            external("image"),
            Ok(FileType::Word),
        ),
        ("main/footnotes.xml", entity, Err(Refusal::Unreadable)),
        ("main/media/plan.svg", dtd, Ok(FileType::Word)),
    ];
    for (name, content, expected) in cases {
        assert_eq!(
            verdict(&docx(&[(name, content.as_bytes())]), "a.docx"),
            expected,
            "{name}"
        );
    }

    let asked = web.accept().unwrap_err();
    assert_eq!(asked.kind(), ErrorKind::WouldBlock, "nobody asked");

    // Whoever asks is seen.
    let _asking = TcpStream::connect(web.local_addr().unwrap()).unwrap();
    assert!(web.accept().is_ok());
}

#[test]
fn do_2_a_password_protected_document_of_today_is_refused() {
    let encrypted = compound(&[
        ("EncryptionInfo", vec![4, 0, 4, 0]),
        ("EncryptedPackage", vec![0; 64]),
    ]);
    for name in ["letter.docx", "letter.xlsx", "letter.doc", "letter.pdf"] {
        assert_eq!(
            verdict(&encrypted, name),
            Err(Refusal::PasswordProtected),
            "{name}"
        );
    }

    // Cut so short that no table of sectors fits, as some programs write them.
    let torn = &encrypted[..encrypted.len() - 512];
    let mut odd = encrypted.clone();
    odd[512 + 508..512 + 512].fill(0);
    for broken in [torn, odd.as_slice()] {
        assert_eq!(
            verdict(broken, "letter.xlsx"),
            Err(Refusal::PasswordProtected)
        );
    }

    let rights_managed = compound(&[("\u{9}DRMContent", vec![0; 64])]);
    assert_eq!(
        verdict(&rights_managed, "letter.doc"),
        Err(Refusal::PasswordProtected)
    );

    let types = content_types(WORD);
    let options = SimpleFileOptions::default()
        .with_deprecated_encryption(b"secret")
        .unwrap();
    let parts = zip_with(&office_parts(&types, RELATIONSHIPS, &[]), options);
    assert_eq!(
        verdict(&parts, "letter.docx"),
        Err(Refusal::PasswordProtected)
    );
}

#[test]
fn do_2_a_password_protected_document_of_old_is_refused() {
    assert_eq!(
        verdict(&doc(0x0100), "letter.doc"),
        Err(Refusal::PasswordProtected)
    );
    assert_eq!(
        verdict(&doc(0x8100), "letter.doc"),
        Err(Refusal::PasswordProtected)
    );
    assert_eq!(
        verdict(&xls(&[(0x002f, &[0, 0, 1, 0])]), "a.xls"),
        Err(Refusal::PasswordProtected)
    );
    assert_eq!(
        verdict(&ppt(0xf3d1_c4df, 0x1c, 0), "a.ppt"),
        Err(Refusal::PasswordProtected)
    );
    assert_eq!(
        verdict(&ppt(0xe391_c05f, 0x20, 0), "a.ppt"),
        Err(Refusal::PasswordProtected)
    );
}

#[test]
fn do_2_a_document_of_old_with_macros_is_refused() {
    let mut block = vec![0; 512];
    block[..2].copy_from_slice(&0xa5ec_u16.to_le_bytes());
    let letter = compound(&[("WordDocument", block), ("/Macros/VBA/dir", vec![1; 10])]);
    assert_eq!(verdict(&letter, "letter.doc"), Err(Refusal::Macros));

    let sheet = |kind: u8| xls(&[(0x0085, &[0, 0, 0, 0, 0, kind, 1, 0, b'a'])]);
    assert_eq!(verdict(&sheet(0), "a.xls"), Ok(FileType::Excel97));
    assert_eq!(verdict(&sheet(1), "a.xls"), Err(Refusal::Macros));
    assert_eq!(verdict(&sheet(6), "a.xls"), Err(Refusal::Macros));
    assert_eq!(
        verdict(&ppt(0xe391_c05f, 0x1c, 1), "a.ppt"),
        Err(Refusal::Macros)
    );
}

#[test]
fn do_2_a_compound_file_is_one_thing_and_nothing_else_of_windows() {
    assert_eq!(
        verdict(&compound(&[("Anything", vec![0; 10])]), "a.doc"),
        Err(Refusal::TypeNotAccepted)
    );

    let mut block = vec![0; 512];
    block[..2].copy_from_slice(&0xa5ec_u16.to_le_bytes());
    let both = compound(&[
        ("WordDocument", block),
        ("__properties_version1.0", vec![0; 32]),
    ]);
    assert_eq!(verdict(&both, "a.doc"), Err(Refusal::NotItsType));

    let mut installer = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    installer
        .set_storage_clsid("/", "000c1084-0000-0000-c000-000000000046".parse().unwrap())
        .unwrap();
    assert_eq!(
        verdict(&installer.into_inner().into_inner(), "a.doc"),
        Err(Refusal::Program)
    );
}

#[test]
fn do_2_bytes_behind_a_compound_file_are_refused() {
    assert_eq!(
        verdict(&[doc(0), b"<script>".to_vec()].concat(), "a.doc"),
        Err(Refusal::NotItsType)
    );
    assert_eq!(
        verdict(&[doc(0), vec![b'x'; 4096 * 1_100]].concat(), "a.doc"),
        Err(Refusal::NotItsType)
    );
}

#[test]
fn do_2_an_archive_that_swells_is_refused_before_it_is_unpacked() {
    let zeros = vec![0; 30 * 1024 * 1024];

    assert_eq!(
        verdict(&docx(&[("word/media/a.bin", &zeros)]), "a.docx"),
        Err(Refusal::Unreadable)
    );
}

#[test]
fn do_2_a_size_that_lies_is_found_out() {
    let mut letter = docx(&[("word/media/a.bin", &[b'a'; 5_000])]);
    let at = letter
        .windows(4)
        .rposition(|it| it == b"PK\x01\x02")
        .unwrap();
    letter[at + 24..at + 28].copy_from_slice(&10_u32.to_le_bytes());

    assert_eq!(verdict(&letter, "a.docx"), Err(Refusal::Unreadable));
}

#[test]
fn do_2_parts_that_share_their_bytes_are_refused() {
    let mut letter = docx(&[("word/media/a.bin", b"aaaa"), ("word/media/b.bin", b"aaaa")]);
    let last = letter
        .windows(4)
        .rposition(|it| it == b"PK\x01\x02")
        .unwrap();
    let before = letter[..last]
        .windows(4)
        .rposition(|it| it == b"PK\x01\x02")
        .unwrap();
    let place = letter[before + 42..before + 46].to_vec();
    letter[last + 42..last + 46].copy_from_slice(&place);

    assert_eq!(verdict(&letter, "a.docx"), Err(Refusal::NotItsType));
}

#[test]
fn do_2_names_that_lead_elsewhere_or_come_twice_are_refused() {
    for name in [
        "../evil.xml",
        "/etc/passwd",
        "word\\..\\..\\evil.xml",
        "C:evil.xml",
        "MAIN/Document.xml",
    ] {
        assert_eq!(
            verdict(&docx(&[(name, b"<a/>")]), "a.docx"),
            Err(Refusal::NotItsType),
            "{name}"
        );
    }
}

#[test]
fn do_2_bytes_around_an_office_file_are_refused() {
    let letter = docx(&[]);

    assert!(
        verdict(
            &[b"PK\x03\x04junk".to_vec(), letter.clone()].concat(),
            "a.docx"
        )
        .is_err()
    );
    assert_eq!(
        verdict(&[letter, b"junk".to_vec()].concat(), "a.docx"),
        Err(Refusal::NotItsType)
    );
}

#[test]
fn do_2_more_parts_than_office_makes_are_refused() {
    let names: Vec<String> = (0..5_001)
        .map(|number| format!("word/{number}.xml"))
        .collect();
    let parts: Vec<Part<'_>> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();

    assert_eq!(verdict(&docx(&parts), "a.docx"), Err(Refusal::Compressed));
}

#[test]
fn do_2_lists_that_are_bombs_or_nonsense_are_refused() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE Types [<!ENTITY a "aaaa">]><Types>&a;</Types>"#;
    assert_eq!(
        verdict(&zip(&office_parts(bomb, RELATIONSHIPS, &[])), "a.docx"),
        Err(Refusal::Unreadable)
    );

    let types = content_types(WORD);
    let twice = RELATIONSHIPS.replace("</Relationships>", r#"<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="other.xml"/></Relationships>"#);
    assert_eq!(
        verdict(&zip(&office_parts(&types, &twice, &[])), "a.docx"),
        Err(Refusal::NotItsType)
    );
    let nowhere = RELATIONSHIPS.replace("main/document.xml", "nowhere.xml");
    assert_eq!(
        verdict(&zip(&office_parts(&types, &nowhere, &[])), "a.docx"),
        Err(Refusal::Unreadable)
    );
    let drawing = content_types("application/vnd.ms-visio.drawing.main+xml");
    assert_eq!(
        verdict(&zip(&office_parts(&drawing, RELATIONSHIPS, &[])), "a.vsdx"),
        Err(Refusal::TypeNotAccepted)
    );
}
