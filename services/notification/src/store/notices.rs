//! The bell.

use casefile::Visibility;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Audience, Matter, Shown, Standing, State};

/// A notice to raise.
#[derive(Debug)]
pub struct NewNotice<'a> {
    /// The event that it tells of.
    pub event_id: Uuid,
    /// Who sees it.
    pub audience: Audience,
    /// What it is about.
    pub matter: Matter,
    /// In a sentence.
    pub text: &'a str,
    /// The case that it is about.
    pub case_id: Option<Uuid>,
    /// The service complaint that it is about, by reference; empty when it is about none.
    pub complaint_reference: &'a str,
    /// Its email.
    pub email_id: Option<Uuid>,
    /// The present instant.
    pub now: DateTime<Utc>,
}

/// Raises a notice, later than every notice of its audience before it.
pub async fn raise(tx: &mut PgConnection, id: Uuid, new: &NewNotice<'_>) -> sqlx::Result<()> {
    sqlx::query!(
        "with audience as (
             insert into audiences as a (audience, latest_at) values ($3, $8)
             on conflict (audience) do update set latest_at = greatest(excluded.latest_at, a.latest_at + interval '1 microsecond')
             returning latest_at
         )
         insert into notices (id, event_id, audience, matter, text, case_id, email_id, raised_at, complaint_reference)
         select $1, $2, $3, $4, $5, $6, $7, latest_at, $9
         from audience",
        id,
        new.event_id,
        new.audience.to_string(),
        new.matter as Matter,
        new.text,
        new.case_id,
        new.email_id,
        new.now,
        new.complaint_reference,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Lets an event join the notice of its burst, which then tells of one more and is as new as the event, for those who had read it as well;
/// `false` when there is no such notice since an instant.
pub async fn add_to_burst(
    tx: &mut PgConnection,
    new: &NewNotice<'_>,
    since: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let joined = sqlx::query_scalar!(
        "with audience as (
             update audiences set latest_at = greatest($6, latest_at + interval '1 microsecond') where audience = $1
             returning latest_at
         ), burst as (
             select id from notices
             where audience = $1 and case_id = $2 and matter = $3 and raised_at > $5
             order by raised_at desc
             limit 1
         )
         update notices n
         set told = told + 1, raised_at = audience.latest_at, email_id = coalesce($4, n.email_id)
         from audience, burst
         where n.id = burst.id
         returning n.id",
        new.audience.to_string(),
        new.case_id,
        new.matter as Matter,
        new.email_id,
        since,
        new.now,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(notice_id) = joined else {
        return Ok(false);
    };
    sqlx::query!("delete from single_reads where notice_id = $1", notice_id)
        .execute(tx)
        .await?;
    Ok(true)
}

/// A notice as somebody sees it.
#[derive(Debug)]
pub struct Listed {
    /// The notice.
    pub id: Uuid,
    /// What it is about.
    pub matter: Matter,
    /// In a sentence.
    pub text: String,
    /// How many events of a burst it tells of.
    pub told: i32,
    /// The case that it is about.
    pub case_id: Option<Uuid>,
    /// The case's reference.
    pub case_reference: Option<String>,
    /// The reference of the service complaint that it is about; empty when it is about none.
    pub complaint_reference: String,
    /// When.
    pub raised_at: DateTime<Utc>,
    /// Whether it was read.
    pub read: bool,
    /// The state of its email, if it has one.
    pub email_state: Option<State>,
    /// Whether that may have arrived.
    pub uncertain: Option<bool>,
    /// The end of the quiet hours that it waits for.
    pub held_until: Option<DateTime<Utc>>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
}

impl Listed {
    /// How its email fares at an instant, if it has one.
    #[must_use]
    pub fn email(&self, now: DateTime<Utc>) -> Option<Shown> {
        let standing = Standing {
            state: self.email_state?,
            uncertain: self.uncertain?,
            held_until: self.held_until,
            sent_at: self.sent_at,
        };
        Some(standing.shown(now))
    }
}

/// Keeps that somebody has an interest in a service complaint, of which they hear nothing from then on (policy 3.4).
pub async fn keep_interest(
    tx: &mut PgConnection,
    account_id: Uuid,
    complaint_reference: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into interests (account_id, complaint_reference) values ($1, $2) on conflict do nothing",
        account_id,
        complaint_reference,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether somebody has an interest in a service complaint.
pub async fn has_interest(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
    complaint_reference: &str,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from interests where account_id = $1 and complaint_reference = $2) as "has!""#,
        account_id,
        complaint_reference,
    )
    .fetch_one(db)
    .await
}

/// Notices of some audiences that an account may see (CA-4, policy 3.4), newest first.
pub async fn list(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
    audiences: &[String],
    seen: &Visibility,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    let (before_at, before_id) = before.unzip();
    // Each audience is read in the order of its index, from where the page starts and only as far as it needs. `offset 0` keeps the planner from
    // joining all case files or read marks, which it does when it thinks that few of the notices' cases are the landlord's, or that there are more
    // audiences than there are.
    sqlx::query_as!(
        Listed,
        r#"
        select n.id, n.matter, n.text, n.told, n.case_id, n.reference as "case_reference?", n.complaint_reference, n.raised_at,
               n.raised_at <= coalesce(m.read_to, '-infinity') or s.notice_id is not null as "read!",
               e.state as "email_state?: State", e.uncertain as "uncertain?", e.held_until as "held_until?", e.sent_at as "sent_at?"
        from unnest($2::text[]) as a (audience)
        cross join lateral (
            select notices.*, f.reference
            from notices
            left join lateral (
                select f.case_id, f.reference
                from case_files f
                where f.case_id = notices.case_id
                  and ($5::uuid is null or f.landlord_id = $5 and (f.closed_on is null or (f.closed_on >= $6 and f.closed_on >= $7)))
                offset 0
            ) f on true
            where notices.audience = a.audience
              and notices.raised_at <= coalesce($3::timestamptz, 'infinity')
              and ($3 is null or (notices.raised_at, notices.id) < ($3, $4))
              and (notices.case_id is null or $5 is null or f.case_id is not null)
              and (notices.complaint_reference = '' or not exists (
                  select from interests i where i.account_id = $1 and i.complaint_reference = notices.complaint_reference))
            order by notices.raised_at desc
            limit $8
        ) n
        left join emails e on e.id = n.email_id
        left join lateral (select read_to from read_marks where account_id = $1 and audience = n.audience offset 0) m on true
        left join single_reads s on s.account_id = $1 and s.notice_id = n.id
        order by n.raised_at desc, n.id desc
        limit $8
        "#,
        account_id,
        audiences,
        before_at,
        before_id,
        seen.landlord_id,
        seen.activated_on,
        seen.closed_since,
        limit,
    )
    .fetch_all(db)
    .await
}

/// How many of the notices are unread, counted no further than a limit.
pub async fn count_unread(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
    audiences: &[String],
    seen: &Visibility,
    limit: i64,
) -> sqlx::Result<i64> {
    // `offset 0` as in [`list`].
    sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from (
            select
            from unnest($2::text[]) as a (audience)
            left join lateral (select read_to from read_marks where account_id = $1 and audience = a.audience offset 0) m on true
            cross join lateral (
                select
                from notices n
                left join lateral (
                    select f.case_id
                    from case_files f
                    where f.case_id = n.case_id
                      and ($3::uuid is null or f.landlord_id = $3 and (f.closed_on is null or (f.closed_on >= $4 and f.closed_on >= $5)))
                    offset 0
                ) f on true
                where n.audience = a.audience
                  and n.raised_at > coalesce(m.read_to, '-infinity')
                  and not exists (select from single_reads s where s.account_id = $1 and s.notice_id = n.id)
                  and (n.case_id is null or $3 is null or f.case_id is not null)
                  and (n.complaint_reference = '' or not exists (
                      select from interests i where i.account_id = $1 and i.complaint_reference = n.complaint_reference))
                order by n.raised_at desc
                limit $6
            ) unread
            limit $6
        ) counted
        "#,
        account_id,
        audiences,
        seen.landlord_id,
        seen.activated_on,
        seen.closed_since,
        limit,
    )
    .fetch_one(db)
    .await
}

/// When a notice of some audiences was raised, if the account may see it.
pub async fn raised_at(
    db: impl PgExecutor<'_>,
    notice_id: Uuid,
    audiences: &[String],
    seen: &Visibility,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        "select n.raised_at
         from notices n left join case_files f using (case_id)
         where n.id = $1 and n.audience = any($2)
           and (n.case_id is null
                or (f.landlord_id = $3 or $3 is null)
                   and (f.closed_on is null or $3 is null or (f.closed_on >= $4 and f.closed_on >= $5)))",
        notice_id,
        audiences,
        seen.landlord_id,
        seen.activated_on,
        seen.closed_since,
    )
    .fetch_optional(db)
    .await
}

/// Moves an account's marks up to the newest notice of each audience that was raised by an instant; none moves back.
pub async fn mark_read(
    tx: &mut PgConnection,
    account_id: Uuid,
    audiences: &[String],
    read_to: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into read_marks as m (account_id, audience, read_to)
         select $1, a.audience, newest.raised_at
         from unnest($2::text[]) as a (audience)
         cross join lateral (
             select raised_at from notices n where n.audience = a.audience and n.raised_at <= $3 order by raised_at desc limit 1
         ) newest
         order by a.audience
         on conflict (account_id, audience) do update set read_to = greatest(m.read_to, excluded.read_to)",
        account_id,
        audiences,
        read_to,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets the single reads that an account's marks have passed.
pub async fn forget_single_reads(
    tx: &mut PgConnection,
    account_id: Uuid,
    read_to: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from single_reads s using notices n where s.account_id = $1 and n.id = s.notice_id and n.raised_at <= $2",
        account_id,
        read_to,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Records that an account has read one notice, and not those before it.
pub async fn mark_one_read(
    tx: &mut PgConnection,
    account_id: Uuid,
    notice_id: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into single_reads (account_id, notice_id) values ($1, $2) on conflict do nothing",
        account_id,
        notice_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}
