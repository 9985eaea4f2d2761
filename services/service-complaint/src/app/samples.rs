//! Random samples of closed complaints for whoever reviews them.

use std::collections::HashMap;

use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::report::Period;
use crate::domain::sample::draw;
use crate::error::Error;
use crate::store::oversight;
use crate::store::samples::{self, SampleRow, Sampled};

/// A sample to draw.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The caller's id for this request.
    pub request_id: Uuid,
    /// The period in which the complaints were closed.
    pub period: Period,
    /// How many.
    pub size: usize,
    /// What they are drawn by.
    pub seed: String,
}

/// A sample with its complaints.
pub type Sample = (SampleRow, Vec<Sampled>);

impl App {
    /// Draws a sample of the complaints of which a stage was closed in a period, and records the drawing.
    pub async fn draw_sample(&self, caller: &Caller, drawing: Drawing) -> Result<Sample, Error> {
        let Drawing {
            request_id,
            period,
            size,
            seed,
        } = drawing;
        let actor = Actor::of(caller);
        let requested = (actor.id.as_str(), request_id);
        let asked_for = i32::try_from(size).unwrap_or(i32::MAX);
        let mut tx = self.db.begin().await?;
        if let Some((id, size)) = samples::find_by_request(&mut *tx, requested).await? {
            let (before, complaints) = self.sample(id).await?;
            let same = (before.first_day, before.last_day) == (period.first, period.last)
                && before.seed == seed
                && size == asked_for;
            return same
                .then_some((before, complaints))
                .ok_or(Error::RequestIdReused);
        }
        let closed = samples::closed_in(&mut *tx, period).await?;
        let references: Vec<&str> = closed.iter().map(|(_, it)| it.as_str()).collect();
        let ids: HashMap<&str, Uuid> = closed.iter().map(|(id, it)| (it.as_str(), *id)).collect();
        let drawn: Vec<Uuid> = draw(&seed, &references, size)
            .into_iter()
            .filter_map(|reference| ids.get(reference).copied())
            .collect();
        let text = format!("Drew {} of {} closed complaints", drawn.len(), closed.len());
        let sample = SampleRow {
            id: kit::id(),
            first_day: period.first,
            last_day: period.last,
            seed,
            population: i32::try_from(closed.len()).unwrap_or(i32::MAX),
            drawn_by: actor.name.clone(),
            drawn_at: self.clock.now(),
        };
        if !samples::insert(&mut tx, requested, &sample, asked_for, &drawn).await? {
            return Err(Error::Stale);
        }
        oversight::record(&mut tx, sample.drawn_at, &actor, sample.id, &text).await?;
        let complaints = samples::complaints(&mut *tx, sample.id).await?;
        tx.commit().await?;
        Ok((sample, complaints))
    }

    /// One sample.
    pub async fn sample(&self, id: Uuid) -> Result<Sample, Error> {
        let sample = samples::get(&self.db, id).await?;
        let sample = sample.ok_or(Error::NoSuchSample)?;
        Ok((sample, samples::complaints(&self.db, id).await?))
    }

    /// A page of samples, the newest first.
    pub async fn samples(&self, page: &Page<Uuid>) -> Result<(Vec<SampleRow>, String), Error> {
        let mut rows = samples::page(&self.db, page.after, page.fetch()).await?;
        let next = page.next(&mut rows, |row| row.id);
        Ok((rows, next))
    }
}
