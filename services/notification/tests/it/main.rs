//! Emails and notices through the front door: over real sockets, against a real database and a real mail server.

mod accounts;
mod bell;
mod breaking;
mod bursts;
mod canary;
mod complaints;
mod faulty;
mod given;
mod injection;
mod insight;
mod leaving;
mod letters;
mod operators;
mod own_actions;
mod recipients;
mod reminders;
mod secrets;
mod sending;
mod service;
mod telling;
mod templates;
mod updates;
