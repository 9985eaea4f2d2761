//! Letters about service complaints (SC-12), and about service requests (SC-1).

use outbox::{Event, Retry, subject};
use proto::service_complaint::v1::{LetterSent, RequestLetterSent};
use sqlx::PgConnection;

use super::id;
use crate::app::App;

pub(super) fn subjects() -> Vec<String> {
    vec![subject::<LetterSent>(), subject::<RequestLetterSent>()]
}

/// Handles a letter that was sent; `false` when the event is none. What goes on paper is posted by staff.
pub(super) async fn handle(app: &App, tx: &mut PgConnection, event: &Event) -> Result<bool, Retry> {
    if let Some(sent) = event.get::<RequestLetterSent>()? {
        let letter_id = id(&sent, "letter_id", &sent.letter_id)?;
        app.send_letter(tx, event, letter_id).await?;
        return Ok(true);
    }
    let Some(sent) = event.get::<LetterSent>()? else {
        return Ok(false);
    };
    if sent.by_email {
        let letter_id = id(&sent, "letter_id", &sent.letter_id)?;
        app.send_letter(tx, event, letter_id).await?;
    }
    Ok(true)
}
