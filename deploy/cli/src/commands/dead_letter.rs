//! `casework dead-letter`.

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use proto::operations::v1::operations_service_client::OperationsServiceClient;
use proto::operations::v1::{ListDeadLettersRequest, RedriveDeadLetterRequest};

use crate::commands::{Limit, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, SERVICES, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the events that a service could not handle, newest first
    List {
        /// The service
        #[arg(value_parser = PossibleValuesParser::new(SERVICES))]
        service: String,
        #[command(flatten)]
        limit: Limit,
    },
    /// Handle one once more, now
    Redrive {
        /// The service
        #[arg(value_parser = PossibleValuesParser::new(SERVICES))]
        service: String,
        /// The consumer, as the list shows it
        consumer: String,
        /// The event's id, as the list shows it
        event: String,
    },
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::List { service, limit } => {
            let letters = pages(&limit, async |page_size, page_token| {
                let request = ListDeadLettersRequest {
                    page_size,
                    page_token,
                };
                let page = call!(
                    portal,
                    &service,
                    OperationsServiceClient,
                    list_dead_letters,
                    request
                );
                Ok((page.dead_letters, page.next_page_token))
            })
            .await?;
            output.list(
                &letters,
                ["Consumer", "Event", "Type", "Tries", "Failed at", "Why"],
                |it| {
                    [
                        it.consumer.clone(),
                        it.event_id.clone(),
                        it.event_type.clone(),
                        it.tries.to_string(),
                        instant(it.failed_at.as_ref()),
                        it.reason.clone(),
                    ]
                },
                "No dead letters.",
            )
        }
        Command::Redrive {
            service,
            consumer,
            event,
        } => {
            let request = RedriveDeadLetterRequest {
                consumer,
                event_id: event,
            };
            let done = call!(
                portal,
                &service,
                OperationsServiceClient,
                redrive_dead_letter,
                request
            );
            output.one(&done, "The event was handled, and the letter is gone.")
        }
    }
}
