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
use crate::store::samples::{self, SampleRow};

/// A sample to draw.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The period in which the complaints were closed.
    pub period: Period,
    /// How many.
    pub size: usize,
    /// What they are drawn by.
    pub seed: String,
}

/// A sample with its complaints, by id and reference.
pub type Sample = (SampleRow, Vec<(Uuid, String)>);

impl App {
    /// Draws a sample of the complaints of which a stage was closed in a period, and records the drawing.
    pub async fn draw_sample(&self, caller: &Caller, drawing: Drawing) -> Result<Sample, Error> {
        let Drawing { period, size, seed } = drawing;
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let closed = samples::closed_in(&mut *tx, period).await?;
        let references: Vec<&str> = closed.iter().map(|(_, it)| it.as_str()).collect();
        let ids: HashMap<&str, Uuid> = closed.iter().map(|(id, it)| (it.as_str(), *id)).collect();
        let drawn: Vec<(Uuid, String)> = draw(&seed, &references, size)
            .into_iter()
            .filter_map(|reference| Some((*ids.get(reference)?, reference.to_owned())))
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
        let complaints: Vec<Uuid> = drawn.iter().map(|(id, _)| *id).collect();
        let size = i32::try_from(size).unwrap_or(i32::MAX);
        samples::insert(&mut tx, &sample, size, &complaints).await?;
        oversight::record(&mut tx, sample.drawn_at, &actor, sample.id, &text).await?;
        tx.commit().await?;
        Ok((sample, drawn))
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
