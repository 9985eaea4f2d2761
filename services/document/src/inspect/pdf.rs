//! PDF: the header at the first byte, the cross-references at the end, and whether it opens without a password.

use std::io::{Read, Seek};

use lopdf::EncryptionState;

use super::carried::Allowance;
use super::pdf_syntax::{self as syntax, Dictionary};
use super::pdf_xref::{self, LONGEST_DICTIONARY};
use super::source::Source;
use super::{FileType, Flaw, Refusal, pdf_stream, pdf_streams};

/// Where the last cross-references are is said within the file's last bytes.
const TAIL: usize = 2048;
/// An object is written anew at most as often as its file is saved.
const MOST_UPDATES: usize = 200;
/// How much of the file is searched at a time.
const STEP: usize = 64 * 1024;

/// Says that the file is a PDF that opens without a password.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<FileType, Flaw> {
    let cross_references = cross_references_at(source)?;
    let bytes = pdf_xref::trailer(source, cross_references)?;
    let trailer = syntax::dictionary(&bytes).ok_or(Refusal::Unreadable)?;
    if trailer.get(b"Root").is_none() {
        return Err(Refusal::Unreadable.into());
    }
    let encryption = match trailer.get(b"Encrypt") {
        None | Some(b"null") => None,
        Some(value) => {
            let description = match syntax::reference(value) {
                Some(id) => object(source, cross_references, id, allowance)?,
                None => value.to_vec(),
            };
            Some(opened(&description, &trailer)?)
        }
    };
    pdf_streams::check(source, encryption.as_ref(), allowance)?;
    Ok(FileType::Pdf)
}

/// Where the file says that its newest cross-references are. Nothing but white space may follow the end mark.
fn cross_references_at<R: Read + Seek>(source: &mut Source<R>) -> Result<u64, Flaw> {
    let (_, tail) = source.tail(TAIL)?;
    let end = last(&tail, b"%%EOF").ok_or(Refusal::Unreadable)?;
    if !tail[end + 5..].iter().all(|byte| syntax::is_space(*byte)) {
        return Err(Refusal::NotItsType.into());
    }
    let start = last(&tail[..end], b"startxref").ok_or(Refusal::Unreadable)?;
    let number = syntax::skip_space(&tail[start + 9..end]);
    let (number, _) = syntax::number(number).ok_or(Refusal::Unreadable)?;
    Ok(number)
}

/// An object's dictionary, from where the cross-references say that it is.
///
/// A reader whose cross-references fail looks for the object's header instead. So there must not be another object of this number that says
/// something else: what one reader opens without a password would ask the next one for one.
fn object<R: Read + Seek>(
    source: &mut Source<R>,
    cross_references: u64,
    (number, generation): (u64, u64),
    allowance: &mut Allowance,
) -> Result<Vec<u8>, Flaw> {
    let place = pdf_xref::place(source, cross_references, number, allowance)?;
    let named = object_at(source, place)?
        .filter(|it| (it.number, it.generation) == (number, generation))
        .ok_or(Refusal::Unreadable)?;
    let header = format!("{number} {generation} obj");
    for at in places(source, header.as_bytes())? {
        if object_at(source, at)?.is_none_or(|it| it.dictionary != named.dictionary) {
            return Err(Refusal::NotItsType.into());
        }
    }
    Ok(named.dictionary)
}

/// A dictionary with its object's header.
struct Object {
    number: u64,
    generation: u64,
    dictionary: Vec<u8>,
}

fn object_at<R: Read + Seek>(source: &mut Source<R>, at: u64) -> Result<Option<Object>, Flaw> {
    source.go_to(at)?;
    let bytes = source.up_to(LONGEST_DICTIONARY)?;
    let header = syntax::object_header(syntax::skip_space(&bytes));
    Ok(header.and_then(|(number, generation, content)| {
        Some(Object {
            number,
            generation,
            dictionary: syntax::dictionary(content)?.bytes().to_vec(),
        })
    }))
}

/// Opens an encryption without a password, as one does that has only an owner's password; refuses one that does not open.
fn opened(encryption: &[u8], trailer: &Dictionary<'_>) -> Result<EncryptionState, Refusal> {
    let description = syntax::dictionary(encryption).ok_or(Refusal::Unreadable)?;
    let identity = trailer.get(b"ID").unwrap_or(b"[<><>]");
    let identity = [b"/ID ", identity].concat();

    // The library checks passwords of whole documents: this one has nothing but the description.
    let mut document = pdf_stream::document(description.bytes(), &identity)?;
    document.trailer.set("Encrypt", pdf_stream::ALONE);
    document
        .authenticate_user_password("")
        .map_err(|_| Refusal::PasswordProtected)?;
    EncryptionState::decode(&document, "").map_err(|_| Refusal::PasswordProtected)
}

/// Where `header` stands in the file, without those that are the end of a longer number's.
fn places<R: Read + Seek>(source: &mut Source<R>, header: &[u8]) -> Result<Vec<u64>, Flaw> {
    source.go_to(0)?;
    let mut places = Vec::new();
    // The byte before the file is none.
    let mut window = vec![b'\n'];
    let mut window_at = 0;
    loop {
        let more = source.up_to(STEP)?;
        if more.is_empty() {
            return Ok(places);
        }
        window.extend_from_slice(&more);
        for (at, bytes) in window.windows(header.len() + 1).enumerate() {
            if &bytes[1..] == header && !bytes[0].is_ascii_digit() {
                places.push(window_at + at as u64);
            }
        }
        if places.len() > MOST_UPDATES {
            return Err(Refusal::Unreadable.into());
        }
        // What could be the beginning of one stays.
        let done = window.len().saturating_sub(header.len());
        window.drain(..done);
        window_at += done as u64;
    }
}

fn last(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .rposition(|window| window == needle)
}
