//! How often somebody without an account may ask for something, by the network address that it comes from.

use std::net::IpAddr;

use chrono::Duration;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Forms that are begun.
    Begin,
    /// Forms that are sent. A library or an advice centre has one address for everybody in it.
    Send,
    /// Links that are asked for.
    Link,
}

impl Rule {
    /// Its name in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Send => "send",
            Self::Link => "link",
        }
    }

    /// How often it may be in an hour.
    #[must_use]
    pub fn limit(self) -> i32 {
        match self {
            Self::Begin => 60,
            Self::Send => 20,
            Self::Link => 10,
        }
    }

    /// The length of the window, which begins with the first of them.
    #[must_use]
    pub fn window() -> Duration {
        Duration::hours(1)
    }
}

/// What an address is counted by: one host has a whole /64 of IPv6 to choose its address from.
#[must_use]
pub fn source(address: &str) -> String {
    match address.parse::<IpAddr>().map(|it| it.to_canonical()) {
        Ok(IpAddr::V4(it)) => it.to_string(),
        Ok(IpAddr::V6(it)) => {
            let [a, b, c, d, ..] = it.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        // An address that can't be read is one source, which is soon used up.
        Err(_) => "unknown".to_owned(),
    }
}

/// The shortest time in which a person can have filled in the form, page by page.
pub const LEAST_TIME: Duration = Duration::seconds(5);

/// Whether a form was filled in as only a program does: faster than anybody reads it, or with something in the field that nobody sees.
#[must_use]
pub fn is_automated(took: Duration, left_empty: &str) -> bool {
    took < LEAST_TIME || !left_empty.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_1_a_person_who_reads_the_pages_is_no_program() {
        assert!(!is_automated(Duration::seconds(5), ""));
        assert!(!is_automated(Duration::minutes(30), " "));
    }

    #[test]
    fn sc_1_who_is_too_fast_or_fills_in_what_nobody_sees_is_a_program() {
        assert!(is_automated(Duration::seconds(4), ""));
        assert!(is_automated(Duration::minutes(30), "https://spam.example"));
    }

    #[test]
    fn sc_1_neighbours_of_a_network_of_ipv6_are_one_source() {
        assert_eq!(source("2001:db8::1"), source("2001:db8::2"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_eq!(source("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(source("made up"), source(""));
    }
}
