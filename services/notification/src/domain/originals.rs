//! The words that come with the portal, in plain English. An email says what is waiting and links to it; case content stays in the portal (NO-1).

use super::{Matter, Template};

/// A template's key and the words that come with the portal.
#[derive(Debug, Clone, Copy)]
pub struct Original {
    /// What the emails are about.
    pub matter: Matter,
    /// The matter's name, as tables and operators have it.
    pub key: &'static str,
    /// The subject.
    pub subject: &'static str,
    /// The paragraphs.
    pub body: &'static str,
}

impl Original {
    /// The words as a template.
    #[must_use]
    pub fn template(&self) -> Template {
        Template {
            subject: self.subject.to_owned(),
            body: self.body.to_owned(),
        }
    }

    /// The words about a matter; `None` when there is no email about it.
    #[must_use]
    pub fn of(matter: Matter) -> Option<&'static Self> {
        ORIGINALS.iter().find(|it| it.matter == matter)
    }

    /// The words with a key.
    #[must_use]
    pub fn with_key(key: &str) -> Option<&'static Self> {
        ORIGINALS.iter().find(|it| it.key == key)
    }
}

const fn original(
    matter: Matter,
    key: &'static str,
    subject: &'static str,
    body: &'static str,
) -> Original {
    Original {
        matter,
        key,
        subject,
        body,
    }
}

/// All of them, by key.
pub const ORIGINALS: &[Original] = &[
    original(
        Matter::AccountLocked,
        "account_locked",
        "Your account is locked for a short time",
        "A wrong password was entered for your account several times, so we locked it on {{when}}.\n\n\
         {{link}}\n\n\
         It unlocks by itself within 15 minutes. Setting a new password by email unlocks it at once.\n\n\
         If this was you, there is nothing to do. If it was not, set a new password and write to us.",
    ),
    original(
        Matter::CaseMoved,
        "case_moved",
        "Case status changed: case {{case_reference}}",
        "The status of the case has changed.\n\n{{link}}",
    ),
    original(
        Matter::CaseNews,
        "case_news",
        "{{headlines}}: case {{case_reference}}",
        "This is new on the case:\n\n{{news}}\n\n{{link}}",
    ),
    original(
        Matter::CaseOpened,
        "case_opened",
        "New case: case {{case_reference}}",
        "There is a new case about your organisation.\n\n{{link}}",
    ),
    original(
        Matter::CaseOutcome,
        "case_outcome",
        "Outcome of the case: case {{case_reference}}",
        "There is a decision on the case.\n\n{{link}}",
    ),
    original(
        Matter::ComplaintApprovalAsked,
        "complaint_approval_asked",
        "Approval asked for: complaint {{complaint_reference}}",
        "A colleague asks for an approval about a complaint about our service.\n\n{{link}}",
    ),
    original(
        Matter::ComplaintDueSoon,
        "complaint_due_soon",
        "Due soon: complaint {{complaint_reference}}",
        "A step of a complaint about our service is due within 3 working days.\n\n{{link}}",
    ),
    original(
        Matter::ComplaintLink,
        "complaint_link",
        "Your link to complaint {{complaint_reference}}",
        "Here is a private link to your complaint about our service.\n\n\
         {{link}}\n\n\
         The page says where your complaint is, what happens next and by when. Anybody who has the link can see it, so keep it to yourself.\n\n\
         The link works until {{ends_on}}.\n\n\
         We send a link when we acknowledge a complaint, and whenever somebody asks for one. If you did not ask, there is nothing to do.",
    ),
    original(
        Matter::ComplaintNews,
        "complaint_news",
        "{{headlines}}: complaint {{complaint_reference}}",
        "This is new on a complaint about our service:\n\n{{news}}\n\n{{link}}",
    ),
    original(
        Matter::ComplaintOverdue,
        "complaint_overdue",
        "Overdue: complaint {{complaint_reference}}",
        "A step of a complaint about our service is overdue.\n\n{{link}}",
    ),
    original(
        Matter::ComplaintReceipt,
        "complaint_receipt",
        "We have received your complaint {{complaint_reference}}",
        "Thank you for telling us. We received your complaint about our service on {{received_on}}. Its reference is {{complaint_reference}}.\n\n\
         By {{acknowledged_by}} we will tell you whether we can look at it, and what we understand it to be about.\n\n\
         {{link}}\n\n\
         That private link shows where your complaint is, what happens next and by when. Anybody who has the link can see it, so keep it to yourself. It works until {{ends_on}}.\n\n\
         {{factsheet}}\n\n\
         The factsheet explains how we deal with complaints about our service.",
    ),
    original(
        Matter::ComplaintWritten,
        "complaint_written",
        "The person wrote: complaint {{complaint_reference}}",
        "Somebody who complains about our service has written or asked for stage 2.\n\n{{link}}",
    ),
    original(
        Matter::ContactDue,
        "contact_due",
        "Owed to the complainant: case {{case_reference}}",
        "The complainant is owed a call or an update.\n\n{{link}}",
    ),
    original(
        Matter::ContactEscalated,
        "contact_escalated",
        "Still owed to the complainant: case {{case_reference}}",
        "The complainant is owed a call or an update, and the last reminder of it has passed.\n\n{{link}}",
    ),
    original(
        Matter::ContactFinalReminder,
        "contact_final_reminder",
        "Owed to the complainant, final reminder: case {{case_reference}}",
        "The complainant is still owed a call or an update. This is the last reminder of it.\n\n{{link}}",
    ),
    original(
        Matter::DocumentAdded,
        "document_added",
        "New documents: case {{case_reference}}",
        "A document has been added to the case.\n\n{{link}}",
    ),
    original(
        Matter::DocumentQuarantined,
        "document_quarantined",
        "Document put away: case {{case_reference}}",
        "A document on the case holds malware. It was put away and nobody can open it.\n\n{{link}}",
    ),
    original(
        Matter::ForcedReset,
        "forced_reset",
        "Your password was switched off",
        "We switched off your password on {{when}}, because too many wrong verification codes were entered after it.\n\n\
         {{link}}\n\n\
         A link to set a new one comes in a separate email.\n\n\
         If this was you, there is nothing to do. If it was not, set a new password and write to us.",
    ),
    original(
        Matter::LessonDue,
        "lesson_due",
        "What a lesson asks for is due",
        "What a lesson from complaints asks you to do is due soon or overdue.\n\n{{link}}",
    ),
    original(
        Matter::LoginAfterFailures,
        "login_after_failures",
        "A log-in after several failed ones",
        "Someone logged in to your account on {{when}}, after a wrong password had been entered several times.\n\n\
         {{link}}\n\n\
         If this was you, there is nothing to do. If it was not, set a new password and write to us.",
    ),
    original(
        Matter::LoginCode,
        "login_code",
        "Your verification code",
        "Your verification code is\n\n\
         {{code}}\n\n\
         The code works once and expires in {{ends_in}}, at {{ends_at}}.\n\n\
         Enter it only on the page where you asked for it. We never ask for it by telephone or email.\n\n\
         If you did not try to log in, somebody else may know your password: set a new one.",
    ),
    original(
        Matter::MessagePosted,
        "message_posted",
        "New message: case {{case_reference}}",
        "There is a new message on the case.\n\n{{link}}",
    ),
    original(
        Matter::NewDevice,
        "new_device",
        "A log-in from a new device",
        "Someone logged in to your account on {{when}}, from a device that we have not seen before.\n\n\
         {{link}}\n\n\
         If this was you, there is nothing to do. If it was not, set a new password and write to us.",
    ),
    original(
        Matter::PasswordChanged,
        "password_changed",
        "Your password was changed",
        "The password of your account was changed on {{when}}.\n\n\
         {{link}}\n\n\
         If this was you, there is nothing to do. If it was not, set a new password and write to us.",
    ),
    original(
        Matter::ProgressUpdate,
        "progress_update",
        "An update on your case {{case_reference}}",
        "This is how your case {{case_reference}} with us stands.\n\n\
         {{update}}\n\n\
         Please give the reference of your case whenever you write to us or call us.",
    ),
    original(
        Matter::RecommendationDue,
        "recommendation_due",
        "A part of a recommendation is due",
        "What was promised about a recommendation is due soon or overdue.\n\n{{link}}",
    ),
    original(
        Matter::ReplyApproaching,
        "reply_approaching",
        "Answer due soon: case {{case_reference}}",
        "An answer to the landlord is due within 3 working days.\n\n{{link}}",
    ),
    original(
        Matter::ReplyOverdue,
        "reply_overdue",
        "Answer overdue: case {{case_reference}}",
        "An answer to the landlord is overdue.\n\n{{link}}",
    ),
    original(
        Matter::ReplyRedated,
        "reply_redated",
        "Answer due on another date: case {{case_reference}}",
        "The date by which an answer to the landlord is due has changed.\n\n{{link}}",
    ),
    original(
        Matter::ResetByAdministrator,
        "reset_by_administrator",
        "Set a new password",
        "Your organisation’s administrator asked for you to set a new password.\n\n\
         {{link}}\n\n\
         The link works once and expires in {{ends_in}}, at {{ends_at}}.\n\n\
         If you did not expect this, speak to your administrator.",
    ),
    original(
        Matter::ResetForced,
        "reset_forced",
        "You must set a new password",
        "Your password has been switched off, because too many wrong verification codes were entered after it.\n\n\
         {{link}}\n\n\
         The link works once and expires in {{ends_in}}, at {{ends_at}}.\n\n\
         If it was not you who entered them, somebody else may know your password. Choose one that you do not use anywhere else.",
    ),
    original(
        Matter::ResetForgotten,
        "reset_forgotten",
        "Set a new password",
        "Someone, hopefully you, asked to set a new password for your account.\n\n\
         {{link}}\n\n\
         The link works once and expires in {{ends_in}}, at {{ends_at}}.\n\n\
         If you did not ask for this, ignore this email: your password stays as it is.",
    ),
    original(
        Matter::ResetNewAccount,
        "reset_new_account",
        "Set the password of your new account",
        "An account has been made for you. Your username is this email address.\n\n\
         {{link}}\n\n\
         The link works once and expires in {{ends_in}}, at {{ends_at}}.\n\n\
         If the link has stopped working, go to the portal, enter your username and select ‘Forgot your password?’.",
    ),
    original(
        Matter::Restricted,
        "restricted",
        "Your access to the portal is restricted",
        "Access to the portal was restricted on {{when}}.\n\n\
         {{link}}\n\n\
         The portal says what this means and how to appeal.",
    ),
    original(
        Matter::RestrictionLifted,
        "restriction_lifted",
        "Your access to the portal is restored",
        "A restriction of your access to the portal was lifted on {{when}}.\n\n\
         {{link}}\n\n\
         You can use the portal as before.",
    ),
    original(
        Matter::RiskReview,
        "risk_review",
        "Risk review: case {{case_reference}}",
        "A fresh review of the risk assessment of the case is asked for.\n\n{{link}}",
    ),
    original(
        Matter::ServiceComplaintWaiting,
        "service_complaint_waiting",
        "Waiting for you: complaint {{complaint_reference}}",
        "Something about a complaint about our service waits for you.\n\n{{link}}",
    ),
    original(
        Matter::TaskApproaching,
        "task_approaching",
        "Task due soon: case {{case_reference}}",
        "A task on the case is due within 3 working days.\n\n{{link}}",
    ),
    original(
        Matter::TaskChanged,
        "task_changed",
        "Task changed: case {{case_reference}}",
        "A task on the case has changed.\n\n{{link}}",
    ),
    original(
        Matter::TaskCompleted,
        "task_completed",
        "Task completed: case {{case_reference}}",
        "The landlord has completed a task on the case.\n\n{{link}}",
    ),
    original(
        Matter::TaskEscalated,
        "task_escalated",
        "Task still overdue: case {{case_reference}}",
        "The landlord has not completed a task on the case, and has had its last reminder.\n\n{{link}}",
    ),
    original(
        Matter::TaskFinalReminder,
        "task_final_reminder",
        "Task overdue, final reminder: case {{case_reference}}",
        "A task on the case is still overdue. This is the last reminder of it.\n\n\
         {{link}}\n\n\
         If you are unable to complete it, say so in the portal.",
    ),
    original(
        Matter::TaskOverdue,
        "task_overdue",
        "Task overdue: case {{case_reference}}",
        "A task on the case is overdue.\n\n{{link}}",
    ),
    original(
        Matter::TaskReopened,
        "task_reopened",
        "Task open again: case {{case_reference}}",
        "The landlord has taken back that a task on the case is completed.\n\n{{link}}",
    ),
    original(
        Matter::TaskSet,
        "task_set",
        "New task: case {{case_reference}}",
        "There is a new task for you on the case.\n\n{{link}}",
    ),
    original(
        Matter::TaskUnableAnswered,
        "task_unable_answered",
        "Answer about a task: case {{case_reference}}",
        "We have answered your message that you are unable to complete a task on the case.\n\n{{link}}",
    ),
    original(
        Matter::TaskUnableReported,
        "task_unable_reported",
        "Unable to complete a task: case {{case_reference}}",
        "The landlord is unable to complete a task on the case and needs an answer.\n\n{{link}}",
    ),
    original(
        Matter::UsernameChanged,
        "username_changed",
        "The email address of your account was changed",
        "The email address of an account that used this address was changed on {{when}}.\n\n\
         {{link}}\n\n\
         If this was you, there is nothing to do. If it was not, set a new password and write to us.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::table::{TABLE, Told};
    use crate::domain::template::faults;

    #[test]
    fn no_5_the_words_that_come_with_the_portal_have_no_faults() {
        for original in ORIGINALS {
            assert_eq!(
                faults(original.matter, &original.template()),
                [],
                "{}",
                original.key
            );
        }
        assert!(
            ORIGINALS.is_sorted_by(|a, b| a.key < b.key),
            "each has one row"
        );
    }

    #[test]
    fn no_1_whatever_is_told_by_email_has_words() {
        for row in TABLE {
            let Told::Of(told) = row.told else { continue };
            for (_, matter) in told {
                assert_eq!(
                    Original::of(*matter).is_none(),
                    matches!(
                        matter,
                        Matter::EmailRefused
                            | Matter::ServiceComplaintLetter
                            | Matter::ServiceComplaintAction
                    ),
                    "{matter:?}"
                );
            }
        }
        assert!(Original::of(Matter::CaseNews).is_some());
        assert!(Original::of(Matter::ComplaintNews).is_some());
    }
}
