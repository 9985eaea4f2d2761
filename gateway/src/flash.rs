//! What the last request did, told once on the page that follows it.

use axum_extra::extract::cookie::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::cookies;

/// What the last request did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flash {
    /// Whether it did what was asked.
    pub(crate) success: bool,
    /// *Success*, or *Important*.
    pub(crate) title: String,
    /// What happened.
    pub(crate) text: String,
}

impl Flash {
    /// Something was done.
    pub(crate) fn success(text: impl Into<String>) -> Self {
        Self {
            success: true,
            title: "Success".to_owned(),
            text: text.into(),
        }
    }

    /// Something is to be known.
    pub(crate) fn important(text: impl Into<String>) -> Self {
        Self {
            success: false,
            title: "Important".to_owned(),
            text: text.into(),
        }
    }

    /// Keeps it for the next page.
    pub(crate) fn keep(&self, jar: CookieJar) -> CookieJar {
        let json = serde_json::to_vec(self).expect("a flash is plain text");
        cookies::set(jar, cookies::FLASH, URL_SAFE_NO_PAD.encode(json))
    }

    /// Takes it out, for the page that tells it.
    pub(crate) fn take(jar: CookieJar) -> (Option<Self>, CookieJar) {
        let Some(cookie) = jar.get(cookies::FLASH) else {
            return (None, jar);
        };
        let flash = URL_SAFE_NO_PAD
            .decode(cookie.value())
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok());
        (flash, cookies::clear(jar, cookies::FLASH))
    }
}
