//! How an email fares: its states, the mail server's answers, the waits between tries.

use chrono::{DateTime, Duration, Utc};

/// How an email fares (NO-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// Waiting to be sent.
    Queued,
    /// Handed to the mail server, whose answer is not known. After a crash here it is sent once more under the same `Message-ID`:
    /// SMTP has no way to ask whether it arrived (RFC 1047).
    TransmissionBegun,
    /// Accepted by the mail server.
    Sent,
    /// Refused by the mail server for good.
    Refused,
    /// Given up, because it was no longer worth sending.
    Lapsed,
}

/// Where an email stands in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// Whether some try ended before the server said whether it took the whole email.
    pub uncertain: bool,
    /// The end of the quiet hours that it waits for.
    pub held_until: Option<DateTime<Utc>>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
}

/// How an email fares, in words that people tell apart (NO-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Waiting to be sent, or being sent.
    Queued,
    /// Waiting for the morning, until then.
    Held(DateTime<Utc>),
    /// It may have arrived; it is sent once more.
    Unknown,
    /// Accepted by the mail server.
    Sent(Option<DateTime<Utc>>),
    /// Refused for good.
    Refused,
    /// Given up.
    Lapsed,
}

impl Standing {
    /// How it fares at an instant.
    #[must_use]
    pub fn shown(self, now: DateTime<Utc>) -> Shown {
        let waits = self.held_until.filter(|until| *until > now);
        match (self.state, waits) {
            (State::Sent, _) => Shown::Sent(self.sent_at),
            (State::Refused, _) => Shown::Refused,
            (State::Lapsed, _) => Shown::Lapsed,
            (State::Queued | State::TransmissionBegun, _) if self.uncertain => Shown::Unknown,
            (State::Queued, Some(until)) => Shown::Held(until),
            (State::Queued | State::TransmissionBegun, _) => Shown::Queued,
        }
    }
}

/// What a mail server's answer means for an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Try again later.
    Later,
    /// Never.
    Refused,
}

/// Judges a failed try by the server's reply code.
///
/// A 5xx refuses the email for good, if it speaks of this email or this address. A server that wants another log-in, does not
/// understand us or is closing says nothing about the email: that is for operators to mend, and the email waits.
#[must_use]
pub fn judge(reply: u16) -> Answer {
    match reply {
        500..=504 | 521 | 530..=538 => Answer::Later,
        500..=599 => Answer::Refused,
        _ => Answer::Later,
    }
}

/// The longest wait between two tries: when a mail server is back, everything is out soon after.
const LONGEST_WAIT: Duration = Duration::minutes(5);

/// How long to wait after a number of failed tries: from 2 seconds, doubling. It never ends, because a mail server that is down
/// delays emails and loses none (NO-3).
#[must_use]
pub fn wait_before_try(failed: i32) -> Duration {
    let doublings = u32::try_from(failed).unwrap_or(0).clamp(1, 16);
    LONGEST_WAIT.min(Duration::seconds(1 << doublings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_3_only_an_answer_about_the_address_or_the_email_refuses_it() {
        for refused in [550, 551, 552, 553, 554, 556] {
            assert_eq!(judge(refused), Answer::Refused, "{refused}");
        }
        for later in [
            421, 450, 451, 452, 454, 500, 501, 502, 503, 504, 521, 530, 534, 535, 538,
        ] {
            assert_eq!(judge(later), Answer::Later, "{later}");
        }
    }

    #[test]
    fn no_4_what_may_have_arrived_is_told_apart_from_what_waits() {
        let now: DateTime<Utc> = "2025-06-10T21:00:00Z".parse().unwrap();
        let morning = now + Duration::hours(9);
        let queued = Standing {
            state: State::Queued,
            uncertain: false,
            held_until: None,
            sent_at: None,
        };
        let held = Standing {
            held_until: Some(morning),
            ..queued
        };
        let begun = Standing {
            state: State::TransmissionBegun,
            ..queued
        };
        let sent = Standing {
            state: State::Sent,
            uncertain: true,
            sent_at: Some(now),
            ..held
        };

        assert_eq!(queued.shown(now), Shown::Queued);
        assert_eq!(held.shown(now), Shown::Held(morning));
        assert_eq!(held.shown(morning), Shown::Queued);
        assert_eq!(begun.shown(now), Shown::Queued);
        for standing in [queued, held, begun] {
            let uncertain = Standing {
                uncertain: true,
                ..standing
            };
            assert_eq!(uncertain.shown(now), Shown::Unknown);
        }
        assert_eq!(sent.shown(now), Shown::Sent(Some(now)));
    }

    #[test]
    fn no_3_waits_grow_and_stay_bounded() {
        let waits: Vec<i64> = (1..=9)
            .map(|failed| wait_before_try(failed).num_seconds())
            .collect();

        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(wait_before_try(i32::MAX).num_seconds(), 300);
    }
}
