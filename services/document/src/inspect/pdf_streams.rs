//! What a PDF's streams unpack to, and the files that are attached to it: a few kilobytes can fill any reader's memory.

use std::io::{self, Read, Seek};

use flate2::bufread::ZlibDecoder;

use super::carried::{self, Allowance};
use super::pdf_syntax as syntax;
use super::source::Source;
use super::{Flaw, Refusal};

/// How much of the file is searched at a time, and how much of what was searched stays in view.
const STEP: usize = 64 * 1024;
const LONGEST_DICTIONARY: usize = 4 * 1024;
/// More than the streams of any file of 20 MiB, each of which is remembered.
const MOST_STREAMS: usize = 200_000;
/// Compressing what is compressed gains nothing; a few writers do it once.
const MOST_LAYERS: usize = 2;
const KEYWORD: &[u8] = b"stream";

/// A stream that has to be looked into.
struct Stream {
    at: u64,
    /// How often it is compressed.
    layers: usize,
    /// Whether it is an attached file.
    is_file: bool,
    /// What its dictionary says of it, which compressed streams say better by themselves.
    length: u64,
}

/// Refuses a file whose streams, without the pictures, unpack to more than any ordinary file's, and one that carries
/// what would be refused by itself. How large a picture becomes is said by its extent and not by its stream.
///
/// What is encrypted can't be unpacked here, and neither can what is compressed in rarer ways; those swell far less.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<(), Flaw> {
    for stream in find_all(source)? {
        source.go_to(stream.at)?;
        let mut content: Box<dyn Read + '_> = if stream.layers == 0 {
            Box::new(source.by_ref().take(stream.length))
        } else {
            Box::new(ZlibDecoder::new(source.by_ref()))
        };
        for _ in 1..stream.layers {
            content = Box::new(flate2::read::ZlibDecoder::new(content));
        }
        let content = Whole(content);
        if stream.is_file {
            carried::check(content, "", allowance)?;
        } else {
            allowance.copy(content, &mut io::sink())?;
        }
    }
    Ok(())
}

/// A stream up to its end, or to where it is damaged: from there on it is no bomb.
struct Whole<R>(R);

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
                ) =>
            {
                Ok(0)
            }
            read => read,
        }
    }
}

/// Finds the streams by their keyword: a table of cross-references could leave out what it hides.
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
            found.extend(stream(&window, at, window_at)?);
            if found.len() > MOST_STREAMS {
                return Err(Refusal::Unreadable.into());
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

/// The stream whose keyword stands at `at`, if it is compressed or an attached file.
fn stream(window: &[u8], at: usize, window_at: u64) -> Result<Option<Stream>, Refusal> {
    let before = window[..at].trim_ascii_end();
    let after = &window[at + KEYWORD.len()..];
    let line_end = match after {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => return Ok(None),
    };
    if !before.ends_with(b">>") {
        return Ok(None);
    }
    let view = &before[before.len().saturating_sub(LONGEST_DICTIONARY)..];
    let dictionary = view
        .windows(3)
        .rposition(|word| word == b"obj")
        .and_then(|object| syntax::dictionary(&view[object + 3..]));
    let entry = |name: &[u8]| dictionary.as_ref().and_then(|it| it.get(name));
    let is_file = entry(b"Type") == Some(b"/EmbeddedFile");
    let is_compressed = begins_compressed(&after[line_end..]);
    if entry(b"Subtype") == Some(b"/Image") || !(is_compressed || is_file) {
        return Ok(None);
    }
    // It may stand elsewhere, as a reference.
    let length = entry(b"Length").filter(|value| syntax::reference(value).is_none());
    let length = length.and_then(syntax::number);
    let filters = entry(b"Filter").or_else(|| entry(b"F"));
    let layers = filters
        .map_or_else(Vec::new, syntax::names)
        .iter()
        .filter(|filter| matches!(filter.as_slice(), b"FlateDecode" | b"Fl"))
        .count();
    if layers > MOST_LAYERS {
        return Err(Refusal::Unreadable);
    }
    Ok(Some(Stream {
        at: window_at + (at + KEYWORD.len() + line_end) as u64,
        layers: if is_compressed { layers.max(1) } else { 0 },
        is_file,
        length: length.map_or(u64::MAX, |(length, _)| length),
    }))
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
