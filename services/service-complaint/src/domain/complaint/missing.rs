//! What must be known of a complaint before it is acknowledged, or closed by a call.

use super::{Complaint, Definition, Needs};

/// The field of what came of an early resolution.
const EARLY_RESOLUTION: &str = "early_resolution";

impl Complaint {
    /// What must be there before the acknowledgement and is not, in words for a colleague (3.2, 4.1).
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        words(&self.missing_parts())
    }

    /// The same, each with the field that it goes into.
    #[must_use]
    pub fn missing_parts(&self) -> Vec<(&'static str, &'static str)> {
        let Definition {
            desired_outcome,
            outcome_reply: _,
            asked_again: _,
            needs:
                Needs {
                    contact,
                    communication_preference,
                    reasonable_adjustments,
                    vulnerabilities,
                },
            early_resolution,
            complaint_type: _,
        } = &self.definition;
        let parts = [
            ("desired_outcome", "the desired outcome", desired_outcome),
            ("needs.contact", "the contact", contact),
            (
                "needs.communication_preference",
                "the communication preference",
                communication_preference,
            ),
            (
                "needs.reasonable_adjustments",
                "the reasonable adjustments",
                reasonable_adjustments,
            ),
            (
                "needs.vulnerabilities",
                "the vulnerabilities",
                vulnerabilities,
            ),
            (
                EARLY_RESOLUTION,
                "what came of an early resolution",
                early_resolution,
            ),
        ];
        let no_elements = self
            .elements
            .is_empty()
            .then_some(("elements", "the definition"));
        no_elements
            .into_iter()
            .chain(
                parts
                    .into_iter()
                    .filter(|(.., text)| text.trim().is_empty())
                    .map(|(field, what, _)| (field, what)),
            )
            .collect()
    }

    /// What must be there before a call closes it and is not (3.2). What 3.2 asks for "in all cases" is asked for here, too, and on a call it can be: the
    /// person is there to say what they complain about, what they need and what they hope for. An early resolution alone is not asked for,
    /// as the call is one.
    #[must_use]
    pub fn missing_before_call(&self) -> Vec<&'static str> {
        let mut parts = self.missing_parts();
        parts.retain(|(field, _)| *field != EARLY_RESOLUTION);
        words(&parts)
    }
}

fn words(parts: &[(&'static str, &'static str)]) -> Vec<&'static str> {
    parts.iter().map(|(_, what)| *what).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::an_investigated_complaint;

    #[test]
    fn sc_2_what_is_missing_before_the_acknowledgement_is_named() {
        let complaint = an_investigated_complaint("2025-06-10");

        assert_eq!(complaint.missing().len(), 7);
    }

    #[test]
    fn sc_7_3_2_a_call_asks_for_all_but_the_early_resolution_that_it_is() {
        let complaint = an_investigated_complaint("2025-06-10");

        assert_eq!(
            complaint.missing_before_call(),
            [
                "the definition",
                "the desired outcome",
                "the contact",
                "the communication preference",
                "the reasonable adjustments",
                "the vulnerabilities"
            ]
        );
    }
}
