//! Emails on their way.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Matter, Recipient, State};

/// An email to put on its way.
#[derive(Debug)]
pub struct NewEmail {
    /// The event that it tells of.
    pub event_id: Uuid,
    /// What it is about.
    pub matter: Matter,
    /// Whom it goes to.
    pub recipient: Recipient,
    /// The case that it is about.
    pub case_id: Option<Uuid>,
    /// When what it tells of happened.
    pub occurred_at: DateTime<Utc>,
    /// After this it is not worth sending.
    pub expires_at: Option<DateTime<Utc>>,
    /// The present instant.
    pub now: DateTime<Utc>,
    /// When it is sent; a gathered one waits for more of its burst.
    pub send_at: DateTime<Utc>,
    /// The trace of the request that caused it.
    pub trace: HashMap<String, String>,
}

/// Where an event's email stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    /// The email.
    pub id: Uuid,
    /// Whether the event made it; otherwise it joined one that was waiting.
    pub fresh: bool,
}

/// Puts an email on its way, or lets the event join the email that gathers its burst.
pub async fn queue(tx: &mut PgConnection, id: Uuid, new: &NewEmail) -> sqlx::Result<Queued> {
    sqlx::query_as!(
        Queued,
        r#"
        with email as (
            insert into emails
                (id, matter, recipient, case_id, occurred_at, expires_at, urgent, gathering, queued_at, next_try_at, trace)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (recipient, matter, case_id) where gathering do update set gathered = emails.gathered + 1
            returning id, gathered = 1 as fresh
        ), cause as (
            insert into email_causes (event_id, recipient, email_id)
            select $12, $3, id from email
        )
        select id as "id!", fresh as "fresh!" from email
        "#,
        id,
        new.matter as Matter,
        new.recipient as Recipient,
        new.case_id,
        new.occurred_at,
        new.expires_at,
        new.matter.holds_a_secret(),
        new.matter.is_gathered(),
        new.now,
        new.send_at,
        Json(&new.trace) as _,
        new.event_id,
    )
    .fetch_one(tx)
    .await
}

/// Gives up the codes or links to a recipient that nobody has begun to send: a newer one ends them anyway.
pub async fn supersede(tx: &mut PgConnection, recipient: Recipient) -> sqlx::Result<()> {
    sqlx::query!(
        "update emails
         set state = 'lapsed', fence = fence + 1, last_error = 'a newer one replaces it'
         where recipient = $1 and urgent and state = 'queued'",
        recipient as Recipient,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// An email that the sender works on.
#[derive(Debug)]
pub struct Claimed {
    /// The email.
    pub id: Uuid,
    /// What it is about.
    pub matter: Matter,
    /// Whom it goes to.
    pub recipient: Recipient,
    /// The case that it is about.
    pub case_id: Option<Uuid>,
    /// When what it tells of happened.
    pub occurred_at: DateTime<Utc>,
    /// After this it is not worth sending.
    pub expires_at: Option<DateTime<Utc>>,
    /// How many events of a burst it tells of.
    pub gathered: i32,
    /// Which try this is.
    pub tries: i32,
    /// What every write of this lease must show.
    pub fence: i64,
    /// The email as it was first rendered.
    pub subject: Option<String>,
    /// Its text.
    pub text_body: Option<String>,
    /// Its HTML.
    pub html_body: Option<String>,
    /// The trace of the request that caused it.
    pub trace: Json<HashMap<String, String>>,
}

/// Takes emails that are due on a lease, the urgent ones or the others.
pub async fn claim(
    db: impl PgExecutor<'_>,
    urgent: bool,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Claimed>> {
    sqlx::query_as!(
        Claimed,
        r#"
        with due as (
            select id
            from emails
            where urgent = $1 and next_try_at <= $2 and state in ('queued', 'transmission_begun')
            order by next_try_at, id
            limit $4
            for update skip locked
        )
        update emails e
        set next_try_at = $3, tries = tries + 1, fence = fence + 1, gathering = false
        from due
        where e.id = due.id
        returning e.id, matter, recipient, case_id, occurred_at, expires_at, gathered, tries, fence,
                  subject, text_body, html_body, trace as "trace: Json<HashMap<String, String>>"
        "#,
        urgent,
        now,
        lease_until,
        limit,
    )
    .fetch_all(db)
    .await
}

/// What an email is rendered to.
#[derive(Debug, Default)]
pub struct Rendered<'a> {
    /// The subject.
    pub subject: Option<&'a str>,
    /// The text.
    pub text_body: Option<&'a str>,
    /// The HTML.
    pub html_body: Option<&'a str>,
}

/// Records that an email is about to be handed to the mail server; `false` when the lease was lost.
pub async fn begin(
    db: impl PgExecutor<'_>,
    id: Uuid,
    fence: i64,
    account_id: Uuid,
    message_id: &str,
    rendered: &Rendered<'_>,
) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "update emails
         set state = 'transmission_begun', account_id = $3, message_id = $4,
             subject = $5, text_body = $6, html_body = $7
         where id = $1 and fence = $2",
        id,
        fence,
        account_id,
        message_id,
        rendered.subject,
        rendered.text_body,
        rendered.html_body,
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Records that the mail server took an email; `false` when the lease was lost.
pub async fn sent(
    db: impl PgExecutor<'_>,
    id: Uuid,
    fence: i64,
    at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "update emails set state = 'sent', sent_at = $3, last_error = '' where id = $1 and fence = $2",
        id,
        fence,
        at,
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Puts an email back after a failed try; `false` when the lease was lost.
pub async fn try_later(
    db: impl PgExecutor<'_>,
    id: Uuid,
    fence: i64,
    next_try_at: DateTime<Utc>,
    error: &str,
) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "update emails set state = 'queued', next_try_at = $3, last_error = $4 where id = $1 and fence = $2",
        id,
        fence,
        next_try_at,
        error,
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Records that an email was refused for good, and gives the account it went to; `None` when the lease was lost.
pub async fn refused(
    tx: &mut PgConnection,
    id: Uuid,
    fence: i64,
    error: &str,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        r#"update emails set state = 'refused', last_error = $3
           where id = $1 and fence = $2
           returning account_id as "account_id!""#,
        id,
        fence,
        error,
    )
    .fetch_optional(tx)
    .await
}

/// Gives an email up; `false` when the lease was lost.
pub async fn lapsed(
    db: impl PgExecutor<'_>,
    id: Uuid,
    fence: i64,
    reason: &str,
) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "update emails set state = 'lapsed', last_error = $3 where id = $1 and fence = $2",
        id,
        fence,
        reason
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Since when the oldest email waits, if any does.
pub async fn oldest_unsent(db: impl PgExecutor<'_>) -> sqlx::Result<Option<DateTime<Utc>>> {
    // The first condition is that of the index, in the same words: the planner knows it only by them.
    sqlx::query_scalar!(
        "select queued_at
         from emails
         where state in ('queued', 'transmission_begun', 'refused') and state <> 'refused'
         order by queued_at, id
         limit 1"
    )
    .fetch_optional(db)
    .await
}

/// An email as operators see it.
#[derive(Debug)]
pub struct Listed {
    /// The email.
    pub id: Uuid,
    /// Which words it has.
    pub template: String,
    /// The account it goes to, once identity has named it.
    pub account_id: Option<Uuid>,
    /// How it fares.
    pub state: State,
    /// What the last try said.
    pub last_error: String,
    /// How often it was tried.
    pub tries: i32,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
    /// When it is tried next.
    pub next_try_at: DateTime<Utc>,
}

/// Emails that are not delivered, oldest first.
pub async fn undelivered(
    db: impl PgExecutor<'_>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    let (after_at, after_id) = after.unzip();
    // One comparison that the index can follow, and no `or`: every page costs the same.
    sqlx::query_as!(
        Listed,
        r#"select id, matter as "template: String", account_id, state, last_error, tries, queued_at, next_try_at
           from emails
           where state in ('queued', 'transmission_begun', 'refused')
             and (queued_at, id) > (coalesce($1::timestamptz, '-infinity'), coalesce($2::uuid, '00000000-0000-0000-0000-000000000000'))
           order by queued_at, id
           limit $3"#,
        after_at,
        after_id,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Puts a refused email on its way again; `None` when it is not a refused one.
pub async fn queue_again(
    tx: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Listed>> {
    sqlx::query_as!(
        Listed,
        r#"update emails
           set state = 'queued', next_try_at = $2
           where id = $1 and state = 'refused'
           returning id, matter as "template: String", account_id, state, last_error, tries, queued_at, next_try_at"#,
        id,
        now,
    )
    .fetch_optional(tx)
    .await
}

/// Whether there is such an email.
pub async fn exists(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from emails where id = $1) as "exists!""#,
        id
    )
    .fetch_one(db)
    .await
}
