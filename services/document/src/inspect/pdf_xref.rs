//! A PDF's cross-references: the trailer, and where an object is by what the file itself says.

use std::collections::BTreeSet;
use std::io::{BufRead as _, Read, Seek};

use super::carried::Allowance;
use super::pdf_stream;
use super::pdf_syntax::{self as syntax, Dictionary};
use super::source::Source;
use super::{Flaw, Refusal};

/// More than a trailer or the description of an encryption takes.
pub(super) const LONGEST_DICTIONARY: usize = 64 * 1024;
/// A file has as many sections as it was saved times.
const MOST_SECTIONS: usize = 500;
/// Numbers in tables have at most ten digits.
const LONGEST_WORD: usize = 24;

/// What a section says of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    At(u64),
    /// It was deleted, is in a stream of objects, or stands in the stream beside a table that hides it from readers of old.
    Elsewhere,
}

/// A part of the cross-references, with its trailer.
struct Section {
    trailer: Vec<u8>,
    entry: Option<Entry>,
}

/// The newest trailer's dictionary: after a table of cross-references, or as the dictionary of a stream of them.
pub(super) fn trailer<R: Read + Seek>(source: &mut Source<R>, at: u64) -> Result<Vec<u8>, Flaw> {
    // Nothing is looked up, and nothing is unpacked.
    section(source, at, None, &mut Allowance::new()).map(|section| section.trailer)
}

/// Where the cross-references, from the newest ones on, say that an object is.
pub(super) fn place<R: Read + Seek>(
    source: &mut Source<R>,
    newest: u64,
    object: u64,
    allowance: &mut Allowance,
) -> Result<u64, Flaw> {
    let mut seen = BTreeSet::new();
    let mut next = vec![newest];
    while let Some(at) = next.pop() {
        if !seen.insert(at) || seen.len() > MOST_SECTIONS {
            return Err(Refusal::Unreadable.into());
        }
        let Section { trailer, entry } = section(source, at, Some(object), allowance)?;
        let trailer = syntax::dictionary(&trailer).ok_or(Refusal::Unreadable)?;
        let beside = section_at(&trailer, b"XRefStm");
        match (entry, beside) {
            (Some(Entry::At(place)), _) => return Ok(place),
            (Some(Entry::Elsewhere), None) => return Err(Refusal::Unreadable.into()),
            (_, beside) => {
                next.extend(section_at(&trailer, b"Prev"));
                next.extend(beside);
            }
        }
    }
    Err(Refusal::Unreadable.into())
}

fn section_at(trailer: &Dictionary<'_>, name: &[u8]) -> Option<u64> {
    trailer.get(name).and_then(syntax::number).map(|(at, _)| at)
}

fn section<R: Read + Seek>(
    source: &mut Source<R>,
    at: u64,
    wanted: Option<u64>,
    allowance: &mut Allowance,
) -> Result<Section, Flaw> {
    source.go_to(at)?;
    let window = source.up_to(256)?;
    let text = syntax::skip_space(&window);
    let skipped = (window.len() - text.len()) as u64;
    if text.starts_with(b"xref") {
        source.go_to(at + skipped + 4)?;
        let entry = Table::new(source).read(wanted)?;
        let trailer = source.up_to(LONGEST_DICTIONARY)?;
        return Ok(Section { trailer, entry });
    }

    let (_, _, content) = syntax::object_header(text).ok_or(Refusal::Unreadable)?;
    let dictionary_at = at + (window.len() - content.len()) as u64;
    source.go_to(dictionary_at)?;
    let trailer = source.up_to(LONGEST_DICTIONARY)?;
    let dictionary = syntax::dictionary(&trailer).ok_or(Refusal::Unreadable)?;
    if !syntax::is_name(dictionary.get(b"Type"), b"XRef") {
        return Err(Refusal::Unreadable.into());
    }
    let entry = match wanted {
        Some(object) => {
            let content = pdf_stream::cross_references(source, dictionary_at, allowance)?;
            entry_of_stream(&dictionary, &content, object)
        }
        None => None,
    };
    Ok(Section { trailer, entry })
}

/// What a stream of cross-references says of an object: rows of numbers of fixed widths.
fn entry_of_stream(dictionary: &Dictionary<'_>, content: &[u8], object: u64) -> Option<Entry> {
    let numbers = |name| dictionary.get(name).map(syntax::numbers);
    let widths: Vec<usize> = numbers(b"W")?
        .into_iter()
        .filter_map(|width| usize::try_from(width).ok().filter(|it| *it <= 8))
        .collect();
    let [first, second, third] = widths.try_into().ok()?;
    let all = || vec![0, section_at(dictionary, b"Size").unwrap_or(0)];
    let runs = numbers(b"Index").unwrap_or_else(all);
    let mut rows = content.chunks_exact((first + second + third).max(1));
    for run in runs.chunks_exact(2) {
        let (start, count) = (run[0], run[1]);
        let Some(before) = object.checked_sub(start).filter(|it| *it < count) else {
            rows.nth(usize::try_from(count).ok()?.checked_sub(1)?);
            continue;
        };
        let row = rows.nth(usize::try_from(before).ok()?)?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, it| sum << 8 | u64::from(*it));
        let is_in_use = first == 0 || number(&row[..first]) == 1;
        let place = number(&row[first..first + second]);
        return Some(if is_in_use {
            Entry::At(place)
        } else {
            Entry::Elsewhere
        });
    }
    None
}

/// A table of cross-references, read word by word.
struct Table<'a, R> {
    source: &'a mut Source<R>,
}

impl<'a, R: Read + Seek> Table<'a, R> {
    fn new(source: &'a mut Source<R>) -> Self {
        Self { source }
    }

    /// Reads to the trailer's dictionary. Where a run begins counts, and not how long it says it is: some writers miscount.
    fn read(mut self, wanted: Option<u64>) -> Result<Option<Entry>, Flaw> {
        let mut object = 0;
        let mut found = None;
        let mut word = self.word()?;
        while word != b"trailer" {
            let (first, second, third) = (number(&word)?, self.word()?, self.word()?);
            number(&second)?;
            let entry = match third.as_slice() {
                b"n" => Entry::At(first),
                b"f" => Entry::Elsewhere,
                _ => {
                    object = first;
                    word = third;
                    continue;
                }
            };
            if wanted == Some(object) && found.replace(entry).is_some_and(|it| it != entry) {
                // One reader takes the first of two, and the next one the last.
                return Err(Refusal::NotItsType.into());
            }
            object += 1;
            word = self.word()?;
        }
        Ok(found)
    }

    fn word(&mut self) -> Result<Vec<u8>, Flaw> {
        let mut word = Vec::new();
        loop {
            let Some(byte) = self.source.fill_buf()?.first().copied() else {
                return Err(Refusal::Unreadable.into());
            };
            match byte {
                _ if byte.is_ascii_alphanumeric() && word.len() < LONGEST_WORD => word.push(byte),
                _ if syntax::is_space(byte) && word.is_empty() => {}
                _ if word.is_empty() || word.len() == LONGEST_WORD => {
                    return Err(Refusal::Unreadable.into());
                }
                _ => return Ok(word),
            }
            self.source.consume(1);
        }
    }
}

fn number(word: &[u8]) -> Result<u64, Refusal> {
    match syntax::number(word) {
        Some((number, [])) => Ok(number),
        _ => Err(Refusal::Unreadable),
    }
}
