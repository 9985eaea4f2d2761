//! A random sample of closed complaints, with the files of each in an archive.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use proto::service_complaint::v1::complaint_service_client::ComplaintServiceClient;
use proto::service_complaint::v1::oversight_service_client::OversightServiceClient;
use proto::service_complaint::v1::{
    Change, DrawSampleRequest, GetComplaintRequest, ListHistoryRequest, Sample, SampledComplaint,
};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{SERVICE, Within};
use crate::commands::{Limit, pages};
use crate::failure::Failure;
use crate::output::{Output, json};
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
    // Before the drawing, which is recorded: a folder that can't be written to is no reason to draw twice.
    let file = File::create_new(&out)
        .with_context(|| format!("could not write {}", out.display()))
        .map_err(Failure::Here)?;
    let request = DrawSampleRequest {
        from,
        to,
        size,
        seed,
    };
    let sample: Sample = call!(
        portal,
        SERVICE,
        OversightServiceClient,
        draw_sample,
        request
    );
    let mut archive = Archive::new(file);
    archive.add("sample.json", &json(&sample)?)?;
    for complaint in &sample.complaints {
        add(&mut archive, complaint, portal).await?;
    }
    archive.finish()?;
    let sentence = format!(
        "{} of {} closed complaints, drawn by {}; their files are in {}",
        sample.complaints.len(),
        sample.population,
        sample.algorithm,
        out.display()
    );
    output.one(&sample, &sentence)
}

/// Adds the files of a complaint: the complaint itself, and everything that was done with it.
async fn add(
    archive: &mut Archive<File>,
    complaint: &SampledComplaint,
    portal: &Portal,
) -> Result<(), Failure> {
    let SampledComplaint {
        complaint_id,
        reference,
    } = complaint;
    let request = GetComplaintRequest {
        complaint_id: complaint_id.clone(),
    };
    let whole = call!(
        portal,
        SERVICE,
        ComplaintServiceClient,
        get_complaint,
        request
    );
    archive.add(&format!("{reference}/complaint.json"), &json(&whole)?)?;
    let everything = Limit { limit: u32::MAX };
    let history: Vec<Change> = pages(&everything, async |page_size, page_token| {
        let request = ListHistoryRequest {
            complaint_id: complaint_id.clone(),
            page_size,
            page_token,
        };
        let page = call!(
            portal,
            SERVICE,
            ComplaintServiceClient,
            list_history,
            request
        );
        Ok((page.changes, page.next_page_token))
    })
    .await?;
    let lines = history
        .iter()
        .map(json)
        .collect::<anyhow::Result<Vec<String>>>()?;
    archive.add(&format!("{reference}/history.ndjson"), &lines.join("\n"))?;
    Ok(())
}

struct Archive<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> Archive<W> {
    fn new(writer: W) -> Self {
        Self(ZipWriter::new(writer))
    }

    fn add(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.0.start_file(name, options)?;
        self.0.write_all(text.as_bytes())?;
        self.0
            .write_all(b"\n")
            .context("could not write the archive")
    }

    fn finish(self) -> anyhow::Result<W> {
        self.0.finish().context("could not write the archive")
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;

    #[test]
    fn sc_14_an_archive_holds_what_was_put_into_it() {
        let mut archive = Archive::new(Cursor::new(Vec::new()));
        archive.add("SC202400001/complaint.json", "{}").unwrap();
        let written = archive.finish().unwrap();

        let mut read = zip::ZipArchive::new(written).unwrap();
        let mut text = String::new();
        let mut file = read.by_name("SC202400001/complaint.json").unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "{}\n");
    }
}
