//! Which steps a complaint is open to as it stands.
//!
//! Each is answered by the standing that its transition begins with, so that what is offered and what is accepted can't drift apart.

use chrono::NaiveDate;

use super::complaint::{Complaint, Standing};

/// A step that can be taken with a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenStep {
    /// Somebody is to handle it (3.4, 4.15).
    AssignHandler,
    /// What must be known before the acknowledgement is recorded (3.2).
    Define,
    /// It is acknowledged (4.1).
    Acknowledge,
    /// The person replies to the outcome as understood (44.1).
    RecordOutcomeReply,
    /// A point that was raised meanwhile is included (4.5).
    RecordPoint,
    /// An element is decided (4.8).
    DecideElement,
    /// An element is not investigated (4.6).
    ExcludeElement,
    /// The response gets more time (4.3, 4.16).
    ExtendResponse,
    /// The person was told of it (4.3).
    RecordTold,
    /// The person was told how it stands (4.4, 4.17).
    RecordUpdate,
    /// A senior colleague is asked (4.4, 2.9).
    RequestApproval,
    /// A senior colleague decides (4.4, 2.9).
    DecideApproval,
    /// It is not investigated (2.8, 4.6).
    Exclude,
    /// A call resolves it (37.1).
    ResolveByTelephone,
    /// A remedy is offered (4.24).
    OfferRemedy,
    /// A remedy is taken back.
    WithdrawRemedy,
    /// Something is promised (4.28).
    PromiseAction,
    /// What was promised is done (4.30).
    CompleteAction,
    /// What was promised is no longer needed.
    WithdrawAction,
    /// Stage 1 is answered (4.7).
    AnswerStage1,
    /// Stage 2 is asked for (4.10).
    RequestEscalation,
    /// Stage 2 is accepted (4.13).
    AcceptEscalation,
    /// Stage 2 is rejected (4.14).
    RejectEscalation,
    /// The request for stage 2 is a new complaint (4.13).
    TreatEscalationAsNew,
    /// Stage 2 is answered (4.18).
    AnswerStage2,
    /// The person writes after the end (4.21).
    RecordCorrespondence,
    /// The reason for a lateness is recorded (7.1).
    RecordLateness,
    /// Something is written down.
    AddNote,
    /// The person was told of what the steps' own letters do not say (4.6, 4.9).
    RecordTelling,
}

impl OpenStep {
    /// All of them, in the procedure's order.
    pub const ALL: [Self; 29] = [
        Self::AssignHandler,
        Self::Define,
        Self::Acknowledge,
        Self::RecordOutcomeReply,
        Self::RecordPoint,
        Self::DecideElement,
        Self::ExcludeElement,
        Self::ExtendResponse,
        Self::RecordTold,
        Self::RecordUpdate,
        Self::RequestApproval,
        Self::DecideApproval,
        Self::Exclude,
        Self::ResolveByTelephone,
        Self::OfferRemedy,
        Self::WithdrawRemedy,
        Self::PromiseAction,
        Self::CompleteAction,
        Self::WithdrawAction,
        Self::AnswerStage1,
        Self::RequestEscalation,
        Self::AcceptEscalation,
        Self::RejectEscalation,
        Self::TreatEscalationAsNew,
        Self::AnswerStage2,
        Self::RecordCorrespondence,
        Self::RecordLateness,
        Self::AddNote,
        Self::RecordTelling,
    ];

    fn is_open(self, complaint: &Complaint, today: NaiveDate) -> bool {
        let at_stage_1 = complaint.investigated().is_ok();
        let at_stage_2 = complaint.reviewed().is_ok();
        match self {
            Self::Define | Self::Acknowledge => complaint.received().is_ok(),
            Self::RecordOutcomeReply | Self::AnswerStage1 => at_stage_1,
            Self::AnswerStage2 => at_stage_2,
            Self::RecordPoint
            | Self::DecideElement
            | Self::ExcludeElement
            | Self::ExtendResponse
            | Self::OfferRemedy
            | Self::WithdrawRemedy => at_stage_1 || at_stage_2,
            Self::RecordUpdate => at_stage_1 || at_stage_2 || complaint.is_followed(),
            Self::RecordTelling => !complaint.to_tell().is_empty(),
            Self::RecordTold => {
                let response = complaint.present().clocks.response.as_ref();
                (at_stage_1 || at_stage_2)
                    && response.is_some_and(|it| it.untold().next().is_some())
            }
            Self::Exclude | Self::ResolveByTelephone => {
                complaint.received().is_ok() || at_stage_1 || at_stage_2
            }
            Self::RequestEscalation => {
                let asked_before = complaint.treated_as_new_on().is_some();
                complaint.answered().is_ok() && !asked_before
            }
            Self::AcceptEscalation | Self::RejectEscalation | Self::TreatEscalationAsNew => {
                complaint.requested().is_ok()
            }
            Self::RecordCorrespondence => complaint.closed_on().is_some(),
            Self::AssignHandler => !matches!(complaint.standing, Standing::Ended(_)),
            Self::RequestApproval => complaint.may_ask(complaint.stage()).is_ok(),
            Self::DecideApproval => {
                let mut asked = complaint.asks.iter().filter(|it| it.verdict.is_none());
                asked.any(|it| complaint.may_ask(it.stage).is_ok())
            }
            Self::CompleteAction | Self::WithdrawAction => complaint.open_actions() > 0,
            Self::RecordLateness => complaint.unexplained(today).next().is_some(),
            Self::PromiseAction | Self::AddNote => true,
        }
    }
}

impl Complaint {
    /// The steps that can be taken as it stands on a day. What a step asks for besides is checked when it is taken.
    #[must_use]
    pub fn open_steps(&self, today: NaiveDate) -> Vec<OpenStep> {
        OpenStep::ALL
            .into_iter()
            .filter(|it| it.is_open(self, today))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::complaint::tests::an_investigated_complaint;
    use super::super::procedure::{End, Ended};
    use super::*;

    #[test]
    fn an_investigated_complaint_is_answered_and_not_acknowledged_again() {
        let complaint = an_investigated_complaint("2025-06-10");

        let open = complaint.open_steps(complaint.received_on);

        assert!(open.contains(&OpenStep::AnswerStage1));
        assert!(open.contains(&OpenStep::RecordPoint));
        for closed in [
            OpenStep::Acknowledge,
            OpenStep::AnswerStage2,
            OpenStep::RecordTold,
            OpenStep::DecideApproval,
            OpenStep::CompleteAction,
            OpenStep::RecordLateness,
            OpenStep::RecordCorrespondence,
        ] {
            assert!(!open.contains(&closed), "{closed:?}");
        }
    }

    #[test]
    fn a_complaint_that_ended_is_open_to_what_comes_after_alone() {
        let mut complaint = an_investigated_complaint("2025-06-10");
        let on = complaint.received_on;
        complaint.standing = Standing::Ended(Ended {
            on,
            how: End::Informally,
        });

        assert_eq!(
            complaint.open_steps(on),
            [
                OpenStep::PromiseAction,
                OpenStep::RecordCorrespondence,
                OpenStep::AddNote
            ]
        );
    }

    #[test]
    fn a_deadline_that_was_missed_can_be_explained() {
        let complaint = an_investigated_complaint("2025-06-10");
        let late = "2025-09-10".parse().unwrap();

        let open = complaint.open_steps(late);

        assert!(open.contains(&OpenStep::RecordLateness));
    }
}
