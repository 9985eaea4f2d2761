//! The wire's words for service requests and for what is raised during investigations.

use proto::service_complaint::v1 as pb;
use uuid::Uuid;

use super::{Day, Said, service_user};
use crate::domain::point::{Handling, Point, PointOutcome};
use crate::domain::request::{RequestStanding, RequestStep, ServiceRequest};
use crate::store::HistoryRow;
use crate::store::requests::WholeRequest;

super::same_words!(
    RequestStanding,
    pb::RequestStanding,
    Open,
    Answered,
    Complaint
);
super::same_words!(
    RequestStep,
    pb::RequestStep,
    Assign,
    Review,
    Answer,
    TurnIntoComplaint
);
super::same_words!(
    Handling,
    pb::PointHandling,
    Included,
    NewComplaint,
    ServiceRequest
);

/// The standing that a list of requests is filtered by.
pub fn standing(standing: pb::RequestStanding) -> Option<RequestStanding> {
    standing.said()
}

/// A service request, as it stands today.
pub fn service_request(whole: WholeRequest, day: Day<'_>) -> pb::ServiceRequest {
    let WholeRequest {
        request,
        raised_during: raised_during_reference,
        became: became_reference,
    } = whole;
    let standing = request.standing();
    let open_steps = request.open_steps().into_iter();
    let open_steps = open_steps.map(|it| pb::RequestStep::from(it).into());
    let open_steps = open_steps.collect();
    // What was closed by becoming a complaint has no age of its own any more.
    let until = match standing {
        RequestStanding::Open => Some(day.today),
        RequestStanding::Answered => request.answer.as_ref().map(|(on, _)| *on),
        RequestStanding::Complaint => None,
    };
    // Where the bank holidays are not known, the dates themselves are told anyway.
    let review_due = request.review_due(day.calendar).ok().flatten();
    let ServiceRequest {
        id,
        reference,
        user,
        channel,
        wanted,
        case_reference,
        received_on,
        raised_during,
        handler,
        reviewed_on,
        answer,
        became,
        version,
    } = request;
    let (handler_id, handler_name) = handler
        .map(|(id, name)| (id.to_string(), name))
        .unwrap_or_default();
    let (answered_on, answer) = answer.unzip();
    pb::ServiceRequest {
        id: id.to_string(),
        reference,
        service_user: Some(service_user(user)),
        channel: pb::Channel::from(channel).into(),
        wanted,
        case_reference,
        received_on: kit::time::iso(received_on),
        standing: pb::RequestStanding::from(standing).into(),
        handler_id,
        handler_name,
        age_in_working_days: until.and_then(|until| {
            let days = day.calendar.working_days_until(received_on, until).ok()?;
            i32::try_from(days).ok()
        }),
        reviewed_on: kit::time::iso_opt(reviewed_on),
        review_due_on: kit::time::iso_opt(review_due),
        review_late: review_due.is_some_and(|due| day.today > due),
        answered_on: kit::time::iso_opt(answered_on),
        answer: answer.unwrap_or_default(),
        raised_during: related(raised_during, raised_during_reference),
        became: related(became, became_reference),
        version,
        open_steps,
    }
}

fn related(id: Option<Uuid>, reference: Option<String>) -> Option<pb::RelatedComplaint> {
    id.zip(reference)
        .map(|(id, reference)| pb::RelatedComplaint {
            id: id.to_string(),
            reference,
        })
}

/// Something that was done with a request.
pub fn request_change(row: HistoryRow) -> pb::RequestChange {
    let HistoryRow {
        id: _,
        at,
        name,
        text,
    } = row;
    pb::RequestChange {
        at: Some(kit::time::timestamp(at)),
        by: name,
        text,
    }
}

/// A point that was raised during an investigation.
pub fn point(point: Point) -> pb::FurtherPoint {
    let Point {
        id,
        text,
        raised_on,
        outcome,
        told_on,
        told_how,
    } = point;
    let told = pb::FurtherPoint {
        id: id.to_string(),
        text,
        raised_on: kit::time::iso(raised_on),
        told_on: kit::time::iso(told_on),
        told_how,
        ..pb::FurtherPoint::default()
    };
    match outcome {
        PointOutcome::Included(id) => pb::FurtherPoint {
            handling: pb::PointHandling::Included.into(),
            element_id: id.to_string(),
            ..told
        },
        PointOutcome::NewComplaint(id) => pb::FurtherPoint {
            handling: pb::PointHandling::NewComplaint.into(),
            complaint_id: id.to_string(),
            ..told
        },
        PointOutcome::ServiceRequest(id) => pb::FurtherPoint {
            handling: pb::PointHandling::ServiceRequest.into(),
            service_request_id: id.to_string(),
            ..told
        },
    }
}
