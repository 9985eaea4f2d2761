//! What is done about others' events: each ends in a call of the app.

use chrono::NaiveDate;
use outbox::{Event, Handler, Retry, subject};
use proto::case::v1::{RiskReviewAnswered, RiskReviewRefusal, RiskReviewRefused};
use proto::clock::v1::Minute;
use proto::identity::v1::StaffChanged;
use proto::notification::v1::EmailRefused;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{App, Promised};
use crate::domain::staff::Member;
use crate::error::Error;

impl Handler for App {
    const NAME: &'static str = "service-complaint";

    fn subjects() -> Vec<String> {
        vec![
            subject::<Minute>(),
            subject::<StaffChanged>(),
            subject::<RiskReviewAnswered>(),
            subject::<RiskReviewRefused>(),
            subject::<EmailRefused>(),
        ]
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        if event.get::<Minute>()?.is_some() {
            // The sweep has transactions of its own, many and short. If this process dies before it is done, the next
            // minute wakes another.
            self.minute_began();
        } else if let Some(it) = event.get::<StaffChanged>()? {
            let member = Member {
                account_id: it.account_id.parse().map_err(Retry::never)?,
                role: it.role(),
                name: it.name,
                active: it.active,
            };
            self.staff_changed(tx, &member, event.occurred_at).await?;
        } else if let Some(it) = event.get::<RiskReviewAnswered>()? {
            let which = which(&it.complaint_id, &it.action_id)?;
            let on: NaiveDate = it.answered_on.parse().map_err(Retry::never)?;
            self.risk_reviewed(tx, which, (on, it.told), it.actor)
                .await
                .map_err(retry)?;
        } else if let Some(it) = event.get::<RiskReviewRefused>()? {
            let which = which(&it.complaint_id, &it.action_id)?;
            let why = match it.reason() {
                RiskReviewRefusal::NoSuchCase => {
                    format!("there is no case {}", it.case_reference)
                }
                RiskReviewRefusal::CaseClosed => {
                    format!("case {} is closed", it.case_reference)
                }
                RiskReviewRefusal::Unspecified => "it did not say why".to_owned(),
            };
            self.risk_review_refused(tx, which, why)
                .await
                .map_err(retry)?;
        } else if let Some(refused) = event.get::<EmailRefused>()? {
            if refused.letter_id.is_empty() {
                return Ok(());
            }
            let letter_id = refused.letter_id.parse().map_err(Retry::never)?;
            self.letter_refused(tx, letter_id).await?;
        }
        Ok(())
    }
}

/// An action that was never promised will not have been at the next try either; everything else may pass.
fn retry(error: Error) -> Retry {
    match error {
        Error::NoSuchComplaint | Error::NoSuchAction => Retry::never(error),
        error => error.into(),
    }
}

// What can't be read now can't be read at a later try either.
fn which(complaint_id: &str, action_id: &str) -> Result<Promised, Retry> {
    let id = |text: &str| text.parse::<Uuid>().map_err(Retry::never);
    Ok(Promised {
        complaint_id: id(complaint_id)?,
        action_id: id(action_id)?,
    })
}
