//! How long a session lasts (ID-10).

use chrono::{DateTime, Duration, Utc};

/// The limits of a session.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// It ends after so long without activity.
    pub idle: Duration,
    /// It ends after so long whatever happens.
    pub absolute: Duration,
}

/// A session that is alive, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Seconds without activity until it ends.
    pub idle_seconds: i32,
    /// Seconds until it ends whatever happens.
    pub absolute_seconds: i32,
}

impl Limits {
    /// A session that began before this instant is over.
    #[must_use]
    pub fn oldest_start(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.absolute
    }

    /// A session that was last active before this instant is over.
    #[must_use]
    pub fn oldest_activity(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.idle
    }

    /// How long a session has left; `None` when it is over.
    #[must_use]
    pub fn left(
        &self,
        started_at: DateTime<Utc>,
        last_active_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<Left> {
        let absolute = started_at + self.absolute - now;
        let idle = (last_active_at + self.idle - now).min(absolute);
        // Rounded up: a session with half a second left is not over.
        let seconds = |left: Duration| {
            i32::try_from((left.num_milliseconds() + 999) / 1000).unwrap_or(i32::MAX)
        };
        (idle > Duration::zero()).then(|| Left {
            idle_seconds: seconds(idle),
            absolute_seconds: seconds(absolute),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        idle: Duration::minutes(30),
        absolute: Duration::hours(12),
    };

    fn start() -> DateTime<Utc> {
        "2026-03-02T09:00:00Z".parse().unwrap()
    }

    fn left(idle_for: Duration, age: Duration) -> Option<Left> {
        let now = start() + age;
        LIMITS.left(start(), now - idle_for, now)
    }

    #[test]
    fn id_10_a_session_ends_after_thirty_minutes_without_activity() {
        assert_eq!(
            left(Duration::seconds(1799), Duration::hours(1))
                .unwrap()
                .idle_seconds,
            1
        );
        assert_eq!(left(Duration::minutes(30), Duration::hours(1)), None);
    }

    #[test]
    fn id_10_a_session_ends_after_twelve_hours_whatever_happens() {
        let almost = left(Duration::zero(), Duration::hours(12) - Duration::seconds(5)).unwrap();

        assert_eq!(
            almost,
            Left {
                idle_seconds: 5,
                absolute_seconds: 5
            }
        );
        assert_eq!(left(Duration::zero(), Duration::hours(12)), None);
    }
}
