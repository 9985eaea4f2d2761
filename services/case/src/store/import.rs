//! Many cases at a time: a batch of an import costs the same few statements however many rows it has.

use chrono::NaiveDate;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Row;
use crate::domain::{
    Case, CaseType, NewCase, Outcome, Reference, StaffDetails, Status, Team, UpcomingTask,
};

/// Which of these landlords are registered.
pub async fn known_landlords(db: impl PgExecutor<'_>, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select id from landlords where id = any($1) and name is not null",
        ids,
    )
    .fetch_all(db)
    .await
}

/// Which of these are members of staff, active or not: an old case keeps the owner it had.
pub async fn known_staff(db: impl PgExecutor<'_>, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select account_id from staff where account_id = any($1)",
        ids
    )
    .fetch_all(db)
    .await
}

/// Makes the numbers that are given next higher than these.
pub async fn raise_numbers(tx: &mut PgConnection, references: &[Reference]) -> sqlx::Result<()> {
    let years: Vec<_> = references.iter().map(|it| it.year).collect();
    let numbers: Vec<_> = references.iter().map(|it| it.number).collect();
    // In the order of years: two imports that lock the same counters then wait for each other and never block.
    sqlx::query!(
        "insert into reference_counters (year, last_number)
         select year, max(number) from unnest($1::smallint[], $2::integer[]) as taken (year, number)
         group by year order by year
         on conflict (year) do update
         set last_number = greatest(reference_counters.last_number, excluded.last_number)",
        &years,
        &numbers,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Saves new cases with the references they have, in the order of those; returns the ids of those that were not there.
pub async fn insert_all(tx: &mut PgConnection, rows: &[&Row]) -> sqlx::Result<Vec<Uuid>> {
    fn column<T>(rows: &[&Row], of: impl Fn(&NewCase) -> T) -> Vec<T> {
        rows.iter().map(|row| of(&row.case)).collect()
    }
    let references: Vec<String> = rows.iter().map(|row| row.reference.clone()).collect();
    let owners: Vec<Option<Uuid>> = column(rows, |it| it.owner_account_id);
    let closed: Vec<Option<NaiveDate>> = column(rows, |it| it.closed_on);
    sqlx::query_scalar!(
        "insert into cases (id, reference, case_type, complainant, representative, landlord_id, subject, status, team,
             owner_account_id, opened_on, closed_on, contact, communication_preference, reasonable_adjustments, vulnerabilities,
             import_digest, awaiting_allocation, landlord_name)
         select id, reference, case_type, complainant, representative, landlord_id, subject, status, team,
             owner_account_id, opened_on, closed_on, contact, communication_preference, reasonable_adjustments, vulnerabilities,
             sha256(content), waits, (select name from landlords where landlords.id = row.landlord_id)
         from unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::smallint[],
             $9::smallint[], $10::uuid[], $11::date[], $12::date[], $13::text[], $14::text[], $15::text[], $16::text[],
             $17::bytea[], $18::boolean[])
             as row (id, reference, case_type, complainant, representative, landlord_id, subject, status, team,
                 owner_account_id, opened_on, closed_on, contact, communication_preference, reasonable_adjustments,
                 vulnerabilities, content, waits)
         order by reference
         on conflict on constraint cases_reference_unique do nothing
         returning id",
        &column(rows, |it| it.id),
        &references,
        &column(rows, |it| it.case_type as i16),
        &column(rows, |it| it.complainant.clone()),
        &column(rows, |it| it.representative.clone()),
        &column(rows, |it| it.landlord_id),
        &column(rows, |it| it.subject.clone()),
        &column(rows, |it| it.status as i16),
        &column(rows, |it| it.team() as i16),
        &owners as &[Option<Uuid>],
        &column(rows, |it| it.opened_on),
        &closed as &[Option<NaiveDate>],
        &column(rows, |it| it.staff_details.contact.clone()),
        &column(rows, |it| it.staff_details.communication_preference.clone()),
        &column(rows, |it| it.staff_details.reasonable_adjustments.clone()),
        &column(rows, |it| it.staff_details.vulnerabilities.clone()),
        &column(rows, NewCase::content),
        &column(rows, NewCase::awaits_allocation),
    )
    .fetch_all(tx)
    .await
}

/// The cases with these ids.
pub async fn find_all(db: impl PgExecutor<'_>, ids: &[Uuid]) -> sqlx::Result<Vec<Case>> {
    sqlx::query_as!(
        Case,
        r#"select id as "id!", reference as "reference!", case_type as "case_type!: CaseType", complainant as "complainant!",
               representative as "representative!", landlord_id as "landlord_id!", landlord_name as "landlord_name!",
               subject as "subject!", status as "status!: Status", team as "team!: Team", owner_account_id, owner_name,
               opened_on as "opened_on!", closed_on, next_task_due_on, staff_details as "staff_details: Json<StaffDetails>",
               upcoming_tasks as "upcoming_tasks!: Json<Vec<UpcomingTask>>", version as "version!",
               outcome as "outcome: Json<Outcome>", told_outcome as "told_outcome: Json<Outcome>"
           from case_overviews where id = any($1)"#,
        ids,
    )
    .fetch_all(db)
    .await
}

/// The case that has a row's reference.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    /// The case.
    pub id: Uuid,
    /// Whether it was made of the same row; `None` when nothing is known of what it was made of.
    pub same: Option<bool>,
}

/// The cases that have these rows' references, in the order of the rows.
pub async fn made_of(db: impl PgExecutor<'_>, rows: &[&Row]) -> sqlx::Result<Vec<Present>> {
    let references: Vec<_> = rows.iter().map(|row| row.reference.clone()).collect();
    let contents: Vec<_> = rows.iter().map(|row| row.case.content()).collect();
    sqlx::query_as!(
        Present,
        r#"select c.id as "id!", c.import_digest = sha256(row.content) as same
           from unnest($1::text[], $2::bytea[]) with ordinality as row (reference, content, place)
           join cases c on c.reference = row.reference
           order by row.place"#,
        &references,
        &contents,
    )
    .fetch_all(db)
    .await
}
