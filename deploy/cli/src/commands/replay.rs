//! `casework replay`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use proto::operations::v1::ReplayRequest;
use proto::operations::v1::operations_service_client::OperationsServiceClient;

use crate::commands::Moment;
use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, SERVICES, call};

#[derive(Args)]
pub(crate) struct Replay {
    /// The service whose events are published again
    #[arg(value_parser = PossibleValuesParser::new(SERVICES))]
    service: String,
    /// Everything that it announced from here on: a day in London, such as 2026-11-22, or an instant, such as 2026-11-22T09:00:00Z
    #[arg(long)]
    since: Moment,
}

pub(crate) async fn run(replay: Replay, portal: &Portal, output: Output) -> Result<(), Failure> {
    let Replay { service, since } = replay;
    let request = ReplayRequest {
        since: Some(since.timestamp()),
    };
    let replayed = call!(portal, &service, OperationsServiceClient, replay, request);
    let sentence = format!(
        "{} event(s) of {service} will be published again. Whoever has seen one skips it.",
        replayed.events
    );
    output.one(&replayed, &sentence)
}
