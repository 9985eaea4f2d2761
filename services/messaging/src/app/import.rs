//! Taking over messages that were sent elsewhere. Nobody is told of them, and nobody has to read them again.

use std::collections::HashMap;

use calendar::Calendar;
use chrono::{DateTime, Utc};
use kit::Caller;
use uuid::Uuid;

use super::App;
use crate::domain::Side;
use crate::error::Error;
use crate::store::import::{self, Row};

/// A row as the grpc layer read it.
#[derive(Debug)]
pub struct Imported {
    /// The row's own id.
    pub request_id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// Which side wrote it.
    pub side: Side,
    /// Who wrote it.
    pub author_name: String,
    /// The text.
    pub body: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

/// Why a row was not taken.
#[derive(Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The field at fault.
    pub field: String,
    /// Why, in a sentence.
    pub error: String,
}

impl Rejection {
    /// A rejection for one field.
    #[must_use]
    pub fn new(field: &str, error: &str) -> Self {
        Self {
            field: field.to_owned(),
            error: error.to_owned(),
        }
    }
}

impl App {
    /// Takes rows over, each once for its id. A row that is wrong is told so and stops no other.
    pub async fn import(
        &self,
        caller: &Caller,
        rows: Vec<Result<Imported, Rejection>>,
    ) -> Result<Vec<Result<Uuid, Rejection>>, Error> {
        let now = self.clock.now();
        let case_ids = distinct(rows.iter().flatten().map(|row| row.case_id));
        let known: HashMap<Uuid, bool> = import::known_cases(&self.db, &case_ids)
            .await?
            .into_iter()
            .map(|case| (case.case_id, case.open))
            .collect();
        let rows: Vec<Result<Row, Rejection>> = rows
            .into_iter()
            .map(|row| admit(row?, &known, &self.calendar, now))
            .collect();

        let taken = self
            .take(caller, rows.iter().flatten().cloned().collect(), now)
            .await?;
        Ok(rows.into_iter().map(|row| result(&row?, &taken)).collect())
    }

    async fn take(
        &self,
        caller: &Caller,
        rows: Vec<Row>,
        now: DateTime<Utc>,
    ) -> Result<HashMap<Uuid, import::Taken>, Error> {
        let request_ids: Vec<Uuid> = rows.iter().map(|row| row.request_id).collect();

        let mut tx = self.db.begin().await?;
        import::open_conversations(&mut tx, &rows).await?;
        import::insert(&mut tx, &rows, &caller.actor(), now).await?;
        let cases = distinct(rows.iter().map(|row| row.case_id));
        import::renew_replies_owed(&mut tx, &cases).await?;
        self.put_right_among(&mut tx, &cases).await?;
        let taken = import::taken(&mut tx, &request_ids).await?;
        tx.commit().await?;

        Ok(taken.into_iter().map(|row| (row.request_id, row)).collect())
    }
}

fn admit(
    row: Imported,
    known: &HashMap<Uuid, bool>,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<Row, Rejection> {
    let Imported {
        request_id,
        case_id,
        side,
        author_name,
        body,
        sent_at,
    } = row;
    let Some(open) = known.get(&case_id) else {
        return Err(Rejection::new(
            "case_id",
            "Case must be one that the portal has",
        ));
    };
    if sent_at > now {
        return Err(Rejection::new(
            "sent_at",
            "Time it was sent must be in the past",
        ));
    }
    // It may be owed an answer, whose date could not be worked out.
    if *open && side == Side::Landlord && !calendar.covers(kit::time::london_date(sent_at)) {
        return Err(Rejection::new(
            "sent_at",
            "Time it was sent must be in a year whose bank holidays are known, because the case is open",
        ));
    }
    Ok(Row {
        id: kit::id(),
        change_id: kit::id(),
        request_id,
        case_id,
        side,
        author_name,
        body,
        sent_at,
    })
}

fn result(row: &Row, taken: &HashMap<Uuid, import::Taken>) -> Result<Uuid, Rejection> {
    taken
        .get(&row.request_id)
        .filter(|taken| taken.is(row))
        .map(|taken| taken.id)
        .ok_or_else(|| Rejection::new("request_id", "The request id was used for another message"))
}

fn distinct(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
