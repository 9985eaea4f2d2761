//! What is done without an account: forms, private links, and what a person does through them.
//!
//! A form is kept by the service and not by the browser: what was typed survives a mistake, a closed tab and a slow hour, files have a
//! place to belong to before there is a complaint, and nothing of a person stands in an address or a hidden field.

mod draft;
mod link;
mod person;
mod request;
mod sweep;

use std::time::Duration;

use sqlx::PgConnection;

pub use self::draft::{Begun, Form, Saved, Sending, Sent};
pub use self::link::{Asked, Minted};
pub use self::person::Escalating;
pub use self::request::{Wanted, Wanting};

use super::App;
use crate::domain::throttle::{self, Rule};
use crate::error::Error;
use crate::secret::{Kind, LinkKey};
use crate::store;

/// The use cases of the public side.
#[derive(Debug, Clone)]
pub struct Public {
    app: App,
    key: LinkKey,
}

impl Public {
    /// The use cases beside those of colleagues.
    #[must_use]
    pub fn new(app: App, key: LinkKey) -> Self {
        Self { app, key }
    }

    /// The use cases of colleagues.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Counts what comes from a network address. The caller commits the count of a refusal, too.
    async fn count(
        &self,
        tx: &mut PgConnection,
        rule: Rule,
        address: &str,
    ) -> Result<Result<(), Error>, Error> {
        let now = self.app.clock.now();
        let source = self.key.hash(Kind::Source, &throttle::source(address));
        let ends_at = now + Rule::window();
        let (count, ends_at) =
            store::public::count(tx, rule.as_str(), &source, now, ends_at).await?;
        if count <= rule.limit() {
            return Ok(Ok(()));
        }
        let retry_after = (ends_at - now).to_std().unwrap_or(Duration::from_secs(1));
        Ok(Err(Error::TooManyAttempts { retry_after }))
    }
}
