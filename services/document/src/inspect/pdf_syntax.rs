//! As much of PDF's syntax as it takes to find the entries of one dictionary.

/// Values nest no deeper than this in any trailer.
const DEEPEST: u32 = 32;

/// A dictionary's entries: names decoded, values as they stand in the file.
pub(super) struct Dictionary<'a> {
    bytes: &'a [u8],
    entries: Vec<(Vec<u8>, &'a [u8])>,
}

impl<'a> Dictionary<'a> {
    /// The value of a name. Of two with the same name, readers take the last.
    pub fn get(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.entries
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| *value)
    }

    /// The dictionary as it stands in the file.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// Reads the dictionary with which `bytes` begins.
pub(super) fn dictionary(bytes: &[u8]) -> Option<Dictionary<'_>> {
    let bytes = skip_space(bytes);
    let (entries, rest) = entries(bytes, 0)?;
    Some(Dictionary {
        bytes: &bytes[..bytes.len() - rest.len()],
        entries,
    })
}

/// The numbers of a reference such as `12 0 R`.
pub(super) fn reference(value: &[u8]) -> Option<(u64, u64)> {
    let (object, rest) = number(value)?;
    let (generation, rest) = number(skip_space(rest))?;
    (skip_space(rest) == b"R").then_some((object, generation))
}

/// The objects that a value refers to, however deep in it.
pub(super) fn references(value: &[u8]) -> Vec<u64> {
    let mut found = Vec::new();
    let mut rest = skip_space(value);
    while let Some(first) = rest.first() {
        let after = match first {
            b'(' => after_string(&rest[1..]).unwrap_or_default(),
            b'/' => name(rest).map_or(&rest[1..], |(_, after)| after),
            byte if is_regular(*byte) => {
                let after = after_words(rest);
                let word = &rest[..rest.len() - after.len()];
                found.extend(reference(word).map(|(number, _)| number));
                after
            }
            // Brackets, and the digits of a string between them.
            _ => &rest[1..],
        };
        rest = skip_space(after);
    }
    found
}

/// The numbers of an array.
pub(super) fn numbers(value: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    let mut rest = skip_space(value.strip_prefix(b"[").unwrap_or(value));
    while let Some((found, after)) = number(rest) {
        numbers.push(found);
        rest = skip_space(after);
    }
    numbers
}

/// Whether a value is the name.
pub(super) fn is_name(value: Option<&[u8]>, wanted: &[u8]) -> bool {
    value
        .and_then(name)
        .is_some_and(|(found, rest)| found == wanted && rest.is_empty())
}

/// The names in a value: its own, or those of an array.
pub(super) fn names(value: &[u8]) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    let mut rest = value.strip_prefix(b"[").unwrap_or(value);
    while let Some((found, after)) = name(skip_space(rest)) {
        names.push(found);
        rest = after;
    }
    names
}

/// The number and the generation in an object's header such as `12 0 obj`, and what follows it.
pub(super) fn object_header(bytes: &[u8]) -> Option<(u64, u64, &[u8])> {
    let (object, rest) = number(bytes)?;
    let (generation, rest) = number(skip_space(rest))?;
    let rest = skip_space(rest).strip_prefix(b"obj")?;
    Some((object, generation, rest))
}

/// The number and the generation of the header of which `bytes` end before `obj`.
pub(super) fn header_before(bytes: &[u8]) -> Option<(u64, u64)> {
    let (rest, generation) = number_before(bytes.trim_ascii_end())?;
    let (_, object) = number_before(rest.trim_ascii_end())
        .filter(|_| rest.last().copied().is_some_and(is_space))?;
    Some((object, generation))
}

fn number_before(bytes: &[u8]) -> Option<(&[u8], u64)> {
    let digits = bytes
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (rest, digits) = bytes.split_at(bytes.len() - digits);
    number(digits).map(|(number, _)| (rest, number))
}

/// A number without a sign, and what follows it.
pub(super) fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let text = std::str::from_utf8(&bytes[..digits]).ok()?;
    Some((text.parse().ok()?, &bytes[digits..]))
}

/// Whether PDF takes the byte for white space.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// What follows white space and comments.
pub(super) fn skip_space(mut bytes: &[u8]) -> &[u8] {
    loop {
        match bytes {
            [byte, rest @ ..] if is_space(*byte) => bytes = rest,
            [b'%', rest @ ..] => {
                let line = rest
                    .iter()
                    .take_while(|byte| !matches!(byte, b'\n' | b'\r'))
                    .count();
                bytes = &rest[line..];
            }
            _ => return bytes,
        }
    }
}

type Entries<'a> = Vec<(Vec<u8>, &'a [u8])>;

fn entries(bytes: &[u8], depth: u32) -> Option<(Entries<'_>, &[u8])> {
    let mut rest = skip_space(bytes.strip_prefix(b"<<")?);
    let mut entries = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(b">>") {
            return Some((entries, after));
        }
        let (name, after) = name(rest)?;
        let start = skip_space(after);
        let after = value(start, depth + 1)?;
        entries.push((name, start[..start.len() - after.len()].trim_ascii_end()));
        rest = skip_space(after);
    }
}

/// A name, in which `#6E` may stand for a letter.
pub(super) fn name(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = bytes.strip_prefix(b"/")?;
    let mut name = Vec::new();
    loop {
        match rest {
            [b'#', high, low, after @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok()?;
                name.push(u8::from_str_radix(digits, 16).ok()?);
                rest = after;
            }
            [byte, after @ ..] if is_regular(*byte) => {
                name.push(*byte);
                rest = after;
            }
            _ => return Some((name, rest)),
        }
    }
}

/// What follows the value with which `bytes` begins.
fn value(bytes: &[u8], depth: u32) -> Option<&[u8]> {
    if depth > DEEPEST {
        return None;
    }
    match bytes {
        [b'<', b'<', ..] => entries(bytes, depth).map(|(_, rest)| rest),
        [b'<', rest @ ..] => after(rest, b'>'),
        [b'(', rest @ ..] => after_string(rest),
        [b'[', rest @ ..] => {
            let mut rest = skip_space(rest);
            while rest.first() != Some(&b']') {
                rest = skip_space(value(rest, depth + 1)?);
            }
            Some(&rest[1..])
        }
        [b'/', ..] => name(bytes).map(|(_, rest)| rest),
        [byte, ..] if is_regular(*byte) => Some(after_words(bytes)),
        _ => None,
    }
}

/// A number, a word, or a reference: its two numbers and its letter belong together.
fn after_words(bytes: &[u8]) -> &[u8] {
    let word = |bytes: &[u8]| bytes.iter().take_while(|byte| is_regular(**byte)).count();
    let first = &bytes[word(bytes)..];
    let after_reference = || {
        let (_, rest) = number(bytes)?;
        let (_, rest) = number(skip_space(rest))?;
        skip_space(rest).strip_prefix(b"R")
    };
    match after_reference() {
        Some(rest) if !rest.first().is_some_and(|byte| is_regular(*byte)) => rest,
        _ => first,
    }
}

fn after(bytes: &[u8], end: u8) -> Option<&[u8]> {
    let at = bytes.iter().position(|byte| *byte == end)?;
    Some(&bytes[at + 1..])
}

/// What follows a string: parentheses nest in it, and a backslash takes the next byte's meaning away.
fn after_string(mut bytes: &[u8]) -> Option<&[u8]> {
    let mut open = 1_u32;
    loop {
        match bytes {
            [b'\\', _, rest @ ..] => bytes = rest,
            [byte, rest @ ..] => {
                bytes = rest;
                match byte {
                    b'(' => open += 1,
                    b')' if open == 1 => return Some(rest),
                    b')' => open -= 1,
                    _ => {}
                }
            }
            [] => return None,
        }
    }
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entries_of_a_trailer_are_found_whatever_stands_between() {
        let bytes = b" % a comment\n<</Size 12 /Root 1 0 R/Info<</Title(a \\) (nested) >>)>>/ID[<AB><cd>]\n/Enc#72ypt 7 0 R>> startxref";

        let trailer = dictionary(bytes).unwrap();

        assert_eq!(trailer.get(b"Root"), Some(&b"1 0 R"[..]));
        assert_eq!(trailer.get(b"ID"), Some(&b"[<AB><cd>]"[..]));
        assert_eq!(trailer.get(b"Encrypt").and_then(reference), Some((7, 0)));
        assert!(trailer.bytes().ends_with(b"0 R>>"));
    }

    #[test]
    fn a_value_that_only_begins_like_a_reference_is_not_one() {
        let trailer = dictionary(b"<</Size 12 0/Prev 116/Root 1 0 Row>>");

        assert!(trailer.is_none());
        assert_eq!(reference(b"12 0 Row"), None);
    }

    #[test]
    fn references_are_found_however_deep_and_only_where_they_are_some() {
        let value = b"<</F 5 0 R/UF[6 0 R(7 0 R)<AB>]/Desc/8 %9 0 R\n/Size 10 0>>";

        assert_eq!(references(value), [5, 6]);
        assert_eq!(numbers(b"[ 1 2\n3]"), [1, 2, 3]);
        assert_eq!(header_before(b"endobj\n12  3 "), Some((12, 3)));
        assert_eq!(header_before(b"x 3"), None);
        assert!(is_name(Some(b"/Obj#53tm"), b"ObjStm"));
    }

    #[test]
    fn nesting_without_end_is_refused() {
        let mut bytes = b"<</A".to_vec();
        bytes.extend(std::iter::repeat_n(b'[', 10_000));

        assert!(dictionary(&bytes).is_none());
    }
}
