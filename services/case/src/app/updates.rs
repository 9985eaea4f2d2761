//! Telling complainants how their cases stand (CA-10).

use chrono::{DateTime, NaiveDate, Utc};
use kit::time::london_date;
use kit::{Caller, Invalid};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::risk::staff_entry;
use super::{Actor, App};
use crate::domain::{Change, Channel, Expectation, Paragraph, Status, TimelineEntry, filled_in};
use crate::error::Error;
use crate::events;
use crate::store::{self, AfterRefusal, Sent, Update};

/// What an update says.
#[derive(Clone, Debug)]
pub enum Says {
    /// What a standard paragraph says, by its key.
    Paragraph(String),
    /// One's own words.
    Words(String),
}

/// An update, as staff give it.
#[derive(Clone, Debug)]
pub struct Giving {
    /// What it says.
    pub says: Says,
    /// By when the stage is expected to be finished now; `None` when that stays as it is.
    pub expected_on: Option<NaiveDate>,
    /// How it is given.
    pub channel: Channel,
    /// When; `None` for today, and never another day of what the portal sends.
    pub given_on: Option<NaiveDate>,
    /// The email address that the portal sends it to; empty when it is given in another way.
    pub address: String,
}

impl App {
    /// Gives a complainant an update, once for each request id. It settles the one that is owed.
    pub async fn give_update(
        &self,
        caller: &Caller,
        (request_id, request): (Uuid, &[u8]),
        case_id: Uuid,
        giving: Giving,
    ) -> Result<Update, Error> {
        let mut tx = self.db.begin().await?;
        if let Some(update) = given(&mut tx, request_id, request).await? {
            return Ok(update);
        }
        let case = self.open_case(&mut tx, caller, case_id).await?;
        let stage = store::stages_of(&mut *tx, &[case_id]).await?;
        let stage = stage.into_values().next().ok_or(Error::NoStage(case_id))?;
        let today = self.clock.today();
        let Giving {
            says,
            expected_on,
            channel,
            given_on,
            address,
        } = giving;
        if channel == Channel::Portal && given_on.is_some_and(|it| it != today) {
            let why = "What the portal sends is given today";
            return Err(Invalid::field("given_on", why, "NOT_TODAY").into());
        }
        let given_on = given_on.unwrap_or(today);
        if expected_on.is_some_and(|it| it < today) {
            let why = "The date by which the stage is expected to be finished must not have passed";
            return Err(Invalid::field("expected_on", why, "IN_THE_PAST").into());
        }
        let told = stage.expectation();
        // A date that is told replaces the one that was told before, and not one that was told since.
        let since = if expected_on.is_some() {
            told.map(|it| it.told_on)
        } else {
            None
        };
        if given_on < since.unwrap_or(case.opened_on).max(case.opened_on) {
            let why = "The update must not be before the case was opened, or before a date was told that it changes";
            return Err(Invalid::field("given_on", why, "TOO_EARLY").into());
        }
        // What has passed is not promised once more.
        let still_told = told.map(|it| it.expected_on).filter(|it| *it >= today);
        let (paragraph, words) = self
            .say(&mut tx, says, case.status, expected_on.or(still_told))
            .await?;
        let update = Update {
            id: kit::id(),
            case_id,
            paragraph,
            words,
            channel,
            given_on,
            expected_on,
            address,
        };
        let (actor, now) = (Actor::of(caller), self.clock.now());
        let by = (actor.id.as_str(), actor.shown.as_str());
        let as_asked = (request_id, request);
        if !store::add_update(&mut tx, &update, stage.id, as_asked, by, now).await? {
            drop(tx);
            let mut again = self.db.acquire().await?;
            let given = given(&mut again, request_id, request).await?;
            return given.ok_or(Error::Stale);
        }
        if let Some(expected_on) = expected_on {
            let told = Expectation {
                expected_on,
                told_on: given_on.max(stage.began_on),
            };
            store::expect(&mut tx, case_id, told, Some(update.id)).await?;
        }
        if let Some((owed, since)) = store::owed_update(&mut tx, case_id).await?
            && given_on >= london_date(since)
        {
            store::settle(&mut tx, owed, now).await?;
            self.announce_settled(&mut tx, &[owed]).await?;
        }
        let entry = staff_entry(
            &case,
            &actor,
            now,
            "Progress update given",
            in_the_timeline(&update),
        );
        store::add_timeline(&mut tx, &[entry]).await?;
        let from = told.map(|it| it.expected_on);
        let change = Change {
            case_id,
            action: "give_update",
            details: json!({
                "update": update.id,
                "expected_on": { "from": from, "to": expected_on.or(from) },
            }),
        };
        store::add_changes(&mut tx, &actor, now, &[change]).await?;
        if update.channel == Channel::Portal {
            outbox::publish(&mut tx, &events::update_given(case_id, update.id)).await?;
        }
        tx.commit().await?;
        Ok(update)
    }

    /// The standard paragraph that an update is made of, if it is, and its words.
    async fn say(
        &self,
        tx: &mut PgConnection,
        says: Says,
        status: Status,
        expected_on: Option<NaiveDate>,
    ) -> Result<(String, String), Error> {
        match says {
            Says::Words(words) => Ok((String::new(), words)),
            Says::Paragraph(key) => {
                let words = store::paragraph(tx, &key).await?;
                let words = words.ok_or(Error::NoSuchParagraph)?;
                let label = &self.words.status(status).label;
                Ok((key, filled_in(&words, label, expected_on)?))
            }
        }
    }

    /// An update that the portal sends, at the moment that it does.
    pub async fn update_delivery(&self, id: Uuid) -> Result<Sent, Error> {
        let sent = store::sent_update(&self.db, id).await?;
        sent.ok_or(Error::NoSuchUpdate)
    }

    /// Hears that a mail server refused an update: the complainant is owed one again, unless the case is closed or they were given another since. A date
    /// that it told was told to nobody.
    pub(crate) async fn update_refused(
        &self,
        tx: &mut PgConnection,
        id: Uuid,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let Some(case_id) = store::refuse_update(&mut *tx, id, at).await? else {
            return Ok(());
        };
        store::lock_case(&mut *tx, case_id).await?;
        store::untell(&mut *tx, id).await?;
        let AfterRefusal {
            closed,
            given_since,
        } = store::after_refusal(&mut *tx, id).await?;
        let description = if closed {
            "A mail server refused it."
        } else if given_since {
            "A mail server refused it. Another was given since."
        } else {
            "A mail server refused it. Check the address, or give the update in another way."
        };
        let entry = TimelineEntry {
            id: kit::id(),
            case_id,
            occurred_at: at,
            title: "Progress update not delivered".to_owned(),
            description: description.to_owned(),
            actor: String::new(),
            actor_id: String::new(),
            staff_only: true,
        };
        store::add_timeline(&mut *tx, &[entry]).await?;
        if !closed && !given_since {
            store::owe_again(tx, case_id, self.clock.today(), at).await?;
        }
        Ok(())
    }

    /// The standard paragraphs.
    pub async fn paragraphs(&self) -> Result<Vec<Paragraph>, Error> {
        Ok(store::paragraphs(&self.db).await?)
    }

    /// Writes a standard paragraph, or takes one back.
    pub async fn set_paragraph(
        &self,
        caller: &Caller,
        key: String,
        words: String,
    ) -> Result<Paragraph, Error> {
        let (actor, now) = (Actor::of(caller), self.clock.now());
        let mut tx = self.db.begin().await?;
        let by = (actor.id.as_str(), actor.shown.as_str());
        store::set_paragraph(&mut tx, &key, &words, by, now).await?;
        tx.commit().await?;
        Ok(Paragraph {
            key,
            words,
            set_at: now,
            set_name: actor.shown,
        })
    }
}

/// What was told, when and how, for the timeline.
fn in_the_timeline(update: &Update) -> String {
    let to = match update.address.as_str() {
        "" => String::new(),
        address => format!(" to {address}"),
    };
    format!(
        "On {}, {}{to}: {}",
        update.given_on.format("%-d %B %Y"),
        update.channel.words(),
        update.words
    )
}

/// What the same request has given before.
async fn given(
    tx: &mut PgConnection,
    request_id: Uuid,
    request: &[u8],
) -> Result<Option<Update>, Error> {
    match store::given_by(tx, request_id, request).await? {
        None => Ok(None),
        Some((_, false)) => Err(Error::RequestIdReused),
        Some((update, true)) => Ok(Some(update)),
    }
}
