//! Tables as CSV files (RFC 4180) in which no cell can be a formula.
//!
//! A spreadsheet takes a cell that begins like a formula for one, quoted or not, and whoever opens the file carries it out: what somebody typed
//! into a form must not run on a colleague's machine. Everything that writes CSV writes it here.

use std::borrow::Cow;
use std::io;

use ::csv::{IntoInnerError, Terminator, Writer, WriterBuilder};

/// What a spreadsheet takes for the beginning of a formula (OWASP, *CSV Injection*).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table that is being written.
pub struct Table<W: io::Write>(Writer<W>);

impl<W: io::Write> Table<W> {
    /// Begins a table.
    pub fn new(to: W) -> Self {
        Self(
            WriterBuilder::new()
                .terminator(Terminator::CRLF)
                .from_writer(to),
        )
    }

    /// Adds a row. All rows have as many cells as the first.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        for cell in cells {
            self.0.write_field(harmless(cell.as_ref()).as_bytes())?;
        }
        // Ends the row.
        self.0.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Ends the table: all of it is written.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(IntoInnerError::into_error)
    }
}

/// A cell with an apostrophe before it where it begins like a formula.
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULA) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[&[&str]]) -> String {
        let mut table = Table::new(Vec::new());
        for row in rows {
            table.row(*row).unwrap();
        }
        String::from_utf8(table.finish().unwrap()).unwrap()
    }

    #[test]
    fn sc_14_cells_are_quoted_where_they_need_it() {
        assert_eq!(
            written(&[
                &["figure", "value"],
                &["Late, with \"no\" reason", "3"],
                &["two\nlines", ""]
            ]),
            "figure,value\r\n\"Late, with \"\"no\"\" reason\",3\r\n\"two\nlines\",\r\n"
        );
    }

    #[test]
    fn no_cell_is_a_formula_however_it_begins() {
        for begins in FORMULA {
            let cell = format!("{begins}HYPERLINK(1)");

            let csv = written(&[&[&cell, "1"]]);

            assert!(
                csv.starts_with('\'') || csv.starts_with("\"'"),
                "{begins:?}: {csv}"
            );
        }
        assert_eq!(written(&[&["a=b", "1-2"]]), "a=b,1-2\r\n");
    }

    #[test]
    fn a_row_of_another_length_is_refused() {
        let mut table = Table::new(Vec::new());
        table.row(["a", "b"]).unwrap();

        assert!(table.row(["c"]).is_err());
    }
}
