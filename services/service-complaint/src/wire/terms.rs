//! Single values: each of the domain and its value on the wire.

use proto::service_complaint::v1 as pb;

use crate::domain::approval::Matter;
use crate::domain::complaint::{Channel, ComplaintType, Format, OutcomeReply, UserKind};
use crate::domain::conflict::Interest;
use crate::domain::due::DueKind;
use crate::domain::exclusion::Reason;
use crate::domain::finding::Decision;
use crate::domain::lateness::{Cause, Promise as LateWith};
use crate::domain::note::NoteKind;
use crate::domain::policy::Stage;
use crate::domain::procedure::End;
use crate::domain::refusal::Ground;
use crate::domain::remedy::Level;
use crate::domain::telling;

/// Pairs each value of an enum of the domain with its value on the wire, both ways; what the wire leaves unsaid is `None`.
macro_rules! same_words {
    ($domain:ty, $wire:ty, $($value:ident),* $(,)?) => {
        impl From<$domain> for $wire {
            fn from(value: $domain) -> Self {
                match value {
                    $(<$domain>::$value => Self::$value,)*
                }
            }
        }

        impl Said<$domain> for $wire {
            fn said(self) -> Option<$domain> {
                match self {
                    Self::Unspecified => None,
                    $(Self::$value => Some(<$domain>::$value),)*
                }
            }
        }
    };
}

pub(crate) use same_words;

/// A value of the wire that may be left unsaid.
pub trait Said<T> {
    /// What was said, if anything.
    fn said(self) -> Option<T>;
}

same_words!(
    Channel,
    pb::Channel,
    Webform,
    Email,
    Telephone,
    Letter,
    Colleague
);
same_words!(
    UserKind,
    pb::ServiceUserKind,
    Resident,
    Representative,
    Landlord,
    Other
);
same_words!(
    DueKind,
    pb::DeadlineKind,
    Acknowledgement,
    Response,
    Action,
    OutcomeReply,
    ProgressUpdate,
    Correspondence,
    Telling,
);
same_words!(
    telling::Kind,
    pb::TellingKind,
    LetterRefused,
    ActionDone,
    ActionWithdrawn,
    ElementExcluded
);
same_words!(
    Interest,
    pb::Interest,
    KnowsPerson,
    KnowsColleague,
    OwnWork,
    Other
);
same_words!(
    Ground,
    pb::RefusalGround,
    NothingNew,
    TooLate,
    NoReview,
    Excluded
);
same_words!(
    ComplaintType,
    pb::ComplaintType,
    Process,
    Conduct,
    NoService,
    Quality
);
same_words!(
    Cause,
    pb::LatenessCause,
    Workload,
    AwaitingColleague,
    AwaitingPerson,
    Complexity,
    Oversight,
    System,
    Other,
);
same_words!(LateWith, pb::Promise, Acknowledgement, Response);
same_words!(Format, pb::Format, Email, Letter, LargePrint, EasyRead);
same_words!(Decision, pb::Decision, Upheld, PartiallyUpheld, NotUpheld);

impl From<NoteKind> for pb::NoteKind {
    fn from(kind: NoteKind) -> Self {
        match kind {
            NoteKind::Note => Self::Note,
            NoteKind::Evidence => Self::Evidence,
            NoteKind::Contact => Self::Contact,
        }
    }
}

impl Said<NoteKind> for pb::NoteKind {
    /// Correspondence is nothing that a colleague writes down.
    fn said(self) -> Option<NoteKind> {
        match self {
            Self::Unspecified | Self::Correspondence => None,
            Self::Note => Some(NoteKind::Note),
            Self::Evidence => Some(NoteKind::Evidence),
            Self::Contact => Some(NoteKind::Contact),
        }
    }
}

same_words!(
    Matter,
    pb::ApprovalMatter,
    FurtherExtension,
    BehaviourExclusion
);
same_words!(
    Level,
    pb::CompensationLevel,
    ServiceFailure,
    SeriousServiceFailure,
    SignificantImpact,
);
same_words!(
    Reason,
    pb::ExclusionReason,
    ConcludedBefore,
    TooLongAgo,
    NotCommissioned,
    AnotherBody,
    Decision,
    LegalProcess,
    DataProtection,
    SubjectAccess,
    Employment,
    CorporateServices,
    Behaviour,
);

/// The reply about an outcome; on the wire, nothing yet is what is unspecified.
#[must_use]
pub fn outcome_reply(reply: pb::OutcomeReply) -> OutcomeReply {
    match reply {
        pb::OutcomeReply::Unspecified => OutcomeReply::None,
        pb::OutcomeReply::Confirmed => OutcomeReply::Confirmed,
        pb::OutcomeReply::Corrected => OutcomeReply::Corrected,
        pb::OutcomeReply::NoReply => OutcomeReply::NoReply,
    }
}

/// The same, for the wire.
pub(super) fn replied(reply: OutcomeReply) -> pb::OutcomeReply {
    match reply {
        OutcomeReply::None => pb::OutcomeReply::Unspecified,
        OutcomeReply::Confirmed => pb::OutcomeReply::Confirmed,
        OutcomeReply::Corrected => pb::OutcomeReply::Corrected,
        OutcomeReply::NoReply => pb::OutcomeReply::NoReply,
    }
}

/// The standing's name in the database, for a filter.
#[must_use]
pub fn standing_filter(standing: pb::Standing) -> Option<&'static str> {
    match standing {
        pb::Standing::Unspecified => None,
        pb::Standing::Received => Some("received"),
        pb::Standing::Investigated => Some("investigated"),
        pb::Standing::Answered => Some("answered"),
        pb::Standing::Requested => Some("requested"),
        pb::Standing::Reviewed => Some("reviewed"),
        pb::Standing::Ended => Some("ended"),
    }
}

/// The number of a stage.
#[must_use]
pub fn stage(stage: Stage) -> i32 {
    match stage {
        Stage::One => 1,
        Stage::Two => 2,
    }
}

/// A decision, or none yet.
#[must_use]
pub fn decision(decision: Option<Decision>) -> pb::Decision {
    decision.map_or(pb::Decision::Unspecified, Into::into)
}

/// How it ended.
#[must_use]
pub fn ending_kind(how: &End) -> pb::EndingKind {
    match how {
        End::NotAccepted(_) => pb::EndingKind::NotAccepted,
        End::Informally(_) => pb::EndingKind::Informally,
        End::EscalationRejected(_) => pb::EndingKind::EscalationRejected,
        End::AtStageTwo(_) => pb::EndingKind::AtStage2,
    }
}
