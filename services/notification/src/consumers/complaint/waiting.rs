//! What waits for whom, by the event that says so.

use outbox::{Event, Retry};
use prost::Name;
use proto::service_complaint::v1::{
    ActionHindered, ActionPromised, ApprovalDecided, ApprovalMatter, ApprovalRequested,
    ConflictDeclared, DeadlineApproaching, DeadlineEscalated, DeadlineFacts, DeadlineKind,
    DeadlineOverdue, DeadlineRedated, EscalationRequested, FollowUpDue, FollowUpKind, FollowUpStep,
    HandlerAssigned, LetterRefused, OwnTask, PersonWrote, RequestAssigned, WrittenAbout,
};
use uuid::Uuid;

use crate::consumers::{date, id, in_words, unreadable};
use crate::domain::{Audience, Matter};

/// What the news of all lessons is gathered by.
const LESSONS: Uuid = Uuid::from_u128(1);
/// What the news of all recommendations is gathered by.
const RECOMMENDATIONS: Uuid = Uuid::from_u128(2);

/// Something that waits for colleagues.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) audiences: Vec<Audience>,
    pub(super) matter: Matter,
    pub(super) topic: Topic,
    pub(super) text: String,
}

/// What it is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// A complaint, with its reference.
    Complaint(Uuid, String),
    /// A list of what is followed up.
    List(Uuid),
}

/// What an event says that waits; `None` when it is of another kind, or when nobody has to do anything about it.
pub(super) fn waiting(event: &Event) -> Result<Option<Waiting>, Retry> {
    if let Some(it) = event.get::<DeadlineApproaching>()? {
        let due = due(&it, it.facts.as_ref())?;
        let text = format!("{} is due on {}", due.what, due.on);
        return Ok(Some(due.waits(Matter::ComplaintDueSoon, text)));
    }
    if let Some(it) = event.get::<DeadlineOverdue>()? {
        let due = due(&it, it.facts.as_ref())?;
        let text = format!("{} was due on {}", due.what, due.on);
        return Ok(Some(due.waits(Matter::ComplaintOverdue, text)));
    }
    if let Some(it) = event.get::<DeadlineEscalated>()? {
        let due = due(&it, it.facts.as_ref())?;
        let text = format!("{} was due on {} and is still open", due.what, due.on);
        let mut waiting = due.waits(Matter::ComplaintOverdue, text);
        waiting.audiences.push(Audience::InsightManagers);
        return Ok(Some(waiting));
    }
    if let Some(it) = event.get::<DeadlineRedated>()? {
        let due = due(&it, it.facts.as_ref())?;
        let before = in_words(date(&it, "due_before", &it.due_before)?);
        let text = format!(
            "{} is due on {} instead of {before}, as bank holidays were changed. Tell the person",
            due.what, due.on
        );
        return Ok(Some(due.waits(Matter::ServiceComplaintWaiting, text)));
    }
    if let Some(it) = event.get::<FollowUpDue>()? {
        return follow_up(&it).map(Some);
    }
    asked_or_said(event)
}

/// What colleagues ask of each other, and what the person says.
fn asked_or_said(event: &Event) -> Result<Option<Waiting>, Retry> {
    if let Some(it) = event.get::<ApprovalRequested>()? {
        return Ok(Some(Waiting {
            audiences: vec![Audience::InsightManagers, Audience::Seniors],
            matter: Matter::ComplaintApprovalAsked,
            text: format!("You are asked to approve {}", asked_for(it.matter())),
            topic: complaint(&it, &it.complaint_id, &it.reference)?,
        }));
    }
    if let Some(it) = event.get::<ApprovalDecided>()? {
        let asked_by = id(&it, "asked_by", &it.asked_by)?;
        let verdict = if it.agreed { "agreed" } else { "did not agree" };
        return Ok(Some(Waiting {
            audiences: vec![Audience::Account(asked_by)],
            matter: Matter::ServiceComplaintWaiting,
            text: format!("A senior colleague {verdict} to {}", asked_for(it.matter())),
            topic: complaint(&it, &it.complaint_id, &it.reference)?,
        }));
    }
    if let Some(it) = event.get::<ActionPromised>()? {
        let owner = id(&it, "owner_id", &it.owner_id)?;
        let due = in_words(date(&it, "due_on", &it.due_on)?);
        return Ok(Some(Waiting {
            audiences: read_by(Audience::Account(owner), it.own_task.as_ref()),
            matter: Matter::ServiceComplaintWaiting,
            text: format!("You are accountable for an action that is due on {due}"),
            topic: complaint(&it, &it.complaint_id, &it.reference)?,
        }));
    }
    if let Some(it) = event.get::<ActionHindered>()? {
        return Ok(Some(Waiting {
            audiences: vec![somebody(&it.seen_to_by)],
            matter: Matter::ServiceComplaintWaiting,
            text: "An action can’t be done as it was promised. See why, and give it to a colleague, take it back or promise it anew".to_owned(),
            topic: complaint(&it, &it.complaint_id, &it.reference)?,
        }));
    }
    if let Some(it) = event.get::<EscalationRequested>()? {
        let due = date(&it, "acknowledgement_due_on", &it.acknowledgement_due_on)?;
        // Whoever reviews is chosen now, and must have had no part in stage 1 (4.15).
        return Ok(Some(Waiting {
            audiences: vec![Audience::Insight],
            matter: Matter::ComplaintWritten,
            text: format!(
                "The person asked for stage 2. It is to be acknowledged by {}",
                in_words(due)
            ),
            topic: complaint(&it, &it.complaint_id, &it.reference)?,
        }));
    }
    if let Some(it) = event.get::<LetterRefused>()? {
        return Ok(Some(Waiting {
            audiences: vec![somebody(&it.handler_id)],
            matter: Matter::ServiceComplaintWaiting,
            text: "A letter did not reach the person: the mail server refused it. Send it again in another way".to_owned(),
            topic: complaint(&it, &it.complaint_id, &it.reference)?,
        }));
    }
    match event.get::<PersonWrote>()? {
        Some(it) => person_wrote(&it),
        None => given(event),
    }
}

/// What was given to somebody, or given up and is to be given to somebody.
fn given(event: &Event) -> Result<Option<Waiting>, Retry> {
    if let Some(it) = event.get::<HandlerAssigned>()? {
        return Ok(Some(Waiting {
            audiences: told(&it, &it.handler_id, &it.assigned_by)?,
            matter: Matter::ServiceComplaintWaiting,
            text: format!("Stage {} was given to you", it.stage),
            topic: complaint(&it, &it.complaint_id, &it.reference)?,
        }));
    }
    if let Some(it) = event.get::<RequestAssigned>()? {
        return Ok(Some(Waiting {
            audiences: told(&it, &it.handler_id, &it.assigned_by)?,
            matter: Matter::ServiceComplaintWaiting,
            text: "A service request was given to you".to_owned(),
            topic: complaint(&it, &it.service_request_id, &it.reference)?,
        }));
    }
    let Some(it) = event.get::<ConflictDeclared>()? else {
        return Ok(None);
    };
    let who = match it.gave_up_stage {
        0 => "A colleague".to_owned(),
        stage => format!("Whoever handled stage {stage}"),
    };
    let left = match it.left_actions {
        0 => String::new(),
        1 => "an action of theirs".to_owned(),
        left => format!("{left} actions of theirs"),
    };
    let given = match (it.gave_up_stage, left.as_str()) {
        (0, "") => String::new(),
        (_, "") => ". Give it to a colleague".to_owned(),
        (0, left) => format!(". Give {left} to a colleague"),
        (_, left) => format!(". Give it and {left} to a colleague"),
    };
    let text = format!("{who} has an interest in it (policy 3.4){given}");
    let mut audiences = vec![Audience::InsightManagers, Audience::Seniors];
    if !it.handler_id.is_empty() {
        audiences.insert(0, somebody(&it.handler_id));
    }
    Ok(Some(Waiting {
        audiences,
        matter: Matter::ServiceComplaintWaiting,
        text,
        topic: complaint(&it, &it.complaint_id, &it.reference)?,
    }))
}

/// Whom something was given to, but for those who took it for themselves: they know.
fn told<E: Name>(event: &E, handler_id: &str, given_by: &str) -> Result<Vec<Audience>, Retry> {
    let handler = id(event, "handler_id", handler_id)?;
    let told = handler_id != given_by;
    let handler = told.then_some(Audience::Account(handler));
    Ok(handler.into_iter().collect())
}

fn person_wrote(it: &PersonWrote) -> Result<Option<Waiting>, Retry> {
    let text = match it.about() {
        WrittenAbout::Unspecified => return Err(unreadable(it, "about")),
        WrittenAbout::Outcome => "The person answered which outcome they seek".to_owned(),
        WrittenAbout::Files => "The person sent files".to_owned(),
        // What is filed waits for nobody (4.22).
        WrittenAbout::ClosedComplaint if it.acknowledge_by.is_empty() => return Ok(None),
        WrittenAbout::ClosedComplaint => {
            let by = in_words(date(it, "acknowledge_by", &it.acknowledge_by)?);
            format!("The person wrote after the closing. It is to be acknowledged by {by}")
        }
    };
    Ok(Some(Waiting {
        audiences: vec![somebody(&it.owner_id)],
        matter: Matter::ComplaintWritten,
        text,
        topic: complaint(it, &it.complaint_id, &it.reference)?,
    }))
}

fn follow_up(it: &FollowUpDue) -> Result<Waiting, Retry> {
    let (what, mut audiences, matter, list) = match it.kind() {
        FollowUpKind::Unspecified => return Err(unreadable(it, "kind")),
        FollowUpKind::Lesson => (
            "What a lesson asks for".to_owned(),
            vec![somebody(&it.owner_id)],
            Matter::LessonDue,
            LESSONS,
        ),
        // Who is responsible stands there in words, such as a role: the managers see to it.
        FollowUpKind::Recommendation => (
            format!("A part of recommendation {}", it.number),
            vec![Audience::InsightManagers],
            Matter::RecommendationDue,
            RECOMMENDATIONS,
        ),
    };
    let on = in_words(date(it, "due_on", &it.due_on)?);
    let text = match it.step() {
        FollowUpStep::Unspecified => return Err(unreadable(it, "step")),
        FollowUpStep::Approaching => format!("{what} is due on {on}"),
        FollowUpStep::Overdue => format!("{what} was due on {on}"),
        FollowUpStep::Escalated => {
            audiences.push(Audience::InsightManagers);
            format!("{what} was due on {on} and is still open")
        }
    };
    Ok(Waiting {
        audiences,
        matter,
        topic: Topic::List(list),
        text,
    })
}

/// A due date of a complaint.
struct Due {
    owner: Vec<Audience>,
    topic: Topic,
    what: String,
    on: String,
}

fn due<E: Name>(event: &E, facts: Option<&DeadlineFacts>) -> Result<Due, Retry> {
    let facts = facts.ok_or_else(|| unreadable(event, "facts"))?;
    // What nobody has any more is nobody's own (3.4).
    let own_task = facts.own_task.as_ref();
    let own_task = own_task.filter(|_| !facts.owner_id.is_empty());
    Ok(Due {
        owner: read_by(somebody(&facts.owner_id), own_task),
        topic: complaint(event, &facts.complaint_id, &facts.reference)?,
        what: what(facts),
        on: in_words(date(event, "due_on", &facts.due_on)?),
    })
}

impl Due {
    /// It waits for whoever has to see to it.
    fn waits(self, matter: Matter, text: String) -> Waiting {
        Waiting {
            audiences: self.owner,
            matter,
            topic: self.topic,
            text,
        }
    }
}

/// Whoever has to see to something; while nobody does, all of Customer Insight.
fn somebody(owner_id: &str) -> Audience {
    owner_id
        .parse::<Uuid>()
        .map_or(Audience::Insight, Audience::Account)
}

/// Who is led to the complaint: nobody who does not read it, and is told of their own action instead (1.8 of the complaints policy).
fn read_by(audience: Audience, own_task: Option<&OwnTask>) -> Vec<Audience> {
    match own_task {
        Some(_) => Vec::new(),
        None => vec![audience],
    }
}

fn complaint<E: Name>(event: &E, complaint_id: &str, reference: &str) -> Result<Topic, Retry> {
    let id = id(event, "complaint_id", complaint_id)?;
    Ok(Topic::Complaint(id, reference.to_owned()))
}

fn what(facts: &DeadlineFacts) -> String {
    match facts.kind() {
        DeadlineKind::Acknowledgement => {
            format!("The acknowledgement of stage {}", facts.stage)
        }
        DeadlineKind::Response => format!("The response of stage {}", facts.stage),
        DeadlineKind::OutcomeReply => "Asking again which outcome the person seeks".to_owned(),
        DeadlineKind::ProgressUpdate => "An update to the person".to_owned(),
        DeadlineKind::Action => "An action that was promised".to_owned(),
        DeadlineKind::Correspondence => {
            "The answer to what the person wrote after the closing".to_owned()
        }
        DeadlineKind::Telling => "Telling the person what happened".to_owned(),
        DeadlineKind::Unspecified => "A step".to_owned(),
    }
}

fn asked_for(matter: ApprovalMatter) -> &'static str {
    match matter {
        ApprovalMatter::FurtherExtension => "more time for a response",
        ApprovalMatter::BehaviourExclusion => "not investigating because of behaviour",
        ApprovalMatter::Unspecified => "a request",
    }
}
