//! The case service through its front door: a real socket, a real database.

mod allocation;
mod audit;
mod contacts;
mod ended;
mod feeds;
mod given;
mod importing;
mod listing;
mod moving;
mod opening;
mod outcomes;
mod owning;
mod reviews;
mod risk;
mod serving;
mod stages;
mod sweeping;
mod updates;
mod upgrade;
mod visibility;
