//! How long each stage is expected to take, as a senior colleague of the demonstration set it (CA-10). Invented, as the rest is.

use anyhow::Context as _;
use kit::client::Channel;
use proto::case::v1::timeframe_service_client::TimeframeServiceClient;
use proto::case::v1::{ListTimeframesRequest, SetTimeframeRequest, Status};

use super::import::{is_busy, patiently};
use super::people::SENIOR;
use crate::service::Service;
use crate::tokens::Tokens;

/// In working days.
const TIMEFRAMES: [(Status, i32); 4] = [
    (Status::InitialAssessment, 10),
    (Status::InternalProcedure, 40),
    (Status::ReferralAssessment, 20),
    (Status::EvidenceGathering, 30),
];

/// Sets those that are not set yet.
pub async fn load(channel: Channel, tokens: &mut Tokens) -> anyhow::Result<()> {
    let mut client = TimeframeServiceClient::new(channel);
    let known = patiently(is_busy, async || {
        let request = tokens
            .bearer(ListTimeframesRequest {}, Service::Case, Some(SENIOR))
            .await?;
        client.list_timeframes(request).await
    });
    let known = known.await?.into_inner().timeframes;
    for (status, working_days) in TIMEFRAMES {
        if known
            .iter()
            .any(|it| it.status() == status && it.working_days > 0)
        {
            continue;
        }
        let set = patiently(is_busy, async || {
            let request = SetTimeframeRequest {
                status: status.into(),
                working_days,
            };
            let request = tokens.bearer(request, Service::Case, Some(SENIOR)).await?;
            client.set_timeframe(request).await
        });
        set.await
            .with_context(|| format!("could not set the timeframe of {}", status.as_str_name()))?;
    }
    Ok(())
}
