//! Rows of CSV, with the place of every value.
//!
//! The reader below is the one that the `csv` crate is made of. It says how many bytes each value took, which is what tells where in the
//! file a value stands, quoted or not; and it hands a value over piece by piece, so that a quote that is never closed does not draw the
//! rest of the file into memory.

use std::io::BufRead;

use anyhow::{Context as _, ensure};
use csv_core::ReadFieldResult;

use super::columns::{COLUMNS, REQUIRED, Row, Value, Values, column};
use super::source::{BadRow, Here, Place};

/// The longest value in bytes. The longest that any column may have are 1,000 characters.
const LONGEST: usize = 64 * 1024;

/// Rows of CSV.
pub(super) struct CsvRows<R> {
    input: R,
    core: csv_core::Reader,
    here: Here,
    /// Which column each value of a row is.
    header: Vec<usize>,
    piece: Box<[u8]>,
    value: Vec<u8>,
}

/// A value as it stands in the file.
struct Raw {
    place: Place,
    /// Its text, or why it is none.
    text: Result<String, &'static str>,
}

/// What a row's values were read into.
struct Record {
    start: Place,
    values: Vec<Raw>,
    /// How many values there were, of which no more than the header's are kept.
    width: usize,
    /// Where the first one beyond the header's stands.
    surplus: Option<Place>,
}

impl<R: BufRead> CsvRows<R> {
    /// Begins to read: the header comes first.
    pub(super) fn open(input: R) -> anyhow::Result<Self> {
        let mut rows = Self {
            input,
            core: csv_core::Reader::new(),
            here: Here::start(),
            header: Vec::new(),
            piece: vec![0; 8 * 1024].into_boxed_slice(),
            value: Vec::new(),
        };
        let header = rows
            .record(COLUMNS.len())?
            .context("there is no header: the first row names the columns")?;
        if let Some(Place { line, column }) = header.surplus {
            anyhow::bail!("{line}:{column}: the header has more columns than there are");
        }
        for Raw {
            place: Place { line, column: at },
            text,
        } in header.values
        {
            let name = text.unwrap_or_default().trim().to_owned();
            let known = column(&name).with_context(|| {
                let columns = COLUMNS.join(", ");
                format!("{line}:{at}: there is no column {name:?}; the columns are {columns}")
            })?;
            ensure!(
                !rows.header.contains(&known),
                "{line}:{at}: the column {name:?} is there twice"
            );
            rows.header.push(known);
        }
        for name in REQUIRED {
            let there = column(name).is_some_and(|it| rows.header.contains(&it));
            ensure!(there, "the header has no column {name:?}");
        }
        Ok(rows)
    }

    /// The next row, good or bad; `None` after the last.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Result<Row, BadRow>>> {
        let columns = self.header.len();
        let Some(record) = self.record(columns)? else {
            return Ok(None);
        };
        Ok(Some(self.row(record)))
    }

    fn row(&self, record: Record) -> Result<Row, BadRow> {
        let Record {
            start,
            values: raw,
            width,
            surplus,
        } = record;
        let reference = self
            .header
            .iter()
            .zip(&raw)
            .find(|(column, _)| COLUMNS[**column] == "reference")
            .and_then(|(_, raw)| raw.text.clone().ok())
            .unwrap_or_default();
        if width != self.header.len() {
            let columns = self.header.len();
            return Err(BadRow {
                place: surplus.unwrap_or(start),
                field: String::new(),
                reference,
                problem: format!("the row has {width} values, and the header {columns} columns"),
            });
        }
        let mut values: Values = Default::default();
        for (column, Raw { place, text }) in self.header.iter().zip(raw) {
            let text = text.map_err(|problem| BadRow {
                place,
                field: COLUMNS[*column].to_owned(),
                reference: reference.clone(),
                problem: problem.to_owned(),
            })?;
            values[*column] = Some(Value { text, place });
        }
        Row::new(start, values)
    }

    /// Reads a record, of which so many values are kept; `None` at the end of the file.
    fn record(&mut self, keep: usize) -> anyhow::Result<Option<Record>> {
        if !self.skip_empty_lines()? {
            return Ok(None);
        }
        let mut record = Record {
            start: self.here.place(),
            values: Vec::with_capacity(keep),
            width: 0,
            surplus: None,
        };
        loop {
            let place = self.here.place();
            let last = self.field()?;
            record.width += 1;
            if record.values.len() < keep {
                let text = self.text();
                record.values.push(Raw { place, text });
            } else {
                record.surplus.get_or_insert(place);
            }
            if last {
                return Ok(Some(record));
            }
        }
    }

    /// The core passes over empty lines by itself, and would count them to the value that follows.
    fn skip_empty_lines(&mut self) -> anyhow::Result<bool> {
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let ends = bytes.iter().take_while(|it| matches!(it, b'\r' | b'\n'));
            let ends = ends.count();
            let more = ends == bytes.len();
            self.here.pass(&bytes[..ends]);
            self.input.consume(ends);
            if !more {
                return Ok(true);
            }
        }
    }

    /// Reads a value into `self.value`, of which what is too long is passed over; says whether it ends its record.
    fn field(&mut self) -> anyhow::Result<bool> {
        self.value.clear();
        loop {
            let bytes = self.input.fill_buf()?;
            let (result, read, written) = self.core.read_field(bytes, &mut self.piece);
            self.here.pass(&bytes[..read]);
            self.input.consume(read);
            // One byte more than may be kept tells that there were too many.
            let room = (LONGEST + 1).saturating_sub(self.value.len());
            self.value
                .extend_from_slice(&self.piece[..written.min(room)]);
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => return Ok(record_end),
                ReadFieldResult::End => return Ok(true),
            }
        }
    }

    fn text(&self) -> Result<String, &'static str> {
        if self.value.len() > LONGEST {
            return Err("the value is longer than 64 KiB; is a quote not closed?");
        }
        match std::str::from_utf8(&self.value) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err("the value is not in UTF-8"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "reference,case_type,complainant,landlord_id,subject,status,opened_on";

    fn rows(text: &[u8]) -> Vec<Result<Row, BadRow>> {
        // A small buffer, so that values are cut in the middle.
        let input = std::io::BufReader::with_capacity(7, text);
        let mut rows = CsvRows::open(input).unwrap();
        std::iter::from_fn(|| rows.next().unwrap()).collect()
    }

    fn after_header(text: &str) -> Vec<Result<Row, BadRow>> {
        rows(format!("{HEADER}\n{text}").as_bytes())
    }

    fn refused(header: &str) -> String {
        let error = CsvRows::open(header.as_bytes()).err().unwrap();
        format!("{error:#}")
    }

    fn place(line: u64, column: u64) -> Place {
        Place { line, column }
    }

    #[test]
    fn ca_7_a_value_is_found_where_it_stands_behind_quotes_commas_and_lines() {
        let text = "202300001,enquiry,\"Verma, \"\"Asha\"\"\",l,\"two\nlines, ë\",lost,2023-01-01\n\
                    202300002,enquiry,Zoë,l,s,lost,2023-01-01\n";

        let rows = after_header(text);

        let bad: Vec<_> = rows.into_iter().map(|it| it.unwrap_err().place).collect();
        assert_eq!(bad, [place(3, 11), place(4, 27)]);
    }

    #[test]
    fn ca_7_values_are_read_as_they_were_meant() {
        let text =
            "202300001,member-landlord,\"Verma, \"\"Asha\"\"\",l,\"two\nlines\",closed,2023-01-01";

        let row = after_header(text).remove(0).unwrap();

        assert_eq!(row.case.complainant, "Verma, \"Asha\"");
        assert_eq!(row.case.subject, "two\nlines");
    }

    #[test]
    fn ca_7_a_row_of_another_width_is_bad_and_the_next_is_not() {
        let text = "202300001,enquiry,A\n202300002,enquiry,A,l,s,closed,2023-01-01,x,y\n\r\n\
                    202300003,enquiry,A,l,s,closed,2023-01-01";

        let mut rows = after_header(text).into_iter();

        let short = rows.next().unwrap().unwrap_err();
        assert_eq!(
            (short.place, short.reference.as_str()),
            (place(2, 1), "202300001")
        );
        assert_eq!(
            short.problem,
            "the row has 3 values, and the header 7 columns"
        );
        let long = rows.next().unwrap().unwrap_err();
        assert_eq!(long.place, place(3, 43));
        let good = rows.next().unwrap().unwrap();
        assert_eq!(good.case.reference, "202300003");
        assert_eq!(good.bad("", String::new()).place, place(5, 1));
        assert!(rows.next().is_none());
    }

    #[test]
    fn ca_7_what_is_not_utf_8_is_bad_and_stops_no_other_row() {
        let text = [
            HEADER.as_bytes(),
            b"\r\n202300001,enquiry,Zo\xEB,l,s,closed,2023-01-01\r\n202300002,enquiry,A,l,s,closed,2023-01-01\r\n",
        ]
        .concat();

        let rows = rows(&text);

        let bad = rows[0].as_ref().unwrap_err();
        assert_eq!(
            (bad.field.as_str(), bad.place),
            ("complainant", place(2, 19))
        );
        assert!(rows[1].is_ok());
    }

    #[test]
    fn ca_7_a_quote_that_is_never_closed_is_not_kept_in_memory() {
        let endless = "x,\n".repeat(100_000);
        let text = format!("{HEADER}\n202300001,enquiry,\"A{endless}");
        let mut rows = CsvRows::open(text.as_bytes()).unwrap();

        let bad = rows.next().unwrap().unwrap().unwrap_err();

        assert_eq!((bad.place, bad.field.as_str()), (place(2, 1), ""));
        assert!(rows.value.capacity() < 4 * LONGEST);
        assert!(rows.next().unwrap().is_none());
    }

    #[test]
    fn ca_7_a_header_that_says_something_else_is_refused_at_its_place() {
        assert!(refused("").contains("no header"));
        assert!(refused("reference,state\n").starts_with("1:11: there is no column \"state\""));
        assert!(refused("reference,subject,reference\n").contains("1:19"));
        assert!(refused("reference,case_type\n").contains("no column \"complainant\""));
    }
}
