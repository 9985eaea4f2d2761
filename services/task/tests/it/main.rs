//! The task service through its front door: a real socket, a real database.

mod answering;
mod audit;
mod case_moves;
mod child;
mod completing;
mod documents;
mod given;
mod history;
mod importing;
mod killed;
mod letters;
mod listing;
mod plans;
mod redating;
mod reminding;
mod reopening;
mod reporting;
mod serving;
mod setting;
mod sweeping;
mod visibility;
