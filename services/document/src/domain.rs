//! The rules of documents: pure, no I/O, no clock.

mod name;

use std::ops::Range;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use name::clean;

/// The largest file (DO-2).
pub const LARGEST: u64 = 20 * 1024 * 1024;
/// The most bytes in one piece of an upload or a download.
pub const LARGEST_PIECE: usize = 64 * 1024;
/// The most documents that are confirmed at once.
pub const MOST_RESOLVED: usize = 20;

/// What a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Category {
    /// Complaint correspondence.
    ComplaintCorrespondence,
    /// Stage 1 or stage 2 response.
    ComplaintResponse,
    /// Evidence.
    Evidence,
    /// Policy or procedure.
    Policy,
    /// Repair or property record.
    PropertyRecord,
    /// Compliance with orders.
    Compliance,
    /// Other.
    Other,
}

impl Category {
    /// The category in words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ComplaintCorrespondence => "Complaint correspondence",
            Self::ComplaintResponse => "Stage 1 or stage 2 response",
            Self::Evidence => "Evidence",
            Self::Policy => "Policy or procedure",
            Self::PropertyRecord => "Repair or property record",
            Self::Compliance => "Compliance with orders",
            Self::Other => "Other",
        }
    }
}

/// Whether a document can be downloaded (DO-4, DO-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// Not yet: it is being checked for malware.
    Checking,
    /// Yes.
    Available,
    /// Never: malware was found.
    Quarantined,
    /// No: staff withdrew it.
    Withdrawn,
}

impl State {
    /// The state in words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Checking => "Being checked for viruses",
            Self::Available => "Available",
            Self::Quarantined => "Put away: a virus was found",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The document's id, under which its content is stored.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The name shown.
    pub name: String,
    /// What it is for.
    pub category: Category,
    /// From what the file is.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// The fingerprint of the content.
    pub sha256: Vec<u8>,
    /// Whether it can be downloaded.
    pub state: State,
    /// Whether staff added it.
    pub from_ombudsman: bool,
    /// Who added it, as shown.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
    /// A document of the same case with the same content, added before (DO-3).
    pub same_as: Option<Uuid>,
    /// What that one is called.
    pub same_as_name: Option<String>,
    /// Why it was withdrawn.
    pub withdrawal_reason: Option<String>,
    /// Changes with every edit.
    pub version: i64,
}

impl Document {
    /// The document as a landlord sees it: that it was withdrawn, and why, but nothing that tells of its content.
    #[must_use]
    pub fn for_landlord(self) -> Self {
        match self.state {
            State::Withdrawn => Self {
                size: 0,
                sha256: Vec::new(),
                same_as: None,
                same_as_name: None,
                ..self
            },
            State::Checking | State::Available | State::Quarantined => self,
        }
    }
}

/// Which of a case's documents are wanted; all without any of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what is for this.
    pub category: Option<Category>,
    /// Only what is in this state.
    pub state: Option<State>,
    /// Only what has this in its name, in capitals or not.
    pub name: String,
}

/// Why a document can't be withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawError {
    /// It was, before.
    #[error("the document was already withdrawn")]
    AlreadyWithdrawn,
    /// Nobody can get at it anyway, and that malware was found must stay to be seen.
    #[error("the document was put away because malware was found in it")]
    Quarantined,
}

/// Whether a document may be withdrawn (DO-6).
pub fn may_withdraw(state: State) -> Result<(), WithdrawError> {
    match state {
        State::Checking | State::Available => Ok(()),
        State::Quarantined => Err(WithdrawError::Quarantined),
        State::Withdrawn => Err(WithdrawError::AlreadyWithdrawn),
    }
}

/// The bytes that a download from `offset` on gives; `length` 0 asks for all that follow. `None` past the end (DO-5).
#[must_use]
pub fn range(size: u64, offset: u64, length: u64) -> Option<Range<u64>> {
    if offset >= size {
        return None;
    }
    let end = match length {
        0 => size,
        length => offset.saturating_add(length).min(size),
    };
    Some(offset..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn do_5_a_range_ends_where_the_document_ends() {
        assert_eq!(range(10, 0, 0), Some(0..10));
        assert_eq!(range(10, 4, 3), Some(4..7));
        assert_eq!(range(10, 9, u64::MAX), Some(9..10));
        assert_eq!(range(10, 10, 1), None);
        assert_eq!(range(10, u64::MAX, 0), None);
    }

    #[test]
    fn do_6_a_document_is_withdrawn_once_and_never_out_of_quarantine() {
        assert_eq!(may_withdraw(State::Checking), Ok(()));
        assert_eq!(may_withdraw(State::Available), Ok(()));
        assert_eq!(
            may_withdraw(State::Withdrawn),
            Err(WithdrawError::AlreadyWithdrawn)
        );
        assert_eq!(
            may_withdraw(State::Quarantined),
            Err(WithdrawError::Quarantined)
        );
    }
}
