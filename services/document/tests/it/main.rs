//! Documents through the front door: over a real socket, against a real database and real stores.

mod clamd;
mod complaint_files;
mod downloading;
mod events;
mod failing;
mod given;
mod linking;
mod listing;
mod memory;
mod real_clamd;
mod rights;
mod s3;
mod scanning;
mod service;
mod stores;
mod uploading;
mod withdrawing;
