//! What the manager says of a period's figures, beside them in the report (7.6).

use chrono::{DateTime, NaiveDate, Utc};

use super::report::Period;

/// What was said of a period, in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commentary {
    /// Which version it is; 1 is the first.
    pub revision: i32,
    /// What it says.
    pub text: String,
    /// Who wrote it, by name.
    pub written_by: String,
    /// When.
    pub written_at: DateTime<Utc>,
}

/// Why a commentary is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommentaryError {
    /// There are no figures yet to say anything of.
    #[error("the period has not begun")]
    NotBegun,
    /// Somebody wrote another version meanwhile.
    #[error("the commentary has changed since it was opened")]
    Stale,
}

/// Writes a commentary, as the version after the `latest`. `None` when that says the same already.
///
/// `seen` is the version that the writer saw, 0 when there was none: nobody replaces words that they have not read.
pub fn write(
    period: Period,
    latest: Option<&Commentary>,
    (seen, text): (i32, String),
    (by, now, today): (&str, DateTime<Utc>, NaiveDate),
) -> Result<Option<Commentary>, CommentaryError> {
    if period.first > today {
        return Err(CommentaryError::NotBegun);
    }
    if latest.is_some_and(|it| it.text == text) {
        return Ok(None);
    }
    let revision = latest.map_or(0, |it| it.revision);
    if revision != seen {
        return Err(CommentaryError::Stale);
    }
    Ok(Some(Commentary {
        revision: revision + 1,
        text,
        written_by: by.to_owned(),
        written_at: now,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(
        latest: Option<&Commentary>,
        seen: i32,
        text: &str,
        today: &str,
    ) -> Result<Option<Commentary>, CommentaryError> {
        let period = Period::new("2025-06-01".parse().unwrap(), "2025-06-30".parse().unwrap());
        let now = "2025-07-02T09:00:00Z".parse().unwrap();
        let today = today.parse().unwrap();
        let said = (seen, text.to_owned());
        write(period.unwrap(), latest, said, ("Yusuf Garland", now, today))
    }

    #[test]
    fn sc_14_7_6_each_writing_of_a_commentary_is_a_version_and_the_same_words_are_none() {
        let first = written(None, 0, "Fewer were late.", "2025-07-02").unwrap();
        let second = written(first.as_ref(), 1, "Two were late.", "2025-07-02").unwrap();
        let same = written(second.as_ref(), 1, "Two were late.", "2025-07-02").unwrap();

        assert_eq!(first.unwrap().revision, 1);
        assert_eq!(second.unwrap().revision, 2);
        assert_eq!(same, None);
    }

    #[test]
    fn sc_14_7_6_a_commentary_replaces_no_words_that_its_writer_has_not_seen() {
        let first = written(None, 0, "Fewer were late.", "2025-07-02").unwrap();

        let unseen = written(first.as_ref(), 0, "Two were late.", "2025-07-02");

        assert_eq!(unseen, Err(CommentaryError::Stale));
    }

    #[test]
    fn sc_14_7_6_there_is_no_commentary_on_a_period_that_has_not_begun() {
        let early = written(None, 0, "Fewer were late.", "2025-05-31");

        assert_eq!(early, Err(CommentaryError::NotBegun));
    }
}
