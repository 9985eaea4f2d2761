//! Identity through its front door: a real socket with mutual TLS, a real database, a clock
//! that the test holds.

mod administration;
mod audit;
mod clients;
mod code;
mod colleagues;
mod given;
mod landlord;
mod lockout;
mod login;
mod password;
mod prove;
mod reset;
mod restriction;
mod secrets;
mod serving;
mod session;
mod sub_accounts;
mod throttle;
