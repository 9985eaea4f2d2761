//! What a service does about an event, once.

use std::fmt;
use std::future::Future;

use sqlx::{PgConnection, PgPool};

use crate::{Event, inbox};

/// What a service does about others' events. Events come at least once and in any order: the inbox makes it once,
/// versions in the events make the order not matter.
pub trait Handler: Send + Sync + 'static {
    /// The service's name, under which the broker and the inbox know it. Changing it makes every event new again.
    const NAME: &'static str;

    /// The subjects that it hears.
    fn subjects() -> Vec<String>;

    /// Handles an event. Everything it does is done through `tx`, which also holds the event's inbox row.
    fn handle(
        &self,
        tx: &mut PgConnection,
        event: &Event,
    ) -> impl Future<Output = Result<(), Retry>> + Send;

    /// Told after the effect of an event was committed, to wake what works on it. Whoever needs more than a hint polls as well.
    fn committed(&self) {}
}

impl<H: Handler> Handler for std::sync::Arc<H> {
    const NAME: &'static str = H::NAME;

    fn subjects() -> Vec<String> {
        H::subjects()
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        H::handle(self, tx, event).await
    }

    fn committed(&self) {
        H::committed(self);
    }
}

/// Why an event was not handled. Every error becomes one that is tried again, by `?`.
pub struct Retry {
    error: anyhow::Error,
    hopeless: bool,
}

impl Retry {
    /// A failure that another try can't mend: the event is put aside at once.
    pub fn never(error: impl Into<anyhow::Error>) -> Self {
        Self {
            error: error.into(),
            hopeless: true,
        }
    }

    /// Whether another try can't mend it.
    #[must_use]
    pub fn is_hopeless(&self) -> bool {
        self.hopeless
    }
}

impl<E: Into<anyhow::Error>> From<E> for Retry {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            hopeless: false,
        }
    }
}

/// The error and what caused it, on one line.
impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.error)
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("error", &self.error)
            .field("hopeless", &self.hopeless)
            .finish()
    }
}

/// What became of a delivered event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has had its effect now.
    Handled,
    /// It had had its effect before; nothing was done.
    Duplicate,
}

/// Gives an event to a handler: its effect and its inbox row are committed together, or neither is.
pub async fn deliver<H: Handler>(
    pool: &PgPool,
    handler: &H,
    event: &Event,
) -> Result<Outcome, Retry> {
    let mut tx = pool.begin().await?;
    let outcome = within(&mut tx, handler, event).await?;
    tx.commit().await?;
    handler.committed();
    Ok(outcome)
}

/// The same in a transaction that the caller commits.
pub(crate) async fn within<H: Handler>(
    tx: &mut PgConnection,
    handler: &H,
    event: &Event,
) -> Result<Outcome, Retry> {
    if !inbox::enter(tx, H::NAME, event.id).await? {
        return Ok(Outcome::Duplicate);
    }
    handler.handle(tx, event).await?;
    Ok(Outcome::Handled)
}
