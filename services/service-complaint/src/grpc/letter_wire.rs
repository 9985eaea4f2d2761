//! Letters in the contract's words.

use kit::Check;
use proto::service_complaint::v1 as pb;

use crate::app::{Drafted, Repeating};
use crate::domain::letter::faults::Fault;
use crate::domain::letter::plain::{Checked, Finding, FindingKind};
use crate::domain::letter::{Delivery, Kind, Picked, Words};
use crate::store::letters::{Draft, Letter};
use crate::store::paragraphs::Paragraph;
use crate::wire::{Said, same_words};

const MOST_PARAGRAPHS: usize = 20;

same_words!(Delivery, pb::Delivery, Email, Post);
same_words!(
    FindingKind,
    pb::FindingKind,
    LongSentence,
    BannedWords,
    ReadingAge,
    HardParagraph,
);

impl From<Kind> for pb::LetterKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Acknowledgement => Self::Acknowledgement,
            Kind::Extension => Self::Extension,
            Kind::FurtherExtension => Self::FurtherExtension,
            Kind::StageOneResponse => Self::Stage1Response,
            Kind::EscalationAccepted => Self::EscalationAccepted,
            Kind::EscalationRefused => Self::EscalationRefused,
            Kind::StageTwoResponse => Self::Stage2Response,
            Kind::NotAccepted => Self::NotAccepted,
            Kind::Closing => Self::Closing,
            Kind::AfterClosing => Self::AfterClosing,
            Kind::InformalResolution => Self::InformalResolution,
            Kind::ProgressUpdate => Self::ProgressUpdate,
        }
    }
}

impl Said<Kind> for pb::LetterKind {
    fn said(self) -> Option<Kind> {
        Kind::ALL.into_iter().find(|it| Self::from(*it) == self)
    }
}

/// A letter to send once more, checked.
pub(super) fn repeating(request: &pb::SendLetterAgainRequest) -> Result<Repeating, kit::Invalid> {
    let mut check = Check::new();
    let delivery = request.delivery().said();
    if delivery.is_none() {
        check.refuse("delivery", "Choose how it goes now", "REQUIRED");
    }
    let repeating = Repeating {
        id: check.uuid("request_id", &request.request_id),
        letter_id: check.uuid("letter_id", &request.letter_id),
        delivery: delivery.unwrap_or(Delivery::Post),
        address: match delivery {
            Some(Delivery::Email) => check.email("address", &request.address),
            _ => check.long_text("address", request.address.trim(), 1..=500),
        },
    };
    check.done()?;
    Ok(repeating)
}

/// What the writer gave, checked.
pub(super) fn words_said(check: &mut Check, words: pb::LetterWords) -> Words {
    let (exclusion, ground) = (words.exclusion().said(), words.ground().said());
    let pb::LetterWords {
        paragraphs,
        text,
        reason,
        signpost,
        exclusion: _,
        happened_on,
        summary,
        next_update_on,
        call_on,
        told_it_closes,
        ground: _,
    } = words;
    if paragraphs.len() > MOST_PARAGRAPHS {
        let sentence = format!("Pick {MOST_PARAGRAPHS} paragraphs or fewer");
        check.refuse("words.paragraphs", sentence, "TOO_MANY");
    }
    let paragraphs = paragraphs
        .iter()
        .take(MOST_PARAGRAPHS)
        .enumerate()
        .map(|(at, it)| Picked {
            paragraph_id: check.uuid(
                &format!("words.paragraphs[{at}].paragraph_id"),
                &it.paragraph_id,
            ),
            text: check.long_text(&format!("words.paragraphs[{at}].text"), &it.text, 0..=3_000),
        })
        .collect();
    Words {
        paragraphs,
        text: check.long_text("words.text", &text, 0..=10_000),
        reason: check.long_text("words.reason", &reason, 0..=5_000),
        signpost: check.long_text("words.signpost", &signpost, 0..=2_000),
        exclusion,
        ground,
        happened_on: check.optional_date("words.happened_on", &happened_on),
        summary: check.long_text("words.summary", &summary, 0..=5_000),
        next_update_on: check.optional_date("words.next_update_on", &next_update_on),
        call_on: check.optional_date("words.call_on", &call_on),
        told_it_closes,
    }
}

fn words(words: Words) -> pb::LetterWords {
    let Words {
        paragraphs,
        text,
        reason,
        signpost,
        exclusion,
        ground,
        happened_on,
        summary,
        next_update_on,
        call_on,
        told_it_closes,
    } = words;
    let ground = ground.map_or(pb::RefusalGround::Unspecified, Into::into);
    let exclusion = exclusion.map_or(pb::ExclusionReason::Unspecified, Into::into);
    pb::LetterWords {
        paragraphs: paragraphs
            .into_iter()
            .map(|Picked { paragraph_id, text }| pb::PickedParagraph {
                paragraph_id: paragraph_id.to_string(),
                text,
            })
            .collect(),
        text,
        reason,
        signpost,
        exclusion: exclusion.into(),
        happened_on: kit::time::iso_opt(happened_on),
        summary,
        next_update_on: kit::time::iso_opt(next_update_on),
        call_on: kit::time::iso_opt(call_on),
        told_it_closes,
        ground: ground.into(),
    }
}

/// A standard paragraph.
pub(super) fn paragraph(paragraph: Paragraph) -> pb::Paragraph {
    let Paragraph {
        id,
        topic,
        title,
        text,
        version,
        retired,
        changed_by,
        changed_at,
    } = paragraph;
    pb::Paragraph {
        id: id.to_string(),
        topic,
        title,
        text,
        version,
        retired,
        changed_by,
        changed_at: Some(kit::time::timestamp(changed_at)),
    }
}

/// A draft.
pub(super) fn draft(draft: Draft) -> pb::LetterDraft {
    let Draft {
        id,
        complaint_id,
        kind,
        words: given,
        version,
        changed_by,
        changed_at,
    } = draft;
    pb::LetterDraft {
        id: id.to_string(),
        complaint_id: complaint_id.to_string(),
        kind: pb::LetterKind::from(kind).into(),
        words: Some(words(given.0)),
        version,
        changed_by,
        changed_at: Some(kit::time::timestamp(changed_at)),
    }
}

/// A draft with the letter that it makes.
pub(super) fn drafted(drafted: Drafted) -> pb::DraftedLetter {
    let Drafted {
        draft: saved,
        complaint_version,
        subject,
        text,
        delivery,
        format,
        faults,
        refusal,
        checked: Checked {
            reading_age,
            findings,
        },
        pdf,
    } = drafted;
    // Where a missing part is the reason, the parts say it better.
    let refusal = refusal.filter(|_| faults.is_empty());
    pb::DraftedLetter {
        draft: Some(draft(saved)),
        complaint_version,
        subject,
        text,
        delivery: pb::Delivery::from(delivery).into(),
        format: pb::Format::from(format).into(),
        missing: faults
            .into_iter()
            .map(|Fault { field, part }| pb::LetterFault {
                field: field.to_owned(),
                part,
            })
            .collect(),
        refusal: refusal.map(|it| it.to_string()).unwrap_or_default(),
        findings: findings.into_iter().map(finding).collect(),
        reading_age: i32::try_from(reading_age).unwrap_or(i32::MAX),
        pdf: pdf.unwrap_or_default(),
    }
}

fn finding(finding: Finding) -> pb::Finding {
    let Finding {
        kind,
        at,
        passage,
        advice,
    } = finding;
    pb::Finding {
        kind: pb::FindingKind::from(kind).into(),
        start: i32::try_from(at.start).unwrap_or(i32::MAX),
        end: i32::try_from(at.end).unwrap_or(i32::MAX),
        passage,
        advice,
    }
}

/// A letter as it was sent.
pub(super) fn letter(letter: Letter) -> pb::Letter {
    let Letter {
        id,
        complaint_id,
        reference,
        kind,
        subject,
        text,
        html,
        pdf,
        format,
        delivery,
        addressee,
        address,
        findings,
        sent_name,
        sent_at,
        posted_at,
        posted_name,
        refused_at,
        words: _,
        repeats,
        can_be_repeated,
    } = letter;
    pb::Letter {
        id: id.to_string(),
        complaint_id: complaint_id.to_string(),
        reference,
        kind: pb::LetterKind::from(kind).into(),
        subject,
        text,
        html,
        pdf: pdf.unwrap_or_default(),
        format: pb::Format::from(format).into(),
        delivery: pb::Delivery::from(delivery).into(),
        addressee,
        address,
        sent_by: sent_name,
        sent_at: Some(kit::time::timestamp(sent_at)),
        findings: findings.0.into_iter().map(finding).collect(),
        posted_at: posted_at.map(kit::time::timestamp),
        posted_by: posted_name,
        refused_at: refused_at.map(kit::time::timestamp),
        repeats_id: repeats.map(|it| it.to_string()).unwrap_or_default(),
        can_be_repeated,
    }
}
