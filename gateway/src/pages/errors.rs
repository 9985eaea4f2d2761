//! Every page that says no.

use askama::Template;
use askama_web::WebTemplate;

use crate::page::{Area, Page};

/// Says what went wrong and what to do about it.
#[derive(Template, WebTemplate)]
#[template(path = "errors/error.html")]
pub(crate) struct ErrorPage {
    pub(crate) page: Page,
    pub(crate) status: u16,
    /// To quote when asking for help; empty when nothing is traced.
    pub(crate) trace: String,
    /// Whether it is a complaint in which the person declared an interest (3.4).
    pub(crate) declared: bool,
    /// How long to wait; empty when that is not known.
    pub(crate) wait: String,
}

impl ErrorPage {
    fn heading(&self) -> &'static str {
        match self.status {
            400 => "We could not read that",
            403 if self.declared => "You have an interest in this complaint",
            403 => "You can’t do this",
            404 => "Page not found",
            409 => "Someone changed this before you",
            413 => "The file is too large",
            429 => "Too many requests",
            503 => "The Portal is not available for the moment",
            _ => "Sorry, there is a problem with the Portal",
        }
    }
}
