//! `casework email`.

use clap::{Subcommand, ValueEnum};
use proto::notification::v1::notification_service_client::NotificationServiceClient;
use proto::notification::v1::{DeliveryState, ListUndeliveredRequest, SendAgainRequest};

use crate::commands::{Limit, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the emails that are not delivered, oldest first (NO-4)
    Undelivered {
        /// Only those in this state
        #[arg(long)]
        state: Option<State>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Send an email that was refused once more
    SendAgain {
        /// The email's id, as the list shows it
        email: String,
    },
}

/// How an email that is not delivered fares.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum State {
    /// Waiting to be sent
    Queued,
    /// Not urgent, and waiting for the morning
    Held,
    /// The mail server did not say whether it took it; it is sent again
    Unknown,
    /// Refused for good
    Refused,
}

impl From<State> for DeliveryState {
    fn from(state: State) -> Self {
        match state {
            State::Queued => Self::Queued,
            State::Held => Self::Held,
            State::Unknown => Self::Unknown,
            State::Refused => Self::Refused,
        }
    }
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Undelivered { state, limit } => {
            let state = state.map_or(DeliveryState::Unspecified, DeliveryState::from);
            let emails = pages(&limit, async |page_size, page_token| {
                let request = ListUndeliveredRequest {
                    page_size,
                    page_token,
                    state: state.into(),
                };
                let page = call!(
                    portal,
                    "notification",
                    NotificationServiceClient,
                    list_undelivered,
                    request
                );
                Ok((page.emails, page.next_page_token))
            })
            .await?;
            output.list(
                &emails,
                [
                    "Id",
                    "Template",
                    "Case",
                    "Account",
                    "State",
                    "Tries",
                    "Queued at",
                    "Last error",
                ],
                |it| {
                    [
                        it.id.clone(),
                        it.template.clone(),
                        it.case_reference.clone(),
                        it.account_id.clone(),
                        it.state()
                            .as_str_name()
                            .trim_start_matches("DELIVERY_STATE_")
                            .to_lowercase(),
                        it.tries.to_string(),
                        instant(it.queued_at.as_ref()),
                        it.last_error.clone(),
                    ]
                },
                "Every email is delivered.",
            )
        }
        Command::SendAgain { email } => {
            let request = SendAgainRequest { email_id: email };
            let email = call!(
                portal,
                "notification",
                NotificationServiceClient,
                send_again,
                request
            );
            output.one(&email, "The email is queued again.")
        }
    }
}
