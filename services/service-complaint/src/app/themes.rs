//! Themes: added, retired with their lessons kept or moved, and taken into use again by the manager (6.3).

use kit::Caller;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::theme::{Theme, ThemeError};
use crate::error::Error;
use crate::store::{oversight, themes};

impl App {
    /// The themes, retired ones among them.
    pub async fn themes(&self) -> Result<Vec<Theme>, Error> {
        Ok(themes::all(&self.db).await?)
    }

    /// Adds a theme.
    pub async fn add_theme(
        &self,
        caller: &Caller,
        id: String,
        name: String,
    ) -> Result<Theme, Error> {
        let mut tx = self.db.begin().await?;
        let there = themes::lock(&mut tx).await?;
        if there.iter().any(|it| it.id == id) {
            return Err(Error::ThemeExists);
        }
        let theme = Theme::new(id, name, there.len())?;
        themes::insert(&mut tx, &theme).await?;
        let text = format!("Added the theme {}", theme.id);
        self.note_theme(&mut tx, caller, &text).await?;
        tx.commit().await?;
        Ok(theme)
    }

    /// Retires a theme. Its lessons move to another one in use when that is given, and count there from then on.
    pub async fn retire_theme(
        &self,
        caller: &Caller,
        id: &str,
        into: &str,
        reason: &str,
    ) -> Result<Theme, Error> {
        let mut tx = self.db.begin().await?;
        let there = themes::lock(&mut tx).await?;
        let theme = named(&there, id)?;
        let target = match into {
            "" => None,
            into => Some(named(&there, into).map_err(|_| ThemeError::BadTarget)?),
        };
        let retired = theme.retire(target.as_ref(), self.today())?;
        themes::save(&mut tx, &retired).await?;
        let text = match &retired.merged_into {
            None => format!("Retired the theme {id}: {reason}"),
            Some(into) => {
                let moved = themes::move_lessons(&mut tx, id, into).await?;
                format!("Merged the theme {id} into {into} with its {moved} lessons: {reason}")
            }
        };
        self.note_theme(&mut tx, caller, &text).await?;
        tx.commit().await?;
        Ok(retired)
    }

    /// Takes a theme into use again.
    pub async fn restore_theme(&self, caller: &Caller, id: &str) -> Result<Theme, Error> {
        let mut tx = self.db.begin().await?;
        let restored = named(&themes::lock(&mut tx).await?, id)?.restore()?;
        themes::save(&mut tx, &restored).await?;
        let text = format!("Took the theme {id} into use again");
        self.note_theme(&mut tx, caller, &text).await?;
        tx.commit().await?;
        Ok(restored)
    }

    async fn note_theme(
        &self,
        tx: &mut PgConnection,
        caller: &Caller,
        text: &str,
    ) -> Result<(), Error> {
        let actor = Actor::of(caller);
        oversight::record(tx, self.clock.now(), &actor, Uuid::nil(), text).await?;
        Ok(())
    }
}

fn named(themes: &[Theme], id: &str) -> Result<Theme, Error> {
    let found = themes.iter().find(|it| it.id == id);
    found.cloned().ok_or(Error::NoSuchTheme)
}
