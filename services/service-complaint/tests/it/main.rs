//! The service over a real socket and a real database.

mod desk;
mod learning;
mod period;
mod recommendations;
mod reports;
mod samples;
