//! PDF: the header at the first byte, the cross-references at the end, and whether it opens without a password.

use std::io::{Read, Seek};

use lopdf::Document;

use super::carried::Allowance;
use super::pdf_syntax::{self as syntax, Dictionary};
use super::source::Source;
use super::{FileType, Flaw, Refusal, pdf_streams};

/// Where the last cross-references are is said within the file's last bytes.
const TAIL: usize = 2048;
/// More than a trailer or the description of an encryption takes.
const LONGEST_DICTIONARY: usize = 64 * 1024;
/// An object is written anew at most as often as its file is saved.
const MOST_UPDATES: u32 = 200;
/// How much of the file is searched at a time.
const STEP: usize = 64 * 1024;

/// Says that the file is a PDF that opens without a password.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<FileType, Flaw> {
    let cross_references = cross_references_at(source)?;
    let bytes = trailer(source, cross_references)?;
    let trailer = syntax::dictionary(&bytes).ok_or(Refusal::Unreadable)?;
    if trailer.get(b"Root").is_none() {
        return Err(Refusal::Unreadable.into());
    }
    if let Some(encryption) = trailer.get(b"Encrypt") {
        let encryption = match syntax::reference(encryption) {
            Some((number, generation)) => object(source, number, generation)?,
            None => encryption.to_vec(),
        };
        check_opens(&encryption, &trailer)?;
    }
    pdf_streams::check(source, allowance)?;
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

/// The trailer's dictionary: after a table of cross-references, or as the dictionary of a stream of them.
fn trailer<R: Read + Seek>(source: &mut Source<R>, at: u64) -> Result<Vec<u8>, Flaw> {
    source.go_to(at)?;
    let window = source.up_to(256)?;
    let text = syntax::skip_space(&window);
    let skipped = (window.len() - text.len()) as u64;
    if text.starts_with(b"xref") {
        let keyword = find(source, at + skipped, b"trailer")?.ok_or(Refusal::Unreadable)?;
        source.go_to(keyword + 7)?;
        return source.up_to(LONGEST_DICTIONARY);
    }

    let content = syntax::object_header(text).ok_or(Refusal::Unreadable)?;
    source.go_to(at + (window.len() - content.len()) as u64)?;
    let bytes = source.up_to(LONGEST_DICTIONARY)?;
    let is_cross_references = syntax::dictionary(&bytes)
        .is_some_and(|dictionary| dictionary.get(b"Type").is_some_and(|kind| kind == b"/XRef"));
    if is_cross_references {
        Ok(bytes)
    } else {
        Err(Refusal::Unreadable.into())
    }
}

/// The content of an object, found by its header. The last one counts: an update adds a new one behind.
///
/// The table of cross-references may be compressed, so that looking for the header is the simpler way.
fn object<R: Read + Seek>(
    source: &mut Source<R>,
    number: u64,
    generation: u64,
) -> Result<Vec<u8>, Flaw> {
    let header = format!("{number} {generation} obj");
    let mut from = 0;
    let mut newest = None;
    let mut count = 0;
    while let Some(at) = find(source, from, header.as_bytes())? {
        // Each find begins anew, so that a file made of nothing else would take for ever.
        count += 1;
        if count > MOST_UPDATES {
            return Err(Refusal::Unreadable.into());
        }
        from = at + 1;
        let digit_before = at > 0 && {
            source.go_to(at - 1)?;
            source.byte()?.is_ascii_digit()
        };
        if !digit_before {
            newest = Some(at + header.len() as u64);
        }
    }
    source.go_to(newest.ok_or(Refusal::Unreadable)?)?;
    source.up_to(LONGEST_DICTIONARY)
}

/// Refuses a file that an empty password does not open. One that has only an owner's password opens with it.
fn check_opens(encryption: &[u8], trailer: &Dictionary<'_>) -> Result<(), Refusal> {
    let description = syntax::dictionary(encryption).ok_or(Refusal::Unreadable)?;
    let identity = trailer.get(b"ID").unwrap_or(b"[<><>]");

    // The library checks passwords of whole documents: this is one of three objects, none of which is encrypted.
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for content in [
        &b"<</Type/Catalog/Pages 2 0 R>>"[..],
        b"<</Type/Pages/Kids[]/Count 0>>",
        description.bytes(),
    ] {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n", places.len()).as_bytes());
        file.extend_from_slice(content);
        file.extend_from_slice(b"\nendobj\n");
    }
    let cross_references = file.len();
    file.extend_from_slice(b"xref\n0 4\n0000000000 65535 f \n");
    for place in places {
        file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    file.extend_from_slice(b"trailer\n<</Size 4/Root 1 0 R/ID ");
    file.extend_from_slice(identity);
    file.extend_from_slice(format!(">>\nstartxref\n{cross_references}\n%%EOF\n").as_bytes());

    let mut document = Document::load_mem(&file).map_err(|_| Refusal::Unreadable)?;
    document.trailer.set("Encrypt", (3, 0));
    document
        .authenticate_user_password("")
        .map_err(|_| Refusal::PasswordProtected)
}

/// Where `needle` next stands, from `start` on.
fn find<R: Read + Seek>(
    source: &mut Source<R>,
    start: u64,
    needle: &[u8],
) -> Result<Option<u64>, Flaw> {
    source.go_to(start)?;
    let mut window = Vec::new();
    let mut window_at = start;
    loop {
        let more = source.up_to(STEP)?;
        if more.is_empty() {
            return Ok(None);
        }
        window.extend_from_slice(&more);
        if let Some(at) = window
            .windows(needle.len())
            .position(|bytes| bytes == needle)
        {
            return Ok(Some(window_at + at as u64));
        }
        // What could be the beginning of the needle stays.
        let done = window.len().saturating_sub(needle.len() - 1);
        window.drain(..done);
        window_at += done as u64;
    }
}

fn last(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .rposition(|window| window == needle)
}
