//! What belongs to a complaint besides its stages: elements, remedies, actions, approvals, latenesses.

use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::clock;
use super::append;
use crate::domain::complaint::{Ask, Offer, Promise, Raised};
use crate::domain::exclusion::Exclusion;
use crate::domain::finding::{Decision, Element, Standing as ElementStanding};
use crate::domain::lateness::{Cause, Lateness, Promise as LateWith};
use crate::domain::policy::Stage;
use crate::domain::remedy::{ApologyForm, ApologyFrom, Level, Remedy};

pub(super) async fn write_elements(
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

pub(super) async fn write_offers(
    tx: &mut PgConnection,
    old: &[Offer],
    complaint_id: Uuid,
    new: &[Offer],
) -> sqlx::Result<()> {
    for gone in old.iter().filter(|it| !new.contains(it)) {
        // An action that was for it and is no longer needed stays, with its reason.
        sqlx::query!(
            "update actions set remedy_id = null where remedy_id = $1",
            gone.id
        )
        .execute(&mut *tx)
        .await?;
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

pub(super) async fn write_promises(
    tx: &mut PgConnection,
    old: &[Promise],
    complaint_id: Uuid,
    new: &[Promise],
) -> sqlx::Result<()> {
    for promise in new.iter().filter(|it| !old.contains(it)) {
        let action = &promise.action;
        let due_on = action.is_open().then(|| action.deadline.due());
        sqlx::query!(
            "insert into actions (id, complaint_id, what, owner, owner_name, remedy_id, due_on, evidence, withdrawn_because, hindrance, stage)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             on conflict on constraint actions_pkey do update
             set owner = $4, owner_name = $5, due_on = $7, evidence = $8, withdrawn_because = $9, hindrance = $10",
            action.id,
            complaint_id,
            action.what,
            action.owner,
            promise.owner_name,
            promise.remedy_id,
            due_on,
            action.evidence,
            promise.withdrawn_because,
            promise.hindrance,
            promise.stage as Stage
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

pub(super) async fn write_asks(
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

pub(super) async fn write_latenesses(
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
