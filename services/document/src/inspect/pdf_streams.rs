//! What a PDF's streams unpack to: a few kilobytes can fill any reader's memory.

use std::io::{self, Read, Seek};

use flate2::bufread::ZlibDecoder;

use super::archive::MOST_UNPACKED;
use super::pdf_syntax as syntax;
use super::source::Source;
use super::{Flaw, Refusal};

/// How much of the file is searched at a time, and how much of what was searched stays in view.
const STEP: usize = 64 * 1024;
const LONGEST_DICTIONARY: usize = 4 * 1024;
/// Compressing what is compressed gains nothing; a few writers do it once.
const MOST_LAYERS: usize = 2;
const KEYWORD: &[u8] = b"stream";

/// A stream whose content may unpack to more than it is.
struct Stream {
    at: u64,
    layers: usize,
}

/// Refuses a file whose streams, without the pictures, unpack to more than any ordinary file's. How large a picture
/// becomes is said by its extent and not by its stream, and one page is shown at a time.
///
/// What is encrypted can't be unpacked here, and neither can what is compressed in rarer ways; those swell far less.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Flaw> {
    let mut left = MOST_UNPACKED;
    for stream in find_all(source)? {
        source.go_to(stream.at)?;
        let mut content: Box<dyn Read + '_> = Box::new(ZlibDecoder::new(source.by_ref()));
        for _ in 1..stream.layers {
            content = Box::new(flate2::read::ZlibDecoder::new(content));
        }
        let mut content = content.take(left + 1);
        // A stream that is damaged or something else after all is no bomb, from there on.
        let unpacked = count(&mut content)?;
        left = left.checked_sub(unpacked).ok_or(Refusal::Unreadable)?;
    }
    Ok(())
}

/// How much comes of it until it ends or breaks.
fn count(content: &mut impl Read) -> Result<u64, Flaw> {
    let mut chunk = vec![0; 32 * 1024];
    let mut total = 0;
    loop {
        match content.read(&mut chunk) {
            Ok(0) => return Ok(total),
            Ok(count) => total += count as u64,
            Err(error) if is_of_the_content(&error) => return Ok(total),
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_of_the_content(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
    )
}

/// Finds the compressed streams by their keyword: a table of cross-references could leave out what it hides.
fn find_all<R: Read + Seek>(source: &mut Source<R>) -> Result<Vec<Stream>, Flaw> {
    let mut found = Vec::new();
    let mut window = Vec::new();
    let mut window_at = 0;
    let mut searched = 0;
    source.go_to(0)?;
    loop {
        let more = source.up_to(STEP)?;
        let is_last = more.is_empty();
        window.extend_from_slice(&more);
        // The keyword's line end and the two bytes that tell compression have to be in view, too.
        let end = window
            .len()
            .saturating_sub(if is_last { 0 } else { KEYWORD.len() + 4 });
        while let Some(at) = position(&window[searched..end], KEYWORD).map(|at| at + searched) {
            searched = at + KEYWORD.len();
            if let Some((offset, layers)) = compressed(&window, at)? {
                found.push(Stream {
                    at: window_at + offset as u64,
                    layers,
                });
            }
        }
        if is_last {
            return Ok(found);
        }
        searched = searched.max(end.saturating_sub(KEYWORD.len() - 1));
        let done = searched.saturating_sub(LONGEST_DICTIONARY);
        window.drain(..done);
        window_at += done as u64;
        searched -= done;
    }
}

/// Where the content begins of the stream whose keyword stands at `at`, and how often it is compressed.
fn compressed(window: &[u8], at: usize) -> Result<Option<(usize, usize)>, Refusal> {
    let before = window[..at].trim_ascii_end();
    let after = &window[at + KEYWORD.len()..];
    let line_end = match after {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => return Ok(None),
    };
    if !before.ends_with(b">>") || !begins_compressed(&after[line_end..]) {
        return Ok(None);
    }
    let view = &before[before.len().saturating_sub(LONGEST_DICTIONARY)..];
    let dictionary = view
        .windows(3)
        .rposition(|word| word == b"obj")
        .and_then(|object| syntax::dictionary(&view[object + 3..]));
    let entry = |name: &[u8], short: &[u8]| {
        let dictionary = dictionary.as_ref()?;
        dictionary.get(name).or_else(|| dictionary.get(short))
    };
    if entry(b"Subtype", b"Subtype") == Some(b"/Image") {
        return Ok(None);
    }
    let filters = entry(b"Filter", b"F").map_or_else(Vec::new, syntax::names);
    let layers = filters
        .iter()
        .filter(|filter| matches!(filter.as_slice(), b"FlateDecode" | b"Fl"))
        .count();
    if layers > MOST_LAYERS {
        return Err(Refusal::Unreadable);
    }
    Ok(Some((at + KEYWORD.len() + line_end, layers.max(1))))
}

/// Whether the bytes begin as zlib's format does.
fn begins_compressed(bytes: &[u8]) -> bool {
    matches!(bytes, [method, flags, ..]
        if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0)
}

fn position(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}
