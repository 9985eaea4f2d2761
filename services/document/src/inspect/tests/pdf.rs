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
