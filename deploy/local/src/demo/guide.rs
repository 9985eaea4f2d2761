//! The screens of the landlord guide: its landlord, its complainants, its tasks and its conversation.
//!
//! Dates that the guide shows as past stay as they are. Those of its *Approaching* and *Pending/New* tasks are counted from today, and
//! the titles that name them say the date that came out, so that the colours are those of the guide on any day.

use calendar::{Calendar, NotCovered};
use chrono::{DateTime, NaiveDate, Utc};
use proto::case::v1::{CaseType, StaffDetails, Status, Team};
use proto::document::v1::DocumentCategory;
use proto::messaging::v1::Side;
use proto::task::v1::TaskKind;

use super::tasks::by;
use super::{Case, Colleague, Document, Message, Task, files, people};

/// The guide's landlord is the first of the landlords.
const LANDLORD: usize = 0;

pub fn cases(
    calendar: &Calendar,
    today: NaiveDate,
    staff: &[Colleague],
) -> Result<Vec<Case>, NotCovered> {
    let owner = |team| people::of_team(staff, team).first().copied();
    let name = |owner: Option<usize>| {
        owner
            .map_or("Dispute Support", |owner| staff[owner].name)
            .to_owned()
    };
    let support = owner(Team::DisputeSupport);
    let approaching = calendar.add_working_days(today, 3)?;
    let pending = calendar.add_working_days(today, 8)?;

    Ok(vec![
        Case {
            tasks: vec![
                Task {
                    instructions: "Send us a copy of the stage one response that was issued to the resident.".to_owned(),
                    ..task(TaskKind::RespondToRequest, "Provide stage one response by 15 March", "2023-03-01", "2023-03-15")
                },
                task(TaskKind::EscalateComplaint, "Escalate complaint and update by 22 May 2023", "2023-05-09", "2023-05-22"),
            ],
            messages: conversation(&name(support)),
            documents: vec![letter()],
            ..case("202312345", "TEST TEST TEST", Status::InternalProcedure, "2023-02-20", support)
        },
        Case {
            tasks: vec![
                Task {
                    instructions: "This task is to check that you receive our emails and the notices in the portal.".to_owned(),
                    ..task(
                        TaskKind::ForInformation,
                        "Test task to check receipt of email and notification",
                        "2024-10-18",
                        "2024-10-24",
                    )
                },
                Task {
                    instructions: "Record the complaint at stage one and tell us when you will respond to it.".to_owned(),
                    due_on: pending,
                    ..task(TaskKind::RecordComplaint, &by("Record complaint and update", pending), "2024-10-18", "2024-10-24")
                },
            ],
            ..case("202412501", "TEST TEST TEST", Status::InitialAssessment, "2024-10-14", support)
        },
        Case {
            representative: "TEST TEST TEST Representative".to_owned(),
            tasks: vec![Task {
                instructions: "Send us the records that our evidence request lists, in the order in which it lists them.".to_owned(),
                due_on: approaching,
                ..task(TaskKind::RespondToRequest, &by("Provide evidence", approaching), "2023-03-09", "2023-03-23")
            }],
            ..case("202312346", "TEST TEST TEST Rep", Status::EvidenceGathering, "2023-01-16", owner(Team::Triage))
        },
        Case {
            tasks: vec![Task {
                instructions: "Tell us the dates on which you did what we ordered, and upload what shows it.".to_owned(),
                ..task(TaskKind::ConfirmCompliance, "Confirm compliance with our orders by 9 June 2023", "2023-05-12", "2023-06-09")
            }],
            ..case(
                "202312347",
                "TEST TEST TEST Rep",
                Status::AwaitingLandlordAction,
                "2023-01-09",
                owner(Team::DisputeResolution),
            )
        },
        case("202312348", "TEST TEST TEST Rep", Status::FailureOrderIssued, "2023-01-23", support),
        Case {
            closes: true,
            ..case("202312349", "TEST TEST TEST", Status::Determined, "2023-01-30", owner(Team::DisputeResolution))
        },
    ])
}

fn case(
    reference: &str,
    complainant: &str,
    status: Status,
    opened_on: &str,
    owner: Option<usize>,
) -> Case {
    Case {
        reference: reference.to_owned(),
        landlord: LANDLORD,
        owner,
        case_type: CaseType::MemberLandlord,
        complainant: complainant.to_owned(),
        representative: String::new(),
        subject: "Test case of the landlord guide".to_owned(),
        status,
        opened_on: date(opened_on),
        closed_on: None,
        staff_details: StaffDetails::default(),
        tasks: vec![],
        messages: vec![],
        documents: vec![],
        closes: false,
    }
}

fn task(kind: TaskKind, title: &str, set_on: &str, due_on: &str) -> Task {
    Task {
        kind,
        title: title.to_owned(),
        instructions: String::new(),
        set_on: date(set_on),
        due_on: date(due_on),
        completed_on: None,
    }
}

fn conversation(caseworker: &str) -> Vec<Message> {
    let message = |side, author: &str, sent_at, body: &str| Message {
        side,
        author: author.to_owned(),
        body: body.to_owned(),
        sent_at: instant(sent_at),
    };
    vec![
        message(
            Side::Ombudsman,
            caseworker,
            "2023-05-08T09:41:00Z",
            "Dear TEST TEST Landlord\n\nPlease confirm whether a stage one response has been issued to the resident, and on what \
             date.\n\nRegards\nDispute Support",
        ),
        message(
            Side::Landlord,
            "TEST TEST Landlord",
            // 1:24 in the afternoon, in British Summer Time.
            "2023-05-09T12:24:00Z",
            "Dear Housing Ombudsman Service\n\nTo confirm, we have issued a stage one response to the resident on 3 May 2023.\n\n\
             Regards\n\nDani",
        ),
    ]
}

fn letter() -> Document {
    let lines = [
        "Housing Ombudsman Service",
        "",
        "Case 202312345: TEST TEST TEST and TEST TEST Landlord",
        "",
        "We have received a complaint about you from the resident named above.",
        "Please record it in your complaints procedure and tell us in the portal",
        "when the stage one response will be issued.",
    ];
    Document {
        name: "Our letter about case 202312345.pdf".to_owned(),
        category: DocumentCategory::ComplaintCorrespondence,
        content: files::pdf(&lines),
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("the dates of this file are right")
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("the instants of this file are right")
}
