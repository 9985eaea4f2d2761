//! Kinds of task, and what each asks of a landlord (TA-1).

use serde::{Deserialize, Serialize};

/// What kind of task it is. The numbers are those of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum Kind {
    /// Record complaint and update.
    RecordComplaint = 1,
    /// Escalate complaint and update.
    EscalateComplaint = 2,
    /// For information.
    ForInformation = 3,
    /// Respond to information/evidence request.
    RespondToRequest = 4,
    /// Confirm compliance.
    ConfirmCompliance = 5,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::RecordComplaint,
        Self::EscalateComplaint,
        Self::ForInformation,
        Self::RespondToRequest,
        Self::ConfirmCompliance,
    ];

    /// The kind in words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::RecordComplaint => "Record complaint and update",
            Self::EscalateComplaint => "Escalate complaint and update",
            Self::ForInformation => "For information",
            Self::RespondToRequest => "Respond to information/evidence request",
            Self::ConfirmCompliance => "Confirm compliance",
        }
    }

    /// What a landlord says by completing it. A task for information that was set elsewhere came without its letter.
    #[must_use]
    pub const fn completion(self, letter: bool) -> &'static str {
        match (self, letter) {
            (Self::ForInformation, true) => "I have read this letter",
            (Self::ForInformation, false) => "I have read this",
            (
                Self::RecordComplaint
                | Self::EscalateComplaint
                | Self::RespondToRequest
                | Self::ConfirmCompliance,
                _,
            ) => "Task completed",
        }
    }

    /// Whether it asks to read a letter or email and nothing else: it has one, and completing it says that it was read.
    #[must_use]
    pub const fn is_for_information(self) -> bool {
        matches!(self, Self::ForInformation)
    }

    /// What it asks of a landlord.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::RecordComplaint => {
                "Record the complaint in your complaints procedure, and send us an update with what supports it."
            }
            Self::EscalateComplaint => {
                "Take the complaint to the next stage of your complaints procedure, and send us an update."
            }
            Self::ForInformation => {
                "Read the letter or email that goes with this task. You don’t need to do anything else."
            }
            Self::RespondToRequest => {
                "Send us the information or evidence that we have asked for, or your answer about mediation."
            }
            Self::ConfirmCompliance => {
                "Show us that you have complied with the orders of our determination."
            }
        }
    }
}
