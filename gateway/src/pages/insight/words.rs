//! What the service says, in words for colleagues.

use chrono::NaiveDate;
use proto::service_complaint::v1::{
    ApprovalMatter, Channel, CompensationLevel, Complaint, ComplaintType, Deadline, DeadlineKind,
    Decision, EndingKind, ExclusionReason, Format, Interest, LatenessCause, NextDeadline, NoteKind,
    OutcomeReply, RefusalGround, RemedyKind, ServiceUserKind, Standing, TellingKind,
};

use crate::view::Status;
use crate::words;

/// A deadline in words, with a colour that repeats how near it is.
pub(super) struct Due {
    pub(super) text: String,
    pub(super) colour: &'static str,
}

fn status(text: &str, colour: &'static str) -> Status {
    Status {
        text: text.to_owned(),
        colour,
    }
}

/// Where a complaint is.
pub(super) fn standing(standing: Standing) -> Status {
    match standing {
        Standing::Unspecified => status("Not known", "grey"),
        Standing::Received => status("To be acknowledged", "blue"),
        Standing::Investigated => status("Stage 1 investigation", "teal"),
        Standing::Answered => status("Stage 1 answered", "green"),
        Standing::Requested => status("Stage 2 requested", "yellow"),
        Standing::Reviewed => status("Stage 2 review", "purple"),
        Standing::Ended => status("Ended", "grey"),
    }
}

/// All standings that a complaint can have, in the procedure's order.
pub(super) const STANDINGS: [Standing; 6] = [
    Standing::Received,
    Standing::Investigated,
    Standing::Answered,
    Standing::Requested,
    Standing::Reviewed,
    Standing::Ended,
];

/// What was decided, of an element or of the whole.
pub(super) fn decision(decision: Decision) -> Status {
    match decision {
        Decision::Unspecified => status("Not decided", "grey"),
        Decision::Upheld => status("Upheld", "red"),
        Decision::PartiallyUpheld => status("Partially upheld", "orange"),
        Decision::NotUpheld => status("Not upheld", "green"),
    }
}

/// How a complaint came (1.6).
pub(super) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Unspecified => "",
        Channel::Webform => "Webform",
        Channel::Email => "Email",
        Channel::Telephone => "Telephone",
        Channel::Letter => "Letter",
        Channel::Colleague => "A colleague",
    }
}

/// What a complaint can be about (2.2).
pub(super) const TYPES: [(ComplaintType, &str); 4] = [
    (
        ComplaintType::Process,
        "We did not follow our published processes",
    ),
    (
        ComplaintType::Conduct,
        "The behaviour, conduct or attitude of a member of staff",
    ),
    (ComplaintType::NoService, "We did not provide a service"),
    (
        ComplaintType::Quality,
        "The quality or standard of the service",
    ),
];

/// What a complaint is about; empty until it is known.
pub(super) fn complaint_type(of: ComplaintType) -> &'static str {
    let found = TYPES.iter().find(|(it, _)| *it == of);
    found.map_or("", |(_, words)| words)
}

/// Why something was late.
pub(super) fn cause(of: LatenessCause) -> &'static str {
    let found = CAUSES.iter().find(|(it, _)| *it == of);
    found.map_or("", |(_, words)| words)
}

/// Why something can be late.
pub(super) const CAUSES: [(LatenessCause, &str); 7] = [
    (LatenessCause::Workload, "More work than people"),
    (
        LatenessCause::AwaitingColleague,
        "Waiting for a colleague or another team",
    ),
    (LatenessCause::AwaitingPerson, "Waiting for the person"),
    (LatenessCause::Complexity, "Hard to investigate"),
    (LatenessCause::Oversight, "Overlooked, or recorded late"),
    (LatenessCause::System, "A system did not work"),
    (LatenessCause::Other, "Something else"),
];

/// What a service user is to the ombudsman (1.2).
pub(super) fn user_kind(kind: ServiceUserKind) -> &'static str {
    match kind {
        ServiceUserKind::Unspecified => "",
        ServiceUserKind::Resident => "Resident",
        ServiceUserKind::Representative => "Representative of a resident",
        ServiceUserKind::Landlord => "Landlord",
        ServiceUserKind::Other => "Somebody else",
    }
}

/// How letters are sent.
pub(super) fn format(format: Format) -> &'static str {
    match format {
        Format::Unspecified => "",
        Format::Email => "Email",
        Format::Letter => "Letter",
        Format::LargePrint => "Large print",
        Format::EasyRead => "Easy read",
    }
}

/// When the person was asked again about the desired outcome, and where that can be seen (44.1).
pub(super) fn asked_again(complaint: &Complaint) -> String {
    if complaint.asked_again_on.is_empty() {
        return String::new();
    }
    let on = words::date(&complaint.asked_again_on);
    format!("We asked again on {on}: {}", complaint.asked_again_proof)
}

/// What the person said to the desired outcome (44.1).
pub(super) fn outcome_reply(reply: OutcomeReply) -> Status {
    match reply {
        OutcomeReply::Unspecified => status("Not confirmed yet", "yellow"),
        OutcomeReply::Confirmed => status("Confirmed", "green"),
        OutcomeReply::Corrected => status("Corrected", "green"),
        OutcomeReply::NoReply => status("No reply", "grey"),
    }
}

/// A remedy (4.24).
pub(super) fn remedy(kind: RemedyKind) -> &'static str {
    match kind {
        RemedyKind::Unspecified => "",
        RemedyKind::Apology => "Apology",
        RemedyKind::CaseworkAction => "Action by casework",
        RemedyKind::Correction => "Correction of an error",
        RemedyKind::Explanation => "Explanation",
        RemedyKind::Improvement => "Improvement of a procedure or system",
        RemedyKind::SharedLearning => "Learning shared with a team or colleague",
        RemedyKind::Compensation => "Compensation",
        RemedyKind::RiskReview => "Fresh review of the risk assessment",
    }
}

/// How serious a failure was, and what it did (Appendix A).
pub(super) fn level(level: CompensationLevel) -> (&'static str, &'static str) {
    match level {
        CompensationLevel::Unspecified => ("", ""),
        CompensationLevel::ServiceFailure => (
            "Service failure",
            "It kept the person from our services, delayed matters, or cost their confidence in us.",
        ),
        CompensationLevel::SeriousServiceFailure => (
            "Serious service failure",
            "Several failures that adversely affected the person.",
        ),
        CompensationLevel::SignificantImpact => (
            "Significant impact",
            "One significant failure, or a series of serious ones, with a seriously detrimental impact.",
        ),
    }
}

/// What a senior colleague is asked for.
pub(super) fn matter(matter: ApprovalMatter) -> &'static str {
    match matter {
        ApprovalMatter::Unspecified => "",
        ApprovalMatter::FurtherExtension => "More time than the policy’s extension",
        ApprovalMatter::BehaviourExclusion => "Exclusion for behaviour",
    }
}

/// What interest a colleague can have in a complaint (3.4).
pub(super) const INTERESTS: [(Interest, &str); 4] = [
    (Interest::KnowsPerson, "I know the person who complains"),
    (Interest::KnowsColleague, "I know somebody whom it is about"),
    (Interest::OwnWork, "It is about my own work"),
    (Interest::Other, "Another interest"),
];

/// An interest as colleagues read of it.
pub(super) fn interest(interest: Interest) -> &'static str {
    match interest {
        Interest::Unspecified => "",
        Interest::KnowsPerson => "Knows the person who complains",
        Interest::KnowsColleague => "Knows somebody whom it is about",
        Interest::OwnWork => "It is about their own work",
        Interest::Other => "Another interest",
    }
}

/// A kind of note.
pub(super) fn note(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Unspecified => "",
        NoteKind::Note => "Note",
        NoteKind::Evidence => "Evidence",
        NoteKind::Contact => "Contact with the person",
        NoteKind::Correspondence => "The person wrote",
    }
}

/// How a complaint ended.
pub(super) fn ending(kind: EndingKind) -> &'static str {
    match kind {
        EndingKind::Unspecified => "",
        EndingKind::NotAccepted => "Not accepted (policy 2.8)",
        EndingKind::Informally => "Resolved by telephone",
        EndingKind::EscalationRejected => "The request for stage 2 was rejected (policy 4.14)",
        EndingKind::AtStage2 => "Answered at stage 2 (policy 4.20)",
    }
}

/// A ground to refuse stage 2, in a few words.
pub(super) fn ground(ground: RefusalGround) -> &'static str {
    match ground {
        RefusalGround::Unspecified => "",
        RefusalGround::NothingNew => "It names nothing that we missed, and brings nothing new",
        RefusalGround::TooLate => "It came more than 4 weeks after the response",
        RefusalGround::NoReview => "It asks for something that is no review of stage 1",
        RefusalGround::Excluded => "The policy excludes what it is about",
    }
}

/// A reason not to investigate, in a few words.
pub(super) fn exclusion(reason: ExclusionReason) -> &'static str {
    match reason {
        ExclusionReason::Unspecified => "",
        ExclusionReason::ConcludedBefore => "It was answered before",
        ExclusionReason::TooLongAgo => "It happened more than 12 months ago",
        ExclusionReason::NotCommissioned => "We were not asked to provide the service",
        ExclusionReason::AnotherBody => "Another ombudsman or regulator is responsible",
        ExclusionReason::Decision => "A decision about a landlord is challenged",
        ExclusionReason::LegalProcess => "A court or tribunal has it",
        ExclusionReason::DataProtection => "How we handle personal data",
        ExclusionReason::SubjectAccess => "The answer to a subject access request",
        ExclusionReason::Employment => "Working for us, or applying to",
        ExclusionReason::CorporateServices => "Corporate services",
        ExclusionReason::Behaviour => "The person’s behaviour",
    }
}

/// What the person is to be told.
pub(super) fn telling(kind: TellingKind) -> &'static str {
    match kind {
        TellingKind::LetterRefused => "A letter that did not reach the person",
        TellingKind::ActionDone => "An action that is done",
        TellingKind::ActionWithdrawn => "An action that is no longer needed",
        TellingKind::ElementExcluded => "A point that is not investigated",
        TellingKind::Unspecified => "What the person is to be told",
    }
}

/// What is due next in words: *Response due tomorrow, 24 November 2026*.
pub(super) fn next_due(next: Option<&NextDeadline>, today: NaiveDate) -> Due {
    let Some(next) = next else {
        return Due {
            text: String::new(),
            colour: "grey",
        };
    };
    let what = match next.kind() {
        DeadlineKind::Acknowledgement => "Acknowledgement",
        DeadlineKind::Response => "Response",
        DeadlineKind::Action => "Action",
        DeadlineKind::OutcomeReply => "Reply about the desired outcome",
        DeadlineKind::ProgressUpdate => "Progress update",
        DeadlineKind::Telling => "Telling the person",
        DeadlineKind::Correspondence => "Answer to correspondence",
        DeadlineKind::Unspecified => "Next step",
    };
    in_words(what, &next.due_on, next.late, next.working_days_left, today)
}

/// A clock that runs or ran, in words.
pub(super) fn deadline(deadline: &Deadline, today: NaiveDate) -> Due {
    if !deadline.met_on.is_empty() {
        let on = words::date(&deadline.met_on);
        return if deadline.late {
            Due {
                text: format!("Done late, on {on}"),
                colour: "red",
            }
        } else {
            Due {
                text: format!("Done in time, on {on}"),
                colour: "green",
            }
        };
    }
    // A clock that does not run any more has no days left.
    if deadline.working_days_left.is_none() && !deadline.late {
        let text = format!("Was due {}", words::date(&deadline.due_on));
        return Due {
            text,
            colour: "grey",
        };
    }
    let Deadline {
        due_on,
        late,
        working_days_left,
        ..
    } = deadline;
    in_words("", due_on, *late, *working_days_left, today)
}

/// Up to so many working days before its date a deadline is shown as near.
const NEAR: i32 = 3;

fn in_words(what: &str, due_on: &str, late: bool, days_left: Option<i32>, today: NaiveDate) -> Due {
    let due: Option<NaiveDate> = due_on.parse().ok();
    let on = words::date(due_on);
    let (text, colour) = match (late, days_left.unwrap_or_default()) {
        // Over by a weekend only: no working day has passed.
        (true, 0) => (format!("{what} late, was due {on}"), "red"),
        (true, days) => {
            let days = working_days(days.abs());
            (format!("{what} {days} late, was due {on}"), "red")
        }
        (false, _) if due == Some(today) => (format!("{what} due today, {on}"), "orange"),
        (false, _) if due == today.succ_opt() => (format!("{what} due tomorrow, {on}"), "yellow"),
        (false, days) => {
            let colour = if days <= NEAR { "yellow" } else { "blue" };
            let wait = match days_left {
                Some(days) => format!("in {}, ", working_days(days)),
                None => String::new(),
            };
            (format!("{what} due {wait}{on}"), colour)
        }
    };
    Due {
        text: capitalised(text.trim()),
        colour,
    }
}

fn working_days(days: i32) -> String {
    match days {
        1 => "1 working day".to_owned(),
        days => format!("{days} working days"),
    }
}

/// What a service says is wrong, as a sentence of the page: with a capital, and with dates as people write them.
pub(super) fn sentence(said: &str) -> String {
    capitalised(&dated(&said.replace('\'', "’")))
}

/// A sentence of the history, in which colleagues' own words stand: only its dates are written as people write them.
pub(super) fn dated(text: &str) -> String {
    let words: Vec<_> = text
        .split(' ')
        .map(|word| {
            let bare = word.trim_end_matches([',', ';', '.', ':']);
            match words::date(bare) {
                date if date.is_empty() => word.to_owned(),
                date => format!("{date}{}", &word[bare.len()..]),
            }
        })
        .collect();
    words.join(" ")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
