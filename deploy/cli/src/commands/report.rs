//! `casework report`: the figures of service complaints, the rows behind them, the count that proves them, and samples for the reviewer.

mod file;
mod sample;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use proto::service_complaint::v1::oversight_service_client::OversightServiceClient;
use proto::service_complaint::v1::{
    CheckPeriodReportRequest, Commentary, Figure, FigureDifference, FigureRow,
    GetPeriodReportRequest, ListFigureRowsRequest, Measure, PeriodReport, RecordEnquiriesRequest,
    Share,
};

use crate::commands::{Limit, pages};
use crate::failure::Failure;
use crate::output::{Output, say};
use crate::portal::{Portal, call};

/// The service that reports.
const SERVICE: &str = "service-complaint";
/// How long counting everything again, or taking a sample's files, may take.
const PATIENCE: Duration = Duration::from_mins(10);

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Report a period: what was closed, with which outcomes, how timely, and what puts it right
    Period {
        #[command(flatten)]
        period: Within,
        /// Write the figures to this file, as CSV
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// List the rows behind a figure, by the figure's key
    Rows {
        /// The figure's key, as `casework --json report period` shows it
        figure: String,
        #[command(flatten)]
        period: Within,
        /// Write all rows to this file, as CSV
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Count every figure of a period again from each complaint; exit with 1 when one differs
    Check {
        #[command(flatten)]
        period: Within,
    },
    /// Draw a random sample of closed complaints, and write their files to a ZIP archive
    Sample(sample::Draw),
    /// Record how many enquiries and complaints the ombudsman received in a month, or correct that
    Enquiries {
        /// The month, such as 2024-10
        month: String,
        /// How many
        received: i64,
        /// Why an earlier count is corrected
        #[arg(long, default_value = "")]
        reason: String,
    },
}

/// A period.
#[derive(Args)]
pub(crate) struct Within {
    /// The first date, such as 2024-10-01
    #[arg(long)]
    from: String,
    /// The last date, such as 2025-03-31
    #[arg(long)]
    to: String,
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Period { period, csv } => report(period, csv, portal, output).await,
        Command::Rows {
            figure,
            period,
            csv,
            limit,
        } => rows(figure, period, (csv, limit), portal, output).await,
        Command::Check { period } => check(period, portal, output).await,
        Command::Sample(draw) => sample::run(draw, portal, output).await,
        Command::Enquiries {
            month,
            received,
            reason,
        } => {
            let request = RecordEnquiriesRequest {
                month,
                received,
                reason,
            };
            let count = call!(
                portal,
                SERVICE,
                OversightServiceClient,
                record_enquiries,
                request
            );
            let sentence = format!(
                "{} enquiries in {} (entry {} of that month)",
                count.received, count.month, count.revision
            );
            output.one(&count, &sentence)
        }
    }
}

async fn report(
    Within { from, to }: Within,
    csv: Option<PathBuf>,
    portal: &Portal,
    output: Output,
) -> Result<(), Failure> {
    let request = GetPeriodReportRequest { from, to };
    let report: PeriodReport = call!(
        portal,
        SERVICE,
        OversightServiceClient,
        get_period_report,
        request
    );
    if let Some(path) = csv {
        return Ok(file::figures(&path, &report)?);
    }
    if output.json {
        return output.one(&report, "");
    }
    let head = ["section", "figure", "value"];
    let row = |it: &Figure| [it.section.clone(), it.label.clone(), amount(it)];
    output.list(&report.figures, head, row, "no figures")?;
    say(share(&report.closed_of_received.unwrap_or_default()))?;
    match report.commentaries.first() {
        Some(said) => say(commentary(said)),
        None => Ok(()),
    }
}

fn amount(figure: &Figure) -> String {
    match figure.measure() {
        Measure::Pounds => format!("£{}", figure.value),
        Measure::Count | Measure::Unspecified => figure.value.to_string(),
    }
}

/// What the manager says of the figures, and who that is.
fn commentary(said: &Commentary) -> String {
    format!(
        "\nCommentary by {} (version {}):\n{}",
        said.written_by, said.revision, said.text
    )
}

/// The share in words, or why there is none.
fn share(share: &Share) -> String {
    if !share.note.is_empty() {
        let missing = share.missing_months.join(", ");
        let months = if missing.is_empty() { "" } else { ": " };
        return format!(
            "no share of what was received: {}{months}{missing}",
            share.note
        );
    }
    let (percent, tenths) = (share.tenths_of_percent / 10, share.tenths_of_percent % 10);
    format!(
        "closed at both stages, as a share of what the Ombudsman received: {} of {}, {percent}.{tenths} per cent",
        share.part, share.whole
    )
}

async fn rows(
    figure: String,
    Within { from, to }: Within,
    (csv, limit): (Option<PathBuf>, Limit),
    portal: &Portal,
    output: Output,
) -> Result<(), Failure> {
    let limit = if csv.is_some() {
        Limit { limit: u32::MAX }
    } else {
        limit
    };
    let rows: Vec<FigureRow> = pages(&limit, async |page_size, page_token| {
        let request = ListFigureRowsRequest {
            from: from.clone(),
            to: to.clone(),
            figure: figure.clone(),
            page_size,
            page_token,
        };
        let page = call!(
            portal,
            SERVICE,
            OversightServiceClient,
            list_figure_rows,
            request
        );
        Ok((page.rows, page.next_page_token))
    })
    .await?;
    if let Some(path) = csv {
        return Ok(file::rows(&path, &rows)?);
    }
    let row = |it: &FigureRow| {
        [
            which(&figure, it).to_owned(),
            it.about.clone(),
            it.on.clone(),
            it.amount.to_string(),
        ]
    };
    let head = ["which", "about", "on", "amount"];
    output.list(&rows, head, row, "no rows")
}

/// The complaint or the service request that a row belongs to.
fn which<'a>(figure: &str, row: &'a FigureRow) -> &'a str {
    if figure.starts_with("request.") {
        &row.item
    } else {
        &row.reference
    }
}

async fn check(
    Within { from, to }: Within,
    portal: &Portal,
    output: Output,
) -> Result<(), Failure> {
    let message = CheckPeriodReportRequest { from, to };
    let mut request = portal.request(SERVICE, message).await?;
    request.set_timeout(PATIENCE);
    let checked = OversightServiceClient::new(portal.channel(SERVICE)?)
        .check_period_report(request)
        .await?
        .into_inner();
    let (figures, complaints) = (checked.figures, checked.complaints);
    if checked.differences.is_empty() {
        let sentence =
            format!("{figures} figures agree with the records of {complaints} complaints");
        return output.one(&checked, &sentence);
    }
    let row = |it: &FigureDifference| {
        [
            it.figure.clone(),
            it.reported.to_string(),
            it.recounted.to_string(),
            it.subjects.join(" "),
        ]
    };
    let head = ["figure", "reported", "recounted", "complaints"];
    output.list(&checked.differences, head, row, "")?;
    let wrong = checked.differences.len();
    Err(anyhow!("{wrong} of {figures} figures differ from the records").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_14_the_share_has_one_decimal_or_says_why_there_is_none() {
        let known = Share {
            part: 863,
            whole: 10_511,
            tenths_of_percent: 82,
            ..Share::default()
        };
        assert!(share(&known).ends_with("863 of 10511, 8.2 per cent"));

        let unknown = Share {
            missing_months: vec!["2025-02".to_owned(), "2025-03".to_owned()],
            note: "the enquiries of some months are not counted yet".to_owned(),
            ..Share::default()
        };
        assert!(share(&unknown).ends_with("not counted yet: 2025-02, 2025-03"));
    }
}
