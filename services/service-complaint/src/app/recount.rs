//! Clocks are counted again after bank holidays were changed, for every complaint whose clocks run.

use kit::Caller;
use uuid::Uuid;

use super::{Actor, App, Done};
use crate::domain::complaint::Complaint;
use crate::domain::procedure::ProcedureError;
use crate::domain::recount::Recounted;
use crate::error::Error;
use crate::events;
use crate::store;

/// So many complaints are looked for at a time.
const BATCH: i64 = 100;

/// What was counted again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountedAgain {
    /// Clocks that were counted by another calendar.
    pub recounted: i32,
    /// Those of them that have another date now.
    pub redated: i32,
    /// Complaints that could not be counted.
    pub failed: i32,
}

impl App {
    /// Counts every clock again that runs by another calendar. A complaint that can't be counted does not keep the others from it.
    pub async fn recount_deadlines(&self, caller: &Caller) -> Result<CountedAgain, Error> {
        // Whoever has the dates counted again has no part in a stage by that (4.15).
        let actor = Actor {
            account_id: None,
            ..Actor::of(caller)
        };
        let mut recount = CountedAgain::default();
        let mut after = Uuid::nil();
        loop {
            let ids = store::running_after(&self.db, after, BATCH).await?;
            let Some(last) = ids.last() else {
                return Ok(recount);
            };
            after = *last;
            for id in ids {
                match self.recount_one(&actor, id).await {
                    Ok(clocks) => {
                        recount.recounted += count(clocks.iter());
                        recount.redated += count(clocks.iter().filter(|it| it.moved()));
                    }
                    Err(Error::Db(error)) => return Err(error.into()),
                    Err(error) => {
                        recount.failed += 1;
                        tracing::error!(
                            complaint = %id,
                            error = &error as &dyn std::error::Error,
                            "the clocks of a complaint can't be counted again"
                        );
                    }
                }
            }
        }
    }

    async fn recount_one(&self, actor: &Actor, id: Uuid) -> Result<Vec<Recounted>, Error> {
        let mut tx = self.db.begin().await?;
        store::lock(&mut tx, id).await?;
        let Some(before) = store::load(&mut tx, &[id]).await?.pop() else {
            return Ok(Vec::new());
        };
        let counted = |complaint: &mut Complaint| {
            let recounted = complaint.recount(&self.calendar, &actor.id, self.today());
            recounted.map_err(ProcedureError::from)
        };
        let clocks = counted(&mut before.clone())?;
        if clocks.is_empty() {
            return Ok(clocks);
        }
        let version = self.calendar.version();
        self.carry_out(&mut tx, actor, &before, |complaint, _| {
            let clauses: Vec<String> = counted(complaint)?.iter().map(Recounted::clause).collect();
            let text = format!(
                "Counted again by the bank holidays of {}: {}",
                version.as_str(),
                clauses.join("; ")
            );
            let done = Done::new("recounted", text);
            let moved = clocks.iter().filter(|it| it.moved());
            Ok(moved.fold(done, |done, clock| {
                done.announcing(events::redated(complaint, clock))
            }))
        })
        .await?;
        tx.commit().await?;
        Ok(clocks)
    }
}

fn count<'a>(clocks: impl Iterator<Item = &'a Recounted>) -> i32 {
    i32::try_from(clocks.count()).unwrap_or(i32::MAX)
}
