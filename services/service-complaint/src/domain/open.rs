//! Which steps a complaint is open to as it stands.
//!
//! Each is answered by the standing that its transition begins with, so that what is offered and what is accepted can't drift apart.

use chrono::NaiveDate;
use proto::service_complaint::v1::ComplaintStep;
use uuid::Uuid;

use super::approval::Matter;
use super::complaint::Complaint;

/// The steps that are the review of stage 1, or turn the request for one down: whoever had a part in stage 1 takes none of them (3.4, 4.15).
const OF_THE_REVIEW: [ComplaintStep; 11] = [
    ComplaintStep::RecordPoint,
    ComplaintStep::DecideElement,
    ComplaintStep::ExcludeElement,
    ComplaintStep::ExtendResponse,
    ComplaintStep::Exclude,
    ComplaintStep::ResolveByTelephone,
    ComplaintStep::OfferRemedy,
    ComplaintStep::WithdrawRemedy,
    ComplaintStep::RejectEscalation,
    ComplaintStep::TreatEscalationAsNew,
    ComplaintStep::AnswerStage2,
];

/// The steps that move a complaint on: while its handler declared an interest and nobody has it, none of them is taken (3.4).
const MOVING_ON: [ComplaintStep; 7] = [
    ComplaintStep::Acknowledge,
    ComplaintStep::Exclude,
    ComplaintStep::ResolveByTelephone,
    ComplaintStep::AnswerStage1,
    ComplaintStep::RejectEscalation,
    ComplaintStep::TreatEscalationAsNew,
    ComplaintStep::AnswerStage2,
];

/// Whether a step is open to anybody at all.
fn is_open(step: ComplaintStep, complaint: &Complaint, today: NaiveDate) -> bool {
    use ComplaintStep as Step;

    let at_stage_1 = complaint.investigated().is_ok();
    let at_stage_2 = complaint.reviewed().is_ok();
    match step {
        Step::Define | Step::Acknowledge => complaint.received().is_ok(),
        Step::RecordOutcomeReply | Step::AnswerStage1 => at_stage_1,
        Step::AnswerStage2 => at_stage_2,
        Step::RecordPoint
        | Step::DecideElement
        | Step::ExcludeElement
        | Step::ExtendResponse
        | Step::OfferRemedy
        | Step::WithdrawRemedy => at_stage_1 || at_stage_2,
        Step::RecordUpdate => at_stage_1 || at_stage_2 || complaint.is_followed(),
        Step::RecordTelling => !complaint.to_tell().is_empty(),
        Step::RecordTold => {
            let response = complaint.present().clocks.response.as_ref();
            (at_stage_1 || at_stage_2) && response.is_some_and(|it| it.untold().next().is_some())
        }
        Step::Exclude | Step::ResolveByTelephone => {
            complaint.received().is_ok() || at_stage_1 || at_stage_2
        }
        Step::RequestEscalation => {
            let asked_before = complaint.treated_as_new_on().is_some();
            complaint.answered().is_ok() && !asked_before
        }
        Step::AcceptEscalation | Step::RejectEscalation | Step::TreatEscalationAsNew => {
            complaint.requested().is_ok()
        }
        Step::RecordCorrespondence => complaint.closed_on().is_some(),
        Step::AssignHandler => complaint.can_be_assigned(),
        Step::RequestApproval => complaint.may_ask(complaint.stage()).is_ok(),
        Step::DecideApproval => complaint.asks_somebody(true),
        Step::CompleteAction | Step::WithdrawAction | Step::AssignAction => {
            complaint.open_actions() > 0
        }
        Step::RecordLateness => complaint.unexplained(today).next().is_some(),
        Step::PromiseAction | Step::AddNote | Step::DeclareConflict => true,
        Step::RecordNoLesson => complaint.waits_for_lesson().is_some(),
        Step::Unspecified => false,
    }
}

impl Complaint {
    /// The steps that somebody can take as it stands on a day: those that would be refused them for who they are are left out (3.4, 4.15). What a
    /// step asks for besides is checked when it is taken.
    #[must_use]
    pub fn open_steps(&self, today: NaiveDate, reader: Option<Uuid>) -> Vec<ComplaintStep> {
        if self.is_open_to(reader).is_err() {
            return Vec::new();
        }
        let reviews = self.may_be_reviewed_by(reader).is_ok();
        let waits = self.closed_on().is_none() && self.waits_to_be_handed_on();
        (1..)
            .map_while(|it| ComplaintStep::try_from(it).ok())
            .filter(|it| is_open(*it, self, today))
            .filter(|it| reviews || !OF_THE_REVIEW.contains(it))
            .filter(|it| !waits || !MOVING_ON.contains(it))
            .filter(|it| *it != ComplaintStep::DecideApproval || self.asks_somebody(reviews))
            .collect()
    }

    /// Whether something waits for a senior colleague who reviews, or doesn't: whether behaviour excludes is decided by who had no part in stage 1 (4.15).
    fn asks_somebody(&self, who_reviews: bool) -> bool {
        let mut asked = self.asks.iter().filter(|it| it.verdict.is_none());
        asked.any(|it| {
            let is_theirs = who_reviews || it.request.matter != Matter::BehaviourExclusion;
            is_theirs && self.may_ask(it.stage).is_ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::complaint::Standing;
    use super::super::complaint::tests::an_investigated_complaint;
    use super::super::procedure::{End, Ended};
    use super::*;

    #[test]
    fn sc_4_4_7_an_investigated_complaint_is_answered_and_not_acknowledged_again() {
        let complaint = an_investigated_complaint("2025-06-10");

        let open = complaint.open_steps(complaint.received_on, None);

        assert!(open.contains(&ComplaintStep::AnswerStage1));
        assert!(open.contains(&ComplaintStep::RecordPoint));
        for closed in [
            ComplaintStep::Acknowledge,
            ComplaintStep::AnswerStage2,
            ComplaintStep::RecordTold,
            ComplaintStep::DecideApproval,
            ComplaintStep::CompleteAction,
            ComplaintStep::RecordLateness,
            ComplaintStep::RecordCorrespondence,
        ] {
            assert!(!open.contains(&closed), "{closed:?}");
        }
    }

    #[test]
    fn sc_11_4_21_a_complaint_that_ended_is_open_to_what_comes_after_alone() {
        let mut complaint = an_investigated_complaint("2025-06-10");
        let on = complaint.received_on;
        complaint.standing = Standing::Ended(Ended {
            on,
            how: End::Informally(None),
        });

        assert_eq!(
            complaint.open_steps(on, None),
            [
                ComplaintStep::AssignHandler,
                ComplaintStep::PromiseAction,
                ComplaintStep::RecordCorrespondence,
                ComplaintStep::AddNote,
                ComplaintStep::DeclareConflict,
            ]
        );
    }

    #[test]
    fn sc_14_7_1_a_deadline_that_was_missed_can_be_explained() {
        let complaint = an_investigated_complaint("2025-06-10");
        let late = "2025-09-10".parse().unwrap();

        let open = complaint.open_steps(late, None);

        assert!(open.contains(&ComplaintStep::RecordLateness));
    }
}
