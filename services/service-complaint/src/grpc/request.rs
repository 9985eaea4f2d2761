//! Requests, checked.

use calendar::Told;
use chrono::NaiveDate;
use kit::{Caller, Check};
use proto::service_complaint::v1 as pb;

use crate::app::{Defined, Intake, Noting, Target};
use crate::domain::complaint::{Channel, Format, Lack, Needs, ServiceUser, UserKind};
use crate::domain::exclusion::{Grounds, Reason};
use crate::domain::note::NoteKind;
use crate::domain::point::{Handling, Raised};
use crate::domain::procedure::Escalation;
use crate::domain::remedy::{ApologyForm, ApologyFrom, Compensation, Level, Remedy};
use crate::error::Error;
use crate::store::ListFilter;
use crate::wire::{self, Said as _};

const MOST_ELEMENTS: usize = 20;

/// Which complaint, as the caller saw it.
pub(super) fn target(check: &mut Check, complaint_id: &str, version: i64) -> Target {
    Target {
        id: check.uuid("complaint_id", complaint_id),
        version,
    }
}

/// When the person was told of a step, and where that can be seen. A letter that goes out from here is its own proof.
pub(super) fn told(check: &mut Check, on: &str, proof: &str) -> Told {
    Told {
        on: check.date("on", on),
        proof: check.text("proof", proof, 1..=500),
    }
}

/// A complaint that came in.
pub(super) fn intake(request: pb::RecordComplaintRequest) -> Result<Intake, kit::Invalid> {
    let channel = request.channel().said();
    let pb::RecordComplaintRequest {
        request_id,
        service_user: user,
        channel: _,
        summary,
        received_on,
        needs: known,
        case_reference,
    } = request;
    let mut check = Check::new();
    if channel.is_none() {
        check.refuse("channel", "Choose how the complaint came", "REQUIRED");
    }
    let intake = Intake {
        request_id: check.uuid("request_id", &request_id),
        user: service_user(&mut check, user.unwrap_or_default()),
        channel: channel.unwrap_or(Channel::Colleague),
        summary: check.long_text("summary", &summary, 1..=10_000),
        received_on: check.date("received_on", &received_on),
        needs: needs(&mut check, known.unwrap_or_default()),
        case_reference: check.text("case_reference", &case_reference, 0..=30),
        origin: None,
    };
    check.done()?;
    Ok(intake)
}

/// Who complains, with the address that letters to them need. Whoever gave a telephone number alone is heard all the same (1.6), and asked for an
/// address before the first letter.
pub(super) fn service_user(check: &mut Check, user: pb::ServiceUser) -> ServiceUser {
    let user = named_user(check, user);
    if user.is_reached_by_telephone_alone() {
        return user;
    }
    // Without it no letter could ever be sent (4.1, 4.7): it is asked for while the person is there to say it.
    match user.lacks() {
        Some(Lack::Email) => {
            let sentence = "Enter the email address that letters go to, or choose letters on paper";
            check.refuse("service_user.email", sentence, "REQUIRED");
        }
        Some(Lack::PostalAddress) => {
            let sentence = "Enter the postal address that letters go to, or choose email";
            check.refuse("service_user.postal_address", sentence, "REQUIRED");
        }
        Some(Lack::Either) => {
            let sentence =
                "Enter an email address or a postal address, so that easy read letters can be sent";
            check.refuse("service_user.email", sentence, "REQUIRED");
        }
        None => {}
    }
    user
}

/// Who somebody is, and how they can be reached.
pub(super) fn named_user(check: &mut Check, user: pb::ServiceUser) -> ServiceUser {
    let (kind, format) = (user.kind().said(), user.format().said());
    let pb::ServiceUser {
        name,
        kind: _,
        email,
        telephone,
        postal_address,
        format: _,
    } = user;
    ServiceUser {
        name: check.text("service_user.name", &name, 1..=200),
        kind: kind.unwrap_or(UserKind::Other),
        email: if email.is_empty() {
            email
        } else {
            check.email("service_user.email", &email)
        },
        telephone: check.text("service_user.telephone", &telephone, 0..=50),
        postal_address: check.long_text("service_user.postal_address", &postal_address, 0..=500),
        format: format.unwrap_or(Format::Email),
    }
}

/// What was asked and answered about the person's needs.
pub(super) fn needs(check: &mut Check, needs: pb::Needs) -> Needs {
    let pb::Needs {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    } = needs;
    let mut text = |field: &str, value: &str| check.long_text(field, value, 0..=2_000);
    Needs {
        contact: text("needs.contact", &contact),
        communication_preference: text("needs.communication_preference", &communication_preference),
        reasonable_adjustments: text("needs.reasonable_adjustments", &reasonable_adjustments),
        vulnerabilities: text("needs.vulnerabilities", &vulnerabilities),
    }
}

fn elements(check: &mut Check, least: usize, elements: &[String]) -> Vec<String> {
    if elements.len() > MOST_ELEMENTS {
        check.refuse("elements", "Set out 20 elements or fewer", "TOO_MANY");
    }
    if elements.len() < least {
        check.refuse("elements", "Set out what is complained about", "REQUIRED");
    }
    elements
        .iter()
        .map(|it| check.long_text("elements", it, 1..=1_000))
        .collect()
}

/// What is known before the acknowledgement.
pub(super) fn defined(check: &mut Check, request: pb::DefineRequest) -> Defined {
    let complaint_type = request.complaint_type().said();
    let pb::DefineRequest {
        complaint_id: _,
        version: _,
        elements: texts,
        desired_outcome,
        needs: known,
        early_resolution,
        complaint_type: _,
    } = request;
    Defined {
        elements: elements(check, 0, &texts),
        desired_outcome: check.long_text("desired_outcome", &desired_outcome, 0..=2_000),
        needs: needs(check, known.unwrap_or_default()),
        early_resolution: check.long_text("early_resolution", &early_resolution, 0..=2_000),
        complaint_type,
    }
}

/// A point that was raised during an investigation.
pub(super) fn raised(check: &mut Check, request: &pb::RecordPointRequest) -> Raised {
    let handling = request.handling().said();
    if handling.is_none() {
        check.refuse("handling", "Choose how it is handled", "REQUIRED");
    }
    let handling = handling.unwrap_or(Handling::Included);
    let longest = match handling {
        Handling::Included => 1_000,
        Handling::NewComplaint => 10_000,
        Handling::ServiceRequest => 5_000,
    };
    Raised {
        text: check.long_text("text", &request.text, 1..=longest),
        raised_on: check.date("raised_on", &request.raised_on),
        handling,
        told_on: check.date("told_on", &request.told_on),
        told_how: check.text("told_how", &request.told_how, 0..=500),
    }
}

/// What an exclusion is decided by.
pub(super) fn grounds(
    check: &mut Check,
    reason: pb::ExclusionReason,
    details: &str,
    signpost: &str,
    happened_on: &str,
) -> Grounds {
    let reason = reason.said();
    if reason.is_none() {
        check.refuse("reason", "Choose why it is not investigated", "REQUIRED");
    }
    Grounds {
        reason: reason.unwrap_or(Reason::Decision),
        details: check.long_text("details", details, 0..=2_000),
        signpost: check.long_text("signpost", signpost, 0..=500),
        happened_on: check.optional_date("happened_on", happened_on),
    }
}

/// A request for stage 2, and what it says was not covered or missed.
pub(super) fn escalation(
    check: &mut Check,
    request: pb::RequestEscalationRequest,
) -> (Escalation, Vec<String>) {
    let pb::RequestEscalationRequest {
        complaint_id: _,
        version: _,
        on,
        reasons,
        new_evidence,
        discretion,
        elements: texts,
    } = request;
    let escalation = Escalation {
        requested_on: check.date("on", &on),
        reasons: check.long_text("reasons", &reasons, 0..=10_000),
        new_evidence: check.long_text("new_evidence", &new_evidence, 0..=10_000),
        discretion: check.long_text("discretion", &discretion, 0..=2_000),
    };
    (escalation, elements(check, 1, &texts))
}

/// A remedy with its sentence.
pub(super) fn remedy(
    mut check: Check,
    request: pb::OfferRemedyRequest,
) -> Result<(Remedy, String), Error> {
    let affected_all = request.affected_all;
    let offered = request.remedy.unwrap_or_default();
    let text = check.long_text("remedy.text", &offered.text, 1..=2_000);
    let level = offered.level().said();
    let kind = offered.kind();
    if kind == pb::RemedyKind::Unspecified {
        check.refuse("remedy.kind", "Choose a remedy", "REQUIRED");
    }
    if kind == pb::RemedyKind::Compensation && level.is_none() {
        check.refuse(
            "remedy.level",
            "Choose how serious the failure was",
            "REQUIRED",
        );
    }
    check.done()?;
    let form = if offered.verbal {
        ApologyForm::Verbal
    } else {
        ApologyForm::Written
    };
    let from = if offered.from_the_ombudsman {
        ApologyFrom::Ombudsman
    } else {
        ApologyFrom::Service
    };
    let remedy = match kind {
        pb::RemedyKind::Unspecified | pb::RemedyKind::Apology => Remedy::Apology { form, from },
        pb::RemedyKind::CaseworkAction => Remedy::CaseworkAction,
        pb::RemedyKind::Correction => Remedy::Correction,
        pb::RemedyKind::Explanation => Remedy::Explanation,
        pb::RemedyKind::Improvement => Remedy::Improvement,
        pb::RemedyKind::SharedLearning => Remedy::SharedLearning,
        pb::RemedyKind::RiskReview => Remedy::RiskReview,
        pb::RemedyKind::Compensation => {
            let pounds = u32::try_from(offered.pounds).unwrap_or_default();
            let level = level.unwrap_or(Level::ServiceFailure);
            Remedy::Compensation(Compensation::new(level, pounds, affected_all)?)
        }
    };
    Ok((remedy, text))
}

/// A note to write down.
pub(super) fn noting(request: &pb::AddNoteRequest) -> Result<Noting, kit::Invalid> {
    let mut check = Check::new();
    let kind = request.kind().said();
    if kind.is_none() {
        check.refuse("kind", "Choose what you are writing down", "REQUIRED");
    }
    let noting = Noting {
        request_id: check.uuid("request_id", &request.request_id),
        complaint_id: check.uuid("complaint_id", &request.complaint_id),
        kind: kind.unwrap_or(NoteKind::Note),
        on: check.date("on", &request.on),
        text: check.long_text("text", &request.text, 1..=5_000),
    };
    check.done()?;
    Ok(noting)
}

/// Which complaints are listed.
pub(super) fn list_filter(
    request: &pb::ListComplaintsRequest,
    caller: &Caller,
    today: NaiveDate,
) -> Result<ListFilter, kit::Invalid> {
    let mut check = Check::new();
    let search = check.text("search", &request.search, 0..=200);
    let related_to = check.text("related_to", &request.related_to, 0..=20);
    let handler = if request.handler_id.is_empty() {
        None
    } else {
        Some(check.uuid("handler_id", &request.handler_id))
    };
    check.done()?;
    let me = caller.person().map(|it| it.account_id);
    Ok(ListFilter {
        standing: wire::standing_filter(request.standing()),
        handler: if request.mine { me } else { handler },
        unassigned: request.unassigned,
        due_before: request.late.then_some(today),
        search,
        related_to,
        reader: me,
    })
}
