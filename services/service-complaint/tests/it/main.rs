//! Complaints through the front door: over a real socket, against a real database.

mod acknowledging;
mod audit;
mod desk;
mod ending;
mod escalating;
mod given;
mod investigating;
mod journey;
mod learning;
mod letters;
mod lists;
mod paragraphs;
mod period;
mod public_form;
mod public_link;
mod recommendations;
mod recording;
mod remedying;
mod reports;
mod reviewed;
mod rights;
mod risk_reviews;
mod samples;
mod sweeping;
mod tellings;
mod workspace;
