//! What is expected of the stages of cases (CA-10).

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use kit::Caller;
use kit::page::Page;
use kit::time::london_date;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::{Expectation, Quarter, Stage, Status, Timeframe, expected_on};
use crate::error::Error;
use crate::store::{self, LeftStage, StageFigures};

/// The stage at which a case stands, as the caller sees it today.
#[derive(Clone, Debug)]
pub struct SeenStage {
    /// The stage. Staff alone see more than the last date that people were told.
    pub stage: Stage,
    /// Whether that date has passed.
    pub passed: bool,
    /// All of it in a sentence or two.
    pub words: String,
}

impl App {
    /// The timeframe of every stage, in the order of the procedure.
    pub async fn timeframes(&self) -> Result<Vec<Timeframe>, Error> {
        let mut set = store::timeframes(&self.db).await?;
        let stages = Status::ALL.into_iter().filter(|it| it.is_stage());
        let found = stages.map(|status| {
            let place = set.iter().position(|it| it.status == status);
            place.map_or(
                Timeframe {
                    status,
                    working_days: None,
                    set: None,
                },
                |place| set.swap_remove(place),
            )
        });
        Ok(found.collect())
    }

    /// Sets the timeframe of a stage, for the cases that come to it from now on.
    pub async fn set_timeframe(
        &self,
        caller: &Caller,
        status: Status,
        working_days: Option<i32>,
    ) -> Result<Timeframe, Error> {
        let (actor, now) = (Actor::of(caller), self.clock.now());
        let mut tx = self.db.begin().await?;
        let by = (actor.id.as_str(), actor.shown.as_str());
        store::set_timeframe(&mut tx, status, working_days, by, now).await?;
        tx.commit().await?;
        Ok(Timeframe {
            status,
            working_days,
            set: Some((now, actor.shown)),
        })
    }

    /// What the stages took that cases left in a quarter (CA-11).
    pub async fn taken(&self, quarter: Quarter) -> Result<Vec<StageFigures>, Error> {
        Ok(store::taken(&self.db, quarter).await?)
    }

    /// A page of the stages that cases left in a quarter, in that order (CA-11).
    pub async fn ended(
        &self,
        quarter: Quarter,
        status: Option<Status>,
        page: &Page<(NaiveDate, Uuid)>,
    ) -> Result<(Vec<LeftStage>, String), Error> {
        let mut found = store::ended(&self.db, quarter, status, page.after, page.fetch()).await?;
        let next = page.next(&mut found, |last| (last.ended_on, last.id));
        Ok((found, next))
    }

    /// The stages at which these cases stand.
    pub(super) async fn stages_of(
        &self,
        connection: &mut PgConnection,
        caller: &Caller,
        cases: &[Uuid],
    ) -> Result<HashMap<Uuid, SeenStage>, Error> {
        let today = self.clock.today();
        let found = store::stages_of(connection, cases).await?;
        let seen = found.into_iter().map(|(case_id, mut stage)| {
            if !caller.is_staff() {
                stage.told.truncate(1);
            }
            let seen = SeenStage {
                passed: stage.has_passed(today),
                words: stage.in_words(today),
                stage,
            };
            (case_id, seen)
        });
        Ok(seen.collect())
    }

    /// Something was said or sent on a case, so that it is not quiet. What is heard of twice changes nothing the second time.
    pub async fn active(
        &self,
        tx: &mut PgConnection,
        case_id: Uuid,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        Ok(store::touch(tx, case_id, london_date(at)).await?)
    }

    /// A case comes to a stage today, and people are told what is expected of it. A closed case is at none.
    pub(super) async fn begin_stage(
        &self,
        tx: &mut PgConnection,
        case_id: Uuid,
        status: Status,
    ) -> Result<(), Error> {
        let today = self.clock.today();
        store::end_stage(tx, case_id, today).await?;
        // What was owed because the stage might take longer is told by the stage that comes.
        let ended = store::end_late_update(tx, case_id, self.clock.now()).await?;
        self.announce_settled(tx, ended.as_slice()).await?;
        if !status.is_stage() {
            return Ok(());
        }
        store::begin_stages(tx, &[(case_id, status)], today, true).await?;
        let working_days = store::timeframe(&mut *tx, status).await?;
        if let Some(expected_on) = expected_on(today, working_days, &self.calendar) {
            let told = Expectation {
                expected_on,
                told_on: today,
            };
            store::expect(tx, case_id, told, None).await?;
        }
        Ok(())
    }
}
