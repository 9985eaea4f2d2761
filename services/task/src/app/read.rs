//! Seeing tasks. Every way in goes by the same rule of who may see what (CA-4).

use casefile::Visibility;
use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::{App, Seen};
use crate::domain::{Filter, Position, Task};
use crate::error::Error;
use crate::store::{self, Listing};

impl App {
    /// One task.
    pub async fn get(&self, caller: &Caller, id: Uuid) -> Result<Seen, Error> {
        let task = store::find(&self.db, id, &self.visibility(caller))
            .await?
            .ok_or(Error::NoSuchTask)?;
        self.seen(task)
    }

    /// A page of the tasks that the caller may see (TA-3), and where the next one starts. A case that the caller may not
    /// see has none, like one that does not exist.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: &Filter,
        page: &Page<Position>,
    ) -> Result<(Vec<Seen>, String), Error> {
        let mut due = filter.due;
        if let Some(status) = filter.status {
            let Some(standing) = self.limits()?.standing(status) else {
                return Ok((Vec::new(), String::new()));
            };
            due = due.and(standing);
        }
        let listing = Listing {
            after: page.after,
            ..Listing::new(self.visibility(caller), filter, due, page.fetch())
        };
        let mut tasks = store::list(&self.db, &listing).await?;
        let next = page.next(&mut tasks, |last| filter.position(last));
        let seen = tasks
            .into_iter()
            .map(|task| self.seen(task))
            .collect::<Result<_, _>>()?;
        Ok((seen, next))
    }

    pub(super) fn visibility(&self, caller: &Caller) -> Visibility {
        Visibility::of(caller, self.today())
    }

    /// The task, and where it stands today.
    pub(super) fn seen(&self, task: Task) -> Result<Seen, Error> {
        let status = task.status(&self.calendar, self.today())?;
        let reopen_until = task
            .reopen_until(&self.calendar)
            .filter(|last| *last >= self.today());
        Ok(Seen {
            task,
            status,
            reopen_until,
        })
    }
}
