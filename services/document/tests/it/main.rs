//! Documents through the front door: over a real socket, against a real database and a real folder.

mod clamd;
mod downloading;
mod events;
mod failing;
mod given;
mod listing;
mod rights;
mod scanning;
mod service;
mod uploading;
mod withdrawing;
