//! What documents do about others' events: they keep the facts of each case, to know who may see its files (CA-4).

use outbox::{Event, Handler, Retry};
use sqlx::PgConnection;

/// Keeps the case files.
#[derive(Debug, Clone, Copy)]
pub struct CaseFiles;

impl Handler for CaseFiles {
    const NAME: &'static str = "document";

    fn subjects() -> Vec<String> {
        casefile::subjects()
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        casefile::apply_event(tx, event).await?;
        Ok(())
    }
}
