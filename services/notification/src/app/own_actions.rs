//! Notices of actions that somebody is accountable for outside Customer Insight.

use outbox::Event;
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use crate::domain::{Audience, Matter};
use crate::store;
use crate::store::notices::NewNotice;

impl App {
    /// Tells somebody of an action of theirs (SC-10): in the portal only, where the page of their actions is. It leads to no complaint and to no case,
    /// which they may not see.
    pub async fn tell_of_own_action(
        &self,
        tx: &mut PgConnection,
        event: &Event,
        owner: Uuid,
        text: &str,
    ) -> sqlx::Result<()> {
        let notice = NewNotice {
            event_id: event.id,
            audience: Audience::Account(owner),
            matter: Matter::ServiceComplaintAction,
            text,
            case_id: None,
            complaint_reference: "",
            email_id: None,
            now: self.clock.now(),
        };
        store::notices::raise(tx, kit::id(), &notice).await
    }
}
