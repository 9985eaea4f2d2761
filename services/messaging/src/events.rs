//! What others hear from conversations.

use proto::messaging::v1::{self as pb, MessagePosted};

use crate::domain::{Message, Side};

/// A message was sent. Its text stays here (NO-1).
#[must_use]
pub fn posted(message: &Message) -> MessagePosted {
    MessagePosted {
        message_id: message.id.to_string(),
        case_id: message.case_id.to_string(),
        side: pb::Side::from(message.side).into(),
        author_name: message.author_name.clone(),
        sent_at: Some(kit::time::timestamp(message.sent_at)),
        ..MessagePosted::default()
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
