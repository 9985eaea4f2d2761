//! What people call a case: the year and a number, such as `202312345` (CA-1).

/// A reference: a year and five digits or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The year.
    pub year: i16,
    /// The number within the year.
    pub number: i32,
}

/// So many digits a number has at least, and at most: nine still fit the counter.
const DIGITS: std::ops::RangeInclusive<usize> = 5..=9;

impl Reference {
    /// Reads a reference from its digits; `None` when it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_at_checked(4)?;
        let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
        if !digits(year) || !digits(number) || !DIGITS.contains(&number.len()) {
            return None;
        }
        Some(Self {
            year: year.parse().ok()?,
            number: number.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}{:05}", self.year, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ca_1_a_reference_is_a_year_and_five_digits_or_more() {
        let written = |number| Reference { year: 2023, number }.to_string();

        assert_eq!(written(1), "202300001");
        assert_eq!(written(12_345), "202312345");
        assert_eq!(written(123_456), "2023123456");
        assert_eq!(
            Reference::parse("202312345"),
            Some(Reference {
                year: 2023,
                number: 12_345
            })
        );
    }

    #[test]
    fn ca_1_anything_else_is_no_reference() {
        for text in [
            "",
            "2023",
            "20231234",
            "20231234567890",
            "2023-12345",
            "2023+1234",
            "2023１２３４５",
            "ca2312345",
        ] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }
}
