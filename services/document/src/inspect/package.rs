//! What an Office file's two lists say: its content types, and which part is the main one.

use std::io::Read;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::prolog::{self, Prolog};
use super::{FileType, Flaw, Refusal, file_type};

/// More than any list of content types or relationships.
const LONGEST_LIST: u64 = 4 * 1024 * 1024;

/// What is kept of a package's parts while they are unpacked.
#[derive(Default)]
pub(super) struct Content {
    types: Vec<u8>,
    relationships: Vec<u8>,
    /// The parts that begin with a document type.
    with_document_type: Vec<String>,
    /// A relationship of a part that would run what it fetches.
    fetches: bool,
}

impl Content {
    /// Notes how a part begins.
    pub fn note_opening(&mut self, name: &str, opening: &[u8]) {
        if matches!(
            prolog::of(opening),
            Prolog::DocumentType | Prolog::Unfinished
        ) {
            self.with_document_type.push(name.to_owned());
        }
    }

    /// Keeps a part if it is one of the lists, and says how much of it.
    pub fn keep(&mut self, name: &str, part: &mut impl Read) -> Result<u64, Flaw> {
        let name = name.to_ascii_lowercase();
        let mut list = Vec::new();
        if name == "[content_types].xml" || file_type::extension(&name) == "rels" {
            part.take(LONGEST_LIST).read_to_end(&mut list)?;
        }
        let length = list.len() as u64;
        match name.as_str() {
            "[content_types].xml" => self.types = list,
            "_rels/.rels" => self.relationships = list,
            _ => self.fetches |= fetches(&list)?,
        }
        Ok(length)
    }
}

/// Says what the package is, from the content type of its main part.
pub(super) fn kind(content: &Content, exists: impl Fn(&str) -> bool) -> Result<FileType, Refusal> {
    let types = Types::read(&content.types)?;
    if types.hold_macros() || content.fetches {
        return Err(Refusal::Macros);
    }
    // Office's own parts have no document type: entities reach out, or make a few lines fill any memory.
    let is_odd = |part: &String| types.of(part).is_some_and(is_own_xml);
    if content.with_document_type.iter().any(is_odd) {
        return Err(Refusal::Unreadable);
    }
    let main = main_part(&content.relationships)?;
    if !exists(&main) {
        return Err(Refusal::Unreadable);
    }
    match types.of(&main).ok_or(Refusal::Unreadable)? {
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
struct Types {
    parts: Vec<(String, String)>,
    extensions: Vec<(String, String)>,
}

impl Types {
    fn read(xml: &[u8]) -> Result<Self, Refusal> {
        let mut types = Self {
            parts: Vec::new(),
            extensions: Vec::new(),
        };
        elements(xml, |element| {
            match element.local_name().as_ref() {
                b"Override" => types.parts.push((
                    attribute(element, b"PartName")?,
                    attribute(element, b"ContentType")?,
                )),
                b"Default" => types.extensions.push((
                    attribute(element, b"Extension")?,
                    attribute(element, b"ContentType")?,
                )),
                _ => {}
            }
            Ok(())
        })?;
        Ok(types)
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

/// Whether one of a part's relationships makes Office fetch something and run it: a template, which brings its macros
/// with it, or an object or frame that is not a document. Links, pictures and files of one's own network are ordinary.
fn fetches(relationships: &[u8]) -> Result<bool, Refusal> {
    let mut found = false;
    elements(relationships, |element| {
        if element.local_name().as_ref() == b"Relationship" {
            let kind = attribute(element, b"Type")?;
            let target = attribute(element, b"Target")?.to_ascii_lowercase();
            found |= is_from_web(&target)
                && match kind.rsplit('/').next() {
                    Some("attachedTemplate") => true,
                    Some("oleObject" | "frame" | "subDocument") => !is_document(&target),
                    _ => false,
                };
        }
        Ok(())
    })?;
    Ok(found)
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
fn main_part(xml: &[u8]) -> Result<String, Refusal> {
    let mut targets = Vec::new();
    elements(xml, |element| {
        if element.local_name().as_ref() == b"Relationship"
            && attribute(element, b"Type")?.ends_with("/relationships/officeDocument")
        {
            targets.push(attribute(element, b"Target")?);
        }
        Ok(())
    })?;
    match targets.as_slice() {
        [target] => {
            let target = target.strip_prefix("./").unwrap_or(target);
            Ok(target.strip_prefix('/').unwrap_or(target).to_owned())
        }
        [] => Err(Refusal::TypeNotAccepted),
        _ => Err(Refusal::NotItsType),
    }
}

/// Calls `each` with every element. A document type is refused: these lists have none, and entities make bombs.
fn elements(
    xml: &[u8],
    mut each: impl FnMut(&BytesStart<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut reader = Reader::from_reader(xml);
    loop {
        match reader.read_event().map_err(|_| Refusal::Unreadable)? {
            Event::Start(element) | Event::Empty(element) => each(&element)?,
            Event::DocType(_) => return Err(Refusal::Unreadable),
            Event::Eof => return Ok(()),
            _ => {}
        }
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
