//! The stable names of what the domain refuses, as the contract gives them to callers.

use calendar::LedgerError;

use crate::domain::conflict::ConflictError;
use crate::domain::exclusion::ExclusionError;
use crate::domain::lateness::LatenessError;
use crate::domain::learning::LessonError;
use crate::domain::point::PointError;
use crate::domain::procedure::ProcedureError;
use crate::domain::recommendation::RecommendationError;
use crate::domain::request::RequestError;

pub(super) fn conflict(error: ConflictError) -> &'static str {
    match error {
        ConflictError::Declared => "CONFLICT_DECLARED",
        ConflictError::OfColleague => "CONFLICT_OF_COLLEAGUE",
        ConflictError::NotSenior => "NOT_SENIOR",
        ConflictError::NotHandedOn => "NOT_HANDED_ON",
    }
}

pub(super) fn exclusion(error: &ExclusionError) -> &'static str {
    match error {
        ExclusionError::NoDetails => "NO_DETAILS",
        ExclusionError::NoSignpost => "NO_SIGNPOST",
        ExclusionError::NoDate => "NO_DATE",
        ExclusionError::NotTooLongAgo(_) => "NOT_TOO_LONG_AGO",
        ExclusionError::NeedsApproval => "NEEDS_APPROVAL",
    }
}

pub(super) fn lateness(error: &LatenessError) -> &'static str {
    match error {
        LatenessError::NotLate(_) => "NOT_LATE",
        LatenessError::ExplainedBefore => "EXPLAINED_BEFORE",
        LatenessError::Unexplained(..) => "LATENESS_UNEXPLAINED",
    }
}

pub(super) fn lesson(error: &LessonError) -> &'static str {
    match error {
        LessonError::DueInThePast => "IN_THE_PAST",
        LessonError::InTheFuture(_) => "IN_THE_FUTURE",
        LessonError::Before(_) => "TOO_EARLY",
        LessonError::DoneBefore => "DONE_BEFORE",
        LessonError::NotDone => "NOT_DONE",
        LessonError::SignedOffBefore => "SIGNED_OFF_BEFORE",
        LessonError::OwnLesson => "OWN_LESSON",
        LessonError::NoComment => "NO_COMMENT",
    }
}

pub(super) fn recommendation(error: &RecommendationError) -> &'static str {
    match error {
        RecommendationError::RespondedBefore => "RESPONDED_BEFORE",
        RecommendationError::NoParts => "NO_PARTS",
        RecommendationError::PartsOfNothing => "PARTS_OF_NOTHING",
        RecommendationError::NoSuchPart => "NO_SUCH_PART",
        RecommendationError::DoneBefore => "DONE_BEFORE",
        RecommendationError::InTheFuture(_) => "IN_THE_FUTURE",
    }
}

pub(super) fn request(error: &RequestError) -> &'static str {
    match error {
        RequestError::InTheFuture(_) => "IN_THE_FUTURE",
        RequestError::Before(_) => "TOO_EARLY",
        RequestError::Answered => "REQUEST_CLOSED",
        RequestError::BecameComplaint => "BECAME_COMPLAINT",
    }
}

pub(super) fn point(error: &PointError) -> &'static str {
    match error {
        PointError::RaisedOutside(_) => "RAISED_OUTSIDE",
        PointError::ToldOutside(_) => "TOLD_OUTSIDE",
        PointError::Untold => "NOT_TOLD",
        PointError::NewAtStageTwo => "NEW_POINT_AT_STAGE_2",
    }
}

pub(super) fn procedure(error: &ProcedureError) -> &'static str {
    match error {
        ProcedureError::InTheFuture(_) => "IN_THE_FUTURE",
        ProcedureError::Before(_) => "TOO_EARLY",
        ProcedureError::NotReady(_) => "NOT_READY",
        ProcedureError::NotReadyForCall(_) => "NOT_ASKED",
        ProcedureError::NoReason => "NO_REASON",
        ProcedureError::TooLong(_) => "TOO_LONG",
        ProcedureError::ExtendedBefore => "EXTENDED_BEFORE",
        ProcedureError::NotExtendedBefore(_) => "NOT_EXTENDED_BEFORE",
        ProcedureError::Overdue(_) => "OVERDUE",
        ProcedureError::OtherApproval => "OTHER_APPROVAL",
        ProcedureError::Untold => "UNTOLD",
        ProcedureError::NotToldItCloses => "NOT_TOLD_IT_CLOSES",
        ProcedureError::NoReasons => "NO_REASONS",
        ProcedureError::WindowClosed(_) => "WINDOW_CLOSED",
        ProcedureError::AskedInTime(_) => "ASKED_IN_TIME",
        ProcedureError::NoWords => "NO_WORDS",
        ProcedureError::NoGround => "NO_GROUND",
        ProcedureError::NoExclusion => "NO_EXCLUSION",
        ProcedureError::AskedBefore => "ASKED_BEFORE",
        ProcedureError::InvolvedBefore => "INVOLVED_BEFORE",
        ProcedureError::Ledger(error) => ledger(error),
    }
}

pub(super) fn ledger(error: &LedgerError) -> &'static str {
    match error {
        LedgerError::NotCovered(_) => "DATE_NOT_COVERED",
        _ => "LEDGER_REFUSED",
    }
}
