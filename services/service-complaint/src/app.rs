//! What can be done with complaints: load, decide, save and announce, in one transaction.

mod amend;
mod answers;
mod approvals;
mod colleagues;
mod commentaries;
mod conflicts;
mod intake;
mod investigation;
mod learning;
mod letters;
mod notes;
mod oversight;
mod paragraphs;
mod people;
mod points;
mod public;
mod read;
mod recommendations;
mod recount;
mod remedies;
mod repeating;
mod reports;
mod requests;
mod risk_reviews;
mod sample_files;
mod samples;
mod sending;
mod steps;
mod sweep;
mod tellings;
mod themes;

use std::sync::Arc;

use calendar::Calendar;
use chrono::{DateTime, NaiveDate, Utc};
use kit::{Caller, Clock};
use proto::access::v1::Role;
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};
use tokio::sync::Notify;
use uuid::Uuid;

pub use self::answers::Refusing;
pub use self::approvals::Asking;
pub use self::colleagues::OwnAction;
pub use self::conflicts::Declaring;
pub use self::intake::Intake;
pub use self::investigation::Defined;
pub use self::learning::Learning;
pub use self::letters::{Drafted, Drafting, SendingLetter};
pub use self::notes::Noting;
pub use self::paragraphs::{ParagraphPlace, Wording};
pub use self::public::{
    Asked, Begun, Escalating, Form, Minted, Public, Saved, Sending, Sent, Wanted, Wanting,
};
pub use self::read::Position;
pub use self::recommendations::Recommending;
pub use self::recount::CountedAgain;
pub use self::remedies::Promising;
pub use self::repeating::Repeating;
pub use self::reports::{Figure, PeriodReport, Recount, RowPosition};
pub use self::requests::{Answering, Complaining, RequestIntake};
pub use self::risk_reviews::Promised;
pub use self::samples::{Drawing, Sample};
pub use self::sweep::Swept;

use crate::domain::approval::Colleague;
use crate::domain::complaint::Complaint;
use crate::domain::letter::Delivery;
use crate::domain::letter::plain::PlainEnglish;
use crate::domain::procedure::By;
use crate::error::Error;
use crate::events::{Announcement, Cause};
use crate::files::Files;
use crate::store;
use crate::store::letters::NewLetter;
use crate::wire::Day;

/// The use cases of complaints.
#[derive(Debug, Clone)]
pub struct App {
    db: PgPool,
    clock: Clock,
    calendar: Calendar,
    manner: Manner,
    files: Files,
    /// Wakes the sweep of this process.
    due: Arc<Notify>,
}

/// How letters are written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Manner {
    /// How people reach the team, in a sentence of every letter that asks for something. It must be true of letters by email and on paper, so that
    /// only a deployment can say it: `You can write to complaints@… or call 020 …`. Required.
    pub contact: Contact,
    /// The portal's address as people see it, such as `https://portal.example`, without a slash at the end. Required.
    pub portal_url: String,
    /// What is plain English.
    pub plain_english: PlainEnglish,
}

/// How people reach the team, in a sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Contact(pub String);

/// Who does something.
#[derive(Debug, Clone)]
pub struct Actor {
    /// For the audit, such as `account:…`.
    pub id: String,
    /// The account, when it is a person.
    pub account_id: Option<Uuid>,
    /// As shown to colleagues.
    pub name: String,
    /// Whether it is a senior colleague.
    pub senior: bool,
}

impl Actor {
    /// The caller as an actor.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        let person = caller.person();
        Self {
            id: caller.actor(),
            account_id: person.map(|it| it.account_id),
            name: caller.name().to_owned(),
            senior: person.is_some_and(|it| {
                matches!(
                    it.role,
                    Role::SeniorColleague | Role::CustomerInsightManager
                )
            }),
        }
    }

    /// The person, for what only people do.
    pub fn colleague(&self) -> Result<Colleague, Error> {
        Ok(Colleague {
            account_id: self.account_id.ok_or(Error::NotAPerson)?,
            senior: self.senior,
        })
    }
}

/// What a step is decided by, besides the complaint.
pub(crate) struct Work<'a> {
    pub(crate) calendar: &'a Calendar,
    pub(crate) actor: &'a Actor,
    pub(crate) now: DateTime<Utc>,
    pub(crate) today: NaiveDate,
}

impl Work<'_> {
    /// Refuses whoever had a part in stage 1 what is the review of it (4.15), and to turn the request for one down (3.4, 4.13, 4.14). Who tells the person,
    /// follows an action or approves more time reviews nothing.
    pub(crate) fn may_review(&self, complaint: &Complaint) -> Result<(), Error> {
        Ok(complaint.may_be_reviewed_by(self.actor.account_id)?)
    }

    pub(crate) fn by(&self) -> By<'_> {
        By {
            actor: &self.actor.id,
            today: self.today,
        }
    }
}

/// What a step did: its name, its sentence for the history, what others hear of it, and what is written beside the complaint.
pub(crate) struct Done {
    action: &'static str,
    text: String,
    announcements: Vec<Announcement>,
    written: Option<Written>,
    follow_up: Option<(Uuid, Intake)>,
    request: Option<(Uuid, RequestIntake)>,
    letter: Option<Box<NewLetter>>,
    link: bool,
}

/// What a person wrote about a closed complaint.
pub(crate) struct Written {
    pub(crate) on: NaiveDate,
    pub(crate) text: String,
    pub(crate) acknowledged: bool,
    /// The person's own id for it, when it came by a private link.
    pub(crate) request_id: Option<Uuid>,
}

impl Done {
    pub(crate) fn new(action: &'static str, text: impl Into<String>) -> Self {
        Self {
            action,
            text: text.into(),
            announcements: Vec::new(),
            written: None,
            follow_up: None,
            request: None,
            letter: None,
            link: false,
        }
    }

    /// With a private link on its way to the person by email (SC-15).
    pub(crate) fn with_link(self) -> Self {
        Self { link: true, ..self }
    }

    /// With the letter that tells of it, which is sent with it.
    pub(crate) fn told_by(mut self, letter: NewLetter) -> Self {
        let by = match letter.delivery {
            Delivery::Email => "by email",
            Delivery::Post => "for the post",
        };
        self.text = format!("{}. Sent {} {by}", self.text, letter.kind.label());
        self.letter = Some(Box::new(letter));
        self
    }

    /// With where it can be seen that the person was told of it, when that was not by a letter that goes out from here.
    pub(crate) fn proved_by(mut self, proof: &str) -> Self {
        self.text = format!("{}. The person was told: {proof}", self.text);
        self
    }

    /// With what the person wrote.
    pub(crate) fn keeping(mut self, written: Written) -> Self {
        self.written = Some(written);
        self
    }

    /// With a new complaint that follows from it, under an id.
    pub(crate) fn followed_by(mut self, intake: (Uuid, Intake)) -> Self {
        self.follow_up = Some(intake);
        self
    }

    /// With a service request that comes of it, under an id.
    pub(crate) fn requesting(mut self, intake: (Uuid, RequestIntake)) -> Self {
        self.request = Some(intake);
        self
    }

    pub(crate) fn announcing(mut self, announcement: impl Into<Announcement>) -> Self {
        self.announcements.push(announcement.into());
        self
    }
}

/// Which complaint, as the caller saw it.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The complaint.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
}

impl App {
    /// The use cases over a database, and where to ask for the files that came with complaints.
    #[must_use]
    pub fn new(db: PgPool, clock: Clock, calendar: Calendar, files: Files) -> Self {
        Self {
            db,
            clock,
            calendar,
            manner: Manner::default(),
            files,
            due: Arc::new(Notify::new()),
        }
    }

    /// The same, with letters written in a manner of their own.
    #[must_use]
    pub fn with_manner(self, manner: Manner) -> Self {
        Self { manner, ..self }
    }

    /// A minute began: what is due is looked for.
    pub fn minute_began(&self) {
        self.due.notify_one();
    }

    /// The present date in London.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// The present date, with what counts its days.
    pub(crate) fn day(&self) -> Day<'_> {
        Day {
            today: self.today(),
            calendar: &self.calendar,
        }
    }

    /// Carries out a step on a complaint: loads it, lets the step change it, saves what changed, and announces it.
    pub(crate) async fn step(
        &self,
        caller: &Caller,
        target: Target,
        step: impl FnOnce(&mut Complaint, &Work<'_>) -> Result<Done, Error>,
    ) -> Result<Complaint, Error> {
        self.step_and_follow_up(caller, target, step)
            .await
            .map(|(complaint, _)| complaint)
    }

    /// Carries out a step that may record a new complaint, too.
    pub(crate) async fn step_and_follow_up(
        &self,
        caller: &Caller,
        target: Target,
        step: impl FnOnce(&mut Complaint, &Work<'_>) -> Result<Done, Error>,
    ) -> Result<(Complaint, Option<Complaint>), Error> {
        self.step_as(&Actor::of(caller), target, step).await
    }

    /// Carries out a step for whoever the actor is: a colleague, or the person who complains.
    pub(crate) async fn step_as(
        &self,
        actor: &Actor,
        target: Target,
        step: impl FnOnce(&mut Complaint, &Work<'_>) -> Result<Done, Error>,
    ) -> Result<(Complaint, Option<Complaint>), Error> {
        let mut tx = self.db.begin().await?;
        let before = store::load(&mut tx, &[target.id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        if before.version != target.version {
            return Err(Error::Stale);
        }
        let stepped = self.carry_out(&mut tx, actor, &before, step).await?;
        tx.commit().await?;
        Ok(stepped)
    }

    /// Carries out a step that nobody here asked for, in the transaction of the event that tells of it. A person who changes the complaint at the
    /// same moment makes it stale; the event is delivered again.
    pub(crate) async fn step_on_event(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: Uuid,
        step: impl FnOnce(&mut Complaint, &Work<'_>) -> Result<Done, Error>,
    ) -> Result<(), Error> {
        let before = store::load(&mut *tx, &[id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        self.carry_out(tx, actor, &before, step).await.map(drop)
    }

    async fn carry_out(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        before: &Complaint,
        step: impl FnOnce(&mut Complaint, &Work<'_>) -> Result<Done, Error>,
    ) -> Result<(Complaint, Option<Complaint>), Error> {
        before.is_open_to(actor.account_id)?;
        let now = self.clock.now();
        let work = Work {
            calendar: &self.calendar,
            actor,
            now,
            today: self.clock.today(),
        };
        let mut after = before.clone();
        let done = step(&mut after, &work)?;
        before.was_handed_on(&after)?;
        if after.closed_on() != before.closed_on() {
            after.all_explained(work.today)?;
        }
        after.version = store::save(&mut *tx, before, &after)
            .await?
            .ok_or(Error::Stale)?;
        store::save_dues(&mut *tx, after.id, &after.dues(&self.calendar)?).await?;
        let Done {
            action,
            text,
            announcements,
            written,
            follow_up,
            request,
            letter,
            link,
        } = done;
        // Who asks for stage 2 on a person's behalf has a part in that, and none in the stage that it is about (4.15).
        let what = (after.id, before.stage().max(after.stage()));
        store::record_change(&mut *tx, now, actor, what, action, &text).await?;
        if let Some(Written {
            on,
            text,
            acknowledged,
            request_id,
        }) = written
        {
            let received = (on, request_id);
            store::record_correspondence(&mut *tx, after.id, received, &text, acknowledged).await?;
        }
        if let Some(letter) = letter {
            if let Some(version) = letter.draft_version
                && !store::letters::delete_draft(&mut *tx, letter.id, version).await?
            {
                return Err(Error::Stale);
            }
            store::letters::insert_letter(&mut *tx, after.id, &letter, actor, now).await?;
        }
        let recorded = match follow_up {
            Some(intake) => self.record_in(&mut *tx, actor, intake).await?,
            None => None,
        };
        if let Some(intake) = request {
            self.record_request_in(&mut *tx, actor, intake).await?;
        }
        let handed_over = people::handed_over(before, &after, actor);
        for announcement in announcements.into_iter().chain(handed_over) {
            announcement.publish(&mut *tx).await?;
        }
        if link {
            self.announce_link(&mut *tx, after.id, Cause::Asked).await?;
        }
        Ok((after, recorded))
    }
}
