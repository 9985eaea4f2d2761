//! Cleans the names of files, so that none can lie, escape or break what shows it. A name is never refused.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The longest name, counted as a person counts characters.
const LONGEST: usize = 200;
/// The longest name in bytes: one character as a person sees it can be any number of code points.
const MOST_BYTES: usize = 1_000;
/// The longest extension that is kept when a name is cut.
const LONGEST_EXTENSION: usize = 12;

/// What Windows takes for a device, whatever extension it has.
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "conin$", "conout$", "clock$", "com0", "com1", "com2", "com3",
    "com4", "com5", "com6", "com7", "com8", "com9", "com¹", "com²", "com³", "lpt0", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",
];

/// A name that can be shown and saved under anywhere, as near to what was given as that allows.
#[must_use]
pub fn clean(given: &str) -> String {
    let file = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = file.nfc().filter(|it| !is_hidden(*it)).map(plain).collect();
    let name = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_end_matches(['.', ' ']);
    let (stem, extension) = split(name);
    let stem = match stem.trim_start_matches(['.', ' ']) {
        "" => "document",
        stem => stem,
    };
    let stem = if is_device(stem) {
        format!("_{stem}")
    } else {
        stem.to_owned()
    };
    cut(&stem, extension)
}

/// Characters that are not seen but change how a name reads or where it ends.
fn is_hidden(character: char) -> bool {
    character.is_control() && !character.is_whitespace()
        || matches!(character,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What some file system does not allow becomes a line.
fn plain(character: char) -> char {
    if matches!(character, '<' | '>' | ':' | '"' | '|' | '?' | '*') {
        '_'
    } else {
        character
    }
}

/// A name and its extension with the dot. A dot at the beginning makes no extension of a name without one.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if name.len() - at <= LONGEST_EXTENSION => name.split_at(at),
        _ => (name, ""),
    }
}

fn is_device(stem: &str) -> bool {
    let first = stem
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_lowercase();
    DEVICES.contains(&first.as_str())
}

/// Cuts the name and not its extension.
fn cut(stem: &str, extension: &str) -> String {
    let room = LONGEST - extension.graphemes(true).count();
    let mut name = String::new();
    for character in stem.graphemes(true).take(room) {
        if name.len() + character.len() + extension.len() > MOST_BYTES {
            break;
        }
        name.push_str(character);
    }
    let name = name.trim_end();
    let name = if name.is_empty() { "document" } else { name };
    format!("{name}{extension}")
}

#[cfg(test)]
mod tests {
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
}
