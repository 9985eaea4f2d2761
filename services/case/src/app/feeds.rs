//! Taking in what identity and the task service announce.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use crate::domain::{TaskFacts, TimelineEntry};
use crate::error::Error;
use crate::store;

/// What happened to a task, in words for a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskNews {
    /// A short heading.
    pub title: String,
    /// What happened, in a sentence.
    pub description: String,
    /// Who did it, as shown to a landlord.
    pub actor: String,
}

impl App {
    /// Takes in a landlord's name.
    pub async fn landlord_registered(
        &self,
        tx: &mut PgConnection,
        id: Uuid,
        name: &str,
    ) -> Result<(), Error> {
        Ok(store::save_landlord(tx, id, name).await?)
    }

    /// Takes in the date on which a landlord's portal was activated.
    pub async fn landlord_activated(
        &self,
        tx: &mut PgConnection,
        id: Uuid,
        on: NaiveDate,
    ) -> Result<(), Error> {
        Ok(store::activate_landlord(tx, id, on).await?)
    }

    /// Takes in who may own cases.
    pub async fn staff_changed(
        &self,
        tx: &mut PgConnection,
        account_id: Uuid,
        name: &str,
        team: &str,
        active: bool,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        Ok(store::save_staff(tx, account_id, name, team, active, at).await?)
    }

    /// Takes in how a task stands, and tells of it on the case's timeline.
    pub async fn task_changed(
        &self,
        tx: &mut PgConnection,
        task: &TaskFacts,
        news: Option<TaskNews>,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        if !store::lock_case(tx, task.case_id).await? {
            return Err(Error::NoSuchCase);
        }
        store::save_task(tx, task).await?;
        store::refresh_next_due(tx, task.case_id).await?;
        if let Some(TaskNews {
            title,
            description,
            actor,
        }) = news
        {
            let entry = TimelineEntry {
                id: kit::id(),
                case_id: task.case_id,
                occurred_at: at,
                title,
                description,
                actor,
                actor_id: String::new(),
                staff_only: false,
            };
            store::add_timeline(tx, &[entry]).await?;
        }
        Ok(())
    }
}
