//! The words of letters' pages.

use proto::service_complaint::v1::{FindingKind, Format, LetterKind, Standing};

/// A kind of letter.
pub(in crate::pages::insight) fn kind(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Unspecified => "",
        LetterKind::Acknowledgement => "Acknowledgement",
        LetterKind::Extension => "Extension",
        LetterKind::FurtherExtension => "Further extension",
        LetterKind::Stage1Response => "Stage 1 response",
        LetterKind::EscalationAccepted => "Stage 2 acknowledgement",
        LetterKind::EscalationRefused => "Stage 2 refused",
        LetterKind::Stage2Response => "Stage 2 response",
        LetterKind::NotAccepted => "Not accepted",
        LetterKind::Closing => "Closing",
        LetterKind::AfterClosing => "Answer after the closing",
        LetterKind::InformalResolution => "Resolved by telephone",
        LetterKind::ProgressUpdate => "Progress update",
    }
}

/// The format of a letter, after how it goes: *, in large print*. An ordinary letter has none worth naming.
pub(super) fn in_format(format: Format) -> &'static str {
    match format {
        Format::Unspecified | Format::Email | Format::Letter => "",
        Format::LargePrint => ", in large print",
        Format::EasyRead => ", in easy read",
    }
}

/// What sending a letter of a kind does.
pub(super) fn does(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Unspecified => "",
        LetterKind::Acknowledgement => {
            "Acknowledges the complaint. The time for the response runs from today"
        }
        LetterKind::Extension => "Tells the person of an extension that is recorded",
        LetterKind::FurtherExtension => {
            "Tells the person of more time that a senior colleague approved"
        }
        LetterKind::Stage1Response => "Answers stage 1. The person can ask for stage 2 for 4 weeks",
        LetterKind::EscalationAccepted => {
            "Accepts stage 2, with the colleague who is assigned to it"
        }
        LetterKind::EscalationRefused => "Refuses stage 2 and ends the procedure",
        LetterKind::Stage2Response => "Answers stage 2 and ends the procedure",
        LetterKind::NotAccepted => "Ends the complaint, with the reason and where to go",
        LetterKind::Closing => "Tells the person that the complaint is closed",
        LetterKind::AfterClosing => {
            "Answers what the person wrote in the 4 weeks after the closing"
        }
        LetterKind::InformalResolution => {
            "Confirms that a call closed the complaint, and closes it"
        }
        LetterKind::ProgressUpdate => "Tells the person how far it is, and when we write again",
    }
}

/// The kinds that a complaint may need in a standing.
pub(super) fn kinds(standing: Standing) -> &'static [LetterKind] {
    use LetterKind::{
        Acknowledgement, AfterClosing, Closing, EscalationAccepted, EscalationRefused, Extension,
        FurtherExtension, InformalResolution, NotAccepted, ProgressUpdate, Stage1Response,
        Stage2Response,
    };
    match standing {
        Standing::Unspecified => &[],
        Standing::Received => &[Acknowledgement, NotAccepted, InformalResolution],
        Standing::Investigated => &[
            ProgressUpdate,
            Extension,
            FurtherExtension,
            Stage1Response,
            NotAccepted,
            InformalResolution,
        ],
        Standing::Answered | Standing::Ended => &[AfterClosing, Closing, ProgressUpdate],
        Standing::Requested => &[EscalationAccepted, EscalationRefused, ProgressUpdate],
        Standing::Reviewed => &[
            ProgressUpdate,
            Extension,
            FurtherExtension,
            Stage2Response,
            NotAccepted,
            InformalResolution,
        ],
    }
}

/// A kind of finding.
pub(super) fn finding(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Unspecified => "",
        FindingKind::LongSentence => "Long sentence",
        FindingKind::BannedWords => "Words to avoid",
        FindingKind::ReadingAge => "Reading age",
        FindingKind::HardParagraph => "Hard to read",
    }
}
