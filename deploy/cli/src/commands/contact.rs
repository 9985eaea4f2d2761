//! `casework contact`.

use clap::{Args, Subcommand, ValueEnum};
use proto::case::v1::contact_service_client::ContactServiceClient;
use proto::case::v1::{
    Channel, Contact, ContactKind, ContactReason, GiveUpdateRequest, ListContactsRequest,
    ListParagraphsRequest, PromiseCallbackRequest, RecordCallRequest, SetParagraphRequest, Team,
};

use crate::commands::case::find;
use crate::commands::{Limit, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List what complainants are owed, soonest due first
    List(List),
    /// Promise a complainant a call
    Promise {
        /// The case's reference
        reference: String,
        /// What the complainant wants to be called about
        #[arg(long)]
        about: String,
        /// By when, such as 2026-03-15; left out for the latest day that can be promised
        #[arg(long, default_value = "")]
        due_on: String,
    },
    /// Record an introduction call or a callback; one without an answer stays owed
    Called {
        /// What was owed, as `casework contact list` shows it
        contact: String,
        /// The date of the call, such as 2026-03-15
        #[arg(long)]
        on: String,
        /// Nobody answered
        #[arg(long)]
        no_answer: bool,
        /// What came of it
        #[arg(long, default_value = "", required_unless_present = "no_answer")]
        note: String,
    },
    /// Give a progress update, from a standard paragraph or in one's own words
    ///
    /// The words are shown with the stage and its date filled in, as they are to be given. With `--by portal` the portal sends them to the address; in any
    /// other way it keeps what somebody has told the complainant.
    Update(Update),
    /// List the standard paragraphs
    Paragraphs,
    /// Write a standard paragraph, or take one back by giving no words
    ///
    /// `{{stage}}` in it is the stage in words, `{{expected}}` the date by which it is expected to be finished.
    SetParagraph {
        /// What it is called by, such as `delay`
        key: String,
        /// The words
        #[arg(default_value = "")]
        words: String,
    },
}

/// Whose contacts are listed.
#[derive(Args)]
pub(crate) struct List {
    /// Only those of one's own cases
    #[arg(long, conflicts_with_all = ["team", "case"])]
    mine: bool,
    /// Only those of a team's cases
    #[arg(long, conflicts_with = "case")]
    team: Option<TeamWord>,
    /// Only those of a case, by its reference
    #[arg(long)]
    case: Option<String>,
    /// How many of them
    #[command(flatten)]
    limit: Limit,
}

/// The casework teams.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum TeamWord {
    /// Dispute Support
    DisputeSupport,
    /// Triage
    Triage,
    /// Dispute Resolution
    DisputeResolution,
    /// Review
    Review,
}

/// A progress update.
#[derive(Args)]
pub(crate) struct Update {
    /// The case's reference
    reference: String,
    /// The standard paragraph, as `casework contact paragraphs` lists it
    #[arg(long, conflicts_with = "words", required_unless_present = "words")]
    paragraph: Option<String>,
    /// One's own words
    #[arg(long)]
    words: Option<String>,
    /// By when the stage is expected to be finished now, such as 2026-03-15; left out when that stays as it is
    #[arg(long, default_value = "")]
    expected_on: String,
    /// How the complainant is told
    #[arg(long)]
    by: By,
    /// When, such as 2026-03-15; left out when the portal sends it, which it does at once
    #[arg(long, default_value = "", required_unless_present = "to")]
    on: String,
    /// The email address that the portal sends it to
    #[arg(long, default_value = "", required_if_eq("by", "portal"))]
    to: String,
}

/// How a complainant is told.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum By {
    /// By letter
    Post,
    /// By telephone
    Telephone,
    /// By email, from the team's own mailbox
    Email,
    /// By email, which the portal sends
    Portal,
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::List(asked) => list(portal, output, asked).await,
        Command::Promise {
            reference,
            about,
            due_on,
        } => {
            let request = PromiseCallbackRequest {
                request_id: kit::id().to_string(),
                case_id: find(portal, &reference).await?.id,
                about,
                due_on,
            };
            let promised = call!(
                portal,
                "case",
                ContactServiceClient,
                promise_callback,
                request
            );
            let sentence = format!("A callback is promised by {}.", promised.due_on);
            output.one(&promised, &sentence)
        }
        Command::Called {
            contact,
            on,
            no_answer,
            note,
        } => {
            let request = RecordCallRequest {
                request_id: kit::id().to_string(),
                contact_id: contact,
                called_on: on,
                answered: !no_answer,
                note,
            };
            let contact = call!(portal, "case", ContactServiceClient, record_call, request);
            let sentence = if no_answer {
                format!("It stays owed, and was due on {}.", contact.due_on)
            } else {
                format!("Recorded on case {}.", contact.case_reference)
            };
            output.one(&contact, &sentence)
        }
        Command::Update(update) => give(portal, output, update).await,
        Command::Paragraphs => {
            let request = ListParagraphsRequest {};
            let found = call!(
                portal,
                "case",
                ContactServiceClient,
                list_paragraphs,
                request
            );
            output.list(
                &found.paragraphs,
                ["Key", "Words", "Written at", "By"],
                |it| {
                    [
                        it.key.clone(),
                        it.words.clone(),
                        instant(it.set_at.as_ref()),
                        it.set_by.clone(),
                    ]
                },
                "There is no standard paragraph.",
            )
        }
        Command::SetParagraph { key, words } => {
            let request = SetParagraphRequest { key, words };
            let set = call!(portal, "case", ContactServiceClient, set_paragraph, request);
            let done = if set.words.is_empty() {
                "taken back"
            } else {
                "written"
            };
            output.one(&set, &format!("Paragraph {} is {done}.", set.key))
        }
    }
}

async fn give(portal: &Portal, output: Output, update: Update) -> Result<(), Failure> {
    let channel = match update.by {
        By::Post => Channel::Post,
        By::Telephone => Channel::Telephone,
        By::Email => Channel::Email,
        By::Portal => Channel::Portal,
    };
    let request = GiveUpdateRequest {
        request_id: kit::id().to_string(),
        case_id: find(portal, &update.reference).await?.id,
        paragraph: update.paragraph.unwrap_or_default(),
        words: update.words.unwrap_or_default(),
        expected_on: update.expected_on,
        channel: channel.into(),
        given_on: update.on,
        address: update.to,
    };
    let given = call!(portal, "case", ContactServiceClient, give_update, request);
    output.one(&given, &given.words)
}

async fn list(portal: &Portal, output: Output, asked: List) -> Result<(), Failure> {
    let team = match asked.team {
        None => Team::Unspecified,
        Some(TeamWord::DisputeSupport) => Team::DisputeSupport,
        Some(TeamWord::Triage) => Team::Triage,
        Some(TeamWord::DisputeResolution) => Team::DisputeResolution,
        Some(TeamWord::Review) => Team::Review,
    };
    let case_id = match &asked.case {
        None => String::new(),
        Some(reference) => find(portal, reference).await?.id,
    };
    let contacts = pages(&asked.limit, async |page_size, page_token| {
        let request = ListContactsRequest {
            page_size,
            page_token,
            mine: asked.mine,
            team: team.into(),
            case_id: case_id.clone(),
        };
        let page = call!(portal, "case", ContactServiceClient, list_contacts, request);
        Ok((page.contacts, page.next_page_token))
    })
    .await?;
    output.list(
        &contacts,
        ["Due on", "Case", "What", "Why", "Owner", "Id"],
        |it| {
            let late = if it.overdue { " (overdue)" } else { "" };
            [
                format!("{}{late}", it.due_on),
                it.case_reference.clone(),
                what(it),
                why(it.reason()).to_owned(),
                it.owner_name.clone(),
                it.id.clone(),
            ]
        },
        "Nothing is owed.",
    )
}

/// What is owed, in words.
fn what(contact: &Contact) -> String {
    let kind = match contact.kind() {
        ContactKind::Unspecified => "",
        ContactKind::ProgressUpdate => "progress update",
        ContactKind::IntroductionCall => "introduction call",
        ContactKind::Callback => "callback",
    };
    let tried = match contact.unanswered {
        0 => String::new(),
        times => format!(", {times} without an answer"),
    };
    match contact.about.as_str() {
        "" => format!("{kind}{tried}"),
        about => format!("{kind} about {about}{tried}"),
    }
}

/// Why it is owed, in words.
fn why(reason: ContactReason) -> &'static str {
    match reason {
        ContactReason::Unspecified => "",
        ContactReason::Timeframe => "the expected date is likely to be missed",
        ContactReason::Quiet => "nothing has happened for a while",
        ContactReason::Allocated => "the case was allocated",
        ContactReason::Promised => "it was promised",
        ContactReason::Refused => "a mail server refused the last one",
    }
}
