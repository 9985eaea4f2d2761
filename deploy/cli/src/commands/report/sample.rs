//! A random sample of closed complaints, with the files of each in an archive.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use proto::service_complaint::v1::oversight_service_client::OversightServiceClient;
use proto::service_complaint::v1::{DownloadSampleRequest, DrawSampleRequest, Sample};

use super::{PATIENCE, SERVICE, Within};
use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

#[derive(Args)]
pub(crate) struct Draw {
    #[command(flatten)]
    period: Within,
    /// How many complaints
    #[arg(long, default_value_t = 12)]
    size: i32,
    /// What to draw by: the same seed draws the same complaints, so choose it in the open, by dice for example
    #[arg(long)]
    seed: String,
    /// The archive to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Draws the sample, and writes the archive.
pub(super) async fn run(draw: Draw, portal: &Portal, output: Output) -> Result<(), Failure> {
    let Draw {
        period: Within { from, to },
        size,
        seed,
        out,
    } = draw;
    let unwritable = || format!("could not write {}", out.display());
    // Before the drawing, which is recorded: a folder that can't be written to is no reason to draw twice.
    let mut file = File::create_new(&out)
        .with_context(unwritable)
        .map_err(Failure::Here)?;
    let request = DrawSampleRequest {
        from,
        to,
        size,
        seed,
        request_id: kit::id().to_string(),
    };
    let sample: Sample = call!(
        portal,
        SERVICE,
        OversightServiceClient,
        draw_sample,
        request
    );
    let message = DownloadSampleRequest {
        sample_id: sample.id.clone(),
    };
    let mut request = portal.request(SERVICE, message).await?;
    request.set_timeout(PATIENCE);
    let mut pieces = OversightServiceClient::new(portal.channel(SERVICE)?)
        .download_sample(request)
        .await?
        .into_inner();
    while let Some(piece) = pieces.message().await? {
        file.write_all(&piece.content)
            .with_context(unwritable)
            .map_err(Failure::Here)?;
    }
    let sentence = format!(
        "{} of {} closed complaints, drawn by {}; their files are in {}",
        sample.complaints.len(),
        sample.population,
        sample.algorithm,
        out.display()
    );
    output.one(&sample, &sentence)
}
