//! `casework case`.

use clap::{Args, Subcommand};
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::{
    AssignOwnerRequest, Case, CaseState, CaseType, DescribeWorkflowRequest, GetCaseRequest,
    ListCasesRequest, MoveCaseRequest, OpenCaseRequest, StaffDetails, Status,
};

use crate::commands::{Limit, account, pages};
use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Open a case about a member landlord
    Open(Open),
    /// Show a case
    Show {
        /// The reference, such as 202312345
        reference: String,
    },
    /// List cases, next task due first
    List {
        /// Only closed ones, instead of only open ones
        #[arg(long)]
        closed: bool,
        /// Only those whose reference starts with this
        #[arg(long, default_value = "")]
        reference: String,
        #[command(flatten)]
        limit: Limit,
    },
    /// Move a case to another status, which hands it to that stage's team (CA-2, CA-3)
    Move {
        /// The reference
        reference: String,
        /// The status, such as evidence-gathering; a wrong one is answered with those that are allowed
        status: String,
    },
    /// Make a member of staff the owner of a case
    Assign {
        /// The reference
        reference: String,
        /// The username of the new owner
        username: String,
    },
    /// Explain the statuses and the moves between them
    Statuses,
}

#[derive(Args)]
pub(crate) struct Open {
    /// The landlord's id, as `casework landlord list` shows it
    #[arg(long)]
    landlord: String,
    /// The resident who complains
    #[arg(long)]
    complainant: String,
    /// Who speaks for the resident
    #[arg(long, default_value = "")]
    representative: String,
    /// What it is about
    #[arg(long)]
    subject: String,
    /// How to reach the resident; only staff see it
    #[arg(long, default_value = "")]
    contact: String,
}

/// Finds a case by its reference.
pub(crate) async fn find(portal: &Portal, reference: &str) -> Result<Case, Failure> {
    let request = GetCaseRequest {
        case_id: reference.to_owned(),
    };
    Ok(call!(portal, "case", CaseServiceClient, get_case, request))
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Open(open) => {
            let request = OpenCaseRequest {
                request_id: kit::id().to_string(),
                case_type: CaseType::MemberLandlord.into(),
                complainant: open.complainant,
                representative: open.representative,
                landlord_id: open.landlord,
                subject: open.subject,
                staff_details: Some(StaffDetails {
                    contact: open.contact,
                    ..StaffDetails::default()
                }),
            };
            let case = call!(portal, "case", CaseServiceClient, open_case, request);
            output.one(
                &case,
                &format!("Case {} is open, with {}.", case.reference, case.team_label),
            )
        }
        Command::Show { reference } => show(output, &find(portal, &reference).await?),
        Command::List {
            closed,
            reference,
            limit,
        } => list(portal, output, closed, &reference, &limit).await,
        Command::Move { reference, status } => {
            let case = find(portal, &reference).await?;
            let request = MoveCaseRequest {
                case_id: case.id,
                version: case.version,
                status: parse_status(&status)?.into(),
            };
            let case = call!(portal, "case", CaseServiceClient, move_case, request);
            let sentence = format!(
                "Case {reference} is now: {}, with {}.",
                case.status_label, case.team_label
            );
            output.one(&case, &sentence)
        }
        Command::Assign {
            reference,
            username,
        } => {
            let (case, owner) = (
                find(portal, &reference).await?,
                account::find(&portal.as_oneself(), &username).await?,
            );
            let request = AssignOwnerRequest {
                case_id: case.id,
                version: case.version,
                owner_account_id: owner.id,
            };
            let case = call!(portal, "case", CaseServiceClient, assign_owner, request);
            output.one(
                &case,
                &format!("Case {reference} is now {}'s.", case.owner_name),
            )
        }
        Command::Statuses => {
            let workflow = call!(
                portal,
                "case",
                CaseServiceClient,
                describe_workflow,
                DescribeWorkflowRequest {}
            );
            output.list(
                &workflow.statuses,
                ["Status", "Label", "Meaning", "Next"],
                |it| {
                    let next: Vec<_> = it.next().map(word).collect();
                    [
                        word(it.status()),
                        it.label.clone(),
                        it.explanation.clone(),
                        next.join(", "),
                    ]
                },
                "No statuses.",
            )
        }
    }
}

/// A status as it is typed: `evidence-gathering`.
fn word(status: Status) -> String {
    status
        .as_str_name()
        .trim_start_matches("STATUS_")
        .to_lowercase()
        .replace('_', "-")
}

fn parse_status(typed: &str) -> anyhow::Result<Status> {
    let name = format!(
        "STATUS_{}",
        typed.trim().to_uppercase().replace(['-', ' '], "_")
    );
    Status::from_str_name(&name)
        .filter(|it| *it != Status::Unspecified)
        .ok_or_else(|| {
            anyhow::anyhow!("{typed:?} is no status; `casework case statuses` lists them")
        })
}

fn show(output: Output, case: &Case) -> Result<(), Failure> {
    let tasks: Vec<_> = case
        .upcoming_tasks
        .iter()
        .map(|task| format!("{} (due {})", task.title, task.due_on))
        .collect();
    let team = format!("{} – {}", case.team_label, case.team_role);
    output.facts(
        case,
        &[
            ("Reference", &case.reference),
            ("Id", &case.id),
            ("Type", &case.case_type_label),
            ("Complainant", &case.complainant),
            ("Representative", &case.representative),
            ("Landlord", &case.landlord_name),
            ("Subject", &case.subject),
            ("Status", &case.status_label),
            ("Team", &team),
            ("Owner", &case.owner_name),
            ("Opened on", &case.opened_on),
            ("Closed on", &case.closed_on),
            ("Tasks", &tasks.join("; ")),
        ],
    )
}

async fn list(
    portal: &Portal,
    output: Output,
    closed: bool,
    reference: &str,
    limit: &Limit,
) -> Result<(), Failure> {
    let state = if closed {
        CaseState::Closed
    } else {
        CaseState::Open
    };
    let cases = pages(limit, async |page_size, page_token| {
        let request = ListCasesRequest {
            page_size,
            page_token,
            state: state.into(),
            reference: reference.to_owned(),
            ..ListCasesRequest::default()
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
            "Status",
            "Owner",
            "Next due",
        ],
        |it| {
            [
                it.reference.clone(),
                it.complainant.clone(),
                it.landlord_name.clone(),
                it.status_label.clone(),
                it.owner_name.clone(),
                it.next_task_due_on.clone(),
            ]
        },
        "No cases.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_typed_as_it_is_shown() {
        assert_eq!(
            parse_status("evidence-gathering").unwrap(),
            Status::EvidenceGathering
        );
        assert_eq!(
            parse_status(&word(Status::AwaitingLandlordAction)).unwrap(),
            Status::AwaitingLandlordAction
        );
        assert!(parse_status("unspecified").is_err());
        assert!(parse_status("lost").is_err());
    }
}
