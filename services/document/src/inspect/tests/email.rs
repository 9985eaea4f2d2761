//! Emails: what they carry, however it is encoded and whatever it is called.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// An email with a part of this header and this body.
pub(super) fn with_part(fields: &str, body: &[u8]) -> Vec<u8> {
    [
        b"From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
          --b\r\nContent-Type: text/plain\r\n\r\nDear all,\r\n--b\r\n",
        fields.as_bytes(),
        b"\r\n\r\n",
        body,
        b"\r\n--b--\r\n",
    ]
    .concat()
}

/// An email with an attachment encoded so.
pub(super) fn attached(encoding: &str, name: &str, body: &[u8]) -> Vec<u8> {
    let fields = format!(
        "Content-Type: application/octet-stream; name=\"{name}\"\r\nContent-Transfer-Encoding: {encoding}\r\n\
         Content-Disposition: attachment; filename=\"{name}\""
    );
    with_part(&fields, body)
}

pub(super) fn base64(content: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(content);
    let lines: Vec<&[u8]> = text.as_bytes().chunks(76).collect();
    lines.join(&b"\r\n"[..])
}

fn quoted_printable(content: &[u8]) -> Vec<u8> {
    let codes: Vec<String> = content.iter().map(|byte| format!("={byte:02X}")).collect();
    let lines: Vec<String> = codes.chunks(25).map(<[String]>::concat).collect();
    lines.join("=\r\n").into_bytes()
}

fn uuencoded(name: &str, content: &[u8]) -> Vec<u8> {
    let letter = |six: u8| if six == 0 { b'`' } else { six + b' ' };
    let mut text = format!("begin 644 {name}\r\n").into_bytes();
    for line in content.chunks(45) {
        text.push(letter(u8::try_from(line.len()).unwrap()));
        for group in line.chunks(3) {
            let at = |place: usize| group.get(place).copied().unwrap_or(0);
            let (a, b, c) = (at(0), at(1), at(2));
            let six = [
                a >> 2,
                (a << 4 | b >> 4) & 63,
                (b << 2 | c >> 6) & 63,
                c & 63,
            ];
            text.extend(six.map(letter));
        }
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"`\r\nend\r\n");
    text
}

#[test]
fn do_2_an_attachment_is_looked_into_whatever_encodes_it() {
    for (content, expected) in [
        (zip(&[("a.txt", b"a")]), Refusal::Compressed),
        (program(), Refusal::Program),
        (odt(), Refusal::OpenDocument),
        (
            office(
                "application/vnd.ms-word.document.macroEnabled.main+xml",
                &[],
            ),
            Refusal::Macros,
        ),
        (
            encrypted_pdf(Password::Aes128, "owner", "user"),
            Refusal::PasswordProtected,
        ),
    ] {
        for email in [
            attached("base64", "report.pdf", &base64(&content)),
            attached(
                "quoted-printable",
                "report.pdf",
                &quoted_printable(&content),
            ),
            attached(
                "x-uuencode",
                "report.pdf",
                &uuencoded("report.pdf", &content),
            ),
            with_part(
                "Content-Type: text/plain",
                &uuencoded("report.pdf", &content),
            ),
            with_part(
                "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable",
                &quoted_printable(&uuencoded("report.pdf", &content)),
            ),
        ] {
            assert_eq!(
                verdict(&email, "a.eml"),
                Err(expected),
                "{}",
                String::from_utf8_lossy(&email)
            );
        }
    }
}

#[test]
fn do_2_ordinary_attachments_are_taken_whatever_encodes_them() {
    let report = pdf::plain();
    for email in [
        attached("base64", "report.pdf", &base64(&report)),
        attached("quoted-printable", "report.pdf", &quoted_printable(&report)),
        attached("uuencode", "report.pdf", &uuencoded("report.pdf", &report)),
        attached(
            "7bit",
            "note.txt",
            b"Dear all,\r\nbegin 644 things at once\r\nand end",
        ),
        attached("8bit", "note.txt", b"\xc2\xa3120 for parts"),
        with_part("Content-Type: text/plain", b"#! is how a script begins"),
    ] {
        let said = String::from_utf8_lossy(&email).into_owned();
        assert_eq!(verdict(&email, "a.eml"), Ok(FileType::Email), "{said}");
    }
}

#[test]
fn do_2_a_script_that_is_sent_as_it_is_is_known_by_its_mark() {
    for encoding in ["7bit", "8bit", "binary"] {
        let email = attached(encoding, "photo.jpg", b"#!/bin/sh\nrm -r /");

        assert_eq!(
            verdict(&email, "a.eml"),
            Err(Refusal::Program),
            "{encoding}"
        );
    }
}

#[test]
fn do_2_a_forwarded_email_is_looked_into_encoded_or_not() {
    let inner = attached("base64", "files.dat", &base64(&zip(&[("a.txt", b"a")])));
    for email in [
        with_part("Content-Type: message/rfc822", &inner),
        with_part(
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64",
            &base64(&inner),
        ),
        with_part(
            "Content-Type: message/global\r\nContent-Transfer-Encoding: quoted-printable",
            &quoted_printable(&inner),
        ),
        attached("base64", "forwarded.eml", &base64(&inner)),
    ] {
        assert_eq!(verdict(&email, "a.eml"), Err(Refusal::Compressed));
    }
    let ordinary = base64(&attached("base64", "report.pdf", &base64(&pdf::plain())));
    let fields = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64";
    assert_eq!(
        verdict(&with_part(fields, &ordinary), "a.eml"),
        Ok(FileType::Email)
    );
}

#[test]
fn do_2_emails_in_emails_without_end_are_refused() {
    let mut email = email();
    for _ in 0..6 {
        let fields = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64";
        email = with_part(fields, &base64(&email));
    }

    assert_eq!(verdict(&email, "a.eml"), Err(Refusal::Compressed));
}

#[test]
fn do_2_a_script_is_known_by_its_name_however_that_is_written() {
    for disposition in [
        "attachment; filename=invoice.js",
        "attachment; filename*=utf-8''invoice%2Ejs",
        "attachment; filename*0=\"invoice.\"; filename*1=\"js\"",
        "attachment; filename*0*=utf-8''invoice%2E; filename*1*=j%73",
        "attachment; filename=\"=?utf-8?B?aW52b2ljZS5qcw==?=\"",
        "attachment; filename=\"=?utf-8?Q?invoice=2Ejs?=\"",
        "attachment; filename=\"invoice.txt\"; filename*=utf-8''invoice.js",
    ] {
        let fields = format!("Content-Type: text/plain\r\nContent-Disposition: {disposition}");

        assert_eq!(
            verdict(&with_part(&fields, b"WScript.Echo(1)"), "a.eml"),
            Err(Refusal::Program),
            "{disposition}"
        );
    }
    let in_text = with_part(
        "Content-Type: text/plain",
        &uuencoded("invoice.js", b"WScript"),
    );
    assert_eq!(verdict(&in_text, "a.eml"), Err(Refusal::Program));
}

#[test]
fn do_2_a_part_that_is_encoded_in_two_ways_is_refused() {
    let fields = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64";

    assert_eq!(
        verdict(&with_part(fields, &base64(&pdf::plain())), "a.eml"),
        Err(Refusal::NotItsType)
    );
}

#[test]
fn do_2_a_pdf_with_anything_behind_it_is_refused_in_an_email_too() {
    let both = [pdf::plain(), b"<script>".to_vec()].concat();
    let locked = [
        encrypted_pdf(Password::Aes256, "owner", "user"),
        b"hides the password".to_vec(),
    ]
    .concat();
    for content in [both, locked] {
        let email = attached("base64", "report.pdf", &base64(&content));

        assert_eq!(verdict(&email, "a.eml"), Err(Refusal::NotItsType));
    }
}
