//! What a move of the case does to its open tasks (TA-6).

use proto::case::v1::Status as CaseStatus;

use super::Kind;

/// What becomes of an open task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Stays,
    /// It is withdrawn, for this reason.
    Withdrawn(&'static str),
    /// There are at least so many working days for it, counted from the move; a due date that is later stays.
    HasUntil {
        /// The working days.
        working_days: u32,
        /// Why.
        reason: &'static str,
    },
}

const CLOSED: Fate = Fate::Withdrawn("The case was closed.");

const PROCEDURE_OVER: Fate = Fate::Withdrawn(
    "The complaint has left your complaints procedure, so this is no longer needed.",
);

const DETERMINED: Fate =
    Fate::Withdrawn("We have determined the case, so this is no longer needed.");

const NOTHING_AWAITED: Fate =
    Fate::Withdrawn("We no longer wait for anything that you do about our determination.");

const FAILURE_ORDER: Fate = Fate::HasUntil {
    working_days: 5,
    reason: "We have issued a Complaint Handling Failure Order. You have at least 5 working days from its date.",
};

const UNDER_REVIEW: Fate = Fate::HasUntil {
    working_days: 20,
    reason: "Our determination is being reviewed. You have at least 20 working days from the start of the review.",
};

/// What becomes of an open task of this kind when its case arrives at a status.
///
/// - What a landlord does within its own procedure (record, escalate) ends when the complaint has left that procedure.
/// - What we ask for is wanted until we decide: evidence that was asked for in one stage is wanted in the next.
/// - Compliance is confirmed while we wait for it; a review gives it more time, since the review may change what was ordered.
/// - A failure order is about what is late: it gives a new and short time for it.
/// - A letter stays to be read until the case is closed.
/// - A closed case asks nothing.
///
/// Whatever else has become pointless, the caseworker who moves the case withdraws or re-dates.
#[must_use]
pub const fn fate(case_is_at: CaseStatus, kind: Kind) -> Fate {
    match (case_is_at, kind) {
        (
            CaseStatus::Closed,
            Kind::RecordComplaint
            | Kind::EscalateComplaint
            | Kind::ForInformation
            | Kind::RespondToRequest
            | Kind::ConfirmCompliance,
        ) => CLOSED,
        (_, Kind::ForInformation)
        | (
            CaseStatus::Unspecified | CaseStatus::InitialAssessment | CaseStatus::InternalProcedure,
            _,
        )
        | (
            CaseStatus::ReferralAssessment
            | CaseStatus::EvidenceGathering
            | CaseStatus::AwaitingInvestigation
            | CaseStatus::UnderInvestigation,
            Kind::RespondToRequest | Kind::ConfirmCompliance,
        )
        | (CaseStatus::AwaitingLandlordAction, Kind::ConfirmCompliance)
        | (CaseStatus::Review, Kind::RespondToRequest) => Fate::Stays,
        (
            CaseStatus::ReferralAssessment
            | CaseStatus::EvidenceGathering
            | CaseStatus::AwaitingInvestigation
            | CaseStatus::UnderInvestigation
            | CaseStatus::Determined
            | CaseStatus::AwaitingLandlordAction
            | CaseStatus::Review,
            Kind::RecordComplaint | Kind::EscalateComplaint,
        ) => PROCEDURE_OVER,
        (CaseStatus::Determined | CaseStatus::AwaitingLandlordAction, Kind::RespondToRequest) => {
            DETERMINED
        }
        (CaseStatus::Determined, Kind::ConfirmCompliance) => NOTHING_AWAITED,
        (CaseStatus::Review, Kind::ConfirmCompliance) => UNDER_REVIEW,
        (
            CaseStatus::FailureOrderIssued,
            Kind::RecordComplaint
            | Kind::EscalateComplaint
            | Kind::RespondToRequest
            | Kind::ConfirmCompliance,
        ) => FAILURE_ORDER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as a caseworker would write it: `.` stays, `x` is withdrawn, `5` and `20` have so many working days.
    const TABLE: [(CaseStatus, [&str; 5]); 11] = [
        // Record, escalate, for information, respond, confirm.
        (CaseStatus::InitialAssessment, [".", ".", ".", ".", "."]),
        (CaseStatus::InternalProcedure, [".", ".", ".", ".", "."]),
        (CaseStatus::ReferralAssessment, ["x", "x", ".", ".", "."]),
        (CaseStatus::EvidenceGathering, ["x", "x", ".", ".", "."]),
        (CaseStatus::AwaitingInvestigation, ["x", "x", ".", ".", "."]),
        (CaseStatus::UnderInvestigation, ["x", "x", ".", ".", "."]),
        (CaseStatus::Determined, ["x", "x", ".", "x", "x"]),
        (
            CaseStatus::AwaitingLandlordAction,
            ["x", "x", ".", "x", "."],
        ),
        (CaseStatus::Review, ["x", "x", ".", ".", "20"]),
        (CaseStatus::FailureOrderIssued, ["5", "5", ".", "5", "5"]),
        (CaseStatus::Closed, ["x", "x", "x", "x", "x"]),
    ];

    #[test]
    fn ta_6_every_move_does_with_every_kind_of_task_what_the_table_says() {
        for (status, row) in TABLE {
            for (kind, expected) in Kind::ALL.into_iter().zip(row) {
                let found = match fate(status, kind) {
                    Fate::Stays => ".".to_owned(),
                    Fate::Withdrawn(_) => "x".to_owned(),
                    Fate::HasUntil { working_days, .. } => working_days.to_string(),
                };
                assert_eq!(
                    found, expected,
                    "{kind:?} when the case arrives at {status:?}"
                );
            }
        }
    }

    #[test]
    fn ta_6_the_table_has_every_status() {
        let known = (1..).map_while(|it| CaseStatus::try_from(it).ok());

        assert!(known.eq(TABLE.iter().map(|(status, _)| *status)));
    }
}
