//! The whole portal on one machine: a PostgreSQL and a NATS of its own, an inbox, every service and the gateway, all below one folder.

pub mod certificates;
pub mod daemon;
pub mod databases;
pub mod demo;
pub mod down;
pub mod folder;
pub mod nats;
pub mod operator;
pub mod portal;
pub mod ports;
pub mod postgres;
pub mod probe;
pub mod progress;
pub mod secrets;
pub mod service;
pub mod settings;
pub mod started;
pub mod status;
pub mod tokens;
pub mod up;
