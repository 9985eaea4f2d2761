//! Moving a case through the procedure, and giving it an owner.

use kit::Caller;
use serde_json::json;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Actor, App, Seen};
use crate::domain::{Case, Change, MoveNotAllowed, Status, TimelineEntry};
use crate::error::Error;
use crate::{events, store};

impl App {
    /// Moves a case to another status and hands it to the team whose stage that is (CA-2, CA-3).
    pub async fn move_to(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        to: Status,
    ) -> Result<Seen, Error> {
        let mut tx = self.db.begin().await?;
        let before = version_of(
            store::find(&mut *tx, id, &self.visibility(caller)).await?,
            version,
        )?;
        let (from, from_team) = (before.status, before.team);
        let mut case = before
            .moved(to, self.clock.today())
            .map_err(|refused| self.not_allowed(refused))?;
        case.version = store::save_move(&mut tx, &case)
            .await?
            .ok_or(Error::Stale)?;
        self.begin_stage(&mut tx, id, to).await?;

        let actor = Actor::of(caller);
        let now = self.clock.now();
        let label = &self.words.status(to).label;
        store::add_timeline(
            &mut tx,
            &[TimelineEntry {
                id: kit::id(),
                case_id: id,
                occurred_at: now,
                title: "Status changed".to_owned(),
                description: self.move_in_words(from, &case, case.team != from_team),
                actor: actor.shown.clone(),
                actor_id: actor.id.clone(),
                staff_only: false,
            }],
        )
        .await?;
        let details = json!({
            "status": { "from": from, "to": to },
            "team": { "from": from_team, "to": case.team },
        });
        store::add_changes(
            &mut tx,
            &actor,
            now,
            &[Change {
                case_id: id,
                action: "move",
                details,
            }],
        )
        .await?;
        outbox::publish(
            &mut tx,
            &events::moved(&case, from, label, now, &actor.shown),
        )
        .await?;
        // What was decided becomes known to the landlord where the case now stands.
        if to.tells_outcome()
            && let Some(outcome) = case.outcome.as_mut().filter(|it| !it.told)
        {
            outcome.told = true;
            store::tell_outcomes(&mut tx, id, now).await?;
            let outcome = outcome.0.clone();
            case.told_outcome = Some(Json(outcome.clone()));
            self.tell_of_outcome(&mut tx, caller, &case, &outcome, now)
                .await?;
        }
        store::follow_case(&mut tx, id).await?;
        if to == Status::Closed {
            self.end_contacts(&mut tx, id).await?;
            self.end_reviews(&mut tx, &actor, &case, now).await?;
        }
        let seen = self.seen_whole(&mut tx, caller, case).await?;
        tx.commit().await?;
        Ok(seen)
    }

    /// Makes a member of staff the owner of a case (CA-3).
    pub async fn assign_owner(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        owner_account_id: Uuid,
    ) -> Result<Seen, Error> {
        let mut tx = self.db.begin().await?;
        let mut case = version_of(
            store::find(&mut *tx, id, &self.visibility(caller)).await?,
            version,
        )?;
        let name = able(store::colleague(&mut *tx, owner_account_id).await?)?;
        let actor = Actor::of(caller);
        case = self
            .give(&mut tx, &actor, case, (owner_account_id, name))
            .await?;
        let seen = self.seen_whole(&mut tx, caller, case).await?;
        tx.commit().await?;
        Ok(seen)
    }

    /// Gives a case to a member of staff, and tells of it.
    pub(super) async fn give(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        mut case: Case,
        (owner_account_id, name): (Uuid, String),
    ) -> Result<Case, Error> {
        let id = case.id;
        case.version = store::save_owner(tx, id, case.version, owner_account_id)
            .await?
            .ok_or(Error::Stale)?;
        let now = self.clock.now();
        store::add_timeline(
            tx,
            &[TimelineEntry {
                id: kit::id(),
                case_id: id,
                occurred_at: now,
                title: "Case owner assigned".to_owned(),
                description: format!("{name} is the case owner."),
                actor: actor.shown.clone(),
                actor_id: actor.id.clone(),
                staff_only: false,
            }],
        )
        .await?;
        let details = json!({ "owner": { "from": case.owner_account_id, "to": owner_account_id } });
        store::add_changes(
            tx,
            actor,
            now,
            &[Change {
                case_id: id,
                action: "assign_owner",
                details,
            }],
        )
        .await?;
        store::follow_case(tx, id).await?;
        if case.owner_account_id.is_none() && case.closed_on.is_none() {
            self.owe_introduction(tx, id).await?;
        }
        case.owner_account_id = Some(owner_account_id);
        case.owner_name = Some(name);
        outbox::publish(tx, &events::owner_assigned(&case)).await?;
        Ok(case)
    }

    fn not_allowed(&self, refused: MoveNotAllowed) -> Error {
        let label = |status: &Status| self.words.status(*status).label.clone();
        Error::MoveNotAllowed {
            from: label(&refused.from),
            allowed: refused.from.next().iter().map(label).collect(),
        }
    }

    fn move_in_words(&self, from: Status, case: &Case, handed_over: bool) -> String {
        let from = &self.words.status(from).label;
        let to = &self.words.status(case.status).label;
        if handed_over {
            let team = &self.words.team(case.team).label;
            format!("From “{from}” to “{to}”. The case is now with {team}.")
        } else {
            format!("From “{from}” to “{to}”.")
        }
    }
}

/// The name of a colleague who can be given a case.
pub(super) fn able(colleague: Option<(String, bool)>) -> Result<String, Error> {
    match colleague {
        Some((name, true)) => Ok(name),
        Some((_, false)) => Err(Error::StaffInactive),
        None => Err(Error::NoSuchStaff),
    }
}

/// The case, if it still has the version that the caller saw.
pub(super) fn version_of(found: Option<Case>, version: i64) -> Result<Case, Error> {
    let case = found.ok_or(Error::NoSuchCase)?;
    if case.version == version {
        Ok(case)
    } else {
        Err(Error::Stale)
    }
}
