//! Keeps the facts of cases as the case service announces them.

use chrono::NaiveDate;
use kit::Caller;
use outbox::{Event, Retry};
use proto::case::v1::{CaseFacts, CaseImported, CaseMoved, CaseOpened, CaseOwnerAssigned};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Visibility;

/// A case, as the services under it know it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CaseFile {
    /// The case.
    pub case_id: Uuid,
    /// What people call it.
    pub reference: String,
    /// The landlord complained about.
    pub landlord_id: Uuid,
    /// The landlord's name.
    pub landlord_name: String,
    /// The resident who complains.
    pub complainant: String,
    /// The number of `proto::case::v1::Status`.
    pub status: i32,
    /// The case owner's account.
    pub owner_account_id: Option<Uuid>,
    /// The date it was opened.
    pub opened_on: NaiveDate,
    /// The date it was closed.
    pub closed_on: Option<NaiveDate>,
    /// Of these facts.
    pub version: i64,
}

impl CaseFile {
    /// Whether a caller may see the case, and so whatever hangs on it (CA-4). Who may not is told that it does not exist.
    #[must_use]
    pub fn visible_to(&self, caller: &Caller, today: NaiveDate) -> bool {
        Visibility::of(caller, today).shows(self.landlord_id, self.closed_on)
    }
}

/// The events that [`apply_event`] understands.
#[must_use]
pub fn subjects() -> Vec<String> {
    vec![
        outbox::subject::<CaseOpened>(),
        outbox::subject::<CaseImported>(),
        outbox::subject::<CaseMoved>(),
        outbox::subject::<CaseOwnerAssigned>(),
    ]
}

/// Takes over what an event says of a case; `false` when it is not one of [`subjects`].
pub async fn apply_event(tx: &mut PgConnection, event: &Event) -> Result<bool, Retry> {
    let facts = if let Some(opened) = event.get::<CaseOpened>()? {
        opened.facts
    } else if let Some(imported) = event.get::<CaseImported>()? {
        imported.facts
    } else if let Some(moved) = event.get::<CaseMoved>()? {
        moved.facts
    } else if let Some(assigned) = event.get::<CaseOwnerAssigned>()? {
        assigned.facts
    } else {
        return Ok(false);
    };
    apply(tx, &facts.ok_or_else(|| Retry::never(Unreadable("facts")))?).await?;
    Ok(true)
}

/// Takes over the facts of a case, unless newer ones are known. The facts are whole, so that a gap between two versions
/// needs no filling.
pub async fn apply(tx: &mut PgConnection, facts: &CaseFacts) -> Result<(), Retry> {
    let file = read(facts).map_err(Retry::never)?;
    sqlx::query(
        "insert into case_files (case_id, reference, landlord_id, landlord_name, complainant, status, owner_account_id,
                                 opened_on, closed_on, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict on constraint case_files_pkey do update
         set reference = excluded.reference, landlord_id = excluded.landlord_id, landlord_name = excluded.landlord_name,
             complainant = excluded.complainant, status = excluded.status, owner_account_id = excluded.owner_account_id,
             opened_on = excluded.opened_on, closed_on = excluded.closed_on, version = excluded.version
         where case_files.version < excluded.version",
    )
    .bind(file.case_id)
    .bind(file.reference)
    .bind(file.landlord_id)
    .bind(file.landlord_name)
    .bind(file.complainant)
    .bind(file.status)
    .bind(file.owner_account_id)
    .bind(file.opened_on)
    .bind(file.closed_on)
    .bind(file.version)
    .execute(tx)
    .await?;
    Ok(())
}

/// A case, if it has been heard of.
pub async fn find(db: impl PgExecutor<'_>, case_id: Uuid) -> sqlx::Result<Option<CaseFile>> {
    sqlx::query_as(
        "select case_id, reference, landlord_id, landlord_name, complainant, status, owner_account_id, opened_on,
                closed_on, version
         from case_files where case_id = $1",
    )
    .bind(case_id)
    .fetch_optional(db)
    .await
}

/// Facts that can't be taken over, by the field at fault.
#[derive(Debug, thiserror::Error)]
#[error("the facts of a case are wrong: {0}")]
struct Unreadable(&'static str);

fn read(facts: &CaseFacts) -> Result<CaseFile, Unreadable> {
    Ok(CaseFile {
        case_id: facts.case_id.parse().map_err(|_| Unreadable("case_id"))?,
        reference: facts.reference.clone(),
        landlord_id: facts
            .landlord_id
            .parse()
            .map_err(|_| Unreadable("landlord_id"))?,
        landlord_name: facts.landlord_name.clone(),
        complainant: facts.complainant.clone(),
        status: facts.status,
        owner_account_id: optional(&facts.owner_account_id)
            .map_err(|_| Unreadable("owner_account_id"))?,
        opened_on: facts
            .opened_on
            .parse()
            .map_err(|_| Unreadable("opened_on"))?,
        closed_on: optional(&facts.closed_on).map_err(|_| Unreadable("closed_on"))?,
        version: facts.version,
    })
}

/// Absent in an event is an empty text.
fn optional<T: std::str::FromStr>(text: &str) -> Result<Option<T>, T::Err> {
    if text.is_empty() {
        Ok(None)
    } else {
        text.parse().map(Some)
    }
}
