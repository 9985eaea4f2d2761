//! What is done about others' events: each ends in a call of the app.

use kit::time;
use outbox::{Event, Handler, Retry, subject};
use proto::case::v1::{CaseImported, CaseMoved};
use proto::clock::v1::Minute;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::App;

impl Handler for App {
    const NAME: &'static str = "task";

    fn subjects() -> Vec<String> {
        let mut subjects = casefile::subjects();
        subjects.push(subject::<Minute>());
        subjects
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        if event.get::<Minute>()?.is_some() {
            // The sweep has transactions of its own, many and short. If this process dies before it is done, the next
            // minute wakes another.
            self.minute_began();
            return Ok(());
        }
        casefile::apply_event(tx, event).await?;
        let (facts, moved_at, actor) = if let Some(moved) = event.get::<CaseMoved>()? {
            (moved.facts, moved.moved_at, moved.actor)
        } else if let Some(imported) = event.get::<CaseImported>()? {
            (imported.facts, None, String::new())
        } else {
            return Ok(());
        };
        if let Some(facts) = facts {
            let case_id: Uuid = facts.case_id.parse().map_err(Retry::never)?;
            let at = time::instant(moved_at.as_ref()).unwrap_or(event.occurred_at);
            let on = time::london_date(at);
            self.case_arrived(tx, case_id, facts.status(), on, &actor)
                .await?;
        }
        Ok(())
    }
}
