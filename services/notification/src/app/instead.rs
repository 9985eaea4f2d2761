//! Telling others what somebody was to hear who can't log in any more (NO-1, NO-3).
//!
//! Identity says at the moment of delivery whether an account can log in. Whoever left before this service heard of it, or is kept out for a
//! while, gets no email; what it was to say goes to those who see to the matter instead, in the bell and by email.

use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use super::telling::Telling;
use crate::domain::{Audience, Recipient, Team, Topic, news};
use crate::store;
use crate::store::emails::Claimed;
use crate::store::news::Deadline;

impl App {
    /// Tells others what an email to an account was to say. Each hears of an event once, however they came to hear of it.
    pub(crate) async fn tell_instead(
        &self,
        tx: &mut PgConnection,
        email: &Claimed,
        account_id: Uuid,
    ) -> sqlx::Result<()> {
        let topic = email.topic();
        let mut closed = false;
        let (recipient, audience) = match topic {
            Topic::Case(case_id) => match casefile::find(&mut *tx, case_id).await? {
                Some(case) => {
                    closed = case.closed_on.is_some();
                    self.instead_of(tx, account_id, &case).await?
                }
                None => (None, Audience::Casework),
            },
            Topic::Complaint { .. } | Topic::List(_) => {
                (self.shared(Team::CustomerInsight), Audience::Insight)
            }
            // Nobody else is told of an account.
            Topic::Account => return Ok(()),
        };
        let own = Audience::Account(account_id).to_string();
        let audience_key = audience.to_string();
        for it in store::news::untold(tx, email.id, &own, recipient, &audience_key).await? {
            if it.matter.is_over(closed, it.still_due) {
                continue;
            }
            let sentence = news::sentences(&[(it.matter, 1)]).join(" ");
            let text = it.text.as_deref().unwrap_or(&sentence);
            let deadline = it.subject_id.zip(it.due_on);
            let telling = Telling {
                event_id: it.event_id,
                occurred_at: email.occurred_at,
                matter: it.matter,
                topic,
                deadline: deadline.map(|(subject_id, due_on)| Deadline {
                    subject_id,
                    open: true,
                    due_on,
                    version: 0,
                }),
                expires_at: email.expires_at,
                recipient: recipient.filter(|_| !it.emailed),
                notice: Some((audience, text)).filter(|_| !it.noticed),
            };
            self.tell(tx, &telling).await?;
        }
        Ok(())
    }
}

/// The account whose news others can hear, when it can't.
pub(crate) fn account_of(email: &Claimed) -> Option<Uuid> {
    match (email.recipient, email.topic()) {
        (_, Topic::Account) => None,
        (Recipient::Account(id), _) => Some(id),
        _ => None,
    }
}
