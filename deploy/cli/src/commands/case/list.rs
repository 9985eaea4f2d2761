//! `casework case list`.

use clap::{Args, ValueEnum};
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::{CaseOrder, CaseState, CaseType, ListCasesRequest, Status, Team};

use super::parse_status;
use crate::commands::{Limit, account, pages};
use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

/// Which cases are listed, and in what order.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[derive(Args)]
pub(crate) struct List {
    /// Only closed ones, instead of only open ones
    #[arg(long)]
    closed: bool,
    /// Both open and closed ones
    #[arg(long, conflicts_with = "closed")]
    all: bool,
    /// Only those whose reference starts with this
    #[arg(long, default_value = "")]
    reference: String,
    /// Only those with this in the complainant's name
    #[arg(long, default_value = "")]
    complainant: String,
    /// Only of this kind
    #[arg(long = "type")]
    case_type: Option<Kind>,
    /// Only at this status, such as evidence-gathering
    #[arg(long, value_parser = parse_status)]
    status: Option<Status>,
    /// Only with this team
    #[arg(long)]
    team: Option<CaseworkTeam>,
    /// Only of this owner, by username
    #[arg(long, value_name = "USERNAME")]
    owner: Option<String>,
    /// Only those that nobody owns
    #[arg(long, conflicts_with = "owner")]
    unowned: bool,
    /// Only of this landlord, by id
    #[arg(long, default_value = "", hide_default_value = true)]
    landlord: String,
    /// Opened on this date or later, such as 2026-03-15
    #[arg(long, default_value = "", value_name = "DATE")]
    opened_from: String,
    /// Opened on this date or earlier
    #[arg(long, default_value = "", value_name = "DATE")]
    opened_to: String,
    /// Closed on this date or later
    #[arg(long, default_value = "", value_name = "DATE")]
    closed_from: String,
    /// Closed on this date or earlier
    #[arg(long, default_value = "", value_name = "DATE")]
    closed_to: String,
    /// With the next task due on this date or later
    #[arg(long, default_value = "", value_name = "DATE")]
    due_from: String,
    /// With the next task due on this date or earlier
    #[arg(long, default_value = "", value_name = "DATE")]
    due_to: String,
    /// What to sort by
    #[arg(long, default_value = "due")]
    sort: Sort,
    /// Turn the order round
    #[arg(long)]
    descending: bool,
    #[command(flatten)]
    limit: Limit,
}

/// Kinds of case.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    MemberLandlord,
    ComplaintHandling,
    Enquiry,
}

impl From<Kind> for CaseType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::MemberLandlord => Self::MemberLandlord,
            Kind::ComplaintHandling => Self::ComplaintHandling,
            Kind::Enquiry => Self::Enquiry,
        }
    }
}

/// The casework teams.
#[derive(Clone, Copy, ValueEnum)]
enum CaseworkTeam {
    DisputeSupport,
    Triage,
    DisputeResolution,
    Review,
}

impl From<CaseworkTeam> for Team {
    fn from(team: CaseworkTeam) -> Self {
        match team {
            CaseworkTeam::DisputeSupport => Self::DisputeSupport,
            CaseworkTeam::Triage => Self::Triage,
            CaseworkTeam::DisputeResolution => Self::DisputeResolution,
            CaseworkTeam::Review => Self::Review,
        }
    }
}

/// What cases are sorted by.
#[derive(Clone, Copy, ValueEnum)]
enum Sort {
    /// The next task's due date
    Due,
    Reference,
    Complainant,
    Opened,
    /// The date of closing; of closed cases only
    Closed,
    /// Where they stand in the procedure
    Status,
    Type,
    Landlord,
}

impl From<Sort> for CaseOrder {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Due => Self::NextDue,
            Sort::Reference => Self::Reference,
            Sort::Complainant => Self::Complainant,
            Sort::Opened => Self::Opened,
            Sort::Closed => Self::Closed,
            Sort::Status => Self::Status,
            Sort::Type => Self::CaseType,
            Sort::Landlord => Self::Landlord,
        }
    }
}

impl List {
    fn request(&self, owner_account_id: String) -> ListCasesRequest {
        let state = match (self.closed, self.all) {
            (true, _) => CaseState::Closed,
            (_, true) => CaseState::Unspecified,
            _ => CaseState::Open,
        };
        ListCasesRequest {
            state: state.into(),
            order: CaseOrder::from(self.sort).into(),
            descending: self.descending,
            reference: self.reference.clone(),
            complainant: self.complainant.clone(),
            case_type: self
                .case_type
                .map(CaseType::from)
                .unwrap_or_default()
                .into(),
            status: self.status.unwrap_or_default().into(),
            team: self.team.map(Team::from).unwrap_or_default().into(),
            opened_from: self.opened_from.clone(),
            opened_to: self.opened_to.clone(),
            closed_from: self.closed_from.clone(),
            closed_to: self.closed_to.clone(),
            due_from: self.due_from.clone(),
            due_to: self.due_to.clone(),
            landlord_id: self.landlord.clone(),
            owner_account_id,
            unowned: self.unowned,
            ..ListCasesRequest::default()
        }
    }
}

pub(super) async fn run(list: List, portal: &Portal, output: Output) -> Result<(), Failure> {
    let owner = match &list.owner {
        Some(username) => account::find(&portal.as_oneself(), username).await?.id,
        None => String::new(),
    };
    let wanted = list.request(owner);
    let cases = pages(&list.limit, async |page_size, page_token| {
        let request = ListCasesRequest {
            page_size,
            page_token,
            ..wanted.clone()
        };
        let page = call!(portal, "case", CaseServiceClient, list_cases, request);
        Ok((page.cases, page.next_page_token))
    })
    .await?;
    output.list(
        &cases,
        [
            "Reference",
            "Complainant",
            "Landlord",
            "Type",
            "Status",
            "Team",
            "Owner",
            "Opened",
            if list.closed { "Closed" } else { "Next due" },
        ],
        |it| {
            let date = if list.closed {
                &it.closed_on
            } else {
                &it.next_task_due_on
            };
            [
                it.reference.clone(),
                it.complainant.clone(),
                it.landlord_name.clone(),
                it.case_type_label.clone(),
                it.status_label.clone(),
                it.team_label.clone(),
                it.owner_name.clone(),
                it.opened_on.clone(),
                date.clone(),
            ]
        },
        "No cases.",
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        list: List,
    }

    fn request(typed: &[&str]) -> ListCasesRequest {
        let words = std::iter::once(&"list").chain(typed);
        Typed::try_parse_from(words)
            .unwrap()
            .list
            .request(String::new())
    }

    #[test]
    fn ca_5_open_cases_are_listed_with_the_next_task_due_first() {
        let request = request(&[]);

        assert_eq!(request.state(), CaseState::Open);
        assert_eq!(request.order(), CaseOrder::NextDue);
        assert!(!request.descending);
    }

    #[test]
    fn ca_5_every_filter_can_be_typed() {
        let request = request(&[
            "--closed",
            "--type=enquiry",
            "--status=closed",
            "--team=review",
            "--unowned",
            "--closed-from=2026-01-01",
            "--sort=closed",
            "--descending",
        ]);

        assert_eq!(request.state(), CaseState::Closed);
        assert_eq!(request.case_type(), CaseType::Enquiry);
        assert_eq!(request.status(), Status::Closed);
        assert_eq!(request.team(), Team::Review);
        assert!(request.unowned && request.descending);
        assert_eq!(request.closed_from, "2026-01-01");
        assert_eq!(request.order(), CaseOrder::Closed);
    }

    #[test]
    fn a_status_that_is_none_is_refused_before_anything_is_asked() {
        assert!(Typed::try_parse_from(["list", "--status=lost"]).is_err());
    }
}
