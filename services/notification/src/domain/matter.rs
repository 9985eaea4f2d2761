//! What an email or a notice is about.

/// What an email or a notice is about. It chooses the words and says how urgent they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Matter {
    /// The code of a log-in (ID-4).
    LoginCode,
    /// A link to set a password, for who forgot it (ID-3).
    ResetForgotten,
    /// The same for a new account.
    ResetNewAccount,
    /// The same, asked for by the landlord's administrator (ID-9).
    ResetByAdministrator,
    /// The same after codes failed too often (ID-5).
    ResetForced,
    /// The password was changed or reset (ID-8).
    PasswordChanged,
    /// The account is locked for a while (ID-6).
    AccountLocked,
    /// A log-in from a device not seen before.
    NewDevice,
    /// A log-in after many failures.
    LoginAfterFailures,
    /// The password must be reset (ID-5).
    ForcedReset,
    /// The address of the account was changed (ID-1).
    UsernameChanged,
    /// The account was restricted (ID-11).
    Restricted,
    /// A restriction was lifted (ID-11).
    RestrictionLifted,
    /// A complaint about the ombudsman came by the form: the receipt, with its private link (SC-1).
    ComplaintReceipt,
    /// A new private link to a complaint about the ombudsman (SC-15).
    ComplaintLink,
    /// The landlord has a new case.
    CaseOpened,
    /// A case has another status.
    CaseMoved,
    /// What was decided on a case became known to the landlord (CA-7).
    CaseOutcome,
    /// The landlord has a new task.
    TaskSet,
    /// An *unable to complete* was answered (TA-5).
    TaskUnableAnswered,
    /// A task was withdrawn or re-dated (TA-6).
    TaskChanged,
    /// A task is due soon (TA-7).
    TaskApproaching,
    /// A task is overdue (TA-7).
    TaskOverdue,
    /// A task is still open a while after its due date: the landlord's last reminder.
    TaskFinalReminder,
    /// A task is still open a while after the last reminder: staff are told.
    TaskEscalated,
    /// The landlord completed a task.
    TaskCompleted,
    /// The landlord took back that a task was completed.
    TaskReopened,
    /// The landlord can't complete a task (TA-5).
    TaskUnableReported,
    /// The other side wrote a message.
    MessagePosted,
    /// An answer to the landlord is due soon (ME-5).
    ReplyApproaching,
    /// An answer to the landlord is overdue (ME-5).
    ReplyOverdue,
    /// An answer to the landlord is due on another date (ME-5).
    ReplyRedated,
    /// The other side added documents (DO-6).
    DocumentAdded,
    /// A document was infected (DO-4).
    DocumentQuarantined,
    /// A fresh review of the case's risk was asked for (CA-8).
    RiskReview,
    /// The complainant is owed a call or a progress update (CA-10).
    ContactDue,
    /// The complainant is still owed it: the last reminder (CA-10).
    ContactFinalReminder,
    /// The complainant is owed it after the last reminder: the seniors are told (CA-10).
    ContactEscalated,
    /// An email was refused (NO-3). Told in the portal only.
    EmailRefused,
    /// A letter about a service complaint (SC-12). Its words are the service-complaint service's.
    ServiceComplaintLetter,
    /// Something about a service complaint waits for a colleague (SC-10).
    ServiceComplaintWaiting,
    /// Something about a service complaint is due soon (SC-10).
    ComplaintDueSoon,
    /// Something about a service complaint is overdue (SC-10).
    ComplaintOverdue,
    /// A senior colleague is asked to approve something about a service complaint (SC-4).
    ComplaintApprovalAsked,
    /// The person who complains wrote, or asked for stage 2 (SC-8, SC-11).
    ComplaintWritten,
    /// Several of these about one service complaint, gathered into one email (NO-4).
    ComplaintNews,
    /// A lesson is due soon or overdue (SC-13).
    LessonDue,
    /// A part of a recommendation is due soon or overdue (SC-16).
    RecommendationDue,
    /// An action of a service complaint that somebody outside Customer Insight is accountable for (SC-10). Told in the portal only.
    ServiceComplaintAction,
    /// How a case stands, told to its complainant, who has no account (CA-10).
    ProgressUpdate,
    /// Several of these about one case, gathered into one email (NO-4).
    CaseNews,
}

/// When an email about a matter goes out (NO-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// At once, at any hour: somebody waits for it, or must act before morning.
    AnyHour,
    /// At once in the day, unless an email about the case went to the same recipient a moment ago.
    AtOnce,
    /// With whatever else happens on the case in the next minutes.
    Gathered,
}

impl Matter {
    /// When its email goes out.
    #[must_use]
    pub fn urgency(self) -> Urgency {
        match self {
            Self::LoginCode
            | Self::ResetForgotten
            | Self::ResetNewAccount
            | Self::ResetByAdministrator
            | Self::ResetForced
            | Self::PasswordChanged
            | Self::AccountLocked
            | Self::NewDevice
            | Self::LoginAfterFailures
            | Self::ForcedReset
            | Self::UsernameChanged
            | Self::Restricted
            | Self::RestrictionLifted
            | Self::ComplaintReceipt
            | Self::ComplaintLink => Urgency::AnyHour,
            Self::CaseOpened
            | Self::CaseOutcome
            | Self::TaskSet
            | Self::TaskUnableAnswered
            | Self::TaskOverdue
            | Self::TaskFinalReminder
            | Self::TaskEscalated
            | Self::TaskUnableReported
            | Self::MessagePosted
            | Self::ReplyOverdue
            | Self::DocumentQuarantined
            | Self::RiskReview
            | Self::ContactFinalReminder
            | Self::ContactEscalated
            | Self::ServiceComplaintLetter
            | Self::ProgressUpdate
            | Self::ComplaintOverdue
            | Self::ComplaintApprovalAsked
            | Self::ComplaintWritten => Urgency::AtOnce,
            Self::CaseMoved
            | Self::TaskChanged
            | Self::TaskApproaching
            | Self::TaskCompleted
            | Self::TaskReopened
            | Self::ReplyApproaching
            | Self::ReplyRedated
            | Self::DocumentAdded
            | Self::EmailRefused
            | Self::ContactDue
            | Self::ServiceComplaintWaiting
            | Self::ComplaintDueSoon
            | Self::ComplaintNews
            | Self::LessonDue
            | Self::RecommendationDue
            | Self::ServiceComplaintAction
            | Self::CaseNews => Urgency::Gathered,
        }
    }

    /// Whether its email holds a code or a link, which is minted when it is sent and kept nowhere.
    #[must_use]
    pub fn holds_a_secret(self) -> bool {
        matches!(
            self,
            Self::LoginCode
                | Self::ResetForgotten
                | Self::ResetNewAccount
                | Self::ResetByAdministrator
                | Self::ResetForced
        ) || self.is_about_a_complaint()
    }

    /// Whether its words stay in the service that has them, and are kept in no table here.
    #[must_use]
    pub fn is_kept_elsewhere(self) -> bool {
        self.holds_a_secret() || self == Self::ProgressUpdate
    }

    /// Whether a burst of it about one case is one notice in the portal, which counts (DO-6).
    #[must_use]
    pub fn is_counted(self) -> bool {
        matches!(self, Self::DocumentAdded | Self::TaskChanged)
    }

    /// Whether it only reminds, and stops when the case is closed or what it reminds of has ended (NO-4).
    #[must_use]
    pub fn is_reminder(self) -> bool {
        matches!(
            self,
            Self::TaskApproaching
                | Self::TaskOverdue
                | Self::TaskFinalReminder
                | Self::TaskEscalated
                | Self::ReplyApproaching
                | Self::ReplyOverdue
                | Self::ContactDue
                | Self::ContactFinalReminder
                | Self::ContactEscalated
        )
    }

    /// Whether it only reminds of what is over, because its case is closed or it has ended or has another date (NO-4). `still_due` is `None`
    /// when it reminds of nothing in particular.
    #[must_use]
    pub fn is_over(self, case_closed: bool, still_due: Option<bool>) -> bool {
        self.is_reminder() && (case_closed || still_due == Some(false))
    }

    /// The tab of the case that shows it; empty when it is about no case.
    #[must_use]
    pub fn tab(self) -> &'static str {
        match self {
            Self::CaseOpened
            | Self::CaseMoved
            | Self::CaseOutcome
            | Self::RiskReview
            | Self::ContactDue
            | Self::ContactFinalReminder
            | Self::ContactEscalated
            | Self::EmailRefused
            | Self::CaseNews => "overview",
            Self::TaskSet
            | Self::TaskUnableAnswered
            | Self::TaskChanged
            | Self::TaskApproaching
            | Self::TaskOverdue
            | Self::TaskFinalReminder
            | Self::TaskEscalated
            | Self::TaskCompleted
            | Self::TaskReopened
            | Self::TaskUnableReported => "tasks",
            Self::MessagePosted
            | Self::ReplyApproaching
            | Self::ReplyOverdue
            | Self::ReplyRedated => "messages",
            Self::DocumentAdded | Self::DocumentQuarantined => "documents",
            Self::LoginCode
            | Self::ResetForgotten
            | Self::ResetNewAccount
            | Self::ResetByAdministrator
            | Self::ResetForced
            | Self::PasswordChanged
            | Self::AccountLocked
            | Self::NewDevice
            | Self::LoginAfterFailures
            | Self::ForcedReset
            | Self::UsernameChanged
            | Self::Restricted
            | Self::RestrictionLifted
            | Self::ComplaintReceipt
            | Self::ComplaintLink
            | Self::ServiceComplaintLetter
            | Self::ServiceComplaintWaiting
            | Self::ComplaintDueSoon
            | Self::ComplaintOverdue
            | Self::ComplaintApprovalAsked
            | Self::ComplaintWritten
            | Self::ComplaintNews
            | Self::LessonDue
            | Self::RecommendationDue
            | Self::ServiceComplaintAction
            | Self::ProgressUpdate => "",
        }
    }

    /// Whether it is about a complaint about the ombudsman, and goes to somebody without an account.
    #[must_use]
    pub fn is_about_a_complaint(self) -> bool {
        matches!(self, Self::ComplaintReceipt | Self::ComplaintLink)
    }

    /// Whether it tells a colleague of a service complaint that they work on.
    #[must_use]
    pub fn is_work_on_a_complaint(self) -> bool {
        matches!(
            self,
            Self::ServiceComplaintWaiting
                | Self::ComplaintDueSoon
                | Self::ComplaintOverdue
                | Self::ComplaintApprovalAsked
                | Self::ComplaintWritten
                | Self::ComplaintNews
        )
    }

    /// The list of Customer Insight's workspace that shows it; empty when none does.
    #[must_use]
    pub fn list(self) -> &'static str {
        match self {
            Self::LessonDue => "learning",
            Self::RecommendationDue => "recommendations",
            _ => "",
        }
    }

    /// Whether it is about a case, and not about an account.
    #[must_use]
    pub fn is_about_a_case(self) -> bool {
        !self.tab().is_empty()
    }

    /// What a notice says that tells of several events of a burst.
    #[must_use]
    pub fn several(self, count: i32) -> Option<String> {
        match self {
            Self::DocumentAdded if count > 1 => Some(format!("{count} documents were added")),
            Self::TaskChanged if count > 1 => Some(format!("{count} tasks changed")),
            _ => None,
        }
    }
}
