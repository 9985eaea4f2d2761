//! Lockout (ID-6): consecutive failures lock an account for a time that grows.

use chrono::{DateTime, Duration, Utc};

/// The failure that locks for the first time.
pub const FIRST_LOCKING_FAILURE: i32 = 5;
/// As many consecutive failures end in a forced reset of the password, whatever their pace (NIST SP
/// 800-63B, rate limiting).
pub const CEILING: i32 = 100;

const SHORTEST: Duration = Duration::seconds(30);
const LONGEST: Duration = Duration::minutes(15);

/// How long the nth consecutive failure locks the account: 30 seconds at the fifth, doubling to 15
/// minutes.
#[must_use]
pub fn lock_for(failures: i32) -> Option<Duration> {
    let doublings = u32::try_from(failures - FIRST_LOCKING_FAILURE).ok()?;
    // 30 s doubled five times is already more than the longest; a larger shift would overflow.
    let lock = SHORTEST * 2_i32.pow(doublings.min(5));
    Some(lock.min(LONGEST))
}

/// What is known of an account's failures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lockout {
    /// Consecutive failures so far.
    pub failures: i32,
    /// When the lock began.
    pub locked_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub locked_until: Option<DateTime<Utc>>,
}

/// An attempt that was counted as a failure before its password was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// What is known with the attempt counted in.
    pub lockout: Lockout,
    /// Whether it locks the account if it is a failure.
    pub locks: bool,
}

impl Lockout {
    /// Counts one attempt as a failure before its password is looked at, so that attempts at the
    /// same moment can't all be looked at; `None` when it may not be looked at. A known device is
    /// not kept out by a lock and does not set one, for its own attempts are limited; its failures
    /// count all the same.
    #[must_use]
    pub fn reserve(self, known_device: bool, now: DateTime<Utc>) -> Option<Reservation> {
        if self.failures >= CEILING || (self.is_locked(now) && !known_device) {
            return None;
        }
        let failed = self.fail(now);
        let locks = !known_device && lock_for(failed.failures).is_some();
        let lockout = if locks {
            failed
        } else {
            Self {
                failures: failed.failures,
                ..self
            }
        };
        Some(Reservation { lockout, locks })
    }

    /// Takes back a reservation whose password was right, and the lock that it set. The failures
    /// before it stand until the code is right, too; so does what others have done meanwhile.
    #[must_use]
    pub fn release(self, reserved: Reservation) -> Self {
        let failures = (self.failures - 1).max(0);
        if reserved.locks && self == reserved.lockout {
            Self {
                failures,
                locked_at: None,
                locked_until: None,
            }
        } else {
            Self { failures, ..self }
        }
    }

    /// Counts a failure that was known as one at once, such as a wrong code.
    #[must_use]
    pub fn fail(self, now: DateTime<Utc>) -> Self {
        let failures = self.failures + 1;
        match lock_for(failures) {
            Some(lock) => Self {
                failures,
                locked_at: Some(now),
                locked_until: Some(now + lock),
            },
            None => Self { failures, ..self },
        }
    }

    /// Whether the account is locked.
    #[must_use]
    pub fn is_locked(&self, now: DateTime<Utc>) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-03-02T09:00:00Z".parse().unwrap()
    }

    fn after(failures: i32) -> Lockout {
        Lockout {
            failures,
            ..Lockout::default()
        }
    }

    #[test]
    fn id_6_a_lock_doubles_from_30_seconds_at_the_fifth_failure_to_15_minutes() {
        let seconds: Vec<_> = (4..=11)
            .map(|n| lock_for(n).map_or(0, |lock| lock.num_seconds()))
            .collect();

        assert_eq!(seconds, [0, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(lock_for(i32::MAX), Some(LONGEST));
    }

    #[test]
    fn id_6_the_fifth_attempt_locks_before_its_password_is_looked_at() {
        let fifth = after(4).reserve(false, now()).unwrap();

        assert!(fifth.locks && fifth.lockout.is_locked(now()));
        assert_eq!(fifth.lockout.reserve(false, now()), None);
        assert_eq!(fifth.lockout.release(fifth), after(4));
    }

    #[test]
    fn id_6_a_lock_is_gone_when_its_time_is_over() {
        let locked = after(4).reserve(false, now()).unwrap().lockout;
        let later = now() + Duration::seconds(30);

        assert!(!locked.is_locked(later));
        assert_eq!(locked.reserve(false, later).unwrap().lockout.failures, 6);
    }

    #[test]
    fn id_6_a_right_password_takes_back_its_own_count_and_nobody_elses_lock() {
        let third = after(2).reserve(false, now()).unwrap();
        let fifth = after(4).reserve(false, now()).unwrap();

        let left = fifth.lockout.release(third);

        assert_eq!(left.failures, 4);
        assert!(left.is_locked(now()));
    }

    #[test]
    fn id_6_a_known_device_is_not_kept_out_and_does_not_unlock_others() {
        let locked = after(4).reserve(false, now()).unwrap().lockout;

        let known = locked.reserve(true, now()).unwrap();

        assert!(!known.locks);
        assert_eq!(
            (known.lockout.failures, known.lockout.locked_until),
            (6, locked.locked_until)
        );
        assert!(known.lockout.release(known).is_locked(now()));
    }

    #[test]
    fn id_6_nothing_is_looked_at_after_a_hundred_failures_even_from_a_known_device() {
        assert!(after(99).reserve(true, now()).is_some());
        assert_eq!(after(100).reserve(true, now()), None);
        assert_eq!(after(100).reserve(false, now()), None);
    }
}
