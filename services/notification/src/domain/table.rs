//! Who is told of what: a row for every event of the system, so that none is forgotten (NO-1).

use super::Matter;

/// An event, and who is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The event's full name, which is the subject that it comes under.
    pub event: &'static str,
    /// Who is told.
    pub told: Told,
}

/// Who is told of an event. How urgent it is stands with the matter.
#[derive(Debug, Clone, Copy)]
pub enum Told {
    /// These, according to what the event says.
    Of(&'static [(Who, Matter)]),
    /// Nobody, for a reason.
    Nobody(&'static str),
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Who asked for a code or a link: by email alone, to the account's own address.
    Asker,
    /// Whoever complains about the ombudsman: by email alone, to the address of the complaint.
    Complainant,
    /// The holder of an account: in the bell, and at the account's own address and a former one.
    Holder,
    /// A landlord: all its accounts in the bell, its administrator by email.
    Landlord,
    /// The case owner. While nobody owns the case, or the owner has left, everyone in casework in the bell, and the team at its shared address.
    Owner,
    /// The senior colleagues in the bell, and the team at its shared address.
    Seniors,
    /// Whoever has to see to something about a service complaint. While nobody does, everyone in Customer Insight in the bell, and the team at
    /// its shared address.
    Handler,
    /// The managers of Customer Insight in the bell, and the team at its shared address.
    InsightManagers,
    /// Whom a letter or an update is to, by email alone: no account is needed for it.
    Addressee,
}

use Told::{Nobody, Of};
use Who::{
    Addressee, Asker, Complainant, Handler, Holder, InsightManagers, Landlord, Owner, Seniors,
};

const IMPORT: &str = "what is taken over from elsewhere is no news to anybody";
const POLICY: &str =
    "a service complaint is answered by letters of its own, to people without an account (SC-12)";
const RISK: &str =
    "casework hears of it from the case, and Customer Insight sees it in the list of open actions";

/// The table.
pub const TABLE: &[Row] = &[
    row(
        "casework.case.v1.CaseOpened",
        Of(&[(Landlord, Matter::CaseOpened)]),
    ),
    row("casework.case.v1.CaseImported", Nobody(IMPORT)),
    row(
        "casework.case.v1.CaseMoved",
        Of(&[(Landlord, Matter::CaseMoved)]),
    ),
    row(
        "casework.case.v1.CaseOwnerAssigned",
        Nobody(
            "who assigns a case and who gets it work side by side; the landlord sees the owner on the case",
        ),
    ),
    // An outcome that the landlord is not to see yet is told to nobody.
    row(
        "casework.case.v1.CaseOutcomeRecorded",
        Of(&[(Landlord, Matter::CaseOutcome)]),
    ),
    row(
        "casework.case.v1.RiskReviewOpened",
        Of(&[(Owner, Matter::RiskReview)]),
    ),
    row("casework.case.v1.RiskReviewAnswered", Nobody(RISK)),
    row(
        "casework.case.v1.ContactReminder",
        Of(&[(Owner, Matter::ContactDue)]),
    ),
    row(
        "casework.case.v1.ContactFinalReminder",
        Of(&[(Owner, Matter::ContactFinalReminder)]),
    ),
    row(
        "casework.case.v1.ContactEscalated",
        Of(&[
            (Owner, Matter::ContactEscalated),
            (Seniors, Matter::ContactEscalated),
        ]),
    ),
    row(
        "casework.case.v1.ContactSettled",
        Nobody("whoever did it knows; reminders of it stop"),
    ),
    row(
        "casework.case.v1.ProgressUpdateGiven",
        Of(&[(Addressee, Matter::ProgressUpdate)]),
    ),
    row("casework.case.v1.RiskReviewRefused", Nobody(RISK)),
    row("casework.clock.v1.Minute", Nobody("the time of day")),
    row(
        "casework.document.v1.DocumentAdded",
        Of(&[
            (Landlord, Matter::DocumentAdded),
            (Owner, Matter::DocumentAdded),
        ]),
    ),
    row(
        "casework.document.v1.DocumentQuarantined",
        Of(&[
            (Landlord, Matter::DocumentQuarantined),
            (Owner, Matter::DocumentQuarantined),
        ]),
    ),
    row(
        "casework.document.v1.DocumentWithdrawn",
        Nobody(
            "nothing is to be done about it; the case's documents say so, with the reason (DO-6)",
        ),
    ),
    row(
        "casework.identity.v1.LandlordRegistered",
        Nobody(
            "the system administrator who registers a landlord tells its administrator how to begin (ID-2)",
        ),
    ),
    row(
        "casework.identity.v1.LandlordActivated",
        Nobody("the administrator has logged in this very moment"),
    ),
    row(
        "casework.identity.v1.StaffChanged",
        Nobody(
            "the holder is told by a link or a security notice; from then on the news of who has left goes to others",
        ),
    ),
    row(
        "casework.identity.v1.LoginCodeRequested",
        Of(&[(Asker, Matter::LoginCode)]),
    ),
    row(
        "casework.identity.v1.PasswordResetRequested",
        Of(&[
            (Asker, Matter::ResetForgotten),
            (Asker, Matter::ResetNewAccount),
            (Asker, Matter::ResetByAdministrator),
            (Asker, Matter::ResetForced),
        ]),
    ),
    row(
        "casework.identity.v1.SecurityNoticeRaised",
        Of(&[
            (Holder, Matter::PasswordChanged),
            (Holder, Matter::AccountLocked),
            (Holder, Matter::NewDevice),
            (Holder, Matter::LoginAfterFailures),
            (Holder, Matter::ForcedReset),
            (Holder, Matter::UsernameChanged),
            (Holder, Matter::Restricted),
            (Holder, Matter::RestrictionLifted),
        ]),
    ),
    row(
        "casework.messaging.v1.MessagePosted",
        Of(&[
            (Landlord, Matter::MessagePosted),
            (Owner, Matter::MessagePosted),
        ]),
    ),
    row(
        "casework.messaging.v1.ReplyApproaching",
        Of(&[(Owner, Matter::ReplyApproaching)]),
    ),
    row(
        "casework.messaging.v1.ReplyOverdue",
        Of(&[(Owner, Matter::ReplyOverdue)]),
    ),
    row(
        "casework.messaging.v1.ReplyRedated",
        Of(&[(Owner, Matter::ReplyRedated)]),
    ),
    row(
        "casework.messaging.v1.ReplySettled",
        Nobody("the answer itself is told as a message; reminders of it stop"),
    ),
    // The sender tells it by itself, in the transaction of the refusal, and to the bell alone: another email might be refused as well.
    row(
        "casework.notification.v1.EmailRefused",
        Of(&[(Owner, Matter::EmailRefused)]),
    ),
    row(
        "casework.service_complaint.v1.ComplaintRecorded",
        Nobody(POLICY),
    ),
    row(
        "casework.service_complaint.v1.ComplaintAcknowledged",
        Nobody(POLICY),
    ),
    row(
        "casework.service_complaint.v1.HandlerAssigned",
        Of(&[(Handler, Matter::ServiceComplaintWaiting)]),
    ),
    row(
        "casework.service_complaint.v1.ConflictDeclared",
        Of(&[
            (Handler, Matter::ServiceComplaintWaiting),
            (InsightManagers, Matter::ServiceComplaintWaiting),
            (Seniors, Matter::ServiceComplaintWaiting),
        ]),
    ),
    row(
        "casework.service_complaint.v1.RequestAssigned",
        Of(&[(Handler, Matter::ServiceComplaintWaiting)]),
    ),
    row(
        "casework.service_complaint.v1.DeadlineRedated",
        Of(&[(Handler, Matter::ServiceComplaintWaiting)]),
    ),
    row(
        "casework.service_complaint.v1.ResponseExtended",
        Nobody(POLICY),
    ),
    row(
        "casework.service_complaint.v1.ApprovalRequested",
        Of(&[
            (InsightManagers, Matter::ComplaintApprovalAsked),
            (Seniors, Matter::ComplaintApprovalAsked),
        ]),
    ),
    row(
        "casework.service_complaint.v1.ApprovalDecided",
        Of(&[(Handler, Matter::ServiceComplaintWaiting)]),
    ),
    row(
        "casework.service_complaint.v1.StageOneAnswered",
        Nobody(POLICY),
    ),
    row(
        "casework.service_complaint.v1.EscalationRequested",
        Of(&[(Handler, Matter::ComplaintWritten)]),
    ),
    row(
        "casework.service_complaint.v1.EscalationAccepted",
        Nobody(POLICY),
    ),
    row(
        "casework.service_complaint.v1.ComplaintEnded",
        Nobody(POLICY),
    ),
    row(
        "casework.service_complaint.v1.RiskReviewRequested",
        Nobody(RISK),
    ),
    row(
        "casework.service_complaint.v1.DeadlineApproaching",
        Of(&[
            (Handler, Matter::ComplaintDueSoon),
            (Handler, Matter::ServiceComplaintAction),
        ]),
    ),
    row(
        "casework.service_complaint.v1.DeadlineOverdue",
        Of(&[
            (Handler, Matter::ComplaintOverdue),
            (Handler, Matter::ServiceComplaintAction),
        ]),
    ),
    row(
        "casework.service_complaint.v1.DeadlineEscalated",
        Of(&[
            (Handler, Matter::ComplaintOverdue),
            (Handler, Matter::ServiceComplaintAction),
            (InsightManagers, Matter::ComplaintOverdue),
        ]),
    ),
    row(
        "casework.service_complaint.v1.PersonWrote",
        Of(&[(Handler, Matter::ComplaintWritten)]),
    ),
    row(
        "casework.service_complaint.v1.FollowUpDue",
        Of(&[
            (Handler, Matter::LessonDue),
            (InsightManagers, Matter::LessonDue),
            (InsightManagers, Matter::RecommendationDue),
        ]),
    ),
    row(
        "casework.service_complaint.v1.LetterSent",
        Of(&[(Addressee, Matter::ServiceComplaintLetter)]),
    ),
    row(
        "casework.service_complaint.v1.RequestLetterSent",
        Of(&[(Addressee, Matter::ServiceComplaintLetter)]),
    ),
    row(
        "casework.service_complaint.v1.LetterRefused",
        Of(&[(Handler, Matter::ServiceComplaintWaiting)]),
    ),
    row(
        "casework.service_complaint.v1.ActionPromised",
        Of(&[
            (Handler, Matter::ServiceComplaintWaiting),
            (Handler, Matter::ServiceComplaintAction),
        ]),
    ),
    row(
        "casework.service_complaint.v1.ActionHindered",
        Of(&[(Handler, Matter::ServiceComplaintWaiting)]),
    ),
    row(
        "casework.service_complaint.v1.RiskReviewWithdrawn",
        Nobody(RISK),
    ),
    row(
        "casework.service_complaint.v1.LinkRequested",
        Of(&[
            (Complainant, Matter::ComplaintReceipt),
            (Complainant, Matter::ComplaintLink),
        ]),
    ),
    row(
        "casework.service_complaint.v1.DraftDiscarded",
        Nobody("who began a form and did not send it is left alone; its files go"),
    ),
    row(
        "casework.task.v1.TaskSet",
        Of(&[(Landlord, Matter::TaskSet)]),
    ),
    row("casework.task.v1.TaskImported", Nobody(IMPORT)),
    row(
        "casework.task.v1.TaskCompleted",
        Of(&[(Owner, Matter::TaskCompleted)]),
    ),
    row(
        "casework.task.v1.TaskReopened",
        Of(&[(Owner, Matter::TaskReopened)]),
    ),
    row(
        "casework.task.v1.TaskUnableReported",
        Of(&[(Owner, Matter::TaskUnableReported)]),
    ),
    row(
        "casework.task.v1.TaskUnableAnswered",
        Of(&[(Landlord, Matter::TaskUnableAnswered)]),
    ),
    row(
        "casework.task.v1.TaskChanged",
        Of(&[(Landlord, Matter::TaskChanged)]),
    ),
    row(
        "casework.task.v1.TaskApproaching",
        Of(&[(Landlord, Matter::TaskApproaching)]),
    ),
    row(
        "casework.task.v1.TaskOverdue",
        Of(&[(Landlord, Matter::TaskOverdue)]),
    ),
    row(
        "casework.task.v1.TaskFinalReminder",
        Of(&[(Landlord, Matter::TaskFinalReminder)]),
    ),
    row(
        "casework.task.v1.TaskEscalated",
        Of(&[
            (Owner, Matter::TaskEscalated),
            (Seniors, Matter::TaskEscalated),
        ]),
    ),
];

const fn row(event: &'static str, told: Told) -> Row {
    Row { event, told }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kit::access::DESCRIPTORS;

    use super::*;

    /// The messages of every `events.proto`, but for those that are only part of another.
    fn announced() -> BTreeSet<String> {
        let messages: Vec<_> = DESCRIPTORS
            .all_messages()
            .filter(|it| it.parent_file().name().ends_with("/events.proto"))
            .collect();
        let parts: BTreeSet<String> = messages
            .iter()
            .flat_map(|it| it.fields().collect::<Vec<_>>())
            .filter_map(|field| Some(field.kind().as_message()?.full_name().to_owned()))
            .collect();
        messages
            .iter()
            .map(|it| it.full_name().to_owned())
            .filter(|name| !parts.contains(name))
            .collect()
    }

    #[test]
    fn no_1_every_event_of_the_contract_has_a_row_and_every_row_an_event() {
        let rows: Vec<&str> = TABLE.iter().map(|row| row.event).collect();
        let named: BTreeSet<String> = rows.iter().map(|&it| it.to_owned()).collect();
        let announced = announced();
        assert!(announced.len() > 25, "the contract was read: {announced:?}");

        let without: Vec<_> = announced.difference(&named).collect();
        assert!(
            without.is_empty(),
            "say who is told of these events, or why nobody is: {without:?}"
        );
        let gone: Vec<_> = named.difference(&announced).collect();
        assert!(gone.is_empty(), "there are no such events: {gone:?}");
        assert_eq!(rows.len(), named.len(), "an event has two rows");
    }

    #[test]
    fn no_1_nobody_is_told_only_for_a_reason() {
        for row in TABLE {
            match row.told {
                Of(told) => assert!(!told.is_empty(), "{}", row.event),
                Nobody(reason) => assert!(reason.len() > 10, "{}", row.event),
            }
        }
    }
}
