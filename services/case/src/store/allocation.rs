//! What bears on when cases are given to investigators, and the queues in which they wait.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{
    Ahead, Allocation, CaseType, ComplaintDecided, Place, Related, RelatedCases, Sensitivity,
    Upheld,
};

/// What bears on the allocation of these cases.
pub async fn allocations_of(
    connection: &mut PgConnection,
    cases: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Allocation>> {
    let rows = sqlx::query!(
        r#"select c.id, c.opened_on, c.awaiting_allocation, c.sensitivity as "sensitivity: Sensitivity", d.reason as "reason?",
               d.decided_name as "decided_name?", d.decided_at as "decided_at?"
           from cases c
           left join lateral (select * from ahead_decisions where case_id = c.id order by id desc limit 1) d on c.ahead
           where c.id = any($1)"#,
        cases,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut others = related_to(&mut *connection, cases).await?;
    let mut found: HashMap<Uuid, Allocation> = rows
        .into_iter()
        .map(|row| {
            let related = others.remove(&row.id).unwrap_or_default();
            let ahead = row.reason.zip(row.decided_name).zip(row.decided_at);
            let allocation = Allocation {
                waiting: row.awaiting_allocation,
                sensitivity: row.sensitivity,
                ahead: ahead.map(|((reason, by), at)| Ahead { reason, by, at }),
                related: RelatedCases::of(row.opened_on, related),
                ..Allocation::default()
            };
            (row.id, allocation)
        })
        .collect();
    let upheld = sqlx::query!(
        r#"select case_id as "case_id!", reference, decided_on from service_complaints
         where case_id = any($1) and upheld
         order by decided_on desc, complaint_id"#,
        cases,
    )
    .fetch_all(connection)
    .await?;
    for row in upheld {
        found.entry(row.case_id).or_default().upheld.push(Upheld {
            reference: row.reference,
            upheld_on: row.decided_on,
        });
    }
    Ok(found)
}

/// The most other cases of a complainant that are read, open and closed ones each.
const MOST_OTHERS: i64 = 50;

/// The other cases of the same complainants about the same landlords, by the name that both cases were opened with.
async fn related_to(
    connection: &mut PgConnection,
    cases: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Vec<Related>>> {
    let rows = sqlx::query!(
        r#"select c.id, o.reference as "reference!", o.subject as "subject!", o.opened_on as "opened_on!", o.closed_on
           from cases c
           cross join lateral (
               (select reference, subject, opened_on, closed_on from cases
                where landlord_id = c.landlord_id and complainant = c.complainant and closed_on is null and id <> c.id
                limit $2)
               union all
               (select reference, subject, opened_on, closed_on from cases
                where landlord_id = c.landlord_id and complainant = c.complainant and closed_on is not null and id <> c.id
                limit $2)
           ) o
           where c.id = any($1)"#,
        cases,
        MOST_OTHERS,
    )
    .fetch_all(connection)
    .await?;
    let mut found: HashMap<Uuid, Vec<Related>> = HashMap::new();
    for row in rows {
        found.entry(row.id).or_default().push(Related {
            reference: row.reference,
            subject: row.subject,
            opened_on: row.opened_on,
            closed_on: row.closed_on,
        });
    }
    Ok(found)
}

/// Keeps imports and decisions about cases that are not there yet apart until this transaction ends, so that neither misses the other.
/// Imports go on beside each other.
pub async fn hold_unknown_cases(tx: &mut PgConnection, importing: bool) -> sqlx::Result<()> {
    /// No other lock of this database has this number.
    const UNKNOWN_CASES: i64 = 0x756e_6b6e;
    if importing {
        sqlx::query!("select pg_advisory_xact_lock_shared($1)", UNKNOWN_CASES)
            .execute(tx)
            .await?;
    } else {
        sqlx::query!("select pg_advisory_xact_lock($1)", UNKNOWN_CASES)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Gives complaints that were decided before their case was there to the cases that came. Tells which of them are upheld: their case and
/// their reference.
pub async fn adopt_complaints(
    tx: &mut PgConnection,
    cases: &[Uuid],
) -> sqlx::Result<Vec<(Uuid, String)>> {
    let adopted = sqlx::query!(
        "update service_complaints s set case_id = c.id, case_reference = ''
         from cases c
         where c.id = any($1) and s.case_id is null and s.case_reference = c.reference
         returning c.id, s.reference, s.upheld",
        cases,
    )
    .fetch_all(tx)
    .await?;
    let upheld = adopted.into_iter().filter(|it| it.upheld);
    Ok(upheld.map(|it| (it.id, it.reference)).collect())
}

/// Keeps what was decided about a service complaint, unless a later stage was heard of already. Tells whether the complaint counts
/// since, or does no longer; `None` when nothing changed by it.
pub async fn save_complaint(
    tx: &mut PgConnection,
    case_id: Option<Uuid>,
    decided: &ComplaintDecided,
) -> sqlx::Result<Option<bool>> {
    let ComplaintDecided {
        complaint_id,
        reference,
        case_reference,
        stage,
        upheld,
        decided_on,
    } = decided;
    let counted = sqlx::query_scalar!(
        "select upheld from service_complaints where complaint_id = $1 and case_id = $2",
        complaint_id,
        case_id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let saved = sqlx::query!(
        "insert into service_complaints (complaint_id, case_id, reference, stage, upheld, decided_on, case_reference)
         values ($1, $2, $3, $4, $5, $6, case when $2::uuid is null then $7 else '' end)
         on conflict (complaint_id) do update
         set stage = excluded.stage, upheld = excluded.upheld, decided_on = excluded.decided_on,
             -- Its reference may have been put right since.
             case_id = coalesce(excluded.case_id, service_complaints.case_id),
             case_reference = case when coalesce(excluded.case_id, service_complaints.case_id) is null then excluded.case_reference else '' end
         where service_complaints.stage < excluded.stage",
        complaint_id,
        case_id,
        reference,
        stage,
        upheld,
        decided_on,
        case_reference,
    )
    .execute(tx)
    .await?;
    let changed = saved.rows_affected() == 1 && counted.unwrap_or(false) != *upheld;
    Ok(changed.then_some(*upheld))
}

/// Whether a case goes ahead of others.
pub async fn is_ahead(db: impl PgExecutor<'_>, case_id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar!("select ahead from cases where id = $1", case_id)
        .fetch_one(db)
        .await
}

/// What a senior colleague decided about a case's going ahead.
#[derive(Clone, Copy, Debug)]
pub struct AheadDecision<'a> {
    /// The case.
    pub case_id: Uuid,
    /// Whether it goes ahead.
    pub ahead: bool,
    /// Why.
    pub reason: &'a str,
}

/// Keeps such a decision. The case's version was taken before, so that nobody else writes here.
pub async fn save_ahead(
    tx: &mut PgConnection,
    decision: AheadDecision<'_>,
    (by, name): (&str, &str),
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let AheadDecision {
        case_id,
        ahead,
        reason,
    } = decision;
    sqlx::query!("update cases set ahead = $2 where id = $1", case_id, ahead)
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "insert into ahead_decisions (id, case_id, ahead, reason, decided_by, decided_name, decided_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        kit::id(),
        case_id,
        ahead,
        reason,
        by,
        name,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Before every place of a queue.
const START: Place = (
    -1,
    NaiveDate::from_ymd_opt(1, 1, 1).expect("a day"),
    Uuid::nil(),
);

/// A page of a queue, after where the page before ended. It always starts somewhere, so that the index alone finds it.
pub async fn waiting(
    db: impl PgExecutor<'_>,
    case_type: CaseType,
    after: Option<Place>,
    limit: i64,
) -> sqlx::Result<Vec<Place>> {
    let (rank, opened_on, id) = after.unwrap_or(START);
    let rows = sqlx::query!(
        "select allocation_rank, opened_on, id from cases
         where awaiting_allocation and case_type = $1 and (allocation_rank, opened_on, id) > ($2, $3, $4)
         order by allocation_rank, opened_on, id
         limit $5",
        case_type as CaseType,
        rank,
        opened_on,
        id,
        limit,
    )
    .fetch_all(db)
    .await?;
    let place = rows
        .into_iter()
        .map(|row| (row.allocation_rank, row.opened_on, row.id));
    Ok(place.collect())
}

/// Takes the first case of a queue that nobody else is taking at this moment, and keeps it until the transaction ends.
pub async fn take_next(tx: &mut PgConnection, case_type: CaseType) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select id from cases
         where awaiting_allocation and case_type = $1
         order by allocation_rank, opened_on, id
         limit 1
         for no key update skip locked",
        case_type as CaseType,
    )
    .fetch_optional(tx)
    .await
}

/// A request for the next case of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextRequest {
    /// Of whose queue.
    pub case_type: CaseType,
    /// Who gets it.
    pub owner: Uuid,
    /// Who asks, as the audit names them.
    pub by: String,
}

/// The case that a request with this id was given, and the request.
pub async fn allocated_by(
    db: impl PgExecutor<'_>,
    request_id: Uuid,
) -> sqlx::Result<Option<(Uuid, NextRequest)>> {
    let row = sqlx::query!(
        r#"select case_id, case_type as "case_type: CaseType", owner_account_id, requested_by
           from allocations where request_id = $1"#,
        request_id,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| {
        let request = NextRequest {
            case_type: row.case_type,
            owner: row.owner_account_id,
            by: row.requested_by,
        };
        (row.case_id, request)
    }))
}

/// Keeps which case a request was given; `false` when the same request was given another one meanwhile.
pub async fn add_allocation(
    tx: &mut PgConnection,
    request_id: Uuid,
    request: &NextRequest,
    case_id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let added = sqlx::query!(
        "insert into allocations (request_id, case_id, case_type, owner_account_id, requested_by, allocated_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (request_id) do nothing",
        request_id,
        case_id,
        request.case_type as CaseType,
        request.owner,
        request.by,
        at,
    )
    .execute(tx)
    .await?;
    Ok(added.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    use super::*;

    /// Waiting cases of one kind among many that do not wait.
    async fn a_caseload(db: &PgPool) {
        for statement in [
            "insert into landlords (id, name) values (gen_random_uuid(), 'Homes')",
            "insert into cases (id, reference, case_type, complainant, representative, landlord_id, subject, status, team, opened_on,
                 contact, communication_preference, reasonable_adjustments, vulnerabilities, awaiting_allocation, sensitivity, ahead)
             select gen_random_uuid(), '2025' || lpad(n::text, 6, '0'), 1 + n % 2, 'Person', '', (select id from landlords), 'Damp', 5, 3,
                 date '2020-01-01' + n % 1500, '', '', '', '', n % 3 = 0, nullif(n % 4, 0), n % 50 = 0
             from generate_series(1, 60000) n",
            "analyze cases",
        ] {
            sqlx::query(statement).execute(db).await.unwrap();
        }
    }

    /// How often the cases were read from end to end in this transaction, and how many were fetched by an index.
    async fn reads(tx: &mut PgConnection) -> (i64, i64) {
        sqlx::query_as(
            "select seq_scan, coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'cases'",
        )
        .fetch_one(tx)
        .await
        .unwrap()
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn ca_9_a_page_of_a_long_queue_and_its_next_case_cost_no_more_than_they_show(db: PgPool) {
        a_caseload(&db).await;
        let mut tx = db.begin().await.unwrap();

        let mut after = None;
        let mut pages = 0;
        let mut seen: Vec<Place> = Vec::new();
        while pages < 40 {
            let before = reads(&mut tx).await;
            let page = waiting(&mut *tx, CaseType::MemberLandlord, after, 26)
                .await
                .unwrap();
            let (scans, fetched) = reads(&mut tx).await;
            assert_eq!(scans, before.0, "page {pages}");
            assert!(fetched - before.1 <= 26, "page {pages}: {fetched}");
            after = page.get(24).copied();
            seen.extend(&page[..25]);
            pages += 1;
        }
        assert!(seen.is_sorted_by(|a, b| a < b), "in order, none twice");

        let before = reads(&mut tx).await;
        let first = take_next(&mut tx, CaseType::MemberLandlord).await.unwrap();
        let (scans, fetched) = reads(&mut tx).await;
        assert_eq!(first, Some(seen[0].2));
        assert_eq!(scans, before.0);
        assert!(fetched - before.1 <= 1, "{fetched}");
    }
}
