//! Checks the fields of a request, all of them, so that a person hears of every mistake at once.

use std::ops::RangeInclusive;

use chrono::{Datelike as _, NaiveDate};
use unicode_segmentation::UnicodeSegmentation;
use uuid::Uuid;

use crate::failure::{Invalid, Violation};

/// The most code points in what a person counts as one character, on the average of a text. A family of four with its skin tones has 11;
/// without a limit, one letter could carry megabytes of accents.
const CODE_POINTS: usize = 16;

/// Collects what is wrong with a request. A wrong field gives a placeholder, which [`Check::done`] keeps from being used.
#[derive(Debug, Default)]
pub struct Check {
    violations: Vec<Violation>,
}

impl Check {
    /// Nothing is wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records a mistake. The description is a sentence for the person who filled the field in.
    pub fn refuse(&mut self, field: &str, description: impl Into<String>, reason: &'static str) {
        self.violations.push(Violation {
            field: field.to_owned(),
            description: description.into(),
            reason,
        });
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.violations.is_empty()
    }

    /// A line of text without blanks around it, its length counted as a person counts characters.
    pub fn text(&mut self, field: &str, value: &str, length: RangeInclusive<usize>) -> String {
        let value = value.trim();
        if value.chars().any(char::is_control) {
            self.refuse(
                field,
                format!("{} must be a single line of text", words(field)),
                "NOT_A_LINE",
            );
        }
        self.length(field, value, length);
        value.to_owned()
    }

    /// Text of several lines, kept as typed but for line ends, its length counted as a person counts characters.
    pub fn long_text(&mut self, field: &str, value: &str, length: RangeInclusive<usize>) -> String {
        let value = value.replace("\r\n", "\n");
        if value
            .chars()
            .any(|it| it.is_control() && it != '\n' && it != '\t')
        {
            self.refuse(
                field,
                format!("{} must be plain text", words(field)),
                "NOT_PLAIN_TEXT",
            );
        }
        self.length(
            field,
            if value.trim().is_empty() { "" } else { &value },
            length,
        );
        value
    }

    fn length(&mut self, field: &str, value: &str, length: RangeInclusive<usize>) {
        let count = value.graphemes(true).count();
        if count == 0 && *length.start() > 0 {
            self.refuse(field, format!("Enter {}", object(field)), "REQUIRED");
        } else if count < *length.start() {
            let least = length.start();
            self.refuse(
                field,
                format!("{} must be {least} characters or more", words(field)),
                "TOO_SHORT",
            );
        } else if count > *length.end() || value.chars().count() > length.end() * CODE_POINTS {
            let most = length.end();
            self.refuse(
                field,
                format!("{} must be {most} characters or fewer", words(field)),
                "TOO_LONG",
            );
        }
    }

    /// An id.
    pub fn uuid(&mut self, field: &str, value: &str) -> Uuid {
        value.parse().unwrap_or_else(|_| {
            self.refuse(
                field,
                format!("{} must be a UUID", words(field)),
                "NOT_A_UUID",
            );
            Uuid::nil()
        })
    }

    /// An id that may be left empty.
    pub fn optional_uuid(&mut self, field: &str, value: &str) -> Option<Uuid> {
        (!value.is_empty()).then(|| self.uuid(field, value))
    }

    /// A date such as `2025-06-13`.
    pub fn date(&mut self, field: &str, value: &str) -> NaiveDate {
        if value.is_empty() {
            self.refuse(field, format!("Enter {}", object(field)), "REQUIRED");
            return NaiveDate::default();
        }
        let date = NaiveDate::parse_from_str(value, "%Y-%m-%d").ok();
        // Years of five digits are dates too, but nothing that is counted from them is.
        date.filter(|date| (1..=9999).contains(&date.year()))
            .unwrap_or_else(|| {
                self.refuse(
                    field,
                    format!("{} must be a real date", words(field)),
                    "NOT_A_DATE",
                );
                NaiveDate::default()
            })
    }

    /// A date that may be left empty.
    pub fn optional_date(&mut self, field: &str, value: &str) -> Option<NaiveDate> {
        (!value.is_empty()).then(|| self.date(field, value))
    }

    /// An email address, in lower case. Only what every address has is asked for: whether it exists shows when it is used.
    pub fn email(&mut self, field: &str, value: &str) -> String {
        // In ASCII only: the Kelvin sign in lower case is a `k`, and would make one address of two.
        let value = value.trim().to_ascii_lowercase();
        let plausible = value.len() <= 254
            && value.is_ascii()
            && !value
                .chars()
                .any(|it| it.is_whitespace() || it.is_control() || "<>()[],;:\\\"".contains(it))
            && value.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && local.len() <= 64
                    && domain.contains('.')
                    && domain
                        .split('.')
                        .all(|label| !label.is_empty() && !label.contains('@'))
            });
        if !plausible {
            self.refuse(
                field,
                "Enter an email address in the correct format, like name@example.com",
                "NOT_AN_EMAIL",
            );
        }
        value
    }

    /// Ends the checks.
    pub fn done(self) -> Result<(), Invalid> {
        if self.violations.is_empty() {
            Ok(())
        } else {
            Err(Invalid(self.violations))
        }
    }
}

/// `service_user.postal_address` in words: *postal address*. Whose it is, the form around it says.
fn name(field: &str) -> String {
    let name = field.rsplit('.').next().unwrap_or(field);
    name.replace('_', " ")
}

/// `due_on` as the start of a sentence: *Due on*.
fn words(field: &str) -> String {
    let mut words = name(field);
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// `due_on` as what is to be entered: *a date* would be nicer, but only the page knows its label.
fn object(field: &str) -> String {
    format!("the {}", name(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(check: Check) -> Vec<&'static str> {
        check.done().map_or_else(
            |invalid| invalid.0.into_iter().map(|it| it.reason).collect(),
            |()| vec![],
        )
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let mut check = Check::new();
        check.text("title", "  ", 1..=200);
        check.date("due_on", "2025-02-30");
        check.uuid("case_id", "7");
        check.email("username", "dani@@landlord");

        assert_eq!(
            reasons(check),
            ["REQUIRED", "NOT_A_DATE", "NOT_A_UUID", "NOT_AN_EMAIL"]
        );
    }

    #[test]
    fn a_field_of_a_field_is_called_by_its_own_name() {
        let mut check = Check::new();
        check.text("service_user.name", "", 1..=200);
        check.text("service_user.postal_address", "1\n2", 0..=200);

        let Invalid(violations) = check.done().unwrap_err();

        let told: Vec<_> = violations.iter().map(|it| &*it.description).collect();
        assert_eq!(
            told,
            [
                "Enter the name",
                "Postal address must be a single line of text"
            ]
        );
    }

    #[test]
    fn characters_are_counted_as_a_person_counts_them() {
        let mut check = Check::new();
        let family = "👩‍👩‍👧‍👦".repeat(280);
        check.long_text("message", &family, 1..=280);
        assert!(check.is_ok());

        check.long_text("message", &(family + "!"), 1..=280);
        assert_eq!(reasons(check), ["TOO_LONG"]);
    }

    #[test]
    fn one_character_can_not_hide_a_book() {
        let mut check = Check::new();
        check.long_text("message", &format!("e{}", "\u{301}".repeat(5_000)), 1..=280);

        assert_eq!(reasons(check), ["TOO_LONG"]);
    }

    #[test]
    fn a_date_is_of_a_year_that_people_write() {
        let mut check = Check::new();
        check.date("due_on", "2026-03-15");
        assert!(check.is_ok());

        check.date("due_on", "+262142-12-31");
        check.date("due_on", "-0044-03-15");
        assert_eq!(reasons(check), ["NOT_A_DATE", "NOT_A_DATE"]);
    }

    #[test]
    fn a_line_break_in_a_line_is_refused_and_in_a_message_kept() {
        let mut check = Check::new();
        assert_eq!(check.long_text("body", "Dear\r\nSir", 1..=10), "Dear\nSir");
        check.text("name", "Dani\nRawling", 1..=20);

        assert_eq!(reasons(check), ["NOT_A_LINE"]);
    }

    #[test]
    fn an_address_is_kept_in_lower_case() {
        let mut check = Check::new();

        assert_eq!(
            check.email("username", " Dani.Rawling@Landlord.Example "),
            "dani.rawling@landlord.example"
        );
        assert!(check.is_ok());

        check.email("username", "dani@landlord.example.u\u{212A}");
        assert_eq!(reasons(check), ["NOT_AN_EMAIL"]);
    }
}
