//! The wire's words for the domain's, and back.

mod clocks;
pub mod oversight;
mod parts;
mod progress;
pub mod requests;
mod terms;

use proto::service_complaint::v1 as pb;
use uuid::Uuid;

pub use self::clocks::{Day, deadline};
pub use self::parts::action;
pub use self::progress::{policy, progress};
pub(crate) use self::terms::same_words;
pub use self::terms::{Said, decision, ending_kind, outcome_reply, stage, standing_filter};

use self::clocks::{record, second};
use self::parts::{approval, conflict, element, ending, remedy};
use self::terms::replied;
use crate::domain::complaint::{Complaint, Definition, Needs, Origin, ServiceUser, Standing};
use crate::domain::due::DueKind;
use crate::domain::policy::Stage;
use crate::domain::telling::Telling;
use crate::store::NoteRow;

/// A complaint, as it stands today, with the steps that whoever reads it can take.
#[must_use]
pub fn complaint(complaint: Complaint, reader: Option<Uuid>, day: Day<'_>) -> pb::Complaint {
    let finished = complaint.is_finished(day.today);
    let next_deadline = next_deadline(&complaint, day);
    let missing = missing(&complaint);
    let remedies = complaint.offers.iter();
    let remedies = remedies
        .map(|it| remedy(it, complaint.is_to_be_promised(it)))
        .collect();
    let open_steps = complaint.open_steps(day.today, reader).into_iter();
    let open_steps = open_steps.map(Into::into).collect();
    let to_be_handed_on = complaint.waits_to_be_handed_on();
    let waits_for_lesson = complaint.waits_for_lesson().is_some();
    let no_lesson = complaint.no_lesson().map(|it| it.reason.clone());
    let actions = actions(&complaint, day);
    let follow_up_due_on = complaint.follow_up_due(day.calendar).unwrap_or_default();
    let had_a_part = complaint.may_be_reviewed_by(reader).is_err();
    let tellings = tellings(&complaint, day);
    let Complaint {
        id,
        reference,
        user,
        channel,
        summary,
        definition:
            Definition {
                desired_outcome,
                outcome_reply,
                asked_again,
                needs,
                early_resolution,
                complaint_type,
            },
        elements,
        case_reference,
        received_on,
        origin,
        standing,
        stage_one,
        window,
        stage_two,
        offers: _,
        promises: _,
        asks,
        conflicts,
        learned: _,
        involved: _,
        points,
        latenesses,
        tellings: _,
        unanswered_since: _,
        version,
    } = complaint;
    let (follows_id, raised_during_id, service_request_id) = came_of(origin);
    let outcome_reply = replied(outcome_reply);
    let (asked_again_on, asked_again_proof) = asked_again.map(|it| (it.on, it.proof)).unzip();
    pb::Complaint {
        id: id.to_string(),
        reference,
        service_user: Some(service_user(user)),
        channel: pb::Channel::from(channel).into(),
        summary,
        elements: elements.into_iter().map(element).collect(),
        desired_outcome,
        outcome_reply: outcome_reply.into(),
        asked_again_on: kit::time::iso_opt(asked_again_on),
        asked_again_proof: asked_again_proof.unwrap_or_default(),
        needs: Some(needs_of(needs)),
        early_resolution,
        case_reference,
        received_on: kit::time::iso(received_on),
        standing: standing_of(&standing).into(),
        stage_1: Some(record(stage_one, Stage::One, &latenesses, day)),
        stage_2: stage_two.map(|it| second(it, &latenesses, day)),
        escalation_window: window.as_ref().map(|it| deadline(it, day)),
        ending: ending(standing),
        remedies,
        actions,
        approvals: asks.into_iter().map(approval).collect(),
        finished,
        version,
        next_deadline,
        missing,
        follows_id,
        complaint_type: complaint_type
            .map_or(pb::ComplaintType::Unspecified, Into::into)
            .into(),
        open_steps,
        raised_during_id,
        service_request_id,
        points: points.into_iter().map(requests::point).collect(),
        tellings,
        conflicts: conflicts.into_iter().map(conflict).collect(),
        to_be_handed_on,
        had_a_part,
        waits_for_lesson,
        no_lesson: no_lesson.unwrap_or_default(),
        follow_up_due_on: kit::time::iso_opt(follow_up_due_on),
    }
}

/// The ids of the complaint that it followed, of the one that it was raised during, and of the service request that it came of; two of them are empty.
fn came_of(origin: Option<Origin>) -> (String, String, String) {
    let none = String::new;
    match origin {
        None => (none(), none(), none()),
        Some(Origin::Escalation(id)) => (id.to_string(), none(), none()),
        Some(Origin::Point(id)) => (none(), id.to_string(), none()),
        Some(Origin::Request(id)) => (none(), none(), id.to_string()),
    }
}

fn actions(complaint: &Complaint, day: Day<'_>) -> Vec<pb::Action> {
    let promises = complaint.promises.iter();
    promises
        .map(|it| action(it.clone(), complaint.is_left(&it.action), day))
        .collect()
}

/// What was told and what waits; what is not to be told any more is left out.
fn tellings(complaint: &Complaint, day: Day<'_>) -> Vec<pb::Telling> {
    let waiting = complaint.to_tell();
    let told_or_waits = |it: &&Telling| it.told.is_some() || waiting.contains(it);
    let tellings = complaint.tellings.iter().filter(told_or_waits);
    tellings
        .map(|it| pb::Telling {
            id: it.id.to_string(),
            kind: pb::TellingKind::from(it.kind).into(),
            what: it.what.clone(),
            subject_id: it.subject.to_string(),
            arose_on: kit::time::iso(it.arose_on),
            due_on: kit::time::iso(it.due_on),
            late: it.told.is_none() && it.due_on < day.today,
            told_on: kit::time::iso_opt(it.told.as_ref().map(|told| told.on)),
            proof: it
                .told
                .as_ref()
                .map(|told| told.proof.clone())
                .unwrap_or_default(),
        })
        .collect()
}

fn next_deadline(complaint: &Complaint, day: Day<'_>) -> Option<pb::NextDeadline> {
    let clocks = complaint
        .next_deadline()
        .map(|(kind, what, deadline)| (kind, what, deadline.due()));
    // Where the bank holidays are not known, its sweep says so.
    let correspondence = complaint.correspondence_due(day.calendar).ok().flatten();
    let correspondence = correspondence.map(|due| (DueKind::Correspondence, "", due));
    let (kind, what, due) = clocks
        .into_iter()
        .chain(correspondence)
        .min_by_key(|(.., due)| *due)?;
    Some(pb::NextDeadline {
        kind: pb::DeadlineKind::from(kind).into(),
        due_on: kit::time::iso(due),
        late: day.today > due,
        working_days_left: day.working_days_left(due),
        what: what.to_owned(),
    })
}

fn missing(complaint: &Complaint) -> Vec<pb::MissingPart> {
    if complaint.standing != Standing::Received {
        return Vec::new();
    }
    let part = |(field, what): (&str, &str)| pb::MissingPart {
        field: field.to_owned(),
        what: what.to_owned(),
    };
    complaint.missing_parts().into_iter().map(part).collect()
}

fn service_user(user: ServiceUser) -> pb::ServiceUser {
    let ServiceUser {
        name,
        kind,
        email,
        telephone,
        postal_address,
        format,
    } = user;
    pb::ServiceUser {
        name,
        kind: pb::ServiceUserKind::from(kind).into(),
        email,
        telephone,
        postal_address,
        format: pb::Format::from(format).into(),
    }
}

fn needs_of(needs: Needs) -> pb::Needs {
    let Needs {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    } = needs;
    pb::Needs {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    }
}

fn standing_of(standing: &Standing) -> pb::Standing {
    match standing {
        Standing::Received => pb::Standing::Received,
        Standing::Investigated => pb::Standing::Investigated,
        Standing::Answered => pb::Standing::Answered,
        Standing::Requested => pb::Standing::Requested,
        Standing::Reviewed => pb::Standing::Reviewed,
        Standing::Ended(_) => pb::Standing::Ended,
    }
}

/// A note.
#[must_use]
pub fn note(row: NoteRow) -> pb::Note {
    let NoteRow {
        id,
        kind,
        on,
        text,
        by,
        at,
        acknowledged,
    } = row;
    pb::Note {
        id: id.to_string(),
        kind: kind.map_or(pb::NoteKind::Correspondence, Into::into).into(),
        on: kit::time::iso(on),
        text,
        by,
        at: at.map(kit::time::timestamp),
        acknowledged,
    }
}
