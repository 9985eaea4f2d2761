//! What bears on when a case is given to an investigator (CA-9).

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Case, Sensitivity};

/// What bears on when a case is given to an investigator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// Whether it waits to be given to one.
    pub waiting: bool,
    /// How sensitive it is; `None` before the first assessment.
    pub sensitivity: Option<Sensitivity>,
    /// Service complaints about its handling that were upheld, the latest first (53.1).
    pub upheld: Vec<Upheld>,
    /// That it may go ahead of others.
    pub ahead: Option<Ahead>,
}

/// A service complaint that was upheld, in whole or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upheld {
    /// Its reference.
    pub reference: String,
    /// The date it was upheld.
    pub upheld_on: NaiveDate,
}

/// A senior colleague's approval to move a case ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// Why.
    pub reason: String,
    /// Who approved it, by name.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was decided about a service complaint, as far as it concerns a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComplaintDecided {
    /// The complaint.
    pub complaint_id: Uuid,
    /// Its reference.
    pub reference: String,
    /// The stage that was answered, 1 or 2.
    pub stage: i16,
    /// Whether it was upheld, in whole or in part.
    pub upheld: bool,
    /// The date.
    pub decided_on: NaiveDate,
}

/// Where a page of a queue ends: rank, age and id of its last case.
pub type Place = (i16, NaiveDate, Uuid);

/// Why a case is not moved ahead, or not put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AheadError {
    /// Nobody moves their own case ahead: that would be an approval by oneself.
    #[error("a colleague who does not own the case has to approve this")]
    OwnCase,
    /// It goes ahead already.
    #[error("the case goes ahead already")]
    AlreadyAhead,
    /// There is no approval to take back.
    #[error("the case does not go ahead of others")]
    NotAhead,
    /// Nobody waits for a closed case.
    #[error("the case is closed")]
    Closed,
}

/// Whether a senior colleague may decide so about a case.
pub fn may_decide(
    case: &Case,
    is_ahead: bool,
    ahead: bool,
    senior: Option<Uuid>,
) -> Result<(), AheadError> {
    match (ahead, is_ahead) {
        (true, true) => Err(AheadError::AlreadyAhead),
        (false, false) => Err(AheadError::NotAhead),
        (true, false) if case.closed_on.is_some() => Err(AheadError::Closed),
        (true, false) if senior.is_some() && case.owner_account_id == senior => {
            Err(AheadError::OwnCase)
        }
        _ => Ok(()),
    }
}
