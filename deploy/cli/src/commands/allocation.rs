//! `casework allocation`.

use clap::{Subcommand, ValueEnum};
use proto::case::v1::allocation_service_client::AllocationServiceClient;
use proto::case::v1::{
    AllocateNextRequest, ApproveAheadRequest, CaseType, ListAwaitingAllocationRequest,
    WithdrawAheadRequest,
};

use crate::commands::case::find;
use crate::commands::{Limit, account, pages, risk};
use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the cases that wait for an investigator, in the order in which they are given out
    List {
        /// Whose queue
        #[arg(long, default_value = "member-landlord")]
        queue: Queue,
        /// How many of them
        #[command(flatten)]
        limit: Limit,
    },
    /// Give the next case of a queue to an investigator
    Next {
        /// The investigator's username; left out for oneself
        username: Option<String>,
        /// Whose queue
        #[arg(long, default_value = "member-landlord")]
        queue: Queue,
    },
    /// Move a case ahead of others, as a senior colleague
    Ahead {
        /// The reference
        reference: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// Put it back into its turn instead
        #[arg(long)]
        withdraw: bool,
    },
}

/// Each kind of case has a queue of its own.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Queue {
    /// Complaints about a member landlord
    MemberLandlord,
    /// Complaints about how a landlord handled a complaint
    ComplaintHandling,
    /// Enquiries
    Enquiry,
}

impl From<Queue> for CaseType {
    fn from(queue: Queue) -> Self {
        match queue {
            Queue::MemberLandlord => Self::MemberLandlord,
            Queue::ComplaintHandling => Self::ComplaintHandling,
            Queue::Enquiry => Self::Enquiry,
        }
    }
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::List { queue, limit } => list(portal, output, queue.into(), &limit).await,
        Command::Next { username, queue } => {
            let owner = match username {
                None => String::new(),
                Some(username) => account::find(&portal.as_oneself(), &username).await?.id,
            };
            let request = AllocateNextRequest {
                request_id: kit::id().to_string(),
                case_type: CaseType::from(queue).into(),
                owner_account_id: owner,
            };
            let case = call!(
                portal,
                "case",
                AllocationServiceClient,
                allocate_next,
                request
            );
            output.one(
                &case,
                &format!("Case {} is now {}'s.", case.reference, case.owner_name),
            )
        }
        Command::Ahead {
            reference,
            reason,
            withdraw,
        } => {
            let case = find(portal, &reference).await?;
            let (case_id, version) = (case.id, case.version);
            let case = if withdraw {
                let request = WithdrawAheadRequest {
                    case_id,
                    version,
                    reason,
                };
                call!(
                    portal,
                    "case",
                    AllocationServiceClient,
                    withdraw_ahead,
                    request
                )
            } else {
                let request = ApproveAheadRequest {
                    case_id,
                    version,
                    reason,
                };
                call!(
                    portal,
                    "case",
                    AllocationServiceClient,
                    approve_ahead,
                    request
                )
            };
            let place = if withdraw {
                "waits for its turn"
            } else {
                "goes ahead of others"
            };
            output.one(&case, &format!("Case {reference} {place}."))
        }
    }
}

async fn list(
    portal: &Portal,
    output: Output,
    queue: CaseType,
    limit: &Limit,
) -> Result<(), Failure> {
    let cases = pages(limit, async |page_size, page_token| {
        let request = ListAwaitingAllocationRequest {
            case_type: queue.into(),
            page_size,
            page_token,
        };
        let page = call!(
            portal,
            "case",
            AllocationServiceClient,
            list_awaiting_allocation,
            request
        );
        Ok((page.cases, page.next_page_token))
    })
    .await?;
    output.list(
        &cases,
        [
            "Case",
            "Opened on",
            "Sensitivity",
            "Ahead",
            "Upheld service complaints",
            "Complainant",
        ],
        |it| {
            let allocation = it.allocation.clone().unwrap_or_default();
            let upheld: Vec<_> = allocation
                .upheld_complaints
                .iter()
                .map(|it| it.reference.clone())
                .collect();
            [
                it.reference.clone(),
                it.opened_on.clone(),
                risk::words(allocation.sensitivity()).to_owned(),
                allocation.ahead.map(|it| it.reason).unwrap_or_default(),
                upheld.join(", "),
                it.complainant.clone(),
            ]
        },
        "No case waits to be allocated.",
    )
}
