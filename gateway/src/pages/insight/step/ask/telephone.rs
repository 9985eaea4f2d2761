//! What is asked about a call that closes a complaint (37.1).

use super::{About, Asked, Field, Step, answer};
use crate::pages::insight::step::present_stage;

/// The field that leads to what was not asked.
pub(in crate::pages::insight::step) const NOT_ASKED: &str = "not_asked";

/// The call, with what was decided and offered before it. What was not asked yet is recorded on a form of its own, to which this one leads.
pub(super) fn closing(about: &About<'_>, today: String) -> Asked {
    let complaint = about.complaint;
    let mut fields = Vec::new();
    if Step::Define.fits(complaint) && !complaint.missing.is_empty() {
        let way = Field::way(
            "Set out the definition and the person’s needs",
            Step::Define.address(&complaint.reference),
        );
        let why = "What the complaint is about, what the person hopes for and what they need are asked and recorded before a call can close it (policy 3.2).";
        fields.push(way.named(NOT_ASKED).hint(why));
    }
    fields.extend([
        Field::past_date("on", "When was the call?", about.today).hint("For example, 18/10/2024"),
        Field::tick(
            "told_it_closes",
            "I told the person that the call closes the complaint",
        ),
        Field::text("note", "Note of the call", 5_000).missing("Enter a note"),
    ]);
    answer(
        complaint,
        present_stage(complaint).map_or(1, |it| it.stage),
        "The person must know that the call closes the complaint. If they do not agree, go on with the procedure.",
    )
    .with(fields)
    .first("on", today)
}

#[cfg(test)]
mod tests {
    use proto::service_complaint::v1::{
        Complaint, ComplaintStep, Element, MissingPart, Policy, StageRecord,
    };
    use tonic::{Code, Status};
    use tonic_types::{ErrorDetails, StatusExt as _};

    use super::*;
    use crate::pages::insight::step::problems;

    fn asked_about(complaint: &Complaint) -> Asked {
        let about = About {
            complaint,
            policy: &Policy::default(),
            colleagues: &[],
            item: "",
            today: "2026-11-20".parse().unwrap(),
        };
        closing(&about, String::new())
    }

    #[test]
    fn sc_7_3_2_what_was_not_asked_is_told_beside_the_way_to_where_it_is_recorded() {
        let received = Complaint {
            open_steps: vec![ComplaintStep::Define.into()],
            missing: vec![MissingPart::default()],
            ..Complaint::default()
        };
        let details = ErrorDetails::with_error_info("NOT_ASKED", "service-complaint", []);
        let said = "a call can't close it without the definition";
        let refused = Status::with_error_details(Code::FailedPrecondition, said, details);

        let errors = problems(refused).unwrap();

        assert_eq!(
            errors.of(NOT_ASKED),
            "A call can’t close it without the definition"
        );
        let fields = asked_about(&received).fields;
        assert!(fields.iter().any(|it| it.name == NOT_ASKED));
        let asked = Complaint {
            missing: Vec::new(),
            ..received
        };
        let later = asked_about(&asked).fields;
        assert!(!later.iter().any(|it| it.name == NOT_ASKED), "it was asked");
    }

    #[test]
    fn sc_7_4_8_whoever_closes_it_by_a_call_sees_what_is_decided() {
        let complaint = Complaint {
            stage_1: Some(StageRecord {
                stage: 1,
                ..StageRecord::default()
            }),
            elements: vec![Element {
                text: "The call".to_owned(),
                stage: 1,
                ..Element::default()
            }],
            ..Complaint::default()
        };

        let asked = asked_about(&complaint);

        assert_eq!(asked.about[0].0, "The call");
    }
}
