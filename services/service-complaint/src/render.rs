//! A letter as it goes out: text and HTML for email, a PDF for paper.

mod layout;
mod pdf;

use std::sync::OnceLock;

use askama::Template;
use chrono::NaiveDate;

use crate::domain::complaint::Format;
use crate::domain::letter::text::{Text, plain_text, signature};
use crate::domain::letter::{self, Block, Delivery, Document, in_words};

pub use pdf::{PdfError, unprintable};

/// A letter as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The plain text, with where its prose is.
    pub text: Text,
    /// The HTML, with nothing in it that comes from elsewhere.
    pub html: String,
    /// The PDF, for what goes on paper.
    pub pdf: Option<Vec<u8>>,
}

/// Why a letter can't be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The HTML could not be written.
    #[error("the HTML could not be written")]
    Html(#[from] askama::Error),
    /// The PDF could not be written.
    #[error(transparent)]
    Pdf(#[from] PdfError),
}

/// How large a format's letters are, in points on paper and pixels on a screen.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scale {
    /// The text, in points.
    points: f32,
    /// The text, in pixels.
    pixels: u32,
}

impl Scale {
    /// Large print begins at 16 points; 18 is what people with low sight are most often well served by.
    fn of(format: Format) -> Self {
        match format {
            Format::Email | Format::Letter => Self {
                points: 12.0,
                pixels: 18,
            },
            Format::LargePrint => Self {
                points: 18.0,
                pixels: 24,
            },
            Format::EasyRead => Self {
                points: 16.0,
                pixels: 22,
            },
        }
    }
}

#[derive(Template)]
#[template(path = "letters/letter.html")]
struct Html<'a> {
    document: &'a Document,
    signature: [&'a str; 3],
    pixels: u32,
}

/// A date in words.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates hand over references"
)]
fn day(date: &NaiveDate) -> String {
    in_words(*date)
}

/// The HTML of a letter.
pub fn html(document: &Document, format: Format) -> Result<String, askama::Error> {
    Html {
        document,
        signature: signature(document),
        pixels: Scale::of(format).pixels,
    }
    .render()
}

/// Renders a letter for how it reaches the person.
pub fn render(
    document: &Document,
    format: Format,
    delivery: Delivery,
) -> Result<Rendered, RenderError> {
    let pdf = match delivery {
        Delivery::Email => None,
        Delivery::Post => Some(pdf::write(document, Scale::of(format).points)?),
    };
    Ok(Rendered {
        text: plain_text(document),
        html: html(document, format)?,
        pdf,
    })
}

/// The factsheet by itself in a format, as a PDF (1.7). It says the same for everybody, so that each format is drawn once.
pub fn factsheet(format: Format) -> Result<&'static [u8], RenderError> {
    static STANDARD: OnceLock<Vec<u8>> = OnceLock::new();
    static LARGE_PRINT: OnceLock<Vec<u8>> = OnceLock::new();
    static EASY_READ: OnceLock<Vec<u8>> = OnceLock::new();
    let kept = match format {
        Format::Email | Format::Letter => &STANDARD,
        Format::LargePrint => &LARGE_PRINT,
        Format::EasyRead => &EASY_READ,
    };
    if let Some(pdf) = kept.get() {
        return Ok(pdf);
    }
    let sections = letter::factsheet(format);
    let pdf = pdf::write_sheet(&sections, Scale::of(format).points)?;
    Ok(kept.get_or_init(|| pdf))
}

#[cfg(test)]
mod tests;
