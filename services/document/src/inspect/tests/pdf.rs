//! PDFs.

use super::*;

pub(super) fn plain() -> Vec<u8> {
    samples::pdf()
}

const ALL: [Password; 4] = [
    Password::Rc4Short,
    Password::Rc4,
    Password::Aes128,
    Password::Aes256,
];

#[test]
fn do_2_a_pdf_that_needs_a_password_is_refused() {
    for password in ALL {
        let file = encrypted_pdf(password, "owner", "user");
        assert_eq!(
            verdict(&file, "report.pdf"),
            Err(Refusal::PasswordProtected),
            "{password:?}"
        );
    }
}

#[test]
fn do_2_a_pdf_with_an_owners_password_alone_is_ordinary() {
    for password in ALL {
        let file = encrypted_pdf(password, "owner", "");
        assert_eq!(
            verdict(&file, "report.pdf"),
            Ok(FileType::Pdf),
            "{password:?}"
        );
    }
}

#[test]
fn do_2_an_encryption_is_found_however_it_is_spelled() {
    let file = encrypted_pdf(Password::Aes128, "owner", "user");
    let at = file.windows(8).rposition(|it| it == b"/Encrypt").unwrap();
    let mut spelled = file.clone();
    spelled.splice(at..at + 8, *b"/#45ncr#79pt");

    assert_eq!(
        verdict(&spelled, "report.pdf"),
        Err(Refusal::PasswordProtected)
    );
}

#[test]
fn do_2_a_pdf_with_anything_around_it_is_refused() {
    let file = plain();

    assert_eq!(
        verdict(&[b"<html>".to_vec(), file.clone()].concat(), "a.pdf"),
        Err(Refusal::NotItsType)
    );
    assert_eq!(
        verdict(&[file.clone(), b"<script>".to_vec()].concat(), "a.pdf"),
        Err(Refusal::NotItsType)
    );
    assert_eq!(
        verdict(&[file, b"\r\n \0".to_vec()].concat(), "a.pdf"),
        Ok(FileType::Pdf)
    );
}

#[test]
fn do_2_a_page_in_a_pdfs_first_lines_is_refused() {
    let mut file = b"%PDF-1.7\n%<HTML><script>alert(1)</script>\n".to_vec();
    let at = file.len();
    file.extend_from_slice(
        format!("xref\n0 0\ntrailer\n<</Root 1 0 R>>\nstartxref\n{at}\n%%EOF").as_bytes(),
    );

    assert_eq!(verdict(&file, "a.pdf"), Err(Refusal::NotItsType));
}

#[test]
fn do_2_a_damaged_pdf_is_refused() {
    let file = plain();

    assert_eq!(
        verdict(&file[..file.len() / 2], "a.pdf"),
        Err(Refusal::Unreadable)
    );
    assert_eq!(
        verdict(b"%PDF-1.7\nrubbish\n%%EOF", "a.pdf"),
        Err(Refusal::Unreadable)
    );
    assert_eq!(
        verdict(b"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF", "a.pdf"),
        Err(Refusal::Unreadable)
    );
    assert_eq!(
        verdict(
            b"%PDF-1.7\nxref\ntrailer\n<</Size 1>>\nstartxref\n9\n%%EOF",
            "a.pdf"
        ),
        Err(Refusal::Unreadable)
    );
}

#[test]
fn do_2_a_pdf_made_of_the_same_object_over_and_over_is_refused_soon() {
    let mut file = b"%PDF-1.7\n".to_vec();
    file.extend(b"9 0 obj ".repeat(100_000));
    let at = file.len();
    file.extend_from_slice(
        format!("xref\n0 0\ntrailer\n<</Root 1 0 R/Encrypt 9 0 R>>\nstartxref\n{at}\n%%EOF")
            .as_bytes(),
    );

    assert_eq!(verdict(&file, "a.pdf"), Err(Refusal::Unreadable));
}

/// A description of a file that object 4 is.
const NAMED: &[u8] = b"<</Type/Filespec/F(a.dat)/EF<</F 4 0 R>>>>";

#[test]
fn do_2_a_file_attached_to_a_pdf_is_looked_into_whatever_packs_it() {
    let archive = zip(&[("a.txt", b"a")]);
    for (filter, content) in [
        ("", archive.clone()),
        ("/Filter/FlateDecode", deflated(&archive)),
        ("/Filter[/Fl]", deflated(&archive)),
        ("/Filter/ASCIIHexDecode", ascii_hex(&archive)),
        ("/Filter/ASCII85Decode", ascii_85(&archive)),
        ("/Filter/RunLengthDecode", run_length(&archive)),
        ("/Filter/LZWDecode", lzw(&archive)),
        (
            "/Filter[/ASCII85Decode/FlateDecode]",
            ascii_85(&deflated(&archive)),
        ),
        (
            "/Filter[/ASCIIHexDecode/LZWDecode]",
            ascii_hex(&lzw(&archive)),
        ),
        // Nobody here can look behind these.
        ("/Filter/DCTDecode", archive.clone()),
        ("/Filter/Unheard#4ff", archive.clone()),
        ("/Filter 6 0 R", archive.clone()),
    ] {
        let said = stream(&format!("/Type/EmbeddedFile{filter}"), &content);
        let named = stream(filter, &content);
        let as_picture = stream(&format!("/Subtype/Image{filter}"), &content);
        for attached in [said, named, as_picture] {
            let file = pdf_with(&[attached, NAMED.to_vec(), b"/FlateDecode".to_vec()]);
            assert_eq!(
                verdict(&file, "a.pdf"),
                Err(Refusal::Compressed),
                "{filter}"
            );
        }
    }
}

#[test]
fn do_2_an_attached_file_is_found_by_whatever_names_it() {
    let file = stream("", &program());
    let stream_of_objects = |content: &str, first: usize| {
        let entries = format!("/Type/ObjStm/N 1/First {first}/Filter/FlateDecode");
        stream(&entries, &deflated(content.as_bytes()))
    };
    for names in [
        vec![b"<</#45#46<</UF 4 0 R>>>>".to_vec()],
        vec![b"[(a) % where\n<</EF %here\n<</DOS 4 0 R>>>>]".to_vec()],
        vec![b"<</Type/Annot/Subtype/FileAttachment/FS<</F(a)/EF<</F 4 0 R>>>>>>".to_vec()],
        vec![b"<</EF<</F 4 0 R>>/RF<</F[(a) 4 0 R]>>>>".to_vec()],
        vec![b"<</EF 6 0 R>>".to_vec(), b"<</F 4 0 R>>".to_vec()],
        vec![stream_of_objects("9 0 <</EF<</F 4 0 R>>>>", 4)],
        vec![
            b"<</EF 9 0 R>>".to_vec(),
            stream_of_objects("9 0 <</F 4 0 R>>", 4),
        ],
    ] {
        let objects = [vec![file.clone()], names.clone()].concat();
        let text = String::from_utf8_lossy(&names[0]).into_owned();
        assert_eq!(
            verdict(&pdf_with(&objects), "a.pdf"),
            Err(Refusal::Program),
            "{text}"
        );
    }
    let unnamed = pdf_with(&[file]);
    assert_eq!(verdict(&unnamed, "a.pdf"), Ok(FileType::Pdf));
}

#[test]
fn do_2_a_stream_whose_object_hides_is_taken_for_a_file() {
    let hidden = stream("/X(1 0 obj)/Y<AB>", &program());
    let spoilt = [
        b"<</X )>>\nstream\n".to_vec(),
        program(),
        b"\nendstream".to_vec(),
    ]
    .concat();
    let behind_a_comment = [
        b"<</Length 512>> % not the end >\nstream\n".to_vec(),
        program(),
        b"\nendstream".to_vec(),
    ]
    .concat();

    for object in [hidden, behind_a_comment] {
        let file = pdf_with(&[object, NAMED.to_vec()]);
        assert_eq!(verdict(&file, "a.pdf"), Err(Refusal::Program));
    }
    assert_eq!(
        verdict(&pdf_with(&[spoilt]), "a.pdf"),
        Err(Refusal::Program)
    );
    let nowhere = pdf_with(&[b"<</EF<</F 99 0 R>>>>".to_vec()]);
    assert_eq!(verdict(&nowhere, "a.pdf"), Err(Refusal::NotItsType));
}

#[test]
fn do_2_ordinary_attachments_are_taken() {
    for (filter, content) in [
        ("/Filter/FlateDecode", deflated(&docx(&[]))),
        ("/Filter/ASCII85Decode", ascii_85(&png(8, 8))),
        ("", plain()),
    ] {
        let attached = stream(&format!("/Type/EmbeddedFile{filter}"), &content);
        let file = pdf_with(&[attached, NAMED.to_vec()]);
        assert_eq!(verdict(&file, "a.pdf"), Ok(FileType::Pdf), "{filter}");
    }
}

/// The last object of that number in the file opens, and the one that the cross-references name does not, or the other way round.
#[test]
fn do_2_a_decoy_does_not_make_a_protected_pdf_look_open() {
    for password in ALL {
        let locked = encrypted_pdf(password, "owner", "user");
        let opened = encrypted_pdf(password, "owner", "");
        for (file, other) in [(&locked, &opened), (&opened, &locked)] {
            let (number, dictionary) = encryption(other);
            let (wanted, _) = encryption(file);
            assert_eq!(number, wanted);
            let decoy = [
                format!("{number} 0 obj\n").as_bytes(),
                &dictionary,
                b"\nendobj\n",
            ]
            .concat();
            let at = file.windows(9).rposition(|it| it == b"startxref").unwrap();
            let mut both = file.clone();
            both.splice(at..at, decoy);

            assert_eq!(
                verdict(&both, "a.pdf"),
                Err(Refusal::NotItsType),
                "{password:?}"
            );
        }
    }
}

/// The number of the object that describes an encryption, and the object.
fn encryption(file: &[u8]) -> (u64, Vec<u8>) {
    let text = file.windows(8).rposition(|it| it == b"/Encrypt").unwrap();
    let (number, _) = pdf_syntax::number(pdf_syntax::skip_space(&file[text + 8..])).unwrap();
    let header = format!("\n{number} 0 obj");
    let at = file
        .windows(header.len())
        .position(|it| it == header.as_bytes())
        .unwrap();
    let dictionary = pdf_syntax::dictionary(&file[at + header.len()..]).unwrap();
    (number, dictionary.bytes().to_vec())
}

/// A number that ends like the encryption's is no copy of it, however many objects there are.
#[test]
fn do_2_a_pdf_of_many_objects_with_an_owners_password_alone_is_ordinary() {
    let file = encrypted_pdf_of(3_000, Password::Aes256, "owner", "");

    assert_eq!(verdict(&file, "report.pdf"), Ok(FileType::Pdf));
}

#[test]
fn do_2_a_file_attached_to_an_encrypted_pdf_is_looked_into() {
    for password in ALL {
        let carries = |content: &[u8]| encrypted_pdf_with(content, password);

        assert_eq!(
            verdict(&carries(&zip(&[("a.txt", b"a")])), "a.pdf"),
            Err(Refusal::Compressed),
            "{password:?}"
        );
        assert_eq!(verdict(&carries(&png(8, 8)), "a.pdf"), Ok(FileType::Pdf));
    }
}
