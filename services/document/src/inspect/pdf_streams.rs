//! What a PDF's streams unpack to, and the files that are attached to it: a few kilobytes can fill any reader's memory.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek};

use flate2::bufread::ZlibDecoder;
use lopdf::EncryptionState;

use super::carried::{self, Allowance};
use super::pdf_search::{Kind, Search, Stream};
use super::pdf_stream::{self, MOST_LAYERS, MOST_PACKED, Whole};
use super::pdf_syntax as syntax;
use super::source::Source;
use super::{Flaw, Refusal};

/// A stream of objects is held in memory when one of its objects is looked for.
const LONGEST_OBJECTS: u64 = 8 * 1024 * 1024;
/// How much of the file is searched for the end of a stream at a time.
const STEP: usize = 64 * 1024;
const END: &[u8] = b"endstream";

/// Refuses a file whose streams, without the pictures, unpack to more than any ordinary file's, and one that carries
/// what would be refused by itself. How large a picture becomes is said by its extent and not by its stream.
///
/// What is attached is found by what points at it, as readers find it: whatever an object says of itself, it is a file when the
/// description of one names it.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    encryption: Option<&EncryptionState>,
    allowance: &mut Allowance,
) -> Result<(), Flaw> {
    source.go_to(0)?;
    let mut search = Search::in_file(source.len());
    search.look_through(&mut source.by_ref())?;
    let streams = std::mem::take(&mut search.streams);
    let mut look = Look {
        source,
        encryption,
        allowance,
    };
    for stream in streams.iter().filter(|it| it.kind.may_be_objects()) {
        look.search_objects(stream, &mut search)?;
    }
    let lists = std::mem::take(&mut search.lists);
    if !lists.is_empty() {
        look.read_lists(lists, &streams, &mut search)?;
    }

    let mut missing = search.files.clone();
    for stream in &streams {
        let is_file = stream.is_file || search.files.contains(&stream.object);
        missing.remove(&stream.object);
        if is_file {
            let mut content = open(look.source, look.encryption, stream)?;
            let mut head = Vec::new();
            content.by_ref().take(5).read_to_end(&mut head)?;
            // In a PDF as it is there are more ends than its own.
            if head == b"%PDF-" && !stream.is_packed && stream.length.is_none() {
                return Err(Refusal::NotItsType.into());
            }
            carried::check(head.as_slice().chain(content), "", look.allowance)?;
        } else {
            look.unpack(stream)?;
        }
    }
    // A file that only a reader finds would be one that nobody has looked into.
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Refusal::NotItsType.into())
    }
}

/// What a look needs at each stream.
struct Look<'a, R> {
    source: &'a mut Source<R>,
    encryption: Option<&'a EncryptionState>,
    allowance: &'a mut Allowance,
}

impl<R: Read + Seek> Look<'_, R> {
    /// Looks through a stream of objects for files that they name.
    fn search_objects(&mut self, stream: &Stream, search: &mut Search) -> Result<(), Flaw> {
        let left = self.allowance.left().saturating_add(1);
        let mut content = match open(self.source, self.encryption, stream) {
            // It may be a stream of anything, whose dictionary nobody can read.
            Err(Flaw::Refused(_)) if stream.dictionary.is_none() => return Ok(()),
            opened => opened?.take(left),
        };
        let read = search.look_through(&mut content)?;
        drop(content);
        self.allowance.spend(read)?;
        Ok(())
    }

    /// Finds the files of descriptions that stand by themselves, each of which is an object: `/EF 12 0 R`.
    fn read_lists(
        &mut self,
        mut lists: BTreeSet<u64>,
        streams: &[Stream],
        search: &mut Search,
    ) -> Result<(), Flaw> {
        for stream in streams.iter().filter(|it| it.kind == Kind::Objects) {
            let mut content = Vec::new();
            let opened = open(self.source, self.encryption, stream)?;
            opened.take(LONGEST_OBJECTS + 1).read_to_end(&mut content)?;
            if content.len() as u64 > LONGEST_OBJECTS {
                return Err(Refusal::Unreadable.into());
            }
            self.allowance.spend(content.len() as u64)?;
            let numbers = syntax::numbers(&content);
            let first = stream.first.and_then(|it| usize::try_from(it).ok());
            let first = first.ok_or(Refusal::Unreadable)?;
            for pair in numbers.chunks_exact(2) {
                let Some(value) = usize::try_from(pair[1])
                    .ok()
                    .filter(|_| lists.contains(&pair[0]))
                    .and_then(|at| content.get(first.saturating_add(at)..))
                else {
                    continue;
                };
                let value = syntax::dictionary(value).ok_or(Refusal::NotItsType)?;
                search.add_files(value.bytes())?;
                lists.remove(&pair[0]);
            }
        }
        self.source.go_to(0)?;
        search.read_objects(&mut self.source.by_ref(), &mut lists)?;
        if lists.is_empty() {
            Ok(())
        } else {
            Err(Refusal::NotItsType.into())
        }
    }

    /// Counts what an ordinary stream unpacks to.
    fn unpack(&mut self, stream: &Stream) -> Result<(), Flaw> {
        if stream.kind == Kind::Picture {
            return Ok(());
        }
        if stream.is_compressed {
            self.source.go_to(stream.content)?;
            let layers = stream.flate_layers.max(1);
            if layers > MOST_LAYERS {
                return Err(Refusal::Unreadable.into());
            }
            let content = ZlibDecoder::new(self.source.by_ref());
            let mut content: Box<dyn Read + '_> = Box::new(Whole(content));
            for _ in 1..layers {
                content = Box::new(Whole(flate2::read::ZlibDecoder::new(content)));
            }
            self.allowance.copy(content, &mut io::sink())?;
        } else if stream.is_packed && self.encryption.is_none() {
            if stream.flate_layers > 0 && length(self.source, stream)? > MOST_PACKED {
                return Err(Refusal::Unreadable.into());
            }
            let mut content = match open(self.source, None, stream) {
                // Pictures and the like, and what is damaged.
                Err(Flaw::Refused(Refusal::Compressed)) => return Ok(()),
                opened => opened?,
            };
            let mut unpacked = Vec::new();
            content.read_to_end(&mut unpacked)?;
            drop(content);
            self.allowance.spend(unpacked.len() as u64)?;
        }
        Ok(())
    }
}

/// Gives the content of a stream, unpacked.
fn open<'a, R: Read + Seek>(
    source: &'a mut Source<R>,
    encryption: Option<&EncryptionState>,
    stream: &Stream,
) -> Result<Box<dyn Read + 'a>, Flaw> {
    let length = length(source, stream)?;
    let Some(dictionary) = stream.dictionary else {
        // Nobody knows how it is packed: it is read as it is, or as its mark says.
        source.go_to(stream.content)?;
        let content = source.by_ref().take(length);
        return Ok(if stream.is_compressed {
            Box::new(Whole(ZlibDecoder::new(io::BufReader::new(content))))
        } else {
            Box::new(content)
        });
    };
    let place = pdf_stream::Place {
        dictionary,
        content: stream.content,
    };
    let id = (stream.object, stream.generation);
    pdf_stream::open(source, place, id, encryption, length)
}

/// How long a stream is: as its dictionary says, if it ends there, or else up to the next end.
fn length<R: Read + Seek>(source: &mut Source<R>, stream: &Stream) -> Result<u64, Flaw> {
    if let Some(said) = stream.length
        && let Some(end) = stream.content.checked_add(said)
        && end <= source.len()
    {
        source.go_to(end)?;
        let after = source.up_to(END.len() + 4)?;
        if after.trim_ascii_start().starts_with(END) {
            return Ok(said);
        }
    }
    source.go_to(stream.content)?;
    let mut window = Vec::new();
    let mut window_at = stream.content;
    loop {
        let more = source.up_to(STEP)?;
        if more.is_empty() {
            return Ok(source.len() - stream.content);
        }
        window.extend_from_slice(&more);
        if let Some(at) = window.windows(END.len()).position(|it| it == END) {
            return Ok(window_at + at as u64 - stream.content);
        }
        let done = window.len().saturating_sub(END.len() - 1);
        window.drain(..done);
        window_at += done as u64;
    }
}
