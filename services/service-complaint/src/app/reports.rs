//! The report of a period, the rows behind its figures, and the count that proves them.

use std::collections::HashMap;

use chrono::{Datelike as _, Days, Months, NaiveDate};
use kit::Caller;
use kit::page::Page;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::commentary::Commentary;
use crate::domain::complaint::Origin;
use crate::domain::report::{
    self as rules, Definition, Difference, Measure, Period, Row, catalogue, compare, recount,
    tenths_of_percent,
};
use crate::error::Error;
use crate::store::report::{self, FigureRow};
use crate::store::{self, commentaries, oversight, requests, themes};

/// How many complaints are loaded at once to be counted.
const BATCH: i64 = 200;
/// How many versions of a commentary come with a report.
const VERSIONS: i64 = 20;

/// A figure of a report.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What it is.
    pub definition: Definition,
    /// What it comes to.
    pub value: i64,
    /// How many rows stand behind it.
    pub rows: i64,
    /// What it comes to month by month.
    pub by_month: Vec<i64>,
}

/// The report of a period.
#[derive(Debug, Clone)]
pub struct PeriodReport {
    /// The period.
    pub period: Period,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// What was closed at both stages.
    pub closed: i64,
    /// What the ombudsman received.
    pub received: i64,
    /// The months of the period whose enquiries were not counted.
    pub uncounted: Vec<NaiveDate>,
    /// What the manager says of it, the newest version first (7.6).
    pub commentaries: Vec<Commentary>,
}

impl PeriodReport {
    /// What was closed as a share of what was received, in tenths of a per cent; none while that is not known for each month of the period.
    #[must_use]
    pub fn share(&self) -> Option<i64> {
        let known = self.uncounted.is_empty() && self.period.is_whole_months();
        tenths_of_percent(self.closed, self.received).filter(|_| known)
    }
}

/// How a recount came out.
#[derive(Debug, Clone)]
pub struct Recount {
    /// How many figures were compared.
    pub figures: usize,
    /// How many complaints were read.
    pub complaints: usize,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Where a page of rows starts: by date, reference and item.
pub type RowPosition = (NaiveDate, String, String);

impl App {
    /// The report of a period, from the records as they are now.
    pub async fn report(&self, period: Period) -> Result<PeriodReport, Error> {
        let mut tx = self.snapshot().await?;
        let definitions = definitions(&mut tx).await?;
        let months: Vec<NaiveDate> = period.months().collect();
        let mut sums: HashMap<String, Vec<(NaiveDate, i64, i64)>> = HashMap::new();
        for sum in report::sums(&mut *tx, period).await? {
            let figure = sums.entry(sum.figure).or_default();
            figure.push((sum.month, sum.rows, sum.amount));
        }
        let counted = oversight::counts_between(&mut *tx, period.first, period.last).await?;
        let commentaries = commentaries::of_period(&mut *tx, period, VERSIONS).await?;
        let uncounted = months
            .iter()
            .copied()
            .filter(|month| !counted.iter().any(|it| it.month == *month))
            .collect();
        let figures: Vec<Figure> = definitions
            .into_iter()
            .map(|definition| {
                let sums = sums.remove(&definition.key).unwrap_or_default();
                let in_month = |month: &NaiveDate| {
                    let of_month = sums.iter().filter(|(it, ..)| it == month);
                    of_month.map(|(.., amount)| amount).sum()
                };
                Figure {
                    value: sums.iter().map(|(.., amount)| amount).sum(),
                    rows: sums.iter().map(|(_, rows, _)| rows).sum(),
                    by_month: months.iter().map(in_month).collect(),
                    definition,
                }
            })
            .collect();
        let value = |key: &str| {
            let figure = figures.iter().find(|it| it.definition.key == key);
            figure.map_or(0, |it| it.value)
        };
        Ok(PeriodReport {
            period,
            closed: value("closed.stage_one") + value("closed.stage_two"),
            received: value("enquiries"),
            figures,
            uncounted,
            commentaries,
        })
    }

    /// A page of the rows behind a figure.
    pub async fn figure_rows(
        &self,
        caller: &Caller,
        (period, figure): (Period, &str),
        page: &Page<RowPosition>,
    ) -> Result<(Vec<FigureRow>, String), Error> {
        let mut tx = self.snapshot().await?;
        let known = definitions(&mut tx).await?;
        if !known.iter().any(|it| it.key == figure) {
            return Err(Error::NoSuchFigure);
        }
        let after = page.after.clone();
        let of = (period, figure, Actor::of(caller).account_id);
        let mut rows = report::rows_page(&mut *tx, of, after, page.fetch()).await?;
        let next = page.next(&mut rows, |row| {
            (row.happened_on, row.reference.clone(), row.item.clone())
        });
        Ok((rows, next))
    }

    /// Counts every figure of a period again, from each complaint as the procedure sees it, and tells what differs.
    pub async fn recount(&self, period: Period) -> Result<Recount, Error> {
        let mut tx = self.snapshot().await?;
        let figures = definitions(&mut tx).await?.len();
        let reported = report::all_rows(&mut *tx, period).await?;
        let mut recounted = beside_complaints(&mut tx, period).await?;
        let mut complaints = 0;
        let mut became: HashMap<Uuid, NaiveDate> = HashMap::new();
        let mut after: Option<Uuid> = None;
        loop {
            let ids = report::received_by(&mut *tx, period.last, after, BATCH).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            for complaint in store::load(&mut tx, &ids).await? {
                complaints += 1;
                if let Some(Origin::Request(request)) = complaint.origin {
                    let received = complaint.stage_one.clocks.acknowledgement.event().on;
                    became.insert(request, received);
                }
                recounted.extend(recount(&complaint, period));
            }
        }
        recounted.extend(asked(&mut tx, period, &became).await?);
        Ok(Recount {
            figures,
            complaints,
            differences: compare(&reported, &recounted),
        })
    }

    /// A transaction that sees one state of the records from beginning to end.
    async fn snapshot(&self) -> Result<sqlx::Transaction<'static, sqlx::Postgres>, Error> {
        let begin = "begin isolation level repeatable read, read only";
        Ok(self.db.begin_with(begin).await?)
    }
}

/// The figures of a report, with the themes that there are.
async fn definitions(tx: &mut PgConnection) -> Result<Vec<Definition>, Error> {
    let themes = themes::all(tx).await?;
    let themes: Vec<_> = themes.into_iter().map(|it| (it.id, it.name)).collect();
    Ok(catalogue(&themes))
}

/// What is counted besides complaints: lessons, and the enquiries of the months that the period holds whole.
async fn beside_complaints(tx: &mut PgConnection, period: Period) -> Result<Vec<Row>, Error> {
    let row = |figure: String, item: String, on, amount| Row {
        figure,
        reference: String::new(),
        item,
        on,
        amount,
    };
    let lessons = report::lessons(&mut *tx, period).await?;
    let lessons = lessons
        .into_iter()
        .map(|(id, theme, on)| row(format!("lesson.{theme}"), id.to_string(), on, 1));
    let counts = oversight::counts_between(tx, period.first, period.last).await?;
    let counts = counts
        .into_iter()
        .filter(|it| last_of_month(it.month).is_some_and(|last| last <= period.last))
        .map(|it| {
            let month = it.month.format("%Y-%m").to_string();
            row("enquiries".to_owned(), month, it.month, it.received)
        });
    Ok(lessons.chain(counts).collect())
}

/// What service requests add to a period, each with the date on which it became a complaint.
async fn asked(
    tx: &mut PgConnection,
    period: Period,
    became: &HashMap<Uuid, NaiveDate>,
) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    let mut after: Option<Uuid> = None;
    loop {
        let ids = report::requests_received_by(&mut *tx, period.last, after, BATCH).await?;
        let Some(last) = ids.last() else {
            return Ok(rows);
        };
        after = Some(*last);
        for it in requests::load(&mut *tx, &ids).await? {
            let became_on = became.get(&it.request.id).copied();
            rows.extend(rules::request(&it.request, became_on, period));
        }
    }
}

fn last_of_month(month: NaiveDate) -> Option<NaiveDate> {
    debug_assert_eq!(month.day(), 1);
    month
        .checked_add_months(Months::new(1))?
        .checked_sub_days(Days::new(1))
}

impl Figure {
    /// Whether it is a sum of money.
    #[must_use]
    pub fn is_money(&self) -> bool {
        self.definition.measure == Measure::Pounds
    }
}
