//! The figures of a period, as the database counts them: `report_rows` of the schema has a row for everything that is counted.

use chrono::NaiveDate;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::domain::conflict::KEPT_FROM;
use crate::domain::report::{Lessons, Period, Row};

/// What a figure comes to in a month.
#[derive(Debug)]
pub struct MonthSum {
    /// The figure.
    pub figure: String,
    /// The first date of the month; a thing that has been overdue since before the period is in an earlier one.
    pub month: NaiveDate,
    /// How many rows.
    pub rows: i64,
    /// What their amounts come to.
    pub amount: i64,
}

/// Every figure of a period, month by month; those that are nought are left out.
pub async fn sums(db: impl PgExecutor<'_>, period: Period) -> sqlx::Result<Vec<MonthSum>> {
    sqlx::query_as!(
        MonthSum,
        r#"select figure as "figure!", date_trunc('month', happened_on::timestamp)::date as "month!", count(*) as "rows!",
                  sum(amount)::bigint as "amount!"
           from report_rows($1, $2)
           group by 1, 2"#,
        period.first,
        period.last
    )
    .fetch_all(db)
    .await
}

/// A row behind a figure, with its complaint.
#[derive(Debug)]
pub struct FigureRow {
    /// The complaint, when it belongs to one.
    pub complaint_id: Option<Uuid>,
    /// Its reference; empty without one.
    pub reference: String,
    /// What of it is counted, by its key.
    pub item: String,
    /// What that is in words; empty when it is the complaint itself.
    pub about: String,
    /// The date that puts it into the period.
    pub happened_on: NaiveDate,
    /// What it adds to the figure.
    pub amount: i64,
}

/// The rows behind a figure, the earliest first, as somebody reads them: of a complaint in which they declared an interest no words (3.4).
pub async fn rows_page(
    db: impl PgExecutor<'_>,
    (period, figure, reader): (Period, &str, Option<Uuid>),
    after: Option<(NaiveDate, String, String)>,
    limit: i64,
) -> sqlx::Result<Vec<FigureRow>> {
    let (on, reference, item) = match after {
        None => (None, String::new(), String::new()),
        Some((on, reference, item)) => (Some(on), reference, item),
    };
    sqlx::query_as!(
        FigureRow,
        r#"select f.complaint_id, coalesce(c.reference, '') as "reference!", f.item as "item!",
                  case
                      when exists (select from conflicts k where k.complaint_id = f.complaint_id and k.account_id = $8) then $9
                      else row_words(f.figure, f.complaint_id, f.item)
                  end as "about!",
                  f.happened_on as "happened_on!", f.amount as "amount!"
           from report_rows($1, $2) f left join complaints c on c.id = f.complaint_id
           where f.figure = $3 and ($4::date is null or (f.happened_on, coalesce(c.reference, ''), f.item) > ($4, $5, $6))
           order by f.happened_on, coalesce(c.reference, ''), f.item
           limit $7"#,
        period.first,
        period.last,
        figure,
        on,
        reference,
        item,
        limit,
        reader,
        KEPT_FROM
    )
    .fetch_all(db)
    .await
}

/// All rows of all figures, for comparing them with another count.
pub async fn all_rows(db: impl PgExecutor<'_>, period: Period) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"select f.figure as "figure!", coalesce(c.reference, '') as "reference!", f.item as "item!", f.happened_on as "on!",
                  f.amount as "amount!"
           from report_rows($1, $2) f left join complaints c on c.id = f.complaint_id"#,
        period.first,
        period.last
    )
    .fetch_all(db)
    .await
}

/// The ids of complaints that were received by a date, page by page.
pub async fn received_by(
    db: impl PgExecutor<'_>,
    last: NaiveDate,
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select id from complaints where received_on <= $1 and ($2::uuid is null or id > $2) order by id limit $3",
        last,
        after,
        limit
    )
    .fetch_all(db)
    .await
}

/// The lessons that were recorded in a period.
pub async fn lessons(db: impl PgExecutor<'_>, period: Period) -> sqlx::Result<Lessons> {
    let rows = sqlx::query!(
        "select id, theme, recorded_on from lessons where recorded_on between $1 and $2",
        period.first,
        period.last
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.theme, row.recorded_on))
        .collect())
}

/// The ids of service requests that were received by a date, page by page.
pub async fn requests_received_by(
    db: impl PgExecutor<'_>,
    last: NaiveDate,
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select id from service_requests where received_on <= $1 and ($2::uuid is null or id > $2) order by id limit $3",
        last,
        after,
        limit
    )
    .fetch_all(db)
    .await
}
