//! Complaints through the front door: over a real socket, against a real database.

mod acknowledging;
mod audit;
mod ending;
mod escalating;
mod given;
mod investigating;
mod journey;
mod lists;
mod public_form;
mod public_link;
mod recording;
mod remedying;
mod rights;
