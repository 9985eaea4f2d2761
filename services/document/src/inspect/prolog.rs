//! What stands before the first element of an XML file: enough to see whether it has a document type.

/// More than anybody writes before the first element.
pub(super) const LONGEST: usize = 64 * 1024;

/// How a file begins, read as XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prolog {
    /// With an element, or with something that is no XML.
    Plain,
    /// With a document type.
    DocumentType,
    /// With a comment or an instruction that goes on behind what was read.
    Unfinished,
}

/// Says how the bytes begin.
pub(super) fn of(bytes: &[u8]) -> Prolog {
    match bytes {
        [0xff, 0xfe, rest @ ..] => of_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => of_utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => of_utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => of_utf16(bytes, u16::from_be_bytes),
        _ => of_text(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
    }
}

/// What marks up is ASCII: everything else may become a question mark.
fn of_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Prolog {
    let text: Vec<u8> = bytes
        .chunks_exact(2)
        .map(|pair| u8::try_from(unit([pair[0], pair[1]])).unwrap_or(b'?'))
        .collect();
    of_text(&text)
}

fn of_text(mut bytes: &[u8]) -> Prolog {
    loop {
        bytes = bytes.trim_ascii_start();
        let end: &[u8] = if bytes.starts_with(b"<?") {
            b"?>"
        } else if bytes.starts_with(b"<!--") {
            b"-->"
        } else if bytes.starts_with(b"<!") {
            return Prolog::DocumentType;
        } else {
            return Prolog::Plain;
        };
        match bytes.windows(end.len()).position(|window| window == end) {
            Some(at) => bytes = &bytes[at + end.len()..],
            None => return Prolog::Unfinished,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_type_is_found_behind_whatever_may_stand_before_it() {
        for text in [
            "<!DOCTYPE a>",
            "<?xml version='1.0'?>\n<!-- a -> b --><!DOCTYPE a []>",
            "\u{feff}\r\n<!DOCTYPE a>",
        ] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();

            assert_eq!(of(text.as_bytes()), Prolog::DocumentType, "{text}");
            assert_eq!(of(&little), Prolog::DocumentType, "{text}");
            assert_eq!(of(&big), Prolog::DocumentType, "{text}");
        }
    }

    #[test]
    fn an_element_and_what_is_no_xml_are_plain() {
        for bytes in [
            &b"<?xml version='1.0'?><w:document>&a;<!-- <!DOCTYPE -->"[..],
            b"\x89PNG",
            b"\xff\xd8\xff",
            b"",
        ] {
            assert_eq!(of(bytes), Prolog::Plain);
        }
        assert_eq!(of(b"<!-- and so on"), Prolog::Unfinished);
    }
}
