//! The small parts that many pages share, as the templates' macros take them.

/// One choice of a select or of radios.
pub(crate) struct Choice {
    /// What the form sends.
    pub(crate) value: String,
    /// What is shown.
    pub(crate) label: String,
}

/// A status in words, and the tag colour that repeats it.
pub(crate) struct Status {
    /// The words.
    pub(crate) text: String,
    /// The name of one of GOV.UK's tag colours.
    pub(crate) colour: &'static str,
}

/// An entry of a menu.
pub(crate) struct MenuItem {
    /// The words.
    pub(crate) label: &'static str,
    /// Where it leads.
    pub(crate) href: &'static str,
}

/// A column's header.
#[derive(Default)]
pub(crate) struct Column {
    /// The words.
    pub(crate) label: &'static str,
    /// The list in this column's order; empty when it can't be sorted by.
    pub(crate) href: String,
    /// `ascending`, `descending` or empty.
    pub(crate) sorted: &'static str,
}

impl Column {
    /// A column that can't be sorted by.
    pub(crate) fn named(label: &'static str) -> Self {
        Self {
            label,
            ..Self::default()
        }
    }
}

/// Where the neighbouring pages of a list are; empty at either end.
#[derive(Default)]
pub(crate) struct Paging {
    /// The page before.
    pub(crate) previous: String,
    /// The page after.
    pub(crate) next: String,
}
