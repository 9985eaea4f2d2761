//! How an email fares: its states, the mail server's answers, the waits between tries.

use chrono::Duration;

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
    fn no_3_waits_grow_and_stay_bounded() {
        let waits: Vec<i64> = (1..=9)
            .map(|failed| wait_before_try(failed).num_seconds())
            .collect();

        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(wait_before_try(i32::MAX).num_seconds(), 300);
    }
}
