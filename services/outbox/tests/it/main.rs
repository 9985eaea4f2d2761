//! Events between real databases and a real broker.

mod broker;
mod child;
mod consumer;
mod given;
mod killed;
mod operations;
mod relay;
mod retention;
mod schema;
mod ticks;
mod tracing;
