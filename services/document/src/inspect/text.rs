//! Plain text: UTF-8, UTF-16 with its mark, or Windows-1252, without control characters.

use std::io::{Read, Seek};

use super::source::Source;
use super::{Flaw, Refusal, sniff};

/// How much of a text's beginning is read as a page would be.
const OPENING: usize = 1024;

/// Says that the file is text, and no page or script.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Flaw> {
    let opening = match source.head(3)?.as_slice() {
        [0xff, 0xfe, ..] => utf16(source, u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => utf16(source, u16::from_be_bytes)?,
        _ => bytes(source)?,
    };
    let opening = opening.trim_start_matches('\u{feff}').trim_start();
    if opening.starts_with("#!") || reads_as_page(opening) {
        return Err(Refusal::Program.into());
    }
    if opening.starts_with('<') && opening.contains("<office:document") {
        return Err(Refusal::OpenDocument.into());
    }
    Ok(())
}

/// A text may speak of tags: it is a page only when it begins with one.
fn reads_as_page(opening: &str) -> bool {
    opening.starts_with('<') && sniff::reads_as_page(opening.as_bytes())
}

/// Reads the text unit by unit and gives its opening.
fn utf16<R: Read + Seek>(source: &mut Source<R>, unit: fn([u8; 2]) -> u16) -> Result<String, Flaw> {
    if source.len() % 2 == 1 {
        return Err(Refusal::NotItsType.into());
    }
    let mut opening = String::new();
    let mut failed = None;
    let units = std::iter::from_fn(|| match source.left() {
        0 => None,
        _ => source
            .array()
            .map(unit)
            .map_err(|flaw| failed = Some(flaw))
            .ok(),
    });
    for character in char::decode_utf16(units) {
        match character {
            Ok(character) if !is_control(character) => {
                if opening.len() < OPENING {
                    opening.push(character);
                }
            }
            _ => return Err(Refusal::NotItsType.into()),
        }
    }
    failed.map_or(Ok(opening), Err)
}

/// Reads the text as UTF-8, and as Windows-1252 for as long as it may be either.
fn bytes<R: Read + Seek>(source: &mut Source<R>) -> Result<String, Flaw> {
    let mut may_be_utf8 = true;
    let mut may_be_windows = true;
    let mut opening = Vec::new();
    // The beginning of a character whose other bytes come with the next chunk.
    let mut carried = Vec::new();
    loop {
        let chunk = source.up_to(32 * 1024)?;
        if chunk.is_empty() {
            break;
        }
        if chunk
            .iter()
            .any(|byte| is_control(char::from(*byte)) && *byte < 0x80)
        {
            return Err(Refusal::NotItsType.into());
        }
        may_be_windows &= !chunk
            .iter()
            .any(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
        if opening.len() < OPENING {
            opening.extend_from_slice(&chunk[..chunk.len().min(OPENING)]);
        }
        if may_be_utf8 {
            carried.extend_from_slice(&chunk);
            (may_be_utf8, carried) = rest_of_utf8(&carried);
        }
        if !may_be_utf8 && !may_be_windows {
            return Err(Refusal::NotItsType.into());
        }
    }
    if !may_be_windows && !carried.is_empty() {
        return Err(Refusal::NotItsType.into());
    }
    Ok(String::from_utf8_lossy(&opening).into_owned())
}

/// Whether the bytes are UTF-8 without control characters, and those that begin an unfinished character.
fn rest_of_utf8(bytes: &[u8]) -> (bool, Vec<u8>) {
    let (text, rest) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, &[][..]),
        Err(error) if error.error_len().is_none() => {
            let (text, rest) = bytes.split_at(error.valid_up_to());
            (std::str::from_utf8(text).unwrap_or_default(), rest)
        }
        Err(_) => return (false, Vec::new()),
    };
    (!text.chars().any(is_control), rest.to_vec())
}

/// Whether no text has the character: all controls but those that lay out a page, and the old end of a file.
fn is_control(character: char) -> bool {
    character.is_control()
        && !matches!(
            character,
            '\t' | '\n' | '\r' | '\u{c}' | '\u{1a}' | '\u{85}'
        )
}
