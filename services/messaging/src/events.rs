//! What others hear from conversations.

use chrono::{DateTime, NaiveDate, Utc};
use kit::time::{iso, iso_opt, timestamp};
use proto::messaging::v1::{
    self as pb, MessagePosted, ReplyFacts, ReplyOutcome, ReplyRedated, ReplySettled,
};

use crate::domain::reply::{Outcome, Reply};
use crate::domain::{Message, Side};
use crate::store::sweep::Claimed;

/// A message was sent. Its text stays here (NO-1).
#[must_use]
pub fn posted(message: &Message, reply_due_on: Option<NaiveDate>) -> MessagePosted {
    MessagePosted {
        message_id: message.id.to_string(),
        case_id: message.case_id.to_string(),
        side: pb::Side::from(message.side).into(),
        author_name: message.author_name.clone(),
        sent_at: Some(timestamp(message.sent_at)),
        reply_due_on: iso_opt(reply_due_on),
        technical_issue: message.technical_issue,
    }
}

/// An answer is owed no longer.
#[must_use]
pub fn settled(reply: &Reply, outcome: Outcome, at: DateTime<Utc>, actor: &str) -> ReplySettled {
    ReplySettled {
        facts: Some(facts(reply)),
        outcome: ReplyOutcome::from(outcome).into(),
        actor: actor.to_owned(),
        settled_at: Some(timestamp(at)),
    }
}

/// An answer is due on another date than before.
#[must_use]
pub fn redated(reply: &Reply, previous: NaiveDate, actor: &str) -> ReplyRedated {
    ReplyRedated {
        facts: Some(facts(reply)),
        previous_due_on: iso(previous),
        actor: actor.to_owned(),
    }
}

/// The facts of a reply that a notice is raised of.
#[must_use]
pub fn claimed(reply: &Claimed) -> ReplyFacts {
    let Claimed {
        id,
        case_id,
        message_id,
        technical_issue,
        awaited_since,
        due_on,
    } = reply;
    ReplyFacts {
        reply_id: id.to_string(),
        case_id: case_id.to_string(),
        message_id: message_id.to_string(),
        technical_issue: *technical_issue,
        awaited_since: Some(timestamp(*awaited_since)),
        due_on: iso(*due_on),
    }
}

fn facts(reply: &Reply) -> ReplyFacts {
    ReplyFacts {
        reply_id: reply.id.to_string(),
        case_id: reply.case_id.to_string(),
        message_id: reply.message_id.to_string(),
        technical_issue: reply.technical_issue,
        awaited_since: Some(timestamp(reply.awaited_since)),
        due_on: iso(reply.due_on()),
    }
}

impl From<Outcome> for ReplyOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Answered => Self::Answered,
            Outcome::NotNeeded => Self::NotNeeded,
            Outcome::CaseClosed => Self::CaseClosed,
            Outcome::Replaced => Self::Replaced,
        }
    }
}

impl From<Side> for pb::Side {
    fn from(side: Side) -> Self {
        match side {
            Side::Landlord => Self::Landlord,
            Side::Ombudsman => Self::Ombudsman,
        }
    }
}
