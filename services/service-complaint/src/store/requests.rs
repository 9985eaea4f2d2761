//! Service requests, with what was done with them and the letters about them.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder};
use uuid::Uuid;

use super::audit::HistoryRow;
use super::list::escaped;
use crate::app::Actor;
use crate::domain::complaint::{Channel, Format, ServiceUser, UserKind};
use crate::domain::letter::request::RequestLetter;
use crate::domain::request::{RequestStanding, ServiceRequest};

/// The next number of a year, under the counter's lock, so that no two requests get one.
pub async fn next_number(tx: &mut PgConnection, year: i32) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        "insert into service_request_counters as c (year, last) values ($1, 1)
         on conflict (year) do update set last = c.last + 1
         returning last",
        year
    )
    .fetch_one(tx)
    .await
}

/// Inserts a request; `false` when the caller's request was carried out before.
pub async fn insert(
    tx: &mut PgConnection,
    request: &ServiceRequest,
    review_due: Option<NaiveDate>,
    (requested_by, request_id): (&str, Uuid),
) -> sqlx::Result<bool> {
    let ServiceUser {
        name,
        kind,
        email,
        telephone,
        postal_address,
        format,
    } = &request.user;
    let done = sqlx::query!(
        "insert into service_requests
             (id, reference, service_user, user_kind, email, telephone, postal_address, format, channel, wanted, case_reference,
              received_on, raised_during, review_due_on, version, requested_by, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         on conflict on constraint service_requests_request_once do nothing",
        request.id,
        request.reference,
        name,
        *kind as UserKind,
        email,
        telephone,
        postal_address,
        *format as Format,
        request.channel as Channel,
        request.wanted,
        request.case_reference,
        request.received_on,
        request.raised_during,
        review_due,
        request.version,
        requested_by,
        request_id
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Saves a changed request; `None` when somebody else changed it first, else its new version.
pub async fn save(
    tx: &mut PgConnection,
    request: &ServiceRequest,
    review_due: Option<NaiveDate>,
) -> sqlx::Result<Option<i64>> {
    let (handler, handler_name) = request.handler.clone().unzip();
    let (answered_on, answer) = request.answer.clone().unzip();
    sqlx::query_scalar!(
        "update service_requests
         set handler = $3, handler_name = $4, reviewed_on = $5, review_due_on = $6, answered_on = $7, answer = $8, complaint_id = $9,
             version = version + 1
         where id = $1 and version = $2
         returning version",
        request.id,
        request.version,
        handler,
        handler_name.unwrap_or_default(),
        request.reviewed_on,
        review_due,
        answered_on,
        answer.unwrap_or_default(),
        request.became
    )
    .fetch_optional(tx)
    .await
}

/// The request of an id or a reference.
pub async fn find_id(db: impl PgExecutor<'_>, id_or_reference: &str) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select id from service_requests where id = $1 or reference = $2",
        Uuid::try_parse(id_or_reference).ok(),
        id_or_reference.to_uppercase()
    )
    .fetch_optional(db)
    .await
}

/// The request that a caller's request recorded.
pub async fn find_by_request(
    db: impl PgExecutor<'_>,
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select id from service_requests where requested_by = $1 and request_id = $2",
        requested_by,
        request_id
    )
    .fetch_optional(db)
    .await
}

#[derive(Debug)]
struct Row {
    id: Uuid,
    reference: String,
    service_user: String,
    user_kind: UserKind,
    email: String,
    telephone: String,
    postal_address: String,
    format: Format,
    channel: Channel,
    wanted: String,
    case_reference: String,
    received_on: NaiveDate,
    raised_during: Option<Uuid>,
    handler: Option<Uuid>,
    handler_name: String,
    reviewed_on: Option<NaiveDate>,
    answered_on: Option<NaiveDate>,
    answer: String,
    complaint_id: Option<Uuid>,
    version: i64,
    raised_during_reference: Option<String>,
    complaint_reference: Option<String>,
}

/// A request with the references of the complaints that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeRequest {
    /// The request.
    pub request: ServiceRequest,
    /// The reference of the complaint that it was raised during.
    pub raised_during: Option<String>,
    /// The reference of the complaint that it became.
    pub became: Option<String>,
}

impl From<Row> for WholeRequest {
    fn from(row: Row) -> Self {
        let request = ServiceRequest {
            id: row.id,
            reference: row.reference,
            user: ServiceUser {
                name: row.service_user,
                kind: row.user_kind,
                email: row.email,
                telephone: row.telephone,
                postal_address: row.postal_address,
                format: row.format,
            },
            channel: row.channel,
            wanted: row.wanted,
            case_reference: row.case_reference,
            received_on: row.received_on,
            raised_during: row.raised_during,
            handler: row.handler.map(|id| (id, row.handler_name)),
            reviewed_on: row.reviewed_on,
            answer: row.answered_on.map(|on| (on, row.answer)),
            became: row.complaint_id,
            version: row.version,
        };
        Self {
            request,
            raised_during: row.raised_during_reference,
            became: row.complaint_reference,
        }
    }
}

/// Some requests, in the order of their ids as given.
pub async fn load(db: impl PgExecutor<'_>, ids: &[Uuid]) -> sqlx::Result<Vec<WholeRequest>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select r.id, r.reference, r.service_user, r.user_kind as "user_kind: UserKind", r.email, r.telephone, r.postal_address,
                  r.format as "format: Format", r.channel as "channel: Channel", r.wanted, r.case_reference, r.received_on,
                  r.raised_during, r.handler, r.handler_name, r.reviewed_on, r.answered_on, r.answer, r.complaint_id, r.version,
                  d.reference as "raised_during_reference?", c.reference as "complaint_reference?"
           from service_requests r
           left join complaints d on d.id = r.raised_during
           left join complaints c on c.id = r.complaint_id
           where r.id = any($1)
           order by array_position($1, r.id)"#,
        ids
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(WholeRequest::from).collect())
}

/// Which requests are listed.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct RequestFilter {
    /// Only those that stand so.
    pub standing: Option<RequestStanding>,
    /// Only those that this account handles.
    pub handler: Option<Uuid>,
    /// Only open ones that nobody handles.
    pub unassigned: bool,
    /// Only those whose review was due before this day.
    pub due_before: Option<NaiveDate>,
    /// Only those whose reference or service user's name begins with this.
    pub search: String,
}

/// Requests by when they are to be reviewed, with those that are closed at the end: their ids, and where each stands in the order.
pub async fn page(
    db: impl PgExecutor<'_>,
    filter: &RequestFilter,
    after: Option<(Option<NaiveDate>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, Option<NaiveDate>)>> {
    let mut query =
        QueryBuilder::<Postgres>::new("select id, review_due_on from service_requests where true");
    query.push(match filter.standing {
        None => "",
        Some(RequestStanding::Open) => " and review_due_on is not null",
        Some(RequestStanding::Answered) => " and answered_on is not null and complaint_id is null",
        Some(RequestStanding::Complaint) => " and complaint_id is not null",
    });
    if let Some(handler) = filter.handler {
        query.push(" and handler = ").push_bind(handler);
    }
    if filter.unassigned {
        query.push(" and handler is null and review_due_on is not null");
    }
    if let Some(day) = filter.due_before {
        query.push(" and review_due_on < ").push_bind(day);
    }
    if !filter.search.is_empty() {
        let begins = format!("{}%", escaped(&filter.search));
        query
            .push(" and (reference like ")
            .push_bind(begins.to_uppercase())
            .push(" or lower(service_user) like ")
            .push_bind(begins.to_lowercase())
            .push(")");
    }
    match after {
        None => {}
        Some((Some(due), id)) => {
            query
                .push(" and ((review_due_on, id) > (")
                .push_bind(due)
                .push(", ")
                .push_bind(id)
                .push(") or review_due_on is null)");
        }
        Some((None, id)) => {
            query
                .push(" and review_due_on is null and id > ")
                .push_bind(id);
        }
    }
    query
        .push(" order by review_due_on nulls last, id limit ")
        .push_bind(limit);
    query.build_query_as().fetch_all(db).await
}

/// Records that something was done with a request.
pub async fn record_change(
    tx: &mut PgConnection,
    at: DateTime<Utc>,
    actor: &Actor,
    id: Uuid,
    text: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into service_request_changes (id, at, actor, name, service_request_id, text) values ($1, $2, $3, $4, $5, $6)",
        kit::id(),
        at,
        actor.id,
        actor.name,
        id,
        text
    )
    .execute(tx)
    .await
    .map(drop)
}

/// What was done with a request, the newest first.
pub async fn history(
    db: impl PgExecutor<'_>,
    id: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<HistoryRow>> {
    sqlx::query_as!(
        HistoryRow,
        "select id, at, name, text from service_request_changes
         where service_request_id = $1 and ($2::uuid is null or id < $2)
         order by id desc
         limit $3",
        id,
        before,
        limit
    )
    .fetch_all(db)
    .await
}

/// Records that requests were read.
pub async fn record_reads(
    tx: &mut PgConnection,
    at: DateTime<Utc>,
    actor: &Actor,
    ids: &[Uuid],
) -> sqlx::Result<()> {
    let reads: Vec<Uuid> = ids.iter().map(|_| kit::id()).collect();
    sqlx::query!(
        "insert into service_request_reads (id, at, actor, service_request_id)
         select read.id, $3, $4, read.service_request_id from unnest($1::uuid[], $2::uuid[]) as read (id, service_request_id)",
        &reads,
        ids,
        at,
        actor.id
    )
    .execute(tx)
    .await
    .map(drop)
}

/// A letter about a request, as it goes out.
#[derive(Debug)]
pub struct NewRequestLetter<'a> {
    /// Its id.
    pub id: Uuid,
    /// The request.
    pub service_request_id: Uuid,
    /// Which it is.
    pub kind: RequestLetter,
    /// Its subject.
    pub subject: &'a str,
    /// Its plain text.
    pub text: &'a str,
    /// Its HTML.
    pub html: &'a str,
    /// Whom it is to.
    pub addressee: &'a str,
    /// Where it goes.
    pub address: &'a str,
}

/// Keeps a letter as it goes out.
pub async fn insert_letter(
    tx: &mut PgConnection,
    letter: &NewRequestLetter<'_>,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into service_request_letters (id, service_request_id, kind, subject, text, html, addressee, address, sent_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        letter.id,
        letter.service_request_id,
        letter.kind as RequestLetter,
        letter.subject,
        letter.text,
        letter.html,
        letter.addressee,
        letter.address,
        at
    )
    .execute(tx)
    .await
    .map(drop)
}

/// A letter about a request, as it is delivered.
#[derive(Debug)]
pub struct RequestDelivery {
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// Its HTML.
    pub html: String,
    /// Whom it is to.
    pub addressee: String,
    /// Where it goes.
    pub address: String,
}

/// A letter to deliver.
pub async fn delivery(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<RequestDelivery>> {
    sqlx::query_as!(
        RequestDelivery,
        "select subject, text, html, addressee, address from service_request_letters where id = $1",
        id
    )
    .fetch_optional(db)
    .await
}

/// Notes that a mail server refused a letter, and tells whose it is; `None` when it is none, or that was noted before.
pub async fn record_refused(
    tx: &mut PgConnection,
    id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<Option<(Uuid, RequestLetter)>> {
    let row = sqlx::query!(
        r#"update service_request_letters set refused_at = $2
           where id = $1 and refused_at is null
           returning service_request_id, kind as "kind: RequestLetter""#,
        id,
        at
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|it| (it.service_request_id, it.kind)))
}
