//! What names become (ASVS 5.3.2).

mod corpus;

use super::*;

#[test]
fn an_ordinary_name_stays_as_it_is() {
    for name in [
        "Stage 1 response.pdf",
        "Ünterlagen – März (2).docx",
        "家の修理.jpg",
        "a.tar.gz.txt",
        "👩‍👩‍👧.png",
        "README",
    ] {
        assert_eq!(clean(name), name);
    }
}

#[test]
fn a_path_is_left_behind() {
    assert_eq!(clean("../../etc/passwd"), "passwd");
    assert_eq!(clean(r"C:\Users\me\repair.xlsx"), "repair.xlsx");
    assert_eq!(clean("folder/"), "document");
    assert_eq!(clean(".."), "document");
}

#[test]
fn what_is_not_seen_is_taken_out() {
    assert_eq!(clean("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
    assert_eq!(clean("a\u{0}b\u{7f}.pdf"), "ab.pdf");
    assert_eq!(clean("two\r\nlines.txt"), "two lines.txt");
    assert_eq!(clean("\u{feff}x\u{200b}.txt"), "x.txt");
}

#[test]
fn what_a_file_system_does_not_allow_becomes_a_line() {
    assert_eq!(clean("a<b>\"c\"|?*.pdf"), "a_b__c____.pdf");
    assert_eq!(clean("name. . ."), "name");
    assert_eq!(clean(".pdf"), "document.pdf");
    assert_eq!(clean("...hidden.txt"), "hidden.txt");
}

#[test]
fn devices_of_windows_are_no_names() {
    assert_eq!(clean("CON.pdf"), "_CON.pdf");
    assert_eq!(clean("com1"), "_com1");
    assert_eq!(clean("aux.2024.txt"), "_aux.2024.txt");
    assert_eq!(clean("Console.pdf"), "Console.pdf");
}

#[test]
fn composed_and_decomposed_letters_are_one_name() {
    assert_eq!(clean("cafe\u{301}.txt"), clean("caf\u{e9}.txt"));
}

#[test]
fn a_long_name_keeps_its_extension() {
    let name = clean(&format!("{}.pdf", "é".repeat(300)));

    assert_eq!(name.graphemes(true).count(), 200);
    assert_eq!(name.strip_suffix(".pdf").map(str::len), Some(392));
}

#[test]
fn a_character_made_of_a_thousand_marks_does_not_make_a_name_endless() {
    let name = clean(&format!("a{}.pdf", "\u{301}".repeat(100_000)));

    assert_eq!(name, "document.pdf");
}

#[test]
fn nothing_at_all_is_a_document() {
    for name in ["", " ", "\u{202e}", "///", "\0"] {
        assert_eq!(clean(name), "document");
    }
}
