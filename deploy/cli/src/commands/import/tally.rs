//! What became of the rows, in numbers.

use std::time::Duration;

use serde::Serialize;

/// What became of the rows so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) added: u64,
    pub(super) unchanged: u64,
    pub(super) refused: u64,
}

/// The end of an import for programs.
#[derive(Serialize)]
pub(super) struct Summary {
    rows: u64,
    added: u64,
    unchanged: u64,
    refused: u64,
    dry_run: bool,
}

impl Tally {
    const fn rows(self) -> u64 {
        self.added + self.unchanged + self.refused
    }

    /// How many rows there were so far, and how fast they went.
    pub(super) fn rate(self, elapsed: Duration) -> String {
        let rows = self.rows();
        let a_second = u128::from(rows) * 1_000 / elapsed.as_millis().max(1);
        let a_second = u64::try_from(a_second).unwrap_or(u64::MAX);
        format!("{} rows, {} a second", grouped(rows), grouped(a_second))
    }

    /// The end of an import, for programs.
    pub(super) const fn summary(self, dry_run: bool) -> Summary {
        let Self {
            added,
            unchanged,
            refused,
        } = self;
        Summary {
            rows: self.rows(),
            added,
            unchanged,
            refused,
            dry_run,
        }
    }

    /// The end of an import, for people.
    pub(super) fn sentence(self, dry_run: bool) -> String {
        let would = if dry_run {
            "Nothing was taken. It would be: "
        } else {
            ""
        };
        format!(
            "{would}{} added, {} unchanged, {} refused, of {} rows.",
            grouped(self.added),
            grouped(self.unchanged),
            grouped(self.refused),
            grouped(self.rows())
        )
    }
}

/// A number as people read it: 1,234,567.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn the_end_says_what_became_of_every_row() {
        let tally = Tally {
            added: 98_400,
            unchanged: 1_500,
            refused: 100,
        };

        assert_eq!(
            tally.sentence(false),
            "98,400 added, 1,500 unchanged, 100 refused, of 100,000 rows."
        );
        assert_eq!(
            tally.rate(Duration::from_secs(10)),
            "100,000 rows, 10,000 a second"
        );
    }
}
