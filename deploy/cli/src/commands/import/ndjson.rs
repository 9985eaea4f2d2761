//! Rows of NDJSON: a JSON object a line, with the place of every value.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde_json::value::RawValue;

use super::columns::{COLUMNS, Row, Value, Values, column};
use super::source::{BadRow, Place};

/// The longest line in bytes.
const LONGEST: usize = 1 << 20;

/// Rows of NDJSON.
pub(super) struct NdjsonRows<R> {
    input: R,
    number: u64,
    line: Vec<u8>,
}

impl<R: BufRead> NdjsonRows<R> {
    /// Begins to read.
    pub(super) const fn new(input: R) -> Self {
        Self {
            input,
            number: 0,
            line: Vec::new(),
        }
    }

    /// The next row, good or bad; `None` after the last. Empty lines are passed over.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Result<Row, BadRow>>> {
        while self.read_line()? {
            if self.line.len() > LONGEST {
                return Ok(Some(Err(self.bad(0, "", "the line is longer than 1 MiB"))));
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(self.row()));
            }
        }
        Ok(None)
    }

    /// Reads a line, of which what is too long is passed over; `false` at the end of the file.
    fn read_line(&mut self) -> anyhow::Result<bool> {
        self.line.clear();
        self.number += 1;
        let mut any = false;
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = bytes.iter().position(|it| *it == b'\n');
            let read = end.map_or(bytes.len(), |at| at + 1);
            // One byte more than may be kept tells that there were too many.
            let room = (LONGEST + 1).saturating_sub(self.line.len());
            let kept = end.unwrap_or(bytes.len()).min(room);
            self.line.extend_from_slice(&bytes[..kept]);
            self.input.consume(read);
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    fn row(&self) -> Result<Row, BadRow> {
        let text = std::str::from_utf8(&self.line)
            .map_err(|error| self.bad(error.valid_up_to(), "", "the line is not in UTF-8"))?;
        let object: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(|error| {
            // It counts the columns of a line in bytes, from 1.
            let byte = error.column().saturating_sub(1);
            self.bad(byte, "", &problem(&error))
        })?;
        // A value is a part of the line, so that its address tells where in it it stands.
        let byte = |value: &RawValue| value.get().as_ptr().addr() - text.as_ptr().addr();

        let reference = object.get("reference").and_then(|it| plain(it).ok());
        let reference = reference.unwrap_or_default();
        let mut values: Values = Default::default();
        let mut start = text.len() - text.trim_start().len();
        for (name, value) in object {
            let bad = |problem: &str| BadRow {
                reference: reference.clone(),
                ..self.bad(byte(value), &name, problem)
            };
            let at = column(&name).ok_or_else(|| {
                let columns = COLUMNS.join(", ");
                bad(&format!(
                    "there is no such column; the columns are {columns}"
                ))
            })?;
            let text = plain(value).map_err(|()| bad("the value must be text"))?;
            values[at] = Some(Value {
                text,
                place: self.place(byte(value)),
            });
            start = start.min(byte(value));
        }
        Row::new(self.place(start), values)
    }

    fn bad(&self, byte: usize, field: &str, problem: &str) -> BadRow {
        BadRow {
            place: self.place(byte),
            field: field.to_owned(),
            reference: String::new(),
            problem: problem.to_owned(),
        }
    }

    /// The place of a byte of the line.
    fn place(&self, byte: usize) -> Place {
        let before = &self.line[..byte.min(self.line.len())];
        // The bytes of a character after its first are no characters.
        let characters = before.iter().filter(|it| !matches!(it, 0x80..=0xBF));
        Place {
            line: self.number,
            column: characters.count() as u64 + 1,
        }
    }
}

/// A value as text: a text, a whole number, or nothing.
fn plain(value: &RawValue) -> Result<String, ()> {
    let written = value.get();
    if !written.is_empty() && written.bytes().all(|it| it.is_ascii_digit()) {
        return Ok(written.to_owned());
    }
    serde_json::from_str::<Option<String>>(written)
        .map(Option::unwrap_or_default)
        .map_err(drop)
}

/// What is wrong with a line, without the place, which is told apart.
fn problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("the line is not a JSON object: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"reference": 202300001, "case_type": "enquiry", "complainant": "Zoë", "status": "closed", "closed_on": null}"#;

    fn rows(text: &[u8]) -> Vec<Result<Row, BadRow>> {
        let input = std::io::BufReader::with_capacity(7, text);
        let mut rows = NdjsonRows::new(input);
        std::iter::from_fn(|| rows.next().unwrap()).collect()
    }

    fn only(text: &str) -> BadRow {
        rows(text.as_bytes()).remove(0).unwrap_err()
    }

    #[test]
    fn ca_7_values_are_text_whole_numbers_or_nothing() {
        let row = rows(GOOD.as_bytes()).remove(0).unwrap();

        assert_eq!(row.case.reference, "202300001");
        assert_eq!(row.case.complainant, "Zoë");
        assert_eq!(row.case.closed_on, "");
    }

    #[test]
    fn ca_7_a_value_is_found_where_it_stands() {
        let bad = only(
            r#"{"complainant": "Zoë", "status": "lost", "case_type": "enquiry", "reference": "202300001"}"#,
        );

        assert_eq!((bad.field.as_str(), bad.place.column), ("status", 34));
        assert_eq!(bad.reference, "202300001");
        let bad = only(r#"{"reference": "202300001", "closed_on": ["2023-01-01"]}"#);
        assert_eq!((bad.field.as_str(), bad.place.column), ("closed_on", 41));
        let bad = only(r#"{"reference": "202300001", "closed": "2023-01-01"}"#);
        assert_eq!((bad.field.as_str(), bad.place.column), ("closed", 38));
    }

    #[test]
    fn ca_7_a_line_that_is_no_object_is_bad_where_it_ends_to_be_one_and_stops_no_other() {
        let text = format!("\n{GOOD}\r\n{{\"complainant\": \"Zoë\" \"status\"}}\n[1]\n\n{GOOD}");

        let rows = rows(text.as_bytes());

        let place = |at: usize| {
            let bad: &BadRow = rows[at].as_ref().unwrap_err();
            (bad.place.line, bad.place.column)
        };
        assert_eq!(rows.len(), 4);
        assert!(rows[0].is_ok() && rows[3].is_ok());
        assert_eq!(place(1), (3, 23));
        assert_eq!(place(2).0, 4);
    }

    #[test]
    fn ca_7_a_line_that_is_not_utf_8_or_endless_is_bad_and_stops_no_other() {
        let mut text = b"{\"complainant\": \"Zo\xEB\"}\n".to_vec();
        text.extend(vec![b'x'; 3 * LONGEST]);
        text.push(b'\n');
        text.extend(GOOD.as_bytes());
        let mut rows = NdjsonRows::new(text.as_slice());

        let latin = rows.next().unwrap().unwrap().unwrap_err();
        let endless = rows.next().unwrap().unwrap().unwrap_err();
        let good = rows.next().unwrap().unwrap();

        assert_eq!((latin.place.line, latin.place.column), (1, 20));
        assert_eq!((endless.place.line, endless.place.column), (2, 1));
        assert!(good.is_ok());
        assert!(rows.line.capacity() <= 3 * LONGEST);
    }
}
