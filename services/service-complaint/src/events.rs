//! What others hear from complaints: when something is due, and nothing of what was said.

use proto::service_complaint::v1::{ComplaintAcknowledged, ComplaintRecorded};

use crate::domain::Complaint;

/// A complaint was recorded.
#[must_use]
pub fn recorded(complaint: &Complaint) -> ComplaintRecorded {
    ComplaintRecorded {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        acknowledgement_due_on: kit::time::iso(complaint.clocks.acknowledgement.due()),
    }
}

/// A complaint was acknowledged.
#[must_use]
pub fn acknowledged(complaint: &Complaint) -> ComplaintAcknowledged {
    ComplaintAcknowledged {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        response_due_on: kit::time::iso(complaint.clocks.next_due()),
    }
}
