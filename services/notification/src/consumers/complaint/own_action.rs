//! An action of somebody outside Customer Insight, who hears what is to be done and about which case, and nothing else of the complaint.

use outbox::{Event, Retry};
use proto::service_complaint::v1::{
    ActionPromised, DeadlineApproaching, DeadlineEscalated, DeadlineFacts, DeadlineOverdue, OwnTask,
};
use uuid::Uuid;

use super::super::{date, id, in_words, unreadable};

/// Whom an event tells of an action of their own, and what; `None` when it is of nobody's outside.
pub(super) fn of(event: &Event) -> Result<Option<(Uuid, String)>, Retry> {
    if let Some(it) = event.get::<ActionPromised>()? {
        let Some(task) = &it.own_task else {
            return Ok(None);
        };
        let owner = id(&it, "owner_id", &it.owner_id)?;
        let due = in_words(date(&it, "due_on", &it.due_on)?);
        let text = sentence(
            "You are accountable for an action",
            task,
            &format!("due on {due}"),
        );
        return Ok(Some((owner, text)));
    }
    let (facts, overdue) = if let Some(it) = event.get::<DeadlineApproaching>()? {
        (
            it.facts.clone().ok_or_else(|| unreadable(&it, "facts"))?,
            false,
        )
    } else if let Some(it) = event.get::<DeadlineOverdue>()? {
        (
            it.facts.clone().ok_or_else(|| unreadable(&it, "facts"))?,
            true,
        )
    } else if let Some(it) = event.get::<DeadlineEscalated>()? {
        (
            it.facts.clone().ok_or_else(|| unreadable(&it, "facts"))?,
            true,
        )
    } else {
        return Ok(None);
    };
    of_deadline(&facts, overdue)
}

fn of_deadline(facts: &DeadlineFacts, overdue: bool) -> Result<Option<(Uuid, String)>, Retry> {
    let Some(task) = &facts.own_task else {
        return Ok(None);
    };
    // Whoever was accountable has an interest, and nobody has it yet (3.4).
    if facts.owner_id.is_empty() {
        return Ok(None);
    }
    let owner = id(facts, "owner_id", &facts.owner_id)?;
    let due = in_words(date(facts, "due_on", &facts.due_on)?);
    let (begin, due) = if overdue {
        (
            "An action of yours is overdue",
            format!("it was due on {due}"),
        )
    } else {
        ("An action of yours is due soon", format!("due on {due}"))
    };
    Ok(Some((owner, sentence(begin, task, &due))))
}

fn sentence(begin: &str, task: &OwnTask, due: &str) -> String {
    let OwnTask {
        what,
        case_reference,
    } = task;
    if case_reference.is_empty() {
        format!("{begin}, {due}: {what}")
    } else {
        format!("{begin} about case {case_reference}, {due}: {what}")
    }
}
