//! The screens of the landlord guide: its landlord, its complainants, its tasks and its conversation.
//!
//! Dates that the guide shows as past stay as they are. Those of its *Approaching* and *Pending/New* tasks are counted from today, and
//! the titles that name them say the date that came out, so that the colours are those of the guide on any day.

use calendar::{Calendar, NotCovered};
use chrono::{DateTime, Days, NaiveDate, Utc};
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
    let triage = owner(Team::Triage);
    let resolution = owner(Team::DisputeResolution);
    let lately = today - Days::new(10);
    let approaching = calendar.add_working_days(today, 3)?;
    let pending = calendar.add_working_days(today, 8)?;

    let complainant = "TEST TEST TEST";
    let represented = "TEST TEST TEST Rep";
    Ok(vec![
        Case {
            tasks: on_the_first_case(),
            messages: conversation(&name(support)),
            documents: vec![letter()],
            ..case(
                "202312345",
                complainant,
                Status::InternalProcedure,
                "2023-02-20",
                support,
            )
        },
        Case {
            tasks: on_the_newest_case(lately, pending),
            ..case(
                "202412501",
                complainant,
                Status::InitialAssessment,
                "2024-10-14",
                support,
            )
        },
        Case {
            representative: "TEST TEST TEST Representative".to_owned(),
            tasks: for_evidence(lately, approaching),
            ..case(
                "202312346",
                represented,
                Status::EvidenceGathering,
                "2023-01-16",
                triage,
            )
        },
        Case {
            tasks: after_a_determination(),
            ..case(
                "202312347",
                represented,
                Status::AwaitingLandlordAction,
                "2023-01-09",
                resolution,
            )
        },
        case(
            "202312348",
            represented,
            Status::FailureOrderIssued,
            "2023-01-23",
            support,
        ),
        Case {
            closes: true,
            ..case(
                "202312349",
                complainant,
                Status::Determined,
                "2023-01-30",
                resolution,
            )
        },
    ])
}

fn on_the_first_case() -> Vec<Task> {
    vec![
        task(
            TaskKind::RespondToRequest,
            "Provide stage one response by 15 March",
            "Send us a copy of the stage one response that was issued to the resident.",
            [date("2023-03-01"), date("2023-03-15")],
        ),
        task(
            TaskKind::EscalateComplaint,
            "Escalate complaint and update by 22 May 2023",
            "Escalate the complaint to stage two and tell us the date.",
            [date("2023-05-09"), date("2023-05-22")],
        ),
    ]
}

fn on_the_newest_case(lately: NaiveDate, pending: NaiveDate) -> Vec<Task> {
    vec![
        task(
            TaskKind::ForInformation,
            "Test task to check receipt of email and notification",
            "This task is to check that you receive our emails and the notices in the portal.",
            [date("2024-10-18"), date("2024-10-24")],
        ),
        task(
            TaskKind::RecordComplaint,
            &by("Record complaint and update", pending),
            "Record the complaint at stage one and tell us when you will respond to it.",
            [lately, pending],
        ),
    ]
}

fn for_evidence(lately: NaiveDate, approaching: NaiveDate) -> Vec<Task> {
    vec![task(
        TaskKind::RespondToRequest,
        &by("Provide evidence", approaching),
        "Send us the records that our evidence request lists, in the order in which it lists them.",
        [lately, approaching],
    )]
}

fn after_a_determination() -> Vec<Task> {
    vec![task(
        TaskKind::ConfirmCompliance,
        "Confirm compliance with our orders by 9 June 2023",
        "Tell us the dates on which you did what we ordered, and upload what shows it.",
        [date("2023-05-12"), date("2023-06-09")],
    )]
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

fn task(kind: TaskKind, title: &str, instructions: &str, [set_on, due_on]: [NaiveDate; 2]) -> Task {
    Task {
        kind,
        title: title.to_owned(),
        instructions: instructions.to_owned(),
        set_on,
        due_on,
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
