//! `casework message`.

use clap::{Args, Subcommand};
use proto::case::v1::Team;
use proto::messaging::v1::messaging_service_client::MessagingServiceClient;
use proto::messaging::v1::{
    DismissReplyRequest, ListMessagesRequest, ListRepliesOwedRequest, PostMessageRequest,
    RecountRepliesRequest, ReplyOwed, ReplyUrgency,
};

use crate::commands::staff::CaseworkTeam;
use crate::commands::{Limit, account, case, once_heard_of, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write a message on a case; its landlord is told by email, and whatever the landlord has asked there counts as answered
    Write {
        /// The reference of the case
        case: String,
        /// The text, up to 2,000 characters
        text: String,
        /// A document of the case to go with it, by its id; can be given more than once
        #[arg(long = "attach", value_name = "DOCUMENT")]
        documents: Vec<String>,
    },
    /// List the messages of a case, newest first
    List {
        /// The reference of the case
        case: String,
        #[command(flatten)]
        limit: Limit,
    },
    /// List the answers that are owed to landlords, soonest due first
    Owed(Owed),
    /// End the wait for an answer that is not needed
    NoAnswerNeeded {
        /// The reference of the case
        case: String,
        /// Why, such as that the message is a thank-you; it is kept
        #[arg(long)]
        reason: String,
        /// The answer to a report of a technical issue, which has a due date of its own
        #[arg(long)]
        technical: bool,
    },
    /// Count the due dates of answers again after the bank holidays have been changed; who owns a case whose date moves is told
    Recount,
}

#[derive(Args)]
pub(crate) struct Owed {
    /// Only on cases of this owner, by username
    #[arg(long, value_name = "USERNAME")]
    owner: Option<String>,
    /// Only on cases that this team has
    #[arg(long)]
    team: Option<CaseworkTeam>,
    /// Only on this case, by reference
    #[arg(long)]
    case: Option<String>,
    /// Only those whose date has passed
    #[arg(long)]
    overdue: bool,
    #[command(flatten)]
    limit: Limit,
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Write {
            case,
            text,
            documents,
        } => {
            let request = PostMessageRequest {
                request_id: kit::id().to_string(),
                case_id: case::find(portal, &case).await?.id,
                body: text,
                document_ids: documents,
                technical_issue: false,
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
        Command::List { case, limit } => list(&case, &limit, portal, output).await,
        Command::Owed(asked) => {
            let replies = owed(asked, portal).await?;
            output.list(
                &replies,
                [
                    "Case",
                    "Landlord",
                    "Complainant",
                    "Waiting since",
                    "Messages",
                    "Answer due",
                    "",
                ],
                row,
                "No answers are owed.",
            )
        }
        Command::NoAnswerNeeded {
            case,
            reason,
            technical,
        } => {
            let reply = waiting(&case, technical, portal).await?;
            let request = DismissReplyRequest {
                reply_id: reply.id,
                version: reply.version,
                reason,
            };
            let reply = call!(
                portal,
                "messaging",
                MessagingServiceClient,
                dismiss_reply,
                request
            );
            output.one(
                &reply,
                &format!("No answer is owed on case {case} any more."),
            )
        }
        Command::Recount => {
            let recounted = call!(
                portal,
                "messaging",
                MessagingServiceClient,
                recount_replies,
                RecountRepliesRequest {}
            );
            output.one(
                &recounted,
                &format!(
                    "{} due dates were counted again; {} of them are another date now.",
                    recounted.recounted, recounted.redated
                ),
            )
        }
    }
}

async fn list(case: &str, limit: &Limit, portal: &Portal, output: Output) -> Result<(), Failure> {
    let case_id = case::find(portal, case).await?.id;
    let messages = pages(limit, async |page_size, page_token| {
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

async fn owed(asked: Owed, portal: &Portal) -> Result<Vec<ReplyOwed>, Failure> {
    let owner = match &asked.owner {
        Some(username) => account::find(&portal.as_oneself(), username).await?.id,
        None => String::new(),
    };
    let case_id = match &asked.case {
        Some(reference) => case::find(portal, reference).await?.id,
        None => String::new(),
    };
    let team = asked.team.map_or(Team::Unspecified, Team::from);
    pages(&asked.limit, async |page_size, page_token| {
        let request = ListRepliesOwedRequest {
            owner_account_id: owner.clone(),
            team: team.into(),
            overdue_only: asked.overdue,
            page_size,
            page_token,
            case_id: case_id.clone(),
        };
        let page = call!(
            portal,
            "messaging",
            MessagingServiceClient,
            list_replies_owed,
            request
        );
        Ok((page.replies, page.next_page_token))
    })
    .await
}

/// The wait of one kind on a case.
async fn waiting(case: &str, technical: bool, portal: &Portal) -> Result<ReplyOwed, Failure> {
    let asked = Owed {
        owner: None,
        team: None,
        case: Some(case.to_owned()),
        overdue: false,
        // A case has one of each kind at the most.
        limit: Limit { limit: 2 },
    };
    let found = owed(asked, portal)
        .await?
        .into_iter()
        .find(|reply| reply.technical_issue == technical);
    Ok(found.ok_or_else(|| anyhow::anyhow!("no such answer is owed on case {case}"))?)
}

fn row(reply: &ReplyOwed) -> [String; 7] {
    let mut notes = Vec::new();
    match reply.urgency() {
        ReplyUrgency::Overdue => notes.push("Overdue"),
        ReplyUrgency::Approaching => notes.push("Approaching"),
        ReplyUrgency::Pending | ReplyUrgency::Unspecified => {}
    }
    if reply.technical_issue {
        notes.push("Technical issue");
    }
    [
        reply.case_reference.clone(),
        reply.landlord_name.clone(),
        reply.complainant.clone(),
        instant(reply.awaited_since.as_ref()),
        reply.messages.to_string(),
        reply.due_on.clone(),
        notes.join(", "),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_and_what_is_technical_is_said_beside_it() {
        let reply = ReplyOwed {
            case_reference: "202312345".to_owned(),
            urgency: ReplyUrgency::Overdue.into(),
            technical_issue: true,
            messages: 2,
            due_on: "2025-06-17".to_owned(),
            ..ReplyOwed::default()
        };

        assert_eq!(
            row(&reply),
            [
                "202312345",
                "",
                "",
                "",
                "2",
                "2025-06-17",
                "Overdue, Technical issue"
            ]
        );
    }
}
