//! Figures and rows as CSV.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use kit::csv::Table;
use proto::service_complaint::v1::{FigureRow, PeriodReport};

/// Writes the figures of a report, with a column for each month.
pub(super) fn figures(path: &Path, report: &PeriodReport) -> anyhow::Result<()> {
    let head = ["section", "figure", "label", "definition", "value"];
    let months = report.months.iter().map(String::as_str);
    let mut records = vec![head.into_iter().chain(months).map(str::to_owned).collect()];
    if let Some(said) = report.commentaries.first() {
        let written = format!("Commentary by {}", said.written_by);
        let mut record = ["Commentary", "commentary", &written, &said.text, ""]
            .map(str::to_owned)
            .to_vec();
        record.extend(report.months.iter().map(|_| String::new()));
        records.push(record);
    }
    for it in &report.figures {
        let mut record = vec![
            it.section.clone(),
            it.key.clone(),
            it.label.clone(),
            it.definition.clone(),
            it.value.to_string(),
        ];
        record.extend(it.by_month.iter().map(i64::to_string));
        records.push(record);
    }
    write(path, &records)
}

/// Writes the rows behind a figure.
pub(super) fn rows(path: &Path, rows: &[FigureRow]) -> anyhow::Result<()> {
    let head = ["complaint", "complaint_id", "item", "about", "on", "amount"].map(str::to_owned);
    let mut records = vec![head.to_vec()];
    records.extend(rows.iter().map(|it| {
        vec![
            it.reference.clone(),
            it.complaint_id.clone(),
            it.item.clone(),
            it.about.clone(),
            it.on.clone(),
            it.amount.to_string(),
        ]
    }));
    write(path, &records)
}

fn write(path: &Path, records: &[Vec<String>]) -> anyhow::Result<()> {
    let context = || format!("could not write {}", path.display());
    let mut table = Table::new(File::create(path).with_context(context)?);
    for record in records {
        table.row(record).with_context(context)?;
    }
    table.finish().with_context(context)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proto::service_complaint::v1::Commentary;

    use super::*;

    #[test]
    fn sc_14_7_6_the_file_of_a_report_begins_with_what_the_manager_says_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("figures.csv");
        let said = Commentary {
            revision: 2,
            text: "Two were late".to_owned(),
            written_by: "Yusuf Garland".to_owned(),
            written_at: None,
        };
        let report = PeriodReport {
            months: vec!["2025-06".to_owned()],
            commentaries: vec![said],
            ..PeriodReport::default()
        };

        figures(&path, &report).unwrap();

        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            "section,figure,label,definition,value,2025-06\r\nCommentary,commentary,Commentary by Yusuf Garland,Two were late,,\r\n"
        );
    }

    #[test]
    fn sc_14_what_a_file_of_rows_holds_is_never_a_formula() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        let row = FigureRow {
            reference: "SC202500001".to_owned(),
            about: "=HYPERLINK(\"x\")".to_owned(),
            amount: 1,
            ..FigureRow::default()
        };

        rows(&path, &[row]).unwrap();

        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            "complaint,complaint_id,item,about,on,amount\r\nSC202500001,,,\"'=HYPERLINK(\"\"x\"\")\",,1\r\n"
        );
    }
}
