//! Conversations through the front door: over a real socket, against a real database.

mod access;
mod events;
mod given;
mod imports;
mod migrating;
mod posting;
mod reading;
mod replies;
mod service;
mod sweep;
