//! Pages of a list by keyset: a page costs the same wherever it is.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::failure::Invalid;

const USUAL: i64 = 25;
const MOST: i64 = 100;

/// Which page of a list is asked for. `K` is what the list is ordered by, down to what makes it unique.
#[derive(Clone, Debug)]
pub struct Page<K> {
    /// How many rows.
    pub size: i64,
    /// The last row of the page before.
    pub after: Option<K>,
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
struct Token<K> {
    after: K,
    /// Of the filter and order that the page before was asked with.
    of: String,
}

impl<K: Serialize + DeserializeOwned> Page<K> {
    /// Reads `page_size` and `page_token`. The filter is whatever must stay the same from page to page.
    pub fn read(
        page_size: i32,
        page_token: &str,
        filter: &impl Serialize,
    ) -> Result<Self, Invalid> {
        let size = match i64::from(page_size) {
            0 => USUAL,
            size @ 1..=MOST => size,
            _ => {
                return Err(Invalid::field(
                    "page_size",
                    format!("Ask for 1 to {MOST} rows"),
                    "OUT_OF_RANGE",
                ));
            }
        };
        let fingerprint = fingerprint(filter);
        let after = if page_token.is_empty() {
            None
        } else {
            Some(open(page_token, &fingerprint)?)
        };
        Ok(Self {
            size,
            after,
            fingerprint,
        })
    }

    /// How many rows to fetch: one more than the page holds tells whether there is another.
    #[must_use]
    pub fn fetch(&self) -> i64 {
        self.size + 1
    }

    /// Cuts the rows down to the page and tells where the next one starts; empty on the last.
    pub fn next<T>(&self, rows: &mut Vec<T>, key: impl FnOnce(&T) -> K) -> String {
        let size = usize::try_from(self.size).expect("a page is small");
        if rows.len() <= size {
            return String::new();
        }
        rows.truncate(size);
        rows.last()
            .map_or_else(String::new, |last| self.token(key(last)))
    }

    /// The token of the page that starts after this, for a list that ends a page before it is full.
    #[must_use]
    pub fn token(&self, after: K) -> String {
        let token = Token {
            after,
            of: self.fingerprint.clone(),
        };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).expect("keys are plain values"))
    }
}

fn open<K: DeserializeOwned>(page_token: &str, fingerprint: &str) -> Result<K, Invalid> {
    URL_SAFE_NO_PAD
        .decode(page_token)
        .ok()
        .and_then(|json| serde_json::from_slice::<Token<K>>(&json).ok())
        .filter(|token| token.of == fingerprint)
        .map(|token| token.after)
        .ok_or_else(|| {
            Invalid::field(
                "page_token",
                "This page is of another list: start again",
                "BAD_PAGE_TOKEN",
            )
        })
}

fn fingerprint(filter: &impl Serialize) -> String {
    let json = serde_json::to_vec(filter).expect("filters are plain values");
    let digest = ring::digest::digest(&ring::digest::SHA256, &json);
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_next() {
        let page = Page::<i32>::read(2, "", &"open").unwrap();
        let mut rows = vec![1, 2, 3];

        let token = page.next(&mut rows, |it| *it);
        assert_eq!(rows, [1, 2]);

        let page = Page::<i32>::read(2, &token, &"open").unwrap();
        assert_eq!(page.after, Some(2));
        assert_eq!(page.next(&mut vec![3], |it| *it), "");
    }

    #[test]
    fn a_token_of_another_filter_is_refused() {
        let page = Page::<i32>::read(1, "", &"open").unwrap();
        let token = page.next(&mut vec![1, 2], |it| *it);

        assert_eq!(
            Page::<i32>::read(1, &token, &"closed").unwrap_err().0[0].reason,
            "BAD_PAGE_TOKEN"
        );
        assert_eq!(
            Page::<i32>::read(1, "garbage", &"open").unwrap_err().0[0].reason,
            "BAD_PAGE_TOKEN"
        );
    }

    #[test]
    fn a_page_of_101_is_refused() {
        assert!(Page::<i32>::read(101, "", &()).is_err());
        assert!(Page::<i32>::read(-1, "", &()).is_err());
    }
}
