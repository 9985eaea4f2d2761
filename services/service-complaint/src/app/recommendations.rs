//! Recommendations, followed from the report that makes them to the evidence that they were carried out (7.4).

use chrono::NaiveDate;
use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::recommendation::{
    Acceptance, Part, Recommendation, RecommendationError, Source,
};
use crate::domain::report::PeriodError;
use crate::error::Error;
use crate::store::oversight;
use crate::store::recommendations::{self, RecommendationFilter};

/// A recommendation to record.
#[derive(Debug, Clone)]
pub struct Recommending {
    /// Whose it is.
    pub source: Source,
    /// The first and the last date of the period that its report is about.
    pub period: (NaiveDate, NaiveDate),
    /// Its number in the report.
    pub number: String,
    /// What is recommended.
    pub text: String,
}

impl App {
    /// Records a recommendation.
    pub async fn recommend(
        &self,
        caller: &Caller,
        it: Recommending,
    ) -> Result<Recommendation, Error> {
        if it.period.1 < it.period.0 {
            return Err(PeriodError::Backwards.into());
        }
        let recommendation = Recommendation {
            id: kit::id(),
            source: it.source,
            period: it.period,
            number: it.number,
            text: it.text,
            acceptance: None,
            response: String::new(),
            parts: Vec::new(),
            version: 1,
        };
        let mut tx = self.db.begin().await?;
        if !recommendations::insert(&mut tx, &recommendation).await? {
            return Err(Error::RecommendationExists);
        }
        let text = format!("Recorded recommendation {}", recommendation.number);
        let (now, actor) = (self.clock.now(), Actor::of(caller));
        oversight::record(&mut tx, now, &actor, recommendation.id, &text).await?;
        tx.commit().await?;
        Ok(recommendation)
    }

    /// Records the management's response, with what is to be done by whom and by when.
    pub async fn respond_to_recommendation(
        &self,
        caller: &Caller,
        target: (Uuid, i64),
        (acceptance, response): (Acceptance, String),
        parts: Vec<Part>,
    ) -> Result<Recommendation, Error> {
        self.change_recommendation(caller, target, "Responded", |it| {
            it.respond(acceptance, response, parts)
        })
        .await
    }

    /// Records that a part was done.
    pub async fn complete_part(
        &self,
        caller: &Caller,
        target: (Uuid, i64),
        part: Uuid,
        (on, evidence): (NaiveDate, String),
    ) -> Result<Recommendation, Error> {
        let today = self.today();
        self.change_recommendation(caller, target, "Completed a part", |it| {
            it.complete(part, on, evidence, today)
        })
        .await
    }

    async fn change_recommendation(
        &self,
        caller: &Caller,
        (id, version): (Uuid, i64),
        text: &str,
        change: impl FnOnce(Recommendation) -> Result<Recommendation, RecommendationError>,
    ) -> Result<Recommendation, Error> {
        let mut tx = self.db.begin().await?;
        let before = recommendations::load(&mut tx, &[id]).await?.pop();
        let before = before.ok_or(Error::NoSuchRecommendation)?;
        if before.version != version {
            return Err(Error::Stale);
        }
        let mut after = change(before)?;
        let saved = recommendations::save(&mut tx, &after).await?;
        after.version = saved.ok_or(Error::Stale)?;
        let (now, actor) = (self.clock.now(), Actor::of(caller));
        oversight::record(&mut tx, now, &actor, id, text).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// One recommendation.
    pub async fn recommendation(&self, id: Uuid) -> Result<Recommendation, Error> {
        let mut db = self.db.acquire().await?;
        let found = recommendations::load(&mut db, &[id]).await?.pop();
        found.ok_or(Error::NoSuchRecommendation)
    }

    /// A page of recommendations, soonest due first.
    pub async fn recommendations(
        &self,
        filter: &RecommendationFilter,
        page: &Page<(Option<NaiveDate>, Uuid)>,
    ) -> Result<(Vec<Recommendation>, String), Error> {
        let mut tx = self.db.begin().await?;
        let today = self.today();
        let mut places =
            recommendations::page(&mut *tx, filter, today, page.after, page.fetch()).await?;
        let next = page.next(&mut places, |(id, due_on)| (*due_on, *id));
        let ids: Vec<Uuid> = places.into_iter().map(|(id, _)| id).collect();
        Ok((recommendations::load(&mut tx, &ids).await?, next))
    }
}
