//! Themes that lessons are gathered under (6.3): a list that the manager keeps short and in use.

use chrono::NaiveDate;

/// The most themes that there are, retired ones among them: a report has a figure for each.
pub const MOST: usize = 100;

/// A theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Since when no new lesson belongs to it.
    pub retired_on: Option<NaiveDate>,
    /// The theme that its lessons were moved to.
    pub merged_into: Option<String>,
    /// How many lessons belong to it.
    pub lessons: i64,
}

/// Why a theme is not added, used or retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// There are as many as there can be.
    #[error("there are {MOST} themes already")]
    TooMany,
    /// It is retired.
    #[error("this theme is retired")]
    Retired,
    /// It is in use.
    #[error("this theme is in use")]
    InUse,
    /// What its lessons would move to is not in use, or is the theme itself.
    #[error("choose another theme that is in use")]
    BadTarget,
}

impl Theme {
    /// A new theme, when there is room for one more.
    pub fn new(id: String, name: String, there: usize) -> Result<Self, ThemeError> {
        if there >= MOST {
            return Err(ThemeError::TooMany);
        }
        Ok(Self {
            id,
            name,
            retired_on: None,
            merged_into: None,
            lessons: 0,
        })
    }

    /// Whether new lessons may belong to it.
    pub fn in_use(&self) -> Result<(), ThemeError> {
        match self.retired_on {
            None => Ok(()),
            Some(_) => Err(ThemeError::Retired),
        }
    }

    /// Retires it. Its lessons move to another theme in use when one is given.
    pub fn retire(self, into: Option<&Self>, today: NaiveDate) -> Result<Self, ThemeError> {
        self.in_use()?;
        let fits = into.is_none_or(|it| it.id != self.id && it.retired_on.is_none());
        if !fits {
            return Err(ThemeError::BadTarget);
        }
        Ok(Self {
            retired_on: Some(today),
            merged_into: into.map(|it| it.id.clone()),
            lessons: if into.is_some() { 0 } else { self.lessons },
            ..self
        })
    }

    /// Takes it into use again. What was moved away from it stays away.
    pub fn restore(self) -> Result<Self, ThemeError> {
        if self.in_use().is_ok() {
            return Err(ThemeError::InUse);
        }
        Ok(Self {
            retired_on: None,
            merged_into: None,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        "2025-06-02".parse().unwrap()
    }

    fn theme(id: &str) -> Theme {
        Theme {
            lessons: 3,
            ..Theme::new(id.to_owned(), id.to_owned(), 0).unwrap()
        }
    }

    #[test]
    fn sc_13_6_3_a_retired_theme_keeps_its_lessons_unless_they_move() {
        let kept = theme("delay").retire(None, today()).unwrap();
        let moved = theme("delay")
            .retire(Some(&theme("process")), today())
            .unwrap();

        assert_eq!((kept.lessons, kept.merged_into), (3, None));
        assert_eq!(moved.lessons, 0);
        assert_eq!(moved.merged_into.as_deref(), Some("process"));
        assert_eq!(moved.in_use(), Err(ThemeError::Retired));
    }

    #[test]
    fn sc_13_6_3_lessons_move_to_no_retired_theme_and_not_to_where_they_are() {
        let retired = theme("process").retire(None, today()).unwrap();

        let to_retired = theme("delay").retire(Some(&retired), today());
        let to_itself = theme("delay").retire(Some(&theme("delay")), today());

        assert_eq!(to_retired, Err(ThemeError::BadTarget));
        assert_eq!(to_itself, Err(ThemeError::BadTarget));
        assert_eq!(retired.retire(None, today()), Err(ThemeError::Retired));
    }

    #[test]
    fn sc_13_6_3_only_a_retired_theme_is_restored_and_a_list_has_an_end() {
        let retired = theme("delay").retire(None, today()).unwrap();

        assert_eq!(retired.restore().unwrap(), theme("delay"));
        assert_eq!(theme("delay").restore(), Err(ThemeError::InUse));
        let another = Theme::new("x".to_owned(), "X".to_owned(), MOST);
        assert_eq!(another, Err(ThemeError::TooMany));
    }
}
