//! What a colleague writes down about a complaint.

/// A kind of note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum NoteKind {
    /// A note of the investigation.
    Note,
    /// Evidence, and where it is kept.
    Evidence,
    /// A contact with the person.
    Contact,
}
