//! The policy's numbers, each with its paragraph.

use calendar::{Rule, Timescale};

/// Calendar days after the stage 1 response within which stage 2 can be asked for: 4 weeks (4.12).
pub const ESCALATION_WINDOW: u32 = 28;
/// Calendar days after the closing within which correspondence is still answered: 4 weeks (4.21).
pub const AFTER_CLOSING: u32 = 28;
/// Working days within which correspondence after the closing is acknowledged. The policy says that it is (4.21), and not when; this is the time
/// of every other acknowledgement (4.1, 4.15).
pub const CORRESPONDENCE_DAYS: u32 = 5;
/// Months after which an issue is too old to be investigated (2.6).
pub const OLDEST_ISSUE_MONTHS: u32 = 12;

/// Working days after the acknowledgement until the person is asked again which outcome they seek (44.1). The reviewer asks for a follow-up and
/// names no time; this is half the time that the response has.
pub const OUTCOME_REPLY_DAYS: u32 = 5;
/// Working days between updates while a response has more time than the ordinary extension or is overdue, or an action is open after it. The policy says "regular
/// updates" (4.4, 4.17) and "kept informed" (4.9, 4.19); this is the time that stage 1 has.
pub const UPDATE_EVERY: u32 = 10;
/// Working days between reviews of a service request that is open. The policy says "reviewed regularly" (2.3); this is the same time.
pub const REVIEW_EVERY: u32 = 10;
/// Working days within which the person is told of what has no time of its own: that a point is not investigated, "at the earliest opportunity" (4.6),
/// that an action is done (4.9, 4.19), of an extension (4.3, 4.16), that a response is overdue (3.4), and what stood in a letter that did not reach them. The policy names no number; this is the shortest in which a
/// letter can be written and looked at.
pub const TELL_WITHIN: u32 = 2;
/// Working days after a due date until the Customer Insight manager is told that it passed (4.30).
pub const ESCALATE_AFTER: u32 = 2;

/// A stage of the procedure (3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Stage {
    /// The investigation.
    One,
    /// The review of it.
    Two,
}

impl Stage {
    /// Within five working days of the complaint, or of the request to escalate it (4.1, 4.15).
    #[must_use]
    pub fn acknowledgement(self) -> Rule {
        let paragraph = match self {
            Self::One => "SC-4 acknowledgement (4.1)",
            Self::Two => "SC-8 acknowledgement (4.15)",
        };
        Rule {
            id: paragraph.to_owned(),
            timescale: Timescale::WorkingDays(5),
        }
    }

    /// Within ten or twenty working days of the acknowledgement (4.3, 4.16).
    #[must_use]
    pub fn response(self) -> Rule {
        let (paragraph, days) = match self {
            Self::One => ("SC-4 response (4.3)", 10),
            Self::Two => ("SC-8 response (4.16)", 20),
        };
        Rule {
            id: paragraph.to_owned(),
            timescale: Timescale::WorkingDays(days),
        }
    }

    /// The most working days by which an investigator extends a response, once (4.3, 4.16).
    #[must_use]
    pub fn longest_extension(self) -> u32 {
        match self {
            Self::One => 10,
            Self::Two => 20,
        }
    }
}

/// Stage 1, as a type: what only it has are methods of `Investigation<One>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct One;

/// Stage 2, as a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Two;

/// A stage as a type.
pub trait Numbered {
    /// Which one.
    const STAGE: Stage;
}

impl Numbered for One {
    const STAGE: Stage = Stage::One;
}

impl Numbered for Two {
    const STAGE: Stage = Stage::Two;
}
