//! Whoever has an interest in a complaint says so, and has nothing more to do with it (3.4).

use std::slice;

use kit::Caller;
use uuid::Uuid;

use super::{Actor, App, Done, Target};
use crate::domain::complaint::Complaint;
use crate::domain::conflict::{Conflict, ConflictError, Interest};
use crate::domain::policy::Stage;
use crate::error::Error;
use crate::{events, store};

/// An interest to declare.
#[derive(Debug, Clone)]
pub struct Declaring {
    /// Whose; `None` for one's own.
    pub of: Option<Uuid>,
    /// Of which kind.
    pub interest: Interest,
    /// What it is.
    pub reason: String,
}

impl App {
    /// Declares an interest, one's own or one that a senior colleague sees in somebody else, and says of which complaint. A handler gives the stage up with
    /// it, and the managers hand it on. Declared once more in the same words, it stays as it is.
    pub async fn declare_conflict(
        &self,
        caller: &Caller,
        target: Target,
        declaring: Declaring,
    ) -> Result<(String, Option<Stage>), Error> {
        let actor = Actor::of(caller);
        let declarer = actor.colleague()?;
        let of = declaring.of.filter(|it| *it != declarer.account_id);
        let (account_id, name) = match of {
            None => (declarer.account_id, actor.name.clone()),
            Some(_) if !declarer.senior => return Err(ConflictError::NotSenior.into()),
            Some(of) => self.colleague(of).await?,
        };
        let Declaring {
            of: _,
            interest,
            reason,
        } = declaring;
        let before = self.complaint(target.id).await?;
        if of.is_some() {
            before.is_open_to(actor.account_id)?;
        }
        if let Some(there) = before.conflict_of(account_id)
            && (there.interest, &there.reason) == (interest, &reason)
        {
            return Ok((before.reference.clone(), there.gave_up));
        }
        let stepped = self.step(caller, target, |complaint, work| {
            let whose = match of {
                None => "Declared an interest".to_owned(),
                Some(_) => format!("Said that {name} has an interest"),
            };
            let words = (interest.words(), reason.trim_end_matches('.'));
            let text = format!("{whose} ({}): {}", words.0, words.1);
            let gave_up = complaint.declare(Conflict {
                account_id,
                name,
                interest,
                reason,
                gave_up: None,
                declared_at: work.now,
                recorded_by: of.map_or_else(String::new, |_| work.actor.name.clone()),
            })?;
            let text = if complaint.waits_to_be_handed_on() {
                format!("{text}. It is to be given to a colleague")
            } else {
                text
            };
            let left = complaint.left_by(account_id).count();
            let text = match left {
                0 => text,
                1 => format!("{text}. An action is to be given to a colleague"),
                left => format!("{text}. {left} actions are to be given to colleagues"),
            };
            let event = events::conflict_declared(complaint, account_id, gave_up);
            Ok(Done::new("conflict_declared", text).announcing(event))
        });
        let complaint = stepped.await?;
        let gave_up = complaint.conflict_of(account_id).and_then(|it| it.gave_up);
        Ok((complaint.reference, gave_up))
    }

    async fn complaint(&self, id: Uuid) -> Result<Complaint, Error> {
        let mut db = self.db.acquire().await?;
        let complaint = store::load(&mut db, &[id]).await?.pop();
        complaint.ok_or(Error::NoSuchComplaint)
    }

    /// Lets only those read what belongs to a complaint who declared no interest in it.
    pub(super) async fn may_read(&self, caller: &Caller, complaint_id: Uuid) -> Result<(), Error> {
        self.may_read_all(caller, slice::from_ref(&complaint_id))
            .await
    }

    /// The same for what belongs to several complaints.
    pub(super) async fn may_read_all(
        &self,
        caller: &Caller,
        complaints: &[Uuid],
    ) -> Result<(), Error> {
        let Some(account_id) = Actor::of(caller).account_id else {
            return Ok(());
        };
        if store::has_conflict(&self.db, complaints, account_id).await? {
            return Err(ConflictError::Declared.into());
        }
        Ok(())
    }
}
