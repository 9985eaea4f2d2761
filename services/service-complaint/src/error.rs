//! Everything that can go wrong with a complaint, and what it means to the caller.

mod reason;

use std::time::Duration;

use kit::{Failure, Kind, Violation};

use crate::archive::ArchiveError;
use crate::domain::approval::ApprovalError;
use crate::domain::complaint::WrongStanding;
use crate::domain::exclusion::ExclusionError;
use crate::domain::lateness::LatenessError;
use crate::domain::learning::LessonError;
use crate::domain::letter::faults::Fault;
use crate::domain::letter::paragraph::PlaceholderError;
use crate::domain::monitoring::ActionError;
use crate::domain::point::PointError;
use crate::domain::procedure::ProcedureError;
use crate::domain::recommendation::RecommendationError;
use crate::domain::remedy::CompensationError;
use crate::domain::report::PeriodError;
use crate::domain::request::RequestError;
use crate::domain::response::ResponseError;
use crate::domain::telling::TellingError;
use crate::domain::theme::ThemeError;
use crate::render::RenderError;
use crate::store::Loaded;

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field is wrong.
    #[error(transparent)]
    Invalid(#[from] kit::Invalid),
    /// There is no such complaint.
    #[error("there is no such complaint")]
    NoSuchComplaint,
    /// The complaint has no such element at the present stage.
    #[error("there is no such element at the present stage")]
    NoSuchElement,
    /// The complaint has no such remedy at the present stage.
    #[error("there is no such remedy at the present stage")]
    NoSuchRemedy,
    /// The complaint has no such action.
    #[error("there is no such action")]
    NoSuchAction,
    /// The account is of nobody who can be given a complaint (1.8).
    #[error("choose an active colleague of Customer Insight")]
    NoSuchHandler,
    /// The account is of nobody who can be accountable for an action (4.29).
    #[error("choose an active member of staff")]
    NoSuchOwner,
    /// A correction of nothing.
    #[error("nothing was changed")]
    NothingChanged,
    /// An element whose words the person was, or is to be, told.
    #[error("the element is decided, and keeps its words")]
    ElementDecided,
    /// The complaint has no such request to a senior colleague.
    #[error("there is no such request")]
    NoSuchApproval,
    /// The present standing has no such step.
    #[error(transparent)]
    Standing(#[from] WrongStanding),
    /// The procedure is over.
    #[error("it has ended")]
    Ended,
    /// What is only done with a closed complaint.
    #[error("it is not closed")]
    NotClosed,
    /// A rule of the procedure is against it.
    #[error(transparent)]
    Procedure(#[from] ProcedureError),
    /// A rule is against the receipt, whose date is a field of its own.
    #[error(transparent)]
    Receipt(ProcedureError),
    /// An exclusion is refused.
    #[error(transparent)]
    Exclusion(#[from] ExclusionError),
    /// An approval is refused.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// Compensation is refused.
    #[error(transparent)]
    Compensation(#[from] CompensationError),
    /// An action is refused.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// A response lacks a part.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The reason for a lateness is refused, or missing.
    #[error(transparent)]
    Lateness(#[from] LatenessError),
    /// A step of a lesson is refused.
    #[error(transparent)]
    Lesson(#[from] LessonError),
    /// A step of a recommendation is refused.
    #[error(transparent)]
    Recommendation(#[from] RecommendationError),
    /// There is no report of the period.
    #[error(transparent)]
    Period(#[from] PeriodError),
    /// There is no such lesson.
    #[error("there is no such lesson")]
    NoSuchLesson,
    /// There is no such theme.
    #[error("there is no such theme")]
    NoSuchTheme,
    /// A step of a theme is refused.
    #[error(transparent)]
    Theme(#[from] ThemeError),
    /// There is a theme of that id.
    #[error("there is a theme of that id already")]
    ThemeExists,
    /// There is no such recommendation.
    #[error("there is no such recommendation")]
    NoSuchRecommendation,
    /// The report has a recommendation of that number.
    #[error("the report has a recommendation of that number already")]
    RecommendationExists,
    /// There is no such figure.
    #[error("there is no such figure")]
    NoSuchFigure,
    /// There is no such sample.
    #[error("there is no such sample")]
    NoSuchSample,
    /// A month was counted, and nothing says why the count is another.
    #[error("this month was counted before; say why the count is corrected")]
    CountedBefore,
    /// A month that has not begun.
    #[error("this month has not begun")]
    MonthNotBegun,
    /// A corrected outcome that says nothing.
    #[error("say which outcome the person seeks")]
    NoCorrection,
    /// The person had no time yet to say anything to the desired outcome (44.1).
    #[error("the person heard of it today; say on a later day that there was no reply")]
    NoTimeToReply,
    /// A request for more time without a revised date (4.4, 4.17).
    #[error("say until when")]
    NoRevisedDate,
    /// The same was asked before and waits.
    #[error("a senior colleague was asked already")]
    AskedAlready,
    /// It was decided.
    #[error("it was decided already")]
    DecidedAlready,
    /// A risk review of no case (37.4).
    #[error("the complaint is about no case, so there is no risk assessment to review")]
    NoCase,
    /// A remedy that somebody is to deliver.
    #[error("an action delivers this remedy; withdraw that first")]
    Promised,
    /// Something that only a person does.
    #[error("only a person can do this")]
    NotAPerson,
    /// There is no such draft.
    #[error("there is no such draft")]
    NoSuchDraft,
    /// There is no such letter.
    #[error("there is no such letter")]
    NoSuchLetter,
    /// There is no such standard paragraph.
    #[error("there is no such standard paragraph")]
    NoSuchParagraph,
    /// A draft stays with its complaint and its kind.
    #[error("a draft stays with its complaint and its kind; start another one")]
    OtherDraft,
    /// A letter lacks what it must hold, part by part (4.1, 4.7, 4.18).
    #[error("the letter can't be sent without {}", .0.iter().map(|it| it.part.as_str()).collect::<Vec<_>>().join("; "))]
    LetterIncomplete(Vec<Fault>),
    /// A letter holds what is not plain English, and the sender has not confirmed it.
    #[error(
        "the letter is not plain English in {0} place(s); mend it, or confirm that you send it all the same"
    )]
    NotPlain(usize),
    /// A letter of this kind is not sent to a complaint in this standing.
    #[error("this letter does not fit: the complaint is {0}")]
    NoFit(&'static str),
    /// A letter can't be put on paper.
    #[error("the letter could not be put on paper")]
    Render(#[from] RenderError),
    /// An archive could not be written.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The letter goes by email.
    #[error("the letter goes by email")]
    NotForThePost,
    /// The letter is from before what letters are made of was kept.
    #[error(
        "what this letter is made of was not kept; tell the person in another way, and record how"
    )]
    LetterNotKept,
    /// There is nothing of that id that the person is to be told.
    #[error("there is no such thing to tell")]
    NoSuchTelling,
    /// It is refused that the person was told.
    #[error(transparent)]
    Telling(#[from] TellingError),
    /// The letter went to the post before.
    #[error("it went to the post before")]
    PostedAlready,
    /// A placeholder that is not whole.
    #[error(transparent)]
    Placeholder(#[from] PlaceholderError),
    /// Someone else changed it first.
    #[error("the complaint was changed meanwhile")]
    Stale,
    /// The request id was used for another complaint.
    #[error("the request id was used for another complaint")]
    RequestIdReused,
    /// What was stored makes no complaint.
    #[error("a stored complaint can't be read")]
    Loaded(#[source] Loaded),
    /// A date is in a year without published bank holidays.
    #[error(transparent)]
    NotCovered(#[from] calendar::NotCovered),
    /// There is no such service request.
    #[error("there is no such service request")]
    NoSuchRequest,
    /// A step of a service request is refused.
    #[error(transparent)]
    Request(RequestError),
    /// The date of a service request, or of the complaint that it became, is refused.
    #[error(transparent)]
    RequestReceipt(RequestError),
    /// A point that was raised during an investigation is refused.
    #[error(transparent)]
    Point(#[from] PointError),
    /// The form of a service request was begun too long ago, or elsewhere.
    #[error("the form was opened too long ago; open it again")]
    NoSuchForm,
    /// There is no such form, or it is kept no longer.
    #[error("there is no such form")]
    NoSuchLetterDraft,
    /// There is no such link, or it works no longer.
    #[error("there is no such link")]
    NoSuchLink,
    /// The complaint came another way.
    #[error("the complaint did not come by the form")]
    NoSuchWebform,
    /// The form was sent.
    #[error("the complaint was sent already")]
    AlreadySent,
    /// A page of the form is not answered.
    #[error("a page of the form is not answered")]
    Incomplete,
    /// The form was filled in as only a program does.
    #[error("the form was filled in as only a program does")]
    Automated,
    /// Too much comes from one network address.
    #[error("there were too many requests from this address")]
    TooManyAttempts {
        /// When counting starts anew.
        retry_after: Duration,
    },
    /// No email address of the person is known.
    #[error("no email address is known")]
    NoEmail,
    /// Nobody waits for the email any more.
    #[error("there is nothing to send any more")]
    NothingToSend,
    /// The database failed.
    #[error("the database failed")]
    Db(#[from] sqlx::Error),
}

impl From<Loaded> for Error {
    fn from(error: Loaded) -> Self {
        match error {
            Loaded::Db(error) => Self::Db(error),
            other => Self::Loaded(other),
        }
    }
}

/// What was typed wrongly can be typed anew; anything else the procedure does not have.
fn of_the_procedure(error: &ProcedureError) -> Kind {
    match error {
        ProcedureError::InTheFuture(_)
        | ProcedureError::Before(_)
        | ProcedureError::NoReason
        | ProcedureError::TooLong(_)
        | ProcedureError::NoReasons => Kind::Invalid,
        _ => Kind::Refused,
    }
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_)
            | Self::Exclusion(_)
            | Self::Compensation(_)
            | Self::NoCorrection
            | Self::NoTimeToReply
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
            Self::Approval(ApprovalError::NotSenior) | Self::NotAPerson => Kind::Forbidden,
            Self::Standing(_)
            | Self::Ended
            | Self::NotClosed
            | Self::NoSuchHandler
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
            | Self::Theme(_)
            | Self::Recommendation(_)
            | Self::Request(_)
            | Self::Point(_)
            | Self::CountedBefore => Kind::Refused,
            Self::Stale => Kind::Stale,
            Self::RequestIdReused | Self::ThemeExists | Self::RecommendationExists => Kind::Exists,
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
            Self::NoSuchOwner => "NO_SUCH_OWNER",
            Self::NothingChanged => "NOTHING_CHANGED",
            Self::ElementDecided => "ELEMENT_DECIDED",
            Self::Standing(_) | Self::Ended | Self::NotClosed | Self::NoFit(_) => "WRONG_STANDING",
            Self::Procedure(error) | Self::Receipt(error) => reason::procedure(error),
            Self::Exclusion(error) => reason::exclusion(error),
            Self::Approval(ApprovalError::OwnRequest) => "OWN_REQUEST",
            Self::Approval(ApprovalError::NotSenior) => "NOT_SENIOR",
            Self::Compensation(CompensationError::OutsideBand { .. }) => "OUTSIDE_BAND",
            Self::Compensation(CompensationError::AffectedAll) => "AFFECTED_ALL",
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
            Self::NoSuchLesson => "NO_SUCH_LESSON",
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
            Self::NoTimeToReply => "NO_TIME_TO_REPLY",
            Self::NoRevisedDate => "NO_REVISED_DATE",
            Self::AskedAlready => "ASKED_ALREADY",
            Self::DecidedAlready => "DECIDED_ALREADY",
            Self::NoCase => "NO_CASE",
            Self::Promised => "PROMISED",
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
            Self::Stale => "STALE",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
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
            Self::Procedure(ProcedureError::NoReason)
            | Self::Action(ActionError::NoReason)
            | Self::Exclusion(ExclusionError::NeedsApproval)
            | Self::CountedBefore => "reason",
            Self::Procedure(ProcedureError::TooLong(_)) => "working_days",
            Self::Procedure(ProcedureError::NoReasons) => "reasons",
            Self::Exclusion(ExclusionError::NoDetails) => "details",
            Self::Exclusion(ExclusionError::NoSignpost) => "signpost",
            Self::Exclusion(ExclusionError::NoDate | ExclusionError::NotTooLongAgo(_)) => {
                "happened_on"
            }
            Self::Compensation(CompensationError::OutsideBand { .. }) => "remedy.pounds",
            Self::Compensation(CompensationError::AffectedAll) => "affected_all",
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
            Self::NoTimeToReply => "reply",
            Self::NoRevisedDate => "until",
            Self::Placeholder(_) => "text",
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
