//! Complaints through the front door: over a real socket, against a real database.

mod acknowledging;
mod audit;
mod given;
mod recording;
mod rights;
