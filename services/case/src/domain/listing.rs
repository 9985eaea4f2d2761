//! What a list of cases can be asked for (CA-5).

use casefile::Visibility;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CaseType, Status, Team};

/// Which cases are listed, and in what order. A page token holds only for the filter that it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// Open cases, closed ones, or both.
    pub state: State,
    /// What they are sorted by.
    pub order: Order,
    /// Whether the order is turned round. Cases without a next due date stay last.
    pub descending: bool,
    /// The start of the reference, in digits; empty for any.
    pub reference: String,
    /// A part of the complainant's name; empty for any.
    pub complainant: String,
    /// Only of this kind.
    pub case_type: Option<CaseType>,
    /// Only at this status.
    pub status: Option<Status>,
    /// Only with this team.
    pub team: Option<Team>,
    /// Opened on this date or later.
    pub opened_from: Option<NaiveDate>,
    /// Opened on this date or earlier.
    pub opened_to: Option<NaiveDate>,
    /// Closed on this date or later.
    pub closed_from: Option<NaiveDate>,
    /// Closed on this date or earlier.
    pub closed_to: Option<NaiveDate>,
    /// With the next open task due on this date or later.
    pub due_from: Option<NaiveDate>,
    /// With the next open task due on this date or earlier.
    pub due_to: Option<NaiveDate>,
    /// Only of this landlord.
    pub landlord_id: Option<Uuid>,
    /// Only of this owner.
    pub owner: Option<Owner>,
}

/// Whose cases are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Owner {
    /// Those of a member of staff.
    Is(Uuid),
    /// Those that nobody owns.
    Nobody,
}

impl Filter {
    /// The landlord whose cases alone can be on the list.
    #[must_use]
    pub fn landlord(&self, seen_by: &Visibility) -> Option<Uuid> {
        seen_by.landlord_id.or(self.landlord_id)
    }

    /// The same filter in an order that tells the cases apart: those of one landlord are in the order of their references.
    #[must_use]
    pub fn in_order(mut self, seen_by: &Visibility) -> Self {
        if self.order == Order::Landlord && self.landlord(seen_by).is_some() {
            self.order = Order::Reference;
        }
        self
    }
}

/// Open or closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum State {
    /// Both.
    #[default]
    Any,
    /// Open cases.
    Open,
    /// Closed cases.
    Closed,
}

/// What cases are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Order {
    /// By next task due date, cases without one last.
    #[default]
    NextDue,
    /// By reference.
    Reference,
    /// By complainant.
    Complainant,
    /// By date opened.
    Opened,
    /// By status, in the order of the procedure.
    Status,
    /// By kind of case.
    CaseType,
    /// By the landlord's name.
    Landlord,
    /// By date closed; of closed cases only.
    Closed,
}

/// What a case is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Key {
    /// A date, which may be absent.
    Date(Option<NaiveDate>),
    /// A text.
    Text(String),
    /// A number.
    Number(i16),
}

/// Where a page ends: the last case's key, and its id, which tells it from others with the same key.
pub type Position = (Key, Uuid);

impl Order {
    /// A case's key in this order.
    #[must_use]
    pub fn key(self, case: &super::Case) -> Key {
        match self {
            Self::NextDue => Key::Date(case.next_task_due_on),
            Self::Reference => Key::Text(case.reference.clone()),
            Self::Complainant => Key::Text(case.complainant.clone()),
            Self::Opened => Key::Date(Some(case.opened_on)),
            Self::Status => Key::Number(case.status as i16),
            Self::CaseType => Key::Number(case.case_type as i16),
            Self::Landlord => Key::Text(case.landlord_name.clone()),
            Self::Closed => Key::Date(case.closed_on),
        }
    }
}
