//! Events of service complaints, as far as they concern a case.

use chrono::NaiveDate;
use kit::time::london_date;
use outbox::{Event, Retry, subject};
use proto::service_complaint::v1::{
    ComplaintEnded, Decision, EndingKind, RiskReviewRequested, RiskReviewWithdrawn,
    StageOneAnswered,
};
use sqlx::PgConnection;

use super::{date, id};
use crate::app::App;
use crate::domain::{ComplaintDecided, ReviewAsked};

/// What is heard.
pub(super) fn subjects() -> [String; 4] {
    [
        subject::<RiskReviewRequested>(),
        subject::<RiskReviewWithdrawn>(),
        subject::<StageOneAnswered>(),
        subject::<ComplaintEnded>(),
    ]
}

/// Handles an event, if it is one of these.
pub(super) async fn handle(app: &App, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
    let at = event.occurred_at;
    if let Some(it) = event.get::<RiskReviewRequested>()? {
        let asked = ReviewAsked {
            complaint_id: id(&it.complaint_id)?,
            complaint_reference: it.reference,
            action_id: id(&it.action_id)?,
            case_reference: it.case_reference,
            asked_on: london_date(at),
            due_on: date(&it.due_on)?,
        };
        app.risk_review_requested(tx, &asked, at).await?;
    } else if let Some(it) = event.get::<RiskReviewWithdrawn>()? {
        let action_id = id(&it.action_id)?;
        app.risk_review_withdrawn(tx, action_id, at).await?;
    } else if let Some(it) = event.get::<StageOneAnswered>()? {
        let upheld = is_upheld(it.outcome());
        // One that was not upheld says nothing to casework, unless an upheld one is thereby gone.
        if upheld {
            let decided = ComplaintDecided {
                complaint_id: id(&it.complaint_id)?,
                reference: it.reference,
                case_reference: it.case_reference.trim().to_owned(),
                stage: 1,
                upheld,
                decided_on: decided_on(&it.answered_on, event)?,
            };
            app.complaint_decided(tx, &decided, at).await?;
        }
    } else if let Some(it) = event.get::<ComplaintEnded>()? {
        // However else it ends, what stage 1 decided stands.
        let by_an_answer = matches!(it.kind(), EndingKind::AtStage2 | EndingKind::Informally);
        // Events of the version before name no stage; what ends at stage 2 was answered there.
        let at_2 = match it.answered_stage {
            0 => it.kind() == EndingKind::AtStage2,
            stage => stage == 2,
        };
        let upheld = is_upheld(it.outcome());
        if by_an_answer && (upheld || at_2) {
            let decided = ComplaintDecided {
                complaint_id: id(&it.complaint_id)?,
                reference: it.reference,
                case_reference: it.case_reference.trim().to_owned(),
                stage: if at_2 { 2 } else { 1 },
                upheld,
                decided_on: decided_on(&it.answered_on, event)?,
            };
            app.complaint_decided(tx, &decided, at).await?;
        }
    }
    Ok(())
}

/// The date of a response. What was told before it stood in events was told on the day.
fn decided_on(answered_on: &str, event: &Event) -> Result<NaiveDate, Retry> {
    if answered_on.is_empty() {
        Ok(london_date(event.occurred_at))
    } else {
        date(answered_on)
    }
}

fn is_upheld(outcome: Decision) -> bool {
    match outcome {
        Decision::Upheld | Decision::PartiallyUpheld => true,
        Decision::NotUpheld | Decision::Unspecified => false,
    }
}
