//! What conversations do about others' events: they keep the facts of each case, to know who may see its messages (CA-4); which
//! attachments are lost (ME-3); and that nobody waits for an answer on a case that is closed (ME-5).

use outbox::{Event, Handler, Retry, subject};
use proto::case::v1::{CaseFacts, CaseImported, CaseMoved, CaseOpened, CaseOwnerAssigned};
use proto::clock::v1::Minute;
use proto::document::v1::{DocumentQuarantined, DocumentWithdrawn};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::App;
use crate::store::{self, Lost};

impl Handler for App {
    const NAME: &'static str = "messaging";

    fn subjects() -> Vec<String> {
        let mut subjects = casefile::subjects();
        subjects.push(subject::<DocumentQuarantined>());
        subjects.push(subject::<DocumentWithdrawn>());
        subjects.push(subject::<Minute>());
        subjects
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        if event.get::<Minute>()?.is_some() {
            // The sweep has transactions of its own, many and short. If this process dies before it is done, the next
            // minute wakes another.
            self.minute_began();
        } else if let Some(DocumentWithdrawn { document_id, .. }) = event.get()? {
            store::lose(tx, id(&document_id)?, Lost::Withdrawn).await?;
        } else if let Some(DocumentQuarantined { document_id, .. }) = event.get()? {
            store::lose(tx, id(&document_id)?, Lost::Quarantined).await?;
        } else if casefile::apply_event(tx, event).await?
            && let Some(facts) = facts(event)?
        {
            let case_id = id(&facts.case_id)?;
            store::keep_team(tx, case_id, facts.version, facts.team).await?;
            // Not what this event says but what is known: a newer one may have come before it.
            let case = casefile::find(&mut *tx, case_id).await?;
            if case.is_some_and(|case| case.closed_on.is_some()) {
                self.case_closed(tx, case_id).await?;
            }
        }
        Ok(())
    }
}

/// The facts of a case in an event of [`casefile::subjects`].
fn facts(event: &Event) -> Result<Option<CaseFacts>, Retry> {
    Ok(if let Some(opened) = event.get::<CaseOpened>()? {
        opened.facts
    } else if let Some(imported) = event.get::<CaseImported>()? {
        imported.facts
    } else if let Some(moved) = event.get::<CaseMoved>()? {
        moved.facts
    } else if let Some(assigned) = event.get::<CaseOwnerAssigned>()? {
        assigned.facts
    } else {
        None
    })
}

fn id(text: &str) -> Result<Uuid, Retry> {
    text.parse().map_err(Retry::never)
}
