//! The stages that cases left, and what they took (CA-11).

use chrono::NaiveDate;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::domain::{Quarter, Status};

/// What a stage took in a quarter. A share or a percentile of nothing is 0.
#[derive(Clone, Debug)]
pub struct StageFigures {
    /// The stage.
    pub status: Status,
    /// How many cases left it.
    pub left: i64,
    /// Of these, about how many people were told a date; those alone of which it is known when the case came to the stage.
    pub told: i64,
    /// Of those, how many left it by the date that people were told first.
    pub within: i64,
    /// The median of the days that it took, of those that people were told a date of.
    pub taken_median: i32,
    /// The 90th percentile of them.
    pub taken_90th: i32,
    /// The median of the days that people were told first.
    pub told_median: i32,
    /// The 90th percentile of them.
    pub told_90th: i32,
}

/// What the stages took that cases left in a quarter. Percentiles are days of one of the cases, and none in between.
pub async fn taken(db: impl PgExecutor<'_>, quarter: Quarter) -> sqlx::Result<Vec<StageFigures>> {
    sqlx::query_as!(
        StageFigures,
        r#"select status as "status: Status", count(*) as "left!", count(first_expected_on) filter (where began_known) as "told!",
               count(*) filter (where began_known and ended_on <= first_expected_on) as "within!",
               coalesce(percentile_disc(0.5) within group (order by ended_on - began_on) filter (where began_known and first_expected_on is not null), 0)
                   as "taken_median!",
               coalesce(percentile_disc(0.9) within group (order by ended_on - began_on) filter (where began_known and first_expected_on is not null), 0)
                   as "taken_90th!",
               coalesce(percentile_disc(0.5) within group (order by first_expected_on - began_on) filter (where began_known), 0) as "told_median!",
               coalesce(percentile_disc(0.9) within group (order by first_expected_on - began_on) filter (where began_known), 0) as "told_90th!"
           from stages
           where ended_on between $1 and $2
           group by status"#,
        quarter.from,
        quarter.to,
    )
    .fetch_all(db)
    .await
}

/// A stage that a case left.
#[derive(Clone, Debug)]
pub struct LeftStage {
    /// Its id.
    pub id: Uuid,
    /// The case's reference.
    pub reference: String,
    /// The stage.
    pub status: Status,
    /// The date on which the case came to it, or was added to the portal.
    pub began_on: NaiveDate,
    /// Whether it is the former.
    pub began_known: bool,
    /// The date on which it left it.
    pub ended_on: NaiveDate,
    /// The date that people were told first.
    pub first_expected_on: Option<NaiveDate>,
    /// The date that they were told last.
    pub expected_on: Option<NaiveDate>,
}

/// The stages that cases left in a quarter, in that order, after where the page before ended.
pub async fn ended(
    db: impl PgExecutor<'_>,
    quarter: Quarter,
    status: Option<Status>,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<LeftStage>> {
    let (ended_after, id_after) = after.unwrap_or((NaiveDate::default(), Uuid::nil()));
    sqlx::query_as!(
        LeftStage,
        r#"select s.id, c.reference, s.status as "status: Status", s.began_on, s.began_known, s.ended_on as "ended_on!", s.first_expected_on, s.expected_on
           from stages s
           join cases c on c.id = s.case_id
           where s.ended_on between $1 and $2 and ($3::smallint is null or s.status = $3) and (s.ended_on, s.id) > ($4, $5)
           order by s.ended_on, s.id
           limit $6"#,
        quarter.from,
        quarter.to,
        status as Option<Status>,
        ended_after,
        id_after,
        limit,
    )
    .fetch_all(db)
    .await
}
