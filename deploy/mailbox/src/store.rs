//! What has been received, and how the server shall behave: shared by the SMTP side, the pages and the tests.

use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{Mail, smtp};

/// How many emails are kept; the oldest go first, so that a server left running for weeks stays small.
const KEPT: usize = 2_000;

/// A running mail server. Clones are handles to the same one, and it stops when the last of them is dropped.
#[derive(Debug, Clone)]
pub struct Mailbox {
    addr: SocketAddr,
    store: Arc<Store>,
    _running: Arc<DropGuard>,
}

impl Mailbox {
    /// Starts a server on `addr`; port 0 takes a free one.
    pub async fn start(addr: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(addr)
            .await
            .with_context(|| format!("cannot receive mail on {addr}"))?;
        let addr = listener
            .local_addr()
            .context("the mail socket has no address")?;
        let store = Arc::new(Store::default());
        let stop = CancellationToken::new();
        tokio::spawn(smtp::serve(listener, Arc::clone(&store), stop.clone()));
        Ok(Self {
            addr,
            store,
            _running: Arc::new(stop.drop_guard()),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where it listens, as mail clients are configured: `smtp://127.0.0.1:1025`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.addr)
    }

    /// All that is kept, in the order of arrival.
    #[must_use]
    pub fn messages(&self) -> Vec<Mail> {
        self.store.lock().mails.iter().cloned().collect()
    }

    /// One email by its number.
    #[must_use]
    pub fn message(&self, id: u64) -> Option<Mail> {
        self.store
            .lock()
            .mails
            .iter()
            .find(|mail| mail.id == id)
            .cloned()
    }

    /// Forgets all that was received.
    pub fn clear(&self) {
        self.store.lock().mails.clear();
    }

    /// The first kept email that `wanted` accepts, or the first to come within `patience`.
    pub async fn wait_for(
        &self,
        wanted: impl Fn(&Mail) -> bool,
        patience: Duration,
    ) -> Option<Mail> {
        let mut arrivals = self.store.arrivals.subscribe();
        let arrival = async {
            loop {
                if let Some(mail) = self
                    .store
                    .lock()
                    .mails
                    .iter()
                    .find(|mail| wanted(mail))
                    .cloned()
                {
                    return Some(mail);
                }
                arrivals.changed().await.ok()?;
            }
        };
        tokio::time::timeout(patience, arrival).await.ok().flatten()
    }

    /// Refuses every further email to this address with 550, as a server does that knows no such mailbox.
    pub fn refuse(&self, address: &str) {
        self.store
            .lock()
            .refused
            .insert(address.to_ascii_lowercase());
    }

    /// Takes emails to this address again.
    pub fn accept(&self, address: &str) {
        self.store
            .lock()
            .refused
            .remove(&address.to_ascii_lowercase());
    }

    /// While down, answers everything with 421 and hangs up, also on connections that are already open.
    pub fn set_down(&self, down: bool) {
        self.store.lock().down = down;
    }
}

/// The part that connections share.
#[derive(Debug)]
pub(crate) struct Store {
    inner: Mutex<Inner>,
    /// The number of the latest email, for those who wait for one.
    arrivals: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    mails: VecDeque<Mail>,
    refused: HashSet<String>,
    down: bool,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            inner: Mutex::default(),
            arrivals: watch::Sender::new(0),
        }
    }
}

impl Store {
    /// Keeps an email; false when `data` is none.
    pub(crate) fn keep(&self, from: &str, to: &[String], data: &[u8]) -> bool {
        // The number is taken under the lock that also files the email, so the order of numbers is the order kept.
        let mut inner = self.lock();
        let id = *self.arrivals.borrow() + 1;
        let Some(mail) = Mail::read(id, from.to_owned(), to.to_owned(), data) else {
            return false;
        };
        if inner.mails.len() == KEPT {
            inner.mails.pop_front();
        }
        inner.mails.push_back(mail);
        self.arrivals.send_replace(id);
        true
    }

    pub(crate) fn refuses(&self, address: &str) -> bool {
        self.lock().refused.contains(&address.to_ascii_lowercase())
    }

    pub(crate) fn is_down(&self) -> bool {
        self.lock().down
    }

    /// Every change is complete when the lock is released, so a panic elsewhere leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(store: &Store, subject: &str) {
        assert!(store.keep(
            "portal@example.org",
            &["ada@example.org".into()],
            format!("Subject: {subject}\r\n\r\n").as_bytes()
        ));
    }

    #[test]
    fn the_oldest_goes_when_the_mailbox_is_full() {
        let store = Store::default();

        for n in 0..=KEPT {
            keep(&store, &n.to_string());
        }

        let inner = store.lock();
        assert_eq!(inner.mails.len(), KEPT);
        assert_eq!(inner.mails.front().unwrap().subject, "1");
        assert_eq!(inner.mails.back().unwrap().id, KEPT as u64 + 1);
    }

    #[test]
    fn numbers_are_not_reused_after_clearing() {
        let store = Store::default();
        keep(&store, "first");

        store.lock().mails.clear();
        keep(&store, "second");

        assert_eq!(store.lock().mails[0].id, 2);
    }
}
