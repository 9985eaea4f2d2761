//! `casework message`.

use clap::Subcommand;
use proto::messaging::v1::messaging_service_client::MessagingServiceClient;
use proto::messaging::v1::{ListMessagesRequest, PostMessageRequest};

use crate::commands::{Limit, case, once_heard_of, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write a message on a case; its landlord is told by email
    Write {
        /// The reference of the case
        case: String,
        /// The text, up to 2,000 characters
        text: String,
    },
    /// List the messages of a case, newest first
    List {
        /// The reference of the case
        case: String,
        #[command(flatten)]
        limit: Limit,
    },
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Write { case, text } => {
            let request = PostMessageRequest {
                request_id: kit::id().to_string(),
                case_id: case::find(portal, &case).await?.id,
                body: text,
                ..PostMessageRequest::default()
            };
            let message = once_heard_of(async || {
                Ok(call!(
                    portal,
                    "messaging",
                    MessagingServiceClient,
                    post_message,
                    request.clone()
                ))
            })
            .await?;
            output.one(&message, &format!("The message is sent on case {case}."))
        }
        Command::List { case, limit } => {
            let case_id = case::find(portal, &case).await?.id;
            let messages = pages(&limit, async |page_size, page_token| {
                let request = ListMessagesRequest {
                    case_id: case_id.clone(),
                    page_size,
                    page_token,
                };
                let page = call!(
                    portal,
                    "messaging",
                    MessagingServiceClient,
                    list_messages,
                    request
                );
                Ok((page.messages, page.next_page_token))
            })
            .await?;
            output.list(
                &messages,
                ["When", "From", "Text", "Documents"],
                |it| {
                    let names: Vec<_> = it.attachments.iter().map(|it| it.name.clone()).collect();
                    [
                        instant(it.sent_at.as_ref()),
                        it.author_name.clone(),
                        it.body.clone(),
                        names.join(", "),
                    ]
                },
                "No messages.",
            )
        }
    }
}
