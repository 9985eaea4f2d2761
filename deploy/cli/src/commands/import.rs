//! `casework import`: takes over cases from a file, however long it is.

mod columns;
mod csv;
mod ndjson;
mod report;
mod source;
mod tally;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use kit::client::Channel;
use prost::Message as _;
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::{ImportCasesRequest, ImportOutcome};

use self::columns::Row;
use self::report::Report;
use self::source::{BadRow, Source};
use self::tally::Tally;
use crate::failure::Failure;
use crate::output::{Output, say};
use crate::portal::Portal;

/// So many rows are sent at once: what the service takes.
const ROWS: usize = 500;
/// And so many bytes at most, well below what a message may have.
const BYTES: usize = 2 << 20;
/// So many bad rows are shown on the terminal; a report has them all.
const SHOWN: u64 = 20;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Take over cases that were opened elsewhere, from CSV or NDJSON
    #[command(after_long_help = columns::HELP)]
    Cases(Cases),
}

#[derive(Args)]
pub(crate) struct Cases {
    /// The file, or `-` for what comes in
    file: PathBuf,
    /// The format [default: by the file's extension, .csv, .ndjson or .jsonl]
    #[arg(long)]
    format: Option<Format>,
    /// Write every bad row to this file, as CSV or NDJSON by its extension
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Say what would become of the rows, and take none
    #[arg(long)]
    dry_run: bool,
}

/// A format of a file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values with a header
    Csv,
    /// A JSON object a line
    Ndjson,
}

impl Format {
    /// The format that a file's extension names.
    fn of(path: &Path) -> Option<Self> {
        match path.extension().and_then(OsStr::to_str)? {
            "csv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    let Command::Cases(Cases {
        file,
        format,
        report,
        dry_run,
    }) = command;
    let format = format.or_else(|| Format::of(&file)).with_context(|| {
        format!(
            "{} does not say what format it has: name it with --format",
            file.display()
        )
    })?;
    let (input, bar) = open(&file)?;
    let source = Source::open(format, bar.wrap_read(input))
        .with_context(|| format!("could not read {}", file.display()))?;
    let mut import = Import {
        portal,
        cases: CaseServiceClient::new(portal.channel("case")?),
        output,
        name: file.display().to_string(),
        report: report.as_deref().map(Report::create).transpose()?,
        bar,
        dry_run,
        tally: Tally::default(),
    };
    let ended = import.all(source).await;
    import.bar.finish_and_clear();
    import.finish(ended)
}

/// What the file's bytes come from, and the bar that counts them.
fn open(path: &Path) -> anyhow::Result<(Box<dyn Read>, ProgressBar)> {
    if path == Path::new("-") {
        let style = "{spinner} {bytes} read, {msg}";
        let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template(style)?);
        return Ok((Box::new(io::stdin()), bar));
    }
    let file = File::open(path).with_context(|| format!("could not open {}", path.display()))?;
    let length = file.metadata()?.len();
    let style = "{bar:30} {bytes} of {total_bytes}, {msg}, {eta} to go";
    let bar = ProgressBar::new(length).with_style(ProgressStyle::with_template(style)?);
    Ok((Box::new(file), bar))
}

/// An import under way.
struct Import<'a> {
    portal: &'a Portal,
    cases: CaseServiceClient<Channel>,
    output: Output,
    name: String,
    report: Option<Report>,
    bar: ProgressBar,
    dry_run: bool,
    tally: Tally,
}

impl Import<'_> {
    /// Sends all rows, a batch at a time; no more than a batch of them is ever held.
    async fn all<R: Read>(&mut self, mut source: Source<BufReader<R>>) -> Result<(), Failure> {
        let mut batch = Vec::with_capacity(ROWS);
        let mut bytes = 0;
        while let Some(row) = source
            .next()
            .with_context(|| format!("could not read {}", self.name))?
        {
            match row {
                Ok(row) => {
                    bytes += row.case.encoded_len();
                    batch.push(row);
                }
                Err(bad) => self.refused(&bad)?,
            }
            if batch.len() == ROWS || bytes >= BYTES {
                self.send(&mut batch).await?;
                bytes = 0;
            }
        }
        self.send(&mut batch).await
    }

    async fn send(&mut self, batch: &mut Vec<Row>) -> Result<(), Failure> {
        if batch.is_empty() {
            return Ok(());
        }
        let cases = batch.iter().map(|row| row.case.clone()).collect();
        let request = ImportCasesRequest {
            cases,
            validate_only: self.dry_run,
        };
        // A token of its own for every batch, because an import may take longer than one holds.
        let request = self.portal.request("case", request).await?;
        let results = self.cases.import_cases(request).await?.into_inner().results;
        if results.len() != batch.len() {
            let (sent, told) = (batch.len(), results.len());
            let answer = anyhow::anyhow!("{sent} rows were sent and {told} answered for");
            return Err(answer.into());
        }
        for (row, result) in batch.drain(..).zip(results) {
            match result.outcome() {
                ImportOutcome::Added => self.tally.added += 1,
                ImportOutcome::Unchanged => self.tally.unchanged += 1,
                ImportOutcome::Refused | ImportOutcome::Unspecified => {
                    self.refused(&row.bad(&result.field, result.error))?;
                }
            }
        }
        self.bar.set_message(self.tally.rate(self.bar.elapsed()));
        Ok(())
    }

    /// Tells of a bad row.
    fn refused(&mut self, bad: &BadRow) -> Result<(), Failure> {
        self.tally.refused += 1;
        if let Some(report) = &mut self.report {
            report.add(bad)?;
        }
        if self.output.json {
            let line = serde_json::to_string(bad).context("a bad row is plain values")?;
            return self.bar.suspend(|| say(line));
        }
        if self.tally.refused <= SHOWN {
            let line = format!("{}:{bad}", self.name);
            self.bar.suspend(|| say(crate::output::plain(&line)))?;
        }
        Ok(())
    }

    /// Says what became of the rows; an error when some were refused, or when it ended early.
    fn finish(self, ended: Result<(), Failure>) -> Result<(), Failure> {
        if let Some(report) = self.report {
            report.finish()?;
        }
        if self.output.json {
            say(serde_json::to_string(&self.tally.summary(self.dry_run)).context("plain values")?)?;
        } else {
            if self.tally.refused > SHOWN {
                let more = tally::grouped(self.tally.refused - SHOWN);
                say(format_args!(
                    "… and {more} more bad rows; --report FILE keeps them all."
                ))?;
            }
            say(self.tally.sentence(self.dry_run))?;
        }
        io::stdout().flush().context("could not write")?;
        if let Err(failure) = ended {
            eprintln!(
                "casework: the import ended early; run it again, and the rows that were taken are unchanged"
            );
            return Err(failure);
        }
        if self.tally.refused > 0 {
            let refused = tally::grouped(self.tally.refused);
            return Err(anyhow::anyhow!("{refused} rows were refused").into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_by_the_extension() {
        assert_eq!(Format::of(Path::new("cases.csv")), Some(Format::Csv));
        assert_eq!(Format::of(Path::new("cases.jsonl")), Some(Format::Ndjson));
        assert_eq!(Format::of(Path::new("cases.txt")), None);
        assert_eq!(Format::of(Path::new("-")), None);
    }
}
