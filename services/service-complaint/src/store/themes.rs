//! Themes that lessons are gathered under.

use sqlx::{PgConnection, PgExecutor};

use crate::domain::theme::Theme;

/// Every theme, in alphabetical order.
pub async fn all(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Theme>> {
    sqlx::query_as!(
        Theme,
        r#"select t.id, t.name, t.retired_on, t.merged_into,
                  (select count(*) from lessons l where l.theme = t.id) as "lessons!"
           from themes t
           order by t.name, t.id"#
    )
    .fetch_all(db)
    .await
}

/// Every theme, when nothing else may change them until the transaction ends.
pub async fn lock(tx: &mut PgConnection) -> sqlx::Result<Vec<Theme>> {
    sqlx::query!("lock table themes in share row exclusive mode")
        .execute(&mut *tx)
        .await?;
    all(tx).await
}

/// Adds a theme.
pub async fn insert(tx: &mut PgConnection, theme: &Theme) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into themes (id, name) values ($1, $2)",
        theme.id,
        theme.name
    )
    .execute(tx)
    .await
    .map(drop)
}

/// Saves that a theme was retired or restored.
pub async fn save(tx: &mut PgConnection, theme: &Theme) -> sqlx::Result<()> {
    sqlx::query!(
        "update themes set retired_on = $2, merged_into = $3 where id = $1",
        theme.id,
        theme.retired_on,
        theme.merged_into
    )
    .execute(tx)
    .await
    .map(drop)
}

/// Moves all lessons of a theme to another. Whoever has one of them open sees that it was changed.
pub async fn move_lessons(tx: &mut PgConnection, from: &str, to: &str) -> sqlx::Result<u64> {
    let moved = sqlx::query!(
        "update lessons set theme = $2, version = version + 1 where theme = $1",
        from,
        to
    )
    .execute(tx)
    .await?;
    Ok(moved.rows_affected())
}
