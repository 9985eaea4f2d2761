//! Outlook's envelope: what is in it is looked into as if it hung on the email by itself.

use super::email::{attached, base64, with_part};
use super::*;

/// An attribute of an attachment.
fn attribute(id: u32, content: &[u8]) -> Vec<u8> {
    let sum = content
        .iter()
        .fold(0_u16, |sum, byte| sum.wrapping_add((*byte).into()));
    [
        &[2][..],
        &id.to_le_bytes(),
        &u32::try_from(content.len()).unwrap().to_le_bytes(),
        content,
        &sum.to_le_bytes(),
    ]
    .concat()
}

fn begins() -> Vec<u8> {
    attribute(0x0006_9002, &[0; 14])
}

fn title(name: &str) -> Vec<u8> {
    attribute(0x0001_8010, format!("{name}\0").as_bytes())
}

fn data(content: &[u8]) -> Vec<u8> {
    attribute(0x0006_800f, content)
}

/// A property whose value says how long it is.
fn property(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = [kind.to_le_bytes(), id.to_le_bytes()].concat();
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// The properties behind some that programs write, too: a number, a named text and several numbers.
fn properties(more: &[Vec<u8>]) -> Vec<u8> {
    let number = [&[3, 0, 0x21, 0x0e][..], &7_u32.to_le_bytes()].concat();
    let named = [
        &[0x1e, 0, 1, 0x80][..],
        &[9; 16],
        &1_u32.to_le_bytes(),
        &6_u32.to_le_bytes(),
        b"n\0a\0m\0\0\0",
        &1_u32.to_le_bytes(),
        &3_u32.to_le_bytes(),
        b"abc\0",
    ]
    .concat();
    let several = [
        &[3, 0x10, 2, 0x80][..],
        &[9; 16],
        &0_u32.to_le_bytes(),
        &5_u32.to_le_bytes(),
        &2_u32.to_le_bytes(),
        &[1; 8],
    ]
    .concat();
    let count = u32::try_from(more.len() + 3).unwrap();
    let all = [
        &count.to_le_bytes()[..],
        &number,
        &named,
        &several,
        &more.concat(),
    ];
    attribute(0x0006_9005, &all.concat())
}

fn envelope(attributes: &[Vec<u8>]) -> Vec<u8> {
    let version = [&[1][..], &[6, 0x90, 8, 0, 4, 0, 0, 0, 0, 0, 1, 0, 1, 0]].concat();
    [
        &[0x78, 0x9f, 0x3e, 0x22, 1, 0][..],
        &version,
        &attributes.concat(),
    ]
    .concat()
}

/// What is made of an email with the envelope.
fn sent(envelope: &[u8]) -> Result<FileType, Refusal> {
    let email = with_part(
        "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64",
        &base64(envelope),
    );
    verdict(&email, "a.eml")
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn do_2_ordinary_files_in_outlooks_envelope_are_taken() {
    let long_name = property(0x1f, 0x3707, &wide("Repairs report.pdf"));
    let report = envelope(&[
        begins(),
        title("REPAIR~1.PDF"),
        data(&pdf::plain()),
        properties(&[long_name]),
        begins(),
        title("letter.docx"),
        data(&docx(&[])),
    ]);

    assert_eq!(sent(&report), Ok(FileType::Email));
    assert_eq!(sent(&envelope(&[])), Ok(FileType::Email));
    assert_eq!(
        sent(&[report, b"\r\n".to_vec()].concat()),
        Ok(FileType::Email)
    );
}

#[test]
fn do_2_what_is_in_outlooks_envelope_is_looked_into() {
    for (content, expected) in [
        (zip(&[("a.txt", b"a")]), Refusal::Compressed),
        (program(), Refusal::Program),
        (odt(), Refusal::OpenDocument),
        (
            encrypted_pdf(Password::Aes128, "owner", "user"),
            Refusal::PasswordProtected,
        ),
    ] {
        let object = [&[5; 16][..], &content].concat();
        for envelope in [
            envelope(&[begins(), title("report.pdf"), data(&content)]),
            envelope(&[begins(), data(&content), title("report.pdf")]),
            // Behind another attachment, and before the first one begins.
            envelope(&[begins(), data(b"a"), begins(), data(&content)]),
            envelope(&[data(&content), begins(), data(b"a")]),
            envelope(&[begins(), properties(&[property(0x0102, 0x3701, &content)])]),
            envelope(&[begins(), properties(&[property(0x0d, 0x3701, &object)])]),
        ] {
            assert_eq!(sent(&envelope), Err(expected));
        }
    }
}

#[test]
fn do_2_an_envelope_in_an_envelope_is_looked_into() {
    let inner = envelope(&[begins(), data(&program())]);
    let object = [&[5; 16][..], &inner].concat();
    let outer = envelope(&[begins(), properties(&[property(0x0d, 0x3701, &object)])]);
    let forwarded = attached("base64", "a.dat", &base64(&inner));

    assert_eq!(sent(&outer), Err(Refusal::Program));
    assert_eq!(
        sent(&envelope(&[begins(), title("a.eml"), data(&forwarded)])),
        Err(Refusal::Program)
    );
}

#[test]
fn do_2_a_script_in_outlooks_envelope_is_known_by_any_of_its_names() {
    for named in [
        title("invoice.js"),
        properties(&[property(0x1f, 0x3707, &wide("invoice.js"))]),
        properties(&[property(0x1e, 0x3707, b"invoice.js\0")]),
        properties(&[property(0x1e, 0x3704, b"INVOICE.JS\0")]),
    ] {
        let envelope = envelope(&[begins(), named, data(b"WScript.Echo(1)"), title("a.txt")]);

        assert_eq!(sent(&envelope), Err(Refusal::Program));
    }
}

#[test]
fn do_2_each_attachment_of_an_envelope_is_judged_by_its_own_name() {
    let forwarded = attached("base64", "tool.exe", &base64(&program()));
    let packed = *b"\x1f\x8b\x08\0\0\0\0\0\0\x03K\xcc\x04\0";
    for (envelope, expected) in [
        (
            envelope(&[
                begins(),
                title("fwd.eml"),
                data(&forwarded),
                begins(),
                title("plan.txt"),
                data(b"A plan"),
            ]),
            Refusal::Program,
        ),
        // A drawing of Office may be packed; what is named otherwise may not.
        (
            envelope(&[
                begins(),
                title("files.gz"),
                data(&packed),
                begins(),
                title("a.emz"),
                data(&packed),
            ]),
            Refusal::Compressed,
        ),
    ] {
        assert_eq!(sent(&envelope), Err(expected));
    }
}

#[test]
fn do_2_an_envelope_that_cannot_be_read_to_its_end_is_refused() {
    let whole = envelope(&[
        begins(),
        data(&pdf::plain()),
        properties(&[property(0x1e, 0x3707, b"a.pdf\0")]),
    ]);
    let endless = [&2_000_000_000_u32.to_le_bytes()[..], &[0x02, 1, 1, 0x37]].concat();
    for envelope in [
        whole[..whole.len() - 40].to_vec(),
        envelope(&[begins(), attribute(0x0006_9005, &endless)]),
        // A type of value that there is not.
        envelope(&[begins(), properties(&[property(0x77, 1, b"")])]),
        envelope(&vec![begins(); 1001]),
        envelope(&vec![data(b"a"); 1001]),
    ] {
        assert_eq!(sent(&envelope), Err(Refusal::Unreadable));
    }
}

#[test]
fn do_2_an_envelope_by_itself_is_nothing_that_anybody_opens() {
    for (name, expected) in [
        ("winmail.dat", Refusal::TypeNotAccepted),
        ("letter.txt", Refusal::NotItsType),
    ] {
        assert_eq!(verdict(&envelope(&[]), name), Err(expected));
    }
}

#[test]
fn do_2_a_piece_of_an_email_is_refused_for_what_may_be_in_the_others() {
    let piece = "Content-Type: message/partial; id=\"a@example.com\"; number=1; total=2";
    let whole = format!("From: a@example.com\r\n{piece}\r\n\r\nUEsDBA");

    assert_eq!(verdict(whole.as_bytes(), "a.eml"), Err(Refusal::Unreadable));
    assert_eq!(
        verdict(&with_part(piece, b"UEsDBA"), "a.eml"),
        Err(Refusal::Unreadable)
    );
}
