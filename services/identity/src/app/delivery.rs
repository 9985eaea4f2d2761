//! Secrets and addresses at the moment of delivery, for notification alone. A secret is told once
//! and only its hash is kept.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::App;
use crate::domain::{code, reset};
use crate::error::Error;
use crate::secret::{self, Token};
use crate::store;
use crate::store::accounts::Recipient;

/// A secret to send now and forget.
pub struct Minted {
    /// The code or the link's token.
    pub secret: String,
    /// Whom it goes to.
    pub recipient: Recipient,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl App {
    /// Stores a fresh code for a log-in and tells it, with whom it goes to and until when it is
    /// good.
    pub async fn mint_code(&self, login_id: Uuid) -> Result<Minted, Error> {
        let now = self.clock.now();
        let code = secret::random_code();
        let mac = self.codes.code(login_id, &code);
        let minted = store::logins::set_code(
            &self.db,
            login_id,
            &mac,
            now + code::LIFETIME,
            code::MOST_TRIES,
            now,
        )
        .await?;
        let (account_id, expires_at) = minted.ok_or(Error::NothingToSend)?;
        let recipient = store::accounts::code_recipient(&self.db, account_id).await?;
        Ok(Minted {
            secret: code,
            recipient,
            expires_at,
        })
    }

    /// Stores a fresh link for a reset and tells it. An older link of the same request ends with
    /// it.
    pub async fn mint_link(&self, reset_id: Uuid) -> Result<Minted, Error> {
        let now = self.clock.now();
        let expires_at = now + reset::LIFETIME;
        let token = Token::random();
        let minted =
            store::resets::set_token(&self.db, reset_id, &token.hash(), expires_at, now).await?;
        let account_id = minted.ok_or(Error::NothingToSend)?;
        let recipient = store::accounts::holder(&self.db, account_id)
            .await?
            .ok_or(Error::NothingToSend)?;
        Ok(Minted {
            secret: token.reveal(),
            recipient,
            expires_at,
        })
    }

    /// The holder of an account.
    pub async fn holder_of(&self, account_id: Uuid) -> Result<Recipient, Error> {
        store::accounts::holder(&self.db, account_id)
            .await?
            .ok_or(Error::NoSuchAccount)
    }

    /// The administrator of a landlord (NO-1).
    pub async fn administrator_of(&self, landlord_id: Uuid) -> Result<Recipient, Error> {
        store::accounts::administrator(&self.db, landlord_id)
            .await?
            .ok_or(Error::NoSuchAccount)
    }

    /// The holder of an account at a former address (ID-1).
    pub async fn holder_at_former_address(
        &self,
        former_address_id: Uuid,
    ) -> Result<Recipient, Error> {
        store::accounts::former_holder(&self.db, former_address_id)
            .await?
            .ok_or(Error::NoSuchAccount)
    }
}
