//! Finding the cases whose complainants come to be owed an update, and what is owed that needs a reminder (CA-10).
//!
//! A claim marks what it returns, in the transaction that sees to it. Another sweep steps over rows that are being claimed, and PostgreSQL
//! looks at a row again once it is locked, so that what was settled a moment before is not claimed.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{ContactKind, Step};

/// A stage whose date is likely to be missed.
#[derive(Clone, Copy, Debug)]
pub struct LikelyMissed {
    /// The case.
    pub case_id: Uuid,
    /// The date by which it is expected to be finished.
    pub expected_on: NaiveDate,
    /// When people were told so.
    pub told_on: NaiveDate,
}

/// Claims the stages that are expected to be finished by a date, each once for each date that people were told.
pub async fn claim_likely_missed(
    tx: &mut PgConnection,
    until: NaiveDate,
    most: i64,
) -> sqlx::Result<Vec<LikelyMissed>> {
    sqlx::query_as!(
        LikelyMissed,
        r#"with near as (
               select id from stages
               where ended_on is null and warned_of is distinct from expected_on and expected_on <= $1
               order by expected_on
               limit $2
               for update skip locked
           )
           update stages s set warned_of = expected_on from near where s.id = near.id
           returning s.case_id, s.expected_on as "expected_on!",
               (select told_on from expectations e left join progress_updates u on u.id = e.update_id
                where e.stage_id = s.id and u.refused_at is null order by e.id desc limit 1) as "told_on!""#,
        until,
        most,
    )
    .fetch_all(tx)
    .await
}

/// Claims the cases on which nothing has happened since a date, each once for each silence: the case, and the last day on which something did.
pub async fn claim_quiet(
    tx: &mut PgConnection,
    since: NaiveDate,
    most: i64,
) -> sqlx::Result<Vec<(Uuid, NaiveDate)>> {
    let quiet = sqlx::query!(
        "with quiet as (
             select id from stages
             where ended_on is null and quiet_since is distinct from active_on and active_on <= $1
             order by active_on
             limit $2
             for update skip locked
         )
         update stages s set quiet_since = active_on from quiet where s.id = quiet.id
         returning s.case_id, s.active_on",
        since,
        most,
    )
    .fetch_all(tx)
    .await?;
    Ok(quiet
        .into_iter()
        .map(|it| (it.case_id, it.active_on))
        .collect())
}

/// Something that is owed, and needs a reminder.
#[derive(Clone, Copy, Debug)]
pub struct Owed {
    /// What is owed.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// Its kind.
    pub kind: ContactKind,
    /// The date by which it is owed.
    pub due_on: NaiveDate,
    /// Its version.
    pub version: i64,
}

/// Claims what is owed by a date and takes this step, each once: what is owed by `until`, and whose step before was taken by `after`.
pub async fn claim_owed(
    tx: &mut PgConnection,
    step: Step,
    (until, after): (NaiveDate, NaiveDate),
    today: NaiveDate,
    most: i64,
) -> sqlx::Result<Vec<Owed>> {
    sqlx::query_as!(
        Owed,
        r#"with due as (
               select id from contacts
               where settled_at is null and noticed < 3 and noticed = any($1) and due_on <= $2
                   and (noticed_on is null or noticed_on <= $3)
               order by noticed, due_on
               limit $4
               for update skip locked
           )
           update contacts k set noticed = $5, noticed_on = $6 from due where k.id = due.id
           returning k.id, k.case_id, k.kind as "kind: ContactKind", k.due_on, k.version"#,
        step.follows(),
        until,
        after,
        most,
        step as Step,
        today,
    )
    .fetch_all(tx)
    .await
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    use super::*;
    use crate::store::{Whose, contacts};

    /// Many cases: each has a stage and owes something, of which little is due.
    async fn a_caseload(db: &PgPool) {
        for statement in [
            "insert into landlords (id, name) values (gen_random_uuid(), 'Homes')",
            "insert into staff (account_id, name, team, active, changed_at)
             select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'Casey', '', true, now() from generate_series(1, 100) n",
            "insert into cases (id, reference, case_type, complainant, representative, landlord_id, subject, status, team, opened_on,
                 contact, communication_preference, reasonable_adjustments, vulnerabilities, owner_account_id)
             select gen_random_uuid(), '2025' || lpad(n::text, 6, '0'), 1, 'Person', '', (select id from landlords), 'Damp', 6, 1 + n % 4,
                 '2025-01-02', '', '', '', '', ('00000000-0000-0000-0000-' || lpad((1 + n % 100)::text, 12, '0'))::uuid
             from generate_series(1, 20000) n",
            "insert into stages (id, case_id, status, began_on, began_known, active_on, first_expected_on, expected_on, warned_of, quiet_since)
             select gen_random_uuid(), id, 6, '2025-01-02', true, date '2025-06-01' - n, date '2025-06-01' + n - 100, date '2025-06-01' + n - 100,
                 case when n < 110 then date '2025-06-01' + n - 100 end, case when n > 20 then date '2025-06-01' - n end
             from (select id, (row_number() over ())::int % 400 as n from cases) c",
            "insert into expectations (id, stage_id, expected_on, told_on) select gen_random_uuid(), id, expected_on, began_on from stages",
            "insert into contacts (id, case_id, kind, reason, due_on, raised_at, owner_account_id, team, noticed, noticed_on)
             select gen_random_uuid(), id, 3, 4, date '2025-06-01' + n - 20, now(), owner_account_id, team, case when n < 20 then 3 else 0 end,
                 case when n < 20 then date '2025-05-31' end
             from (select *, (row_number() over ())::int % 400 as n from cases) c",
            "analyze cases, stages, contacts",
        ] {
            sqlx::query(statement).execute(db).await.unwrap();
        }
    }

    /// How often a table was read from end to end in this transaction, and how many of its rows were fetched by an index.
    async fn reads(tx: &mut PgConnection, table: &str) -> (i64, i64) {
        sqlx::query_as(
            "select seq_scan, coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = $1",
        )
        .bind(table)
        .fetch_one(tx)
        .await
        .unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn ca_10_a_page_of_what_is_owed_costs_no_more_than_it_shows(db: PgPool) {
        a_caseload(&db).await;
        let mut tx = db.begin().await.unwrap();
        let owner = "00000000-0000-0000-0000-000000000007".parse().unwrap();
        let (case_id,): (Uuid,) = sqlx::query_as("select case_id from contacts limit 1")
            .fetch_one(&mut *tx)
            .await
            .unwrap();

        for whose in [
            Whose::All,
            Whose::Owner(owner),
            Whose::Team(crate::domain::Team::Triage),
            Whose::Case(case_id),
        ] {
            let mut after = None;
            for page in 0..7 {
                let before = reads(&mut tx, "contacts").await;
                let found = contacts(&mut *tx, whose, after, 26).await.unwrap();
                let (scans, fetched) = reads(&mut tx, "contacts").await;
                assert_eq!(scans, before.0, "{whose:?}, page {page}");
                assert!(
                    fetched - before.1 <= 60,
                    "{whose:?}, page {page}: {fetched}"
                );
                match found.get(24) {
                    Some(last) => after = Some((last.due_on, last.id)),
                    None => break,
                }
            }
        }
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn ca_10_a_sweep_that_finds_nothing_reads_next_to_nothing(db: PgPool) {
        a_caseload(&db).await;
        let mut tx = db.begin().await.unwrap();

        let missed = claim_likely_missed(&mut tx, day("2025-06-10"), 1_000).await;
        let quiet = claim_quiet(&mut tx, day("2025-05-11"), 1_000).await;
        assert!(missed.unwrap().is_empty() && quiet.unwrap().is_empty());
        for step in [Step::FinalReminder, Step::Escalation, Step::Reminder] {
            let until = day("2025-05-31");
            let claimed = claim_owed(&mut tx, step, (until, until), until, 1_000).await;
            assert!(claimed.unwrap().is_empty());
        }

        for table in ["stages", "contacts"] {
            let (scans, fetched) = reads(&mut tx, table).await;
            assert_eq!(scans, 0, "{table}");
            assert!(fetched <= 10, "{table}: {fetched}");
        }
    }
}
