//! What a person raises during an investigation becomes an element, a complaint of its own or a service request (4.5).

use kit::Caller;

use super::investigation::{undecided, underway};
use super::{App, Done, Intake, RequestIntake, Target};
use crate::domain::complaint::{Complaint, Origin, Raised as When};
use crate::domain::point::{PointOutcome, Raised};
use crate::error::Error;

impl App {
    /// Records a point, how it is handled, and that the person was told so. What it becomes is recorded with it, in one transaction.
    pub async fn record_point(
        &self,
        caller: &Caller,
        target: Target,
        raised: Raised,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            work.may_review(complaint)?;
            let stage = underway(complaint)?;
            let id = kit::id();
            let point = raised.accept((complaint.received_on, stage), work.today, id)?;
            let text = point.text.clone();
            let done = match point.outcome {
                PointOutcome::Included(_) => {
                    let element = undecided(id, text.clone());
                    complaint.elements.push((stage, element, When::Meanwhile));
                    let sentence = format!("Included a point that was raised meanwhile: {text}");
                    Done::new("point_included", sentence)
                }
                PointOutcome::NewComplaint(_) => {
                    let intake = Intake {
                        request_id: id,
                        user: complaint.user.clone(),
                        channel: complaint.channel,
                        summary: text,
                        received_on: point.raised_on,
                        needs: complaint.definition.needs.clone(),
                        case_reference: complaint.case_reference.clone(),
                        origin: Some(Origin::Point(complaint.id)),
                    };
                    let sentence = "Took a point that was raised meanwhile for a new complaint";
                    Done::new("point_new_complaint", sentence).followed_by((id, intake))
                }
                PointOutcome::ServiceRequest(_) => {
                    let intake = RequestIntake {
                        request_id: id,
                        user: complaint.user.clone(),
                        channel: complaint.channel,
                        wanted: text,
                        received_on: point.raised_on,
                        case_reference: complaint.case_reference.clone(),
                        raised_during: Some(complaint.id),
                    };
                    let sentence = "Took a point that was raised meanwhile for a service request";
                    Done::new("point_service_request", sentence).requesting((id, intake))
                }
            };
            complaint.points.push(point);
            Ok(done)
        })
        .await
    }
}
