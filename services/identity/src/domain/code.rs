//! Verification codes: six digits, ten minutes, five tries (ID-5), and how often another may be
//! asked for.

use chrono::{DateTime, Duration, Utc};

/// How long a code lives.
pub const LIFETIME: Duration = Duration::minutes(10);
/// How many wrong tries a log-in has.
pub const MOST_TRIES: i32 = 5;
/// How many log-ins in [`EXHAUSTION_WINDOW`] may use up their tries before the password must be
/// reset.
pub const MOST_EXHAUSTED_LOGINS: i64 = 3;
/// The time within which they are counted.
pub const EXHAUSTION_WINDOW: Duration = Duration::hours(24);
/// How many codes a log-in may ask for without waiting: the first and two more.
pub const CODES_WITHOUT_WAITING: i32 = 3;
/// How long after a code the next one may be asked for from then on.
pub const WAIT: Duration = Duration::minutes(5);

const CODES: u32 = 1_000_000;
/// The largest multiple of `CODES` in 32 bits: numbers from here on would make low codes likelier
/// than high ones.
const FAIR: u32 = u32::MAX - u32::MAX % CODES;

/// Makes a code of a random number; `None` when the number is one of the few that would not be
/// fair.
#[must_use]
pub fn from_random(number: u32) -> Option<String> {
    (number < FAIR).then(|| format!("{:06}", number % CODES))
}

/// A code as it was typed, without the blanks that people put into it.
#[must_use]
pub fn as_typed(code: &str) -> String {
    code.chars().filter(|it| !it.is_whitespace()).collect()
}

/// How many more codes a log-in that has asked for `requested` may ask for without waiting.
#[must_use]
pub fn resends_left(requested: i32) -> i32 {
    (CODES_WITHOUT_WAITING - requested).max(0)
}

/// When a log-in that last asked for a code at `requested_at` may ask again; `None` when it may at
/// once.
#[must_use]
pub fn next_code_at(requested: i32, requested_at: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    requested_at
        .filter(|_| requested >= CODES_WITHOUT_WAITING)
        .map(|at| at + WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_5_a_code_has_six_digits_even_when_it_is_small() {
        assert_eq!(from_random(7).as_deref(), Some("000007"));
        assert_eq!(from_random(1_999_999).as_deref(), Some("999999"));
    }

    #[test]
    fn id_5_every_code_is_as_likely_as_any_other() {
        assert_eq!(from_random(FAIR - 1).as_deref(), Some("999999"));
        assert_eq!(from_random(FAIR), None);
        assert_eq!(from_random(u32::MAX), None);
    }

    #[test]
    fn blanks_in_a_code_are_ignored() {
        assert_eq!(as_typed(" 123 456\u{a0}"), "123456");
    }

    #[test]
    fn id_5_two_resends_are_free_and_then_one_waits_five_minutes() {
        let at: DateTime<Utc> = "2026-03-02T09:00:00Z".parse().unwrap();

        assert_eq!((1..=4).map(resends_left).collect::<Vec<_>>(), [2, 1, 0, 0]);
        assert_eq!(next_code_at(2, Some(at)), None);
        assert_eq!(next_code_at(3, Some(at)), Some(at + Duration::minutes(5)));
    }
}
