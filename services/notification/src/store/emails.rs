//! Emails on their way.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Faring;
use crate::domain::{Matter, Recipient, Shown, Standing, State, Topic};
use crate::store::news::Deadline;

/// An email to put on its way.
#[derive(Debug)]
pub struct NewEmail<'a> {
    /// The event that it tells of.
    pub event_id: Uuid,
    /// What it is about.
    pub matter: Matter,
    /// Whom it goes to.
    pub recipient: Recipient,
    /// What it is about, whose news is gathered.
    pub topic: Topic<'a>,
    /// What it reminds of.
    pub deadline: Option<Deadline>,
    /// When what it tells of happened.
    pub occurred_at: DateTime<Utc>,
    /// After this it is not worth sending.
    pub expires_at: Option<DateTime<Utc>>,
    /// The present instant.
    pub now: DateTime<Utc>,
    /// When it is sent; a gathered one waits for more of its burst.
    pub send_at: DateTime<Utc>,
    /// The end of the quiet hours, if it waits for that.
    pub held_until: Option<DateTime<Utc>>,
    /// The trace of the request that caused it.
    pub trace: HashMap<String, String>,
}

/// Puts an email on its way, or lets the event join the email that gathers news of the same thing for the recipient, which then goes as early as
/// either is due; gives the email.
pub async fn queue(tx: &mut PgConnection, id: Uuid, new: &NewEmail<'_>) -> sqlx::Result<Uuid> {
    let reminds = new.deadline.as_ref();
    sqlx::query_scalar!(
        r#"
        with email as (
            insert into emails as e
                (id, matter, recipient, case_id, occurred_at, expires_at, urgent, gathering, joinable, queued_at, next_try_at, due_at,
                 held_until, trace, about_id, complaint_reference)
            values ($1, $2, $3, $4, $5, $6, $7, false, coalesce($4::uuid, $15) is not null, $8, $9, $9, $10, $11, $15, $16)
            on conflict (recipient, (coalesce(case_id, about_id))) where joinable do update
            set gathered = e.gathered + 1,
                held_until = case when excluded.next_try_at < e.next_try_at then excluded.held_until else e.held_until end,
                next_try_at = least(e.next_try_at, excluded.next_try_at),
                due_at = least(e.due_at, excluded.due_at)
            returning id
        ), cause as (
            insert into email_causes (event_id, recipient, email_id, matter, subject_id, due_on)
            select $12, $3, id, $2, $13, $14 from email
        )
        select id as "id!" from email
        "#,
        id,
        new.matter as Matter,
        new.recipient as Recipient,
        new.topic.case_id(),
        new.occurred_at,
        new.expires_at,
        new.matter.holds_a_secret(),
        new.now,
        new.send_at,
        new.held_until,
        Json(&new.trace) as _,
        new.event_id,
        reminds.map(|it| it.subject_id),
        reminds.map(|it| it.due_on),
        new.topic.about_id(),
        new.topic.complaint_reference(),
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
    /// The service complaint or the list that it is about.
    pub about_id: Option<Uuid>,
    /// The complaint's reference; empty when it is about none.
    pub complaint_reference: String,
    /// When what it tells of happened.
    pub occurred_at: DateTime<Utc>,
    /// After this it is not worth sending.
    pub expires_at: Option<DateTime<Utc>>,
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

impl Claimed {
    /// What it is about.
    #[must_use]
    pub fn topic(&self) -> Topic<'_> {
        match (self.case_id, self.about_id) {
            (Some(case_id), _) => Topic::Case(case_id),
            (None, Some(id)) if self.complaint_reference.is_empty() => Topic::List(id),
            (None, Some(id)) => Topic::Complaint {
                id,
                reference: &self.complaint_reference,
            },
            (None, None) => Topic::Account,
        }
    }
}

/// Takes emails that are due on a lease, the urgent ones or the others. One that was begun under a lease that ran out may have arrived.
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
        set next_try_at = $3, tries = tries + 1, fence = fence + 1, gathering = false, joinable = false,
            uncertain = uncertain or state = 'transmission_begun'
        from due
        where e.id = due.id
        returning e.id, matter, recipient, case_id, about_id, complaint_reference, occurred_at, expires_at, tries, fence,
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
    account_id: Option<Uuid>,
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

/// Puts an email back after a failed try; `false` when the lease was lost. Once it may have arrived, that stays so.
pub async fn try_later(
    db: impl PgExecutor<'_>,
    id: Uuid,
    fence: i64,
    next_try_at: DateTime<Utc>,
    held_until: Option<DateTime<Utc>>,
    uncertain: bool,
    error: &str,
) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "update emails
         set state = 'queued', next_try_at = $3, held_until = $4, due_at = coalesce($4, due_at), uncertain = uncertain or $5, last_error = $6
         where id = $1 and fence = $2",
        id,
        fence,
        next_try_at,
        held_until,
        uncertain,
        error,
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Puts an email back until the quiet hours are over, as if it had not been taken on; `false` when the lease was lost.
pub async fn hold(
    db: impl PgExecutor<'_>,
    id: Uuid,
    fence: i64,
    until: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "update emails
         set state = 'queued', next_try_at = $3, held_until = $3, due_at = $3, tries = tries - 1
         where id = $1 and fence = $2",
        id,
        fence,
        until,
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// What became of recording a refusal.
#[derive(Debug)]
pub struct Refusal {
    /// The account that it went to; none when it went to a team's address.
    pub account_id: Option<Uuid>,
}

/// Records that an email was refused for good; `None` when the lease was lost.
pub async fn refused(
    tx: &mut PgConnection,
    id: Uuid,
    fence: i64,
    error: &str,
) -> sqlx::Result<Option<Refusal>> {
    sqlx::query_as!(
        Refusal,
        "update emails set state = 'refused', last_error = $3
         where id = $1 and fence = $2
         returning account_id",
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

/// Since when the oldest email is due and not sent, if any is.
pub async fn oldest_unsent(db: impl PgExecutor<'_>) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        r#"select min(due_at) from emails where state in ('queued', 'transmission_begun')"#
    )
    .fetch_one(db)
    .await
}

/// An email as staff see it.
#[derive(Debug)]
pub struct Listed {
    /// The email.
    pub id: Uuid,
    /// Which words it has.
    pub template: String,
    /// The account it goes to, once identity has named it.
    pub account_id: Option<Uuid>,
    /// The reference of the case that it is about.
    pub case_reference: Option<String>,
    /// Its state.
    pub state: State,
    /// Whether it may have arrived.
    pub uncertain: bool,
    /// The end of the quiet hours that it waits for.
    pub held_until: Option<DateTime<Utc>>,
    /// What the last try said.
    pub last_error: String,
    /// How often it was tried.
    pub tries: i32,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
    /// When it is tried next.
    pub next_try_at: DateTime<Utc>,
}

impl Listed {
    /// How it fares at an instant.
    #[must_use]
    pub fn shown(&self, now: DateTime<Utc>) -> Shown {
        let &Self {
            state,
            uncertain,
            held_until,
            ..
        } = self;
        let standing = Standing {
            state,
            uncertain,
            held_until,
            sent_at: None,
        };
        standing.shown(now)
    }
}

/// Emails that are not delivered, or those of them that fare in one way, oldest first; those about accounts for operators alone.
pub async fn undelivered(
    db: impl PgExecutor<'_>,
    faring: Option<Faring>,
    of_accounts: bool,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    let (after_at, after_id) = after.unzip();
    let is = |it: Faring| faring.is_none_or(|wanted| wanted == it);
    // One comparison that the index can follow, and no `or` about the position: every page costs the same. What each way of faring
    // means is said by `Standing::shown` as well.
    sqlx::query_as!(
        Listed,
        r#"select e.id, e.matter as "template: String", e.account_id, f.reference as "case_reference?", e.state, e.uncertain, e.held_until,
                  e.last_error, e.tries, e.queued_at, e.next_try_at
           from emails e left join case_files f on f.case_id = e.case_id
           where e.state in ('queued', 'transmission_begun', 'refused')
             and (e.queued_at, e.id) > (coalesce($1::timestamptz, '-infinity'), coalesce($2::uuid, '00000000-0000-0000-0000-000000000000'))
             and ($4 or e.case_id is not null)
             and case
                 when e.state = 'refused' then $5::bool
                 when e.uncertain then $6::bool
                 when e.state = 'queued' and e.held_until > $7 then $8::bool
                 else $9::bool
             end
           order by e.queued_at, e.id
           limit $3"#,
        after_at,
        after_id,
        limit,
        of_accounts,
        is(Faring::Refused),
        is(Faring::Unknown),
        now,
        is(Faring::Held),
        is(Faring::Queued),
    )
    .fetch_all(db)
    .await
}

/// An email that somebody wants sent again.
#[derive(Debug)]
pub struct Candidate {
    /// What it is about.
    pub matter: Matter,
    /// The case that it is about.
    pub case_id: Option<Uuid>,
    /// After this it is not worth sending.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it was refused at all.
    pub refused: bool,
}

/// An email, locked until the transaction ends.
pub async fn lock(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Candidate>> {
    sqlx::query_as!(
        Candidate,
        r#"select matter, case_id, expires_at, state = 'refused' as "refused!" from emails where id = $1 for update"#,
        id
    )
    .fetch_optional(tx)
    .await
}

/// Puts a refused email on its way again, to be worded anew.
pub async fn queue_again(
    tx: &mut PgConnection,
    id: Uuid,
    send_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<Listed> {
    sqlx::query_as!(
        Listed,
        r#"update emails e
           set state = 'queued', next_try_at = $2, due_at = $2, held_until = case when $2 > $3::timestamptz then $2::timestamptz end,
               subject = null, text_body = null, html_body = null
           where id = $1
           returning e.id, e.matter as "template: String", e.account_id,
                     (select reference from case_files f where f.case_id = e.case_id) as "case_reference?",
                     e.state, e.uncertain, e.held_until, e.last_error, e.tries, e.queued_at, e.next_try_at"#,
        id,
        send_at,
        now,
    )
    .fetch_one(tx)
    .await
}
