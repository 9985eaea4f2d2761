//! The development mailbox as a process of its own, for Compose.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Parser;
use mailbox::{Mailbox, router};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Receives every email, delivers none, and shows them on a web page.
#[derive(Debug, Parser)]
struct Settings {
    /// Where to receive mail
    #[arg(long, env = "MAILBOX_SMTP_LISTEN", default_value = "127.0.0.1:1025")]
    smtp_listen: SocketAddr,
    /// Where to show it
    #[arg(long, env = "MAILBOX_HTTP_LISTEN", default_value = "127.0.0.1:8025")]
    http_listen: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::parse();
    tracing_subscriber::fmt().json().init();
    let mailbox = Mailbox::start(settings.smtp_listen).await?;
    let listener = TcpListener::bind(settings.http_listen)
        .await
        .with_context(|| format!("cannot show mail on {}", settings.http_listen))?;
    let mut stop =
        signal(SignalKind::terminate()).context("cannot listen for the signal to stop")?;
    tracing::info!(smtp = %mailbox.url(), http = %settings.http_listen, "the mailbox is open");
    axum::serve(listener, router(mailbox))
        .with_graceful_shutdown(async move {
            stop.recv().await;
        })
        .await
        .context("the mailbox's pages broke")
}
