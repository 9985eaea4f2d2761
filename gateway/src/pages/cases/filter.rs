//! What a list of cases is narrowed down to and sorted by: all of it is in the address, so that it can be kept as a bookmark.

use proto::case::v1::{
    CaseOrder, CaseState, CaseType, DescribeWorkflowResponse, ListCasesRequest, Status, Team,
};
use serde::Deserialize;

use crate::view::{Choice, Column};
use crate::words;

/// A filter as it was typed. The fields are called as the service calls them, so that what it refuses stands beside the right one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    /// A column's key, after a minus when it is turned round; empty for the usual order.
    pub(crate) sort: String,
    pub(crate) reference: String,
    pub(crate) complainant: String,
    pub(crate) case_type: String,
    pub(crate) status: String,
    pub(crate) team: String,
    pub(crate) opened_from: String,
    pub(crate) opened_to: String,
    pub(crate) due_from: String,
    pub(crate) due_to: String,
    pub(crate) closed_from: String,
    pub(crate) closed_to: String,
}

/// What can be chosen, with the service's words.
pub(crate) struct Choices {
    pub(crate) case_types: Vec<Choice>,
    pub(crate) statuses: Vec<Choice>,
    pub(crate) teams: Vec<Choice>,
}

/// A filter that is set, and the list without it.
pub(crate) struct FilterTag {
    pub(crate) text: String,
    pub(crate) href: String,
}

impl Filter {
    /// Without choices that there are none of: they would filter nothing and could not be shown.
    pub(crate) fn known(mut self) -> Self {
        if CaseType::from_str_name(&self.case_type).is_none() {
            self.case_type.clear();
        }
        if Status::from_str_name(&self.status).is_none() {
            self.status.clear();
        }
        if Team::from_str_name(&self.team).is_none() {
            self.team.clear();
        }
        self
    }

    pub(crate) fn request(&self, closed: bool, page_token: &str) -> ListCasesRequest {
        let (key, descending) = self.order(closed);
        let order = match key {
            "reference" => CaseOrder::Reference,
            "complainant" => CaseOrder::Complainant,
            "landlord" => CaseOrder::Landlord,
            "case_type" => CaseOrder::CaseType,
            "status" => CaseOrder::Status,
            // Only a closed case has a day on which it was closed.
            "closed" if closed => CaseOrder::Closed,
            _ => CaseOrder::NextDue,
        };
        let state = if closed {
            CaseState::Closed
        } else {
            CaseState::Open
        };
        ListCasesRequest {
            page_token: page_token.to_owned(),
            state: state.into(),
            order: order.into(),
            descending,
            reference: self.reference.trim().to_owned(),
            complainant: self.complainant.trim().to_owned(),
            case_type: CaseType::from_str_name(&self.case_type)
                .unwrap_or_default()
                .into(),
            status: Status::from_str_name(&self.status)
                .unwrap_or_default()
                .into(),
            team: Team::from_str_name(&self.team).unwrap_or_default().into(),
            opened_from: words::typed_date(&self.opened_from),
            opened_to: words::typed_date(&self.opened_to),
            due_from: words::typed_date(&self.due_from),
            due_to: words::typed_date(&self.due_to),
            closed_from: words::typed_date(&self.closed_from),
            closed_to: words::typed_date(&self.closed_to),
            count: true,
            ..ListCasesRequest::default()
        }
    }

    /// The column that the list is sorted by, and whether its order is turned round.
    fn order(&self, closed: bool) -> (&str, bool) {
        match (self.sort.strip_prefix('-'), self.sort.as_str()) {
            (Some(key), _) => (key, true),
            // The task that is due first comes first; of closed cases, the one that was closed last.
            (None, "") if closed => ("closed", true),
            (None, "") => ("due", false),
            (None, key) => (key, false),
        }
    }

    /// A column that the list can be sorted by; when it is already, the other way round.
    pub(crate) fn column(
        &self,
        label: &'static str,
        key: &str,
        address: &str,
        closed: bool,
    ) -> Column {
        let (sorted_by, descending) = self.order(closed);
        let (sorted, sort) = match (sorted_by == key, descending) {
            (true, false) => ("ascending", format!("-{key}")),
            (true, true) => ("descending", key.to_owned()),
            (false, _) => ("", key.to_owned()),
        };
        let other = Self {
            sort,
            ..self.clone()
        };
        Column {
            label,
            href: words::address(address, &other.pairs()),
            sorted,
        }
    }

    /// All of it, for an address.
    pub(crate) fn pairs(&self) -> [(&'static str, &str); 12] {
        [
            ("sort", &self.sort),
            ("reference", &self.reference),
            ("complainant", &self.complainant),
            ("case_type", &self.case_type),
            ("status", &self.status),
            ("team", &self.team),
            ("opened_from", &self.opened_from),
            ("opened_to", &self.opened_to),
            ("due_from", &self.due_from),
            ("due_to", &self.due_to),
            ("closed_from", &self.closed_from),
            ("closed_to", &self.closed_to),
        ]
    }

    /// Every filter that is set, to be seen and taken away.
    pub(crate) fn tags(&self, address: &str, choices: &Choices) -> Vec<FilterTag> {
        let all = self.pairs();
        let tag = |(name, value): (&str, &str)| {
            let (label, text) = match name {
                "reference" => ("Case ref.", value.to_owned()),
                "complainant" => ("Complainant", value.to_owned()),
                "case_type" => ("Case type", label(&choices.case_types, value)),
                "status" => ("Status", label(&choices.statuses, value)),
                "team" => ("Team", label(&choices.teams, value)),
                "opened_from" => ("Opened from", date(value)),
                "opened_to" => ("Opened to", date(value)),
                "due_from" => ("Task due from", date(value)),
                "due_to" => ("Task due to", date(value)),
                "closed_from" => ("Closed from", date(value)),
                "closed_to" => ("Closed to", date(value)),
                _ => return None,
            };
            let others: Vec<_> = all
                .iter()
                .copied()
                .filter(|(other, _)| *other != name)
                .collect();
            Some(FilterTag {
                text: format!("{label}: {text}"),
                href: words::address(address, &others),
            })
        };
        all.iter()
            .copied()
            .filter(|(_, value)| !value.trim().is_empty())
            .filter_map(tag)
            .collect()
    }
}

fn label(choices: &[Choice], value: &str) -> String {
    choices
        .iter()
        .find(|choice| choice.value == value)
        .map_or_else(|| value.to_owned(), |choice| choice.label.clone())
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

impl Choices {
    pub(crate) fn of(workflow: DescribeWorkflowResponse) -> Self {
        let case_types = workflow.case_types.into_iter();
        let statuses = workflow.statuses.into_iter();
        let teams = workflow.teams.into_iter();
        Self {
            case_types: all_and(case_types.map(|it| (it.case_type().as_str_name(), it.label))),
            statuses: all_and(
                statuses
                    // The lists of open and of closed cases are apart already.
                    .filter(|it| it.status() != Status::Closed)
                    .map(|it| (it.status().as_str_name(), it.label)),
            ),
            teams: all_and(teams.map(|it| (it.team().as_str_name(), it.label))),
        }
    }
}

fn all_and(choices: impl Iterator<Item = (&'static str, String)>) -> Vec<Choice> {
    std::iter::once(("", "All".to_owned()))
        .chain(choices)
        .map(|(value, label)| Choice {
            value: value.to_owned(),
            label,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices() -> Choices {
        Choices {
            case_types: all_and(std::iter::empty()),
            statuses: all_and(std::iter::empty()),
            teams: all_and(std::iter::once(("TEAM_TRIAGE", "Triage".to_owned()))),
        }
    }

    #[test]
    fn ca_5_open_cases_start_with_the_task_due_first_and_closed_ones_with_the_last_closed() {
        let filter = Filter::default();

        let open = filter.request(false, "");
        assert_eq!(open.order(), CaseOrder::NextDue);
        assert!(!open.descending);
        assert_eq!(open.state(), CaseState::Open);

        let closed = filter.request(true, "");
        assert_eq!(closed.order(), CaseOrder::Closed);
        assert!(closed.descending);
        assert_eq!(closed.state(), CaseState::Closed);
    }

    #[test]
    fn ca_5_a_column_sorts_up_then_down() {
        let filter = Filter {
            team: "TEAM_TRIAGE".to_owned(),
            ..Filter::default()
        };
        let column = filter.column("Complainant", "complainant", "/cases/open", false);
        assert_eq!(column.sorted, "");
        assert_eq!(column.href, "/cases/open?sort=complainant&team=TEAM_TRIAGE");

        let filter = Filter {
            sort: "complainant".to_owned(),
            ..Filter::default()
        };
        let column = filter.column("Complainant", "complainant", "/cases/open", false);
        assert_eq!(column.sorted, "ascending");
        assert_eq!(column.href, "/cases/open?sort=-complainant");
        assert_eq!(filter.request(false, "").order(), CaseOrder::Complainant);

        let filter = Filter {
            sort: "-complainant".to_owned(),
            ..Filter::default()
        };
        let column = filter.column("Complainant", "complainant", "/cases/open", false);
        assert_eq!(column.sorted, "descending");
        assert_eq!(column.href, "/cases/open?sort=complainant");
        assert!(filter.request(false, "").descending);
    }

    #[test]
    fn ca_5_each_filter_can_be_taken_away_alone() {
        let filter = Filter {
            sort: "due".to_owned(),
            complainant: "Ann & Bob".to_owned(),
            team: "TEAM_TRIAGE".to_owned(),
            opened_from: "18/10/2024".to_owned(),
            ..Filter::default()
        };

        let tags = filter.tags("/cases/open", &choices());

        let texts: Vec<_> = tags.iter().map(|tag| tag.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "Complainant: Ann & Bob",
                "Team: Triage",
                "Opened from: 18 October 2024"
            ]
        );
        assert_eq!(
            tags[1].href,
            "/cases/open?sort=due&complainant=Ann+%26+Bob&opened_from=18%2F10%2F2024"
        );
    }

    #[test]
    fn a_choice_that_there_is_none_of_is_left_out() {
        let filter = Filter {
            status: "STATUS_NONSENSE".to_owned(),
            case_type: "CASE_TYPE_ENQUIRY".to_owned(),
            ..Filter::default()
        }
        .known();

        assert_eq!(filter.status, "");
        assert_eq!(filter.request(false, "").case_type(), CaseType::Enquiry);
    }

    #[test]
    fn a_date_goes_through_as_typed_when_it_is_none() {
        let filter = Filter {
            due_to: "31/02/2024".to_owned(),
            due_from: "1/2/2024".to_owned(),
            ..Filter::default()
        };

        let request = filter.request(false, "");

        assert_eq!(request.due_to, "31/02/2024");
        assert_eq!(request.due_from, "2024-02-01");
    }
}
