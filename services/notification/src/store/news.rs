//! What happened on cases: bursts, what is told in an email, and whether it is still worth reminding of (NO-4).

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Matter, Recipient};

/// When news of a case, a complaint or a list last went to a recipient at once. Nobody else puts news of it on its way to them until the transaction ends.
pub async fn lock_burst(
    tx: &mut PgConnection,
    recipient: Recipient,
    about_id: Uuid,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        "insert into bursts as b (recipient, case_id) values ($1, $2)
         on conflict (recipient, case_id) do update set released_at = b.released_at
         returning released_at",
        recipient as Recipient,
        about_id,
    )
    .fetch_one(tx)
    .await
}

/// Records that news of it goes to a recipient at once.
pub async fn release_burst(
    tx: &mut PgConnection,
    recipient: Recipient,
    about_id: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update bursts set released_at = $3 where recipient = $1 and case_id = $2",
        recipient as Recipient,
        about_id,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What a reminder is about: a task or an owed reply, as an event says it.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// The task or the owed reply.
    pub subject_id: Uuid,
    /// Whether it is still to be done.
    pub open: bool,
    /// The date it is due.
    pub due_on: NaiveDate,
    /// Of these facts.
    pub version: i64,
}

/// Keeps what an event says of a deadline, unless newer facts are known.
pub async fn keep_deadline(tx: &mut PgConnection, deadline: &Deadline) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into deadlines as d (subject_id, open, due_on, version) values ($1, $2, $3, $4)
         on conflict (subject_id) do update set open = excluded.open, due_on = excluded.due_on, version = excluded.version
         where d.version < excluded.version",
        deadline.subject_id,
        deadline.open,
        deadline.due_on,
        deadline.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether something is still to be done by a date, as far as is known.
pub async fn is_due(
    db: impl PgExecutor<'_>,
    subject_id: Uuid,
    due_on: NaiveDate,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from deadlines where subject_id = $1 and open and due_on = $2) as "exists!""#,
        subject_id,
        due_on,
    )
    .fetch_one(db)
    .await
}

/// One thing that an email tells of.
#[derive(Debug)]
pub struct Item {
    /// What it is.
    pub matter: Matter,
    /// Whether what it reminds of is still to be done by the same date; `None` when it reminds of nothing.
    pub still_due: Option<bool>,
}

/// What an email tells of, in order of time.
pub async fn of_email(db: impl PgExecutor<'_>, email_id: Uuid) -> sqlx::Result<Vec<Item>> {
    sqlx::query_as!(
        Item,
        r#"select coalesce(c.matter, e.matter) as "matter!: Matter",
                  case when c.subject_id is not null then coalesce(d.open and d.due_on = c.due_on, false) end as still_due
           from email_causes c
           join emails e on e.id = c.email_id
           left join deadlines d on d.subject_id = c.subject_id
           where c.email_id = $1
           order by c.event_id"#,
        email_id,
    )
    .fetch_all(db)
    .await
}

/// One thing that an email was to tell, and what others have heard of it.
#[derive(Debug)]
pub struct Untold {
    /// The event.
    pub event_id: Uuid,
    /// What it is.
    pub matter: Matter,
    /// What it reminds of, if it does.
    pub subject_id: Option<Uuid>,
    /// Of which due date.
    pub due_on: Option<NaiveDate>,
    /// Whether that is still to be done by the same date; `None` when it reminds of nothing.
    pub still_due: Option<bool>,
    /// What the bell says of it; `None` where its burst has one notice.
    pub text: Option<String>,
    /// Whether an email tells the others of it.
    pub emailed: bool,
    /// Whether it stands in the others' bell.
    pub noticed: bool,
}

/// What an email to an account was to tell, in order of time, with what others have heard of it: a recipient and an audience.
pub async fn untold(
    tx: &mut PgConnection,
    email_id: Uuid,
    own: &str,
    recipient: Option<Recipient>,
    audience: &str,
) -> sqlx::Result<Vec<Untold>> {
    sqlx::query_as!(
        Untold,
        r#"select c.event_id, coalesce(c.matter, e.matter) as "matter!: Matter", c.subject_id, c.due_on,
                  case when c.subject_id is not null then coalesce(d.open and d.due_on = c.due_on, false) end as still_due,
                  n.text as "text?",
                  exists (select from email_causes o where o.event_id = c.event_id and o.recipient = $3) as "emailed!",
                  exists (select from notices o where o.event_id = c.event_id and o.audience = $4) as "noticed!"
           from email_causes c
           join emails e on e.id = c.email_id
           left join deadlines d on d.subject_id = c.subject_id
           left join notices n on n.event_id = c.event_id and n.audience = $2
           where c.email_id = $1
           order by c.event_id"#,
        email_id,
        own,
        recipient as Option<Recipient>,
        audience,
    )
    .fetch_all(tx)
    .await
}

/// Keeps which team has a case, unless newer facts are known.
pub async fn keep_team(
    tx: &mut PgConnection,
    case_id: Uuid,
    team: i32,
    version: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into case_teams as t (case_id, team, version) values ($1, $2, $3)
         on conflict (case_id) do update set team = excluded.team, version = excluded.version
         where t.version < excluded.version",
        case_id,
        team,
        version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The number of the team that has a case.
pub async fn team(db: impl PgExecutor<'_>, case_id: Uuid) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar!("select team from case_teams where case_id = $1", case_id)
        .fetch_optional(db)
        .await
}
