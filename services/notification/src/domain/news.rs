//! What an email says of each thing that happened on a case or a service complaint: a few words for the subject, a sentence for the list.

use super::Matter;

/// How a matter is named among others.
struct Line {
    headline: &'static str,
    one: &'static str,
    /// With `#` for the number.
    many: &'static str,
}

/// The most headlines in a subject.
const HEADLINES: usize = 3;

/// What happened, for the subject of an email: *New case, New task*.
#[must_use]
pub fn headlines(news: &[(Matter, usize)]) -> String {
    let mut said: Vec<&str> = Vec::new();
    for (matter, _) in news {
        let headline = line(*matter).headline;
        if !said.contains(&headline) {
            said.push(headline);
        }
    }
    let more = said.len() > HEADLINES;
    said.truncate(HEADLINES);
    let said = said.join(", ");
    if more { said + " and more" } else { said }
}

/// What happened, a sentence for each matter.
#[must_use]
pub fn sentences(news: &[(Matter, usize)]) -> Vec<String> {
    news.iter()
        .map(|&(matter, count)| match count {
            0 | 1 => line(matter).one.to_owned(),
            _ => line(matter).many.replace('#', &count.to_string()),
        })
        .collect()
}

const fn told(headline: &'static str, one: &'static str, many: &'static str) -> Line {
    Line {
        headline,
        one,
        many,
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one table, to be read from top to bottom"
)]
fn line(matter: Matter) -> Line {
    match matter {
        Matter::CaseOpened => told(
            "New case",
            "There is a new case about your organisation.",
            "There is a new case about your organisation.",
        ),
        Matter::CaseMoved => told(
            "Case status changed",
            "The status of the case has changed.",
            "The status of the case has changed.",
        ),
        Matter::CaseOutcome => told(
            "Outcome of the case",
            "There is a decision on the case.",
            "There is a decision on the case.",
        ),
        Matter::TaskSet => told(
            "New task",
            "There is a new task for you on the case.",
            "There are # new tasks for you on the case.",
        ),
        Matter::TaskUnableAnswered => told(
            "Answer about a task",
            "We have answered your message that you are unable to complete a task on the case.",
            "We have answered # of your messages that you are unable to complete a task on the case.",
        ),
        Matter::TaskChanged => told(
            "Task changed",
            "A task on the case has changed.",
            "# tasks on the case have changed.",
        ),
        Matter::TaskApproaching => told(
            "Task due soon",
            "A task on the case is due within 3 working days.",
            "# tasks on the case are due within 3 working days.",
        ),
        Matter::TaskOverdue => told(
            "Task overdue",
            "A task on the case is overdue.",
            "# tasks on the case are overdue.",
        ),
        Matter::TaskFinalReminder => told(
            "Task overdue: final reminder",
            "A task on the case is still overdue. This is the last reminder of it.",
            "# tasks on the case are still overdue. This is the last reminder of them.",
        ),
        Matter::TaskEscalated => told(
            "Task still overdue",
            "The landlord has not completed a task on the case, and has had its last reminder.",
            "The landlord has not completed # tasks on the case, and has had its last reminder of them.",
        ),
        Matter::TaskCompleted => told(
            "Task completed",
            "The landlord has completed a task on the case.",
            "The landlord has completed # tasks on the case.",
        ),
        Matter::TaskReopened => told(
            "Task open again",
            "The landlord has taken back that a task on the case is completed.",
            "The landlord has taken back that # tasks on the case are completed.",
        ),
        Matter::TaskUnableReported => told(
            "Unable to complete a task",
            "The landlord is unable to complete a task on the case and needs an answer.",
            "The landlord is unable to complete # tasks on the case and needs answers.",
        ),
        Matter::MessagePosted => told(
            "New message",
            "There is a new message on the case.",
            "There are # new messages on the case.",
        ),
        Matter::ReplyApproaching => told(
            "Answer due soon",
            "An answer to the landlord is due within 3 working days.",
            "# answers to the landlord are due within 3 working days.",
        ),
        Matter::ReplyOverdue => told(
            "Answer overdue",
            "An answer to the landlord is overdue.",
            "# answers to the landlord are overdue.",
        ),
        Matter::ReplyRedated => told(
            "Answer due on another date",
            "The date by which an answer to the landlord is due has changed.",
            "The dates by which # answers to the landlord are due have changed.",
        ),
        Matter::DocumentAdded => told(
            "New documents",
            "A document has been added to the case.",
            "# documents have been added to the case.",
        ),
        Matter::DocumentQuarantined => told(
            "Document put away",
            "A document on the case holds malware. It was put away and nobody can open it.",
            "# documents on the case hold malware. They were put away and nobody can open them.",
        ),
        Matter::RiskReview => told(
            "Risk review",
            "A fresh review of the risk assessment of the case is asked for.",
            "# fresh reviews of the risk assessment of the case are asked for.",
        ),
        Matter::ContactDue => told(
            "Owed to the complainant",
            "The complainant is owed a call or an update.",
            "The complainant is owed # calls or updates.",
        ),
        Matter::ContactFinalReminder => told(
            "Still owed to the complainant: final reminder",
            "The complainant is still owed a call or an update. This is the last reminder of it.",
            "The complainant is still owed # calls or updates. This is the last reminder of them.",
        ),
        Matter::ContactEscalated => told(
            "Still owed to the complainant",
            "The complainant is owed a call or an update, and the last reminder of it has passed.",
            "The complainant is owed # calls or updates, and the last reminders of them have passed.",
        ),
        Matter::ServiceComplaintWaiting => told(
            "Waiting for you",
            "Something about the complaint waits for you.",
            "# things about the complaint wait for you.",
        ),
        Matter::ComplaintDueSoon => told(
            "Due soon",
            "A step is due within 3 working days.",
            "# steps are due within 3 working days.",
        ),
        Matter::ComplaintOverdue => told("Overdue", "A step is overdue.", "# steps are overdue."),
        Matter::ComplaintApprovalAsked => told(
            "Approval asked for",
            "A colleague asks for an approval.",
            "Colleagues ask for # approvals.",
        ),
        Matter::ComplaintWritten => told(
            "The person wrote",
            "The person who complains has written or asked for stage 2.",
            "The person who complains has written or asked for stage 2, # times.",
        ),
        Matter::LessonDue => told(
            "Lesson due",
            "What a lesson asks for is due soon or overdue.",
            "What a lesson asks for is due soon or overdue.",
        ),
        Matter::RecommendationDue => told(
            "Recommendation due",
            "A part of a recommendation is due soon or overdue.",
            "A part of a recommendation is due soon or overdue.",
        ),
        // Told by emails of their own, or by none: never among others.
        Matter::LoginCode
        | Matter::ResetForgotten
        | Matter::ResetNewAccount
        | Matter::ResetByAdministrator
        | Matter::ResetForced
        | Matter::PasswordChanged
        | Matter::AccountLocked
        | Matter::NewDevice
        | Matter::LoginAfterFailures
        | Matter::ForcedReset
        | Matter::UsernameChanged
        | Matter::Restricted
        | Matter::RestrictionLifted
        | Matter::ComplaintReceipt
        | Matter::ComplaintLink
        | Matter::EmailRefused
        | Matter::ServiceComplaintLetter
        | Matter::ProgressUpdate
        | Matter::ComplaintNews
        | Matter::ServiceComplaintAction
        | Matter::CaseNews => told(
            "News",
            "There is news in the portal.",
            "There is news in the portal.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_4_a_burst_is_told_in_a_sentence_for_each_matter() {
        let news = [(Matter::DocumentAdded, 3), (Matter::TaskSet, 1)];

        assert_eq!(
            sentences(&news),
            [
                "3 documents have been added to the case.",
                "There is a new task for you on the case."
            ]
        );
        assert_eq!(headlines(&news), "New documents, New task");
    }

    #[test]
    fn no_4_a_subject_names_three_things_and_no_more() {
        let news = [
            (Matter::CaseMoved, 1),
            (Matter::TaskSet, 2),
            (Matter::MessagePosted, 1),
            (Matter::DocumentAdded, 1),
        ];

        assert_eq!(
            headlines(&news),
            "Case status changed, New task, New message and more"
        );
    }
}
