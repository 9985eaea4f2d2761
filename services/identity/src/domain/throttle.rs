//! How often somebody may try, by the network address, the username and the pair of both (ID-6).

use std::net::IpAddr;

use chrono::Duration;
use serde::Deserialize;

/// So many attempts in so long; the window begins with the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// How many attempts.
    pub attempts: i32,
    /// In how many minutes.
    pub minutes: i32,
}

impl Limit {
    /// So many attempts in so many minutes.
    #[must_use]
    pub const fn new(attempts: i32, minutes: i32) -> Self {
        Self { attempts, minutes }
    }

    /// The length of the window.
    #[must_use]
    pub fn window(self) -> Duration {
        Duration::minutes(self.minutes.into())
    }

    /// Whether the limit is one that can be kept: neither nothing nor more than a counter holds.
    #[must_use]
    pub fn makes_sense(self) -> bool {
        (1..=100_000).contains(&self.attempts) && (1..=1_440).contains(&self.minutes)
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Log-ins of a network address.
    LoginAddress,
    /// Log-ins of a network address with one username.
    LoginPair,
    /// Log-ins of a known device, which is counted by itself and not with its neighbours.
    LoginDevice,
    /// Different passwords and usernames that failed from one network address.
    StuffingAddress,
    /// The same from its whole network.
    StuffingNetwork,
    /// Codes for one email address.
    CodeAddress,
    /// Requests for a link from one network address.
    ResetAddress,
    /// Requests for a link from one network address with one username.
    ResetPair,
    /// Tries of the current password by one account.
    PasswordChange,
}

impl Rule {
    /// The word in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LoginAddress => "login_address",
            Self::LoginPair => "login_pair",
            Self::LoginDevice => "login_device",
            Self::StuffingAddress => "stuffing_address",
            Self::StuffingNetwork => "stuffing_network",
            Self::CodeAddress => "code_address",
            Self::ResetAddress => "reset_address",
            Self::ResetPair => "reset_pair",
            Self::PasswordChange => "password_change",
        }
    }
}

/// The network that an address is one of many in: a /24 of IPv4, a /64 of IPv6.
/// An address that can't be read is a network of its own.
#[must_use]
pub fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|it| it.to_canonical()) {
        Ok(IpAddr::V4(it)) => {
            let [a, b, c, _] = it.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(it)) => {
            let [a, b, c, d, ..] = it.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => address.to_owned(),
    }
}

/// What attempts of an address are counted by: one host has a whole /64 of IPv6 to choose its
/// address from.
#[must_use]
pub fn source(address: &str) -> String {
    match address.parse::<IpAddr>().map(|it| it.to_canonical()) {
        Ok(IpAddr::V4(it)) => it.to_string(),
        Ok(IpAddr::V6(_)) | Err(_) => network(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_6_neighbours_share_a_network() {
        assert_eq!(network("203.0.113.7"), network("203.0.113.200"));
        assert_ne!(network("203.0.113.7"), network("203.0.114.7"));
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }

    #[test]
    fn id_6_a_host_cannot_escape_its_counter_by_writing_its_address_in_another_way() {
        assert_eq!(source("203.0.113.7"), source("::ffff:203.0.113.7"));
        assert_ne!(source("203.0.113.7"), source("203.0.113.8"));
        assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2::2"));
    }

    #[test]
    fn a_limit_that_no_counter_can_keep_is_refused() {
        assert!(Limit::new(300, 15).makes_sense());
        assert!(!Limit::new(0, 15).makes_sense());
        assert!(!Limit::new(10, 0).makes_sense());
        assert!(!Limit::new(i32::MAX, 15).makes_sense());
    }
}
