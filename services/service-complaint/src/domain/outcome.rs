//! Nobody's silence about the desired outcome is recorded before they were asked again (44.1, and paragraph 42 of the reviewer's report).

use calendar::Told;
use chrono::NaiveDate;

/// Why it is refused that the person did not reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskedAgainError {
    /// Nobody asked again.
    #[error("say when the person was asked again")]
    NotAsked,
    /// The acknowledgement asked first, on that day.
    #[error("the acknowledgement of {0} asked first; say when the person was asked again after it")]
    TooEarly(NaiveDate),
    /// The person had no time to reply.
    #[error(
        "the person needs time to reply; say on a day after they were asked again that there was no reply"
    )]
    NoTime,
    /// Nobody could see that they were asked.
    #[error("say where it can be seen that the person was asked again")]
    NoProof,
}

/// That the person was asked again, as it must be before their silence is recorded: after the acknowledgement, on a day before this one, and where it can be
/// seen.
pub fn asked_again(
    asked: Option<Told>,
    acknowledged_on: NaiveDate,
    today: NaiveDate,
) -> Result<Told, AskedAgainError> {
    let asked = asked.ok_or(AskedAgainError::NotAsked)?;
    if asked.on <= acknowledged_on {
        return Err(AskedAgainError::TooEarly(acknowledged_on));
    }
    if asked.on >= today {
        return Err(AskedAgainError::NoTime);
    }
    if asked.proof.trim().is_empty() {
        return Err(AskedAgainError::NoProof);
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn asked(on: &str, proof: &str) -> Told {
        Told {
            on: day(on),
            proof: proof.to_owned(),
        }
    }

    #[test]
    fn sc_2_44_1_silence_is_recorded_once_the_person_was_asked_again_and_had_time() {
        let (acknowledged_on, today) = (day("2025-06-10"), day("2025-06-18"));
        let refused = |asked| asked_again(asked, acknowledged_on, today).unwrap_err();

        assert_eq!(refused(None), AskedAgainError::NotAsked);
        assert_eq!(
            refused(Some(asked("2025-06-10", "A call"))),
            AskedAgainError::TooEarly(acknowledged_on)
        );
        for on in ["2025-06-18", "2025-06-19"] {
            assert_eq!(refused(Some(asked(on, "A call"))), AskedAgainError::NoTime);
        }
        assert_eq!(
            refused(Some(asked("2025-06-17", " "))),
            AskedAgainError::NoProof
        );
        let accepted = asked("2025-06-17", "A call");
        assert_eq!(
            asked_again(Some(accepted.clone()), acknowledged_on, today),
            Ok(accepted)
        );
    }
}
