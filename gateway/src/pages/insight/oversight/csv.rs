//! Tables as CSV files.

use std::io;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use kit::csv::Table;
use tonic::Status;

use crate::problem::Problem;

/// A table as a file to keep.
pub(super) struct Csv {
    name: String,
    table: Table<Vec<u8>>,
}

impl Csv {
    /// A file of this name, with its head.
    pub(super) fn new<C: AsRef<str>>(
        name: impl Into<String>,
        head: impl IntoIterator<Item = C>,
    ) -> Result<Self, Problem> {
        let mut csv = Self {
            name: name.into(),
            table: Table::new(Vec::new()),
        };
        csv.row(head)?;
        Ok(csv)
    }

    /// Adds a row.
    pub(super) fn row<C: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = C>,
    ) -> Result<(), Problem> {
        self.table.row(cells).map_err(unwritten)
    }

    /// The file as an answer.
    pub(super) fn finish(self) -> Result<Response, Problem> {
        let disposition = format!("attachment; filename=\"{}.csv\"", self.name);
        let head = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        Ok((head, self.table.finish().map_err(unwritten)?).into_response())
    }
}

fn unwritten(error: io::Error) -> Problem {
    Problem::Refused(Status::from_error(Box::new(error)))
}
