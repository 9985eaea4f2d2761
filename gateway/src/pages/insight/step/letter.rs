//! Which letter tells the person of a step, and which step a letter takes: sending it records the step, with its date.

use proto::service_complaint::v1::{ApprovalMatter, Complaint, LetterKind};

use super::super::HOME;
use super::{Field, Step};

/// Each letter that takes a step, with the form on which the step is recorded when it was told in another way.
const TOLD_BY: &[(Step, LetterKind)] = &[
    (Step::Acknowledge, LetterKind::Acknowledgement),
    (Step::Tell, LetterKind::Extension),
    (Step::Tell, LetterKind::FurtherExtension),
    (Step::Update, LetterKind::ProgressUpdate),
    (Step::Exclude, LetterKind::NotAccepted),
    (Step::Telephone, LetterKind::InformalResolution),
    (Step::AnswerStage1, LetterKind::Stage1Response),
    (Step::Accept, LetterKind::EscalationAccepted),
    (Step::Reject, LetterKind::EscalationRefused),
    (Step::AnswerStage2, LetterKind::Stage2Response),
];

impl Step {
    /// The letter that tells the person of it, if one does.
    pub(in crate::pages::insight) fn letter(self, complaint: &Complaint) -> Option<LetterKind> {
        if self == Self::Tell && was_agreed_to(complaint) {
            return Some(LetterKind::FurtherExtension);
        }
        TOLD_BY
            .iter()
            .find(|(step, _)| *step == self)
            .map(|(_, kind)| *kind)
    }

    /// The step that sending a letter takes, if it takes one.
    pub(in crate::pages::insight) fn of_letter(kind: LetterKind) -> Option<Self> {
        TOLD_BY
            .iter()
            .find(|(_, its_kind)| *its_kind == kind)
            .map(|(step, _)| *step)
    }

    /// The way to its letter, for its form.
    pub(super) fn way_by_letter(self, complaint: &Complaint) -> Option<Field> {
        let kind = self.letter(complaint)?;
        let way = Field::way("Write the letter", write(&complaint.reference, kind));
        Some(way.hint("Sending the letter from here tells the person and records this step. Use the form below only when the person was told in another way."))
    }
}

/// Whether a senior colleague agreed to more time than the ordinary extension (4.4, 4.17).
fn was_agreed_to(complaint: &Complaint) -> bool {
    let more_time = |it: &&proto::service_complaint::v1::Approval| {
        it.matter() == ApprovalMatter::FurtherExtension && it.agreed
    };
    complaint.approvals.iter().any(|it| more_time(&it))
}

/// Where a letter of a kind is begun.
pub(in crate::pages::insight) fn write(reference: &str, kind: LetterKind) -> String {
    format!(
        "{HOME}/{reference}/letters/write?kind={}",
        kind.as_str_name()
    )
}

#[cfg(test)]
mod tests {
    use proto::service_complaint::v1::Approval;

    use super::*;

    #[test]
    fn sc_12_each_letter_that_takes_a_step_leads_to_it_and_back() {
        let complaint = Complaint::default();
        for (step, kind) in TOLD_BY {
            assert_eq!(Step::of_letter(*kind), Some(*step));
            if *kind != LetterKind::FurtherExtension {
                assert_eq!(step.letter(&complaint), Some(*kind));
            }
        }
        assert_eq!(Step::of_letter(LetterKind::Closing), None);
        assert_eq!(Step::Note.letter(&complaint), None);
    }

    #[test]
    fn sc_4_4_4_time_that_a_senior_colleague_agreed_to_is_told_by_its_own_letter() {
        let asked = |agreed| Complaint {
            approvals: vec![Approval {
                matter: ApprovalMatter::FurtherExtension.into(),
                agreed,
                ..Approval::default()
            }],
            ..Complaint::default()
        };

        assert_eq!(
            Step::Tell.letter(&asked(false)),
            Some(LetterKind::Extension)
        );
        assert_eq!(
            Step::Tell.letter(&asked(true)),
            Some(LetterKind::FurtherExtension)
        );
    }
}
