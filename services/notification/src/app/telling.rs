//! Telling people, in the transaction of the event that they are told of: a notice for the bell, and an email on its way.

use casefile::{CaseFile, Visibility};
use chrono::{DateTime, Utc};
use outbox::{Event, Retry};
use proto::case::v1 as pb;
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use crate::domain::table::Who;
use crate::domain::{Audience, Matter, Recipient, Team, Topic, Urgency};
use crate::store;
use crate::store::emails::NewEmail;
use crate::store::news::Deadline;
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
    /// What it reminds of.
    pub deadline: Option<Deadline>,
}

/// An event about a case came before the case itself; later it will be known.
#[derive(Debug, thiserror::Error)]
#[error("the case {0} is not known yet")]
pub struct UnknownCase(Uuid);

/// A notice or an email to be.
#[derive(Clone)]
pub(super) struct Telling<'a> {
    pub(super) event_id: Uuid,
    pub(super) occurred_at: DateTime<Utc>,
    pub(super) matter: Matter,
    pub(super) topic: Topic<'a>,
    pub(super) deadline: Option<Deadline>,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) recipient: Option<Recipient>,
    pub(super) notice: Option<(Audience, &'a str)>,
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
            topic: Topic::Account,
            deadline: None,
            expires_at: Some(expires_at),
            recipient: Some(recipient),
            notice: None,
        };
        self.tell(tx, &telling).await?;
        Ok(())
    }

    /// Puts a letter about a service complaint on its way (SC-12).
    pub async fn send_letter(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        letter_id: Uuid,
    ) -> Result<(), Retry> {
        let to = Recipient::Letter(letter_id);
        self.send_written(
            tx,
            event,
            Matter::ServiceComplaintLetter,
            Topic::Account,
            to,
        )
        .await
    }

    /// Puts a progress update on its way to the complainant of a case (CA-10).
    pub async fn send_update(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        case_id: Uuid,
        update_id: Uuid,
    ) -> Result<(), Retry> {
        let to = Recipient::Update(update_id);
        self.send_written(tx, event, Matter::ProgressUpdate, Topic::Case(case_id), to)
            .await
    }

    /// Puts what another service has written on its way. Its address and words come when it is delivered, and stay in no table here.
    async fn send_written(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        matter: Matter,
        topic: Topic<'_>,
        to: Recipient,
    ) -> Result<(), Retry> {
        let telling = Telling {
            event_id: event.id,
            occurred_at: event.occurred_at,
            matter,
            topic,
            deadline: None,
            expires_at: None,
            recipient: Some(to),
            notice: None,
        };
        self.tell(tx, &telling).await?;
        Ok(())
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
            topic: Topic::Account,
            deadline: None,
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

    /// Tells people of something that happened on a case (NO-1).
    pub async fn tell_of_case(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        to: &[Who],
        news: &CaseNews<'_>,
    ) -> Result<(), Retry> {
        let case = casefile::find(&mut *tx, news.case_id)
            .await?
            .ok_or(UnknownCase(news.case_id))?;
        if news.matter.is_reminder() && !self.is_worth_reminding(tx, &case, news).await? {
            return Ok(());
        }
        let team = self.team_address(tx, &case).await?;
        let mut told: Vec<Recipient> = Vec::new();
        for who in to {
            let (recipient, audience) = match who {
                Who::Landlord => (
                    self.landlord_recipient(tx, &case).await?,
                    Audience::Landlord(case.landlord_id),
                ),
                Who::Owner => self.owner(tx, &case, team).await?,
                Who::Seniors => (team, Audience::Seniors),
                // News of accounts and of complaints about the ombudsman has ways of its own.
                Who::Asker
                | Who::Complainant
                | Who::Holder
                | Who::Handler
                | Who::InsightManagers
                | Who::Addressee => continue,
            };
            // A team that hears of a case that nobody owns hears once of what is escalated.
            let recipient = recipient.filter(|recipient| !told.contains(recipient));
            told.extend(recipient);
            let telling = Telling {
                event_id: event.id,
                occurred_at: event.occurred_at,
                matter: news.matter,
                topic: Topic::Case(case.case_id),
                deadline: news.deadline,
                expires_at: None,
                recipient,
                notice: Some((audience, news.text)),
            };
            self.tell(tx, &telling).await?;
        }
        Ok(())
    }

    /// Reminders stop when the case is closed or what they remind of has ended or has another date (NO-4).
    async fn is_worth_reminding(
        &self,
        tx: &mut PgConnection,
        case: &CaseFile,
        news: &CaseNews<'_>,
    ) -> sqlx::Result<bool> {
        if case.closed_on.is_some() {
            return Ok(false);
        }
        match news.deadline {
            Some(deadline) => {
                store::news::is_due(&mut *tx, deadline.subject_id, deadline.due_on).await
            }
            None => Ok(true),
        }
    }

    /// The administrator of the landlord, unless an email about the case would lead nowhere because the landlord can't see it (CA-4).
    async fn landlord_recipient(
        &self,
        tx: &mut PgConnection,
        case: &CaseFile,
    ) -> sqlx::Result<Option<Recipient>> {
        let activated_on = store::activated_on(&mut *tx, case.landlord_id).await?;
        let seen = Visibility::of_landlord(case.landlord_id, activated_on, self.clock.today());
        Ok(seen
            .shows(case.landlord_id, case.closed_on)
            .then_some(Recipient::Landlord(case.landlord_id)))
    }

    /// Who sees to a case: its owner, or its team while nobody owns it or the owner has left.
    async fn owner(
        &self,
        tx: &mut PgConnection,
        case: &CaseFile,
        team: Option<Recipient>,
    ) -> sqlx::Result<(Option<Recipient>, Audience)> {
        match case.owner_account_id {
            Some(owner) if !store::has_left(&mut *tx, owner).await? => {
                Ok((Some(Recipient::Account(owner)), Audience::Account(owner)))
            }
            _ => Ok((team, Audience::Casework)),
        }
    }

    /// Where the team that has a case hears of it, if it shares an address.
    async fn team_address(
        &self,
        tx: &mut PgConnection,
        case: &CaseFile,
    ) -> sqlx::Result<Option<Recipient>> {
        let number = store::news::team(&mut *tx, case.case_id).await?;
        Ok(number
            .and_then(casework_team)
            .and_then(|team| self.shared(team)))
    }

    /// The address that the team of a case shares, if it has one.
    pub(crate) async fn casework_address(&self, case_id: Uuid) -> sqlx::Result<Option<String>> {
        let number = store::news::team(&self.db, case_id).await?;
        Ok(number
            .and_then(casework_team)
            .and_then(|team| self.manners.teams.of(team))
            .map(str::to_owned))
    }

    /// The address that a team shares, if it has one.
    pub(super) fn shared(&self, team: Team) -> Option<Recipient> {
        let address = self.manners.teams.of(team);
        address.map(|_| Recipient::Team(team))
    }

    /// Who sees to a case instead of an account that can't log in: its owner by now, or its team.
    pub(super) async fn instead_of(
        &self,
        tx: &mut PgConnection,
        account_id: Uuid,
        case: &CaseFile,
    ) -> sqlx::Result<(Option<Recipient>, Audience)> {
        let team = self.team_address(tx, case).await?;
        let owner = self.owner(tx, case, team).await?;
        Ok(if owner.1 == Audience::Account(account_id) {
            (team, Audience::Casework)
        } else {
            owner
        })
    }

    /// Tells staff that a mail server refused an email (NO-3): in the portal only, as another email might be refused as well.
    pub async fn tell_of_refusal(
        &self,
        tx: &mut PgConnection,
        event_id: Uuid,
        topic: Topic<'_>,
    ) -> sqlx::Result<()> {
        let case = match topic {
            Topic::Case(case_id) => casefile::find(&mut *tx, case_id).await?,
            _ => None,
        };
        let (audience, text) = match (&case, topic) {
            (Some(case), _) => (
                self.owner(tx, case, None).await?.1,
                "A mail server refused an email about this case",
            ),
            // Casework hears nothing of service complaints (1.8).
            (None, Topic::Complaint { .. } | Topic::List(_)) => (
                Audience::Insight,
                "A mail server refused an email to a colleague",
            ),
            (None, _) => (
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
            complaint_reference: topic.complaint_reference(),
            email_id: None,
            now: self.clock.now(),
        };
        store::notices::raise(tx, kit::id(), &notice).await
    }

    pub(super) async fn tell(
        &self,
        tx: &mut PgConnection,
        telling: &Telling<'_>,
    ) -> sqlx::Result<()> {
        let now = self.clock.now();
        let email_id = match telling.recipient {
            Some(recipient) => Some(self.queue(tx, telling, recipient, now).await?),
            None => None,
        };
        let Some((audience, text)) = telling.notice else {
            return Ok(());
        };
        let notice = NewNotice {
            event_id: telling.event_id,
            audience,
            matter: telling.matter,
            text,
            case_id: telling.topic.case_id(),
            complaint_reference: telling.topic.complaint_reference(),
            email_id,
            now,
        };
        // A burst of uploads is one notice, which is new again with each of them (DO-6).
        if telling.matter.is_counted()
            && store::notices::add_to_burst(tx, &notice, now - self.manners.gather).await?
        {
            return Ok(());
        }
        store::notices::raise(tx, kit::id(), &notice).await
    }

    /// Puts an email on its way, or lets the news join the one that gathers its burst; gives the email.
    async fn queue(
        &self,
        tx: &mut PgConnection,
        telling: &Telling<'_>,
        recipient: Recipient,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Uuid> {
        let topic = telling.topic;
        let due = match topic.case_id().or(topic.about_id()) {
            Some(id) => self.due(tx, telling.matter, recipient, id, now).await?,
            None => now,
        };
        let send_at = self.send_at(telling.matter, due);
        let new = NewEmail {
            event_id: telling.event_id,
            matter: telling.matter,
            recipient,
            topic,
            deadline: telling.deadline,
            occurred_at: telling.occurred_at,
            expires_at: telling.expires_at,
            now,
            send_at,
            held_until: Some(send_at).filter(|send_at| *send_at > due),
            trace: outbox::trace::capture(),
        };
        store::emails::queue(tx, kit::id(), &new).await
    }

    /// When news of a case or a complaint is due: the first that can't wait at once, whatever follows soon after it together, and what can wait when its
    /// burst is over (NO-4).
    async fn due(
        &self,
        tx: &mut PgConnection,
        matter: Matter,
        recipient: Recipient,
        about_id: Uuid,
        now: DateTime<Utc>,
    ) -> sqlx::Result<DateTime<Utc>> {
        let released_at = store::news::lock_burst(tx, recipient, about_id).await?;
        match matter.urgency() {
            Urgency::AnyHour => Ok(now),
            Urgency::Gathered => Ok(now + self.manners.gather),
            Urgency::AtOnce => {
                let next = released_at.map(|at| at + self.manners.gather);
                if let Some(next) = next.filter(|next| *next > now) {
                    return Ok(next);
                }
                if self.manners.quiet.end(now).is_none() {
                    store::news::release_burst(tx, recipient, about_id, now).await?;
                }
                Ok(now)
            }
        }
    }
}

/// The team that has a case, by the number of the wire.
fn casework_team(number: i32) -> Option<Team> {
    pb::Team::try_from(number).ok().and_then(Team::from_wire)
}
