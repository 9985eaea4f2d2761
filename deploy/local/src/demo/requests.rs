//! Service requests for the demonstration: open, late for review, answered, and one that became a complaint.

use anyhow::Context as _;
use calendar::{Calendar, NotCovered};
use chrono::NaiveDate;
use kit::client::Channel as Connection;
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::service_request_service_client::ServiceRequestServiceClient;
use proto::service_complaint::v1::{Channel, Format, ServiceUser, ServiceUserKind};
use tonic::Status;

use super::import::{is_busy, patiently};
use super::people::INVESTIGATORS;
use super::procedure::People;
use crate::service::Service;
use crate::tokens::Tokens;

/// A service request, and what is done with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is recorded; the loader gives it its request's id.
    pub intake: pb::RecordServiceRequestRequest,
    /// Who deals with it, by username.
    pub by: &'static str,
    /// What is done with it, in order.
    pub steps: Vec<Dealing>,
}

/// Something that is done with a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Dealing {
    /// Whoever deals with it takes it.
    Taken,
    /// How far it is.
    Reviewed(&'static str),
    /// What was done, and when.
    Answered(NaiveDate, &'static str),
    /// What the person is dissatisfied with, and since when.
    Complained(NaiveDate, &'static str),
}

/// What becomes of a request.
enum Course {
    Untouched,
    Taken,
    Reviewed(&'static str),
    Answered(&'static str),
    Complained(&'static str),
}

/// Who asks, how many working days ago, by which way, for what, and what becomes of it.
const REQUESTS: [(&str, u32, Channel, &str, Course); 12] = [
    (
        "Rosalind Abernathy",
        0,
        Channel::Telephone,
        "Please call me to tell me how far my case is.",
        Course::Untouched,
    ),
    (
        "Tobias Okafor",
        1,
        Channel::Email,
        "Can you send your last letter to me again? I cannot find it.",
        Course::Untouched,
    ),
    (
        "Nadia Ferreira",
        2,
        Channel::Letter,
        "I have moved. Please write to my new address from now on.",
        Course::Taken,
    ),
    (
        "Percy Lindqvist",
        4,
        Channel::Telephone,
        "I would like to talk to my caseworker about the repairs that were promised.",
        Course::Taken,
    ),
    (
        "Farida Hussain",
        6,
        Channel::Colleague,
        "Please explain to me in easy words what happens next with my case.",
        Course::Taken,
    ),
    (
        "Ivor Pritchard",
        8,
        Channel::Email,
        "My landlord says that it sent you papers. Have you got them?",
        Course::Reviewed("The caseworker looks through the documents this week"),
    ),
    (
        "Miriam Castell",
        12,
        Channel::Telephone,
        "Please ask my landlord why nobody came for the inspection.",
        Course::Untouched,
    ),
    (
        "Delroy Whitcombe",
        14,
        Channel::Email,
        "I need an interpreter for our next call.",
        Course::Taken,
    ),
    (
        "Sorcha Devlin",
        9,
        Channel::Telephone,
        "Please call me back about the date that I was given.",
        Course::Answered(
            "We called you and went through the dates of your case. You will hear from us by the date that we gave you.",
        ),
    ),
    (
        "Kamal Bhatt",
        11,
        Channel::Email,
        "Please send me a copy of the decision in large print.",
        Course::Answered("We sent you the decision in large print."),
    ),
    (
        "Winifred Oakes",
        13,
        Channel::Letter,
        "Who deals with my case now that my caseworker has left?",
        Course::Answered("We wrote to you with the name of your new caseworker."),
    ),
    (
        "Ruben Achterberg",
        15,
        Channel::Telephone,
        "Somebody was to call me last week about my case. Please call me.",
        Course::Complained("I asked for a call three weeks ago, and nobody has called me yet."),
    ),
];

/// The requests of a demonstration on a day.
pub fn make(calendar: &Calendar, today: NaiveDate) -> Result<Vec<Request>, NotCovered> {
    let request = |(place, row): (usize, &(&str, u32, Channel, &'static str, Course))| {
        let (name, ago, channel, wanted, course) = row;
        let received_on = calendar.working_days_ago(today, *ago)?;
        let by = INVESTIGATORS[place % INVESTIGATORS.len()];
        let steps = match course {
            Course::Untouched => Vec::new(),
            Course::Taken => vec![Dealing::Taken],
            Course::Reviewed(note) => vec![Dealing::Taken, Dealing::Reviewed(note)],
            Course::Answered(answer) => {
                let on = calendar.add_working_days(received_on, 3)?;
                vec![Dealing::Taken, Dealing::Answered(on, answer)]
            }
            Course::Complained(summary) => {
                let on = calendar.working_days_ago(today, 1)?;
                vec![Dealing::Taken, Dealing::Complained(on, summary)]
            }
        };
        Ok(Request {
            intake: pb::RecordServiceRequestRequest {
                request_id: String::new(),
                service_user: Some(user(name, place, *channel)),
                channel: (*channel).into(),
                wanted: (*wanted).to_owned(),
                received_on: kit::time::iso(received_on),
                case_reference: String::new(),
            },
            by,
            steps,
        })
    };
    REQUESTS.iter().enumerate().map(request).collect()
}

/// Who asked by letter is written to on paper; everybody else by email.
fn user(name: &str, place: usize, channel: Channel) -> ServiceUser {
    let by_letter = channel == Channel::Letter;
    let email = format!(
        "{}@residents.example",
        name.to_lowercase().replace(' ', ".")
    );
    ServiceUser {
        name: name.to_owned(),
        kind: ServiceUserKind::Resident.into(),
        email: if by_letter { String::new() } else { email },
        // Telephone numbers that Ofcom keeps for fiction.
        telephone: format!("07700 900{place:03}"),
        postal_address: if by_letter {
            format!("{} Mill Lane\nBrackenfold\nBF1 2AB", place + 1)
        } else {
            String::new()
        },
        format: if by_letter {
            Format::Letter
        } else {
            Format::Email
        }
        .into(),
    }
}

/// Records a request and does what is done with it. Every step makes a version, so what an earlier attempt did is not done again.
pub async fn load(
    channel: Connection,
    tokens: &mut Tokens,
    people: &People<'_>,
    request: &Request,
    request_id: String,
) -> anyhow::Result<()> {
    let mut client = ServiceRequestServiceClient::new(channel);
    let intake = pb::RecordServiceRequestRequest {
        request_id,
        ..request.intake.clone()
    };
    let mut recorded = patiently(is_busy, async || {
        let intake = tokens
            .bearer(intake.clone(), Service::ServiceComplaint, Some(request.by))
            .await?;
        client.record_service_request(intake).await
    })
    .await?
    .into_inner();
    for (place, dealing) in request.steps.iter().enumerate() {
        if i64::try_from(place)? + 1 < recorded.version {
            continue;
        }
        let dealt = patiently(is_busy, async || {
            deal(
                &mut client,
                tokens,
                people,
                (&recorded, request.by),
                dealing,
            )
            .await
        });
        recorded = dealt
            .await
            .with_context(|| format!("{}: {dealing:?}", recorded.reference))?;
    }
    Ok(())
}

async fn deal(
    client: &mut ServiceRequestServiceClient<Connection>,
    tokens: &mut Tokens,
    people: &People<'_>,
    (request, by): (&pb::ServiceRequest, &'static str),
    dealing: &Dealing,
) -> Result<pb::ServiceRequest, Status> {
    let (service_request_id, version) = (request.id.clone(), request.version);
    let (service, by) = (Service::ServiceComplaint, Some(by));
    let answer = match dealing {
        Dealing::Taken => {
            let (handler_id, handler_name) = (by.and_then(|by| people.get(by)))
                .ok_or_else(|| Status::not_found("nobody of the staff"))?;
            let request = pb::AssignServiceRequestRequest {
                service_request_id,
                version,
                handler_id: handler_id.clone(),
                handler_name: (*handler_name).to_owned(),
            };
            let request = tokens.bearer(request, service, by).await?;
            client.assign_service_request(request).await?
        }
        Dealing::Reviewed(note) => {
            let request = pb::ReviewServiceRequestRequest {
                service_request_id,
                version,
                note: (*note).to_owned(),
            };
            let request = tokens.bearer(request, service, by).await?;
            client.review_service_request(request).await?
        }
        Dealing::Answered(on, answer) => {
            let request = pb::AnswerServiceRequestRequest {
                service_request_id,
                version,
                on: kit::time::iso(*on),
                answer: (*answer).to_owned(),
                findings_confirmed: false,
            };
            let request = tokens.bearer(request, service, by).await?;
            client.answer_service_request(request).await?
        }
        Dealing::Complained(on, summary) => {
            let request = pb::TurnIntoComplaintRequest {
                service_request_id,
                version,
                channel: Channel::Telephone.into(),
                summary: (*summary).to_owned(),
                received_on: kit::time::iso(*on),
            };
            let request = tokens.bearer(request, service, by).await?;
            let turned = client.turn_into_complaint(request).await?.into_inner();
            return Ok(turned.service_request.unwrap_or_default());
        }
    };
    Ok(answer.into_inner())
}
