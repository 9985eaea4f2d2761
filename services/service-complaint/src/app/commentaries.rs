//! The manager's commentary on the figures of a period (7.6).

use kit::Caller;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::commentary::{Commentary, write};
use crate::domain::report::Period;
use crate::error::Error;
use crate::store::{commentaries, oversight};

impl App {
    /// Writes what is said of a period, as a new version. The same words again change nothing.
    pub async fn write_commentary(
        &self,
        caller: &Caller,
        period: Period,
        seen: i32,
        text: String,
    ) -> Result<Commentary, Error> {
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let latest = commentaries::of_period(&mut *tx, period, 1).await?.pop();
        let now = self.clock.now();
        let by = (actor.name.as_str(), now, self.today());
        let Some(commentary) = write(period, latest.as_ref(), (seen, text), by)? else {
            return latest.ok_or(Error::Stale);
        };
        if !commentaries::add(&mut tx, period, &commentary).await? {
            return Err(Error::Stale);
        }
        let text = format!(
            "Wrote version {} of the commentary on {} to {}",
            commentary.revision, period.first, period.last
        );
        oversight::record(&mut tx, now, &actor, Uuid::nil(), &text).await?;
        tx.commit().await?;
        Ok(commentary)
    }
}
