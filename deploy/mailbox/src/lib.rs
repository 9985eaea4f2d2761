//! A mail server for development and tests: keeps what it receives and shows it.
//!
//! Nothing is ever delivered. A test starts one with [`Mailbox::start`], points the product at [`Mailbox::url`] and
//! waits for what it expects with [`Mailbox::wait_for`]; a person reads the same messages on the pages of [`router`].

mod mail;
mod page;
mod smtp;
mod store;
mod web;

pub use mail::Mail;
pub use store::Mailbox;
pub use web::router;
