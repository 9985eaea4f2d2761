//! Real servers, callers and a real NATS for tests.
//!
//! Nothing here stands in for a part of the portal: certificates, tokens and servers are the real ones, only made on
//! the spot. What a panic says is meant for whoever reads the test's output.

mod callers;
mod nats;
mod served;
mod status;
mod tls;
mod traced;
mod wait;

pub use callers::{
    Caller, a, a_caseworker, a_client, a_landlord_administrator, a_senior_colleague, a_sub_account,
    a_system_administrator, verifier,
};
pub use nats::Nats;
pub use served::{Channel, Served, Signed, serve, serve_at};
pub use status::{reason, violations};
pub use tls::tls;
pub use traced::{Traced, traced_by};
pub use wait::eventually;
