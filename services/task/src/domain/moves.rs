//! What a move of the case does to its open tasks (TA-6).

use proto::case::v1::Status as CaseStatus;

use super::Kind;

/// Why a task of this kind is withdrawn when its case arrives at a status; `None` when it stays as it is.
///
/// A closed case asks nothing of a landlord any more. Any other move leaves every task to the caseworker: evidence that
/// was asked for in one stage is wanted in the next, a landlord records a complaint although the case has been
/// referred meanwhile, and orders are complied with during a review. Who moves the case sees its open tasks, and
/// withdraws or re-dates those that have become pointless, with a reason of their own.
#[must_use]
pub const fn withdrawn_when(case_is_at: CaseStatus, kind: Kind) -> Option<&'static str> {
    match (case_is_at, kind) {
        (
            CaseStatus::Closed,
            Kind::RecordComplaint
            | Kind::EscalateComplaint
            | Kind::ForInformation
            | Kind::RespondToRequest
            | Kind::ConfirmCompliance,
        ) => Some("The case was closed."),
        (
            CaseStatus::Unspecified
            | CaseStatus::InitialAssessment
            | CaseStatus::InternalProcedure
            | CaseStatus::ReferralAssessment
            | CaseStatus::EvidenceGathering
            | CaseStatus::AwaitingInvestigation
            | CaseStatus::UnderInvestigation
            | CaseStatus::Determined
            | CaseStatus::AwaitingLandlordAction
            | CaseStatus::Review
            | CaseStatus::FailureOrderIssued,
            _,
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ta_6_a_closed_case_asks_nothing_of_a_landlord() {
        assert!(
            Kind::ALL
                .iter()
                .all(|kind| withdrawn_when(CaseStatus::Closed, *kind).is_some())
        );
    }

    #[test]
    fn ta_6_any_other_move_leaves_the_tasks_to_the_caseworker() {
        let others = (1..)
            .map_while(|it| CaseStatus::try_from(it).ok())
            .filter(|it| *it != CaseStatus::Closed);

        for status in others {
            assert!(
                Kind::ALL
                    .iter()
                    .all(|kind| withdrawn_when(status, *kind).is_none()),
                "{status:?}"
            );
        }
    }
}
