//! What a list of open tasks is narrowed down to: all of it is in the address, so that it can be kept as a bookmark.

use proto::task::v1::{ListTasksRequest, TaskKind, TaskState, TaskStatus};
use serde::Deserialize;

use crate::view::Choice;
use crate::words;

/// The kinds in the words of the guide, by which landlords know them.
const KINDS: [(TaskKind, &str); 5] = [
    (TaskKind::RecordComplaint, "Record complaint and update"),
    (TaskKind::EscalateComplaint, "Escalate complaint and update"),
    (TaskKind::ForInformation, "For information"),
    (
        TaskKind::RespondToRequest,
        "Respond to information/evidence request",
    ),
    (TaskKind::ConfirmCompliance, "Confirm compliance"),
];

/// The statuses of open tasks, the most urgent first.
const STATUSES: [(TaskStatus, &str); 3] = [
    (TaskStatus::Overdue, "Overdue"),
    (TaskStatus::Approaching, "Approaching"),
    (TaskStatus::Pending, "Pending/New"),
];

/// A filter as it was typed. The fields are called as the service calls them, so that what it refuses stands beside the right one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    pub(crate) status: String,
    pub(crate) kind: String,
    pub(crate) due_from: String,
    pub(crate) due_to: String,
}

/// A filter that is set, and the list without it.
pub(crate) struct FilterTag {
    pub(crate) text: String,
    pub(crate) href: String,
}

/// The filter of a page: what is typed, what can be chosen, and what is set.
pub(crate) struct FilterPanel {
    pub(crate) address: &'static str,
    pub(crate) typed: Filter,
    pub(crate) statuses: Vec<Choice>,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) tags: Vec<FilterTag>,
}

impl FilterPanel {
    /// The panel of a page at an address.
    pub(crate) fn new(address: &'static str, typed: Filter) -> Self {
        Self {
            address,
            tags: typed.tags(address),
            typed,
            statuses: choices(STATUSES.map(|(status, label)| (status.as_str_name(), label))),
            kinds: choices(KINDS.map(|(kind, label)| (kind.as_str_name(), label))),
        }
    }
}

impl Filter {
    /// Without choices that there are none of: they would filter nothing and could not be shown.
    pub(crate) fn known(mut self) -> Self {
        if label(
            &STATUSES.map(|(it, label)| (it.as_str_name(), label)),
            &self.status,
        )
        .is_none()
        {
            self.status.clear();
        }
        if label(
            &KINDS.map(|(it, label)| (it.as_str_name(), label)),
            &self.kind,
        )
        .is_none()
        {
            self.kind.clear();
        }
        self
    }

    /// What the service is asked for.
    pub(crate) fn request(&self, page_token: &str) -> ListTasksRequest {
        ListTasksRequest {
            page_token: page_token.to_owned(),
            state: TaskState::Open.into(),
            status: TaskStatus::from_str_name(&self.status)
                .unwrap_or_default()
                .into(),
            kind: TaskKind::from_str_name(&self.kind)
                .unwrap_or_default()
                .into(),
            due_from: words::typed_date(&self.due_from),
            due_to: words::typed_date(&self.due_to),
            ..ListTasksRequest::default()
        }
    }

    /// All of it, for an address.
    pub(crate) fn pairs(&self) -> [(&'static str, &str); 4] {
        [
            ("status", &self.status),
            ("kind", &self.kind),
            ("due_from", &self.due_from),
            ("due_to", &self.due_to),
        ]
    }

    /// Every filter that is set, to be seen and taken away.
    fn tags(&self, address: &str) -> Vec<FilterTag> {
        let all = self.pairs();
        let tag = |(name, value): (&str, &str)| {
            let text = match name {
                "status" => {
                    let statuses = STATUSES.map(|(it, label)| (it.as_str_name(), label));
                    format!("Status: {}", label(&statuses, value).unwrap_or(value))
                }
                "kind" => {
                    let kinds = KINDS.map(|(it, label)| (it.as_str_name(), label));
                    format!("Kind: {}", label(&kinds, value).unwrap_or(value))
                }
                "due_from" => format!("Due from: {}", date(value)),
                _ => format!("Due to: {}", date(value)),
            };
            let others: Vec<_> = all
                .iter()
                .copied()
                .filter(|(other, _)| *other != name)
                .collect();
            FilterTag {
                text,
                href: words::address(address, &others),
            }
        };
        all.iter()
            .copied()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(tag)
            .collect()
    }
}

fn label(labels: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    let found = labels.iter().find(|(it, _)| *it == name);
    found.map(|(_, label)| *label)
}

/// A date as it is written, or as it was typed when it is none.
fn date(typed: &str) -> String {
    let written = words::date(&words::typed_date(typed));
    if written.is_empty() {
        typed.to_owned()
    } else {
        written
    }
}

fn choices<const N: usize>(labels: [(&'static str, &'static str); N]) -> Vec<Choice> {
    std::iter::once(("", "All"))
        .chain(labels)
        .map(|(value, label)| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ta_3_each_filter_is_asked_for_and_can_be_taken_away_alone() {
        let typed = Filter {
            status: "TASK_STATUS_OVERDUE".to_owned(),
            kind: "TASK_KIND_CONFIRM_COMPLIANCE".to_owned(),
            due_from: "1/6/2025".to_owned(),
            due_to: String::new(),
        };

        let request = typed.request("t2");
        assert_eq!(request.status(), TaskStatus::Overdue);
        assert_eq!(request.kind(), TaskKind::ConfirmCompliance);
        assert_eq!(
            (request.due_from.as_str(), request.due_to.as_str()),
            ("2025-06-01", "")
        );
        assert_eq!(request.page_token, "t2");

        let panel = FilterPanel::new("/tasks", typed);
        let tags: Vec<_> = panel
            .tags
            .iter()
            .map(|tag| (tag.text.as_str(), tag.href.as_str()))
            .collect();
        assert_eq!(
            tags,
            [
                (
                    "Status: Overdue",
                    "/tasks?kind=TASK_KIND_CONFIRM_COMPLIANCE&due_from=1%2F6%2F2025"
                ),
                (
                    "Kind: Confirm compliance",
                    "/tasks?status=TASK_STATUS_OVERDUE&due_from=1%2F6%2F2025"
                ),
                (
                    "Due from: 1 June 2025",
                    "/tasks?status=TASK_STATUS_OVERDUE&kind=TASK_KIND_CONFIRM_COMPLIANCE"
                ),
            ]
        );
    }

    #[test]
    fn a_choice_that_there_is_none_of_is_left_out() {
        let typed = Filter {
            status: "TASK_STATUS_COMPLETED".to_owned(),
            kind: "TASK_KIND_UNSPECIFIED".to_owned(),
            ..Filter::default()
        };

        assert_eq!(typed.known(), Filter::default());
    }

    #[test]
    fn a_date_goes_through_as_typed_when_it_is_none() {
        let typed = Filter {
            due_to: "31/02/2025".to_owned(),
            ..Filter::default()
        };

        assert_eq!(typed.request("").due_to, "31/02/2025");
        assert_eq!(
            FilterPanel::new("/", typed).tags[0].text,
            "Due to: 31/02/2025"
        );
    }
}
