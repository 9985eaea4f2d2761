//! `/api/v1` before the real services: logging in by it, what it keeps from other landlords, and what it makes of anything at all.

mod asks;
mod deactivated;
mod document;
mod fuzz;
mod given;
mod idempotency;
mod log_in;
mod objects;
mod pages;
mod program;
mod wire;
