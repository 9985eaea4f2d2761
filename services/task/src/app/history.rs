//! What has happened to a task, for whoever may see it (TA-3).

use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::App;
use crate::domain::{Entry, Place, Threshold};
use crate::error::Error;
use crate::store;

impl App {
    /// A page of a task's history, newest first, and where the next one starts. What seniors are told is no business of a
    /// landlord's.
    pub async fn history(
        &self,
        caller: &Caller,
        id: Uuid,
        page: &Page<Place>,
    ) -> Result<(Vec<Entry>, String), Error> {
        self.get(caller, id).await?;
        let furthest = if caller.is_staff() {
            Threshold::Escalation
        } else {
            Threshold::FinalReminder
        };
        let mut entries =
            store::history(&self.db, id, furthest, page.after.as_ref(), page.fetch()).await?;
        let next = page.next(&mut entries, |last| (last.at, last.id));
        Ok((entries, next))
    }
}
