//! Taking over tasks that were set elsewhere.

use std::collections::{HashMap, HashSet};

use casefile::CaseFile;
use kit::{Caller, Invalid};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::{Change, Deed, Limits, NewTask};
use crate::error::Error;
use crate::store::NewRow;
use crate::{events, store};

/// A task to take over.
#[derive(Clone, Debug)]
pub struct Row {
    /// The id of the row, the same however often it is imported.
    pub request_id: Uuid,
    /// What the row is recognised by.
    pub request: Vec<u8>,
    /// The task.
    pub task: NewTask,
}

/// What became of a row: the id of its task, or what is wrong with it.
pub type Imported = Result<Uuid, Invalid>;

impl App {
    /// Takes tasks over. It is idempotent on the request ids, and every row succeeds or fails by itself. Nobody is told,
    /// and a threshold that was crossed before the import raises no notice.
    pub async fn import(
        &self,
        caller: &Caller,
        rows: Vec<Result<Row, Invalid>>,
    ) -> Result<Vec<Imported>, Error> {
        let actor = Actor::of(caller);
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let rows = self.on_their_cases(&mut tx, rows).await?;

        // The first row with a request id is the task; another one is the same task again.
        let mut request_ids = HashSet::new();
        let new: Vec<NewRow> = rows
            .iter()
            .flatten()
            .filter(|row| request_ids.insert(row.request_id))
            .cloned()
            .collect();
        let saved = store::insert_all(&mut tx, &new, &actor.shown, now).await?;
        let saved: HashSet<_> = saved.into_iter().collect();
        let saved = || {
            new.iter()
                .map(|row| &row.task)
                .filter(|task| saved.contains(&task.id))
        };
        let changes: Vec<_> = saved()
            .map(|task| Change {
                task_id: task.id,
                deed: Deed::Import(self.terms(task)),
            })
            .collect();
        store::add_changes(&mut tx, &actor, now, &changes).await?;
        let announced: Vec<_> = saved().map(events::imported).collect();
        outbox::publish_all(&mut tx, &announced).await?;

        let good: Vec<_> = rows
            .iter()
            .flatten()
            .map(|row| (row.request_id, row.request.clone()))
            .collect();
        let taken = store::by_request(&mut *tx, &good).await?;
        tx.commit().await?;
        Ok(results(rows, taken))
    }

    /// Refuses the rows whose case is not known, or closed with the task still open. What was taken before stays taken,
    /// even if its case has been closed since.
    async fn on_their_cases(
        &self,
        tx: &mut PgConnection,
        rows: Vec<Result<Row, Invalid>>,
    ) -> Result<Vec<Result<NewRow, Invalid>>, Error> {
        let ids: Vec<_> = rows.iter().flatten().map(|row| row.task.case_id).collect();
        let cases = store::known_cases(tx, &ids).await?;
        let cases: HashMap<_, _> = cases.into_iter().map(|case| (case.case_id, case)).collect();
        let good: Vec<_> = rows
            .iter()
            .flatten()
            .map(|row| (row.request_id, row.request.clone()))
            .collect();
        let mut taken = store::by_request(&mut *tx, &good).await?.into_iter();

        let limits = self.limits()?;
        let mut checked = Vec::with_capacity(rows.len());
        for row in rows {
            let row = match row {
                Ok(row) => {
                    let before = taken.next().flatten().is_some();
                    match on_case(&row, before, cases.get(&row.task.case_id)) {
                        Ok(case) => Ok(new_row(row, case, &limits)),
                        Err(invalid) => Err(invalid),
                    }
                }
                Err(invalid) => Err(invalid),
            };
            checked.push(row);
        }
        Ok(checked)
    }
}

fn new_row(row: Row, case: &CaseFile, limits: &Limits) -> NewRow {
    let Row {
        request_id,
        request,
        task,
    } = row;
    let crossed = limits.crossed(task.due_on);
    NewRow {
        request_id,
        request,
        task,
        landlord_id: case.landlord_id,
        noticed: crossed.map_or(0, |threshold| threshold as i16),
    }
}

fn on_case<'a>(
    row: &Row,
    taken_before: bool,
    case: Option<&'a CaseFile>,
) -> Result<&'a CaseFile, Invalid> {
    let Some(case) = case else {
        return Err(Invalid::field(
            "case_id",
            "There is no such case",
            "NO_SUCH_CASE",
        ));
    };
    let open = row.task.completed_on.is_none() && !taken_before;
    if case.closed_on.is_some() && open {
        return Err(Invalid::field(
            "case_id",
            "A closed case has no open tasks",
            "CASE_CLOSED",
        ));
    }
    Ok(case)
}

/// Puts what became of the good rows, in their order, between the refusals of the others.
fn results(rows: Vec<Result<NewRow, Invalid>>, taken: Vec<Option<Uuid>>) -> Vec<Imported> {
    let mut taken = taken.into_iter();
    let mut result = |_: NewRow| {
        taken.next().flatten().ok_or_else(|| {
            let text = "A different row had the same request id";
            Invalid::field("request_id", text, "REQUEST_ID_REUSED")
        })
    };
    rows.into_iter()
        .map(|row| row.and_then(&mut result))
        .collect()
}
