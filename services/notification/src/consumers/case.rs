//! Events of cases, and of what is written or filed on them.

pub(super) mod contact;

use outbox::{Event, Retry, subject};
use proto::case::v1::{
    CaseImported, CaseMoved, CaseOpened, CaseOutcomeRecorded, CaseOwnerAssigned, RiskReviewOpened,
};
use proto::document::v1::{DocumentAdded, DocumentQuarantined};
use proto::messaging::v1::{MessagePosted, Side};
use sqlx::PgConnection;

use super::{Report, Told, date, id, in_words, unreadable};
use crate::domain::Matter;
use crate::domain::table::Who;
use crate::store;

/// What is heard beyond the facts of cases.
pub(super) fn subjects() -> Vec<String> {
    let mut subjects = vec![
        subject::<CaseOutcomeRecorded>(),
        subject::<RiskReviewOpened>(),
        subject::<MessagePosted>(),
        subject::<DocumentAdded>(),
        subject::<DocumentQuarantined>(),
    ];
    subjects.extend(contact::subjects());
    subjects
}

/// Keeps which team has the case that an event is about.
pub(super) async fn keep_team(tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
    let facts = if let Some(it) = event.get::<CaseOpened>()? {
        it.facts
    } else if let Some(it) = event.get::<CaseImported>()? {
        it.facts
    } else if let Some(it) = event.get::<CaseMoved>()? {
        it.facts
    } else if let Some(it) = event.get::<CaseOwnerAssigned>()? {
        it.facts
    } else {
        None
    };
    if let Some(facts) = facts {
        let case_id = id(&facts, "case_id", &facts.case_id)?;
        store::news::keep_team(tx, case_id, facts.team, facts.version).await?;
    }
    Ok(())
}

/// Reads an event; `None` when it is none of these.
pub(super) fn read(event: &Event) -> Result<Option<Told>, Retry> {
    let told = if let Some(it) = event.get::<CaseOpened>()? {
        opened(&it)?
    } else if let Some(it) = event.get::<CaseMoved>()? {
        moved(&it)?
    } else if let Some(it) = event.get::<CaseOutcomeRecorded>()? {
        outcome_recorded(&it)?
    } else if let Some(it) = event.get::<RiskReviewOpened>()? {
        risk_review(&it)?
    } else if let Some(told) = contact::read(event)? {
        told
    } else if let Some(it) = event.get::<MessagePosted>()? {
        posted(&it)?
    } else if let Some(it) = event.get::<DocumentAdded>()? {
        added(&it)?
    } else if let Some(it) = event.get::<DocumentQuarantined>()? {
        quarantined(&it)?
    } else {
        return Ok(None);
    };
    Ok(Some(told))
}

fn opened(it: &CaseOpened) -> Result<Told, Retry> {
    let facts = it.facts.as_ref().ok_or_else(|| unreadable(it, "facts"))?;
    Ok(Told {
        case_id: id(it, "facts.case_id", &facts.case_id)?,
        deadline: None,
        report: Some(Report {
            to: &[Who::Landlord],
            matter: Matter::CaseOpened,
            text: "There is a new case".to_owned(),
        }),
    })
}

fn moved(it: &CaseMoved) -> Result<Told, Retry> {
    let facts = it.facts.as_ref().ok_or_else(|| unreadable(it, "facts"))?;
    Ok(Told {
        case_id: id(it, "facts.case_id", &facts.case_id)?,
        deadline: None,
        report: Some(Report {
            to: &[Who::Landlord],
            matter: Matter::CaseMoved,
            text: format!("Status changed to ‘{}’", it.status_label),
        }),
    })
}

fn outcome_recorded(it: &CaseOutcomeRecorded) -> Result<Told, Retry> {
    let facts = it.facts.as_ref().ok_or_else(|| unreadable(it, "facts"))?;
    let report = Report {
        to: &[Who::Landlord],
        matter: Matter::CaseOutcome,
        text: format!("Decision on the case: {}", it.finding_label),
    };
    Ok(Told {
        case_id: id(it, "facts.case_id", &facts.case_id)?,
        deadline: None,
        // What the landlord is not to see yet is told to nobody.
        report: Some(report).filter(|_| it.told),
    })
}

fn risk_review(it: &RiskReviewOpened) -> Result<Told, Retry> {
    let due = in_words(date(it, "due_on", &it.due_on)?);
    Ok(Told {
        case_id: id(it, "case_id", &it.case_id)?,
        deadline: None,
        report: Some(Report {
            to: &[Who::Owner],
            matter: Matter::RiskReview,
            text: format!("A fresh review of the risk assessment is asked for by {due}"),
        }),
    })
}

fn posted(it: &MessagePosted) -> Result<Told, Retry> {
    let to: &[Who] = match it.side() {
        Side::Unspecified => return Err(unreadable(it, "side")),
        Side::Ombudsman => &[Who::Landlord],
        Side::Landlord => &[Who::Owner],
    };
    Ok(Told {
        case_id: id(it, "case_id", &it.case_id)?,
        deadline: None,
        report: Some(Report {
            to,
            matter: Matter::MessagePosted,
            text: format!("New message from {}", it.author_name),
        }),
    })
}

fn added(it: &DocumentAdded) -> Result<Told, Retry> {
    let to: &[Who] = if it.from_ombudsman {
        &[Who::Landlord]
    } else {
        &[Who::Owner]
    };
    Ok(Told {
        case_id: id(it, "case_id", &it.case_id)?,
        deadline: None,
        report: Some(Report {
            to,
            matter: Matter::DocumentAdded,
            text: "A document was added".to_owned(),
        }),
    })
}

fn quarantined(it: &DocumentQuarantined) -> Result<Told, Retry> {
    Ok(Told {
        case_id: id(it, "case_id", &it.case_id)?,
        deadline: None,
        report: Some(Report {
            to: &[Who::Landlord, Who::Owner],
            matter: Matter::DocumentQuarantined,
            text: "A document holds malware and was put away".to_owned(),
        }),
    })
}

#[cfg(test)]
mod tests {
    use outbox::testing::event;
    use uuid::Uuid;

    use super::*;

    const CASE: Uuid = Uuid::from_u128(7);

    fn posted(side: Side) -> MessagePosted {
        MessagePosted {
            case_id: CASE.to_string(),
            side: side.into(),
            author_name: "Dani".into(),
            ..MessagePosted::default()
        }
    }

    fn to<E: prost::Message + prost::Name>(message: &E) -> &'static [Who] {
        let told = read(&event(message)).unwrap().unwrap();
        assert_eq!(told.case_id, CASE);
        told.report.unwrap().to
    }

    #[test]
    fn no_1_a_message_is_told_to_the_other_side() {
        assert_eq!(to(&posted(Side::Ombudsman)), [Who::Landlord]);
        assert_eq!(to(&posted(Side::Landlord)), [Who::Owner]);
    }

    #[test]
    fn do_4_both_sides_hear_of_an_infected_document() {
        let quarantined = DocumentQuarantined {
            case_id: CASE.to_string(),
            ..DocumentQuarantined::default()
        };

        assert_eq!(to(&quarantined), [Who::Landlord, Who::Owner]);
    }

    #[test]
    fn an_event_that_says_too_little_is_not_tried_again() {
        let nobody = posted(Side::Unspecified);

        assert!(read(&event(&nobody)).unwrap_err().is_hopeless());
        assert!(
            read(&event(&CaseOpened::default()))
                .unwrap_err()
                .is_hopeless()
        );
    }

    #[test]
    fn an_import_is_told_to_nobody() {
        assert!(read(&event(&CaseImported::default())).unwrap().is_none());
    }
}
