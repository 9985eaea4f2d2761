//! What an error means to the caller: what they may do, its stable name, and the field that it is about.

use std::time::Duration;

use kit::{Failure, Kind, Violation};

use super::{Error, reason};
use crate::domain::approval::ApprovalError;
use crate::domain::commentary::CommentaryError;
use crate::domain::conflict::ConflictError;
use crate::domain::exclusion::ExclusionError;
use crate::domain::learning::LessonError;
use crate::domain::letter::faults::Fault;
use crate::domain::monitoring::ActionError;
use crate::domain::outcome::AskedAgainError;
use crate::domain::point::PointError;
use crate::domain::procedure::ProcedureError;
use crate::domain::recommendation::RecommendationError;
use crate::domain::remedy::CompensationError;
use crate::domain::report::PeriodError;
use crate::domain::request::RequestError;
use crate::domain::response::ResponseError;
use crate::domain::telling::TellingError;
use crate::domain::theme::ThemeError;

/// What was typed wrongly can be typed anew; anything else the procedure does not have.
fn of_the_procedure(error: &ProcedureError) -> Kind {
    match error {
        ProcedureError::InTheFuture(_)
        | ProcedureError::Before(_)
        | ProcedureError::NoReason
        | ProcedureError::TooLong(_)
        | ProcedureError::AskedInTime(_)
        | ProcedureError::NoWords
        | ProcedureError::NoGround
        | ProcedureError::NoExclusion
        | ProcedureError::NoReasons => Kind::Invalid,
        _ => Kind::Refused,
    }
}

impl Failure for Error {
    #[expect(
        clippy::too_many_lines,
        reason = "a list with an entry for each error, which a reader goes through as one"
    )]
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_)
            | Self::Exclusion(_)
            | Self::RequestExclusion(_)
            | Self::Compensation(_)
            | Self::NoCorrection
            | Self::AskedAgain(_)
            | Self::NoRevisedDate
            | Self::Request(RequestError::InTheFuture(_) | RequestError::Before(_))
            | Self::RequestReceipt(_)
            | Self::Point(
                PointError::RaisedOutside(_) | PointError::ToldOutside(_) | PointError::Untold,
            )
            | Self::Placeholder(_)
            | Self::Telling(
                TellingError::InTheFuture(_) | TellingError::Before(_) | TellingError::NoProof,
            )
            | Self::Response(ResponseError::NoSummary)
            | Self::Period(_)
            | Self::Commentary(CommentaryError::NotBegun)
            | Self::NoSuchTheme
            | Self::Theme(ThemeError::BadTarget)
            | Self::NoSuchFigure
            | Self::MonthNotBegun
            | Self::Lesson(
                LessonError::DueInThePast
                | LessonError::InTheFuture(_)
                | LessonError::Before(_)
                | LessonError::NoComment,
            )
            | Self::Recommendation(
                RecommendationError::NoParts
                | RecommendationError::PartsOfNothing
                | RecommendationError::InTheFuture(_),
            )
            | Self::Action(
                ActionError::NoEvidence | ActionError::NoReason | ActionError::InTheFuture(_),
            ) => Kind::Invalid,
            Self::Procedure(error) | Self::Receipt(error) => of_the_procedure(error),
            Self::NoSuchComplaint
            | Self::NoSuchElement
            | Self::NoSuchRemedy
            | Self::NoSuchAction
            | Self::NoSuchApproval
            | Self::NoSuchDraft
            | Self::NoSuchLetterDraft
            | Self::NoSuchLetter
            | Self::NoSuchTelling
            | Self::NoSuchParagraph
            | Self::NoSuchLink
            | Self::NoSuchWebform
            | Self::NoSuchRequest
            | Self::NoSuchForm
            | Self::NoSuchLesson
            | Self::NoSuchRecommendation
            | Self::Recommendation(RecommendationError::NoSuchPart)
            | Self::NoSuchSample => Kind::NotFound,
            Self::TooManyAttempts { .. } => Kind::Exhausted,
            Self::Approval(ApprovalError::NotSenior)
            | Self::Conflict(ConflictError::Declared | ConflictError::NotSenior)
            | Self::NotAPerson => Kind::Forbidden,
            Self::Standing(_)
            | Self::Ended
            | Self::NotClosed
            | Self::NoSuchHandler
            | Self::NoSuchColleague
            | Self::NoSuchOwner
            | Self::NothingChanged
            | Self::ElementDecided
            | Self::Approval(ApprovalError::OwnRequest)
            | Self::Action(ActionError::Ledger(_))
            | Self::Response(_)
            | Self::NotCovered(_)
            | Self::AskedAlready
            | Self::DecidedAlready
            | Self::NoCase
            | Self::Promised
            | Self::ActionEnded
            | Self::OtherDraft
            | Self::LetterIncomplete(_)
            | Self::NotPlain(_)
            | Self::NoFit(_)
            | Self::NotForThePost
            | Self::PostedAlready
            | Self::LetterNotKept
            | Self::Telling(TellingError::ToldAlready)
            | Self::AlreadySent
            | Self::Incomplete
            | Self::Automated
            | Self::NoEmail
            | Self::NothingToSend
            | Self::Lateness(_)
            | Self::Lesson(_)
            | Self::NoLessonAsked
            | Self::Theme(_)
            | Self::Recommendation(_)
            | Self::Request(_)
            | Self::Point(_)
            | Self::Conflict(_)
            | Self::CountedBefore => Kind::Refused,
            Self::Stale | Self::Commentary(CommentaryError::Stale) => Kind::Stale,
            Self::RequestIdReused | Self::ThemeExists | Self::RecommendationExists => Kind::Exists,
            Self::FilesUnavailable(_) => Kind::Unavailable,
            Self::Loaded(_) | Self::Render(_) | Self::Archive(_) | Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::NoSuchComplaint => "NO_SUCH_COMPLAINT",
            Self::NoSuchElement => "NO_SUCH_ELEMENT",
            Self::NoSuchRemedy => "NO_SUCH_REMEDY",
            Self::NoSuchAction => "NO_SUCH_ACTION",
            Self::NoSuchApproval => "NO_SUCH_APPROVAL",
            Self::NoSuchHandler => "NO_SUCH_HANDLER",
            Self::NoSuchColleague => "NO_SUCH_COLLEAGUE",
            Self::NoSuchOwner => "NO_SUCH_OWNER",
            Self::NothingChanged => "NOTHING_CHANGED",
            Self::ElementDecided => "ELEMENT_DECIDED",
            Self::Standing(_) | Self::Ended | Self::NotClosed | Self::NoFit(_) => "WRONG_STANDING",
            Self::Procedure(error) | Self::Receipt(error) => reason::procedure(error),
            Self::Conflict(error) => reason::conflict(*error),
            Self::Exclusion(error) | Self::RequestExclusion(error) => reason::exclusion(error),
            Self::Approval(ApprovalError::OwnRequest) => "OWN_REQUEST",
            Self::Approval(ApprovalError::NotSenior) => "NOT_SENIOR",
            Self::Compensation(CompensationError::OutsideBand { .. }) => "OUTSIDE_BAND",
            Self::Compensation(CompensationError::AffectedAll) => "AFFECTED_ALL",
            Self::Compensation(CompensationError::OfferedAlready) => "COMPENSATION_OFFERED",
            Self::Compensation(CompensationError::OverTheHighest { .. }) => "OVER_THE_HIGHEST",
            Self::Action(ActionError::NoEvidence) => "NO_EVIDENCE",
            Self::Action(ActionError::NoReason) => "NO_REASON",
            Self::Action(ActionError::Ledger(error)) => reason::ledger(error),
            Self::Response(_) => "NOT_READY",
            Self::NotCovered(_) => "DATE_NOT_COVERED",
            Self::Lateness(error) => reason::lateness(error),
            Self::Lesson(error) => reason::lesson(error),
            Self::Recommendation(error) => reason::recommendation(error),
            Self::NoSuchRequest => "NO_SUCH_SERVICE_REQUEST",
            Self::NoSuchForm => "NO_SUCH_FORM",
            Self::Request(error) | Self::RequestReceipt(error) => reason::request(error),
            Self::Point(error) => reason::point(error),
            Self::Period(PeriodError::Backwards) => "BACKWARDS",
            Self::Period(PeriodError::TooLong) => "TOO_LONG",
            Self::Commentary(CommentaryError::NotBegun) => "PERIOD_NOT_BEGUN",
            Self::NoSuchLesson => "NO_SUCH_LESSON",
            Self::NoLessonAsked => "NO_LESSON_ASKED",
            Self::NoSuchTheme => "NO_SUCH_THEME",
            Self::Theme(ThemeError::TooMany) => "TOO_MANY_THEMES",
            Self::Theme(ThemeError::Retired) => "THEME_RETIRED",
            Self::Theme(ThemeError::InUse) => "THEME_IN_USE",
            Self::Theme(ThemeError::BadTarget) => "BAD_TARGET",
            Self::ThemeExists => "THEME_EXISTS",
            Self::NoSuchRecommendation => "NO_SUCH_RECOMMENDATION",
            Self::RecommendationExists => "RECOMMENDATION_EXISTS",
            Self::NoSuchFigure => "NO_SUCH_FIGURE",
            Self::NoSuchSample => "NO_SUCH_SAMPLE",
            Self::CountedBefore => "COUNTED_BEFORE",
            Self::Action(ActionError::InTheFuture(_)) | Self::MonthNotBegun => "IN_THE_FUTURE",
            Self::NoCorrection => "NO_CORRECTION",
            Self::AskedAgain(_) => "NOT_ASKED_AGAIN",
            Self::NoRevisedDate => "NO_REVISED_DATE",
            Self::AskedAlready => "ASKED_ALREADY",
            Self::DecidedAlready => "DECIDED_ALREADY",
            Self::NoCase => "NO_CASE",
            Self::Promised => "PROMISED",
            Self::ActionEnded => "ACTION_ENDED",
            Self::NotAPerson => "NOT_A_PERSON",
            Self::NoSuchDraft => "NO_SUCH_DRAFT",
            Self::NoSuchLetterDraft => "NO_SUCH_LETTER_DRAFT",
            Self::NoSuchLetter => "NO_SUCH_LETTER",
            Self::NoSuchParagraph => "NO_SUCH_PARAGRAPH",
            Self::OtherDraft => "OTHER_DRAFT",
            Self::LetterIncomplete(_) => "LETTER_INCOMPLETE",
            Self::NotPlain(_) => "NOT_PLAIN",
            Self::NotForThePost => "NOT_FOR_THE_POST",
            Self::PostedAlready => "POSTED_ALREADY",
            Self::LetterNotKept => "LETTER_NOT_KEPT",
            Self::NoSuchTelling => "NO_SUCH_TELLING",
            Self::Telling(error) => match error {
                TellingError::ToldAlready => "TOLD_ALREADY",
                TellingError::InTheFuture(_) => "IN_THE_FUTURE",
                TellingError::Before(_) => "TOO_EARLY",
                TellingError::NoProof => "NO_PROOF",
            },
            Self::Placeholder(_) => "BAD_PLACEHOLDER",
            Self::NoSuchLink => "NO_SUCH_LINK",
            Self::NoSuchWebform => "NO_SUCH_WEBFORM",
            Self::AlreadySent => "ALREADY_SENT",
            Self::Incomplete => "INCOMPLETE",
            Self::Automated => "AUTOMATED",
            Self::TooManyAttempts { .. } => "TOO_MANY_ATTEMPTS",
            Self::NoEmail => "NO_EMAIL",
            Self::NothingToSend => "NOTHING_TO_SEND",
            Self::Stale | Self::Commentary(CommentaryError::Stale) => "STALE",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::FilesUnavailable(_) => "FILES_UNAVAILABLE",
            Self::Loaded(_) | Self::Render(_) | Self::Archive(_) | Self::Db(_) => "INTERNAL",
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyAttempts { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::Invalid(invalid) => return invalid.violations(),
            Self::Receipt(ProcedureError::InTheFuture(_)) | Self::RequestReceipt(_) => {
                "received_on"
            }
            Self::Point(PointError::RaisedOutside(_)) => "raised_on",
            Self::Point(PointError::ToldOutside(_)) => "told_on",
            Self::Point(PointError::Untold) => "told_how",
            Self::Procedure(ProcedureError::InTheFuture(_) | ProcedureError::Before(_))
            | Self::Request(RequestError::InTheFuture(_) | RequestError::Before(_))
            | Self::Lesson(LessonError::InTheFuture(_) | LessonError::Before(_))
            | Self::Recommendation(RecommendationError::InTheFuture(_))
            | Self::Action(ActionError::InTheFuture(_))
            | Self::Telling(TellingError::InTheFuture(_) | TellingError::Before(_)) => "on",
            Self::Telling(TellingError::NoProof) => "proof",
            Self::Procedure(ProcedureError::NoReason | ProcedureError::NoWords)
            | Self::Action(ActionError::NoReason)
            | Self::Exclusion(ExclusionError::NeedsApproval)
            | Self::RequestExclusion(ExclusionError::NoDetails)
            | Self::CountedBefore => "reason",
            Self::Procedure(ProcedureError::TooLong(_)) => "working_days",
            Self::Procedure(ProcedureError::AskedInTime(_) | ProcedureError::NoGround) => "ground",
            Self::Procedure(ProcedureError::NoExclusion)
            | Self::RequestExclusion(ExclusionError::NeedsApproval) => "exclusion",
            Self::Procedure(ProcedureError::NoReasons) => "reasons",
            Self::Exclusion(ExclusionError::NoDetails) => "details",
            Self::Exclusion(ExclusionError::NoSignpost)
            | Self::RequestExclusion(ExclusionError::NoSignpost) => "signpost",
            Self::Exclusion(ExclusionError::NoDate | ExclusionError::NotTooLongAgo(_))
            | Self::RequestExclusion(ExclusionError::NoDate | ExclusionError::NotTooLongAgo(_)) => {
                "happened_on"
            }
            Self::Compensation(CompensationError::AffectedAll) => "affected_all",
            Self::Compensation(_) => "remedy.pounds",
            Self::Action(ActionError::NoEvidence) => "evidence",
            Self::Response(ResponseError::NoSummary) => "summary",
            Self::Lesson(LessonError::DueInThePast) => "due_on",
            Self::Lesson(LessonError::NoComment) => "comment",
            Self::Recommendation(
                RecommendationError::NoParts | RecommendationError::PartsOfNothing,
            ) => "parts",
            Self::Period(_) => "to",
            Self::NoSuchTheme | Self::Theme(ThemeError::Retired) => "theme_id",
            Self::Theme(ThemeError::BadTarget) => "merge_into",
            Self::ThemeExists => "id",
            Self::NoSuchFigure => "figure",
            Self::MonthNotBegun => "month",
            Self::NoCorrection => "desired_outcome",
            Self::AskedAgain(AskedAgainError::NoProof) => "asked_again_proof",
            Self::AskedAgain(_) => "asked_again_on",
            Self::NoRevisedDate => "until",
            Self::Placeholder(_) | Self::Commentary(CommentaryError::NotBegun) => "text",
            Self::NotPlain(_) => "findings_confirmed",
            Self::LetterIncomplete(faults) => return faults.iter().map(violation).collect(),
            _ => return Vec::new(),
        };
        vec![Violation {
            field: field.to_owned(),
            description: self.to_string(),
            reason: self.reason(),
        }]
    }
}

/// A part that is missing, at the field of the words that gives it; at the draft when it comes from the complaint.
fn violation(fault: &Fault) -> Violation {
    let field = match fault.field {
        "" => "draft_id".to_owned(),
        field => format!("words.{field}"),
    };
    Violation {
        field,
        description: fault.part.clone(),
        reason: "MISSING",
    }
}
