//! What an Office file's two lists say: its content types, and which part is the main one.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{FileType, Refusal};

/// The lists of a package, as they were unpacked.
#[derive(Default)]
pub(super) struct Content {
    types: Vec<u8>,
    relationships: Vec<u8>,
}

impl Content {
    /// Where to put the part of this name, if it is one of the lists.
    pub fn list_for(&mut self, name: &str) -> Option<&mut Vec<u8>> {
        if name.eq_ignore_ascii_case("[Content_Types].xml") {
            Some(&mut self.types)
        } else if name.eq_ignore_ascii_case("_rels/.rels") {
            Some(&mut self.relationships)
        } else {
            None
        }
    }
}

/// Says what the package is, from the content type of its main part.
pub(super) fn kind(content: &Content, exists: impl Fn(&str) -> bool) -> Result<FileType, Refusal> {
    let types = Types::read(&content.types)?;
    if types.hold_macros() {
        return Err(Refusal::Macros);
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
