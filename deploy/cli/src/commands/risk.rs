//! `casework risk`.

use clap::{Args, Subcommand, ValueEnum};
use proto::case::v1::risk_service_client::RiskServiceClient;
use proto::case::v1::{
    AnswerRiskReviewRequest, AssessRiskRequest, Circumstances, GetRiskReviewRequest,
    ListRiskAssessmentsRequest, ListRiskReviewsRequest, RiskFactors, Sensitivity, Severity,
};

use crate::commands::case::{find, related};
use crate::commands::{Limit, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the reviews that service complaints ask for, soonest due first
    List {
        /// Only those of one's own cases
        #[arg(long)]
        mine: bool,
        /// How many of them
        #[command(flatten)]
        limit: Limit,
    },
    /// Answer a review, by assessing the risk afresh
    Answer {
        /// The review's id, as `casework risk list` shows it
        review: String,
        /// What was found
        #[command(flatten)]
        found: Found,
        /// What Customer Insight is told: one sentence, without details of the case
        #[arg(long)]
        told: String,
    },
    /// Assess the risk of a case
    Assess {
        /// The reference
        reference: String,
        /// What was found
        #[command(flatten)]
        found: Found,
    },
    /// List how the risk of a case was assessed, newest first
    History {
        /// The reference
        reference: String,
        /// How much of it
        #[command(flatten)]
        limit: Limit,
    },
}

/// What is found when a risk is assessed.
#[derive(Args)]
pub(crate) struct Found {
    /// How serious the housing issue is
    #[arg(long)]
    severity: SeverityWord,
    /// Since when it goes on, such as 2026-03-15; left out when it is over
    #[arg(long, default_value = "")]
    going_on_since: String,
    /// What it meets with in the resident's life
    #[arg(long)]
    circumstances: CircumstancesWord,
    /// What is new, or was not known before
    #[arg(long, default_value = "")]
    new_factors: String,
}

/// How serious an issue is.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum SeverityWord {
    /// An inconvenience
    Minor,
    /// It makes living in the home harder
    Serious,
    /// It puts health or safety in danger, or makes the home unfit to live in
    Severe,
}

/// What is known of a household.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum CircumstancesWord {
    /// Nothing that makes the issue weigh more
    NoneKnown,
    /// Somebody is vulnerable
    Vulnerable,
    /// Somebody is at risk of harm
    AtRisk,
}

impl From<Found> for RiskFactors {
    fn from(found: Found) -> Self {
        let severity = match found.severity {
            SeverityWord::Minor => Severity::Minor,
            SeverityWord::Serious => Severity::Serious,
            SeverityWord::Severe => Severity::Severe,
        };
        let circumstances = match found.circumstances {
            CircumstancesWord::NoneKnown => Circumstances::NoneKnown,
            CircumstancesWord::Vulnerable => Circumstances::Vulnerable,
            CircumstancesWord::AtRisk => Circumstances::AtRisk,
        };
        Self {
            severity: severity.into(),
            going_on_since: found.going_on_since,
            circumstances: circumstances.into(),
            new_factors: found.new_factors,
        }
    }
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::List { mine, limit } => list(portal, output, mine, &limit).await,
        Command::Answer {
            review,
            found,
            told,
        } => {
            let request = GetRiskReviewRequest { review_id: review };
            let review = call!(portal, "case", RiskServiceClient, get_risk_review, request);
            let request = AnswerRiskReviewRequest {
                review_id: review.id,
                version: review.case_version,
                factors: Some(found.into()),
                told,
            };
            let review = call!(
                portal,
                "case",
                RiskServiceClient,
                answer_risk_review,
                request
            );
            let found = review.answer.as_ref().map(|it| words(it.sensitivity()));
            let sentence = format!(
                "Case {} is {}. Customer Insight is told.",
                review.case_reference,
                found.unwrap_or_default()
            );
            output.one(&review, &sentence)
        }
        Command::Assess { reference, found } => {
            let case = find(portal, &reference).await?;
            let earlier = case
                .allocation
                .as_ref()
                .map(|it| related(&it.earlier_cases));
            let request = AssessRiskRequest {
                case_id: case.id,
                version: case.version,
                factors: Some(found.into()),
            };
            let assessed = call!(portal, "case", RiskServiceClient, assess_risk, request);
            let mut sentence = format!("Case {reference} is {}.", words(assessed.sensitivity()));
            // Whoever assesses has to know of an issue that is going on, or has come back (CA-11).
            if let Some(earlier) = earlier.filter(|it| !it.is_empty()) {
                sentence = format!(
                    "{sentence}\nEarlier cases of the same complainant and landlord: {earlier}"
                );
            }
            output.one(&assessed, &sentence)
        }
        Command::History { reference, limit } => history(portal, output, &reference, &limit).await,
    }
}

async fn list(portal: &Portal, output: Output, mine: bool, limit: &Limit) -> Result<(), Failure> {
    let reviews = pages(limit, async |page_size, page_token| {
        let request = ListRiskReviewsRequest {
            page_size,
            page_token,
            mine,
        };
        let page = call!(
            portal,
            "case",
            RiskServiceClient,
            list_risk_reviews,
            request
        );
        Ok((page.reviews, page.next_page_token))
    })
    .await?;
    output.list(
        &reviews,
        ["Due on", "Case", "Service complaint", "Review"],
        |it| {
            let late = if it.overdue { " (overdue)" } else { "" };
            [
                format!("{}{late}", it.due_on),
                it.case_reference.clone(),
                it.complaint_reference.clone(),
                it.id.clone(),
            ]
        },
        "No review waits for an answer.",
    )
}

async fn history(
    portal: &Portal,
    output: Output,
    reference: &str,
    limit: &Limit,
) -> Result<(), Failure> {
    let case = find(portal, reference).await?;
    let assessments = pages(limit, async |page_size, page_token| {
        let request = ListRiskAssessmentsRequest {
            case_id: case.id.clone(),
            page_size,
            page_token,
        };
        let page = call!(
            portal,
            "case",
            RiskServiceClient,
            list_risk_assessments,
            request
        );
        Ok((page.assessments, page.next_page_token))
    })
    .await?;
    output.list(
        &assessments,
        [
            "When",
            "Who",
            "Sensitivity",
            "Going on since",
            "New factors",
            "Asked for by",
        ],
        |it| {
            let found = it.factors.clone().unwrap_or_default();
            [
                instant(it.assessed_at.as_ref()),
                it.assessed_by.clone(),
                words(it.sensitivity()).to_owned(),
                found.going_on_since,
                found.new_factors,
                it.complaint_reference.clone(),
            ]
        },
        "The risk of this case was not assessed yet.",
    )
}

/// How sensitive a case is, in words.
pub(crate) fn words(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Unspecified => "not assessed",
        Sensitivity::Standard => "standard",
        Sensitivity::Sensitive => "sensitive",
        Sensitivity::HighlySensitive => "highly sensitive",
    }
}
