//! Letters are drafted, looked at as they would be, and sent with the step that they tell of.

use kit::Caller;
use kit::page::Page;
use sqlx::types::Json;
use uuid::Uuid;

use super::sending::{fit, prepare};
use super::{Actor, App, Target, Work};
use crate::domain::complaint::{Format, Standing};
use crate::domain::letter::faults::Fault;
use crate::domain::letter::plain::Checked;
use crate::domain::letter::text::plain_text;
use crate::domain::letter::{Delivery, Kind, Words};
use crate::error::Error;
use crate::events;
use crate::render::{render, unprintable};
use crate::store;
use crate::store::letters::{Draft, Letter, NewLetter, Place};

/// A draft to save.
#[derive(Debug, Clone)]
pub struct Drafting {
    /// The draft; of a new one an id of the caller's own.
    pub id: Uuid,
    /// Its version; 0 for a new one.
    pub version: i64,
    /// The complaint.
    pub complaint_id: Uuid,
    /// What it is for.
    pub kind: Kind,
    /// What the writer gives.
    pub words: Words,
}

/// A draft, with the letter that it makes today.
#[derive(Debug)]
pub struct Drafted {
    /// The draft.
    pub draft: Draft,
    /// The complaint's version that the letter was made from.
    pub complaint_version: i64,
    /// The letter's subject.
    pub subject: String,
    /// The letter as plain text.
    pub text: String,
    /// How it would reach the person.
    pub delivery: Delivery,
    /// In which format.
    pub format: Format,
    /// What is missing.
    pub faults: Vec<Fault>,
    /// Why the procedure does not allow its step now.
    pub refusal: Option<Error>,
    /// What is not plain English.
    pub checked: Checked,
    /// As it would be printed, if that was asked for and it goes on paper.
    pub pdf: Option<Vec<u8>>,
}

/// A draft to send.
#[derive(Debug, Clone, Copy)]
pub struct SendingLetter {
    /// The draft.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
    /// The complaint's version that the letter was made from.
    pub complaint_version: i64,
    /// Whether what is not plain English is sent all the same.
    pub findings_confirmed: bool,
}

impl App {
    /// Saves a draft, as far as it is written. Whoever drafts has a part in the stage (4.15).
    pub async fn save_draft(&self, caller: &Caller, drafting: Drafting) -> Result<Draft, Error> {
        let actor = Actor::of(caller);
        let now = self.clock.now();
        let draft = Draft {
            id: drafting.id,
            complaint_id: drafting.complaint_id,
            kind: drafting.kind,
            words: Json(drafting.words),
            version: drafting.version,
            changed_by: actor.name.clone(),
            changed_at: now,
        };
        let mut tx = self.db.begin().await?;
        let complaint = store::load(&mut tx, &[draft.complaint_id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        complaint.is_open_to(actor.account_id)?;
        let of_the_review = matches!(
            (draft.kind, &complaint.standing),
            (Kind::StageTwoResponse, Standing::Reviewed)
                | (Kind::EscalationRefused, Standing::Requested)
        );
        if of_the_review {
            complaint.may_be_reviewed_by(actor.account_id)?;
        }
        let there = store::letters::draft(&mut *tx, draft.id).await?;
        if let Some(there) = &there {
            if (there.complaint_id, there.kind) != (draft.complaint_id, draft.kind) {
                return Err(Error::OtherDraft);
            }
            if draft.version == 0 {
                // The same request once more.
                let same = there.words == draft.words && there.version == 1;
                return same.then(|| there.clone()).ok_or(Error::Stale);
            }
        }
        let saved = if draft.version == 0 {
            let new = Draft {
                version: 1,
                ..draft
            };
            let added = store::letters::insert_draft(&mut tx, &new).await?;
            added.then_some(new).ok_or(Error::Stale)?
        } else {
            let saved = store::letters::save_draft(&mut tx, &draft).await?;
            let gone = if there.is_none() {
                Error::NoSuchLetterDraft
            } else {
                Error::Stale
            };
            saved.ok_or(gone)?
        };
        let what = (complaint.id, complaint.stage());
        let text = format!("Wrote at {}", saved.kind.label());
        store::record_change(&mut tx, now, &actor, what, "letter_drafted", &text).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// A draft, with the letter that it makes today.
    pub async fn draft(
        &self,
        caller: &Caller,
        (id, as_pdf): (Uuid, bool),
    ) -> Result<Drafted, Error> {
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let draft = store::letters::draft(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchLetterDraft)?;
        let complaint = store::load(&mut tx, &[draft.complaint_id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        complaint.is_open_to(actor.account_id)?;
        let now = self.clock.now();
        store::record_reads(&mut tx, now, &actor, &[complaint.id]).await?;
        tx.commit().await?;
        let work = Work {
            calendar: &self.calendar,
            actor: &actor,
            now,
            today: self.today(),
        };
        let prepared = prepare(&draft, &complaint, &work, &self.manner);
        let text = plain_text(&prepared.document);
        let delivery = Delivery::to(&complaint.user);
        let pdf = if as_pdf && unprintable(&prepared.document).is_empty() {
            render(&prepared.document, complaint.user.format, delivery)?.pdf
        } else {
            None
        };
        Ok(Drafted {
            complaint_version: complaint.version,
            subject: prepared.document.subject,
            delivery,
            format: complaint.user.format,
            faults: prepared.faults,
            refusal: prepared.stepped.err(),
            checked: self
                .manner
                .plain_english
                .check(&text, complaint.user.format),
            text: text.text,
            pdf,
            draft,
        })
    }

    /// Throws a draft away.
    pub async fn discard_draft(
        &self,
        caller: &Caller,
        (id, version): (Uuid, i64),
    ) -> Result<Draft, Error> {
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let draft = store::letters::draft(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchLetterDraft)?;
        let complaint = store::load(&mut tx, &[draft.complaint_id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        complaint.is_open_to(actor.account_id)?;
        if !store::letters::delete_draft(&mut tx, id, version).await? {
            return Err(Error::Stale);
        }
        let what = (complaint.id, complaint.stage());
        let text = format!("Threw away a draft of {}", draft.kind.label());
        let now = self.clock.now();
        store::record_change(&mut tx, now, &actor, what, "letter_discarded", &text).await?;
        tx.commit().await?;
        Ok(draft)
    }

    /// Sends a draft: its step of the procedure, the letter as it is kept, and its announcement are one transaction.
    pub async fn send_letter(
        &self,
        caller: &Caller,
        sending: SendingLetter,
    ) -> Result<Letter, Error> {
        let draft = store::letters::draft(&self.db, sending.id)
            .await?
            .ok_or(Error::NoSuchLetterDraft)?;
        if draft.version != sending.version {
            return Err(Error::Stale);
        }
        let target = Target {
            id: draft.complaint_id,
            version: sending.complaint_version,
        };
        self.step(caller, target, |complaint, work| {
            let prepared = prepare(&draft, complaint, work, &self.manner);
            let (after, done) = fit(prepared.stepped, prepared.faults)?;
            let (format, delivery) = (after.user.format, Delivery::to(&after.user));
            let rendered = render(&prepared.document, format, delivery)?;
            let Checked { findings, .. } = self.manner.plain_english.check(&rendered.text, format);
            if !findings.is_empty() && !sending.findings_confirmed {
                return Err(Error::NotPlain(findings));
            }
            let letter = NewLetter {
                id: draft.id,
                draft_version: Some(draft.version),
                repeats: None,
                kind: draft.kind,
                subject: prepared.document.subject.clone(),
                text: rendered.text.text,
                html: rendered.html,
                pdf: rendered.pdf,
                document: prepared.document,
                format,
                delivery,
                addressee: after.user.name.clone(),
                address: delivery.address(&after.user).to_owned(),
                words: draft.words.0.clone(),
                findings,
            };
            *complaint = after;
            let announcement = events::letter_sent(complaint, &letter);
            Ok(done.told_by(letter).announcing(announcement))
        })
        .await?;
        store::letters::letter(&self.db, sending.id)
            .await?
            .ok_or(Error::NoSuchLetter)
    }

    /// A page of a complaint's letters, the newest first; with its drafts on the first page.
    pub async fn letters(
        &self,
        caller: &Caller,
        complaint_id: Uuid,
        page: &Page<Place>,
    ) -> Result<(Vec<Letter>, Vec<Draft>, String), Error> {
        self.may_read(caller, complaint_id).await?;
        let mut tx = self.db.begin().await?;
        let mut rows =
            store::letters::letters_page(&mut *tx, complaint_id, page.after, page.fetch()).await?;
        let next = page.next(&mut rows, |it| (it.sent_at, it.id));
        let drafts = match page.after {
            None => store::letters::drafts(&mut *tx, complaint_id).await?,
            Some(_) => Vec::new(),
        };
        let actor = Actor::of(caller);
        store::record_reads(&mut tx, self.clock.now(), &actor, &[complaint_id]).await?;
        tx.commit().await?;
        Ok((rows, drafts, next))
    }

    /// A letter exactly as it was sent.
    pub async fn letter(&self, caller: &Caller, id: Uuid) -> Result<Letter, Error> {
        let mut tx = self.db.begin().await?;
        let letter = store::letters::letter(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchLetter)?;
        self.may_read(caller, letter.complaint_id).await?;
        let actor = Actor::of(caller);
        store::record_reads(&mut tx, self.clock.now(), &actor, &[letter.complaint_id]).await?;
        tx.commit().await?;
        Ok(letter)
    }

    /// A page of the letters to post, the oldest first, without those about complaints in which the caller declared an interest (3.4).
    pub async fn letters_to_post(
        &self,
        caller: &Caller,
        page: &Page<Place>,
    ) -> Result<(Vec<Letter>, String), Error> {
        let reader = Actor::of(caller).account_id;
        let mut rows =
            store::letters::to_post_page(&self.db, reader, page.after, page.fetch()).await?;
        let next = page.next(&mut rows, |it| (it.sent_at, it.id));
        Ok((rows, next))
    }

    /// Records that a letter went to the post, once.
    pub async fn record_posted(&self, caller: &Caller, id: Uuid) -> Result<Letter, Error> {
        let actor = Actor::of(caller);
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let letter = store::letters::letter(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchLetter)?;
        if letter.delivery == Delivery::Email {
            return Err(Error::NotForThePost);
        }
        if !store::letters::record_posted(&mut tx, id, &actor, now).await? {
            return Err(Error::PostedAlready);
        }
        let complaint = store::load(&mut tx, &[letter.complaint_id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        complaint.is_open_to(actor.account_id)?;
        let what = (complaint.id, complaint.stage());
        let text = format!("Posted {}", letter.kind.label());
        store::record_change(&mut tx, now, &actor, what, "letter_posted", &text).await?;
        tx.commit().await?;
        Ok(Letter {
            posted_at: Some(now),
            posted_name: actor.name,
            ..letter
        })
    }

    /// What is to be delivered by email now.
    pub async fn delivery(&self, id: Uuid) -> Result<Letter, Error> {
        store::letters::letter(&self.db, id)
            .await?
            .filter(|it| it.delivery == Delivery::Email)
            .ok_or(Error::NoSuchLetter)
    }
}
