//! The rules of a conversation: pure, no I/O, no clock.

pub mod reply;

use casefile::CaseFile;
use chrono::{DateTime, Utc};
use kit::Caller;
use unicode_segmentation::UnicodeSegmentation;
use uuid::Uuid;

/// The longest body, counted as a person counts characters (ME-2).
pub const LONGEST_BODY: usize = 2_000;

/// The longest body in bytes. One character as a person sees it can be any number of code points, so the count of
/// characters alone bounds nothing; two thousand of the longest emoji in use stay below this.
const MOST_BYTES: usize = 128 * 1024;

/// The most documents that go with one message.
pub const MOST_ATTACHMENTS: usize = 20;

/// Which side of a case somebody is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Side {
    /// The landlord complained about, with all its accounts.
    Landlord,
    /// The ombudsman's staff, and internal systems in their name.
    Ombudsman,
}

impl Side {
    /// The side that a caller writes and reads for.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        if caller.seat().is_some() {
            Self::Landlord
        } else {
            Self::Ombudsman
        }
    }

    /// The side whose messages this one has to read.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Landlord => Self::Ombudsman,
            Self::Ombudsman => Self::Landlord,
        }
    }
}

/// A document that goes with a message, under the name it had when the message was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The document.
    pub document_id: Uuid,
    /// Its name.
    pub name: String,
}

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The message's id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// Which side wrote it.
    pub side: Side,
    /// Who wrote it.
    pub author_name: String,
    /// Plain text, as typed.
    pub body: String,
    /// The documents that go with it.
    pub document_ids: Vec<Uuid>,
    /// Their names, in the same order.
    pub document_names: Vec<String>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Whether it was sent before this portal.
    pub imported: bool,
    /// Whether the landlord says that it reports a technical issue (ME-5).
    pub technical_issue: bool,
}

impl Message {
    /// Whether somebody of a side has read the message: those of the own side, taken-over ones, and all up to the own mark (ME-4).
    #[must_use]
    pub fn is_read_by(&self, side: Side, read_to: Option<DateTime<Utc>>) -> bool {
        self.side == side || self.imported || read_to.is_some_and(|mark| self.sent_at <= mark)
    }
}

/// Why somebody can't write on a case.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PostError {
    /// A landlord replies and doesn't start (ME-1).
    #[error("the ombudsman has not started a conversation on this case")]
    NoConversation,
    /// Nothing is added to a closed case.
    #[error("the case is closed")]
    CaseClosed,
    /// What staff write is no report of an issue that staff are to answer.
    #[error("only a landlord's message reports a technical issue")]
    NotALandlords,
}

/// Whether a side may write on a case, given whether there is a message already (ME-1).
pub fn may_post(side: Side, case: &CaseFile, started: bool) -> Result<(), PostError> {
    if case.closed_on.is_some() {
        return Err(PostError::CaseClosed);
    }
    if side == Side::Landlord && !started {
        return Err(PostError::NoConversation);
    }
    Ok(())
}

/// Whether a side may say that a message reports a technical issue (ME-5).
pub fn may_report(side: Side, technical_issue: bool) -> Result<(), PostError> {
    match side {
        Side::Ombudsman if technical_issue => Err(PostError::NotALandlords),
        Side::Ombudsman | Side::Landlord => Ok(()),
    }
}

/// Why a body is refused (ME-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// Nothing but white space.
    Empty,
    /// More than [`LONGEST_BODY`] characters.
    TooLong,
    /// A character that does something instead of showing something.
    ControlCharacter,
}

impl BodyError {
    /// What to tell the person who wrote it.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Empty => "Enter a message",
            Self::TooLong => "Message must be 2,000 characters or fewer",
            Self::ControlCharacter => "Message must only include text, tabs and line breaks",
        }
    }

    /// The same for programs.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Empty => "REQUIRED",
            Self::TooLong => "TOO_LONG",
            Self::ControlCharacter => "NOT_PLAIN_TEXT",
        }
    }
}

/// Takes a body as typed; only the line breaks of forms become the line breaks of text (ME-2).
pub fn body(typed: &str) -> Result<String, BodyError> {
    let body = typed.replace("\r\n", "\n");
    if body.trim().is_empty() {
        return Err(BodyError::Empty);
    }
    if body.len() > MOST_BYTES || body.graphemes(true).nth(LONGEST_BODY).is_some() {
        return Err(BodyError::TooLong);
    }
    if body
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        return Err(BodyError::ControlCharacter);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn me_2_a_body_is_kept_as_typed_but_for_the_line_breaks_of_forms() {
        assert_eq!(
            body("  Dear all,\r\n\r\n\t<b>1 & 2</b>  "),
            Ok("  Dear all,\n\n\t<b>1 & 2</b>  ".into())
        );
    }

    #[test]
    fn me_2_characters_are_counted_as_a_person_counts_them() {
        let family = "👨‍👩‍👧‍👦";

        assert_eq!(body(&family.repeat(2_000)), Ok(family.repeat(2_000)));
        assert_eq!(body(&family.repeat(2_001)), Err(BodyError::TooLong));
        assert!(body(&"e\u{301}".repeat(2_000)).is_ok());
        assert!(body(&"\r\n".repeat(1_999).replace("\r\n", "a\r\n")[..3 * 1_000]).is_ok());
    }

    #[test]
    fn me_2_2000_characters_pass_and_one_more_does_not() {
        assert!(body(&"a".repeat(2_000)).is_ok());
        assert_eq!(body(&"a".repeat(2_001)), Err(BodyError::TooLong));
    }

    #[test]
    fn me_2_one_endless_character_is_too_long() {
        assert_eq!(
            body(&format!("e{}", "\u{301}".repeat(70_000))),
            Err(BodyError::TooLong)
        );
    }

    #[test]
    fn me_2_nothing_and_white_space_are_refused() {
        for nothing in ["", " ", "\r\n\t "] {
            assert_eq!(body(nothing), Err(BodyError::Empty));
        }
    }

    #[test]
    fn me_2_control_characters_are_refused() {
        for hidden in ["a\0b", "a\u{1b}[31mb", "a\rb", "a\u{85}b"] {
            assert_eq!(body(hidden), Err(BodyError::ControlCharacter), "{hidden:?}");
        }
    }
}
