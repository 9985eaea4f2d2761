//! What is done about others' events.

use outbox::{Event, Handler, Retry, subject};
use proto::clock::v1::Minute;
use sqlx::PgConnection;

use crate::app::App;

impl Handler for App {
    const NAME: &'static str = "service-complaint";

    fn subjects() -> Vec<String> {
        vec![subject::<Minute>()]
    }

    async fn handle(&self, _: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        if event.get::<Minute>()?.is_some() {
            // The sweep has transactions of its own, many and short. If this process dies before it is done, the next
            // minute wakes another.
            self.minute_began();
        }
        Ok(())
    }
}
