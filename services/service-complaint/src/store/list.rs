//! Lists, page by page.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgExecutor, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::domain::approval::Matter;

/// Which complaints are listed.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct ListFilter {
    /// Only those of this standing.
    pub standing: Option<&'static str>,
    /// Only those whose present stage is this account's.
    pub handler: Option<Uuid>,
    /// Only those whose present stage is nobody's.
    pub unassigned: bool,
    /// Only those whose next deadline is before this day.
    pub due_before: Option<NaiveDate>,
    /// Only those whose reference or service user's name begins with this, or whose case has it for its reference.
    pub search: String,
    /// Only the others of the same case as this complaint, by its reference, or of a person with the same email address.
    pub related_to: String,
    /// Who reads the list: without the complaints in which they declared an interest (3.4).
    pub reader: Option<Uuid>,
}

/// Complaints by their next deadline, with those that have none at the end: their ids, and where each stands in the order.
pub async fn complaints_page(
    db: impl PgExecutor<'_>,
    filter: &ListFilter,
    after: Option<(Option<NaiveDate>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, Option<NaiveDate>)>> {
    let ListFilter {
        standing,
        handler,
        unassigned,
        due_before,
        search,
        related_to,
        reader,
    } = filter;
    let mut query =
        QueryBuilder::<Postgres>::new("select id, next_due_on from complaints c where true");
    if let Some(standing) = standing {
        query.push(" and standing = ").push_bind(*standing);
    }
    if let Some(handler) = handler {
        query
            .push(" and exists (select from stages s where s.handler = ")
            .push_bind(handler)
            .push(
                " and s.complaint_id = c.id
                  and s.stage = case when c.standing in ('requested', 'reviewed') then 'two' else 'one' end)",
            );
    }
    if *unassigned {
        // A complaint that ended waits for nobody.
        query.push(
            " and standing <> 'ended' and not exists (select from stages s where s.handler is not null
                  and s.complaint_id = c.id
                  and s.stage = case when c.standing in ('requested', 'reviewed') then 'two' else 'one' end)",
        );
    }
    if let Some(day) = due_before {
        query.push(" and next_due_on < ").push_bind(day);
    }
    if !search.is_empty() {
        let begins = format!("{}%", escaped(search));
        query
            .push(" and (reference like ")
            .push_bind(begins.to_uppercase())
            .push(" or lower(service_user) like ")
            .push_bind(begins.to_lowercase())
            .push(" or case_reference <> '' and case_reference = ")
            .push_bind(search)
            .push(")");
    }
    if !related_to.is_empty() {
        query
            .push(" and reference <> ")
            .push_bind(related_to)
            .push(" and (case_reference <> '' and case_reference = (select o.case_reference from complaints o where o.reference = ")
            .push_bind(related_to)
            .push(") or email <> '' and lower(email) = (select lower(o.email) from complaints o where o.reference = ")
            .push_bind(related_to)
            .push("))");
    }
    if let Some(reader) = reader {
        query
            .push(" and not exists (select from conflicts f where f.complaint_id = c.id and f.account_id = ")
            .push_bind(reader)
            .push(")");
    }
    match after {
        None => {}
        Some((Some(due), id)) => {
            query
                .push(" and ((next_due_on, id) > (")
                .push_bind(due)
                .push(", ")
                .push_bind(id)
                .push(") or next_due_on is null)");
        }
        Some((None, id)) => {
            query
                .push(" and next_due_on is null and id > ")
                .push_bind(id);
        }
    }
    query
        .push(" order by next_due_on nulls last, id limit ")
        .push_bind(limit);
    query.build_query_as().fetch_all(db).await
}

/// A text as `like` takes it for itself.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// A request that waits for a senior colleague.
#[derive(Debug)]
pub struct ApprovalRow {
    /// The request.
    pub id: Uuid,
    /// The complaint.
    pub complaint_id: Uuid,
    /// Its reference.
    pub reference: String,
    /// Its version.
    pub version: i64,
    /// Who complains, by name.
    pub service_user: String,
    /// Who asks.
    pub asked_by: Uuid,
    /// What is asked for.
    pub matter: Matter,
    /// Who asks, by name.
    pub asked_name: String,
    /// Why.
    pub reason: String,
    /// For more time: the revised date.
    pub until: Option<NaiveDate>,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
}

/// What waits for a senior colleague, the oldest first. Whether behaviour excludes a review is decided by who had no part in stage 1 (4.15).
pub async fn approvals_page(
    db: impl PgExecutor<'_>,
    reader: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<ApprovalRow>> {
    sqlx::query_as!(
        ApprovalRow,
        r#"select a.id, a.complaint_id, c.reference, c.version, c.service_user, a.asked_by, a.matter as "matter: Matter", a.asked_name, a.reason, a.until, a.asked_at
           from approvals a join complaints c on c.id = a.complaint_id
           where a.decided_by is null and ($1::uuid is null or a.id > $1)
             and (a.stage, c.standing) in (('one', 'received'), ('one', 'investigated'), ('two', 'requested'), ('two', 'reviewed'))
             and not exists (select from conflicts f where f.complaint_id = a.complaint_id and f.account_id = $3)
             and (a.matter <> $4 or a.stage = 'one'
                 or not exists (select from changes h where h.complaint_id = a.complaint_id and h.stage = 'one' and h.account_id = $3)
                 and not exists (select from handlings h where h.complaint_id = a.complaint_id and h.stage = 'one' and h.account_id = $3))
           order by a.id
           limit $2"#,
        after,
        limit,
        reader,
        Matter::BehaviourExclusion as Matter
    )
    .fetch_all(db)
    .await
}

/// An action that is open.
#[derive(Debug)]
pub struct OpenActionRow {
    /// The action.
    pub id: Uuid,
    /// The complaint.
    pub complaint_id: Uuid,
    /// By when.
    pub due_on: NaiveDate,
}

/// Open actions, of one owner or of all, soonest due first.
pub async fn actions_page(
    db: impl PgExecutor<'_>,
    (owner, reader): (Option<Uuid>, Option<Uuid>),
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<OpenActionRow>> {
    let (after_due, after_id) = after.unzip();
    sqlx::query_as!(
        OpenActionRow,
        r#"select id, complaint_id, due_on as "due_on!"
           from actions
           where due_on is not null and ($1::uuid is null or owner = $1)
             and ($2::date is null or (due_on, id) > ($2, $3))
             and not exists (select from conflicts f where f.complaint_id = actions.complaint_id and f.account_id = $5)
           order by due_on, id
           limit $4"#,
        owner,
        after_due,
        after_id,
        limit,
        reader
    )
    .fetch_all(db)
    .await
}
