//! The charts of figures that the report has as they are: which figures stand beside each other, and what they are called there.

use proto::service_complaint::v1::PeriodReport;

use super::super::chart::Chart;
use super::super::value;

/// The charts, in the order of the page.
pub(super) const ALL: [Counts; 11] = [
    CHANNELS,
    TYPES,
    REQUESTS,
    OUTCOMES,
    ELEMENTS,
    TIMELINESS,
    EXTENSIONS,
    REMEDIES,
    COMPENSATION,
    DELIVERY,
    MISSING,
];

/// A chart of figures that the report has as they are.
pub(super) struct Counts {
    key: &'static str,
    title: &'static str,
    groups_are: &'static str,
    groups: &'static [&'static str],
    /// Each with the keys of its figures, in the order of the groups.
    series: &'static [(&'static str, &'static [&'static str])],
}

/// The chart of these figures in a report.
pub(super) fn chart(report: &PeriodReport, counts: &Counts) -> Chart {
    let values = |keys: &[&str]| keys.iter().map(|key| value(report, key)).collect();
    Chart {
        key: counts.key,
        title: counts.title,
        groups_are: counts.groups_are,
        groups: counts.groups.iter().map(|&it| it.to_owned()).collect(),
        series: (counts.series.iter())
            .map(|(name, keys)| (*name, values(keys)))
            .collect(),
    }
}

const CHANNELS: Counts = Counts {
    key: "channels",
    title: "How complaints came",
    groups_are: "channel",
    groups: &["Webform", "Email", "Telephone", "Letter", "Colleague"],
    series: &[(
        "Received",
        &[
            "received.channel.webform",
            "received.channel.email",
            "received.channel.telephone",
            "received.channel.letter",
            "received.channel.colleague",
        ],
    )],
};

const TYPES: Counts = Counts {
    key: "types",
    title: "What complaints were about",
    groups_are: "type of complaint",
    groups: &[
        "Process",
        "Conduct",
        "No service",
        "Quality",
        "Not recorded",
    ],
    series: &[(
        "Received",
        &[
            "received.type.process",
            "received.type.conduct",
            "received.type.no_service",
            "received.type.quality",
            "received.type.unrecorded",
        ],
    )],
};

const OUTCOMES: Counts = Counts {
    key: "outcomes",
    title: "Outcomes of both stages",
    groups_are: "outcome",
    groups: &["Upheld", "Partially upheld", "Not upheld"],
    series: &[
        (
            "Stage 1",
            &[
                "outcome.stage_one.upheld",
                "outcome.stage_one.partially_upheld",
                "outcome.stage_one.not_upheld",
            ],
        ),
        (
            "Stage 2",
            &[
                "outcome.stage_two.upheld",
                "outcome.stage_two.partially_upheld",
                "outcome.stage_two.not_upheld",
            ],
        ),
    ],
};

const TIMELINESS: Counts = Counts {
    key: "timeliness",
    title: "Acknowledgements and responses in time and late, at stages 1 and 2",
    groups_are: "promise and stage",
    groups: &[
        "Acknowledged 1",
        "Responded 1",
        "Acknowledged 2",
        "Responded 2",
    ],
    series: &[
        (
            "In time",
            &[
                "acknowledgement.stage_one.in_time",
                "response.stage_one.in_time",
                "acknowledgement.stage_two.in_time",
                "response.stage_two.in_time",
            ],
        ),
        (
            "Late",
            &[
                "acknowledgement.stage_one.late",
                "response.stage_one.late",
                "acknowledgement.stage_two.late",
                "response.stage_two.late",
            ],
        ),
    ],
};

const REQUESTS: Counts = Counts {
    key: "requests",
    title: "Service requests",
    groups_are: "what became of them",
    groups: &[
        "Received",
        "Answered",
        "Became a complaint",
        "Open at the end",
    ],
    series: &[(
        "Service requests",
        &[
            "request.received",
            "request.answered",
            "request.complaint",
            "request.open",
        ],
    )],
};

const ELEMENTS: Counts = Counts {
    key: "elements",
    title: "Findings on each element of the complaints",
    groups_are: "finding",
    groups: &[
        "Upheld",
        "Partially upheld",
        "Not upheld",
        "Not investigated",
        "No finding",
    ],
    series: &[
        (
            "Stage 1",
            &[
                "element.stage_one.upheld",
                "element.stage_one.partially_upheld",
                "element.stage_one.not_upheld",
                "element.stage_one.excluded",
                "element.stage_one.undecided",
            ],
        ),
        (
            "Stage 2",
            &[
                "element.stage_two.upheld",
                "element.stage_two.partially_upheld",
                "element.stage_two.not_upheld",
                "element.stage_two.excluded",
                "element.stage_two.undecided",
            ],
        ),
    ],
};

const EXTENSIONS: Counts = Counts {
    key: "extensions",
    title: "Responses that were extended",
    groups_are: "stage",
    groups: &["Stage 1", "Stage 2"],
    series: &[
        ("Extended", &["extended.stage_one", "extended.stage_two"]),
        (
            "Extended further, by approval",
            &["extended_further.stage_one", "extended_further.stage_two"],
        ),
    ],
};

const REMEDIES: Counts = Counts {
    key: "remedies",
    title: "Remedies that were offered",
    groups_are: "kind of remedy",
    groups: &[
        "Apology",
        "Casework action",
        "Correction",
        "Explanation",
        "Improvement",
        "Shared learning",
        "Risk review",
        "Compensation",
    ],
    series: &[(
        "Offered",
        &[
            "remedy.apology",
            "remedy.casework_action",
            "remedy.correction",
            "remedy.explanation",
            "remedy.improvement",
            "remedy.shared_learning",
            "remedy.risk_review",
            "remedy.compensation",
        ],
    )],
};

const COMPENSATION: Counts = Counts {
    key: "compensation",
    title: "Compensation that was offered, in pounds",
    groups_are: "level of failure",
    groups: &[
        "Service failure",
        "Serious service failure",
        "Significant impact",
    ],
    series: &[(
        "Pounds",
        &[
            "compensation.service_failure",
            "compensation.serious_service_failure",
            "compensation.significant_impact",
        ],
    )],
};

const DELIVERY: Counts = Counts {
    key: "delivery",
    title: "Delivery of remedies and promises that were due",
    groups_are: "how it was delivered",
    groups: &[
        "Done in time",
        "Done late",
        "Not done by the end",
        "Due before, done now",
        "Due before, not done",
    ],
    series: &[(
        "Actions",
        &[
            "action.in_time",
            "action.late",
            "action.open",
            "action.done_after",
            "action.open_before",
        ],
    )],
};

const MISSING: Counts = Counts {
    key: "missing",
    title: "Information that was missing when stage 1 was closed",
    groups_are: "what was missing",
    groups: &[
        "Contact",
        "Preference",
        "Adjustments",
        "Vulnerability",
        "Desired outcome",
        "Reply to outcome",
        "Early resolution",
        "Type",
    ],
    series: &[(
        "Complaints",
        &[
            "missing.contact",
            "missing.communication_preference",
            "missing.reasonable_adjustments",
            "missing.vulnerabilities",
            "missing.desired_outcome",
            "missing.outcome_reply",
            "missing.early_resolution",
            "missing.type",
        ],
    )],
};
