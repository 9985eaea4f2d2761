//! Lessons: recorded by whoever investigates, done by their owner, signed off by somebody else (6.2, 6.3).

use std::collections::HashMap;

use chrono::NaiveDate;
use kit::Caller;
use kit::page::Page;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App, Done, Target};
use crate::domain::complaint::Complaint;
use crate::domain::learning::{Lesson, LessonError, NoLesson, SignOff};
use crate::domain::theme::Theme;
use crate::error::Error;
use crate::store::learning::{self, LearnedFrom, LessonFilter};
use crate::store::{self, oversight, themes};

/// A lesson to record.
#[derive(Debug, Clone)]
pub struct Learning {
    /// The caller's id for this request.
    pub request_id: Uuid,
    /// The complaints that it was learned from.
    pub complaints: Vec<Uuid>,
    /// The id of its theme.
    pub theme: String,
    /// What was learned.
    pub learned: String,
    /// Who sees to it.
    pub owner: Uuid,
    /// What is to be done.
    pub action: String,
    /// By when.
    pub due_on: NaiveDate,
}

/// A lesson with its theme and the complaints that it was learned from.
pub type Learned = (Lesson, Theme, Vec<LearnedFrom>);

impl App {
    /// Records a lesson, once for each request id.
    pub async fn learn(&self, caller: &Caller, it: Learning) -> Result<Learned, Error> {
        let actor = Actor::of(caller);
        let today = self.today();
        let owner = self.accountable(it.owner).await;
        let mut tx = self.db.begin().await?;
        if let Some(id) = learning::find_by_request(&mut *tx, &actor.id, it.request_id).await? {
            return self.learned_before(&mut tx, id, &it).await;
        }
        if it.due_on < today {
            return Err(LessonError::DueInThePast.into());
        }
        let (owner, owner_name) = owner?.named();
        // Nobody retires the theme before the lesson is there to be moved with it.
        let themes = themes::lock(&mut tx).await?;
        let theme = themes.iter().find(|theme| theme.id == it.theme);
        theme.ok_or(Error::NoSuchTheme)?.in_use()?;
        let known = store::load(&mut tx, &it.complaints).await?;
        if known.len() != it.complaints.len() {
            return Err(Error::NoSuchComplaint);
        }
        for complaint in &known {
            complaint.is_open_to(actor.account_id)?;
            complaint.may_be_given_to(owner)?;
        }
        let lesson = Lesson {
            id: kit::id(),
            theme: it.theme,
            learned: it.learned,
            owner,
            owner_name,
            action: it.action,
            due_on: it.due_on,
            recorded_on: today,
            recorded_by: actor.name.clone(),
            done_on: None,
            done_by: None,
            evidence: String::new(),
            signed_off: None,
            signed_off_name: String::new(),
            signed_off_at: None,
            comment: String::new(),
            version: 1,
        };
        if !learning::insert(&mut tx, &lesson, &it.complaints, &actor.id, it.request_id).await? {
            return Err(Error::Stale);
        }
        let now = self.clock.now();
        oversight::record(&mut tx, now, &actor, lesson.id, "Recorded the lesson").await?;
        let learned = whole(&mut tx, vec![lesson]).await?.remove(0);
        tx.commit().await?;
        Ok(learned)
    }

    async fn learned_before(
        &self,
        tx: &mut PgConnection,
        id: Uuid,
        asked: &Learning,
    ) -> Result<Learned, Error> {
        let learned = one(tx, id).await?;
        let lesson = &learned.0;
        let same = lesson.theme == asked.theme
            && lesson.learned == asked.learned
            && lesson.owner == asked.owner
            && lesson.action == asked.action
            && lesson.due_on == asked.due_on;
        if same {
            Ok(learned)
        } else {
            Err(Error::RequestIdReused)
        }
    }

    /// Says why nothing is to be learned from a complaint that was upheld (6.2), once, and only where a lesson is asked for.
    pub async fn learn_nothing(
        &self,
        caller: &Caller,
        target: Target,
        reason: String,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let stage = complaint.waits_for_lesson().ok_or(Error::NoLessonAsked)?;
            let text = format!("Recorded no lesson: {reason}");
            complaint.learned.none.push(NoLesson {
                stage,
                reason,
                said_by: work.actor.name.clone(),
                said_at: work.now,
            });
            Ok(Done::new("no_lesson", text))
        })
        .await
    }

    /// One lesson.
    pub async fn lesson(&self, id: Uuid) -> Result<Learned, Error> {
        one(&mut *self.db.acquire().await?, id).await
    }

    /// A page of lessons, soonest due first.
    pub async fn lessons(
        &self,
        filter: &LessonFilter,
        page: &Page<(NaiveDate, Uuid)>,
    ) -> Result<(Vec<Learned>, String), Error> {
        let mut tx = self.db.begin().await?;
        let today = self.today();
        let mut places = learning::page(&mut *tx, filter, today, page.after, page.fetch()).await?;
        let next = page.next(&mut places, |(id, due_on)| (*due_on, *id));
        let ids: Vec<Uuid> = places.into_iter().map(|(id, _)| id).collect();
        let lessons = learning::load(&mut *tx, &ids).await?;
        Ok((whole(&mut tx, lessons).await?, next))
    }

    /// Records that a lesson's action was done.
    pub async fn complete_lesson(
        &self,
        caller: &Caller,
        target: (Uuid, i64),
        (on, evidence): (NaiveDate, String),
    ) -> Result<Learned, Error> {
        let today = self.today();
        let by = Actor::of(caller).colleague()?.account_id;
        self.change_lesson(caller, target, "Did what it asks for", |lesson| {
            lesson.complete(by, on, evidence, today)
        })
        .await
    }

    /// Signs a lesson off, or sends it back.
    pub async fn sign_off_lesson(
        &self,
        caller: &Caller,
        target: (Uuid, i64),
        (agreed, comment): (bool, String),
    ) -> Result<Learned, Error> {
        let actor = Actor::of(caller);
        let decision = SignOff {
            by: actor.colleague()?.account_id,
            name: actor.name,
            at: self.clock.now(),
            agreed,
            comment,
        };
        let text = if agreed {
            "Signed it off"
        } else {
            "Sent it back"
        };
        self.change_lesson(caller, target, text, |lesson| lesson.sign_off(decision))
            .await
    }

    async fn change_lesson(
        &self,
        caller: &Caller,
        (id, version): (Uuid, i64),
        text: &str,
        change: impl FnOnce(Lesson) -> Result<Lesson, LessonError>,
    ) -> Result<Learned, Error> {
        let mut tx = self.db.begin().await?;
        let before = learning::load(&mut *tx, &[id]).await?.pop();
        let before = before.ok_or(Error::NoSuchLesson)?;
        if before.version != version {
            return Err(Error::Stale);
        }
        let mut after = change(before)?;
        after.version = learning::save(&mut tx, &after).await?.ok_or(Error::Stale)?;
        let (now, actor) = (self.clock.now(), Actor::of(caller));
        oversight::record(&mut tx, now, &actor, id, text).await?;
        let learned = whole(&mut tx, vec![after]).await?.remove(0);
        tx.commit().await?;
        Ok(learned)
    }
}

async fn one(tx: &mut PgConnection, id: Uuid) -> Result<Learned, Error> {
    let lessons = learning::load(&mut *tx, &[id]).await?;
    whole(tx, lessons).await?.pop().ok_or(Error::NoSuchLesson)
}

/// Lessons with their themes and complaints.
async fn whole(tx: &mut PgConnection, lessons: Vec<Lesson>) -> Result<Vec<Learned>, Error> {
    let themes = themes::all(&mut *tx).await?;
    let ids: Vec<Uuid> = lessons.iter().map(|it| it.id).collect();
    let mut complaints: HashMap<Uuid, Vec<LearnedFrom>> = HashMap::new();
    for it in learning::learned_from(tx, &ids).await? {
        complaints.entry(it.lesson_id).or_default().push(it);
    }
    lessons
        .into_iter()
        .map(|lesson| {
            let theme = themes.iter().find(|theme| theme.id == lesson.theme);
            let theme = theme.cloned().ok_or(Error::NoSuchTheme)?;
            let complaints = complaints.remove(&lesson.id).unwrap_or_default();
            Ok((lesson, theme, complaints))
        })
        .collect()
}
