//! `casework lock`.

use clap::Subcommand;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::{LiftLockRequest, ListLocksRequest};

use crate::commands::{Limit, account, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the accounts that are locked now, latest first
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Lift the lock of an account
    Lift {
        /// The username
        username: String,
    },
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::List { limit } => {
            let locks = pages(&limit, async |page_size, page_token| {
                let request = ListLocksRequest {
                    page_size,
                    page_token,
                };
                let page = call!(
                    portal,
                    "identity",
                    AdministrationServiceClient,
                    list_locks,
                    request
                );
                Ok((page.locks, page.next_page_token))
            })
            .await?;
            output.list(
                &locks,
                ["Username", "Failures", "Since", "Until"],
                |it| {
                    [
                        it.username.clone(),
                        it.failures.to_string(),
                        instant(it.locked_at.as_ref()),
                        instant(it.locked_until.as_ref()),
                    ]
                },
                "No account is locked.",
            )
        }
        Command::Lift { username } => {
            let account_id = account::find(portal, &username).await?.id;
            let lifted = call!(
                portal,
                "identity",
                AdministrationServiceClient,
                lift_lock,
                LiftLockRequest { account_id }
            );
            output.one(&lifted, &format!("{username} can log in again."))
        }
    }
}
