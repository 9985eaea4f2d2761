//! The content of one of a PDF's streams: decrypted and unpacked, or refused when that can't be done.

use std::io::{self, BufReader, Cursor, Read, Seek};

use flate2::bufread::ZlibDecoder;
use lopdf::{Document, EncryptionState, Error, Object, Stream as Unpacked};

use super::carried::Allowance;
use super::pdf_syntax::{self as syntax, Dictionary};
use super::pdf_xref::LONGEST_DICTIONARY;
use super::source::Source;
use super::{Flaw, Refusal};

/// Compressing what is compressed gains nothing; a few writers do it once.
pub(super) const MOST_LAYERS: usize = 2;
/// What is decrypted is held in memory, and larger than any file it can't be.
const MOST_ENCRYPTED: u64 = 20 * 1024 * 1024;
/// What is packed in a rarer way is unpacked in memory.
pub(super) const MOST_PACKED: u64 = 10 * 1024 * 1024;
const MOST_UNPACKED: usize = 14 * 1024 * 1024;

/// Where a stream is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Where its dictionary begins.
    pub dictionary: u64,
    /// Where its content begins.
    pub content: u64,
}

/// How a stream's content is packed.
#[derive(Debug, PartialEq, Eq)]
enum Packing {
    /// As it is, or by Flate so many times.
    Flate(usize),
    /// In a way that the library unpacks.
    Rarer,
    /// In a way that nobody unpacks here: as a picture, or not known.
    Unknown,
}

impl Packing {
    fn of(dictionary: &Dictionary<'_>) -> Self {
        let parameters = dictionary
            .get(b"DecodeParms")
            .or_else(|| dictionary.get(b"DP"));
        let parameters = parameters.unwrap_or_default();
        let Some(filters) = dictionary.get(b"Filter").or_else(|| dictionary.get(b"F")) else {
            return Self::Flate(0);
        };
        let names = syntax::names(filters);
        let is_flate = |name: &Vec<u8>| matches!(name.as_slice(), b"FlateDecode" | b"Fl");
        let is_rarer = |name: &Vec<u8>| {
            is_flate(name)
                || matches!(
                    name.as_slice(),
                    b"LZWDecode" | b"ASCII85Decode" | b"ASCIIHexDecode" | b"RunLengthDecode"
                )
        };
        if !syntax::references(filters).is_empty() || !syntax::references(parameters).is_empty() {
            return Self::Unknown;
        }
        if names.is_empty() && !matches!(filters, b"null") && filters.contains(&b'/') {
            return Self::Unknown;
        }
        let predicts =
            parameters.windows(9).any(|it| it == b"Predictor") || parameters.contains(&b'#');
        match names.as_slice() {
            names if names.iter().all(is_flate) && !predicts => Self::Flate(names.len()),
            names if names.iter().all(is_rarer) => Self::Rarer,
            _ => Self::Unknown,
        }
    }
}

/// Gives a stream's content, to be read to its end or to where it is damaged: from there on it is no bomb.
pub(super) fn open<'a, R: Read + Seek>(
    source: &'a mut Source<R>,
    place: Place,
    id: (u64, u64),
    encryption: Option<&EncryptionState>,
    length: u64,
) -> Result<Box<dyn Read + 'a>, Flaw> {
    source.go_to(place.dictionary)?;
    let size = place
        .content
        .saturating_sub(place.dictionary)
        .min(LONGEST_DICTIONARY as u64);
    let size = usize::try_from(size).unwrap_or(LONGEST_DICTIONARY);
    let bytes = source.up_to(size)?;
    let dictionary = syntax::dictionary(&bytes).ok_or(Refusal::Unreadable)?;
    let packing = Packing::of(&dictionary);
    source.go_to(place.content)?;
    let length = length.min(source.left());

    match packing {
        Packing::Unknown => Err(Refusal::Compressed.into()),
        Packing::Flate(layers) if layers > MOST_LAYERS => Err(Refusal::Unreadable.into()),
        Packing::Flate(layers) if encryption.is_none() => {
            Ok(inflated(Box::new(source.by_ref().take(length)), layers))
        }
        packing => {
            let most = match packing {
                Packing::Flate(_) => MOST_ENCRYPTED,
                _ => MOST_PACKED,
            };
            if length > most {
                return Err(Refusal::Compressed.into());
            }
            let mut content = Vec::new();
            source.by_ref().take(length).read_to_end(&mut content)?;
            let mut stream = library_stream(dictionary.bytes(), content)?;
            if let Some(state) = encryption {
                stream = decrypted(state, id, stream)?;
            }
            if let Packing::Flate(layers) = packing {
                return Ok(inflated(Box::new(Cursor::new(stream.content)), layers));
            }
            Ok(Box::new(Cursor::new(unpacked(&stream)?)))
        }
    }
}

/// The rows of a stream of cross-references, which is never encrypted.
pub(super) fn cross_references<R: Read + Seek>(
    source: &mut Source<R>,
    dictionary: u64,
    allowance: &mut Allowance,
) -> Result<Vec<u8>, Flaw> {
    source.go_to(dictionary)?;
    let window = source.up_to(LONGEST_DICTIONARY)?;
    let found = syntax::dictionary(&window).ok_or(Refusal::Unreadable)?;
    let length = found
        .get(b"Length")
        .and_then(syntax::number)
        .map(|(length, _)| length);
    let after = syntax::skip_space(&window[window.len() - rest_of(&window, &found).len()..]);
    let keyword = after.strip_prefix(b"stream").ok_or(Refusal::Unreadable)?;
    let content = keyword
        .strip_prefix(b"\r\n")
        .or_else(|| keyword.strip_prefix(b"\n"));
    let content = content
        .or_else(|| keyword.strip_prefix(b"\r"))
        .ok_or(Refusal::Unreadable)?;
    let place = Place {
        dictionary,
        content: dictionary + (window.len() - content.len()) as u64,
    };
    let mut rows = Vec::new();
    let content = open(source, place, (0, 0), None, length.unwrap_or(u64::MAX))?;
    content.take(MOST_UNPACKED as u64).read_to_end(&mut rows)?;
    allowance.spend(rows.len() as u64)?;
    Ok(rows)
}

/// What follows a dictionary in the bytes that it was read from.
fn rest_of<'a>(bytes: &'a [u8], dictionary: &Dictionary<'_>) -> &'a [u8] {
    let before = bytes.len() - syntax::skip_space(bytes).len();
    &bytes[before + dictionary.bytes().len()..]
}

fn inflated<'a>(content: Box<dyn Read + 'a>, layers: usize) -> Box<dyn Read + 'a> {
    (0..layers).fold(content, |content, _| {
        Box::new(Whole(ZlibDecoder::new(BufReader::new(content))))
    })
}

/// A stream up to its end, or to where it is damaged.
pub(super) struct Whole<R>(pub R);

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

fn library_stream(dictionary: &[u8], content: Vec<u8>) -> Result<Unpacked, Refusal> {
    match document(dictionary, b"")?.objects.remove(&ALONE) {
        Some(Object::Dictionary(dictionary)) => Ok(Unpacked::new(dictionary, content)),
        _ => Err(Refusal::Unreadable),
    }
}

fn decrypted(
    state: &EncryptionState,
    (object, generation): (u64, u64),
    stream: Unpacked,
) -> Result<Unpacked, Refusal> {
    let object = u32::try_from(object).map_err(|_| Refusal::Unreadable)?;
    let generation = u16::try_from(generation).map_err(|_| Refusal::Unreadable)?;
    let mut stream = Object::Stream(stream);
    // What can't be decrypted is left as it is, for readers as for us.
    let _ = lopdf::encryption::decrypt_object(state, (object, generation), &mut stream);
    match stream {
        Object::Stream(stream) => Ok(stream),
        _ => Err(Refusal::Unreadable),
    }
}

fn unpacked(stream: &Unpacked) -> Result<Vec<u8>, Refusal> {
    stream
        .decompressed_content_with_limit(MOST_UNPACKED)
        .map_err(|error| match error {
            Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
                Refusal::Unreadable
            }
            _ => Refusal::Compressed,
        })
}

/// The object that a made-up document is about.
pub(super) const ALONE: (u32, u16) = (3, 0);

/// A document with one object of our choice, as the library reads documents only.
pub(super) fn document(content: &[u8], trailer: &[u8]) -> Result<Document, Refusal> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = b"xref\n0 4\n0000000000 65535 f \n".to_vec();
    for (before, content) in [
        &b"<</Type/Catalog/Pages 2 0 R>>"[..],
        b"<</Type/Pages/Kids[]/Count 0>>",
        content,
    ]
    .into_iter()
    .enumerate()
    {
        table.extend_from_slice(format!("{:010} 00000 n \n", file.len()).as_bytes());
        file.extend_from_slice(format!("{} 0 obj\n", before + 1).as_bytes());
        file.extend_from_slice(content);
        file.extend_from_slice(b"\nendobj\n");
    }
    let at = file.len();
    file.append(&mut table);
    file.extend_from_slice(b"trailer\n<</Size 4/Root 1 0 R");
    file.extend_from_slice(trailer);
    file.extend_from_slice(format!(">>\nstartxref\n{at}\n%%EOF\n").as_bytes());
    Document::load_mem(&file).map_err(|_| Refusal::Unreadable)
}
