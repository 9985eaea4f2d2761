//! The rules of identity: facts in, verdict out.

pub mod account;
pub mod audit;
pub mod code;
pub mod common;
pub mod lockout;
pub mod password;
pub mod reset;
pub mod session;
pub mod throttle;

pub use account::{Account, CodeDelivery, Landlord, Restriction, Role};
