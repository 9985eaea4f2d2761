//! `casework client`.

use clap::Subcommand;
use proto::identity::v1::RegisterServiceClientRequest;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;

use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Register another system that calls the services; its secret is shown this once
    Register {
        /// What it is, such as "case management system"
        name: String,
        /// What it may do, such as cases or tasks; once for each. Only what you may do yourself
        #[arg(long = "scope", required = true, value_name = "SCOPE")]
        scopes: Vec<String>,
    },
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    let Command::Register { name, scopes } = command;
    let request = RegisterServiceClientRequest {
        name: name.clone(),
        scopes,
    };
    let registered = call!(
        portal,
        "identity",
        AdministrationServiceClient,
        register_service_client,
        request
    );
    let sentence = format!(
        "{name} is registered.\nClient id: {}\nSecret: {}\nKeep the secret: it is not shown again.",
        registered.client.as_ref().map_or("", |it| it.id.as_str()),
        registered.client_secret
    );
    output.one(&registered, &sentence)
}
