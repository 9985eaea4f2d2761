//! The teams that share an address.

use std::fmt;
use std::str::FromStr;

use proto::case::v1 as pb;

/// A team: one of casework's (CA-3), or Customer Insight (ID-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Team {
    /// Dispute Support.
    DisputeSupport,
    /// Triage.
    Triage,
    /// Dispute Resolution.
    DisputeResolution,
    /// Review.
    Review,
    /// Customer Insight, which has no case.
    CustomerInsight,
}

impl Team {
    /// Every team.
    pub const ALL: [Self; 5] = [
        Self::DisputeSupport,
        Self::Triage,
        Self::DisputeResolution,
        Self::Review,
        Self::CustomerInsight,
    ];

    /// The team of the contract; `None` where it says none.
    #[must_use]
    pub fn from_wire(team: pb::Team) -> Option<Self> {
        match team {
            pb::Team::Unspecified => None,
            pb::Team::DisputeSupport => Some(Self::DisputeSupport),
            pb::Team::Triage => Some(Self::Triage),
            pb::Team::DisputeResolution => Some(Self::DisputeResolution),
            pb::Team::Review => Some(Self::Review),
        }
    }

    /// The name that people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::DisputeSupport => "Dispute Support team",
            Self::Triage => "Triage team",
            Self::DisputeResolution => "Dispute Resolution team",
            Self::Review => "Review team",
            Self::CustomerInsight => "Customer Insight team",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::DisputeSupport => "dispute-support",
            Self::Triage => "triage",
            Self::DisputeResolution => "dispute-resolution",
            Self::Review => "review",
            Self::CustomerInsight => "customer-insight",
        }
    }
}

impl fmt::Display for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A team that this version doesn't know.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no such team")]
pub struct UnknownTeam;

impl FromStr for Team {
    type Err = UnknownTeam;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|team| team.key() == text)
            .ok_or(UnknownTeam)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_reads_back_as_it_was_written() {
        for team in Team::ALL {
            assert_eq!(team.to_string().parse(), Ok(team));
        }
        assert_eq!("casework".parse::<Team>(), Err(UnknownTeam));
    }
}
