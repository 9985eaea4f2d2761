//! Taking over cases that were opened elsewhere (CA-7).

use std::collections::{HashMap, HashSet};

use kit::{Caller, Invalid};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::{Case, Change, NewCase, Reference, TimelineEntry};
use crate::error::Error;
use crate::{events, store};

/// A case to take over, with the reference that it has.
#[derive(Clone, Debug)]
pub struct Row {
    /// The reference as it is written.
    pub reference: String,
    /// The reference as a year and a number.
    pub number: Reference,
    /// The case.
    pub case: NewCase,
}

/// What became of a row: the id of its case, or what is wrong with it.
pub type Imported = Result<Uuid, Invalid>;

impl App {
    /// Takes cases over, at whatever status they have. It is idempotent on the reference, and every row succeeds or fails
    /// by itself. Nobody is told, and the timeline starts with the import.
    pub async fn import(
        &self,
        caller: &Caller,
        rows: Vec<Result<Row, Invalid>>,
    ) -> Result<Vec<Imported>, Error> {
        let mut tx = self.db.begin().await?;
        let rows = known(&mut tx, rows).await?;
        let mut good: Vec<&Row> = rows.iter().flatten().collect();
        let numbers: Vec<_> = good.iter().map(|row| row.number).collect();
        store::raise_numbers(&mut tx, &numbers).await?;

        // The first row with a reference is the case; another one is the same case again.
        let mut references = HashSet::new();
        good.retain(|row| references.insert(row.reference.as_str()));
        let cases: Vec<_> = good
            .iter()
            .map(|row| (row.reference.clone(), row.case.clone()))
            .collect();
        let taken = store::insert_all(&mut tx, &cases).await?;
        let taken = store::find_all(&mut *tx, &taken).await?;
        self.record(&mut tx, &Actor::of(caller), &taken).await?;
        let announced: Vec<_> = taken.iter().map(events::imported).collect();
        outbox::publish_all(&mut tx, &announced).await?;

        let references: Vec<_> = cases.into_iter().map(|(reference, _)| reference).collect();
        let present = store::by_reference(&mut *tx, &references).await?;
        tx.commit().await?;
        Ok(results(rows, &present))
    }

    async fn record(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        cases: &[Case],
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let entries: Vec<_> = cases
            .iter()
            .map(|case| self.arrival(actor, case, now))
            .collect();
        let changes: Vec<_> = cases
            .iter()
            .map(|case| Change {
                case_id: case.id,
                action: "import",
                details: json!({ "reference": case.reference, "status": case.status, "team": case.team }),
            })
            .collect();
        store::add_timeline(tx, &entries).await?;
        store::add_changes(tx, actor, now, &changes).await?;
        Ok(())
    }

    fn arrival(
        &self,
        actor: &Actor,
        case: &Case,
        now: chrono::DateTime<chrono::Utc>,
    ) -> TimelineEntry {
        let status = &self.words.status(case.status).label;
        TimelineEntry {
            id: kit::id(),
            case_id: case.id,
            occurred_at: now,
            title: "Case added to the portal".to_owned(),
            description: format!("The case was added to the portal at “{status}”."),
            actor: actor.shown.clone(),
        }
    }
}

/// Refuses the rows whose landlord or owner is not known.
async fn known(
    tx: &mut PgConnection,
    rows: Vec<Result<Row, Invalid>>,
) -> Result<Vec<Result<Row, Invalid>>, Error> {
    let good = || rows.iter().flatten().map(|row| &row.case);
    let landlords: Vec<_> = good().map(|case| case.landlord_id).collect();
    let owners: Vec<_> = good().filter_map(|case| case.owner_account_id).collect();
    let landlords: HashSet<_> = store::known_landlords(&mut *tx, &landlords)
        .await?
        .into_iter()
        .collect();
    let owners: HashSet<_> = store::known_staff(&mut *tx, &owners)
        .await?
        .into_iter()
        .collect();

    let check = |row: Row| {
        if !landlords.contains(&row.case.landlord_id) {
            return Err(Invalid::field(
                "landlord_id",
                "The landlord is not registered",
                "NO_SUCH_LANDLORD",
            ));
        }
        if row
            .case
            .owner_account_id
            .is_some_and(|owner| !owners.contains(&owner))
        {
            return Err(Invalid::field(
                "owner_account_id",
                "There is no such member of staff",
                "NO_SUCH_STAFF",
            ));
        }
        Ok(row)
    };
    Ok(rows.into_iter().map(|row| row.and_then(check)).collect())
}

fn results(rows: Vec<Result<Row, Invalid>>, present: &[(String, Uuid, Uuid)]) -> Vec<Imported> {
    let present: HashMap<_, _> = present
        .iter()
        .map(|(reference, id, landlord)| (reference.as_str(), (*id, *landlord)))
        .collect();
    let result = |row: Row| match present.get(row.reference.as_str()) {
        Some((id, landlord)) if *landlord == row.case.landlord_id => Ok(*id),
        // A second case by the same reference would be taken for the first one by everybody who is told of it.
        _ => Err(Invalid::field(
            "reference",
            "Another landlord's case has this reference",
            "REFERENCE_TAKEN",
        )),
    };
    rows.into_iter().map(|row| row.and_then(result)).collect()
}
