//! What a password must be (ID-7): long, and neither common nor made of the holder's own words.
//! What it is composed of is the holder's business.

use super::common;

/// The fewest characters.
pub const SHORTEST: usize = 15;
/// The most characters. More would only cost time to hash.
pub const LONGEST: usize = 256;

/// Why a password can't be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Fewer than [`SHORTEST`] characters.
    #[error("the password is too short")]
    TooShort,
    /// More than [`LONGEST`] characters.
    #[error("the password is too long")]
    TooLong,
    /// Many people have it, or it consists of the holder's own words.
    #[error("the password is too easy to guess")]
    TooCommon,
}

impl Refusal {
    /// What the person is told.
    #[must_use]
    pub fn description(self) -> String {
        match self {
            Self::TooShort => format!("Password must be {SHORTEST} characters or more"),
            Self::TooLong => format!("Password must be {LONGEST} characters or fewer"),
            Self::TooCommon => {
                "Choose a password that is harder to guess, such as three random words".to_owned()
            }
        }
    }

    /// The same for programs.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooShort => "TOO_SHORT",
            Self::TooLong => "TOO_LONG",
            Self::TooCommon => "TOO_COMMON",
        }
    }
}

/// Words of the portal itself, which are no secret either.
const SERVICE_WORDS: &str = "Interactive Casework Portal Housing Ombudsman Service";

/// Checks a password that is to be set. `own_words` are names and addresses of the holder and the
/// landlord.
pub fn check(password: &str, own_words: &[&str]) -> Result<(), Refusal> {
    // Bytes first: a megabyte is refused without being counted.
    if is_too_long(password) {
        return Err(Refusal::TooLong);
    }
    if password.chars().count() < SHORTEST {
        return Err(Refusal::TooShort);
    }
    if common::is_common(password, &[own_words, &[SERVICE_WORDS]].concat()) {
        return Err(Refusal::TooCommon);
    }
    Ok(())
}

/// Whether a password is longer than any that could have been set.
#[must_use]
pub fn is_too_long(password: &str) -> bool {
    password.len() > LONGEST * 4 || password.chars().count() > LONGEST
}

/// How much work a hash takes (RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub iterations: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// The cost that a hash of this cost is to be raised to when `wanted` is what new hashes cost;
    /// `None` when it is enough as it is. A cost never falls.
    #[must_use]
    pub fn raised_to(self, wanted: Self) -> Option<Self> {
        let raised = Self {
            memory: self.memory.max(wanted.memory),
            iterations: self.iterations.max(wanted.iterations),
            lanes: self.lanes.max(wanted.lanes),
        };
        (raised != self).then_some(raised)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_7_fifteen_to_256_characters_are_taken_whole_and_nothing_else_is_asked_for() {
        let random = |length: usize| {
            let numbers = std::iter::successors(Some(7_u32), |it| {
                Some(it.wrapping_mul(1_664_525).wrapping_add(1_013_904_223))
            });
            numbers
                .take(length)
                .map(|it| char::from(b"bcdfghjklmnpqrtvwz -?&"[(it >> 24) as usize % 22]))
                .collect::<String>()
        };

        assert_eq!(check(&random(14), &[]), Err(Refusal::TooShort));
        assert_eq!(check(&random(15), &[]), Ok(()));
        assert_eq!(check("walnut ladder teacup", &[]), Ok(()));
        assert_eq!(check(&random(256), &[]), Ok(()));
        assert_eq!(check(&random(257), &[]), Err(Refusal::TooLong));
        assert_eq!(check(&"x".repeat(100_000), &[]), Err(Refusal::TooLong));
    }

    #[test]
    fn id_7_a_character_is_a_character_whatever_its_bytes() {
        assert_eq!(check("щюдъ🦀ыфежёэцгън", &[]), Ok(()));
        assert_eq!(check("щюдъ🦀ыфежёэцгъ", &[]), Err(Refusal::TooShort));
    }

    #[test]
    fn id_7_a_common_password_and_the_services_own_words_are_refused() {
        assert_eq!(check("passwordpassword1", &[]), Err(Refusal::TooCommon));
        assert_eq!(check("Casework-Portal-2026", &[]), Err(Refusal::TooCommon));
    }

    #[test]
    fn id_7_a_cost_rises_and_never_falls() {
        let cost = |memory, iterations| Cost {
            memory,
            iterations,
            lanes: 1,
        };

        assert_eq!(
            cost(9_216, 4).raised_to(cost(19_456, 2)),
            Some(cost(19_456, 4))
        );
        assert_eq!(cost(19_456, 2).raised_to(cost(19_456, 2)), None);
        assert_eq!(cost(65_536, 3).raised_to(cost(19_456, 2)), None);
    }
}
