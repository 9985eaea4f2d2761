//! What a complaint is made of besides its stages: elements, remedies, actions, approvals, and how it ended.

use proto::service_complaint::v1 as pb;

use super::clocks::{Day, deadline};
use super::{decision, ending_kind, stage};
use crate::domain::complaint::{Ask, Offer, Promise, Raised, Standing};
use crate::domain::conflict::Conflict;
use crate::domain::exclusion::Exclusion;
use crate::domain::finding::{Element, Finding, Standing as ElementStanding};
use crate::domain::policy::Stage;
use crate::domain::procedure::{End, Ended};
use crate::domain::refusal::{Ground, Refusal};
use crate::domain::remedy::{ApologyForm, ApologyFrom, Remedy};

pub(super) fn ending(standing: Standing) -> Option<pb::Ending> {
    let Standing::Ended(Ended { on, how }) = standing else {
        return None;
    };
    let kind = ending_kind(&how);
    let (excluded, refused) = match how {
        End::NotAccepted(it) => (Some(exclusion(it)), None),
        End::EscalationRejected(it) => {
            let Refusal {
                ground,
                words,
                exclusion: excluded,
            } = it;
            (excluded.map(exclusion), Some((ground, words)))
        }
        End::Informally(_) | End::AtStageTwo(_) => (None, None),
    };
    let (ground, reason) = refused.unzip();
    let refusal = ground.flatten().map(terms);
    Some(pb::Ending {
        on: kit::time::iso(on),
        kind: kind.into(),
        exclusion: excluded,
        refusal,
        reason: reason.unwrap_or_default(),
    })
}

/// A ground to refuse stage 2, with its words.
pub(super) fn terms(ground: Ground) -> pb::RefusalTerms {
    pb::RefusalTerms {
        ground: pb::RefusalGround::from(ground).into(),
        paragraph: ground.paragraph().to_owned(),
        label: ground.label().to_owned(),
        explanation: ground.explanation().to_owned(),
    }
}

/// An interest that was declared.
pub(super) fn conflict(conflict: Conflict) -> pb::Conflict {
    let Conflict {
        account_id,
        name,
        interest,
        reason,
        gave_up,
        declared_at,
        recorded_by,
    } = conflict;
    pb::Conflict {
        declared_by_id: account_id.to_string(),
        declared_by: name,
        interest: pb::Interest::from(interest).into(),
        reason,
        gave_up_stage: gave_up.map(stage).unwrap_or_default(),
        declared_at: Some(kit::time::timestamp(declared_at)),
        recorded_by,
    }
}

fn exclusion(exclusion: Exclusion) -> pb::Exclusion {
    let Exclusion {
        reason,
        details,
        signpost,
    } = exclusion;
    pb::Exclusion {
        reason: pb::ExclusionReason::from(reason).into(),
        paragraph: reason.paragraph().to_owned(),
        explanation: reason.explanation().to_owned(),
        details,
        signpost,
    }
}

pub(super) fn element((raised_at, element, raised): (Stage, Element, Raised)) -> pb::Element {
    let Element { id, text, standing } = element;
    let (found, reason, excluded) = match standing {
        ElementStanding::Undecided => (None, String::new(), None),
        ElementStanding::Found(Finding { decision, reason }) => (Some(decision), reason, None),
        ElementStanding::Excluded(it) => (None, String::new(), Some(exclusion(it))),
    };
    pb::Element {
        id: id.to_string(),
        text,
        stage: stage(raised_at),
        additional: raised == Raised::Meanwhile,
        decision: decision(found).into(),
        reason,
        exclusion: excluded,
    }
}

pub(super) fn remedy(offer: &Offer, to_be_promised: bool) -> pb::Remedy {
    let Offer {
        id,
        stage: offered_at,
        remedy,
        text,
    } = offer;
    let kind = match remedy {
        Remedy::Apology { .. } => pb::RemedyKind::Apology,
        Remedy::CaseworkAction => pb::RemedyKind::CaseworkAction,
        Remedy::Correction => pb::RemedyKind::Correction,
        Remedy::Explanation => pb::RemedyKind::Explanation,
        Remedy::Improvement => pb::RemedyKind::Improvement,
        Remedy::SharedLearning => pb::RemedyKind::SharedLearning,
        Remedy::Compensation(_) => pb::RemedyKind::Compensation,
        Remedy::RiskReview => pb::RemedyKind::RiskReview,
    };
    let (verbal, from_the_ombudsman) = match remedy {
        Remedy::Apology { form, from } => (
            *form == ApologyForm::Verbal,
            *from == ApologyFrom::Ombudsman,
        ),
        _ => (false, false),
    };
    let (level, pounds) = match &remedy {
        Remedy::Compensation(sum) => (
            pb::CompensationLevel::from(sum.level()),
            i32::try_from(sum.pounds()).expect("a band ends at £500"),
        ),
        _ => (pb::CompensationLevel::Unspecified, 0),
    };
    pb::Remedy {
        id: id.to_string(),
        stage: stage(*offered_at),
        kind: kind.into(),
        text: text.clone(),
        verbal,
        from_the_ombudsman,
        level: level.into(),
        pounds,
        to_be_promised,
    }
}

/// A promise, as it stands today, and whether it is to be given to somebody else.
#[must_use]
pub fn action(promise: Promise, to_be_handed_on: bool, day: Day<'_>) -> pb::Action {
    let Promise {
        action,
        stage: _,
        owner_name,
        remedy_id,
        withdrawn_because,
        hindrance,
    } = promise;
    pb::Action {
        id: action.id.to_string(),
        what: action.what,
        owner_id: action.owner.to_string(),
        owner_name,
        remedy_id: remedy_id.map(|it| it.to_string()).unwrap_or_default(),
        deadline: Some(deadline(&action.deadline, day)),
        evidence: action.evidence,
        withdrawn_because,
        hindrance,
        to_be_handed_on,
    }
}

pub(super) fn approval(ask: Ask) -> pb::Approval {
    let Ask {
        request,
        stage: _,
        asked_name,
        until,
        asked_at,
        verdict,
    } = ask;
    let mut approval = pb::Approval {
        id: request.id.to_string(),
        matter: pb::ApprovalMatter::from(request.matter).into(),
        asked_by: asked_name,
        asked_by_id: request.asked_by.to_string(),
        reason: request.reason,
        until: kit::time::iso_opt(until),
        asked_at: Some(kit::time::timestamp(asked_at)),
        ..pb::Approval::default()
    };
    if let Some(verdict) = verdict {
        approval.decided_by = verdict.name;
        approval.decided_at = Some(kit::time::timestamp(verdict.at));
        approval.agreed = verdict.agreed;
        approval.comment = verdict.comment;
    }
    approval
}
