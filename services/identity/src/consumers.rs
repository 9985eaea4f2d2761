//! What we do about others' events: every minute, what is over is taken away.

use outbox::{Event, Handler, Retry};
use proto::clock::v1::Minute;
use sqlx::PgConnection;

use crate::app::App;

impl Handler for App {
    const NAME: &'static str = "identity";

    fn subjects() -> Vec<String> {
        vec![outbox::subject::<Minute>()]
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        if event.get::<Minute>()?.is_some() {
            self.sweep(tx).await?;
        }
        Ok(())
    }
}
