//! The figures of a report, in its order, with what each counts.

use crate::domain::exclusion::Reason;
use crate::domain::lateness::Cause;
use crate::domain::refusal::Ground;

/// What a figure is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// How many.
    Count,
    /// Whole pounds.
    Pounds,
}

/// A figure, before it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its key, which its rows carry.
    pub key: String,
    /// The part of the report that it belongs to.
    pub section: &'static str,
    /// What it is, in a few words.
    pub label: String,
    /// What it counts, in a sentence.
    pub definition: &'static str,
    /// What it is measured in.
    pub measure: Measure,
}

const STAGES: [(&str, &str); 2] = [("one", "stage 1"), ("two", "stage 2")];

const CLOSED: &str = "A stage is closed on the date of its response, or of the call that resolved the complaint informally (4.7, 4.18, 37.1). What was not accepted, or not to its end, is counted apart.";
const RECEIVED: &str = "By the date on which the complaint was received.";
const OUTCOME: &str = "By the date of the response, or of the call that stood for one. The outcome follows from the elements (4.8); a complaint that a call resolved before anything was decided has none.";
const BY_CALL: &str = "By the date of the call that resolved the complaint informally (37.1) before any of its elements was decided. A call that came after the decisions is counted by its outcome (4.8). Each closed stage is in one of these figures or the other.";
const ELEMENT: &str =
    "The elements of the stages that were closed in the period, each by its own finding (4.8).";
const KEPT: &str = "By the date on which it was done, compared with the due date that its ledger gives. A complaint that ended before kept the promises that ended with it on that date.";
const LATE: &str =
    "The promises that were kept late in the period, by the cause that was recorded.";
const OVERDUE: &str = "What was due by the last date of the period and was not done by then, as its ledger stood on that date.";
const EXTENDED: &str = "Extensions within the investigator's rights, by the date on which they were entered (4.3, 4.16).";
const FURTHER: &str = "Extensions that a senior colleague approved, by the date on which they were entered (4.4, 4.17).";
const REMEDY: &str =
    "The remedies that were offered with the stages that were closed in the period (4.24).";
const COMPENSATION: &str =
    "What was offered with the stages that were closed in the period (Appendix A).";
const LESSON: &str = "Lessons by the date on which they were recorded (6.2, 6.3).";
const MISSING: &str = "Complaints that were closed at stage 1 in the period without it (3.2).";
const DELIVERED: &str = "Actions that carry out remedies and promises, and the letters that the person was promised, by their due date, as their ledgers stood on the last date of the period (4.9, 4.30). In a period that has not ended, what is still to come is not done either. What was withdrawn is not counted.";
const ASKED: &str = "Service requests by the date on which they were received, answered or became a complaint; open ones as they stood on the last date of the period (1.3, 1.5, 2.3).";
const NOT_ACCEPTED: &str = "Complaints that were not accepted, or not to their end, by the date of that decision (2.6 to 2.9).";
const ESCALATION: &str = "By the date of the request or of the decision (4.12 to 4.14).";

const REJECTED: &str = "By the date of the decision and the ground on which it was made (2.5, 4.12 to 4.14). Each rejected request is in one of these figures.";

/// What a rejected request is counted under when no ground of it was recorded.
pub(super) const UNRECORDED: &str = "unrecorded";

struct Catalogue(Vec<Definition>);

impl Catalogue {
    fn add(
        &mut self,
        section: &'static str,
        key: impl Into<String>,
        label: impl Into<String>,
        definition: &'static str,
    ) {
        self.0.push(Definition {
            key: key.into(),
            section,
            label: label.into(),
            definition,
            measure: Measure::Count,
        });
    }

    fn each(
        &mut self,
        section: &'static str,
        prefix: &str,
        kinds: &[(&str, &str)],
        definition: &'static str,
    ) {
        for (key, label) in kinds {
            self.add(section, format!("{prefix}.{key}"), *label, definition);
        }
    }
}

/// The figures of a report. Themes are data, so they are given.
#[must_use]
pub fn catalogue(themes: &[(String, String)]) -> Vec<Definition> {
    let mut figures = Catalogue(Vec::new());
    received(&mut figures);
    closed(&mut figures);
    timeliness(&mut figures);
    remedies(&mut figures);
    for (id, name) in themes {
        figures.add("Lessons", format!("lesson.{id}"), name, LESSON);
    }
    let missing = [
        ("contact", "How to reach the person"),
        ("communication_preference", "Communication preference"),
        ("reasonable_adjustments", "Reasonable adjustments"),
        ("vulnerabilities", "Vulnerabilities"),
        ("desired_outcome", "Desired outcome"),
        (
            "outcome_reply",
            "What the person said to the desired outcome",
        ),
        ("early_resolution", "Early resolution considered"),
        ("type", "Type of complaint"),
    ];
    figures.each("Missing information", "missing", &missing, MISSING);
    figures.0
}

fn received(figures: &mut Catalogue) {
    let enquiries = "Months that lie wholly in the period, each by its latest correction.";
    let section = "Received";
    figures.add(
        section,
        "enquiries",
        "Enquiries and complaints received by the Ombudsman",
        enquiries,
    );
    figures.add(section, "received", "Service complaints received", RECEIVED);
    let channels = [
        ("webform", "Webform"),
        ("email", "Email"),
        ("telephone", "Telephone"),
        ("letter", "Letter"),
        ("colleague", "Any colleague"),
    ];
    figures.each(
        "Received by channel",
        "received.channel",
        &channels,
        RECEIVED,
    );
    let types = [
        ("process", "Published process not followed"),
        ("conduct", "Conduct of staff"),
        ("no_service", "Service not provided"),
        ("quality", "Quality of service"),
        ("unrecorded", "Not recorded yet"),
    ];
    figures.each("Received by type", "received.type", &types, RECEIVED);
    let requests = [
        ("received", "Received"),
        ("answered", "Answered"),
        ("complaint", "Became a complaint"),
        ("open", "Still open at the end of the period"),
    ];
    figures.each("Service requests", "request", &requests, ASKED);
}

fn closed(figures: &mut Catalogue) {
    let decisions = [
        ("upheld", "Upheld"),
        ("partially_upheld", "Partially upheld"),
        ("not_upheld", "Not upheld"),
    ];
    let section = "Closed";
    for (key, stage) in STAGES {
        let label = format!("Investigated and closed at {stage}");
        figures.add(section, format!("closed.stage_{key}"), label, CLOSED);
    }
    for (key, stage) in STAGES {
        let label = format!("Upheld or partially upheld at {stage}");
        let key = format!("upheld_or_partly.stage_{key}");
        figures.add(section, key, label, OUTCOME);
    }
    figures.add(
        section,
        "closed.informally",
        "Resolved informally by telephone, with no finding",
        BY_CALL,
    );
    for (key, section) in [
        ("one", "Outcomes at stage 1"),
        ("two", "Outcomes at stage 2"),
    ] {
        let prefix = format!("outcome.stage_{key}");
        figures.each(section, &prefix, &decisions, OUTCOME);
    }
    let findings = [
        decisions[0],
        decisions[1],
        decisions[2],
        ("excluded", "Not investigated"),
        ("undecided", "No finding, as a call resolved it"),
    ];
    for (key, section) in [
        ("one", "Elements at stage 1"),
        ("two", "Elements at stage 2"),
    ] {
        let prefix = format!("element.stage_{key}");
        figures.each(section, &prefix, &findings, ELEMENT);
    }
    for reason in Reason::ALL {
        let (key, label) = not_accepted(reason);
        let key = format!("not_accepted.{key}");
        figures.add("Not accepted", key, label, NOT_ACCEPTED);
    }
    let steps = [
        ("requested", "Requested"),
        ("accepted", "Accepted"),
        ("rejected", "Rejected"),
        ("treated_as_new", "Treated as a new complaint"),
    ];
    figures.each("Escalation to stage 2", "escalation", &steps, ESCALATION);
    for ground in Ground::ALL {
        let key = format!("escalation.rejected.{}", ground.name());
        let label = format!("Rejected: {}", lower_first(ground.label()));
        figures.add("Escalation to stage 2", key, label, REJECTED);
    }
    let key = format!("escalation.rejected.{UNRECORDED}");
    let label = "Rejected: before grounds were recorded".to_owned();
    figures.add("Escalation to stage 2", key, label, REJECTED);
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// A reason's name, as it is stored and counted, and its words in a report.
pub(super) fn not_accepted(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::ConcludedBefore => ("concluded_before", "Concluded before"),
        Reason::TooLongAgo => ("too_long_ago", "More than 12 months ago"),
        Reason::NotCommissioned => ("not_commissioned", "Service not commissioned"),
        Reason::AnotherBody => ("another_body", "Another ombudsman or regulator"),
        Reason::Decision => ("decision", "Disagreement with a decision"),
        Reason::LegalProcess => ("legal_process", "Legal process"),
        Reason::DataProtection => ("data_protection", "Processing of data"),
        Reason::SubjectAccess => ("subject_access", "Subject access request"),
        Reason::Employment => ("employment", "Employment"),
        Reason::CorporateServices => ("corporate_services", "Corporate services"),
        Reason::Behaviour => ("behaviour", "Behaviour"),
    }
}

fn timeliness(figures: &mut Catalogue) {
    let promises = [
        ("acknowledgement", "Acknowledged"),
        ("response", "Responded"),
    ];
    for (key, stage) in STAGES {
        for (promise, done) in promises {
            for (how, words) in [("in_time", "in time"), ("late", "late")] {
                let label = format!("{done} at {stage} {words}");
                let key = format!("{promise}.stage_{key}.{how}");
                figures.add("Timeliness", key, label, KEPT);
            }
        }
    }
    for (key, stage) in STAGES {
        for (promise, _) in promises {
            let label = format!("Overdue {promise} at {stage} at the end of the period");
            let key = format!("overdue.{promise}.stage_{key}");
            figures.add("Timeliness", key, label, OVERDUE);
        }
    }
    for (cause, words) in Cause::ALL {
        let label = format!("Late because of {words}");
        figures.add(
            "Reasons for lateness",
            format!("late.{}", cause.name()),
            label,
            LATE,
        );
    }
    figures.add(
        "Reasons for lateness",
        "late.unexplained",
        "Late, with no reason recorded",
        LATE,
    );
    for (key, stage) in STAGES {
        let label = format!("Extended at {stage}");
        figures.add(
            "Extensions",
            format!("extended.stage_{key}"),
            label,
            EXTENDED,
        );
        let label = format!("Extended further at {stage}, by approval");
        let key = format!("extended_further.stage_{key}");
        figures.add("Extensions", key, label, FURTHER);
    }
}

fn remedies(figures: &mut Catalogue) {
    let kinds = [
        ("apology", "Apology"),
        ("casework_action", "Action by casework"),
        ("correction", "Correction of an error"),
        ("explanation", "Explanation"),
        ("improvement", "Improvement recommended"),
        ("shared_learning", "Learning shared"),
        ("risk_review", "Review of the risk assessment"),
        ("compensation", "Compensation"),
    ];
    figures.each("Remedies", "remedy", &kinds, REMEDY);
    let levels = [
        ("service_failure", "Service failure, £50 to £100"),
        (
            "serious_service_failure",
            "Serious service failure, £101 to £250",
        ),
        ("significant_impact", "Significant impact, £251 to £500"),
    ];
    for (key, label) in levels {
        figures.0.push(Definition {
            key: format!("compensation.{key}"),
            section: "Compensation",
            label: label.to_owned(),
            definition: COMPENSATION,
            measure: Measure::Pounds,
        });
    }
    let delivered = [
        ("in_time", "Due in the period and done in time"),
        ("late", "Due in the period and done late"),
        ("open", "Due in the period and not done by its end"),
        ("done_after", "Due before the period and done in it"),
        (
            "open_before",
            "Due before the period and still not done at its end",
        ),
    ];
    figures.each("Delivery of actions", "action", &delivered, DELIVERED);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_figure_has_a_key_of_its_own_and_says_what_it_counts() {
        let figures = catalogue(&[("delay".to_owned(), "Delays".to_owned())]);
        let keys: HashSet<&str> = figures.iter().map(|it| it.key.as_str()).collect();

        assert_eq!(keys.len(), figures.len());
        assert!(figures.iter().all(|it| !it.definition.is_empty()));
        assert!(keys.contains("lesson.delay"));
    }

    #[test]
    fn a_reason_is_counted_by_the_name_that_it_is_stored_by() {
        for reason in Reason::ALL {
            let stored = serde_json::to_value(reason).unwrap();
            assert_eq!(stored, not_accepted(reason).0);
        }
    }
}
