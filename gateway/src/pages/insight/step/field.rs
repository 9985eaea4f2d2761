//! The fields of a form, as one template draws them all.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::form::Errors;
use crate::view::Choice;

/// What was typed into a form, by the fields' names.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Typed(BTreeMap<String, String>);

impl Typed {
    /// Puts what goes with a form and is not typed.
    pub(crate) fn put(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    /// What was typed into a field; empty when nothing was.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// A date, for the wire.
    pub(crate) fn date(&self, name: &str) -> String {
        crate::words::typed_date(self.get(name))
    }

    /// Text as it was typed, with the line breaks that browsers send made those of everybody else.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).replace("\r\n", "\n").trim().to_owned()
    }

    /// What stands on each line.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        let lines = self.get(name).lines().map(str::trim);
        lines
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// A whole number; nought when it is none, which no field takes.
    pub(crate) fn number<T: std::str::FromStr + Default>(&self, name: &str) -> T {
        let digits = self.get(name).trim().trim_start_matches('£');
        digits.parse().unwrap_or_default()
    }
}

impl<K: Into<String>> FromIterator<(K, String)> for Typed {
    fn from_iter<I: IntoIterator<Item = (K, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }
}

/// A field.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) hint: String,
    /// What is said when it is left empty; empty where its name says enough, as in "Enter the email address".
    pub(crate) missing: &'static str,
    pub(crate) kind: Kind,
    pub(crate) value: String,
}

/// How a field is drawn.
pub(crate) enum Kind {
    /// A heading above the fields that follow.
    Heading,
    /// Another way to do it: a link, with the hint as what is said about it.
    Way { href: String },
    /// A line, so wide.
    Line { width: &'static str },
    /// Some lines, with a counter.
    Text { max: usize, rows: usize },
    /// A date.
    Date { latest: String },
    /// One of a few answers.
    Radios(Vec<Answer>),
    /// One of many.
    Select(Vec<Choice>),
    /// A box to tick.
    Tick,
}

/// An answer of radios.
pub(crate) struct Answer {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) hint: String,
}

impl Field {
    fn new(name: &'static str, label: impl Into<String>, kind: Kind) -> Self {
        Self {
            name,
            label: label.into(),
            hint: String::new(),
            missing: match kind {
                Kind::Date { .. } => "Enter a date",
                _ => "",
            },
            kind,
            value: String::new(),
        }
    }

    pub(crate) fn heading(label: &str) -> Self {
        Self::new("", label, Kind::Heading)
    }

    /// Another way to do what the form does.
    pub(crate) fn way(label: impl Into<String>, href: String) -> Self {
        Self::new("", label, Kind::Way { href })
    }

    /// With a name, so that a mistake leads to it.
    pub(crate) fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    pub(crate) fn line(name: &'static str, label: &str) -> Self {
        Self::new(name, label, Kind::Line { width: "" })
    }

    /// A line for a short number.
    pub(crate) fn number(name: &'static str, label: &str) -> Self {
        let width = "govuk-input--width-4";
        Self::new(name, label, Kind::Line { width })
    }

    pub(crate) fn text(name: &'static str, label: &str, max: usize) -> Self {
        let rows = if max > 2_000 { 10 } else { 5 };
        Self::new(name, label, Kind::Text { max, rows })
    }

    /// A day that has come, as most of what is recorded has.
    pub(crate) fn past_date(name: &'static str, label: &str, today: chrono::NaiveDate) -> Self {
        let latest = today.format("%d/%m/%Y").to_string();
        Self::new(name, label, Kind::Date { latest })
    }

    pub(crate) fn date(name: &'static str, label: &str) -> Self {
        let latest = String::new();
        Self::new(name, label, Kind::Date { latest })
    }

    pub(crate) fn radios(name: &'static str, label: &str, answers: Vec<Answer>) -> Self {
        Self::new(name, label, Kind::Radios(answers))
    }

    pub(crate) fn select(name: &'static str, label: &str, choices: Vec<Choice>) -> Self {
        Self::new(name, label, Kind::Select(choices))
    }

    pub(crate) fn tick(name: &'static str, label: &str) -> Self {
        Self::new(name, label, Kind::Tick)
    }

    /// With what is said when it is left empty.
    pub(crate) fn missing(mut self, sentence: &'static str) -> Self {
        self.missing = sentence;
        self
    }

    /// With a hint.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl Answer {
    pub(crate) fn new(value: &str, label: impl Into<String>) -> Self {
        Self {
            value: value.to_owned(),
            label: label.into(),
            hint: String::new(),
        }
    }

    /// With a hint.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// The fields with what was typed into them.
pub(crate) fn filled(mut fields: Vec<Field>, typed: &Typed) -> Vec<Field> {
    for field in &mut fields {
        typed.get(field.name).clone_into(&mut field.value);
    }
    fields
}

/// What is wrong, as the form is read from top to bottom, and in the fields' own words where a service can only name the one that is empty. What is
/// about no field of the form comes first.
pub(crate) fn in_the_words_of(fields: &[Field], errors: &Errors) -> Errors {
    let place = |name: &str| fields.iter().position(|it| it.name == name);
    let mut mistakes: Vec<_> = errors.all().iter().collect();
    mistakes.sort_by_key(|it| place(&it.field));
    let mut ours = Errors::none();
    for mistake in mistakes {
        let missing = place(&mistake.field)
            .map(|at| fields[at].missing)
            .filter(|it| !it.is_empty() && mistake.message.starts_with("Enter the "));
        // A link of the summary leads to a field that is there.
        let field = place(&mistake.field).map_or("", |at| fields[at].name);
        ours.add(field, missing.unwrap_or(&mistake.message));
    }
    ours
}
