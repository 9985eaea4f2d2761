//! Why a step of the procedure is refused.

use calendar::LedgerError;
use chrono::NaiveDate;

/// Why a step of the procedure is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureError {
    /// A day that has not come.
    #[error("{0} has not come yet")]
    InTheFuture(NaiveDate),
    /// A step before the one that it follows.
    #[error("it can't be before {0}")]
    Before(NaiveDate),
    /// What must be recorded before the acknowledgement is not (3.2, 4.1).
    #[error("it can't be acknowledged without {}", .0.join(", "))]
    NotReady(Vec<&'static str>),
    /// What must be recorded before a call closes it is not (3.2).
    #[error("a call can't close it without {}", .0.join(", "))]
    NotReadyForCall(Vec<&'static str>),
    /// An extension without a reason.
    #[error("say why more time is needed, so that the person can be told")]
    NoReason,
    /// An extension longer than the investigator may give (4.3, 4.16).
    #[error("an extension is {0} working days at the most")]
    TooLong(u32),
    /// A second extension by the investigator (4.4, 4.17).
    #[error("it was extended before; a senior colleague approves any more time")]
    ExtendedBefore,
    /// More time after the promise was missed: an extension is given while there is time (4.3, 4.4, 4.16, 4.17).
    #[error(
        "it was due on {0}, and no extension can make that in time; tell the person how it stands"
    )]
    Overdue(NaiveDate),
    /// More time by approval before the ordinary extension was used (4.4, 4.17).
    #[error(
        "extend it by up to {0} working days first; a senior colleague approves what goes beyond"
    )]
    NotExtendedBefore(u32),
    /// An approval of something else.
    #[error("the approval is for something else")]
    OtherApproval,
    /// The person would not have heard of an extension before the response (4.3, 4.4, 4.16).
    #[error("the person has not been told of the extension")]
    Untold,
    /// The person was not told that a call closes the complaint (37.1).
    #[error("tell the person that the call closes the complaint, and record that you did")]
    NotToldItCloses,
    /// An escalation without reasons (4.10).
    #[error("say why the person disagrees with the stage 1 response")]
    NoReasons,
    /// The four weeks are over, and nothing says why the request is considered (4.12).
    #[error("the 4 weeks ended on {0}; say why the request is considered all the same")]
    WindowClosed(NaiveDate),
    /// A request that is said to be too late, and came in the four weeks (4.12).
    #[error("it came within the 4 weeks, which ended on {0}")]
    AskedInTime(NaiveDate),
    /// A refusal without words about the request (4.14).
    #[error("say why it is refused, so that the person can be told")]
    NoWords,
    /// A refusal on none of the policy's grounds (4.12 to 4.14).
    #[error("choose the ground on which it is refused")]
    NoGround,
    /// What is refused as excluded and for no reason of the policy, or the other way round (2.5).
    #[error("choose why the policy excludes it, if that is the ground")]
    NoExclusion,
    /// A second request for stage 2; what the first became is a complaint of its own (4.13).
    #[error("stage 2 was asked for before, and that request became a new complaint")]
    AskedBefore,
    /// Somebody who worked on stage 1 can't review it (4.15).
    #[error("stage 2 goes to a colleague who had no part in stage 1")]
    InvolvedBefore,
    /// A ledger refused an entry.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
