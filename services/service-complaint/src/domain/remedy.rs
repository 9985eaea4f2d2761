//! What puts things right (4.24), and what it may cost (Appendix A).

use std::ops::RangeInclusive;

use super::policy::Stage;

/// A remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// An apology.
    Apology {
        /// How.
        form: ApologyForm,
        /// Whose.
        from: ApologyFrom,
    },
    /// Something that casework does, such as a review of an adjustment, a call, or an update.
    CaseworkAction,
    /// An error in the records, corrected on evidence.
    Correction,
    /// What happened, and why.
    Explanation,
    /// A better procedure or system.
    Improvement,
    /// What the teams or a colleague learn from it.
    SharedLearning,
    /// Money.
    Compensation(Compensation),
    /// A fresh review of the case's risk assessment (the reviewer's recommendation 37.4).
    RiskReview,
}

impl Remedy {
    /// Whether somebody must do something after the response, so that it has an owner and a day (4.28, 4.29). A written apology of the Service's and an
    /// explanation stand in the response itself.
    #[must_use]
    pub fn is_done_later(&self) -> bool {
        !matches!(
            self,
            Self::Explanation
                | Self::Apology {
                    form: ApologyForm::Written,
                    from: ApologyFrom::Service
                }
        )
    }

    /// The kind's name, as it is stored and counted.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Apology { .. } => "apology",
            Self::CaseworkAction => "casework_action",
            Self::Correction => "correction",
            Self::Explanation => "explanation",
            Self::Improvement => "improvement",
            Self::SharedLearning => "shared_learning",
            Self::Compensation(_) => "compensation",
            Self::RiskReview => "risk_review",
        }
    }
}

/// How an apology is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ApologyForm {
    /// Spoken.
    Verbal,
    /// In writing.
    Written,
}

/// Whose apology it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ApologyFrom {
    /// The Service's.
    Service,
    /// The Ombudsman's own.
    Ombudsman,
}

/// How serious the failure was (Appendix A).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Level {
    /// It kept a person from the service, delayed matters, or cost their confidence.
    ServiceFailure,
    /// Several failures that affected the resident adversely.
    SeriousServiceFailure,
    /// A significant failure, or a series of serious ones, with a seriously detrimental impact.
    SignificantImpact,
}

impl Level {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [
        Self::ServiceFailure,
        Self::SeriousServiceFailure,
        Self::SignificantImpact,
    ];

    /// The band, in whole pounds.
    #[must_use]
    pub fn band(self) -> RangeInclusive<u32> {
        match self {
            Self::ServiceFailure => 50..=100,
            Self::SeriousServiceFailure => 101..=250,
            Self::SignificantImpact => 251..=500,
        }
    }
}

/// An amount within its band. It can't be made outside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compensation {
    level: Level,
    pounds: u32,
}

/// Why compensation is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompensationError {
    /// The amount is outside the band of its level (Appendix A).
    #[error("£{pounds} is outside the band of £{from} to £{to}")]
    OutsideBand {
        /// The amount.
        pounds: u32,
        /// The band's lowest.
        from: u32,
        /// The band's highest.
        to: u32,
    },
    /// The failure hit everyone, and is put right for everyone (4.26).
    #[error("the failure affected all service users, and there is no compensation for that")]
    AffectedAll,
    /// What a stage offers is one amount for its most serious failure, and not several (4.27).
    #[error("this stage offers compensation already; take that back first")]
    OfferedAlready,
    /// Both stages together are beyond what the highest band has (Appendix A).
    #[error("with the £{offered} of stage 1 it is more than £{most}, the most for a complaint")]
    OverTheHighest {
        /// What stage 1 offered.
        offered: u32,
        /// The highest band's highest.
        most: u32,
    },
}

impl Compensation {
    /// An amount for a level, where the failure was this person's and not everybody's (4.25, 4.26).
    pub fn new(level: Level, pounds: u32, affected_all: bool) -> Result<Self, CompensationError> {
        if affected_all {
            return Err(CompensationError::AffectedAll);
        }
        let band = level.band();
        if !band.contains(&pounds) {
            return Err(CompensationError::OutsideBand {
                pounds,
                from: *band.start(),
                to: *band.end(),
            });
        }
        Ok(Self { level, pounds })
    }

    /// Refuses an amount besides those that were offered, each by the stage that did (4.27, Appendix A).
    pub fn check_besides(
        self,
        offered: &[(Stage, Self)],
        stage: Stage,
    ) -> Result<(), CompensationError> {
        if offered.iter().any(|(by, _)| *by == stage) {
            return Err(CompensationError::OfferedAlready);
        }
        let offered = offered.iter().map(|(_, it)| it.pounds).sum();
        let most = *Level::SignificantImpact.band().end();
        if offered + self.pounds > most {
            return Err(CompensationError::OverTheHighest { offered, most });
        }
        Ok(())
    }

    /// How serious the failure was.
    #[must_use]
    pub fn level(self) -> Level {
        self.level
    }

    /// How much, in pounds.
    #[must_use]
    pub fn pounds(self) -> u32 {
        self.pounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_9_appendix_a_each_amount_lies_in_its_band() {
        let edges = [
            (Level::ServiceFailure, 50, 100),
            (Level::SeriousServiceFailure, 101, 250),
            (Level::SignificantImpact, 251, 500),
        ];
        for (level, from, to) in edges {
            for pounds in [from, to] {
                assert_eq!(
                    Compensation::new(level, pounds, false).unwrap().pounds(),
                    pounds
                );
            }
            for pounds in [from - 1, to + 1] {
                assert_eq!(
                    Compensation::new(level, pounds, false),
                    Err(CompensationError::OutsideBand { pounds, from, to })
                );
            }
        }
    }

    #[test]
    fn sc_9_4_27_a_stage_offers_one_amount_and_a_complaint_no_more_than_the_highest() {
        let of = |level, pounds| Compensation::new(level, pounds, false).unwrap();
        let small = of(Level::ServiceFailure, 100);
        let offered = [(Stage::One, small)];

        assert_eq!(small.check_besides(&[], Stage::One), Ok(()));
        assert_eq!(
            small.check_besides(&offered, Stage::One),
            Err(CompensationError::OfferedAlready)
        );
        let rest = of(Level::SignificantImpact, 400);
        assert_eq!(rest.check_besides(&offered, Stage::Two), Ok(()));
        let more = of(Level::SignificantImpact, 401);
        assert_eq!(
            more.check_besides(&offered, Stage::Two),
            Err(CompensationError::OverTheHighest {
                offered: 100,
                most: 500
            })
        );
    }

    #[test]
    fn sc_9_4_26_a_failure_that_hit_everyone_is_not_compensated() {
        let refused = Compensation::new(Level::ServiceFailure, 75, true);

        assert_eq!(refused, Err(CompensationError::AffectedAll));
    }
}
