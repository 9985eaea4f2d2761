//! What is done about others' events.

use outbox::{Event, Handler, Retry, subject};
use proto::clock::v1::Minute;
use proto::notification::v1::EmailRefused;
use sqlx::PgConnection;

use crate::app::App;

impl Handler for App {
    const NAME: &'static str = "service-complaint";

    fn subjects() -> Vec<String> {
        vec![subject::<Minute>(), subject::<EmailRefused>()]
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        if event.get::<Minute>()?.is_some() {
            // The sweep has transactions of its own, many and short. If this process dies before it is done, the next
            // minute wakes another.
            self.minute_began();
        } else if let Some(refused) = event.get::<EmailRefused>()? {
            if refused.letter_id.is_empty() {
                return Ok(());
            }
            let letter_id = refused.letter_id.parse().map_err(Retry::never)?;
            self.letter_refused(tx, letter_id).await?;
        }
        Ok(())
    }
}
