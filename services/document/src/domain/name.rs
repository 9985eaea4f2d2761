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
    // Composed last: a letter and its accent may have had something hidden between them.
    let visible: String = file
        .chars()
        .filter(|it| !is_hidden(*it))
        .nfc()
        .map(plain)
        .collect();
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

/// Characters that are not seen but change how a name reads, where it ends, or whether two are the same. Those that
/// join emoji and the letters of some scripts stay.
fn is_hidden(character: char) -> bool {
    character.is_control() && !character.is_whitespace()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
            | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffc}' | '\u{fffe}' | '\u{ffff}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
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
mod tests;
