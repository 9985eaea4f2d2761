//! `casework landlord`.

use clap::Subcommand;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::{ListLandlordsRequest, RegisterLandlordRequest};

use crate::commands::{Limit, pages};
use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Register a landlord; its administrator then sets a password through *Forgot your password?*
    Onboard {
        /// The landlord's name
        name: String,
        /// The administrator's name
        #[arg(long)]
        administrator: String,
        /// The administrator's email address, which becomes the username
        #[arg(long)]
        username: String,
    },
    /// List landlords by name
    List {
        /// Only those with this in their name
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        limit: Limit,
    },
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Onboard {
            name,
            administrator,
            username,
        } => {
            let request = RegisterLandlordRequest {
                request_id: kit::id().to_string(),
                name,
                administrator_name: administrator,
                administrator_username: username.clone(),
            };
            let landlord = call!(
                portal,
                "identity",
                AdministrationServiceClient,
                register_landlord,
                request
            );
            let sentence = format!(
                "{} is registered as {}.\n{username} now enters the username and chooses \"Forgot your password?\".",
                landlord.name, landlord.id
            );
            output.one(&landlord, &sentence)
        }
        Command::List { name, limit } => {
            let landlords = pages(&limit, async |page_size, page_token| {
                let request = ListLandlordsRequest {
                    page_size,
                    page_token,
                    name: name.clone(),
                };
                let page = call!(
                    portal,
                    "identity",
                    AdministrationServiceClient,
                    list_landlords,
                    request
                );
                Ok((page.landlords, page.next_page_token))
            })
            .await?;
            output.list(
                &landlords,
                ["Id", "Name", "Activated", "Restricted"],
                |it| {
                    let restricted = it
                        .restriction
                        .as_ref()
                        .map(|it| format!("review {}", it.review_on));
                    [
                        it.id.clone(),
                        it.name.clone(),
                        it.activated_on.clone(),
                        restricted.unwrap_or_default(),
                    ]
                },
                "No landlords.",
            )
        }
    }
}
