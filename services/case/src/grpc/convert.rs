//! From what we know to what is told.

use calendar::Urgency;
use kit::time::{iso, iso_opt, timestamp};
use proto::case::v1 as pb;

use crate::app::{Imported, Seen, Taken};
use crate::domain::{
    Case, CaseType, Finding, Outcome, StaffDetails, Status, Team, TimelineEntry, UpcomingTask,
    Words,
};
use crate::wire::{case_type, finding, status, team};

/// A case for the wire, with its words.
pub fn case(seen: Seen, words: &Words) -> pb::Case {
    let Seen {
        case,
        urgencies,
        allocation,
        reviews,
        stage,
    } = seen;
    let Case {
        id,
        reference,
        case_type: kind,
        complainant,
        representative,
        landlord_id,
        landlord_name,
        subject,
        status: stands_at,
        team: with,
        owner_account_id,
        owner_name,
        opened_on,
        closed_on,
        next_task_due_on,
        staff_details,
        upcoming_tasks,
        version,
        outcome: decided,
        told_outcome: _,
    } = case;
    let status_words = words.status(stands_at);
    let team_words = words.team(with);
    pb::Case {
        id: id.to_string(),
        reference,
        case_type: case_type(kind).into(),
        case_type_label: words.case_type(kind).label.clone(),
        complainant,
        representative,
        landlord_id: landlord_id.to_string(),
        landlord_name,
        subject,
        status: status(stands_at).into(),
        status_label: status_words.label.clone(),
        status_explanation: status_words.explanation.clone(),
        team: team(with).into(),
        team_label: team_words.label.clone(),
        team_role: team_words.role.clone(),
        owner_account_id: owner_account_id
            .map(|it| it.to_string())
            .unwrap_or_default(),
        owner_name: owner_name.unwrap_or_default(),
        opened_on: iso(opened_on),
        closed_on: iso_opt(closed_on),
        next_task_due_on: iso_opt(next_task_due_on),
        upcoming_tasks: upcoming_tasks
            .0
            .into_iter()
            .zip(urgencies)
            .map(upcoming_task)
            .collect(),
        staff_details: staff_details.map(|it| details(it.0)),
        version,
        outcome: decided.map(|it| outcome(it.0, words)),
        allocation: allocation.map(|it| super::allocation::allocation(it, reviews)),
        stage: stage.map(super::timeframe::stage),
    }
}

fn outcome(it: Outcome, words: &Words) -> pb::Outcome {
    let Outcome {
        finding: found,
        summary,
        decided_on,
        told,
    } = it;
    let words = words.finding(found);
    pb::Outcome {
        finding: finding(found).into(),
        finding_label: words.label.clone(),
        finding_explanation: words.explanation.clone(),
        summary,
        decided_on: iso(decided_on),
        told,
    }
}

fn upcoming_task((task, urgency): (UpcomingTask, Urgency)) -> pb::UpcomingTask {
    let UpcomingTask {
        id,
        title,
        set_on,
        due_on,
    } = task;
    pb::UpcomingTask {
        id: id.to_string(),
        title,
        set_on: iso(set_on),
        due_on: iso(due_on),
        urgency: match urgency {
            Urgency::Pending => pb::Urgency::Pending,
            Urgency::Approaching => pb::Urgency::Approaching,
            Urgency::Overdue => pb::Urgency::Overdue,
        }
        .into(),
    }
}

fn details(details: StaffDetails) -> pb::StaffDetails {
    let StaffDetails {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    } = details;
    pb::StaffDetails {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    }
}

/// A timeline entry for the wire.
pub fn timeline_entry(entry: TimelineEntry) -> pb::TimelineEntry {
    let TimelineEntry {
        id,
        case_id: _,
        occurred_at,
        title,
        description,
        actor,
        actor_id,
        staff_only,
    } = entry;
    pb::TimelineEntry {
        id: id.to_string(),
        occurred_at: Some(timestamp(occurred_at)),
        title,
        description,
        actor,
        actor_id,
        staff_only,
    }
}

/// What became of a row, for the wire. Of several faults the first is named.
pub fn imported(result: Imported) -> pb::ImportResult {
    match result {
        Ok(Taken { id, added }) => pb::ImportResult {
            case_id: id.map(|it| it.to_string()).unwrap_or_default(),
            outcome: if added {
                pb::ImportOutcome::Added
            } else {
                pb::ImportOutcome::Unchanged
            }
            .into(),
            ..Default::default()
        },
        Err(invalid) => {
            let first = invalid.0.into_iter().next();
            let (field, error) = first
                .map(|it| (it.field, it.description))
                .unwrap_or_default();
            pb::ImportResult {
                case_id: String::new(),
                error,
                field,
                outcome: pb::ImportOutcome::Refused.into(),
            }
        }
    }
}

/// The workflow in words.
pub fn workflow(words: &Words) -> pb::DescribeWorkflowResponse {
    pb::DescribeWorkflowResponse {
        statuses: Status::ALL
            .into_iter()
            .map(|it| status_description(it, words))
            .collect(),
        teams: Team::ALL
            .into_iter()
            .map(|it| team_description(it, words))
            .collect(),
        case_types: CaseType::ALL
            .into_iter()
            .map(|it| pb::CaseTypeDescription {
                case_type: case_type(it).into(),
                label: words.case_type(it).label.clone(),
            })
            .collect(),
        findings: Finding::ALL
            .into_iter()
            .map(|it| pb::FindingDescription {
                finding: finding(it).into(),
                label: words.finding(it).label.clone(),
                explanation: words.finding(it).explanation.clone(),
                determination: it.is_determination(),
            })
            .collect(),
    }
}

fn status_description(it: Status, words: &Words) -> pb::StatusDescription {
    let next = it.next().iter().map(|next| status(*next).into()).collect();
    pb::StatusDescription {
        status: status(it).into(),
        label: words.status(it).label.clone(),
        explanation: words.status(it).explanation.clone(),
        team: it.team().map_or(pb::Team::Unspecified, team).into(),
        next,
    }
}

fn team_description(it: Team, words: &Words) -> pb::TeamDescription {
    let words = words.team(it);
    pb::TeamDescription {
        team: team(it).into(),
        label: words.label.clone(),
        role: words.role.clone(),
    }
}
