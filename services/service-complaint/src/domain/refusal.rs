//! Why a request for stage 2 is refused: on one of the policy's grounds, and in words for the person (4.12 to 4.14).

use chrono::NaiveDate;

use super::exclusion::Exclusion;
use super::procedure::ProcedureError;

/// A ground to refuse a request for stage 2.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Ground {
    /// It names nothing that stage 1 did not cover, and brings nothing new that would change its response (4.12).
    NothingNew,
    /// It came after the four weeks, and the person's circumstances do not make up for that (4.12).
    TooLate,
    /// It does not ask for what a review of stage 1 is (4.11, 4.13).
    NoReview,
    /// The policy excludes what it is about (2.5 to 2.9), for a reason of its own.
    Excluded,
}

impl Ground {
    /// All of them, in the policy's order.
    pub const ALL: [Self; 4] = [
        Self::Excluded,
        Self::TooLate,
        Self::NothingNew,
        Self::NoReview,
    ];

    /// Its name, as it is stored and counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NothingNew => "nothing_new",
            Self::TooLate => "too_late",
            Self::NoReview => "no_review",
            Self::Excluded => "excluded",
        }
    }

    /// The policy's paragraph.
    #[must_use]
    pub fn paragraph(self) -> &'static str {
        match self {
            Self::NothingNew | Self::TooLate => "4.12",
            Self::NoReview => "4.13",
            Self::Excluded => "2.5",
        }
    }

    /// In a few words, for a list.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NothingNew => "Nothing missed, and nothing new",
            Self::TooLate => "More than 4 weeks after the response",
            Self::NoReview => "Not what a review looks at",
            Self::Excluded => "Excluded by the policy",
        }
    }

    /// Why, in words for the person.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::NothingNew => {
                "What you told us was part of our answer at stage 1, and nothing new would change that answer."
            }
            Self::TooLate => {
                "You asked us more than 4 weeks after our answer. We thought about your reasons for that."
            }
            Self::NoReview => {
                "At stage 2 we check how we dealt with your complaint at stage 1. You asked us for something else."
            }
            Self::Excluded => "This is something that our complaints process does not deal with.",
        }
    }
}

/// A refusal: the ground, and the words about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// On which ground; `None` for what was refused before grounds were recorded.
    pub ground: Option<Ground>,
    /// What the person is told besides, about their own request.
    pub words: String,
    /// What the policy excludes it for, and where the person can go instead, when that is the ground.
    pub exclusion: Option<Exclusion>,
}

/// Refuses a request that came on a day, when stage 2 could be asked for until another.
pub fn refuse(
    refusal: Refusal,
    requested_on: NaiveDate,
    until: NaiveDate,
) -> Result<Refusal, ProcedureError> {
    if refusal.words.trim().is_empty() {
        return Err(ProcedureError::NoWords);
    }
    let ground = refusal.ground.ok_or(ProcedureError::NoGround)?;
    if (ground == Ground::Excluded) != refusal.exclusion.is_some() {
        return Err(ProcedureError::NoExclusion);
    }
    if ground == Ground::TooLate && requested_on <= until {
        return Err(ProcedureError::AskedInTime(until));
    }
    Ok(refusal)
}

#[cfg(test)]
mod tests {
    use super::super::exclusion::Reason;
    use super::*;

    fn day(date: &str) -> NaiveDate {
        date.parse().unwrap()
    }

    fn on_the_ground(ground: Ground) -> Refusal {
        Refusal {
            ground: Some(ground),
            words: "Each of your points is in our answer of 7 July.".to_owned(),
            exclusion: (ground == Ground::Excluded).then(an_exclusion),
        }
    }

    fn an_exclusion() -> Exclusion {
        Exclusion {
            reason: Reason::LegalProcess,
            details: "The county court has it.".to_owned(),
            signpost: "The court can say what happens next.".to_owned(),
        }
    }

    #[test]
    fn sc_8_4_12_a_request_is_too_late_only_after_the_four_weeks() {
        let until = day("2025-08-04");
        let refused = |on: &str| refuse(on_the_ground(Ground::TooLate), day(on), until);

        assert_eq!(
            refused("2025-08-04"),
            Err(ProcedureError::AskedInTime(until))
        );
        assert_eq!(refused("2025-08-05"), Ok(on_the_ground(Ground::TooLate)));
    }

    #[test]
    fn sc_8_4_14_no_ground_does_without_words_about_the_request_itself() {
        for ground in Ground::ALL {
            let wordless = Refusal {
                words: "  ".to_owned(),
                ..on_the_ground(ground)
            };
            let until = day("2025-08-04");

            let refused = refuse(wordless, day("2025-08-05"), until);

            assert_eq!(refused, Err(ProcedureError::NoWords));
        }
    }

    #[test]
    fn sc_3_2_9_what_is_excluded_is_excluded_for_a_reason_and_nothing_else_is() {
        let refused = |refusal| refuse(refusal, day("2025-08-05"), day("2025-08-04"));

        let reasonless = Refusal {
            exclusion: None,
            ..on_the_ground(Ground::Excluded)
        };
        let another = Refusal {
            exclusion: Some(an_exclusion()),
            ..on_the_ground(Ground::NoReview)
        };

        assert_eq!(refused(reasonless), Err(ProcedureError::NoExclusion));
        assert_eq!(refused(another), Err(ProcedureError::NoExclusion));
        let excluded = on_the_ground(Ground::Excluded);
        assert_eq!(refused(excluded.clone()), Ok(excluded));
    }

    #[test]
    fn sc_8_4_12_nobody_refuses_without_a_ground() {
        let groundless = Refusal {
            ground: None,
            ..on_the_ground(Ground::NoReview)
        };

        let refused = refuse(groundless, day("2025-08-05"), day("2025-08-04"));

        assert_eq!(refused, Err(ProcedureError::NoGround));
    }

    #[test]
    fn sc_8_4_14_a_ground_is_stored_by_the_name_that_it_is_counted_by() {
        for ground in Ground::ALL {
            assert_eq!(serde_json::to_value(ground).unwrap(), ground.name());
        }
    }
}
