//! Reads requests, and names every field that is wrong.

use chrono::NaiveDate;
use kit::{Check, Invalid};
use proto::case::v1 as pb;
use uuid::Uuid;

use crate::app::{Decision, Name, Row};
use crate::domain::{
    CaseType, Filter, Finding, NewCase, Order, Owner, Reference, StaffDetails, State, Status,
};
use crate::wire;

/// So many rows an import has at most.
const ROWS: usize = 500;

/// A case to open today, and the id of the request.
pub fn open(request: &pb::OpenCaseRequest, today: NaiveDate) -> Result<(Uuid, NewCase), Invalid> {
    let mut check = Check::new();
    let request_id = check.uuid("request_id", &request.request_id);
    let case = NewCase {
        id: kit::id(),
        case_type: case_type(&mut check, request.case_type),
        complainant: check.text("complainant", &request.complainant, 1..=200),
        representative: check.text("representative", &request.representative, 0..=200),
        landlord_id: check.uuid("landlord_id", &request.landlord_id),
        subject: check.long_text("subject", &request.subject, 1..=1_000),
        status: Status::InitialAssessment,
        owner_account_id: None,
        opened_on: today,
        closed_on: None,
        staff_details: staff_details(&mut check, request.staff_details.as_ref()),
    };
    check.done()?;
    Ok((request_id, case))
}

/// How a case is asked for: a reference is digits alone, which no id is.
pub fn name(case_id: &str) -> Result<Name, Invalid> {
    if Reference::parse(case_id).is_some() {
        return Ok(Name::Reference(case_id.to_owned()));
    }
    let mut check = Check::new();
    let id = check.uuid("case_id", case_id);
    check.done()?;
    Ok(Name::Id(id))
}

/// The rows of an import, each by itself.
pub fn import(
    request: &pb::ImportCasesRequest,
    today: NaiveDate,
) -> Result<Vec<Result<Row, Invalid>>, Invalid> {
    if request.cases.len() > ROWS {
        let most = format!("Import {ROWS} cases at a time or fewer");
        return Err(Invalid::field("cases", most, "TOO_MANY"));
    }
    Ok(request
        .cases
        .iter()
        .map(|row| imported(row, today))
        .collect())
}

fn imported(row: &pb::ImportedCase, today: NaiveDate) -> Result<Row, Invalid> {
    let mut check = Check::new();
    let number = Reference::parse(&row.reference);
    if number.is_none() {
        let form = "The reference must be a year and 5 to 9 digits, such as 202312345";
        check.refuse("reference", form, "NOT_A_REFERENCE");
    }
    let status = wire::status_from(row.status).unwrap_or_else(|| {
        check.refuse("status", "Enter the status", "REQUIRED");
        Status::InitialAssessment
    });
    let case = NewCase {
        id: kit::id(),
        case_type: case_type(&mut check, row.case_type),
        complainant: check.text("complainant", &row.complainant, 1..=200),
        representative: check.text("representative", &row.representative, 0..=200),
        landlord_id: check.uuid("landlord_id", &row.landlord_id),
        subject: check.long_text("subject", &row.subject, 1..=1_000),
        status,
        owner_account_id: check.optional_uuid("owner_account_id", &row.owner_account_id),
        opened_on: check.date("opened_on", &row.opened_on),
        closed_on: check.optional_date("closed_on", &row.closed_on),
        staff_details: staff_details(&mut check, row.staff_details.as_ref()),
    };
    if check.is_ok() {
        for (field, description, reason) in case.wrong_dates(today) {
            check.refuse(field, description, reason);
        }
    }
    check.done()?;
    let number = number.expect("a row without a reference was refused above");
    Ok(Row {
        reference: row.reference.clone(),
        number,
        case,
    })
}

/// A move: the case, its version and where it goes.
pub fn move_to(request: &pb::MoveCaseRequest) -> Result<(Uuid, i64, Status), Invalid> {
    let mut check = Check::new();
    let id = check.uuid("case_id", &request.case_id);
    let to = wire::status_from(request.status);
    if to.is_none() {
        check.refuse("status", "Choose the new status", "REQUIRED");
    }
    check.done()?;
    Ok((
        id,
        request.version,
        to.expect("a move to nowhere was refused above"),
    ))
}

/// What was decided: the case, its version and the decision.
pub fn outcome(request: &pb::RecordOutcomeRequest) -> Result<(Uuid, i64, Decision), Invalid> {
    let mut check = Check::new();
    let id = check.uuid("case_id", &request.case_id);
    let finding = wire::finding_from(request.finding).unwrap_or_else(|| {
        check.refuse("finding", "Choose the finding", "REQUIRED");
        Finding::Withdrawn
    });
    let decision = Decision {
        finding,
        summary: check.long_text("summary", &request.summary, 1..=2_000),
        decided_on: check.date("decided_on", &request.decided_on),
    };
    check.done()?;
    Ok((id, request.version, decision))
}

/// What a list is asked for.
pub fn filter(request: &pb::ListCasesRequest) -> Result<Filter, Invalid> {
    let mut check = Check::new();
    let reference = check.text("reference", &request.reference, 0..=13);
    if !reference.bytes().all(|it| it.is_ascii_digit()) {
        check.refuse(
            "reference",
            "The reference must have digits only",
            "NOT_A_REFERENCE",
        );
    }
    let filter = Filter {
        state: match request.state() {
            pb::CaseState::Unspecified => State::Any,
            pb::CaseState::Open => State::Open,
            pb::CaseState::Closed => State::Closed,
        },
        order: match request.order() {
            pb::CaseOrder::Unspecified | pb::CaseOrder::NextDue => Order::NextDue,
            pb::CaseOrder::Reference => Order::Reference,
            pb::CaseOrder::Complainant => Order::Complainant,
            pb::CaseOrder::Opened => Order::Opened,
            pb::CaseOrder::Status => Order::Status,
            pb::CaseOrder::CaseType => Order::CaseType,
            pb::CaseOrder::Landlord => Order::Landlord,
            pb::CaseOrder::Closed => Order::Closed,
        },
        descending: request.descending,
        reference,
        complainant: check.text("complainant", &request.complainant, 0..=200),
        case_type: optional(
            &mut check,
            "case_type",
            request.case_type,
            wire::case_type_from,
        ),
        status: optional(&mut check, "status", request.status, wire::status_from),
        team: optional(&mut check, "team", request.team, wire::team_from),
        opened_from: check.optional_date("opened_from", &request.opened_from),
        opened_to: check.optional_date("opened_to", &request.opened_to),
        closed_from: check.optional_date("closed_from", &request.closed_from),
        closed_to: check.optional_date("closed_to", &request.closed_to),
        due_from: check.optional_date("due_from", &request.due_from),
        due_to: check.optional_date("due_to", &request.due_to),
        landlord_id: check.optional_uuid("landlord_id", &request.landlord_id),
        owner: if request.unowned {
            Some(Owner::Nobody)
        } else {
            check
                .optional_uuid("owner_account_id", &request.owner_account_id)
                .map(Owner::Is)
        },
    };
    if filter.order == Order::Closed && filter.state != State::Closed {
        let why = "Only closed cases can be sorted by the date on which they were closed";
        check.refuse("order", why, "NOT_CLOSED");
    }
    check.done()?;
    Ok(filter)
}

/// The kind of case.
pub fn case_type(check: &mut Check, number: i32) -> CaseType {
    wire::case_type_from(number).unwrap_or_else(|| {
        check.refuse("case_type", "Choose the kind of case", "REQUIRED");
        CaseType::MemberLandlord
    })
}

/// A choice that may be left open; a number that stands for nothing is refused.
fn optional<T>(
    check: &mut Check,
    field: &str,
    number: i32,
    from: impl Fn(i32) -> Option<T>,
) -> Option<T> {
    let choice = from(number);
    if choice.is_none() && number != 0 {
        check.refuse(field, "Choose one of the list", "NOT_A_CHOICE");
    }
    choice
}

fn staff_details(check: &mut Check, details: Option<&pb::StaffDetails>) -> StaffDetails {
    let Some(pb::StaffDetails {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    }) = details
    else {
        return StaffDetails::default();
    };
    let mut text = |field: &str, value: &str| {
        check.long_text(&format!("staff_details.{field}"), value, 0..=1_000)
    };
    StaffDetails {
        contact: text("contact", contact),
        communication_preference: text("communication_preference", communication_preference),
        reasonable_adjustments: text("reasonable_adjustments", reasonable_adjustments),
        vulnerabilities: text("vulnerabilities", vulnerabilities),
    }
}
