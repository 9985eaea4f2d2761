//! Everything that can go wrong with a complaint, and what it means to the caller.

mod meaning;
mod reason;

use std::time::Duration;

use crate::archive::ArchiveError;
use crate::domain::approval::ApprovalError;
use crate::domain::commentary::CommentaryError;
use crate::domain::complaint::WrongStanding;
use crate::domain::conflict::ConflictError;
use crate::domain::exclusion::ExclusionError;
use crate::domain::lateness::LatenessError;
use crate::domain::learning::LessonError;
use crate::domain::letter::faults::Fault;
use crate::domain::letter::paragraph::PlaceholderError;
use crate::domain::letter::plain::Finding;
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
    /// The account is of no colleague (3.4).
    #[error("choose a colleague")]
    NoSuchColleague,
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
    /// A conflict of interest is against it (3.4).
    #[error(transparent)]
    Conflict(#[from] ConflictError),
    /// An exclusion is refused.
    #[error(transparent)]
    Exclusion(#[from] ExclusionError),
    /// An exclusion that turns a request for stage 2 down is refused; why the policy excludes it is a field of its own there.
    #[error(transparent)]
    RequestExclusion(ExclusionError),
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
    /// What is said of a period is refused.
    #[error(transparent)]
    Commentary(#[from] CommentaryError),
    /// There is no such lesson.
    #[error("there is no such lesson")]
    NoSuchLesson,
    /// A complaint that was not upheld, or of which it is said what was learned (6.2).
    #[error(
        "no lesson is asked for: it was not upheld, or one is recorded, or it was said why there is none"
    )]
    NoLessonAsked,
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
    /// The person was not asked again, or had no time to reply (44.1).
    #[error(transparent)]
    AskedAgain(#[from] AskedAgainError),
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
    /// Nothing keeps anybody from what is done or no longer needed.
    #[error("the action has ended")]
    ActionEnded,
    /// Document did not say which files came with a complaint, or did not give them whole.
    #[error("the files of complaints can't be had at the moment")]
    FilesUnavailable(#[source] tonic::Status),
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
        "it is not plain English in {} place(s); mend it, or confirm that you send it all the same: {}",
        .0.len(),
        .0.iter().map(Finding::sentence).collect::<Vec<_>>().join(" ")
    )]
    NotPlain(Vec<Finding>),
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
