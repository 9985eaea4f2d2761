//! `casework complaint`.

use std::fmt::Write as _;

use clap::Subcommand;
use proto::service_complaint::v1::RecountDeadlinesRequest;
use proto::service_complaint::v1::amendment_service_client::AmendmentServiceClient;

use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Count the dates of service complaints again, after bank holidays were changed; whoever handles one whose date moves is told, and tells the
    /// person
    Recount,
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Recount => {
            let counted = call!(
                portal,
                "service-complaint",
                AmendmentServiceClient,
                recount_deadlines,
                RecountDeadlinesRequest {}
            );
            let mut said = format!(
                "{} due dates were counted again; {} of them are another date now.",
                counted.recounted, counted.redated
            );
            if counted.failed > 0 {
                _ = write!(
                    said,
                    " {} complaints could not be counted: the service's log says why.",
                    counted.failed
                );
            }
            output.one(&counted, &said)
        }
    }
}
