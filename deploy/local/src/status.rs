//! `local status`: what runs, since when, and where.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use kit::Clock;

use crate::daemon::Standing;
use crate::folder::Folder;
use crate::ports::loopback;
use crate::postgres::Cluster;
use crate::settings::{health_urls, inbox_url, public_url};
use crate::started::{Started, portal};
use crate::{nats, probe};

/// How the portal is, in words, and whether all of it is well.
pub async fn status(folder: &Folder, clock: &Clock) -> anyhow::Result<(String, bool)> {
    let Some(started) = Started::read(folder)? else {
        return Ok((
            "the portal in this folder was never started\n".to_owned(),
            false,
        ));
    };
    let ports = started.ports()?;
    let portal = portal(folder)?;
    let standing = portal.standing()?;
    let now = clock.now();
    let mut text = String::new();
    let mut row = |name: &str, how: &str, place: &str| {
        writeln!(text, "{name:<20} {how:<26} {place}").expect("a string takes all that is written");
    };

    row("portal", &words(standing, now), &public_url(ports));
    let nats = nats::daemon(folder, "nats-server".into()).standing()?;
    row(
        "NATS",
        &words(nats, now),
        &loopback(ports.nats()).to_string(),
    );
    let postgres = if folder.postgres().exists() {
        Cluster::in_folder(folder.postgres()).await?.port().await?
    } else {
        None
    };
    let how = if postgres.is_some() {
        "running"
    } else {
        "not running"
    };
    row(
        "PostgreSQL",
        how,
        &loopback(postgres.unwrap_or(ports.postgres())).to_string(),
    );

    let client = probe::client()?;
    let mut well = is_running(standing) && is_running(nats) && postgres.is_some();
    for (part, url) in health_urls(ports) {
        let ready = probe::is_well(&client, &url).await;
        well &= ready;
        row(
            part,
            if ready { "ready" } else { "not ready" },
            if part == "inbox" {
                inbox_url(ports)
            } else {
                url
            }
            .as_str(),
        );
    }
    if standing == Standing::Ended {
        write!(
            text,
            "\nthe portal ended without being told to; {}",
            portal.last_words()
        )?;
    }
    Ok((text, well))
}

fn is_running(standing: Standing) -> bool {
    matches!(standing, Standing::Running { .. })
}

fn words(standing: Standing, now: DateTime<Utc>) -> String {
    match standing {
        Standing::Stopped => "not running".to_owned(),
        Standing::Ended => "ended by itself".to_owned(),
        Standing::Running { since, .. } => format!("running for {}", age(since, now)),
    }
}

/// How long ago something was, roughly, as people say it.
fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - since).num_seconds().max(0);
    let (number, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    #[test]
    fn ages_are_said_roughly() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();

        for (seconds, said) in [
            (-5, "0 seconds"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (7_199, "1 hour"),
            (172_799, "47 hours"),
            (172_800, "2 days"),
        ] {
            assert_eq!(age(now - Duration::seconds(seconds), now), said);
        }
    }

    #[tokio::test]
    async fn a_portal_that_was_never_started_is_not_well() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::at(directory.path()).unwrap();

        let (text, well) = status(&folder, &Clock::system()).await.unwrap();

        assert!(text.contains("never started") && !well);
    }
}
