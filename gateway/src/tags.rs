//! Statuses in words and colours. The colour only repeats what the words say.

use proto::case::v1::{Status as CaseStatus, Urgency};
use proto::document::v1::DocumentState;
use proto::task::v1::TaskStatus;

use crate::view::Status;

/// Where a task stands (TA-2).
pub(crate) fn task(status: TaskStatus, label: String) -> Status {
    Status {
        text: label,
        colour: match status {
            TaskStatus::Unspecified | TaskStatus::Withdrawn => "grey",
            TaskStatus::Pending => "blue",
            TaskStatus::Approaching => "yellow",
            TaskStatus::Overdue => "red",
            TaskStatus::Completed => "green",
        },
    }
}

/// How close a due date is (TA-2).
pub(crate) fn urgency(urgency: Urgency) -> Status {
    let (text, status) = match urgency {
        Urgency::Unspecified | Urgency::Pending => ("Pending/New", TaskStatus::Pending),
        Urgency::Approaching => ("Approaching", TaskStatus::Approaching),
        Urgency::Overdue => ("Overdue", TaskStatus::Overdue),
    };
    task(status, text.to_owned())
}

/// Where a case stands (CA-2): what waits with us, what waits with the landlord, and what is over look different.
pub(crate) fn case(status: CaseStatus, label: String) -> Status {
    Status {
        text: label,
        colour: match status {
            CaseStatus::Unspecified | CaseStatus::Closed => "grey",
            CaseStatus::InitialAssessment | CaseStatus::ReferralAssessment => "blue",
            CaseStatus::InternalProcedure | CaseStatus::EvidenceGathering => "yellow",
            CaseStatus::AwaitingInvestigation | CaseStatus::UnderInvestigation => "teal",
            CaseStatus::Determined => "green",
            CaseStatus::AwaitingLandlordAction => "orange",
            CaseStatus::Review => "purple",
            CaseStatus::FailureOrderIssued => "red",
        },
    }
}

/// Whether a document can be downloaded (DO-4).
pub(crate) fn document(state: DocumentState, label: String) -> Status {
    Status {
        text: label,
        colour: match state {
            DocumentState::Unspecified | DocumentState::Withdrawn => "grey",
            DocumentState::Checking => "yellow",
            DocumentState::Available => "green",
            DocumentState::Quarantined => "red",
        },
    }
}
