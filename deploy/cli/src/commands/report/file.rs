//! Figures and rows as CSV.

use std::path::Path;

use anyhow::Context as _;
use proto::service_complaint::v1::{FigureRow, PeriodReport};

/// Writes the figures of a report, with a column for each month.
pub(super) fn figures(path: &Path, report: &PeriodReport) -> anyhow::Result<()> {
    let head = ["section", "figure", "label", "definition", "value"];
    let months = report.months.iter().map(String::as_str);
    let mut records = vec![head.into_iter().chain(months).map(str::to_owned).collect()];
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
    let head = ["complaint", "complaint_id", "item", "on", "amount"].map(str::to_owned);
    let mut records = vec![head.to_vec()];
    records.extend(rows.iter().map(|it| {
        vec![
            it.reference.clone(),
            it.complaint_id.clone(),
            it.item.clone(),
            it.on.clone(),
            it.amount.to_string(),
        ]
    }));
    write(path, &records)
}

fn write(path: &Path, records: &[Vec<String>]) -> anyhow::Result<()> {
    let context = || format!("could not write {}", path.display());
    let mut writer = csv::Writer::from_path(path).with_context(context)?;
    for record in records {
        writer.write_record(record).with_context(context)?;
    }
    writer.flush().with_context(context)
}
