//! What was written down about a complaint, and what was done with it.

use proto::service_complaint::v1::{Change, LetterKind, Note};

use super::super::words as said;
use crate::words;

/// A note.
pub(super) struct NoteView {
    pub(super) kind: &'static str,
    pub(super) on: String,
    pub(super) text: String,
    pub(super) by: String,
    pub(super) at: String,
    /// For what the person wrote: what is done with it.
    pub(super) handling: &'static str,
    /// The kind of letter that answers it; empty when none does.
    pub(super) answer: &'static str,
}

impl From<Note> for NoteView {
    fn from(note: Note) -> Self {
        let written = note.kind() == proto::service_complaint::v1::NoteKind::Correspondence;
        Self {
            kind: said::note(note.kind()),
            on: words::date(&note.on),
            at: words::instant(note.at.as_ref()),
            handling: match (written, note.acknowledged) {
                (false, _) => "",
                (true, true) => "To be acknowledged (policy 4.21)",
                (true, false) => "Filed, not answered (policy 4.22)",
            },
            answer: if written && note.acknowledged {
                LetterKind::AfterClosing.as_str_name()
            } else {
                ""
            },
            text: note.text,
            by: note.by,
        }
    }
}

/// Something that was done.
pub(super) struct ChangeView {
    pub(super) text: String,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) at_iso: String,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self {
            at: words::instant(change.at.as_ref()),
            at_iso: words::machine(change.at.as_ref()),
            by: change.by,
            text: said::dated(&change.text),
        }
    }
}
