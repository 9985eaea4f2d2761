//! What an Office file's lists say: its content types, which part is the main one, and what parts fetch.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::prolog::{self, Prolog};
use super::{FileType, Flaw, Refusal, file_type};

/// More than any list of content types.
const LONGEST_TYPES: u64 = 4 * 1024 * 1024;
/// More than any element of these lists.
const LONGEST_ELEMENT: usize = 256 * 1024;

/// What is kept of a package's parts while they are unpacked.
#[derive(Default)]
pub(super) struct Content {
    types: Types,
    /// The parts that the package's relationships call the document.
    main: Vec<String>,
    /// The parts that begin with a document type.
    with_document_type: Vec<String>,
    /// Whether some part's relationship makes Office run what it fetches.
    fetches: bool,
}

impl Content {
    /// Notes how a part begins.
    pub fn note_opening(&mut self, name: &str, opening: &[u8]) {
        let prolog = prolog::of(opening);
        if matches!(prolog, Prolog::DocumentType | Prolog::Unfinished) {
            self.with_document_type.push(name.to_owned());
        }
    }

    /// Reads a part if it is one of the lists, and says how much of it.
    pub fn read(&mut self, name: &str, part: impl Read) -> Result<u64, Flaw> {
        let name = name.to_ascii_lowercase();
        let mut xml = Counted { part, count: 0 };
        if name == "[content_types].xml" {
            self.types
                .read(BufReader::new((&mut xml).take(LONGEST_TYPES)))?;
        } else if file_type::extension(&name) == "rels" {
            self.relationships(BufReader::new(&mut xml), name == "_rels/.rels")?;
        }
        Ok(xml.count)
    }

    /// A workbook's sheet has tens of thousands of links, so that they are looked at and not kept.
    fn relationships(&mut self, xml: impl BufRead, is_root: bool) -> Result<(), Flaw> {
        elements(xml, |element| {
            if element.local_name().as_ref() != b"Relationship" {
                return Ok(());
            }
            let kind = attribute(element, b"Type")?;
            let target = attribute(element, b"Target")?;
            self.fetches |= fetches(&kind, &target);
            // A second one is enough to know that there are too many.
            if is_root && kind.ends_with("/relationships/officeDocument") && self.main.len() < 2 {
                self.main.push(target);
            }
            Ok(())
        })
    }
}

/// Counts what is read.
struct Counted<R> {
    part: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.part.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

/// Says what the package is, from the content type of its main part.
pub(super) fn kind(content: &Content, exists: impl Fn(&str) -> bool) -> Result<FileType, Refusal> {
    let types = &content.types;
    if types.hold_macros() || content.fetches {
        return Err(Refusal::Macros);
    }
    // Office's own parts have no document type: entities reach out, or make a few lines fill any memory.
    let is_odd = |part: &String| types.of(part).is_some_and(is_own_xml);
    if content.with_document_type.iter().any(is_odd) {
        return Err(Refusal::Unreadable);
    }
    let main = main_part(&content.main)?;
    if !exists(main) {
        return Err(Refusal::Unreadable);
    }
    match types.of(main).ok_or(Refusal::Unreadable)? {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml" => {
            Ok(FileType::Word)
        }
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml" => {
            Ok(FileType::Excel)
        }
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
        | "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml" => {
            Ok(FileType::PowerPoint)
        }
        _ => Err(Refusal::TypeNotAccepted),
    }
}

/// The content types: by part, and by extension for the rest.
#[derive(Default)]
struct Types {
    parts: Vec<(String, String)>,
    extensions: Vec<(String, String)>,
}

impl Types {
    fn read(&mut self, xml: impl BufRead) -> Result<(), Flaw> {
        elements(xml, |element| {
            match element.local_name().as_ref() {
                b"Override" => self.parts.push((
                    attribute(element, b"PartName")?,
                    attribute(element, b"ContentType")?,
                )),
                b"Default" => self.extensions.push((
                    attribute(element, b"Extension")?,
                    attribute(element, b"ContentType")?,
                )),
                _ => {}
            }
            Ok(())
        })
    }

    fn of(&self, part: &str) -> Option<&str> {
        let extension = part.rsplit_once('.').map_or("", |(_, extension)| extension);
        let by_part = self.parts.iter().find(|(name, _)| {
            name.strip_prefix('/')
                .unwrap_or(name)
                .eq_ignore_ascii_case(part)
        });
        let by_extension = self
            .extensions
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(extension));
        by_part.or(by_extension).map(|(_, kind)| kind.as_str())
    }

    /// Visual Basic, or the macro sheets of Excel 4.
    fn hold_macros(&self) -> bool {
        self.parts.iter().chain(&self.extensions).any(|(_, kind)| {
            let kind = kind.to_ascii_lowercase();
            ["macroenabled", "vbaproject", "vbadata", "macrosheet"]
                .iter()
                .any(|mark| kind.contains(mark))
        })
    }
}

/// Whether a part of this content type is XML of Office's own. Drawings and pages come from elsewhere.
fn is_own_xml(content_type: &str) -> bool {
    let kind = content_type.to_ascii_lowercase();
    (kind.ends_with("+xml") || kind.ends_with("/xml"))
        && !matches!(kind.as_str(), "image/svg+xml" | "application/xhtml+xml")
}

/// Whether a relationship makes Office fetch something and run it: a template, which brings its macros with it, or an
/// object or frame that is not a document. Links, pictures and files of one's own network are ordinary.
fn fetches(kind: &str, target: &str) -> bool {
    let target = target.to_ascii_lowercase();
    is_from_web(&target)
        && match kind.rsplit('/').next() {
            Some("attachedTemplate") => true,
            Some("oleObject" | "frame" | "subDocument") => !is_document(&target),
            _ => false,
        }
}

/// Whether a target is fetched by a protocol. A scheme of one letter is a drive.
fn is_from_web(target: &str) -> bool {
    target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme != "file"
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// Whether a target is one of Office's documents on some server, as shared folders have them.
fn is_document(target: &str) -> bool {
    const DOCUMENTS: [&str; 7] = ["doc", "docx", "xls", "xlsx", "ppt", "pptx", "csv"];
    let path = target.split(['?', '#', '!']).next().unwrap_or_default();
    let is_plain = target.starts_with("https:") || target.starts_with("http:");
    is_plain
        && DOCUMENTS
            .iter()
            .any(|known| path.rsplit('.').next() == Some(known))
}

/// The part that the package's relationships call the document. There must be exactly one.
fn main_part(targets: &[String]) -> Result<&str, Refusal> {
    match targets {
        [target] => {
            let target = target.strip_prefix("./").unwrap_or(target);
            Ok(target.strip_prefix('/').unwrap_or(target))
        }
        [] => Err(Refusal::TypeNotAccepted),
        _ => Err(Refusal::NotItsType),
    }
}

/// Calls `each` with every element. A document type is refused: these lists have none, and entities make bombs.
fn elements(
    xml: impl BufRead,
    mut each: impl FnMut(&BytesStart<'_>) -> Result<(), Refusal>,
) -> Result<(), Flaw> {
    let mut reader = Reader::from_reader(Bounded {
        xml,
        left: LONGEST_ELEMENT,
    });
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().left = LONGEST_ELEMENT;
        let event = reader.read_event_into(&mut buffer);
        match event.map_err(|_| Refusal::Unreadable)? {
            Event::Start(element) | Event::Empty(element) => each(&element)?,
            Event::DocType(_) => return Err(Refusal::Unreadable.into()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Gives out so much and then an error: the parser keeps an element as a whole.
struct Bounded<R> {
    xml: R,
    left: usize,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let filled = self.xml.fill_buf()?;
        if self.left == 0 && !filled.is_empty() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(&filled[..filled.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        self.left -= count;
        self.xml.consume(count);
    }
}

fn attribute(element: &BytesStart<'_>, name: &[u8]) -> Result<String, Refusal> {
    let found = element
        .attributes()
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.as_ref() == name)
        .ok_or(Refusal::Unreadable)?;
    let raw = std::str::from_utf8(&found.value).map_err(|_| Refusal::Unreadable)?;
    // A type may be spelled with character references, behind which a macro type could hide.
    let plain = quick_xml::escape::unescape(raw).map_err(|_| Refusal::Unreadable)?;
    Ok(plain.trim().to_owned())
}
