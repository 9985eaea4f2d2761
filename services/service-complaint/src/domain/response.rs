//! What a response must hold before it goes out (4.7, 4.18).

use super::finding::{Decision, Element, OutcomeError, outcome};
use super::remedy::Remedy;

/// A part that a response must hold and does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// Elements are not decided, or not reasoned (4.7, 4.8).
    #[error(transparent)]
    Outcome(#[from] OutcomeError),
    /// Something was upheld and nothing puts it right (4.7, 4.18).
    #[error("something is upheld, and no remedy is offered")]
    NoRemedy,
    /// Remedies that nobody has promised to deliver by a day (4.28, 4.29).
    #[error("nobody is accountable by a day for {}", .0.join(", "))]
    NotPromised(Vec<String>),
    /// The complaint and why it was escalated are not summed up (4.18).
    #[error("the complaint and the reason for its escalation are not summed up")]
    NoSummary,
}

/// A remedy of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedied<'a> {
    /// What it is.
    pub remedy: &'a Remedy,
    /// In a sentence.
    pub text: &'a str,
    /// Whether somebody promised it by a day.
    pub promised: bool,
}

/// The outcome of a response that holds all that it must.
pub fn ready(elements: &[Element], remedies: &[Remedied<'_>]) -> Result<Decision, ResponseError> {
    let outcome = outcome(elements)?;
    if outcome != Decision::NotUpheld && remedies.is_empty() {
        return Err(ResponseError::NoRemedy);
    }
    all_promised(remedies)?;
    Ok(outcome)
}

/// The outcome of a complaint that a call closes, if it has one. What was found before the call is an answer like a written one, and holds as much
/// (4.7). A call that comes before any finding resolves the complaint without one, but for no part of it: 4.8 has each element assessed by
/// itself, so where one is decided none is left undecided. What was offered is promised in either case: the call ends the talking and not the doing
/// (4.9; the reviewer's paragraph 22).
pub fn ready_by_telephone(
    elements: &[Element],
    remedies: &[Remedied<'_>],
) -> Result<Option<Decision>, ResponseError> {
    if elements.iter().any(Element::is_found) {
        return ready(elements, remedies).map(Some);
    }
    all_promised(remedies)?;
    Ok(None)
}

fn all_promised(remedies: &[Remedied<'_>]) -> Result<(), ResponseError> {
    let lacking: Vec<_> = not_promised(remedies).map(|it| format!("“{it}”")).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    Err(ResponseError::NotPromised(lacking))
}

/// The remedies, in their words, that are done after the response and that nobody has promised (4.28, 4.29).
pub fn not_promised<'a>(remedies: &[Remedied<'a>]) -> impl Iterator<Item = &'a str> {
    remedies
        .iter()
        .filter(|it| it.remedy.is_done_later() && !it.promised)
        .map(|it| it.text)
}

/// The outcome of a stage 2 response that holds all that it must.
pub fn ready_at_stage_two(
    summary: &str,
    elements: &[Element],
    remedies: &[Remedied<'_>],
) -> Result<Decision, ResponseError> {
    if summary.trim().is_empty() {
        return Err(ResponseError::NoSummary);
    }
    ready(elements, remedies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::{Finding, Standing};
    use crate::domain::remedy::{ApologyForm, ApologyFrom};

    fn element(decision: Decision) -> Element {
        Element {
            id: kit::id(),
            text: "The call was not made".to_owned(),
            standing: Standing::Found(Finding {
                decision,
                reason: "The record shows it.".to_owned(),
            }),
        }
    }

    #[test]
    fn sc_6_4_7_what_is_upheld_is_put_right() {
        let upheld = [element(Decision::Upheld)];

        let explained = Remedied {
            remedy: &Remedy::Explanation,
            text: "What happened",
            promised: false,
        };

        assert_eq!(ready(&upheld, &[]), Err(ResponseError::NoRemedy));
        assert_eq!(ready(&upheld, &[explained]), Ok(Decision::Upheld));
        assert_eq!(
            ready(&[element(Decision::NotUpheld)], &[]),
            Ok(Decision::NotUpheld)
        );
    }

    #[test]
    fn sc_10_4_28_what_is_done_after_the_response_has_somebody_who_does_it() {
        let upheld = [element(Decision::Upheld)];
        let spoken = Remedy::Apology {
            form: ApologyForm::Verbal,
            from: ApologyFrom::Ombudsman,
        };
        for remedy in [
            spoken,
            Remedy::CaseworkAction,
            Remedy::Correction,
            Remedy::Improvement,
            Remedy::SharedLearning,
            Remedy::RiskReview,
        ] {
            let offered = Remedied {
                remedy: &remedy,
                text: "A call",
                promised: false,
            };
            let promised = Remedied {
                promised: true,
                ..offered
            };

            assert_eq!(
                ready(&upheld, &[offered]),
                Err(ResponseError::NotPromised(vec!["“A call”".to_owned()]))
            );
            assert_eq!(ready(&upheld, &[promised]), Ok(Decision::Upheld));
        }
    }

    #[test]
    fn sc_7_4_8_what_was_found_before_a_call_gives_it_its_outcome() {
        let open = Element {
            standing: Standing::Undecided,
            ..element(Decision::Upheld)
        };
        let explained = Remedied {
            remedy: &Remedy::Explanation,
            text: "What happened",
            promised: false,
        };
        let upheld = element(Decision::Upheld);

        assert_eq!(
            ready_by_telephone(std::slice::from_ref(&open), &[]),
            Ok(None)
        );
        assert_eq!(
            ready_by_telephone(std::slice::from_ref(&upheld), &[explained]),
            Ok(Some(Decision::Upheld))
        );
        assert_eq!(
            ready_by_telephone(std::slice::from_ref(&upheld), &[]),
            Err(ResponseError::NoRemedy)
        );
        assert_eq!(
            ready_by_telephone(&[upheld, open], &[explained])
                .unwrap_err()
                .to_string(),
            "not decided yet: The call was not made"
        );
    }

    #[test]
    fn sc_10_4_9_a_call_drops_nothing_that_was_offered() {
        let open = Element {
            standing: Standing::Undecided,
            ..element(Decision::Upheld)
        };
        let offered = Remedied {
            remedy: &Remedy::CaseworkAction,
            text: "A call",
            promised: false,
        };
        let promised = Remedied {
            promised: true,
            ..offered
        };
        for (element, outcome) in [
            (open, None),
            (element(Decision::Upheld), Some(Decision::Upheld)),
        ] {
            assert_eq!(
                ready_by_telephone(std::slice::from_ref(&element), &[offered]),
                Err(ResponseError::NotPromised(vec!["“A call”".to_owned()]))
            );
            assert_eq!(ready_by_telephone(&[element], &[promised]), Ok(outcome));
        }
    }

    #[test]
    fn sc_8_4_18_stage_2_sums_up_the_complaint_and_why_it_was_escalated() {
        let elements = [element(Decision::NotUpheld)];

        assert_eq!(
            ready_at_stage_two(" ", &elements, &[]),
            Err(ResponseError::NoSummary)
        );
        assert!(ready_at_stage_two("The call, and the second call.", &elements, &[]).is_ok());
    }
}
