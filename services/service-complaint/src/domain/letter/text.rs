//! A letter as plain text, and which passages of it are prose.

use std::ops::Range;

use super::compose::paragraphs;
use super::{Block, Document, Section, in_words};

/// A letter as plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The whole.
    pub text: String,
    /// Where its prose is, in bytes: what the plain-English check reads. Addresses, dates and headings are none.
    pub prose: Vec<Range<usize>>,
}

/// Writes a letter as plain text.
#[must_use]
pub fn plain_text(document: &Document) -> Text {
    let mut text = Text::default();
    for line in &document.address {
        text.line(line);
    }
    if !document.address.is_empty() {
        text.gap();
    }
    text.line(&in_words(document.date));
    text.line(&format!("Reference: {}", document.reference));
    text.gap();
    text.line(&format!("Dear {}", document.name));
    text.gap();
    text.line(&document.subject);
    text.gap();
    for section in &document.sections {
        text.section(section);
    }
    text.line("Yours sincerely");
    text.gap();
    for line in signature(document) {
        text.line(line);
    }
    if !document.factsheet.is_empty() {
        text.gap();
        text.line("----------");
        text.gap();
    }
    for section in &document.factsheet {
        text.section(section);
    }
    text.text.truncate(text.text.trim_end().len());
    text.text.push('\n');
    text
}

/// Who signs, line by line.
#[must_use]
pub fn signature(document: &Document) -> [&str; 3] {
    [
        &document.writer,
        "Customer Insight",
        "Housing Ombudsman Service",
    ]
}

impl Text {
    /// What somebody wrote, an empty line between paragraphs: all of it is prose.
    #[must_use]
    pub fn of(written: &str) -> Self {
        let mut text = Self::default();
        for paragraph in paragraphs(written) {
            text.prose("", &paragraph);
            text.gap();
        }
        text
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    fn prose(&mut self, before: &str, prose: &str) {
        self.text.push_str(before);
        let start = self.text.len();
        self.text.push_str(prose);
        self.prose.push(start..self.text.len());
        self.text.push('\n');
    }

    fn section(&mut self, section: &Section) {
        if !section.heading.is_empty() {
            self.line(&section.heading);
            self.gap();
        }
        for block in &section.blocks {
            match block {
                Block::Subheading(text) => self.line(text),
                Block::Paragraph(text) => self.prose("", text),
                Block::List(items) => items.iter().for_each(|it| self.prose("- ", it)),
                Block::Steps(items) => {
                    for (number, item) in (1..).zip(items) {
                        self.prose(&format!("{number}. "), item);
                    }
                }
                Block::Dates(rows) => {
                    for (what, date) in rows {
                        self.line(&format!("{what}: {}", in_words(*date)));
                    }
                }
            }
            self.gap();
        }
    }
}
