//! The mailbox through its two doors: SMTP over a real socket, and the pages.

mod smtp;
mod web;
