//! What the public is told: the policy, and where a complaint is.

use chrono::NaiveDate;
use proto::service_complaint::v1 as pb;

use super::parts::terms;
use super::terms::replied;
use super::{stage, standing_of};
use crate::domain::complaint::Complaint;
use crate::domain::exclusion::Reason;
use crate::domain::policy::Stage;
use crate::domain::progress::{self, Progress, Step, StepState};
use crate::domain::refusal::Ground;
use crate::domain::remedy::Level;

/// The policy's words and numbers.
#[must_use]
pub fn policy() -> pb::Policy {
    let days = |stage: Stage| i32::try_from(stage.longest_extension()).unwrap_or(i32::MAX);
    let pounds = |sum: u32| i32::try_from(sum).expect("a band ends at £500");
    pb::Policy {
        exclusions: Reason::ALL
            .into_iter()
            .map(|reason| pb::ExclusionTerms {
                reason: pb::ExclusionReason::from(reason).into(),
                paragraph: reason.paragraph().to_owned(),
                explanation: reason.explanation().to_owned(),
                signpost: reason.signpost().unwrap_or_default().to_owned(),
            })
            .collect(),
        bands: Level::ALL
            .into_iter()
            .map(|level| pb::CompensationBand {
                level: pb::CompensationLevel::from(level).into(),
                from_pounds: pounds(*level.band().start()),
                to_pounds: pounds(*level.band().end()),
            })
            .collect(),
        longest_extension_1: days(Stage::One),
        longest_extension_2: days(Stage::Two),
        refusals: Ground::ALL.map(terms).into(),
    }
}

/// Where a complaint is today, in words for whoever complains.
#[must_use]
pub fn progress(complaint: &Complaint, today: NaiveDate) -> pb::Progress {
    let Progress {
        now,
        next,
        next_on,
        steps,
        more_time,
        can_reply_to_outcome,
        can_ask_for_stage_two,
        stage_two_until,
        stage_two_late,
        answered_until,
        can_add_files,
    } = progress::progress(complaint, today);
    let reply = replied(complaint.definition.outcome_reply);
    pb::Progress {
        reference: complaint.reference.clone(),
        received_on: kit::time::iso(complaint.received_on),
        standing: standing_of(&complaint.standing).into(),
        now,
        next,
        next_on: kit::time::iso_opt(next_on),
        steps: steps.into_iter().map(progress_step).collect(),
        more_time: more_time
            .into_iter()
            .map(|it| pb::MoreTime {
                stage: stage(it.stage),
                until: kit::time::iso(it.until),
                reason: it.reason,
            })
            .collect(),
        desired_outcome: complaint.definition.desired_outcome.clone(),
        outcome_reply: reply.into(),
        can_reply_to_outcome,
        can_ask_for_stage_2: can_ask_for_stage_two,
        stage_2_until: kit::time::iso_opt(stage_two_until),
        stage_2_late: stage_two_late,
        can_write: answered_until.is_some(),
        answered_until: kit::time::iso_opt(answered_until),
        can_add_files,
    }
}

fn progress_step(step: Step) -> pb::ProgressStep {
    let Step {
        title,
        text,
        state,
        on,
    } = step;
    let state = match state {
        StepState::Done => pb::StepState::Done,
        StepState::Now => pb::StepState::Now,
        StepState::Later => pb::StepState::Later,
    };
    pb::ProgressStep {
        title: title.to_owned(),
        text,
        state: state.into(),
        on: kit::time::iso_opt(on),
    }
}
