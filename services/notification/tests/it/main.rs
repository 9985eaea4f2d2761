//! Emails and notices through the front door: over real sockets, against a real database and a real mail server.

mod bell;
mod given;
mod operators;
mod secrets;
mod sending;
mod service;
mod telling;
