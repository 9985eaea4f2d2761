//! Complaints as they are written.

use calendar::{Deadline, Entry};
use chrono::NaiveDate;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{clock, points, tellings};
use crate::domain::complaint::{
    Ask, Channel, Complaint, ComplaintType, Definition, Format, Needs, Offer, Origin, OutcomeReply,
    Promise, Raised, ServiceUser, StageRecord, StageTwo, Standing, UserKind,
};
use crate::domain::exclusion::Exclusion;
use crate::domain::finding::{Decision, Element, Standing as ElementStanding};
use crate::domain::lateness::{Cause, Lateness, Promise as LateWith};
use crate::domain::policy::Stage;
use crate::domain::procedure::{End, Escalation};
use crate::domain::remedy::{ApologyForm, ApologyFrom, Level, Remedy};

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
    let (ended_how, ended_reason) = ending(&after.standing);
    let exclusion = after.exclusion().map(Json);
    let version = sqlx::query_scalar!(
        "update complaints
         set desired_outcome = $3, outcome_reply = $4, contact = $5, communication_preference = $6, reasonable_adjustments = $7,
             vulnerabilities = $8, early_resolution = $9, standing = $10, closed_on = $11, ended_how = $12, ended_reason = $13,
             exclusion = $14, next_due_on = $15, complaint_type = $16, unanswered_since = $17, version = version + 1
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
        after.unanswered_since
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
    .execute(tx)
    .await
    .map(drop)
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

async fn write_elements(
    tx: &mut PgConnection,
    old: &[(Stage, Element, Raised)],
    complaint_id: Uuid,
    new: &[(Stage, Element, Raised)],
) -> sqlx::Result<()> {
    let kept = |id: Uuid| new.iter().any(|(_, it, _)| it.id == id);
    let gone: Vec<Uuid> = old
        .iter()
        .map(|(_, it, _)| it.id)
        .filter(|id| !kept(*id))
        .collect();
    if !gone.is_empty() {
        sqlx::query!("delete from elements where id = any($1)", &gone)
            .execute(&mut *tx)
            .await?;
    }
    for (position, element) in new.iter().enumerate() {
        if old.get(position) == Some(element) {
            continue;
        }
        let (stage, Element { id, text, standing }, raised) = element;
        let (decision, reason, exclusion) = match standing {
            ElementStanding::Undecided => (None, "", None),
            ElementStanding::Found(finding) => {
                (Some(finding.decision), finding.reason.as_str(), None)
            }
            ElementStanding::Excluded(exclusion) => (None, "", Some(Json(exclusion))),
        };
        sqlx::query!(
            "insert into elements (id, complaint_id, stage, position, text, additional, decision, reason, exclusion)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict on constraint elements_pkey do update set position = $4, text = $5, decision = $7, reason = $8, exclusion = $9",
            id,
            complaint_id,
            *stage as Stage,
            i32::try_from(position).expect("elements are few"),
            text,
            *raised == Raised::Meanwhile,
            decision as Option<Decision>,
            reason,
            exclusion as Option<Json<&Exclusion>>
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

async fn write_offers(
    tx: &mut PgConnection,
    old: &[Offer],
    complaint_id: Uuid,
    new: &[Offer],
) -> sqlx::Result<()> {
    for gone in old.iter().filter(|it| !new.contains(it)) {
        sqlx::query!("delete from remedies where id = $1", gone.id)
            .execute(&mut *tx)
            .await?;
    }
    for offer in new.iter().filter(|it| !old.contains(it)) {
        let Offer {
            id,
            stage,
            remedy,
            text,
        } = offer;
        let (form, from) = match remedy {
            Remedy::Apology { form, from } => (Some(*form), Some(*from)),
            _ => (None, None),
        };
        let (level, pounds) = match remedy {
            Remedy::Compensation(sum) => (
                Some(sum.level()),
                Some(i32::try_from(sum.pounds()).expect("a band ends at £500")),
            ),
            _ => (None, None),
        };
        sqlx::query!(
            "insert into remedies (id, complaint_id, stage, kind, text, form, apology_from, level, pounds)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id,
            complaint_id,
            *stage as Stage,
            remedy.kind(),
            text,
            form as Option<ApologyForm>,
            from as Option<ApologyFrom>,
            level as Option<Level>,
            pounds
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

async fn write_promises(
    tx: &mut PgConnection,
    old: &[Promise],
    complaint_id: Uuid,
    new: &[Promise],
) -> sqlx::Result<()> {
    for promise in new.iter().filter(|it| !old.contains(it)) {
        let action = &promise.action;
        let due_on = action.is_open().then(|| action.deadline.due());
        sqlx::query!(
            "insert into actions (id, complaint_id, what, owner, owner_name, remedy_id, due_on, evidence, withdrawn_because, hindrance)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict on constraint actions_pkey do update set due_on = $7, evidence = $8, withdrawn_because = $9, hindrance = $10",
            action.id,
            complaint_id,
            action.what,
            action.owner,
            promise.owner_name,
            promise.remedy_id,
            due_on,
            action.evidence,
            promise.withdrawn_because,
            promise.hindrance
        )
        .execute(&mut *tx)
        .await?;
        let before = old
            .iter()
            .find(|it| it.action.id == action.id)
            .map(|it| &it.action.deadline);
        let key = (complaint_id, clock::ACTION, Some(action.id));
        append(tx, key, before, Some(&action.deadline)).await?;
    }
    Ok(())
}

async fn write_asks(
    tx: &mut PgConnection,
    old: &[Ask],
    complaint_id: Uuid,
    new: &[Ask],
) -> sqlx::Result<()> {
    for ask in new.iter().filter(|it| !old.contains(it)) {
        let verdict = ask.verdict.as_ref();
        sqlx::query!(
            "insert into approvals
                 (id, complaint_id, stage, matter, asked_by, asked_name, reason, until, asked_at, decided_by, decided_name, decided_at,
                  agreed, comment)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             on conflict on constraint approvals_pkey do update
             set decided_by = $10, decided_name = $11, decided_at = $12, agreed = $13, comment = $14",
            ask.request.id,
            complaint_id,
            ask.stage as Stage,
            ask.request.matter as crate::domain::approval::Matter,
            ask.request.asked_by,
            ask.asked_name,
            ask.request.reason,
            ask.until,
            ask.asked_at,
            verdict.map(|it| it.by),
            verdict.map_or("", |it| it.name.as_str()),
            verdict.map(|it| it.at),
            verdict.map(|it| it.agreed),
            verdict.map_or("", |it| it.comment.as_str())
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

async fn write_latenesses(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    new: &[Lateness],
) -> sqlx::Result<()> {
    for lateness in new {
        sqlx::query!(
            "insert into latenesses (complaint_id, stage, promise, cause, reason, recorded_by, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            complaint_id,
            lateness.stage as Stage,
            lateness.promise as LateWith,
            lateness.cause as Cause,
            lateness.reason,
            lateness.recorded_by,
            lateness.recorded_at
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

fn ending(standing: &Standing) -> (Option<&'static str>, &str) {
    let Standing::Ended(ended) = standing else {
        return (None, "");
    };
    match &ended.how {
        End::NotAccepted(_) => (Some("not_accepted"), ""),
        End::Informally => (Some("informally"), ""),
        End::EscalationRejected(reason) => (Some("escalation_rejected"), reason),
        End::AtStageTwo(_) => (Some("at_stage_two"), ""),
    }
}
