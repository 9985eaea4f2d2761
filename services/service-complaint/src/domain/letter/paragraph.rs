//! Standard paragraphs: their placeholders, and how they are filled.
//!
//! A placeholder is a name in braces. Those that the complaint knows are filled by themselves; any other is a hint to the writer, who
//! puts words in its place.

use super::compose::Making;
use super::in_words;

/// Why the text of a standard paragraph is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceholderError {
    /// A brace without its other.
    #[error("a placeholder is a name between one {{ and one }}")]
    Unbalanced,
    /// A placeholder without a name.
    #[error("a placeholder needs a name between its braces")]
    Unnamed,
}

/// A piece of a text.
enum Piece<'a> {
    Words(&'a str),
    Placeholder(&'a str),
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>, PlaceholderError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (words, after) = rest.split_at(at);
        pieces.push(Piece::Words(words));
        let inside = after
            .strip_prefix('{')
            .ok_or(PlaceholderError::Unbalanced)?;
        let end = inside
            .find(['{', '}'])
            .ok_or(PlaceholderError::Unbalanced)?;
        let (name, after) = inside.split_at(end);
        rest = after
            .strip_prefix('}')
            .ok_or(PlaceholderError::Unbalanced)?;
        if name.trim().is_empty() {
            return Err(PlaceholderError::Unnamed);
        }
        pieces.push(Piece::Placeholder(name.trim()));
    }
    pieces.push(Piece::Words(rest));
    Ok(pieces)
}

/// Whether the text's placeholders are whole.
pub fn check(text: &str) -> Result<(), PlaceholderError> {
    pieces(text).map(drop)
}

/// Puts what the complaint knows in the place of its placeholders. What it doesn't know stays, and the letter isn't sent with it.
#[must_use]
pub fn fill(text: &str, making: &Making<'_>) -> String {
    let Ok(pieces) = pieces(text) else {
        return text.to_owned();
    };
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => (*words).to_owned(),
            Piece::Placeholder(name) => {
                value(name, making).unwrap_or_else(|| format!("{{{name}}}"))
            }
        })
        .collect()
}

fn value(name: &str, making: &Making<'_>) -> Option<String> {
    let complaint = making.complaint;
    match name {
        "name" => Some(complaint.user.name.clone()),
        "reference" => Some(complaint.reference.clone()),
        "received_on" => Some(in_words(complaint.received_on)),
        "response_due" => making.response_due().map(in_words),
        "handler" => complaint.present().handler.as_ref().map(|it| it.1.clone()),
        "case_reference" => Some(complaint.case_reference.clone()).filter(|it| !it.is_empty()),
        "today" => Some(in_words(making.on)),
        _ => None,
    }
}

/// The placeholders that the writer still has to replace, as they stand in the text.
#[must_use]
pub fn unfilled(text: &str, making: &Making<'_>) -> Vec<String> {
    let Ok(pieces) = pieces(text) else {
        return vec!["a brace without its other".to_owned()];
    };
    pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Placeholder(name) if value(name, making).is_none() => {
                Some(format!("{{{name}}}"))
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_12_a_placeholder_is_a_name_between_two_braces() {
        assert_eq!(check("We got it on {received_on}."), Ok(()));
        for unbalanced in ["We got it on {received_on.", "on }", "{a{b}}", "{a}}"] {
            assert_eq!(
                check(unbalanced),
                Err(PlaceholderError::Unbalanced),
                "{unbalanced}"
            );
        }
        assert_eq!(check("{ }"), Err(PlaceholderError::Unnamed));
    }
}
