//! Pictures, recordings, text and emails.

use super::*;

#[test]
fn do_2_a_phones_several_pictures_in_one_file_are_ordinary() {
    let burst = [jpeg(), jpeg(), vec![0; 100], jpeg()].concat();
    let moving = [jpeg(), mp4(b"mp42", b"vide")].concat();

    assert_eq!(verdict(&burst, "burst.mpo"), Ok(FileType::Jpeg));
    assert_eq!(verdict(&burst, "burst.jpg"), Ok(FileType::Jpeg));
    assert_eq!(verdict(&moving, "moving.jpg"), Ok(FileType::Jpeg));
    assert_eq!(verdict(&samsung_jpeg(), "damp.jpg"), Ok(FileType::Jpeg));
}

#[test]
fn do_2_anything_else_behind_a_picture_is_refused() {
    for (picture, name) in [
        (jpeg(), "a.jpg"),
        (png(8, 8), "a.png"),
        (gif(), "a.gif"),
        (webp(), "a.webp"),
        (heic(), "a.heic"),
    ] {
        let both = [picture, b"<?php system($_GET[0]); ?>".to_vec()].concat();
        assert!(verdict(&both, name).is_err(), "{name}");
    }
    let mut notes = samsung_jpeg();
    let end = jpeg().len();
    notes.splice(end..end, *b"MZ hidden before the notes");
    assert_eq!(verdict(&notes, "a.jpg"), Err(Refusal::NotItsType));
}

#[test]
fn do_2_a_picture_that_would_fill_any_memory_is_refused() {
    assert_eq!(
        verdict(&png(100_000, 100_000), "a.png"),
        Err(Refusal::Unreadable)
    );
    assert_eq!(verdict(&png(0, 8), "a.png"), Err(Refusal::Unreadable));
}

#[test]
fn do_2_tiff_pages_in_a_ring_are_refused() {
    let mut ring = tiff();
    let length = ring.len();
    ring[length - 4..].copy_from_slice(&8_u32.to_le_bytes());

    assert_eq!(verdict(&ring, "a.tiff"), Err(Refusal::Unreadable));
}

#[test]
fn do_2_recordings_with_anything_behind_them_are_refused() {
    for (recording, name) in [
        (mp4(b"isom", b"vide"), "a.mp4"),
        (wav(), "a.wav"),
        (matroska("webm"), "a.webm"),
        (ogg(b"OpusHead"), "a.ogg"),
    ] {
        let both = [recording, b"not a part of it".to_vec()].concat();
        assert!(verdict(&both, name).is_err(), "{name}");
    }
}

#[test]
fn do_2_text_is_taken_in_the_three_codings_that_people_have() {
    let utf16 = |text: &str, swap: bool| -> Vec<u8> {
        std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(|unit: u16| {
                if swap {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    for text in [
        "Rent arrears: £120 – José\r\n".as_bytes().to_vec(),
        b"\xef\xbb\xbfwith a mark".to_vec(),
        b"Rent arrears: \xa3120 \x96 Jos\xe9 \x80".to_vec(),
        utf16("Rent: £120 😀", false),
        utf16("Rent: £120 😀", true),
    ] {
        assert_eq!(verdict(&text, "note.txt"), Ok(FileType::PlainText));
        assert_eq!(verdict(&text, "note.csv"), Ok(FileType::Csv));
    }
}

#[test]
fn do_2_a_character_that_falls_on_the_edge_of_a_chunk_is_read_whole() {
    let text = format!("{}é\u{1d}x", "a".repeat(32 * 1024 - 1));
    assert_eq!(verdict(text.as_bytes(), "a.txt"), Err(Refusal::NotItsType));

    // 0x81 has no meaning in Windows-1252, so that this can only be UTF-8.
    let text = format!("{}Á", "a".repeat(32 * 1024 - 1));
    assert_eq!(verdict(text.as_bytes(), "a.txt"), Ok(FileType::PlainText));
    assert_eq!(
        verdict(&text.as_bytes()[..32 * 1024], "a.txt"),
        Ok(FileType::PlainText)
    );
}

#[test]
fn do_2_what_is_not_text_is_refused_as_text() {
    for bytes in [
        &b"a\0b"[..],
        b"a\x01b",
        b"a\x81\x8db",
        b"\xff\xfeH",
        b"\xff\xfe\0\xd8a\0",
        b"\xc3\x28\x81",
    ] {
        assert_eq!(
            verdict(bytes, "a.txt"),
            Err(Refusal::NotItsType),
            "{bytes:?}"
        );
    }
}

#[test]
fn do_2_a_page_that_is_called_text_is_refused() {
    for page in [
        "<!DOCTYPE html><p>",
        "  \n<script>x</script>",
        "\u{feff}<svg xmlns=''/>",
        "<?xml version='1.0'?><html/>",
        "<?php x",
    ] {
        assert_eq!(
            verdict(page.as_bytes(), "a.txt"),
            Err(Refusal::Program),
            "{page}"
        );
    }
    assert_eq!(
        verdict(b"He wrote <script> in his letter", "a.txt"),
        Ok(FileType::PlainText)
    );
}

#[test]
fn do_2_an_email_has_the_header_of_one() {
    assert_eq!(
        verdict(
            b"From sender@example.com Mon Jun  9\r\nSubject: a\r\n\r\nbody",
            "a.eml"
        ),
        Ok(FileType::Email)
    );
    for other in [
        &b"no header at all\r\n\r\n"[..],
        b"Key: value\r\n\r\nbody",
        b"From: a\r\nnot a field\r\n\r\n",
        b"\r\n",
        b"From: a\r\n\r\nbo\0dy",
        b" folded: first\r\n\r\n",
    ] {
        assert_eq!(
            verdict(other, "a.eml"),
            Err(Refusal::NotItsType),
            "{other:?}"
        );
    }
}

#[test]
fn do_2_what_is_in_boxes_is_told_by_its_tracks() {
    assert_eq!(
        verdict(&mp4(b"isom", b"soun"), "call.m4a"),
        Ok(FileType::Mp4Audio)
    );
    assert_eq!(
        verdict(&mp4(b"isom", b"text"), "call.mp4"),
        Err(Refusal::Unreadable)
    );
    assert_eq!(
        verdict(&mp4(b"crx ", b"vide"), "raw.mp4"),
        Err(Refusal::TypeNotAccepted)
    );
}

#[test]
fn do_2_an_mp3_is_made_of_frames() {
    let mut noise = mp3();
    noise[20 + 417] = 0;

    assert_eq!(verdict(&mp3()[20..], "call.mp3"), Ok(FileType::Mp3));
    assert_eq!(verdict(&noise, "call.mp3"), Err(Refusal::Unreadable));
}
