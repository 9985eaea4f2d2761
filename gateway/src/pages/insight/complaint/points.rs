//! What was raised during an investigation, as a complaint's page shows it (4.5).

use proto::service_complaint::v1::{Complaint, FurtherPoint, PointHandling};

use crate::words;

/// A point that was raised meanwhile, and how it is handled (4.5).
pub(super) struct PointView {
    pub(super) text: String,
    pub(super) raised_on: String,
    pub(super) handling: &'static str,
    /// Where what it became is; empty when that is on this page.
    pub(super) href: String,
    pub(super) told_on: String,
    pub(super) told_how: String,
}

impl PointView {
    pub(super) fn all(complaint: &Complaint) -> Vec<Self> {
        let view = |point: &FurtherPoint| {
            let (handling, href) = match point.handling() {
                PointHandling::Unspecified | PointHandling::Included => {
                    ("Included in this complaint", String::new())
                }
                PointHandling::NewComplaint => (
                    "Recorded as a new complaint",
                    format!("/service-complaints/{}", point.complaint_id),
                ),
                PointHandling::ServiceRequest => (
                    "Recorded as a service request",
                    format!("/service-complaints/requests/{}", point.service_request_id),
                ),
            };
            Self {
                text: point.text.clone(),
                raised_on: words::date(&point.raised_on),
                handling,
                href,
                told_on: words::date(&point.told_on),
                told_how: point.told_how.clone(),
            }
        };
        complaint.points.iter().map(view).collect()
    }
}
