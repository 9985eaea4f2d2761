//! The security audit (ID-14).

use chrono::{DateTime, Utc};
use kit::page::Page;
use uuid::Uuid;

use super::App;
use crate::error::Error;
use crate::store;
use crate::store::audit::{Row, Span};

/// What part of the audit is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// Only of this account.
    pub account_id: Option<Uuid>,
    /// Only at or after this instant.
    pub from: Option<DateTime<Utc>>,
    /// Only before this instant.
    pub to: Option<DateTime<Utc>>,
}

impl App {
    /// Searches the audit, the newest first.
    pub async fn search_audit(
        &self,
        search: Search,
        page: Page<(DateTime<Utc>, Uuid)>,
    ) -> Result<(Vec<Row>, String), Error> {
        // Without a bound everything is asked for; instants beyond these are not stored.
        let span = Span {
            from: search.from.unwrap_or(DateTime::UNIX_EPOCH),
            to: search
                .to
                .unwrap_or_else(|| self.clock.now() + chrono::Duration::days(1)),
            after: page.after,
            limit: page.fetch(),
        };
        let mut rows = match search.account_id {
            Some(account_id) => store::audit::page_of_account(&self.db, account_id, span).await?,
            None => store::audit::page(&self.db, span).await?,
        };
        let next = page.next(&mut rows, |it| (it.occurred_at, it.id));
        Ok((rows, next))
    }
}
