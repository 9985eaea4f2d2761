//! `casework case`.

mod list;

use std::fmt::Write as _;

use clap::{Args, Subcommand, ValueEnum};
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::{
    AssignOwnerRequest, Case, CaseType, DescribeWorkflowRequest, Finding, GetCaseRequest,
    ListTimelineRequest, MoveCaseRequest, OpenCaseRequest, RecordOutcomeRequest, RelatedCase,
    StaffDetails, Status,
};

use crate::commands::{Limit, account, once_heard_of, pages, risk};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Open a case about a member landlord
    Open(Open),
    /// Show a case and what has happened on it
    Show {
        /// The reference, such as 202312345
        reference: String,
        /// How much of what has happened to show, newest first
        #[command(flatten)]
        limit: Limit,
    },
    /// List cases, open ones with the next task due first unless said otherwise
    List(list::List),
    /// Move a case to another status, which hands it to that stage's team
    Move {
        /// The reference
        reference: String,
        /// The status, such as evidence-gathering; a wrong one is answered with those that are allowed
        status: String,
    },
    /// Make a member of staff the owner of a case
    Assign {
        /// The reference
        reference: String,
        /// The username of the new owner
        username: String,
    },
    /// Record what was decided on a case
    ///
    /// The landlord sees it when the case reaches a determination or is closed, or at once where it stands there already. Recorded again,
    /// it takes the place of what was recorded before.
    Outcome {
        /// The reference
        reference: String,
        /// The finding
        finding: Word,
        /// The decision in a few sentences, for both sides to read
        #[arg(long)]
        summary: String,
        /// The date of the decision, such as 2026-03-15
        #[arg(long)]
        decided_on: String,
    },
    /// Explain the statuses and the moves between them
    Statuses,
}

/// How a case can end.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Word {
    /// The landlord failed seriously
    SevereMaladministration,
    /// The landlord failed
    Maladministration,
    /// The landlord fell short in a smaller way
    ServiceFailure,
    /// The landlord had put it right already
    ReasonableRedress,
    /// The landlord acted as it should have
    NoMaladministration,
    /// The parties settled it with the ombudsman's help
    Resolved,
    /// The ombudsman may not consider it
    OutsideJurisdiction,
    /// The resident withdrew it
    Withdrawn,
}

impl From<Word> for Finding {
    fn from(word: Word) -> Self {
        match word {
            Word::SevereMaladministration => Self::SevereMaladministration,
            Word::Maladministration => Self::Maladministration,
            Word::ServiceFailure => Self::ServiceFailure,
            Word::ReasonableRedress => Self::ReasonableRedress,
            Word::NoMaladministration => Self::NoMaladministration,
            Word::Resolved => Self::Resolved,
            Word::OutsideJurisdiction => Self::OutsideJurisdiction,
            Word::Withdrawn => Self::Withdrawn,
        }
    }
}

#[derive(Args)]
pub(crate) struct Open {
    /// The landlord's id, as `casework landlord list` shows it
    #[arg(long)]
    landlord: String,
    /// The resident who complains
    #[arg(long)]
    complainant: String,
    /// Who speaks for the resident
    #[arg(long, default_value = "")]
    representative: String,
    /// What it is about
    #[arg(long)]
    subject: String,
    /// How to reach the resident; only staff see it
    #[arg(long, default_value = "")]
    contact: String,
}

/// Finds a case by its reference.
pub(crate) async fn find(portal: &Portal, reference: &str) -> Result<Case, Failure> {
    let request = GetCaseRequest {
        case_id: reference.to_owned(),
    };
    Ok(call!(portal, "case", CaseServiceClient, get_case, request))
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Open(open) => {
            let request = OpenCaseRequest {
                request_id: kit::id().to_string(),
                case_type: CaseType::MemberLandlord.into(),
                complainant: open.complainant,
                representative: open.representative,
                landlord_id: open.landlord,
                subject: open.subject,
                staff_details: Some(StaffDetails {
                    contact: open.contact,
                    ..StaffDetails::default()
                }),
            };
            let case = once_heard_of(async || {
                Ok(call!(
                    portal,
                    "case",
                    CaseServiceClient,
                    open_case,
                    request.clone()
                ))
            })
            .await?;
            output.one(&case, &opened(&case))
        }
        Command::Show { reference, limit } => {
            let case = find(portal, &reference).await?;
            show(output, &case)?;
            timeline(portal, output, &case, &limit).await
        }
        Command::List(list) => list::run(list, portal, output).await,
        Command::Outcome {
            reference,
            finding,
            summary,
            decided_on,
        } => {
            let case = find(portal, &reference).await?;
            let request = RecordOutcomeRequest {
                case_id: case.id,
                version: case.version,
                finding: Finding::from(finding).into(),
                summary,
                decided_on,
            };
            let case = call!(portal, "case", CaseServiceClient, record_outcome, request);
            let (finding, seen) = outcome(&case);
            output.one(&case, &format!("Case {reference}: {finding}. {seen}"))
        }
        Command::Move { reference, status } => {
            let case = find(portal, &reference).await?;
            let request = MoveCaseRequest {
                case_id: case.id,
                version: case.version,
                status: parse_status(&status)?.into(),
            };
            let case = call!(portal, "case", CaseServiceClient, move_case, request);
            let sentence = format!(
                "Case {reference} is now: {}, with {}.",
                case.status_label, case.team_label
            );
            output.one(&case, &sentence)
        }
        Command::Assign {
            reference,
            username,
        } => {
            let (case, owner) = (
                find(portal, &reference).await?,
                account::find(&portal.as_oneself(), &username).await?,
            );
            let request = AssignOwnerRequest {
                case_id: case.id,
                version: case.version,
                owner_account_id: owner.id,
            };
            let case = once_heard_of(async || {
                Ok(call!(
                    portal,
                    "case",
                    CaseServiceClient,
                    assign_owner,
                    request.clone()
                ))
            })
            .await?;
            output.one(
                &case,
                &format!("Case {reference} is now {}'s.", case.owner_name),
            )
        }
        Command::Statuses => statuses(portal, output).await,
    }
}

async fn statuses(portal: &Portal, output: Output) -> Result<(), Failure> {
    let request = DescribeWorkflowRequest {};
    let workflow = call!(
        portal,
        "case",
        CaseServiceClient,
        describe_workflow,
        request
    );
    output.list(
        &workflow.statuses,
        ["Status", "Label", "Meaning", "Next"],
        |it| {
            let next: Vec<_> = it.next().map(word).collect();
            [
                word(it.status()),
                it.label.clone(),
                it.explanation.clone(),
                next.join(", "),
            ]
        },
        "No statuses.",
    )
}

/// A status as it is typed: `evidence-gathering`.
pub(crate) fn word(status: Status) -> String {
    status
        .as_str_name()
        .trim_start_matches("STATUS_")
        .to_lowercase()
        .replace('_', "-")
}

pub(crate) fn parse_status(typed: &str) -> anyhow::Result<Status> {
    let name = format!(
        "STATUS_{}",
        typed.trim().to_uppercase().replace(['-', ' '], "_")
    );
    Status::from_str_name(&name)
        .filter(|it| *it != Status::Unspecified)
        .ok_or_else(|| {
            anyhow::anyhow!("{typed:?} is no status; `casework case statuses` lists them")
        })
}

/// That a case is open, and whether its complainant had others about the same landlord (CA-11).
fn opened(case: &Case) -> String {
    let mut sentence = format!("Case {} is open, with {}.", case.reference, case.team_label);
    let allocation = case.allocation.clone().unwrap_or_default();
    for (of, cases) in [
        ("Earlier cases", &allocation.earlier_cases),
        ("Other open cases", &allocation.other_open_cases),
    ] {
        if !cases.is_empty() {
            let _ = write!(
                sentence,
                "\n{of} of the same complainant and landlord: {}",
                related(cases)
            );
        }
    }
    sentence
}

fn show(output: Output, case: &Case) -> Result<(), Failure> {
    let tasks: Vec<_> = case
        .upcoming_tasks
        .iter()
        .map(|task| format!("{} (due {})", task.title, task.due_on))
        .collect();
    let team = format!("{} – {}", case.team_label, case.team_role);
    let (finding, seen) = outcome(case);
    let decision = case.outcome.as_ref();
    let decision = decision.map(|it| format!("{finding}, decided on {}. {seen}", it.decided_on));
    let summary = case.outcome.as_ref().map(|it| it.summary.clone());
    let details = case.staff_details.clone().unwrap_or_default();
    let allocation = case.allocation.clone().unwrap_or_default();
    let sensitivity = risk::words(allocation.sensitivity());
    let upheld = allocation
        .upheld_complaints
        .iter()
        .map(|it| format!("{} ({})", it.reference, it.upheld_on));
    let upheld: Vec<_> = upheld.collect();
    let ahead = allocation.ahead.as_ref();
    let ahead = ahead.map(|it| format!("{} ({})", it.reason, it.approved_by));
    let reviews = allocation.open_risk_reviews.iter();
    let reviews: Vec<_> = reviews.map(|it| format!("due {}", it.due_on)).collect();
    let (earlier, beside) = (
        related(&allocation.earlier_cases),
        related(&allocation.other_open_cases),
    );
    let stage = case.stage.clone().unwrap_or_default();
    let told_before = stage.earlier.iter();
    let told_before: Vec<_> = told_before
        .map(|it| format!("{} (told on {})", it.expected_on, it.told_on))
        .collect();
    output.facts(
        case,
        &[
            ("Reference", &case.reference),
            ("Id", &case.id),
            ("Type", &case.case_type_label),
            ("Complainant", &case.complainant),
            ("Representative", &case.representative),
            ("Landlord", &case.landlord_name),
            ("Subject", &case.subject),
            ("Status", &case.status_label),
            ("Timeframe", &stage.words),
            ("At this stage since", &stage.began_on),
            ("Told before", &told_before.join(", ")),
            ("Team", &team),
            ("Owner", &case.owner_name),
            ("Opened on", &case.opened_on),
            ("Closed on", &case.closed_on),
            ("Outcome", &decision.unwrap_or_default()),
            ("Decision", &summary.unwrap_or_default()),
            ("Sensitivity", sensitivity),
            ("Upheld service complaints", &upheld.join(", ")),
            ("Ahead in allocation", &ahead.unwrap_or_default()),
            ("Risk reviews", &reviews.join(", ")),
            ("Earlier cases", &earlier),
            ("Other open cases", &beside),
            ("Tasks", &tasks.join("; ")),
            ("Contact", &details.contact),
            ("Preference", &details.communication_preference),
            ("Adjustments", &details.reasonable_adjustments),
            ("Vulnerabilities", &details.vulnerabilities),
        ],
    )
}

/// The other cases of the same complainant about the same landlord: the issue may be going on, or have come back (CA-11).
pub(crate) fn related(cases: &[RelatedCase]) -> String {
    let each = cases.iter().map(|it| match it.closed_on.as_str() {
        "" => format!(
            "{} ({}, opened on {})",
            it.reference, it.subject, it.opened_on
        ),
        closed_on => format!("{} ({}, closed on {closed_on})", it.reference, it.subject),
    });
    each.collect::<Vec<_>>().join("; ")
}

/// What was decided, and whether the landlord sees it.
fn outcome(case: &Case) -> (String, &'static str) {
    match &case.outcome {
        None => (String::new(), ""),
        Some(it) if it.told => (it.finding_label.clone(), "The landlord sees it."),
        Some(it) => (
            it.finding_label.clone(),
            "The landlord sees it when the case reaches a determination or is closed.",
        ),
    }
}

async fn timeline(
    portal: &Portal,
    output: Output,
    case: &Case,
    limit: &Limit,
) -> Result<(), Failure> {
    let entries = pages(limit, async |page_size, page_token| {
        let request = ListTimelineRequest {
            case_id: case.id.clone(),
            page_size,
            page_token,
        };
        let page = call!(portal, "case", CaseServiceClient, list_timeline, request);
        Ok((page.entries, page.next_page_token))
    })
    .await?;
    output.list(
        &entries,
        ["When", "What", "", "By"],
        |it| {
            let by = match it.actor_id.as_str() {
                "" => it.actor.clone(),
                id => format!("{} ({id})", it.actor),
            };
            [
                instant(it.occurred_at.as_ref()),
                it.title.clone(),
                it.description.clone(),
                by,
            ]
        },
        "Nothing has happened yet.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_typed_as_it_is_shown() {
        assert_eq!(
            parse_status("evidence-gathering").unwrap(),
            Status::EvidenceGathering
        );
        assert_eq!(
            parse_status(&word(Status::AwaitingLandlordAction)).unwrap(),
            Status::AwaitingLandlordAction
        );
        assert!(parse_status("unspecified").is_err());
        assert!(parse_status("lost").is_err());
    }
}
