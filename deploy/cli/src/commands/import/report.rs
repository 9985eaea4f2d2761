//! Bad rows in a file, for whoever mends them.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kit::csv::Table;

use super::source::{BadRow, Place};

/// A report that is being written.
pub(super) struct Report {
    path: PathBuf,
    writer: Writer,
}

enum Writer {
    Csv(Box<Table<File>>),
    Ndjson(BufWriter<File>),
}

impl Report {
    /// Begins a report, in the format that its extension names.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let extension = path.extension().and_then(OsStr::to_str);
        let is_csv = match extension {
            Some("csv") => true,
            Some("ndjson" | "jsonl") => false,
            _ => anyhow::bail!("a report is a .csv or an .ndjson file: {}", path.display()),
        };
        let file =
            File::create(path).with_context(|| format!("could not write {}", path.display()))?;
        let writer = if is_csv {
            let mut table = Table::new(file);
            table.row(["line", "column", "field", "reference", "problem"])?;
            Writer::Csv(Box::new(table))
        } else {
            Writer::Ndjson(BufWriter::new(file))
        };
        Ok(Self {
            path: path.to_owned(),
            writer,
        })
    }

    /// Adds a bad row.
    pub(super) fn add(&mut self, bad: &BadRow) -> anyhow::Result<()> {
        let BadRow {
            place: Place { line, column },
            field,
            reference,
            problem,
        } = bad;
        let context = || format!("could not write {}", self.path.display());
        match &mut self.writer {
            Writer::Csv(table) => {
                let (line, column) = (line.to_string(), column.to_string());
                table
                    .row([&line, &column, field, reference, problem])
                    .with_context(context)
            }
            Writer::Ndjson(writer) => {
                let row = serde_json::to_string(bad)?;
                writeln!(writer, "{row}").with_context(context)
            }
        }
    }

    /// Ends the report: all of it is written.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self.writer {
            Writer::Csv(table) => table.finish().map(drop),
            Writer::Ndjson(mut writer) => writer.flush(),
        }
        .with_context(|| format!("could not write {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad() -> BadRow {
        BadRow {
            place: Place {
                line: 17,
                column: 42,
            },
            field: "closed_on".to_owned(),
            reference: "202300001".to_owned(),
            problem: "Enter the date, or none".to_owned(),
        }
    }

    fn written(name: &str, bad: &BadRow) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let mut report = Report::create(&path).unwrap();
        report.add(bad).unwrap();
        report.finish().unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn ca_7_a_report_is_csv_or_ndjson_by_its_name() {
        assert_eq!(
            written("bad.csv", &bad()),
            "line,column,field,reference,problem\r\n17,42,closed_on,202300001,\"Enter the date, or none\"\r\n"
        );
        assert_eq!(
            written("bad.ndjson", &bad()),
            "{\"line\":17,\"column\":42,\"field\":\"closed_on\",\"reference\":\"202300001\",\"problem\":\"Enter the date, or none\"}\n"
        );
        assert!(Report::create(Path::new("bad.txt")).is_err());
    }

    /// Whoever sent the file chose what stands in its cells.
    #[test]
    fn ca_7_what_a_bad_row_holds_is_no_formula_in_its_report() {
        let bad = BadRow {
            field: "-2".to_owned(),
            reference: "=cmd|'/c calc'!A0".to_owned(),
            problem: "@SUM(1) is no date".to_owned(),
            ..bad()
        };

        let csv = written("bad.csv", &bad);

        assert!(
            csv.ends_with("\r\n17,42,'-2,'=cmd|'/c calc'!A0,'@SUM(1) is no date\r\n"),
            "{csv}"
        );
    }
}
