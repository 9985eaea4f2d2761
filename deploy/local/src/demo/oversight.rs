//! Recommendations for the demonstration: those of the independent reviewer's report for October 2024 to March 2025 and of the internal audit
//! that it names, in a few words each, with the published deadlines.

use std::collections::HashMap;

use anyhow::Context as _;
use kit::client::Channel;
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::oversight_service_client::OversightServiceClient;
use tonic::{Code, Status};

use super::import::{is_busy, patiently};
use super::people::MANAGER;
use crate::service::Service;
use crate::tokens::Tokens;

/// What is done, by whom, and by when.
type Part = (&'static str, &'static str, &'static str);

const INSIGHT: &str = "Customer Insight Manager";
const QUALITY: &str = "Head of Quality and Customer Insight";
const RESOLUTION: &str = "Head of Dispute Resolution";
const ASSESSMENT: &str = "Head of Casework Assessment and Support";

/// The reviewer's recommendations: the number, what is recommended, and what is done about it.
const REVIEWER: [(&str, &str, &[Part]); 11] = [
    (
        "20.1",
        "Review how timeframes are set and communicated",
        &[
            (
                "Communications tell accurate timescales",
                RESOLUTION,
                "2025-12-31",
            ),
            (
                "The forward plan is checked every 3 months",
                RESOLUTION,
                "2025-12-31",
            ),
        ],
    ),
    (
        "20.2",
        "Send updates where the first timeframe is likely to be extended",
        &[(
            "An administrative team gives updates",
            ASSESSMENT,
            "2025-12-31",
        )],
    ),
    (
        "20.3",
        "Develop standard paragraphs that are easy to adapt",
        &[(
            "The standard paragraphs are reviewed",
            INSIGHT,
            "2025-10-31",
        )],
    ),
    (
        "37.1",
        "Make clear that an informal resolution closes the complaint, and record it",
        &[
            ("Communications", INSIGHT, "2025-12-31"),
            ("Recording", INSIGHT, "2026-03-31"),
        ],
    ),
    (
        "37.2",
        "Add a monitoring step, so that outstanding actions are followed up",
        &[
            ("The present system is explored", INSIGHT, "2025-12-31"),
            (
                "If it is not suitable, another way is found",
                INSIGHT,
                "2026-03-31",
            ),
        ],
    ),
    (
        "37.3",
        "Consider guidance on closing complaints at the end of the process",
        &[("The guidance is reviewed", INSIGHT, "2025-12-31")],
    ),
    (
        "37.4",
        "Add a review of the initial risk assessment to the outcomes",
        &[(
            "A step refers changes back for review",
            INSIGHT,
            "2025-12-31",
        )],
    ),
    (
        "37.5",
        "Consider how to help residents with issues that are ongoing",
        &[
            (
                "Unresolved issues after determination are mapped",
                RESOLUTION,
                "2026-03-31",
            ),
            (
                "Ongoing issues are identified at assessment",
                ASSESSMENT,
                "2026-03-31",
            ),
        ],
    ),
    (
        "44",
        "Consider the wording of the acknowledgement about the desired outcome",
        &[(
            "The letter states the outcome as understood",
            INSIGHT,
            "2025-12-31",
        )],
    ),
    (
        "53.1",
        "Consider how to expedite complaints that absorb considerable resource",
        &[("Guidance on sensitive cases", ASSESSMENT, "2025-12-31")],
    ),
    (
        "53.2",
        "Support residents in the time before their complaint is allocated",
        &[("A call at the initial allocation", ASSESSMENT, "2025-12-31")],
    ),
];

/// The internal audit's recommendations.
const AUDIT: [(&str, &str, &[Part]); 5] = [
    (
        "1",
        "Correct the dashboard’s figures for acknowledgements at stage 2",
        &[("The dashboard is revised", QUALITY, "2025-12-31")],
    ),
    (
        "2",
        "Make customer information complete",
        &[(
            "Training, and regular checks of the data",
            QUALITY,
            "2025-12-31",
        )],
    ),
    (
        "3",
        "Capture each complaint and outcome by itself",
        &[("Enhancements of the recording", INSIGHT, "2025-12-31")],
    ),
    (
        "4",
        "Make acknowledgement and outcome letters consistent",
        &[(
            "Letters follow the style guide and are tested",
            INSIGHT,
            "2025-08-31",
        )],
    ),
    (
        "7",
        "Introduce a standard process for lessons learned",
        &[("A form captures what is learned", QUALITY, "2025-12-31")],
    ),
];

/// Every recommendation with its source and the period of its report.
fn all() -> impl Iterator<Item = (pb::RecordRecommendationRequest, &'static [Part])> {
    let sources = [
        (
            pb::RecommendationSource::IndependentReviewer,
            ("2024-10-01", "2025-03-31"),
            REVIEWER.as_slice(),
        ),
        (
            pb::RecommendationSource::InternalAudit,
            ("2024-04-01", "2025-09-30"),
            AUDIT.as_slice(),
        ),
    ];
    sources.into_iter().flat_map(|(source, (from, to), them)| {
        them.iter().map(move |(number, text, parts)| {
            let request = pb::RecordRecommendationRequest {
                source: source.into(),
                period_from: from.to_owned(),
                period_to: to.to_owned(),
                number: (*number).to_owned(),
                text: (*text).to_owned(),
            };
            (request, *parts)
        })
    })
}

type Known = HashMap<(i32, String), pb::Recommendation>;

/// What is recorded already, by source and number.
async fn known(
    client: &mut OversightServiceClient<Channel>,
    tokens: &mut Tokens,
) -> Result<Known, Status> {
    let request = pb::ListRecommendationsRequest {
        page_size: 100,
        ..pb::ListRecommendationsRequest::default()
    };
    let listed = patiently(is_busy, async || {
        let request = tokens
            .bearer(request.clone(), Service::ServiceComplaint, Some(MANAGER))
            .await?;
        client.list_recommendations(request).await
    });
    let listed = listed.await?.into_inner().recommendations.into_iter();
    Ok(listed
        .map(|it| ((it.source, it.number.clone()), it))
        .collect())
}

/// Records the recommendations with their responses. What an earlier attempt did is listed first, and not done again.
pub async fn load(channel: Channel, tokens: &mut Tokens) -> anyhow::Result<()> {
    let mut client = OversightServiceClient::new(channel);
    let before = known(&mut client, tokens).await?;
    for (request, _) in all() {
        if before.contains_key(&(request.source, request.number.clone())) {
            continue;
        }
        let recorded = patiently(is_busy, async || {
            let request = tokens
                .bearer(request.clone(), Service::ServiceComplaint, Some(MANAGER))
                .await?;
            client.record_recommendation(request).await
        });
        match recorded.await {
            // A call that got no answer was carried out all the same.
            Err(refused) if refused.code() == Code::AlreadyExists => {}
            recorded => {
                drop(recorded.with_context(|| format!("recommendation {}", request.number))?);
            }
        }
    }
    let mut recorded = known(&mut client, tokens).await?;
    for (request, parts) in all() {
        let number = request.number;
        let it = recorded
            .remove(&(request.source, number.clone()))
            .with_context(|| format!("recommendation {number} was recorded"))?;
        if it.acceptance() == pb::Acceptance::Unspecified {
            respond(&mut client, tokens, it, parts)
                .await
                .with_context(|| format!("the response to {number}"))?;
        }
    }
    Ok(())
}

async fn respond(
    client: &mut OversightServiceClient<Channel>,
    tokens: &mut Tokens,
    it: pb::Recommendation,
    parts: &[Part],
) -> Result<(), Status> {
    let response = pb::RespondToRecommendationRequest {
        recommendation_id: it.id,
        version: it.version,
        acceptance: pb::Acceptance::Accepted.into(),
        response: "Accepted.".to_owned(),
        parts: (parts.iter())
            .map(|(text, responsible, due_on)| pb::PlannedPart {
                text: (*text).to_owned(),
                responsible: (*responsible).to_owned(),
                due_on: (*due_on).to_owned(),
            })
            .collect(),
    };
    let responded = patiently(is_busy, async || {
        let request = tokens
            .bearer(response.clone(), Service::ServiceComplaint, Some(MANAGER))
            .await?;
        client.respond_to_recommendation(request).await
    });
    match responded.await {
        // Here too: another version is the one that the call without an answer made.
        Err(refused) if refused.code() == Code::Aborted => Ok(()),
        responded => responded.map(drop),
    }
}
