//! What a response must hold before it goes out (4.7, 4.18).

use super::finding::{Decision, Element, OutcomeError, outcome};

/// A part that a response must hold and does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// Elements are not decided, or not reasoned (4.7, 4.8).
    #[error(transparent)]
    Outcome(#[from] OutcomeError),
    /// Something was upheld and nothing puts it right (4.7, 4.18).
    #[error("something is upheld, and no remedy is offered")]
    NoRemedy,
    /// The complaint and why it was escalated are not summed up (4.18).
    #[error("the complaint and the reason for its escalation are not summed up")]
    NoSummary,
}

/// The outcome of a response that holds all that it must.
pub fn ready(elements: &[Element], remedies: usize) -> Result<Decision, ResponseError> {
    let outcome = outcome(elements)?;
    if outcome != Decision::NotUpheld && remedies == 0 {
        return Err(ResponseError::NoRemedy);
    }
    Ok(outcome)
}

/// The outcome of a stage 2 response that holds all that it must.
pub fn ready_at_stage_two(
    summary: &str,
    elements: &[Element],
    remedies: usize,
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

        assert_eq!(ready(&upheld, 0), Err(ResponseError::NoRemedy));
        assert_eq!(ready(&upheld, 1), Ok(Decision::Upheld));
        assert_eq!(
            ready(&[element(Decision::NotUpheld)], 0),
            Ok(Decision::NotUpheld)
        );
    }

    #[test]
    fn sc_8_4_18_stage_2_sums_up_the_complaint_and_why_it_was_escalated() {
        let elements = [element(Decision::NotUpheld)];

        assert_eq!(
            ready_at_stage_two(" ", &elements, 0),
            Err(ResponseError::NoSummary)
        );
        assert!(ready_at_stage_two("The call, and the second call.", &elements, 0).is_ok());
    }
}
