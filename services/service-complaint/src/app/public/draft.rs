//! A form, from its first page to the complaint.

use chrono::{DateTime, NaiveDate, Utc};
use kit::Caller;
use sqlx::types::Json;
use uuid::Uuid;

use super::Public;
use crate::app::{Actor, Intake};
use crate::domain::complaint::{Channel, Complaint};
use crate::domain::exclusion::too_long_ago;
use crate::domain::throttle::{Rule, is_automated};
use crate::domain::webform::{Answers, Filled, Step};
use crate::error::Error;
use crate::events::{self, Announcement};
use crate::secret::{self, Kind};
use crate::store;
use crate::store::public::{DraftRow, WebformRow};

/// For how long a form is kept after its last change.
const KEPT: chrono::Duration = chrono::Duration::hours(24);
/// Whose request it is that a form becomes a complaint.
const ACTOR: &str = "service-user";

/// A form that was begun.
#[derive(Debug)]
pub struct Begun {
    /// Its secret.
    pub token: String,
    /// The form.
    pub form: Form,
}

/// A form as its browser sees it.
#[derive(Debug)]
pub struct Form {
    /// Its id.
    pub id: Uuid,
    /// What it holds; nothing once it was sent.
    pub answers: Answers,
    /// Whether what happened is longer ago than is usually looked at (2.6).
    pub too_long_ago: bool,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
    /// What became of it.
    pub sent: Option<Sent>,
}

/// A form that became a complaint.
#[derive(Debug)]
pub struct Sent {
    /// The complaint's reference.
    pub reference: String,
    /// When it was received.
    pub received_on: NaiveDate,
    /// By when it is acknowledged.
    pub acknowledgement_due_on: NaiveDate,
    /// Whether a receipt goes out by email.
    pub by_email: bool,
}

impl From<&Complaint> for Sent {
    fn from(complaint: &Complaint) -> Self {
        Self {
            reference: complaint.reference.clone(),
            received_on: complaint.received_on,
            acknowledgement_due_on: complaint.stage_one.clocks.acknowledgement.due(),
            by_email: !complaint.user.email.is_empty(),
        }
    }
}

/// The answers of a page, checked.
#[derive(Debug)]
pub struct Saved {
    /// The page.
    pub step: Step,
    /// Answers, of which those of the page are taken.
    pub answers: Answers,
}

/// A form that is to be sent.
#[derive(Debug)]
pub struct Sending {
    /// Its secret.
    pub token: String,
    /// What came in the field that people don't see.
    pub left_empty: String,
    /// Where it comes from.
    pub address: String,
}

impl Public {
    /// Begins a form.
    pub async fn begin(&self, address: &str) -> Result<Begun, Error> {
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        let counted = self.count(&mut tx, Rule::Begin, address).await?;
        if let Err(refused) = counted {
            tx.commit().await?;
            return Err(refused);
        }
        let token = secret::random();
        let draft = DraftRow {
            id: kit::id(),
            answers: Json(Answers::default()),
            started_at: now,
            expires_at: now + KEPT,
            sent_at: None,
        };
        let hash = self.key.hash(Kind::Draft, &token);
        store::public::insert_draft(&mut tx, &draft, &hash).await?;
        tx.commit().await?;
        let form = self.form(draft, None);
        Ok(Begun { token, form })
    }

    /// What a form holds, or what became of it.
    pub async fn draft(&self, token: &str) -> Result<Form, Error> {
        let mut tx = self.app.db.begin().await?;
        let draft = self.locked(&mut tx, token).await?;
        let sent = match draft.sent_at {
            Some(_) => store::load(&mut tx, &[draft.id]).await?.pop(),
            None => None,
        };
        tx.commit().await?;
        Ok(self.form(draft, sent.as_ref().map(Sent::from)))
    }

    /// Keeps the answers of a page.
    pub async fn save(&self, token: &str, saved: Saved) -> Result<Form, Error> {
        let mut tx = self.app.db.begin().await?;
        let mut draft = self.locked(&mut tx, token).await?;
        if draft.sent_at.is_some() {
            return Err(Error::AlreadySent);
        }
        take(&mut draft.answers, saved);
        draft.expires_at = self.app.clock.now() + KEPT;
        store::public::save_draft(&mut tx, &draft).await?;
        tx.commit().await?;
        Ok(self.form(draft, None))
    }

    /// Makes a complaint of a form, once however often it is asked for (1.6), with a receipt on its way.
    pub async fn send(&self, sending: Sending) -> Result<Form, Error> {
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        let mut draft = self.locked(&mut tx, &sending.token).await?;
        if draft.sent_at.is_some() {
            tx.commit().await?;
            return self.draft(&sending.token).await;
        }
        if is_automated(now - draft.started_at, &sending.left_empty) {
            return Err(Error::Automated);
        }
        let given = draft.answers.0.clone();
        let filled = given.clone().filled();
        let filled = filled.map_err(|_| Error::Incomplete)?;
        let counted = self.count(&mut tx, Rule::Send, &sending.address).await?;
        if let Err(refused) = counted {
            tx.commit().await?;
            return Err(refused);
        }

        let Filled {
            user,
            needs,
            summary,
            happened_on,
            desired_outcome,
            case_reference,
        } = filled;
        let today = self.app.clock.today();
        let webform = WebformRow {
            happened_on,
            too_long_ago: too_long_ago(happened_on, today),
            sent_at: now,
            answers: Some(Json(given)),
        };
        let actor = Actor {
            id: ACTOR.to_owned(),
            account_id: None,
            name: user.name.clone(),
            senior: false,
        };
        let intake = Intake {
            request_id: draft.id,
            user,
            channel: Channel::Webform,
            summary,
            received_on: today,
            needs,
            case_reference,
            origin: None,
        };
        let complaint = self
            .app
            .record_with(&mut tx, &actor, intake, (draft.id, desired_outcome))
            .await?
            .ok_or(Error::AlreadySent)?;
        store::public::insert_webform(&mut tx, complaint.id, &webform).await?;
        if !complaint.user.email.is_empty() {
            self.app
                .announce_link(&mut tx, complaint.id, events::Cause::Receipt)
                .await?;
        }
        draft.answers = Json(Answers::default());
        draft.sent_at = Some(now);
        draft.expires_at = now + KEPT;
        store::public::save_draft(&mut tx, &draft).await?;
        tx.commit().await?;
        Ok(self.form(draft, Some(Sent::from(&complaint))))
    }

    /// Throws away a form that was not sent; its files go with it.
    pub async fn discard(&self, token: &str) -> Result<(), Error> {
        let mut tx = self.app.db.begin().await?;
        let draft = self.locked(&mut tx, token).await?;
        if draft.sent_at.is_some() {
            return Err(Error::AlreadySent);
        }
        store::public::delete_draft(&mut tx, draft.id).await?;
        let discarded = Announcement::from(events::draft_discarded(draft.id));
        discarded.publish(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What came by the form, for those who deal with it.
    pub async fn webform(&self, caller: &Caller, complaint_id: Uuid) -> Result<WebformRow, Error> {
        self.app.may_read(caller, complaint_id).await?;
        store::public::webform(&self.app.db, complaint_id)
            .await?
            .ok_or(Error::NoSuchWebform)
    }

    async fn locked(&self, tx: &mut sqlx::PgConnection, token: &str) -> Result<DraftRow, Error> {
        let hash = self.key.hash(Kind::Draft, token);
        store::public::lock_draft(tx, &hash, self.app.clock.now())
            .await?
            .ok_or(Error::NoSuchDraft)
    }

    fn form(&self, draft: DraftRow, sent: Option<Sent>) -> Form {
        let answers = draft.answers.0;
        let today = self.app.clock.today();
        Form {
            id: draft.id,
            too_long_ago: answers
                .happened_on
                .is_some_and(|day| too_long_ago(day, today)),
            answers,
            expires_at: draft.expires_at,
            sent,
        }
    }
}

/// Takes over what belongs to a page, and nothing else.
fn take(kept: &mut Answers, Saved { step, answers }: Saved) {
    match step {
        Step::Kind => kept.kind = answers.kind,
        Step::Subject => kept.subject = answers.subject,
        Step::Name => kept.name = answers.name,
        Step::Format => kept.format = answers.format,
        Step::Contact => kept.contact = answers.contact,
        Step::Adjustments => kept.reasonable_adjustments = answers.reasonable_adjustments,
        Step::Vulnerabilities => kept.vulnerabilities = answers.vulnerabilities,
        Step::Summary => kept.summary = answers.summary,
        Step::Date => kept.happened_on = answers.happened_on,
        Step::Outcome => kept.desired_outcome = answers.desired_outcome,
        Step::Case => kept.case_reference = answers.case_reference,
        Step::Files => kept.files_done = true,
    }
}
