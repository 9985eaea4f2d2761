//! Looks through a PDF for its streams and for what names attached files, by the words themselves: a table of cross-references could leave
//! out what it hides.

use std::collections::BTreeSet;
use std::io::Read;

use super::pdf_syntax::{self as syntax, Dictionary};
use super::{Flaw, Refusal};

/// How much is searched at a time, how much of what was searched stays in view, and how much is in view ahead.
const STEP: usize = 64 * 1024;
const BEHIND: usize = 8 * 1024;
const AHEAD: usize = 4 * 1024;
/// More than the streams of any file of 20 MiB, each of which is remembered.
const MOST_STREAMS: usize = 200_000;
/// More files than anybody attaches.
const MOST_FILES: usize = 5_000;
/// How many words `obj` may stand in one dictionary, in its strings.
const MOST_BEGINNINGS: usize = 16;
/// How often a file's size may be read as dictionaries: they don't stand in one another.
const MOST_READ: u64 = 8;
const KEYWORD: &[u8] = b"stream";

/// What a stream is by its dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Picture,
    /// A stream of objects.
    Objects,
    /// Cross-references, which are looked into on their own.
    CrossReferences,
    Other,
    /// Its dictionary can't be read.
    Unclear,
}

impl Kind {
    /// Whether objects may stand in it.
    pub fn may_be_objects(self) -> bool {
        matches!(self, Self::Objects | Self::Unclear)
    }
}

/// A stream that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream {
    /// Its object's number, or one that no object has.
    pub object: u64,
    pub generation: u64,
    pub kind: Kind,
    /// Where its dictionary is, if that can be read.
    pub dictionary: Option<u64>,
    /// Where its content begins.
    pub content: u64,
    /// What its dictionary says of its length.
    pub length: Option<u64>,
    /// Where the first object in it is.
    pub first: Option<u64>,
    /// How often it says that it is compressed by Flate.
    pub flate_layers: usize,
    /// Whether it says that it is packed in any way.
    pub is_packed: bool,
    /// Whether it begins as what is compressed.
    pub is_compressed: bool,
    /// Whether it says that it is an attached file.
    pub is_file: bool,
}

/// Where the object of a stream begins in what is in view.
struct Beginning {
    /// The object's number and generation, if its header can be read.
    header: Option<(u64, u64)>,
    /// Where its dictionary is.
    dictionary: usize,
}

/// What was found so far.
pub(super) struct Search {
    pub streams: Vec<Stream>,
    /// The numbers of objects that are attached files.
    pub files: BTreeSet<u64>,
    /// The numbers of objects that name attached files.
    pub lists: BTreeSet<u64>,
    /// Whether streams are looked for: there are none in a stream of objects.
    wants_streams: bool,
    may_read: u64,
}

impl Search {
    /// A search through a file of this length.
    pub fn in_file(length: u64) -> Self {
        Self {
            streams: Vec::new(),
            files: BTreeSet::new(),
            lists: BTreeSet::new(),
            wants_streams: true,
            may_read: length.saturating_mul(MOST_READ).saturating_add(1024 * 1024),
        }
    }

    /// Looks through the file, and after that through its streams of objects; says how much it was.
    pub fn look_through(&mut self, content: &mut impl Read) -> Result<u64, Flaw> {
        let wants_streams = std::mem::replace(&mut self.wants_streams, false);
        windows(content, |window, at, window_at| {
            match window[at] {
                b'/' => self.name(window, at)?,
                b's' if wants_streams && window[at..].starts_with(KEYWORD) => {
                    self.keyword(window, at, window_at)?;
                }
                _ => {}
            }
            Ok(())
        })
    }

    /// Looks through the file for objects of these numbers, and takes what they refer to for files.
    pub fn read_objects(
        &mut self,
        content: &mut impl Read,
        wanted: &mut BTreeSet<u64>,
    ) -> Result<(), Flaw> {
        let lists = wanted.clone();
        windows(content, |window, at, _| {
            if !window[at..].starts_with(b"obj") {
                return Ok(());
            }
            let Some((number, _)) = syntax::header_before(&window[..at]) else {
                return Ok(());
            };
            if lists.contains(&number) {
                let value = syntax::dictionary(&window[at + 3..]).ok_or(Refusal::NotItsType)?;
                self.add_files(value.bytes())?;
                wanted.remove(&number);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Takes what a value refers to for files.
    pub fn add_files(&mut self, value: &[u8]) -> Result<(), Refusal> {
        self.read(value.len())?;
        self.files.extend(syntax::references(value));
        if self.files.len() > MOST_FILES {
            return Err(Refusal::Unreadable);
        }
        Ok(())
    }

    /// A name that may be the one of attached or of related files.
    fn name(&mut self, window: &[u8], at: usize) -> Result<(), Refusal> {
        if !matches!(window.get(at + 1), Some(b'E' | b'R' | b'#')) {
            return Ok(());
        }
        let is_wanted = |name: &[u8]| matches!(name, b"EF" | b"RF");
        let Some((_, rest)) = syntax::name(&window[at..]).filter(|(name, _)| is_wanted(name))
        else {
            return Ok(());
        };
        let value = syntax::skip_space(rest);
        if value.starts_with(b"<<") {
            let value = syntax::dictionary(value).ok_or(Refusal::NotItsType)?;
            return self.add_files(value.bytes());
        }
        let Some((object, rest)) = syntax::number(value) else {
            return Ok(());
        };
        let generation = syntax::number(syntax::skip_space(rest));
        if generation.is_some_and(|(_, rest)| syntax::skip_space(rest).starts_with(b"R")) {
            self.lists.insert(object);
        }
        if self.lists.len() > MOST_FILES {
            return Err(Refusal::Unreadable);
        }
        Ok(())
    }

    /// The keyword of a stream, if it is one.
    fn keyword(&mut self, window: &[u8], at: usize, window_at: u64) -> Result<(), Refusal> {
        let line_end = match &window[at + KEYWORD.len()..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => return Ok(()),
        };
        let before = without_comments(&window[..at]);
        if !before.ends_with(b">>") {
            return Ok(());
        }
        let content = at + KEYWORD.len() + line_end;
        let begins = &window[content..];
        let view = &before[before.len().saturating_sub(BEHIND)..];
        let view_at = window_at + (before.len() - view.len()) as u64;
        let content_at = window_at + content as u64;
        let stream = match self.dictionary_of(view)? {
            Some(Beginning { header, dictionary }) => {
                let place = (view_at + dictionary as u64, content_at);
                let dictionary = syntax::dictionary(&view[dictionary..]);
                dictionary.map(|it| described(&it, header, place, begins))
            }
            None => None,
        };
        self.streams.push(stream.unwrap_or(Stream {
            object: u64::MAX,
            generation: 0,
            kind: Kind::Unclear,
            dictionary: None,
            content: content_at,
            length: None,
            first: None,
            flate_layers: 0,
            is_packed: false,
            is_compressed: begins_compressed(begins),
            is_file: true,
        }));
        if self.streams.len() > MOST_STREAMS {
            return Err(Refusal::Unreadable);
        }
        Ok(())
    }

    /// Where the dictionary begins with which `view` ends, and the header before it. The word `obj` may stand in it, too.
    fn dictionary_of(&mut self, view: &[u8]) -> Result<Option<Beginning>, Refusal> {
        let mut end = view.len();
        for _ in 0..MOST_BEGINNINGS {
            let found = view[..end].windows(3).rposition(|word| word == b"obj");
            self.read(end - found.unwrap_or(0))?;
            let Some(at) = found else {
                break;
            };
            let start = at + 3;
            self.read(view.len() - start)?;
            let found = syntax::dictionary(&view[start..]);
            let space = view.len() - start - syntax::skip_space(&view[start..]).len();
            if found.is_some_and(|it| start + space + it.bytes().len() == view.len()) {
                return Ok(Some(Beginning {
                    header: syntax::header_before(&view[..at]),
                    dictionary: start,
                }));
            }
            end = at;
        }
        Ok(None)
    }

    fn read(&mut self, count: usize) -> Result<(), Refusal> {
        let left = self.may_read.checked_sub(count as u64);
        self.may_read = left.ok_or(Refusal::Unreadable)?;
        Ok(())
    }
}

fn described(
    dictionary: &Dictionary<'_>,
    header: Option<(u64, u64)>,
    (dictionary_at, content): (u64, u64),
    begins: &[u8],
) -> Stream {
    let number = |name: &[u8]| {
        // It may stand elsewhere, as a reference.
        let value = dictionary
            .get(name)
            .filter(|value| syntax::reference(value).is_none());
        value.and_then(syntax::number).map(|(number, _)| number)
    };
    let is = |name: &[u8], value: &[u8]| syntax::is_name(dictionary.get(name), value);
    let filters = dictionary.get(b"Filter").or_else(|| dictionary.get(b"F"));
    let names = filters.map_or_else(Vec::new, syntax::names);
    let is_flate = |name: &&Vec<u8>| matches!(name.as_slice(), b"FlateDecode" | b"Fl");
    let has_objects = dictionary.get(b"N").is_some() && dictionary.get(b"First").is_some();
    let kind = if is(b"Type", b"ObjStm") || has_objects {
        Kind::Objects
    } else if is(b"Type", b"XRef") {
        Kind::CrossReferences
    } else if is(b"Subtype", b"Image") {
        Kind::Picture
    } else {
        Kind::Other
    };
    let (object, generation) = header.unwrap_or((u64::MAX, 0));
    Stream {
        object,
        generation,
        kind,
        dictionary: Some(dictionary_at),
        content,
        length: number(b"Length"),
        first: number(b"First"),
        flate_layers: names.iter().filter(is_flate).count(),
        is_packed: filters.is_some(),
        is_compressed: begins_compressed(begins),
        // Nobody can point at an object without a number, and nobody may at one whose number can't be read.
        is_file: is(b"Type", b"EmbeddedFile") || header.is_none(),
    }
}

/// Goes through the content, and calls at each byte with the window, the place in it, and where the window begins.
fn windows(
    content: &mut impl Read,
    mut look: impl FnMut(&[u8], usize, u64) -> Result<(), Refusal>,
) -> Result<u64, Flaw> {
    let mut window = Vec::new();
    let mut window_at = 0;
    let mut searched = 0;
    loop {
        let before = window.len();
        content
            .by_ref()
            .take(STEP as u64)
            .read_to_end(&mut window)?;
        let is_last = window.len() == before;
        let end = window.len().saturating_sub(if is_last { 0 } else { AHEAD });
        for at in searched..end {
            look(&window, at, window_at)?;
        }
        if is_last {
            return Ok(window_at + window.len() as u64);
        }
        searched = searched.max(end);
        let done = searched.saturating_sub(BEHIND);
        window.drain(..done);
        window_at += done as u64;
        searched -= done;
    }
}

/// What stands before white space and comments.
fn without_comments(bytes: &[u8]) -> &[u8] {
    let mut bytes = bytes.trim_ascii_end();
    loop {
        let line = bytes.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
        let line = line.map_or(0, |at| at + 1);
        match bytes[line..].iter().position(|byte| *byte == b'%') {
            Some(at) if !bytes.ends_with(b">>") => bytes = bytes[..line + at].trim_ascii_end(),
            _ => return bytes,
        }
    }
}

/// Whether the bytes begin as zlib's format does.
fn begins_compressed(bytes: &[u8]) -> bool {
    matches!(bytes, [method, flags, ..]
        if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0)
}
