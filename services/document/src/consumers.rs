//! What documents do about others' events: they keep the facts of each case, to know who may see its files (CA-4), and who has an interest in a
//! complaint and reads none of its files (policy 3.4), and let go of the files of a complaint that was not sent in the end.

use outbox::{Event, Handler, Retry, subject};
use proto::service_complaint::v1::{ConflictDeclared, DraftDiscarded};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::store::complaints;

/// Keeps the case files.
#[derive(Debug, Clone, Copy)]
pub struct CaseFiles;

impl Handler for CaseFiles {
    const NAME: &'static str = "document";

    fn subjects() -> Vec<String> {
        let mut subjects = casefile::subjects();
        subjects.push(subject::<DraftDiscarded>());
        subjects.push(subject::<ConflictDeclared>());
        subjects
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        casefile::apply_event(tx, event).await?;
        if let Some(discarded) = event.get::<DraftDiscarded>()? {
            let draft_id: Uuid = discarded.draft_id.parse().map_err(Retry::never)?;
            let reason = "The complaint was not sent";
            complaints::lock(&mut *tx, draft_id).await?;
            complaints::discard(&mut *tx, draft_id, event.occurred_at).await?;
            complaints::remove(&mut *tx, draft_id, None, event.occurred_at, reason).await?;
        }
        if let Some(declared) = event.get::<ConflictDeclared>()? {
            let complaint_id: Uuid = declared.complaint_id.parse().map_err(Retry::never)?;
            let account_id: Uuid = declared.declared_by.parse().map_err(Retry::never)?;
            complaints::keep_interest(tx, complaint_id, account_id).await?;
        }
        Ok(())
    }
}
