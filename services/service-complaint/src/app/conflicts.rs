//! Whoever has an interest in a complaint says so, and has nothing more to do with it (3.4).

use kit::Caller;
use uuid::Uuid;

use super::{Actor, App, Done, Target};
use crate::domain::conflict::{Conflict, ConflictError, Interest};
use crate::domain::policy::Stage;
use crate::error::Error;
use crate::{events, store};

impl App {
    /// Declares an interest, and says of which complaint. A handler gives the stage up with it, and the managers hand it on.
    pub async fn declare_conflict(
        &self,
        caller: &Caller,
        target: Target,
        (interest, reason): (Interest, String),
    ) -> Result<(String, Option<Stage>), Error> {
        let declared = self.step(caller, target, |complaint, work| {
            let text = format!(
                "Declared an interest ({}): {}",
                interest.words(),
                reason.trim_end_matches('.')
            );
            let declarer = work.actor.colleague()?.account_id;
            let gave_up = complaint.declare(Conflict {
                account_id: declarer,
                name: work.actor.name.clone(),
                interest,
                reason,
                gave_up: None,
                declared_at: work.now,
            })?;
            let text = match gave_up {
                Some(_) => format!("{text}. It is to be given to a colleague"),
                None => text,
            };
            let event = events::conflict_declared(complaint, declarer, gave_up);
            Ok(Done::new("conflict_declared", text).announcing(event))
        });
        let complaint = declared.await?;
        let account_id = Actor::of(caller).account_id;
        let mine = account_id.and_then(|it| complaint.conflict_of(it));
        let gave_up = mine.and_then(|it| it.gave_up);
        Ok((complaint.reference, gave_up))
    }

    /// Lets only those read what belongs to a complaint who declared no interest in it.
    pub(super) async fn may_read(&self, caller: &Caller, complaint_id: Uuid) -> Result<(), Error> {
        let Some(account_id) = Actor::of(caller).account_id else {
            return Ok(());
        };
        if store::has_conflict(&self.db, complaint_id, account_id).await? {
            return Err(ConflictError::Declared.into());
        }
        Ok(())
    }
}
