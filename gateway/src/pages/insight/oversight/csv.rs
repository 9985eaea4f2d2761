//! Tables as CSV files.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A table as a file to keep.
pub(super) struct Csv {
    name: String,
    text: String,
}

impl Csv {
    /// A file of this name, with its head.
    pub(super) fn new(name: impl Into<String>, head: &[&str]) -> Self {
        let mut csv = Self {
            name: name.into(),
            text: String::new(),
        };
        csv.row(head.iter().copied());
        csv
    }

    /// Adds a row.
    pub(super) fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        let cells: Vec<String> = cells.into_iter().map(quoted).collect();
        self.text.push_str(&cells.join(","));
        self.text.push_str("\r\n");
    }
}

/// A cell in quotes where it needs them (RFC 4180). A spreadsheet takes what begins like a formula for one, so an apostrophe goes before it.
fn quoted(cell: &str) -> String {
    let begins_like_a_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if begins_like_a_formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        let disposition = format!("attachment; filename=\"{}.csv\"", self.name);
        let head = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        (head, self.text).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_14_cells_are_quoted_and_are_never_formulas() {
        let mut csv = Csv::new("figures", &["figure", "value"]);
        csv.row(["Late, with \"no\" reason", "3"]);
        csv.row(["=HYPERLINK(\"x\")", "-1"]);

        assert_eq!(
            csv.text,
            "figure,value\r\n\"Late, with \"\"no\"\" reason\",3\r\n\"'=HYPERLINK(\"\"x\"\")\",'-1\r\n"
        );
    }
}
