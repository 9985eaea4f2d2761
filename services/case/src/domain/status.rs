//! Where a case stands, where it may go from there, and whose stage that is (CA-2, CA-3).

use serde::{Deserialize, Serialize};

/// Where a case stands. The numbers are those of the database and, in their order, of the procedure.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum Status {
    /// Case under initial assessment.
    InitialAssessment = 1,
    /// Within landlord's internal complaints procedure.
    InternalProcedure = 2,
    /// Referral assessment.
    ReferralAssessment = 3,
    /// Evidence gathering.
    EvidenceGathering = 4,
    /// Awaiting investigation.
    AwaitingInvestigation = 5,
    /// Under investigation.
    UnderInvestigation = 6,
    /// Determined.
    Determined = 7,
    /// Determined – awaiting landlord action.
    AwaitingLandlordAction = 8,
    /// Review – case outcome.
    Review = 9,
    /// Complaint Handling Failure Order issued.
    FailureOrderIssued = 10,
    /// Case closed.
    Closed = 11,
}

/// The casework teams.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum Team {
    /// Takes first enquiries.
    DisputeSupport = 1,
    /// Assesses what has completed the landlord's procedure.
    Triage = 2,
    /// Investigates.
    DisputeResolution = 3,
    /// Reviews decisions.
    Review = 4,
}

/// A move that the table does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a case does not move from {from:?} to {to:?}")]
pub struct MoveNotAllowed {
    /// Where the case stands.
    pub from: Status,
    /// Where it was to go.
    pub to: Status,
}

impl Status {
    /// Every status, in the order of the procedure.
    pub const ALL: [Self; 11] = [
        Self::InitialAssessment,
        Self::InternalProcedure,
        Self::ReferralAssessment,
        Self::EvidenceGathering,
        Self::AwaitingInvestigation,
        Self::UnderInvestigation,
        Self::Determined,
        Self::AwaitingLandlordAction,
        Self::Review,
        Self::FailureOrderIssued,
        Self::Closed,
    ];

    /// The moves: from each status, every status that a case may go to (CA-2).
    ///
    /// A case can be closed from anywhere, because a resident may withdraw or the parties may settle at any time. A
    /// failure order interrupts a stage, which is resumed when the landlord has complied. A closed case comes back
    /// only for a review.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        use Status::{
            AwaitingInvestigation, AwaitingLandlordAction, Closed, Determined, EvidenceGathering,
            FailureOrderIssued, InitialAssessment, InternalProcedure, ReferralAssessment, Review,
            UnderInvestigation,
        };
        match self {
            InitialAssessment => &[
                InternalProcedure,
                ReferralAssessment,
                FailureOrderIssued,
                Closed,
            ],
            InternalProcedure => &[
                InitialAssessment,
                ReferralAssessment,
                FailureOrderIssued,
                Closed,
            ],
            ReferralAssessment => &[
                InternalProcedure,
                EvidenceGathering,
                AwaitingInvestigation,
                FailureOrderIssued,
                Closed,
            ],
            EvidenceGathering => &[
                ReferralAssessment,
                AwaitingInvestigation,
                UnderInvestigation,
                FailureOrderIssued,
                Closed,
            ],
            AwaitingInvestigation => &[
                EvidenceGathering,
                UnderInvestigation,
                FailureOrderIssued,
                Closed,
            ],
            UnderInvestigation => &[
                EvidenceGathering,
                AwaitingInvestigation,
                Determined,
                AwaitingLandlordAction,
                FailureOrderIssued,
                Closed,
            ],
            Determined => &[Review, Closed],
            AwaitingLandlordAction => &[Determined, Review, FailureOrderIssued, Closed],
            Review => &[
                UnderInvestigation,
                Determined,
                AwaitingLandlordAction,
                Closed,
            ],
            FailureOrderIssued => &[
                InitialAssessment,
                InternalProcedure,
                ReferralAssessment,
                EvidenceGathering,
                AwaitingInvestigation,
                UnderInvestigation,
                AwaitingLandlordAction,
                Closed,
            ],
            Closed => &[Review],
        }
    }

    /// Moves from here to there, if the table has that move.
    pub fn go(self, to: Self) -> Result<Self, MoveNotAllowed> {
        if self.next().contains(&to) {
            Ok(to)
        } else {
            Err(MoveNotAllowed { from: self, to })
        }
    }

    /// Whether a landlord knows what was decided on a case that stands here (CA-7): the determination was made, or the case
    /// is over. A decision of a review, or of an investigation that goes on, is not told before.
    #[must_use]
    pub const fn tells_outcome(self) -> bool {
        matches!(
            self,
            Self::Determined | Self::AwaitingLandlordAction | Self::Closed
        )
    }

    /// Whether a case that stands here is at a stage, of which something can be expected (CA-10).
    #[must_use]
    pub const fn is_stage(self) -> bool {
        !matches!(self, Self::Closed)
    }

    /// The team whose stage it is (CA-3). A failure order and a closing are nobody's stage: the case stays with the
    /// team that has it.
    #[must_use]
    pub const fn team(self) -> Option<Team> {
        match self {
            Self::InitialAssessment | Self::InternalProcedure => Some(Team::DisputeSupport),
            Self::ReferralAssessment | Self::EvidenceGathering => Some(Team::Triage),
            Self::AwaitingInvestigation
            | Self::UnderInvestigation
            | Self::Determined
            | Self::AwaitingLandlordAction => Some(Team::DisputeResolution),
            Self::Review => Some(Team::Review),
            Self::FailureOrderIssued | Self::Closed => None,
        }
    }
}

impl Team {
    /// Every team.
    pub const ALL: [Self; 4] = [
        Self::DisputeSupport,
        Self::Triage,
        Self::DisputeResolution,
        Self::Review,
    ];

    /// The team that is given a case which arrives at a status that is nobody's stage: the one that takes enquiries.
    pub const FIRST: Self = Self::DisputeSupport;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ca_2_every_pair_of_statuses_is_allowed_exactly_when_the_table_has_it() {
        for from in Status::ALL {
            for to in Status::ALL {
                let expected = if from.next().contains(&to) {
                    Ok(to)
                } else {
                    Err(MoveNotAllowed { from, to })
                };
                assert_eq!(from.go(to), expected);
            }
        }
    }

    #[test]
    fn ca_2_no_case_moves_to_where_it_stands_and_no_move_is_listed_twice() {
        for from in Status::ALL {
            let mut moves = from.next().to_vec();
            assert!(!moves.contains(&from), "{from:?}");
            moves.dedup();
            assert_eq!(moves, from.next());
            assert!(
                moves.is_sorted(),
                "{from:?} is not in the order of the procedure"
            );
        }
    }

    #[test]
    fn ca_2_every_status_is_reached_from_the_first_and_every_open_one_can_be_closed() {
        let mut reached = vec![Status::InitialAssessment];
        let mut at = 0;
        while let Some(status) = reached.get(at) {
            let new: Vec<_> = status
                .next()
                .iter()
                .filter(|it| !reached.contains(it))
                .collect();
            reached.extend(new);
            at += 1;
        }
        assert_eq!(reached.len(), Status::ALL.len());

        let open = Status::ALL.into_iter().filter(|it| *it != Status::Closed);
        assert!(
            open.into_iter()
                .all(|it| it.next().contains(&Status::Closed))
        );
    }

    #[test]
    fn ca_2_a_determined_case_is_not_investigated_again_without_a_review() {
        assert!(Status::Determined.go(Status::UnderInvestigation).is_err());
        assert!(Status::Closed.go(Status::UnderInvestigation).is_err());
        assert!(Status::Review.go(Status::UnderInvestigation).is_ok());
    }
}
