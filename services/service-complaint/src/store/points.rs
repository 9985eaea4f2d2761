//! What was raised during investigations (4.5): only ever added to.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::point::{Point, PointOutcome};

#[derive(Debug)]
struct PointRow {
    id: Uuid,
    complaint_id: Uuid,
    text: String,
    raised_on: NaiveDate,
    element_id: Option<Uuid>,
    new_complaint_id: Option<Uuid>,
    service_request_id: Option<Uuid>,
    told_on: NaiveDate,
    told_how: String,
}

/// The points of some complaints, by complaint, in the order in which they were recorded.
pub(super) async fn of(
    db: impl PgExecutor<'_>,
    complaint_ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Vec<Point>>> {
    let rows = sqlx::query_as!(
        PointRow,
        "select id, complaint_id, text, raised_on, element_id, new_complaint_id, service_request_id, told_on, told_how
         from points
         where complaint_id = any($1)
         order by complaint_id, position",
        complaint_ids
    )
    .fetch_all(db)
    .await?;
    let mut points: HashMap<Uuid, Vec<Point>> = HashMap::new();
    for row in rows {
        // A constraint says that it is one of the three.
        let outcome = (row.element_id.map(PointOutcome::Included))
            .or(row.new_complaint_id.map(PointOutcome::NewComplaint))
            .or(row.service_request_id.map(PointOutcome::ServiceRequest));
        points
            .entry(row.complaint_id)
            .or_default()
            .extend(outcome.map(|outcome| Point {
                id: row.id,
                text: row.text,
                raised_on: row.raised_on,
                outcome,
                told_on: row.told_on,
                told_how: row.told_how,
            }));
    }
    Ok(points)
}

/// Adds the points of a complaint beyond those that are known.
pub(super) async fn add(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    points: &[Point],
    known: usize,
) -> sqlx::Result<()> {
    for (position, point) in points.iter().enumerate().skip(known) {
        let (element, complaint, request) = match point.outcome {
            PointOutcome::Included(id) => (Some(id), None, None),
            PointOutcome::NewComplaint(id) => (None, Some(id), None),
            PointOutcome::ServiceRequest(id) => (None, None, Some(id)),
        };
        sqlx::query!(
            "insert into points
                 (id, complaint_id, position, text, raised_on, element_id, new_complaint_id, service_request_id, told_on, told_how)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            point.id,
            complaint_id,
            i32::try_from(position).expect("points are few"),
            point.text,
            point.raised_on,
            element,
            complaint,
            request,
            point.told_on,
            point.told_how
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
