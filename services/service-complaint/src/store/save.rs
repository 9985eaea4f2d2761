//! Complaints as they are written.

mod parts;

use calendar::{Deadline, Entry};
use chrono::NaiveDate;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use self::parts::{write_asks, write_elements, write_latenesses, write_offers, write_promises};
use super::{clock, conflicts, learning, points, tellings};
use crate::domain::complaint::{
    Channel, Complaint, ComplaintType, Definition, Format, Needs, Origin, OutcomeReply,
    ServiceUser, StageRecord, StageTwo, Standing, UserKind,
};
use crate::domain::exclusion::Exclusion;
use crate::domain::finding::Decision;
use crate::domain::policy::Stage;
use crate::domain::procedure::{End, Escalation};
use crate::domain::refusal::Ground;

/// The next number of a year, under the counter's lock, so that no two complaints get one.
pub async fn next_number(tx: &mut PgConnection, year: i32) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        "insert into reference_counters as c (year, last) values ($1, 1)
         on conflict (year) do update set last = c.last + 1
         returning last",
        year
    )
    .fetch_one(tx)
    .await
}

/// Inserts a complaint with all that belongs to it; `false` when the request was carried out before.
pub async fn insert(
    tx: &mut PgConnection,
    complaint: &Complaint,
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<bool> {
    let Needs {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    } = &complaint.definition.needs;
    let ServiceUser {
        name,
        kind,
        email,
        telephone,
        postal_address,
        format,
    } = &complaint.user;
    let (follows, raised_during, service_request) = match complaint.origin {
        None => (None, None, None),
        Some(Origin::Escalation(id)) => (Some(id), None, None),
        Some(Origin::Point(id)) => (None, Some(id), None),
        Some(Origin::Request(id)) => (None, None, Some(id)),
    };
    let done = sqlx::query!(
        "insert into complaints
             (id, reference, service_user, user_kind, email, telephone, postal_address, format, channel, summary, desired_outcome,
              contact, communication_preference, reasonable_adjustments, vulnerabilities, early_resolution, case_reference,
              received_on, next_due_on, follows, raised_during, service_request, version, requested_by, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
         on conflict on constraint complaints_request_once do nothing",
        complaint.id,
        complaint.reference,
        name,
        *kind as UserKind,
        email,
        telephone,
        postal_address,
        *format as Format,
        complaint.channel as Channel,
        complaint.summary,
        complaint.definition.desired_outcome,
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
        complaint.definition.early_resolution,
        complaint.case_reference,
        complaint.received_on,
        complaint.next_due(),
        follows,
        raised_during,
        service_request,
        complaint.version,
        requested_by,
        request_id
    )
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    write_parts(tx, None, complaint).await?;
    Ok(true)
}

/// Saves what has changed; `None` when someone else changed it first, else its new version.
pub async fn save(
    tx: &mut PgConnection,
    before: &Complaint,
    after: &Complaint,
) -> sqlx::Result<Option<i64>> {
    let Definition {
        desired_outcome,
        outcome_reply,
        asked_again,
        needs:
            Needs {
                contact,
                communication_preference,
                reasonable_adjustments,
                vulnerabilities,
            },
        early_resolution,
        complaint_type,
    } = &after.definition;
    let (ended_how, ended_reason, ended_ground) = ending(&after.standing);
    let exclusion = after.exclusion().map(Json);
    let version = sqlx::query_scalar!(
        "update complaints
         set desired_outcome = $3, outcome_reply = $4, contact = $5, communication_preference = $6, reasonable_adjustments = $7,
             vulnerabilities = $8, early_resolution = $9, standing = $10, closed_on = $11, ended_how = $12, ended_reason = $13,
             exclusion = $14, next_due_on = $15, complaint_type = $16, unanswered_since = $17,
             asked_again_on = $18, asked_again_proof = $19, ended_ground = coalesce($20, ended_ground), version = version + 1
         where id = $1 and version = $2
         returning version",
        after.id,
        before.version,
        desired_outcome,
        *outcome_reply as OutcomeReply,
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
        early_resolution,
        standing(&after.standing),
        after.closed_on(),
        ended_how,
        ended_reason,
        exclusion as Option<Json<&Exclusion>>,
        after.next_due(),
        *complaint_type as Option<ComplaintType>,
        after.unanswered_since,
        asked_again.as_ref().map(|it| it.on),
        asked_again.as_ref().map_or("", |it| it.proof.as_str()),
        ended_ground as Option<Ground>
    )
    .fetch_optional(&mut *tx)
    .await?;
    if version.is_some() {
        if (&before.user, &before.case_reference) != (&after.user, &after.case_reference) {
            super::save_person(tx, after).await?;
        }
        write_parts(tx, Some(before), after).await?;
    }
    Ok(version)
}

async fn write_parts(
    tx: &mut PgConnection,
    before: Option<&Complaint>,
    after: &Complaint,
) -> sqlx::Result<()> {
    let id = after.id;
    write_stage_one(tx, before, after).await?;
    if let Some(two) = &after.stage_two {
        write_stage_two(tx, before.and_then(|it| it.stage_two.as_ref()), id, two).await?;
    }
    let old = before.and_then(|it| it.window.as_ref());
    append(tx, (id, clock::WINDOW, None), old, after.window.as_ref()).await?;
    write_elements(
        tx,
        before.map_or(&[], |it| &it.elements),
        id,
        &after.elements,
    )
    .await?;
    write_offers(tx, before.map_or(&[], |it| &it.offers), id, &after.offers).await?;
    write_promises(
        tx,
        before.map_or(&[], |it| &it.promises),
        id,
        &after.promises,
    )
    .await?;
    write_asks(tx, before.map_or(&[], |it| &it.asks), id, &after.asks).await?;
    let known = before.map_or(0, |it| it.points.len());
    points::add(&mut *tx, id, &after.points, known).await?;
    let old = before.map_or(&[][..], |it| &it.tellings);
    tellings::write(tx, old, id, &after.tellings).await?;
    let known = before.map_or(0, |it| it.conflicts.len());
    conflicts::add(&mut *tx, id, &after.conflicts[known..]).await?;
    let known = before.map_or(0, |it| it.learned.none.len());
    learning::add_none(&mut *tx, id, &after.learned.none[known..]).await?;
    let known = before.map_or(0, |it| it.latenesses.len());
    write_latenesses(tx, id, &after.latenesses[known..]).await
}

async fn write_stage_one(
    tx: &mut PgConnection,
    before: Option<&Complaint>,
    after: &Complaint,
) -> sqlx::Result<()> {
    let (id, record) = (after.id, &after.stage_one);
    let old = before.map(|it| &it.stage_one);
    if old != Some(record) {
        write_stage(tx, id, Stage::One, record, None).await?;
    }
    let clocks = [clock::ACKNOWLEDGEMENT_ONE, clock::RESPONSE_ONE];
    write_clocks(tx, id, clocks, old, record).await
}

async fn write_stage_two(
    tx: &mut PgConnection,
    old: Option<&StageTwo>,
    id: Uuid,
    two: &StageTwo,
) -> sqlx::Result<()> {
    if old != Some(two) {
        write_stage(tx, id, Stage::Two, &two.record, Some(two)).await?;
    }
    let clocks = [clock::ACKNOWLEDGEMENT_TWO, clock::RESPONSE_TWO];
    write_clocks(tx, id, clocks, old.map(|it| &it.record), &two.record).await
}

async fn write_stage(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    stage: Stage,
    record: &StageRecord,
    two: Option<&StageTwo>,
) -> sqlx::Result<()> {
    let (handler, handler_name) = match &record.handler {
        Some((id, name)) => (Some(*id), name.as_str()),
        None => (None, ""),
    };
    let (answered_on, outcome) = record.answer.unzip();
    let request = two.map(|it| &it.request);
    let text = |part: fn(&Escalation) -> &String| request.map_or("", |it| part(it).as_str());
    sqlx::query!(
        "insert into stages
             (complaint_id, stage, handler, handler_name, outcome, answered_on, requested_on, reasons, new_evidence, discretion, summary,
              updated_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict on constraint stages_pkey do update
         set handler = $3, handler_name = $4, outcome = $5, answered_on = $6, summary = $11, updated_on = $12",
        complaint_id,
        stage as Stage,
        handler,
        handler_name,
        outcome as Option<Decision>,
        answered_on,
        request.map(|it| it.requested_on),
        text(|it| &it.reasons),
        text(|it| &it.new_evidence),
        text(|it| &it.discretion),
        two.map_or("", |it| it.summary.as_str()),
        record.updated_on
    )
    .execute(&mut *tx)
    .await?;
    if let Some(account_id) = handler {
        super::audit::record_handling(tx, complaint_id, stage, account_id).await?;
    }
    Ok(())
}

async fn write_clocks(
    tx: &mut PgConnection,
    id: Uuid,
    [acknowledgement, response]: [&str; 2],
    old: Option<&StageRecord>,
    new: &StageRecord,
) -> sqlx::Result<()> {
    let before = old.map(|it| &it.clocks.acknowledgement);
    let after = Some(&new.clocks.acknowledgement);
    append(tx, (id, acknowledgement, None), before, after).await?;
    let before = old.and_then(|it| it.clocks.response.as_ref());
    append(
        tx,
        (id, response, None),
        before,
        new.clocks.response.as_ref(),
    )
    .await
}

/// Writes what a ledger has gained. The key refuses a position that somebody else has written meanwhile.
async fn append(
    tx: &mut PgConnection,
    (complaint_id, clock, action_id): (Uuid, &str, Option<Uuid>),
    before: Option<&Deadline>,
    after: Option<&Deadline>,
) -> sqlx::Result<()> {
    let written = before.map_or(0, |it| it.entries().len());
    let entries = after.map_or(&[][..], Deadline::entries);
    for (position, entry) in entries.iter().enumerate().skip(written) {
        sqlx::query!(
            "insert into ledger_entries (complaint_id, clock, action_id, position, entry) values ($1, $2, $3, $4, $5)",
            complaint_id,
            clock,
            action_id,
            i32::try_from(position).expect("a ledger is short"),
            Json(entry) as Json<&Entry>
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Keeps what a person wrote about a complaint that ended, and whether it was answered (4.21, 4.22).
pub async fn record_correspondence(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    (received_on, request_id): (NaiveDate, Option<Uuid>),
    text: &str,
    acknowledged: bool,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into correspondence (id, complaint_id, received_on, text, acknowledged, request_id) values ($1, $2, $3, $4, $5, $6)",
        kit::id(),
        complaint_id,
        received_on,
        text,
        acknowledged,
        request_id
    )
    .execute(tx)
    .await
    .map(drop)
}

fn standing(standing: &Standing) -> &'static str {
    match standing {
        Standing::Received => "received",
        Standing::Investigated => "investigated",
        Standing::Answered => "answered",
        Standing::Requested => "requested",
        Standing::Reviewed => "reviewed",
        Standing::Ended(_) => "ended",
    }
}

fn ending(standing: &Standing) -> (Option<&'static str>, &str, Option<Ground>) {
    let Standing::Ended(ended) = standing else {
        return (None, "", None);
    };
    match &ended.how {
        End::NotAccepted(_) => (Some("not_accepted"), "", None),
        End::Informally(_) => (Some("informally"), "", None),
        End::EscalationRejected(refusal) => {
            (Some("escalation_rejected"), &refusal.words, refusal.ground)
        }
        End::AtStageTwo(_) => (Some("at_stage_two"), "", None),
    }
}
