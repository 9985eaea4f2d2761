//! Where rows come from: a file that is read as it is needed.

use std::fmt;
use std::io::{BufRead, BufReader, Cursor, Read};

use serde::Serialize;

use super::Format;
use super::columns::Row;
use super::csv::CsvRows;
use super::ndjson::NdjsonRows;

/// Where something is in a file, as editors count it: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct BadRow {
    #[serde(flatten)]
    pub(super) place: Place,
    /// The field at fault; empty when the row as a whole is.
    pub(super) field: String,
    /// The row's reference, if it has one.
    pub(super) reference: String,
    pub(super) problem: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place: Place { line, column },
            field,
            reference,
            problem,
        } = self;
        write!(formatter, "{line}:{column}: ")?;
        if !field.is_empty() {
            write!(formatter, "{field}: ")?;
        }
        write!(formatter, "{problem}")?;
        if !reference.is_empty() {
            write!(formatter, " ({reference})")?;
        }
        Ok(())
    }
}

/// Keeps count of where a reader is, as bytes go by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here {
    place: Place,
    after_return: bool,
}

impl Here {
    pub(super) const fn start() -> Self {
        Self {
            place: Place { line: 1, column: 1 },
            after_return: false,
        }
    }

    pub(super) const fn place(self) -> Place {
        self.place
    }

    /// Counts bytes that were read. A line ends with a line feed, a carriage return or both.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => {
                    self.place.line += 1;
                    self.place.column = 1;
                }
                // The bytes of a character after its first are no characters.
                0x80..=0xBF => {}
                _ => self.place.column += 1,
            }
            self.after_return = *byte == b'\r';
        }
    }
}

/// A file of rows.
pub(super) enum Source<R> {
    Csv(Box<CsvRows<R>>),
    Ndjson(NdjsonRows<R>),
}

/// What a file may begin with to say that it is UTF-8.
const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// An input without the mark.
pub(super) type Unmarked<R> = std::io::Chain<Cursor<Vec<u8>>, R>;

impl<R: Read> Source<BufReader<Unmarked<R>>> {
    /// Begins to read a file.
    pub(super) fn open(format: Format, mut input: R) -> anyhow::Result<Self> {
        let mut first = Vec::new();
        input.by_ref().take(3).read_to_end(&mut first)?;
        if first == BYTE_ORDER_MARK {
            first.clear();
        }
        let input = BufReader::new(Cursor::new(first).chain(input));
        Ok(match format {
            Format::Csv => Self::Csv(Box::new(CsvRows::open(input)?)),
            Format::Ndjson => Self::Ndjson(NdjsonRows::new(input)),
        })
    }
}

impl<R: BufRead> Source<R> {
    /// The next row, good or bad; `None` after the last.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Result<Row, BadRow>>> {
        match self {
            Self::Csv(rows) => rows.next(),
            Self::Ndjson(rows) => rows.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_lines_end_in_three_ways() {
        let mut here = Here::start();

        here.pass("Zoë,".as_bytes());
        assert_eq!(here.place(), Place { line: 1, column: 5 });

        here.pass(b"\r");
        here.pass(b"\n");
        assert_eq!(here.place(), Place { line: 2, column: 1 });

        here.pass(b"a\rb\n\nc");
        assert_eq!(here.place(), Place { line: 5, column: 2 });
    }
}
