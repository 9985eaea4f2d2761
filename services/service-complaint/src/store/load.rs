//! Complaints as they were stored.

mod rows;

use std::collections::HashMap;

use calendar::{Deadline, Entry, LedgerError, Told};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use self::rows::{
    ActionRow, ApprovalRow, ComplaintRow, ElementRow, LatenessRow, RemedyRow, StageRow, ask,
    element, lateness, offer, record, standing,
};
use super::{audit, clock, conflicts, learning, points, tellings};
use crate::domain::approval::Matter;
use crate::domain::complaint::{
    Channel, Complaint, ComplaintType, Definition, Format, Needs, Origin, OutcomeReply, Promise,
    ServiceUser, StageRecord, StageTwo, UserKind,
};
use crate::domain::conflict::Conflict;
use crate::domain::exclusion::Exclusion;
use crate::domain::finding::Decision;
use crate::domain::lateness::{Cause, Promise as LateWith};
use crate::domain::learning::LearnedOf;
use crate::domain::monitoring::Action;
use crate::domain::point::Point;
use crate::domain::policy::Stage;
use crate::domain::procedure::Escalation;
use crate::domain::refusal::Ground;
use crate::domain::remedy::{ApologyForm, ApologyFrom, Level};
use crate::domain::telling::Telling;

/// Why stored rows make no complaint: something wrote what the rules do not allow.
#[derive(Debug, thiserror::Error)]
pub enum Loaded {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
    /// A stored ledger can't be read.
    #[error("a stored ledger can't be read")]
    Ledger(#[from] LedgerError),
    /// A row that belongs to the complaint is missing or half empty.
    #[error("the stored complaint has no {0}")]
    Incomplete(&'static str),
}

/// The complaint of an id or a reference.
pub async fn find_id(db: impl PgExecutor<'_>, id_or_reference: &str) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select id from complaints where id = $1 or reference = $2",
        Uuid::try_parse(id_or_reference).ok(),
        id_or_reference.to_uppercase()
    )
    .fetch_optional(db)
    .await
}

/// The complaint that a request recorded.
pub async fn find_by_request(
    db: impl PgExecutor<'_>,
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select id from complaints where requested_by = $1 and request_id = $2",
        requested_by,
        request_id
    )
    .fetch_optional(db)
    .await
}

/// Everything of some complaints, in the order of their ids as given; those that do not exist are left out.
pub async fn load(db: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Complaint>, Loaded> {
    let mut parts = Parts::read(db, ids).await?;
    let mut rows: HashMap<Uuid, ComplaintRow> = complaints(db, ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    ids.iter()
        .filter_map(|id| rows.remove(id))
        .map(|row| parts.complaint(row))
        .collect()
}

async fn complaints(db: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<ComplaintRow>> {
    sqlx::query_as!(
        ComplaintRow,
        r#"select id, reference, service_user, user_kind as "user_kind: UserKind", email, telephone, postal_address,
                  format as "format: Format", channel as "channel: Channel", summary, desired_outcome,
                  outcome_reply as "outcome_reply: OutcomeReply", contact, communication_preference, reasonable_adjustments,
                  vulnerabilities, early_resolution, case_reference, received_on, standing, closed_on, ended_how, ended_reason,
                  ended_ground as "ended_ground: Ground", ended_ground_known, exclusion as "exclusion: Json<Exclusion>", follows, raised_during, service_request,
                  complaint_type as "complaint_type: ComplaintType", unanswered_since, asked_again_on,
                  asked_again_proof, version
           from complaints
           where id = any($1)"#,
        ids
    )
    .fetch_all(db)
    .await
}

/// Whose a ledger is: a complaint's, or an action's.
type LedgerKey = (Uuid, String, Option<Uuid>);

/// What belongs to complaints, by complaint.
struct Parts {
    ledgers: HashMap<LedgerKey, Vec<Entry>>,
    stages: HashMap<Uuid, Vec<StageRow>>,
    elements: HashMap<Uuid, Vec<ElementRow>>,
    remedies: HashMap<Uuid, Vec<RemedyRow>>,
    actions: HashMap<Uuid, Vec<ActionRow>>,
    approvals: HashMap<Uuid, Vec<ApprovalRow>>,
    points: HashMap<Uuid, Vec<Point>>,
    latenesses: HashMap<Uuid, Vec<LatenessRow>>,
    tellings: HashMap<Uuid, Vec<Telling>>,
    conflicts: HashMap<Uuid, Vec<Conflict>>,
    involved: HashMap<Uuid, Vec<Uuid>>,
    learned: HashMap<Uuid, LearnedOf>,
}

fn by<T>(rows: Vec<T>, key: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut grouped: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        grouped.entry(key(&row)).or_default().push(row);
    }
    grouped
}

impl Parts {
    #[expect(
        clippy::too_many_lines,
        reason = "a query for each part, one after the other"
    )]
    async fn read(db: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Self> {
        let mut ledgers: HashMap<LedgerKey, Vec<Entry>> = HashMap::new();
        let entries = sqlx::query!(
            r#"select complaint_id, clock, action_id, entry as "entry: Json<Entry>"
               from ledger_entries
               where complaint_id = any($1)
               order by complaint_id, clock, action_id, position"#,
            ids
        )
        .fetch_all(&mut *db)
        .await?;
        for row in entries {
            ledgers
                .entry((row.complaint_id, row.clock, row.action_id))
                .or_default()
                .push(row.entry.0);
        }
        let stages = sqlx::query_as!(
            StageRow,
            r#"select complaint_id, stage as "stage: Stage", handler, handler_name, outcome as "outcome: Decision", answered_on, updated_on,
                      requested_on, reasons, new_evidence, discretion, summary
               from stages
               where complaint_id = any($1)"#,
            ids
        )
        .fetch_all(&mut *db)
        .await?;
        let elements = sqlx::query_as!(
            ElementRow,
            r#"select id, complaint_id, stage as "stage: Stage", text, additional, decision as "decision: Decision", reason,
                      exclusion as "exclusion: Json<Exclusion>"
               from elements
               where complaint_id = any($1)
               order by stage, position"#,
            ids
        )
        .fetch_all(&mut *db)
        .await?;
        let remedies = sqlx::query_as!(
            RemedyRow,
            r#"select id, complaint_id, stage as "stage: Stage", kind, text, form as "form: ApologyForm",
                      apology_from as "apology_from: ApologyFrom", level as "level: Level", pounds
               from remedies
               where complaint_id = any($1)
               order by id"#,
            ids
        )
        .fetch_all(&mut *db)
        .await?;
        let actions = sqlx::query_as!(
            ActionRow,
            r#"select id, complaint_id, stage as "stage: Stage", what, owner, owner_name, remedy_id, evidence, withdrawn_because, hindrance
               from actions
               where complaint_id = any($1)
               order by id"#,
            ids
        )
        .fetch_all(&mut *db)
        .await?;
        let approvals = sqlx::query_as!(
            ApprovalRow,
            r#"select id, complaint_id, stage as "stage: Stage", matter as "matter: Matter", asked_by, asked_name, reason, until,
                      asked_at, decided_by, decided_name, decided_at, agreed, comment
               from approvals
               where complaint_id = any($1)
               order by id"#,
            ids
        )
        .fetch_all(&mut *db)
        .await?;
        let latenesses = sqlx::query_as!(
            LatenessRow,
            r#"select complaint_id, stage as "stage: Stage", promise as "promise: LateWith", cause as "cause: Cause", reason,
                      recorded_by, recorded_at
               from latenesses
               where complaint_id = any($1)
               order by recorded_at, stage, promise"#,
            ids
        )
        .fetch_all(&mut *db)
        .await?;
        let points = points::of(&mut *db, ids).await?;
        let tellings = tellings::of_complaints(&mut *db, ids).await?;
        let conflicts = conflicts::of_complaints(&mut *db, ids).await?;
        let involved = audit::involved(&mut *db, ids).await?;
        let learned = learning::of_complaints(db, ids).await?;
        Ok(Self {
            ledgers,
            stages: by(stages, |it| it.complaint_id),
            elements: by(elements, |it| it.complaint_id),
            remedies: by(remedies, |it| it.complaint_id),
            actions: by(actions, |it| it.complaint_id),
            approvals: by(approvals, |it| it.complaint_id),
            points,
            latenesses: by(latenesses, |it| it.complaint_id),
            tellings,
            conflicts,
            involved,
            learned,
        })
    }

    fn ledger(
        &mut self,
        id: Uuid,
        clock: &str,
        action: Option<Uuid>,
    ) -> Result<Option<Deadline>, Loaded> {
        let entries = self.ledgers.remove(&(id, clock.to_owned(), action));
        Ok(entries.map(Deadline::from_entries).transpose()?)
    }

    fn stage_one(&mut self, id: Uuid, row: StageRow) -> Result<StageRecord, Loaded> {
        let acknowledgement = self
            .ledger(id, clock::ACKNOWLEDGEMENT_ONE, None)?
            .ok_or(Loaded::Incomplete("clock of stage 1"))?;
        let response = self.ledger(id, clock::RESPONSE_ONE, None)?;
        Ok(record(row, acknowledgement, response))
    }

    fn stage_two(&mut self, id: Uuid, row: StageRow) -> Result<StageTwo, Loaded> {
        let acknowledgement = self
            .ledger(id, clock::ACKNOWLEDGEMENT_TWO, None)?
            .ok_or(Loaded::Incomplete("clock of stage 2"))?;
        let response = self.ledger(id, clock::RESPONSE_TWO, None)?;
        Ok(StageTwo {
            request: Escalation {
                requested_on: row
                    .requested_on
                    .ok_or(Loaded::Incomplete("date of the request for stage 2"))?,
                reasons: row.reasons.clone(),
                new_evidence: row.new_evidence.clone(),
                discretion: row.discretion.clone(),
            },
            summary: row.summary.clone(),
            record: record(row, acknowledgement, response),
        })
    }

    fn complaint(&mut self, row: ComplaintRow) -> Result<Complaint, Loaded> {
        let id = row.id;
        let mut stage_rows = self.stages.remove(&id).unwrap_or_default();
        let two = stage_rows
            .iter()
            .position(|it| it.stage == Stage::Two)
            .map(|at| stage_rows.swap_remove(at));
        let one = stage_rows.pop().ok_or(Loaded::Incomplete("stage 1"))?;
        let stage_one = self.stage_one(id, one)?;
        let stage_two = two.map(|row| self.stage_two(id, row)).transpose()?;
        let promises = self
            .actions
            .remove(&id)
            .unwrap_or_default()
            .into_iter()
            .map(|row| self.promise(row))
            .collect::<Result<_, _>>()?;
        let offers = self.remedies.remove(&id).unwrap_or_default();
        let standing = standing(&row, &stage_one, stage_two.as_ref())?;
        let origin = (row.follows.map(Origin::Escalation))
            .or(row.raised_during.map(Origin::Point))
            .or(row.service_request.map(Origin::Request));
        Ok(Complaint {
            id,
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
            summary: row.summary,
            definition: Definition {
                desired_outcome: row.desired_outcome,
                outcome_reply: row.outcome_reply,
                asked_again: row.asked_again_on.map(|on| Told {
                    on,
                    proof: row.asked_again_proof,
                }),
                needs: Needs {
                    contact: row.contact,
                    communication_preference: row.communication_preference,
                    reasonable_adjustments: row.reasonable_adjustments,
                    vulnerabilities: row.vulnerabilities,
                },
                early_resolution: row.early_resolution,
                complaint_type: row.complaint_type,
            },
            elements: self
                .elements
                .remove(&id)
                .unwrap_or_default()
                .into_iter()
                .map(element)
                .collect(),
            case_reference: row.case_reference,
            received_on: row.received_on,
            origin,
            standing,
            stage_one,
            window: self.ledger(id, clock::WINDOW, None)?,
            stage_two,
            offers: offers.into_iter().map(offer).collect::<Result<_, _>>()?,
            promises,
            asks: self
                .approvals
                .remove(&id)
                .unwrap_or_default()
                .into_iter()
                .map(ask)
                .collect(),
            conflicts: self.conflicts.remove(&id).unwrap_or_default(),
            involved: self.involved.remove(&id).unwrap_or_default(),
            learned: self.learned.remove(&id).unwrap_or_default(),
            points: self.points.remove(&id).unwrap_or_default(),
            latenesses: self
                .latenesses
                .remove(&id)
                .unwrap_or_default()
                .into_iter()
                .map(lateness)
                .collect(),
            tellings: self.tellings.remove(&id).unwrap_or_default(),
            unanswered_since: row.unanswered_since,
            version: row.version,
        })
    }

    fn promise(&mut self, row: ActionRow) -> Result<Promise, Loaded> {
        let deadline = self
            .ledger(row.complaint_id, clock::ACTION, Some(row.id))?
            .ok_or(Loaded::Incomplete("clock of an action"))?;
        Ok(Promise {
            action: Action {
                id: row.id,
                what: row.what,
                owner: row.owner,
                deadline,
                evidence: row.evidence,
            },
            stage: row.stage,
            owner_name: row.owner_name,
            remedy_id: row.remedy_id,
            withdrawn_because: row.withdrawn_because,
            hindrance: row.hindrance,
        })
    }
}
