//! Names as people, programs and attackers give them, and what becomes of each.

use unicode_normalization::is_nfc;
use unicode_segmentation::UnicodeSegmentation as _;

use super::super::*;

/// What is given, and what it becomes.
const NAMES: &[(&str, &str)] = &[
    // Ordinary names, of many places.
    ("report.pdf", "report.pdf"),
    (
        "Stage 2 response (final).docx",
        "Stage 2 response (final).docx",
    ),
    ("2025-06-09 inspection.JPG", "2025-06-09 inspection.JPG"),
    ("IMG_0042.HEIC", "IMG_0042.HEIC"),
    ("Tenant's letter.doc", "Tenant's letter.doc"),
    ("50% done & paid, £120.xlsx", "50% done & paid, £120.xlsx"),
    ("naïve café.txt", "naïve café.txt"),
    ("Łódź – zażółć.pdf", "Łódź – zażółć.pdf"),
    ("Größe.csv", "Größe.csv"),
    ("отчёт.docx", "отчёт.docx"),
    ("έκθεση.pdf", "έκθεση.pdf"),
    ("报告.pdf", "报告.pdf"),
    ("報告書.xlsx", "報告書.xlsx"),
    ("보고서.pptx", "보고서.pptx"),
    ("تقرير.pdf", "تقرير.pdf"),
    ("דוח.pdf", "דוח.pdf"),
    ("می\u{200c}خواهم.pdf", "می\u{200c}خواهم.pdf"),
    ("रिपोर्ट.pdf", "रिपोर्ट.pdf"),
    ("รายงาน.pdf", "รายงาน.pdf"),
    ("👩‍👩‍👧 family.png", "👩‍👩‍👧 family.png"),
    ("❤\u{fe0f}.jpg", "❤\u{fe0f}.jpg"),
    (
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png",
        "🏴.png",
    ),
    ("README", "README"),
    ("archive.tar.txt", "archive.tar.txt"),
    ("v1.2.3 notes.txt", "v1.2.3 notes.txt"),
    ("a", "a"),
    ("email [external].msg", "email [external].msg"),
    ("{draft}.docx", "{draft}.docx"),
    ("semi;colon, comma.csv", "semi;colon, comma.csv"),
    ("plus+equals=.pdf", "plus+equals=.pdf"),
    ("hash#1 @home ~me.pdf", "hash#1 @home ~me.pdf"),
    ("-rf.txt", "-rf.txt"),
    ("~$letter.docx", "~$letter.docx"),
    ("$(reboot).txt", "$(reboot).txt"),
    ("`reboot`.txt", "`reboot`.txt"),
    (
        "'; drop table documents; --.pdf",
        "'; drop table documents; --.pdf",
    ),
    // Paths.
    ("/etc/passwd", "passwd"),
    ("../../../etc/passwd", "passwd"),
    ("..\\..\\windows\\win.ini", "win.ini"),
    ("C:\\fakepath\\photo.jpg", "photo.jpg"),
    ("C:photo.jpg", "C_photo.jpg"),
    ("\\\\server\\share\\letter.docx", "letter.docx"),
    ("file:///home/me/letter.pdf", "letter.pdf"),
    ("folder/", "document"),
    ("folder\\", "document"),
    ("a/b\\c/d.pdf", "d.pdf"),
    ("./letter.pdf", "letter.pdf"),
    (".", "document"),
    ("..", "document"),
    ("...", "document"),
    ("%2e%2e%2fpasswd", "%2e%2e%2fpasswd"),
    ("..%5c..%5cwin.ini", "%5c..%5cwin.ini"),
    ("a\u{2215}b\u{2044}c.pdf", "a\u{2215}b\u{2044}c.pdf"),
    // Lines, controls and the end of strings.
    ("two\r\nlines.txt", "two lines.txt"),
    ("name.pdf\r\nContent-Type: text/html", "html"),
    ("name.pdf\r\nSet-Cookie: a=b", "name.pdf Set-Cookie_ a=b"),
    ("name\n.pdf", "name.pdf"),
    ("tab\there.txt", "tab here.txt"),
    ("vertical\u{b}feed\u{c}.txt", "vertical feed.txt"),
    ("photo.jpg\0.exe", "photo.jpg.exe"),
    ("nul\0.pdf", "_nul.pdf"),
    ("\u{1b}[2Jclear.txt", "[2Jclear.txt"),
    ("bell\u{7}.txt", "bell.txt"),
    ("delete\u{7f}.txt", "delete.txt"),
    ("c1\u{9b}31m.txt", "c131m.txt"),
    ("next\u{85}line.txt", "next line.txt"),
    ("line\u{2028}separator\u{2029}.txt", "line separator.txt"),
    // What is not seen.
    ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
    ("\u{202a}a\u{202b}b\u{202c}c\u{202d}.pdf", "abc.pdf"),
    ("\u{2066}a\u{2067}b\u{2068}c\u{2069}.pdf", "abc.pdf"),
    (
        "left\u{200e}right\u{200f}arabic\u{61c}.pdf",
        "leftrightarabic.pdf",
    ),
    ("zero\u{200b}width.pdf", "zerowidth.pdf"),
    ("\u{feff}marked.txt", "marked.txt"),
    ("soft\u{ad}hyphen.pdf", "softhyphen.pdf"),
    ("word\u{2060}joiner.pdf", "wordjoiner.pdf"),
    (
        "hangul\u{3164}filler\u{115f}\u{1160}\u{ffa0}.pdf",
        "hangulfiller.pdf",
    ),
    ("braille\u{2800}blank.pdf", "brailleblank.pdf"),
    ("mongolian\u{180e}.pdf", "mongolian.pdf"),
    ("tag\u{e0041}\u{e0042}.pdf", "tag.pdf"),
    ("note\u{fff9}a\u{fffa}b\u{fffb}.pdf", "noteab.pdf"),
    ("object\u{fffc}.pdf", "object.pdf"),
    ("not a character\u{ffff}.pdf", "not a character.pdf"),
    ("\u{200b}", "document"),
    ("\u{202e}\u{202e}.pdf", "document.pdf"),
    ("report.p\u{200b}df", "report.pdf"),
    // Space.
    ("  spaces  everywhere  .pdf  ", "spaces everywhere.pdf"),
    ("no\u{a0}break.pdf", "no break.pdf"),
    ("wide\u{3000}space.pdf", "wide space.pdf"),
    ("thin\u{2009}hair\u{200a}.pdf", "thin hair.pdf"),
    (" .pdf", "document.pdf"),
    ("", "document"),
    ("   ", "document"),
    ("\t\r\n", "document"),
    // Dots.
    (".htaccess", "document.htaccess"),
    (".pdf", "document.pdf"),
    ("...hidden.txt", "hidden.txt"),
    ("name.", "name"),
    ("name.pdf.", "name.pdf"),
    ("name.pdf. . .", "name.pdf"),
    ("report.pdf.exe", "report.pdf.exe"),
    ("report.pdf          .exe", "report.pdf.exe"),
    ("report..pdf", "report..pdf"),
    // What some file system does not allow.
    ("what?.pdf", "what_.pdf"),
    ("<script>alert(1)</script>.pdf", "script_.pdf"),
    (
        "<img src=x onerror=alert(1)>.png",
        "_img src=x onerror=alert(1)_.png",
    ),
    ("a\"; filename=\"b.exe", "a_; filename=_b.exe"),
    ("pipe|star*colon:.pdf", "pipe_star_colon_.pdf"),
    ("letter.pdf:evil.exe", "letter.pdf_evil.exe"),
    ("letter.pdf::$DATA", "letter.pdf__$DATA"),
    // Devices.
    ("CON.pdf", "_CON.pdf"),
    ("con", "_con"),
    ("PRN.txt", "_PRN.txt"),
    ("aux.2024.txt", "_aux.2024.txt"),
    ("NUL", "_NUL"),
    ("COM1.docx", "_COM1.docx"),
    ("com9.tar.txt", "_com9.tar.txt"),
    ("COM¹.pdf", "_COM¹.pdf"),
    ("LPT1 .pdf", "_LPT1.pdf"),
    ("lpt³", "_lpt³"),
    ("CONIN$.txt", "_CONIN$.txt"),
    ("clock$", "_clock$"),
    ("..\\CON.pdf", "_CON.pdf"),
    ("C\u{200b}ON.pdf", "_CON.pdf"),
    ("console.pdf", "console.pdf"),
    ("COM10.pdf", "COM10.pdf"),
    // One name, however it is composed.
    ("cafe\u{301}.txt", "café.txt"),
    ("A\u{30a}ngstro\u{308}m.pdf", "Ångström.pdf"),
    ("e\u{200b}\u{301}.pdf", "é.pdf"),
    ("\u{212b}ngstr\u{f6}m.pdf", "Ångström.pdf"),
    ("\u{1112}\u{1161}\u{11ab}.pdf", "한.pdf"),
    ("a<\u{338}b.pdf", "a\u{226e}b.pdf"),
];

#[test]
fn names_become_what_can_be_shown_and_saved_anywhere() {
    assert!(NAMES.len() >= 120);
    let wrong: Vec<String> = NAMES
        .iter()
        .filter(|(given, expected)| clean(given) != *expected)
        .map(|(given, expected)| format!("{given:?}: {:?}, not {expected:?}", clean(given)))
        .collect();

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names that are too long to be written down, beside the others.
fn all() -> Vec<String> {
    let long = [
        "a",
        "é",
        "家",
        "👩‍👩‍👧",
        "e\u{301}",
        "\u{301}",
        "a.",
        ". ",
        "CON.",
    ];
    let repeated = long
        .iter()
        .flat_map(|part| [150, 250, 5_000].map(|times| format!("{}.pdf", part.repeat(times))));
    let given = NAMES.iter().map(|(given, _)| (*given).to_owned());
    given.chain(repeated).collect()
}

#[test]
fn no_name_lies_escapes_or_grows() {
    for given in all() {
        let name = clean(&given);

        assert!(!name.is_empty(), "{given:?}");
        assert!(is_nfc(&name), "{name:?}");
        assert!(
            name.graphemes(true).count() <= 200 && name.len() <= 1_000,
            "{name:?}"
        );
        assert!(
            !name.contains(['/', '\\', '<', '>', ':', '"', '|', '?', '*']),
            "{name:?}"
        );
        assert!(
            !name.chars().any(|it| it.is_control() || is_hidden(it)),
            "{name:?}"
        );
        assert!(
            !name.starts_with(['.', ' ']) && !name.ends_with(['.', ' ']),
            "{name:?}"
        );
        assert_eq!(clean(&name), name, "cleaned once more, it changed");
    }
}
