//! The task service through its front door: a real socket, a real database.

mod answering;
mod audit;
mod case_moves;
mod completing;
mod documents;
mod given;
mod importing;
mod listing;
mod reporting;
mod serving;
mod setting;
mod sweeping;
mod visibility;
