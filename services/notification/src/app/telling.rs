//! Telling people, in the transaction of the event that they are told of: a notice for the bell, and an email on its way.

use casefile::{CaseFile, Visibility};
use chrono::{DateTime, Utc};
use outbox::{Event, Retry};
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use crate::domain::{Audience, Matter, Recipient};
use crate::store;
use crate::store::emails::NewEmail;
use crate::store::notices::NewNotice;

/// Something that happened to an account.
#[derive(Debug)]
pub struct AccountNews {
    /// What it is.
    pub matter: Matter,
    /// The account.
    pub account_id: Uuid,
    /// A former address of it that is told as well.
    pub former_address_id: Option<Uuid>,
    /// In a sentence, for the portal.
    pub text: &'static str,
    /// When.
    pub occurred_at: DateTime<Utc>,
}

/// Something that happened on a case.
#[derive(Debug)]
pub struct CaseNews<'a> {
    /// What it is.
    pub matter: Matter,
    /// The case.
    pub case_id: Uuid,
    /// In a sentence, for the portal.
    pub text: &'a str,
}

/// An event about a case came before the case itself; later it will be known.
#[derive(Debug, thiserror::Error)]
#[error("the case {0} is not known yet")]
pub struct UnknownCase(Uuid);

/// A notice or an email to be.
struct Telling<'a> {
    event_id: Uuid,
    occurred_at: DateTime<Utc>,
    matter: Matter,
    case_id: Option<Uuid>,
    expires_at: Option<DateTime<Utc>>,
    recipient: Option<Recipient>,
    notice: Option<(Audience, &'a str)>,
}

impl App {
    /// Sends a code or a link (ID-3, ID-4). A newer one takes the place of those that still wait.
    pub async fn send_secret(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        matter: Matter,
        recipient: Recipient,
        expires_at: DateTime<Utc>,
    ) -> Result<(), Retry> {
        store::emails::supersede(tx, recipient).await?;
        let telling = Telling {
            event_id: event.id,
            occurred_at: event.occurred_at,
            matter,
            case_id: None,
            expires_at: Some(expires_at),
            recipient: Some(recipient),
            notice: None,
        };
        self.tell(tx, &telling).await
    }

    /// Tells the holder of an account what happened to it, at its present address and at a former one where there is one (ID-1).
    pub async fn tell_holder(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        news: &AccountNews,
    ) -> Result<(), Retry> {
        let &AccountNews {
            matter,
            account_id,
            former_address_id,
            text,
            occurred_at,
        } = news;
        let telling = Telling {
            event_id: event.id,
            occurred_at,
            matter,
            case_id: None,
            expires_at: None,
            recipient: Some(Recipient::Account(account_id)),
            notice: Some((Audience::Account(account_id), text)),
        };
        self.tell(tx, &telling).await?;
        if let Some(former) = former_address_id {
            let telling = Telling {
                recipient: Some(Recipient::FormerAddress(former)),
                notice: None,
                ..telling
            };
            self.tell(tx, &telling).await?;
        }
        Ok(())
    }

    /// Tells the landlord: its accounts in the portal, its administrator by email (NO-1).
    pub async fn tell_landlord(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        news: &CaseNews<'_>,
    ) -> Result<(), Retry> {
        let case = case(tx, news.case_id).await?;
        if news.matter.is_reminder() && case.closed_on.is_some() {
            return Ok(());
        }
        let activated_on = store::activated_on(&mut *tx, case.landlord_id).await?;
        let seen = Visibility::of_landlord(case.landlord_id, activated_on, self.clock.today());
        let telling = Telling {
            event_id: event.id,
            occurred_at: event.occurred_at,
            matter: news.matter,
            case_id: Some(case.case_id),
            expires_at: None,
            // An email about a case that the landlord can't see would lead nowhere (CA-4).
            recipient: seen
                .shows(case.landlord_id, case.closed_on)
                .then_some(Recipient::Landlord(case.landlord_id)),
            notice: Some((Audience::Landlord(case.landlord_id), news.text)),
        };
        self.tell(tx, &telling).await
    }

    /// Tells the case owner. While nobody owns the case, everyone in casework finds it in the portal.
    pub async fn tell_owner(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        news: &CaseNews<'_>,
    ) -> Result<(), Retry> {
        let case = case(tx, news.case_id).await?;
        let telling = Telling {
            event_id: event.id,
            occurred_at: event.occurred_at,
            matter: news.matter,
            case_id: Some(case.case_id),
            expires_at: None,
            recipient: case.owner_account_id.map(Recipient::Account),
            notice: Some((casework(&case), news.text)),
        };
        self.tell(tx, &telling).await
    }

    /// Tells staff that a mail server refused an email (NO-3): in the portal only, as another email might be refused as well.
    pub async fn tell_of_refusal(
        &self,
        tx: &mut PgConnection,
        event_id: Uuid,
        case_id: Option<Uuid>,
    ) -> sqlx::Result<()> {
        let case = match case_id {
            Some(case_id) => casefile::find(&mut *tx, case_id).await?,
            None => None,
        };
        let (audience, text) = match &case {
            Some(case) => (
                casework(case),
                "A mail server refused an email about this case",
            ),
            None => (
                Audience::Casework,
                "A mail server refused an email about an account; a system administrator can see which",
            ),
        };
        let notice = NewNotice {
            event_id,
            audience,
            matter: Matter::EmailRefused,
            text,
            case_id: case.map(|case| case.case_id),
            email_id: None,
            now: self.clock.now(),
        };
        store::notices::raise(tx, kit::id(), &notice).await
    }

    async fn tell(&self, tx: &mut PgConnection, telling: &Telling<'_>) -> Result<(), Retry> {
        let &Telling {
            event_id,
            occurred_at,
            matter,
            case_id,
            expires_at,
            recipient,
            notice,
        } = telling;
        let now = self.clock.now();
        let send_at = if matter.is_gathered() {
            now + self.gather
        } else {
            now
        };
        let email = match recipient {
            Some(recipient) => {
                let trace = outbox::trace::capture();
                let new = NewEmail {
                    event_id,
                    matter,
                    recipient,
                    case_id,
                    occurred_at,
                    expires_at,
                    now,
                    send_at,
                    trace,
                };
                Some(store::emails::queue(tx, kit::id(), &new).await?)
            }
            None => None,
        };
        // An event that joined a waiting email is told of by that email's notice.
        let joined = email.is_some_and(|email| !email.fresh);
        if let Some((audience, text)) = notice
            && !joined
        {
            let email_id = email.map(|email| email.id);
            let new = NewNotice {
                event_id,
                audience,
                matter,
                text,
                case_id,
                email_id,
                now,
            };
            store::notices::raise(tx, kit::id(), &new).await?;
        }
        Ok(())
    }
}

async fn case(tx: &mut PgConnection, case_id: Uuid) -> Result<CaseFile, Retry> {
    Ok(casefile::find(tx, case_id)
        .await?
        .ok_or(UnknownCase(case_id))?)
}

fn casework(case: &CaseFile) -> Audience {
    case.owner_account_id
        .map_or(Audience::Casework, Audience::Account)
}
