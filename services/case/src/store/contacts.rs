//! What complainants are owed (CA-10).

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Call, Contact, ContactKind, ContactReason, Team};

/// Something that comes to be owed.
#[derive(Clone, Copy, Debug)]
pub struct NewContact {
    /// The case.
    pub case_id: Uuid,
    /// What is owed.
    pub kind: ContactKind,
    /// Why.
    pub reason: ContactReason,
    /// The date by which it is owed.
    pub due_on: NaiveDate,
}

/// Keeps that something is owed, unless it is already; tells how many are new.
pub async fn add_contacts(
    tx: &mut PgConnection,
    contacts: &[NewContact],
    at: DateTime<Utc>,
) -> sqlx::Result<usize> {
    let ids: Vec<_> = contacts.iter().map(|_| kit::id()).collect();
    let cases: Vec<_> = contacts.iter().map(|it| it.case_id).collect();
    let kinds: Vec<_> = contacts.iter().map(|it| it.kind as i16).collect();
    let reasons: Vec<_> = contacts.iter().map(|it| it.reason as i16).collect();
    let dates: Vec<_> = contacts.iter().map(|it| it.due_on).collect();
    let added = sqlx::query!(
        "insert into contacts (id, case_id, kind, reason, due_on, raised_at, owner_account_id, team)
         select owed.id, c.id, owed.kind, owed.reason, owed.due_on, $6, c.owner_account_id, c.team
         from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::date[]) as owed (id, case_id, kind, reason, due_on)
         join cases c on c.id = owed.case_id
         -- Where a version that keeps no stages closed a case, the stage may still stand.
         where c.closed_on is null
         on conflict do nothing",
        &ids,
        &cases,
        &kinds,
        &reasons,
        &dates,
        at,
    )
    .execute(tx)
    .await?;
    Ok(usize::try_from(added.rows_affected()).unwrap_or(usize::MAX))
}

/// Owes an update again that a mail server refused; one that is owed for another reason is owed for this one then, and no later.
pub async fn owe_again(
    tx: &mut PgConnection,
    case_id: Uuid,
    due_on: NaiveDate,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into contacts (id, case_id, kind, reason, due_on, raised_at, owner_account_id, team)
         select $1, id, $2, $3, $4, $5, owner_account_id, team from cases where id = $6
         on conflict (case_id) where kind = 1 and settled_at is null
         do update set reason = excluded.reason, due_on = least(contacts.due_on, excluded.due_on), version = contacts.version + 1",
        kit::id(),
        ContactKind::ProgressUpdate as ContactKind,
        ContactReason::Refused as ContactReason,
        due_on,
        at,
        case_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A promise to call.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The id that the contact will have.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// What it is about.
    pub about: String,
    /// The date by which it is promised.
    pub due_on: NaiveDate,
}

/// Keeps a promise to call; `false` when a request with the same id has made one in the meantime.
pub async fn add_promise(
    tx: &mut PgConnection,
    promise: &Promise,
    request_id: Uuid,
    request: &[u8],
    at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let added = sqlx::query!(
        "insert into contacts (id, case_id, kind, reason, about, due_on, raised_at, owner_account_id, team, request_id, request_digest)
         select $1, c.id, 3, 4, $3, $4, $5, c.owner_account_id, c.team, $6, sha256($7) from cases c where c.id = $2
         on conflict on constraint contacts_request_unique do nothing",
        promise.id,
        promise.case_id,
        promise.about,
        promise.due_on,
        at,
        request_id,
        request,
    )
    .execute(tx)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// What a request with this id has promised before, and whether it was the same request.
pub async fn promised_by(
    db: impl PgExecutor<'_>,
    request_id: Uuid,
    request: &[u8],
) -> sqlx::Result<Option<(Uuid, bool)>> {
    let found = sqlx::query!(
        r#"select id, request_digest = sha256($2) as "same!" from contacts where request_id = $1"#,
        request_id,
        request,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|it| (it.id, it.same)))
}

/// Something that was owed or is.
pub async fn contact(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Contact>> {
    sqlx::query_as!(
        Contact,
        r#"select k.id, k.case_id, c.reference as case_reference, k.kind as "kind: ContactKind", k.reason as "reason: ContactReason", k.about,
               k.due_on, k.owner_account_id, s.name as "owner_name?", k.team as "team: Team",
               (select count(*) from calls where contact_id = k.id and not answered) as "unanswered!", k.raised_at, k.settled_at, k.lapsed, k.version
           from contacts k
           join cases c on c.id = k.case_id
           left join staff s on s.account_id = k.owner_account_id
           where k.id = $1"#,
        id,
    )
    .fetch_optional(db)
    .await
}

/// Whose contacts are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Whose {
    /// Everybody's.
    All,
    /// Those on the cases that somebody owns.
    Owner(Uuid),
    /// Those on the cases of a team.
    Team(Team),
    /// Those on a case.
    Case(Uuid),
}

/// What is owed, soonest due first, after where the page before ended. Each list has a statement of its own, for which there is an index.
pub async fn contacts(
    db: impl PgExecutor<'_>,
    whose: Whose,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Contact>> {
    // Before every date that something can be due on.
    let (due_after, id_after) = after.unwrap_or((NaiveDate::default(), Uuid::nil()));
    macro_rules! listed {
        ($condition:tt, $of:expr) => {
            sqlx::query_as!(
                Contact,
                r#"select k.id, k.case_id, c.reference as case_reference, k.kind as "kind: ContactKind", k.reason as "reason: ContactReason",
                       k.about, k.due_on, k.owner_account_id, s.name as "owner_name?", k.team as "team: Team",
                       (select count(*) from calls where contact_id = k.id and not answered) as "unanswered!", k.raised_at,
                       k.settled_at, k.lapsed, k.version
                   from contacts k
                   join cases c on c.id = k.case_id
                   left join staff s on s.account_id = k.owner_account_id
                   where k.settled_at is null and (k.due_on, k.id) > ($1, $2) and "#
                    + $condition
                    + " order by k.due_on, k.id limit $3",
                due_after,
                id_after,
                limit,
                $of,
            )
            .fetch_all(db)
            .await
        };
    }
    match whose {
        Whose::All => listed!("$4::boolean", true),
        Whose::Owner(owner) => listed!("k.owner_account_id = $4", owner),
        Whose::Team(team) => listed!("k.team = $4", team as Team),
        Whose::Case(case_id) => listed!("k.case_id = $4", case_id),
    }
}

/// Keeps a call; `false` when a request with the same id has recorded one in the meantime.
pub async fn add_call(
    tx: &mut PgConnection,
    contact_id: Uuid,
    call: &Call,
    (request_id, request): (Uuid, &[u8]),
    (by, name): (&str, &str),
    at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let added = sqlx::query!(
        "insert into calls (id, contact_id, called_on, answered, note, recorded_at, recorded_by, recorded_name, request_id, request_digest)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, sha256($10))
         on conflict on constraint calls_request_unique do nothing",
        kit::id(),
        contact_id,
        call.called_on,
        call.answered,
        call.note,
        at,
        by,
        name,
        request_id,
        request,
    )
    .execute(tx)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// What a request with this id has recorded a call for before, and whether it was the same request.
pub async fn called_by(
    db: impl PgExecutor<'_>,
    request_id: Uuid,
    request: &[u8],
) -> sqlx::Result<Option<(Uuid, bool)>> {
    let found = sqlx::query!(
        r#"select contact_id, request_digest = sha256($2) as "same!" from calls where request_id = $1"#,
        request_id,
        request,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|it| (it.contact_id, it.same)))
}

/// Settles something that is owed; `false` when it was settled before.
pub async fn settle(tx: &mut PgConnection, id: Uuid, at: DateTime<Utc>) -> sqlx::Result<bool> {
    let settled = sqlx::query!(
        "update contacts set settled_at = $2, version = version + 1 where id = $1 and settled_at is null",
        id,
        at,
    )
    .execute(tx)
    .await?;
    Ok(settled.rows_affected() == 1)
}

/// The update that is owed on a case, and since when. It stays as it is until this transaction ends.
pub async fn owed_update(
    tx: &mut PgConnection,
    case_id: Uuid,
) -> sqlx::Result<Option<(Uuid, DateTime<Utc>)>> {
    let owed = sqlx::query!(
        "select id, raised_at from contacts where case_id = $1 and kind = 1 and settled_at is null for update",
        case_id,
    )
    .fetch_optional(tx)
    .await?;
    Ok(owed.map(|it| (it.id, it.raised_at)))
}

/// Ends the update that is owed on a case since its stage was likely to take longer, and tells which that was.
pub async fn end_late_update(
    tx: &mut PgConnection,
    case_id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "update contacts set settled_at = $2, lapsed = true, version = version + 1
         where case_id = $1 and kind = 1 and reason = 1 and settled_at is null
         returning id",
        case_id,
        at,
    )
    .fetch_optional(tx)
    .await
}

/// Ends all that is owed on a case that is closed, and tells what that was.
pub async fn end_contacts(
    tx: &mut PgConnection,
    case_id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "update contacts set settled_at = $2, lapsed = true, version = version + 1
         where case_id = $1 and settled_at is null
         returning id",
        case_id,
        at,
    )
    .fetch_all(tx)
    .await
}

/// Gives what is owed on a case to its owner and team, after these have changed. The case's stage is locked, so that nothing that a sweep raises
/// at the same time is left with those before.
pub async fn follow_case(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "select id from stages where case_id = $1 and ended_on is null for update",
        case_id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    sqlx::query!(
        "update contacts k set owner_account_id = c.owner_account_id, team = c.team
         from cases c
         where c.id = $1 and k.case_id = c.id and k.settled_at is null
           and (k.owner_account_id, k.team) is distinct from (c.owner_account_id, c.team)",
        case_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}
