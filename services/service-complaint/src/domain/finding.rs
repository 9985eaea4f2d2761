//! The elements of a complaint, each with a finding of its own, and the outcome that follows from them (4.8).

use uuid::Uuid;

use super::exclusion::Exclusion;

/// One thing that is complained about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its id.
    pub id: Uuid,
    /// In a sentence.
    pub text: String,
    /// What became of it.
    pub standing: Standing,
}

impl Element {
    /// Whether it was decided.
    #[must_use]
    pub fn is_found(&self) -> bool {
        matches!(self.standing, Standing::Found(_))
    }
}

/// What became of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is being investigated.
    Undecided,
    /// It was decided.
    Found(Finding),
    /// It is not investigated (4.6).
    Excluded(Exclusion),
}

/// What was found about an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The decision.
    pub decision: Decision,
    /// Why, in words for the person.
    pub reason: String,
}

/// A decision, on an element or on the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Decision {
    /// The service failed.
    Upheld,
    /// It failed in part.
    PartiallyUpheld,
    /// It did not fail.
    NotUpheld,
}

/// Why elements have no outcome yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutcomeError {
    /// Elements without a finding, as they are worded.
    #[error("not decided yet: {}", .0.join("; "))]
    Undecided(Vec<String>),
    /// A finding without its reason.
    #[error("no reason is given for: {}", .0.join("; "))]
    WithoutReason(Vec<String>),
    /// Nothing is left to decide, since all of it is excluded: that ends a complaint in another way (4.6).
    #[error("no element was investigated")]
    NothingInvestigated,
}

/// The outcome that follows from the elements: upheld when all are, not upheld when none is, partially upheld between (4.8).
pub fn outcome(elements: &[Element]) -> Result<Decision, OutcomeError> {
    let texts = |wanted: &dyn Fn(&Standing) -> bool| -> Vec<String> {
        elements
            .iter()
            .filter(|it| wanted(&it.standing))
            .map(|it| it.text.clone())
            .collect()
    };
    let undecided = texts(&|it| matches!(it, Standing::Undecided));
    if !undecided.is_empty() {
        return Err(OutcomeError::Undecided(undecided));
    }
    let silent =
        texts(&|it| matches!(it, Standing::Found(finding) if finding.reason.trim().is_empty()));
    if !silent.is_empty() {
        return Err(OutcomeError::WithoutReason(silent));
    }
    let decisions: Vec<Decision> = elements
        .iter()
        .filter_map(|it| match &it.standing {
            Standing::Found(finding) => Some(finding.decision),
            Standing::Undecided | Standing::Excluded(_) => None,
        })
        .collect();
    let [first, rest @ ..] = decisions.as_slice() else {
        return Err(OutcomeError::NothingInvestigated);
    };
    if rest.iter().all(|it| it == first) {
        return Ok(*first);
    }
    Ok(Decision::PartiallyUpheld)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::exclusion::Reason;
    use Decision::{NotUpheld, PartiallyUpheld, Upheld};

    fn element(standing: Standing) -> Element {
        Element {
            id: kit::id(),
            text: "The call was not made".to_owned(),
            standing,
        }
    }

    fn found(decision: Decision) -> Element {
        element(Standing::Found(Finding {
            decision,
            reason: "The record shows it.".to_owned(),
        }))
    }

    fn excluded() -> Element {
        element(Standing::Excluded(Exclusion {
            reason: Reason::Decision,
            details: "It is about the determination.".to_owned(),
            signpost: "A review".to_owned(),
        }))
    }

    #[test]
    fn sc_6_4_8_the_outcome_follows_from_the_elements() {
        let cases: [(&[Decision], Decision); 7] = [
            (&[Upheld], Upheld),
            (&[Upheld, Upheld], Upheld),
            (&[NotUpheld, NotUpheld], NotUpheld),
            (&[Upheld, NotUpheld], PartiallyUpheld),
            (&[PartiallyUpheld, NotUpheld], PartiallyUpheld),
            (&[PartiallyUpheld, Upheld], PartiallyUpheld),
            (&[PartiallyUpheld, PartiallyUpheld], PartiallyUpheld),
        ];
        for (decisions, expected) in cases {
            let elements: Vec<_> = decisions.iter().copied().map(found).collect();

            assert_eq!(outcome(&elements), Ok(expected), "{decisions:?}");
        }
    }

    #[test]
    fn sc_6_4_6_what_is_excluded_counts_neither_way() {
        assert_eq!(outcome(&[found(Upheld), excluded()]), Ok(Upheld));
        assert_eq!(
            outcome(&[excluded()]),
            Err(OutcomeError::NothingInvestigated)
        );
        assert_eq!(outcome(&[]), Err(OutcomeError::NothingInvestigated));
    }

    #[test]
    fn sc_6_an_element_without_a_decision_or_its_reason_is_named() {
        let open = element(Standing::Undecided);
        let silent = element(Standing::Found(Finding {
            decision: Upheld,
            reason: " ".to_owned(),
        }));

        assert_eq!(
            outcome(&[found(Upheld), open]).unwrap_err().to_string(),
            "not decided yet: The call was not made"
        );
        assert_eq!(
            outcome(&[silent]).unwrap_err().to_string(),
            "no reason is given for: The call was not made"
        );
    }
}
