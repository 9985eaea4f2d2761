//! Telling colleagues of service complaints, and of what is followed up (SC-10, SC-13, SC-16).

use outbox::{Event, Retry};
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use super::telling::Telling;
use crate::domain::{Audience, Matter, Recipient, Team, Topic};
use crate::store;

/// Something that waits for colleagues.
#[derive(Debug)]
pub struct InsightNews<'a> {
    /// What it is.
    pub matter: Matter,
    /// What it is about.
    pub topic: Topic<'a>,
    /// In a sentence, for the portal.
    pub text: &'a str,
}

impl App {
    /// Tells colleagues of something that waits for them, in the bell and by email. What somebody was to see to who has left, or has an interest in the
    /// complaint (policy 3.4), is told to all of Customer Insight, and so is what nobody sees to yet.
    pub async fn tell_insight(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        to: &[Audience],
        news: &InsightNews<'_>,
    ) -> Result<(), Retry> {
        let mut audiences: Vec<Audience> = Vec::new();
        for audience in to {
            let audience = match *audience {
                Audience::Account(id) if store::has_left(&mut *tx, id).await? => Audience::Insight,
                Audience::Account(id) if has_interest(&mut *tx, id, news.topic).await? => {
                    Audience::Insight
                }
                audience => audience,
            };
            // The managers are part of Customer Insight.
            let heard =
                audience == Audience::InsightManagers && audiences.contains(&Audience::Insight);
            if !heard && !audiences.contains(&audience) {
                audiences.push(audience);
            }
        }
        let mut told: Vec<Recipient> = Vec::new();
        for audience in audiences {
            let recipient = self.address_of(audience);
            let recipient = recipient.filter(|recipient| !told.contains(recipient));
            told.extend(recipient);
            let telling = Telling {
                event_id: event.id,
                occurred_at: event.occurred_at,
                matter: news.matter,
                topic: news.topic,
                deadline: None,
                expires_at: None,
                recipient,
                notice: Some((audience, news.text)),
            };
            self.tell(tx, &telling).await?;
        }
        Ok(())
    }

    /// Keeps that somebody has an interest in a service complaint: they hear nothing of it any more, and the bell shows them nothing that they heard
    /// (policy 3.4).
    pub async fn keep_interest(
        &self,
        tx: &mut PgConnection,
        account_id: Uuid,
        complaint_reference: &str,
    ) -> Result<(), Retry> {
        Ok(store::notices::keep_interest(tx, account_id, complaint_reference).await?)
    }

    /// Where an audience hears of service complaints by email. The senior colleagues share no address apart from their teams, whose business
    /// complaints are not (1.8): they find it in the portal.
    fn address_of(&self, audience: Audience) -> Option<Recipient> {
        match audience {
            Audience::Account(id) => Some(Recipient::Account(id)),
            Audience::Insight | Audience::InsightManagers => self.shared(Team::CustomerInsight),
            Audience::Seniors | Audience::Casework | Audience::Landlord(_) => None,
        }
    }
}

/// Whether somebody has an interest in the service complaint that something is about.
async fn has_interest(
    tx: &mut PgConnection,
    account_id: Uuid,
    topic: Topic<'_>,
) -> Result<bool, Retry> {
    match topic {
        Topic::Complaint { reference, .. } => {
            Ok(store::notices::has_interest(tx, account_id, reference).await?)
        }
        Topic::Account | Topic::Case(_) | Topic::List(_) => Ok(false),
    }
}
