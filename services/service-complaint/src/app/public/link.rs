//! Private links: asked for, made at the moment of delivery, and opened (SC-15).

use chrono::{DateTime, Duration, NaiveDate, Utc};
use kit::Caller;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Public;
use crate::app::{Actor, App};
use crate::domain::complaint::Complaint;
use crate::domain::throttle::Rule;
use crate::error::Error;
use crate::events::{self, Announcement, Cause};
use crate::secret::{self, Kind};
use crate::store;
use crate::store::public::NewLink;

/// How long a link works.
const LINK_LIVES: Duration = Duration::days(180);
/// How many links of a complaint work: somebody who asks twice may open the first email.
const MOST_LINKS: i64 = 5;
/// How many emails with a link go out for a complaint in an hour: nobody fills another's mailbox.
const MOST_EMAILS: i64 = 3;
/// How long an email with a link is worth sending.
const WORTH_SENDING: Duration = Duration::days(2);

/// Who asks for a link, by what they know.
#[derive(Debug)]
pub struct Asked {
    /// The complaint's reference.
    pub reference: String,
    /// The email address that it was made with.
    pub email: String,
    /// Where it comes from.
    pub address: String,
}

/// A link that was made, and what stands beside it.
#[derive(Debug)]
pub struct Minted {
    /// Its secret.
    pub token: String,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// Whom to greet.
    pub name: String,
    /// Where it goes.
    pub email: String,
    /// The complaint's reference.
    pub reference: String,
    /// When it was received.
    pub received_on: NaiveDate,
    /// By when it is acknowledged.
    pub acknowledgement_due_on: NaiveDate,
}

impl App {
    /// Asks for an email with a private link, which is made when that goes out.
    pub(in crate::app) async fn announce_link(
        &self,
        tx: &mut PgConnection,
        complaint_id: Uuid,
        cause: Cause,
    ) -> Result<(), Error> {
        let (id, now) = (kit::id(), self.clock.now());
        store::public::insert_link_request(tx, id, complaint_id, now).await?;
        let requested = events::link_requested(complaint_id, id, cause, now + WORTH_SENDING);
        Announcement::from(requested).publish(tx).await?;
        Ok(())
    }
}

impl Public {
    /// Asks for a link by what the person knows. Whether there is such a complaint, nobody is told.
    pub async fn ask_for_link(&self, asked: Asked) -> Result<(), Error> {
        let mut tx = self.app.db.begin().await?;
        let counted = self.count(&mut tx, Rule::Link, &asked.address).await?;
        if let Err(refused) = counted {
            tx.commit().await?;
            return Err(refused);
        }
        let reference = asked.reference.to_uppercase();
        let complaint =
            store::public::complaint_of_person(&mut tx, &reference, &asked.email).await?;
        if let Some(complaint_id) = complaint {
            let since = self.app.clock.now() - Duration::hours(1);
            let emails = store::public::link_requests_since(&mut tx, complaint_id, since).await?;
            if emails < MOST_EMAILS {
                self.app
                    .announce_link(&mut tx, complaint_id, Cause::Asked)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Emails a new link because a colleague asks for it.
    pub async fn send_link(&self, caller: &Caller, complaint_id: Uuid) -> Result<(), Error> {
        let mut tx = self.app.db.begin().await?;
        let complaint = store::load(&mut tx, &[complaint_id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        let (now, actor) = (self.app.clock.now(), Actor::of(caller));
        complaint.is_open_to(actor.account_id)?;
        if complaint.user.email.is_empty() {
            return Err(Error::NoEmail);
        }
        let what = (complaint.id, complaint.stage());
        let text = "Sent the person a new private link";
        store::record_change(&mut tx, now, &actor, what, "link_sent", text).await?;
        self.app
            .announce_link(&mut tx, complaint.id, Cause::Asked)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes a link for an email that is about to go out. Each try makes another; the newest few work.
    pub async fn mint_link(&self, request_id: Uuid) -> Result<Minted, Error> {
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        let complaint_id = store::public::complaint_of_request(&mut *tx, request_id)
            .await?
            .ok_or(Error::NothingToSend)?;
        let complaint = store::load(&mut tx, &[complaint_id])
            .await?
            .pop()
            .filter(|it| !it.user.email.is_empty())
            .ok_or(Error::NothingToSend)?;
        let token = secret::random();
        let link = NewLink {
            id: kit::id(),
            complaint_id,
            token_hash: self.key.hash(Kind::Link, &token),
            made_at: now,
            expires_at: now + LINK_LIVES,
        };
        store::public::insert_link(&mut tx, &link, MOST_LINKS).await?;
        tx.commit().await?;
        Ok(Minted {
            token,
            expires_at: link.expires_at,
            acknowledgement_due_on: complaint.stage_one.clocks.acknowledgement.due(),
            name: complaint.user.name,
            email: complaint.user.email,
            reference: complaint.reference,
            received_on: complaint.received_on,
        })
    }

    /// The complaint of a link that works. That it was looked at through the link is recorded (WH-1).
    pub async fn open(&self, token: &str) -> Result<Complaint, Error> {
        let now = self.app.clock.now();
        let hash = self.key.hash(Kind::Link, token);
        let mut tx = self.app.db.begin().await?;
        let (id, _) = store::public::complaint_of_link(&mut *tx, &hash, now)
            .await?
            .ok_or(Error::NoSuchLink)?;
        let complaint = store::load(&mut tx, &[id])
            .await?
            .pop()
            .ok_or(Error::NoSuchLink)?;
        let actor = super::person::actor(&complaint);
        store::record_reads(&mut tx, now, &actor, &[id]).await?;
        tx.commit().await?;
        Ok(complaint)
    }
}
