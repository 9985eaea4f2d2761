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

/// What became of a row: its case, or what is wrong with it.
pub type Imported = Result<Taken, Invalid>;

/// A row that has a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The case; `None` when the row was only looked at and would have made one.
    pub id: Option<Uuid>,
    /// Whether this row made it; else it was made of the same row before.
    pub added: bool,
}

impl App {
    /// Takes cases over, at whatever status they have, or only says what would become of them. It is idempotent on the
    /// reference, and every row succeeds or fails by itself. Nobody is told, and the timeline starts with the import.
    pub async fn import(
        &self,
        caller: &Caller,
        rows: Vec<Result<Row, Invalid>>,
        validate_only: bool,
    ) -> Result<Vec<Imported>, Error> {
        let mut tx = self.db.begin().await?;
        let rows = known(&mut tx, rows).await?;
        let good: Vec<&Row> = rows.iter().flatten().collect();
        let numbers: Vec<_> = good.iter().map(|row| row.number).collect();
        store::raise_numbers(&mut tx, &numbers).await?;

        // The first row with a reference is the case; another one is the same case again, or differs from it.
        let mut references = HashSet::new();
        let first = good
            .iter()
            .copied()
            .filter(|row| references.insert(row.reference.as_str()));
        let new: Vec<&Row> = first.collect();
        store::hold_unknown_cases(&mut tx, true).await?;
        let added = store::insert_all(&mut tx, &new).await?;
        let added = store::find_all(&mut *tx, &added).await?;
        self.record(&mut tx, &Actor::of(caller), &added).await?;
        self.adopt_complaints(&mut tx, &added).await?;
        let announced: Vec<_> = added.iter().map(events::imported).collect();
        outbox::publish_all(&mut tx, &announced).await?;

        let verdicts = verdicts(&mut tx, &good, validate_only).await?;
        if validate_only {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        let mut verdicts = verdicts.into_iter();
        let mut verdict = |_| {
            verdicts
                .next()
                .expect("there is a verdict for every good row")
        };
        Ok(rows
            .into_iter()
            .map(|row| row.and_then(&mut verdict))
            .collect())
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
        // How long a case has been at its stage elsewhere is not known, so that nothing is expected of that stage.
        let at_a_stage = cases.iter().filter(|case| case.status.is_stage());
        let stages: Vec<_> = at_a_stage.map(|case| (case.id, case.status)).collect();
        store::begin_stages(tx, &stages, self.clock.today(), false).await?;
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
            actor_id: actor.id.clone(),
            staff_only: false,
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

/// What becomes of each row, now that every reference has its case: the row is what its case was made of, or it differs.
async fn verdicts(
    tx: &mut PgConnection,
    rows: &[&Row],
    validate_only: bool,
) -> Result<Vec<Imported>, Error> {
    let present = store::made_of(&mut *tx, rows).await?;
    let doubtful: Vec<_> = present
        .iter()
        .filter(|it| it.same != Some(true))
        .map(|it| it.id)
        .collect();
    let cases: HashMap<_, _> = store::find_all(tx, &doubtful)
        .await?
        .into_iter()
        .map(|case| (case.id, case))
        .collect();
    let verdict = |(row, present): (&&Row, &store::Present)| {
        let taken = Taken {
            added: present.id == row.case.id,
            id: (!validate_only || present.id != row.case.id).then_some(present.id),
        };
        if present.same == Some(true) {
            return Ok(taken);
        }
        let case = &cases[&present.id];
        match row.case.differs_for_good(case) {
            Some(field) => Err(conflict(Some(field))),
            // What it was made of is not remembered: it may have moved on since, but the rest of it stays as it was.
            None if present.same.is_none() => Ok(taken),
            None => Err(conflict(row.case.has_moved_on(case))),
        }
    };
    Ok(rows.iter().zip(&present).map(verdict).collect())
}

fn conflict(field: Option<&'static str>) -> Invalid {
    match field {
        // A second case by the same reference would be taken for the first one by everybody who is told of it.
        Some("landlord_id") => Invalid::field(
            "landlord_id",
            "Another landlord's case has this reference",
            "REFERENCE_TAKEN",
        ),
        Some(field) => Invalid::field(
            field,
            "The case with this reference has another value here, and an import changes no case",
            "CASE_DIFFERS",
        ),
        None => Invalid::field(
            "reference",
            "The case with this reference was made of another row, and an import changes no case",
            "CASE_DIFFERS",
        ),
    }
}
