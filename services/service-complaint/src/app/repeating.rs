//! A letter did not reach the person, and goes out once more.
//!
//! The clock that the letter met stays met on the day that it was first sent: that is what we did, and a ledger is never rewritten. What the
//! clock can't tell stands beside it: when the letter was refused, when it went out again and where to, and by when the person had to
//! be told. Someone who lost days of their four weeks by it still gets stage 2, by the discretion of 4.12.

use calendar::Told;
use kit::Caller;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App, Done};
use crate::domain::complaint::Format;
use crate::domain::letter::faults::Fault;
use crate::domain::letter::{
    Block, Delivery, Document, Kind as LetterKind, Part, Section, in_words,
};
use crate::domain::telling::Kind;
use crate::error::Error;
use crate::events;
use crate::render::{render, unprintable};
use crate::store;
use crate::store::letters::{Letter, NewLetter};

/// A letter to send once more.
#[derive(Debug, Clone)]
pub struct Repeating {
    /// The id of the new letter.
    pub id: Uuid,
    /// The letter that was sent before.
    pub letter_id: Uuid,
    /// How it goes now.
    pub delivery: Delivery,
    /// Where to.
    pub address: String,
}

impl App {
    /// Notes that a mail server refused a letter: it has to reach the person in another way, and who handles the complaint hears of it.
    pub async fn letter_refused(&self, tx: &mut PgConnection, id: Uuid) -> Result<(), Error> {
        let now = self.clock.now();
        let portal = Actor {
            id: "notification".to_owned(),
            account_id: None,
            name: "The portal".to_owned(),
            senior: false,
        };
        let Some(refused) = store::letters::record_refused(tx, id, now).await? else {
            return self.request_letter_refused(tx, &portal, id).await;
        };
        self.step_on_event(tx, &portal, refused.complaint_id, |complaint, work| {
            let what = refused.kind.label();
            let subject = (refused.first, what.to_owned());
            complaint.must_tell(work.calendar, Kind::LetterRefused, subject, work.today)?;
            let text = format!("The mail server refused {what}; send it in another way");
            let done = Done::new("letter_refused", text);
            Ok(done.announcing(events::letter_refused(complaint, id)))
        })
        .await
    }

    /// Sends a letter that was sent before once more, word for word, by email or on paper, and to the address that is given.
    pub async fn send_letter_again(
        &self,
        caller: &Caller,
        repeating: Repeating,
    ) -> Result<Letter, Error> {
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let before = store::letters::letter(&mut *tx, repeating.letter_id)
            .await?
            .ok_or(Error::NoSuchLetter)?;
        self.may_read(caller, before.complaint_id).await?;
        let first = before.repeats.unwrap_or(before.id);
        if let Some(there) = store::letters::letter(&mut *tx, repeating.id).await? {
            let sent = (there.repeats, there.delivery, there.address.as_str());
            let same = sent == (Some(first), repeating.delivery, &repeating.address);
            return same.then_some(there).ok_or(Error::RequestIdReused);
        }
        let document = store::letters::document(&mut *tx, first)
            .await?
            .ok_or(Error::LetterNotKept)?;
        let complaint = store::load(&mut tx, &[before.complaint_id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        let id = repeating.id;
        let letter = again(before, first, document, repeating)?;
        self.carry_out(&mut tx, &actor, &complaint, |complaint, work| {
            let told = Told {
                on: work.today,
                proof: format!("letter {id}"),
            };
            let refused = complaint.tellings.iter_mut();
            refused
                .filter(|it| it.told.is_none())
                .filter(|it| (it.kind, it.subject) == (Kind::LetterRefused, first))
                .for_each(|it| it.told = Some(told.clone()));
            let sent = events::letter_sent(complaint, &letter);
            let done = Done::new("letter_sent_again", "Sent a letter once more");
            // What an acknowledgement says of the link is true each time that it goes out. The link goes to the person's own address, which
            // may be another person's mailbox when the letter needs another one.
            let reaches_them =
                letter.delivery == Delivery::Post || letter.address == complaint.user.email;
            let links = letter.kind == LetterKind::Acknowledgement
                && !complaint.user.email.is_empty()
                && reaches_them;
            let done = done.told_by(letter).announcing(sent);
            Ok(if links { done.with_link() } else { done })
        })
        .await?;
        tx.commit().await?;
        store::letters::letter(&self.db, id)
            .await?
            .ok_or(Error::NoSuchLetter)
    }
}

/// The letter as it goes now: its own words and its own date, after a sentence that says why it comes again.
fn again(
    before: Letter,
    first: Uuid,
    document: Document,
    repeating: Repeating,
) -> Result<NewLetter, Error> {
    let Repeating {
        id,
        letter_id: _,
        delivery,
        address,
    } = repeating;
    let format = match (delivery, before.format) {
        (Delivery::Post, Format::Email) => Format::Letter,
        (Delivery::Email, Format::Letter) => Format::Email,
        (_, format) => format,
    };
    let lines = match delivery {
        Delivery::Email => Vec::new(),
        Delivery::Post => addressed(&before.addressee, &address),
    };
    let sent = in_words(document.date);
    let why = if before.refused_at.is_some() {
        format!("We sent you this letter on {sent}. It did not reach you, so here it is again.")
    } else {
        format!("We sent you this letter on {sent}. Here it is again.")
    };
    let why = Section {
        part: Part::Opening,
        heading: String::new(),
        blocks: vec![Block::p(why)],
    };
    let mut going = Document {
        address: lines,
        ..document.clone()
    };
    going.sections.insert(0, why);
    let letters = unprintable(&going);
    if delivery == Delivery::Post && !letters.is_empty() {
        return Err(Error::LetterIncomplete(vec![Fault {
            field: "",
            part: format!("letters that can be printed in the place of “{letters}”"),
        }]));
    }
    let rendered = render(&going, format, delivery)?;
    Ok(NewLetter {
        id,
        draft_version: None,
        repeats: Some(first),
        kind: before.kind,
        subject: before.subject,
        text: rendered.text.text,
        html: rendered.html,
        pdf: rendered.pdf,
        document,
        format,
        delivery,
        addressee: before.addressee,
        address,
        words: before.words.0,
        findings: before.findings.0,
    })
}

/// Who and where, line by line.
fn addressed(name: &str, address: &str) -> Vec<String> {
    std::iter::once(name)
        .chain(address.lines())
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}
