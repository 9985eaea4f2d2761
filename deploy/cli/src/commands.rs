//! The commands, one file a noun.

pub(crate) mod account;
pub(crate) mod allocation;
pub(crate) mod case;
pub(crate) mod client;
pub(crate) mod complaint;
pub(crate) mod contact;
pub(crate) mod dead_letter;
pub(crate) mod document;
pub(crate) mod email;
pub(crate) mod import;
pub(crate) mod landlord;
pub(crate) mod lock;
pub(crate) mod message;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod restriction;
pub(crate) mod risk;
pub(crate) mod staff;
pub(crate) mod task;
pub(crate) mod template;
pub(crate) mod timeframe;

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;
use tonic_types::StatusExt as _;

use crate::failure::Failure;

/// A point in time as an operator gives it: a day, which is its first instant in London, or an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(DateTime<Utc>);

impl Moment {
    /// As the services take it.
    pub(crate) fn timestamp(self) -> prost_types::Timestamp {
        kit::time::timestamp(self.0)
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(at) = text.parse() {
            return Ok(Self(at));
        }
        text.parse()
            .map(|day| Self(kit::time::midnight(day)))
            .map_err(
                |_| "neither a day such as 2026-11-22 nor an instant such as 2026-11-22T09:00:00Z",
            )
    }
}

/// How much of a list is wanted.
#[derive(Args)]
pub(crate) struct Limit {
    /// The most rows to list
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}

/// Asks for page after page until the list ends or there are as many rows as are wanted.
pub(crate) async fn pages<T>(
    limit: &Limit,
    mut page: impl AsyncFnMut(i32, String) -> Result<(Vec<T>, String), Failure>,
) -> Result<Vec<T>, Failure> {
    let wanted = usize::try_from(limit.limit).unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    let mut token = String::new();
    loop {
        let size = (wanted - rows.len()).min(100);
        let (mut more, next) = page(i32::try_from(size).expect("a page is small"), token).await?;
        rows.append(&mut more);
        if next.is_empty() || rows.len() >= wanted {
            return Ok(rows);
        }
        token = next;
    }
}

/// How long a service may take to hear of a case, a landlord or a colleague that came into being a moment ago: generous to a service that
/// has just been restarted.
const HEARSAY: Duration = Duration::from_secs(30);
/// After so long the operator is told what is waited for.
const QUIET: Duration = Duration::from_secs(2);
/// How long to wait between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// Does something again while the service that does it has not heard of the case, the landlord or the colleague: another service has them,
/// and events take a moment. What was refused has done nothing, so it is safe to repeat.
pub(crate) async fn once_heard_of<T>(
    mut attempt: impl AsyncFnMut() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let began = tokio::time::Instant::now();
    let mut told = false;
    loop {
        match attempt().await {
            Err(Failure::Service(status)) if not_heard_of(&status) && began.elapsed() < HEARSAY => {
                if !told && began.elapsed() >= QUIET {
                    eprintln!("Not known there yet: {}. Trying again …", status.message());
                    told = true;
                }
                tokio::time::sleep(PAUSE).await;
            }
            ended => return ended,
        }
    }
}

fn not_heard_of(status: &tonic::Status) -> bool {
    matches!(
        reason(status).as_str(),
        "NO_SUCH_CASE" | "NO_SUCH_LANDLORD" | "NO_SUCH_STAFF"
    )
}

fn reason(status: &tonic::Status) -> String {
    status
        .get_details_error_info()
        .map(|it| it.reason)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_with(reason: &str) -> Failure {
        let details = tonic_types::ErrorDetails::with_error_info(reason, "casework", []);
        Failure::Service(tonic::Status::with_error_details(
            tonic::Code::NotFound,
            "there is none",
            details,
        ))
    }

    #[test]
    fn a_day_begins_at_midnight_in_london() {
        let summer: Moment = "2026-07-01".parse().unwrap();
        let instant: Moment = "2026-06-30T23:00:00Z".parse().unwrap();

        assert_eq!(summer, instant);
        assert!("yesterday".parse::<Moment>().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_into_being_a_moment_ago_is_waited_for() {
        for reason in ["NO_SUCH_CASE", "NO_SUCH_LANDLORD", "NO_SUCH_STAFF"] {
            let mut tries = 0;

            let done = once_heard_of(async || {
                tries += 1;
                if tries < 4 {
                    Err(refused_with(reason))
                } else {
                    Ok("done")
                }
            });

            assert_eq!(done.await.unwrap(), "done");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_hears_of_is_refused_in_the_end() {
        let refused = once_heard_of(async || Err::<(), _>(refused_with("NO_SUCH_CASE"))).await;

        assert!(matches!(refused, Err(Failure::Service(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn another_refusal_is_told_at_once() {
        let mut tries = 0;

        let refused = once_heard_of(async || {
            tries += 1;
            Err::<(), _>(refused_with("CASE_CLOSED"))
        });

        assert!(matches!(refused.await, Err(Failure::Service(_))));
        assert_eq!(tries, 1);
    }

    #[tokio::test]
    async fn pages_are_asked_for_until_there_is_enough() {
        let source: Vec<usize> = (0..250).collect();
        let served = async |size: i32, token: String| {
            let from: usize = token.parse().unwrap_or(0);
            let to = (from + usize::try_from(size).unwrap()).min(source.len());
            let next = if to == source.len() {
                String::new()
            } else {
                to.to_string()
            };
            Ok((source[from..to].to_vec(), next))
        };

        assert_eq!(
            pages(&Limit { limit: 130 }, served).await.unwrap().len(),
            130
        );
        assert_eq!(pages(&Limit { limit: 1000 }, served).await.unwrap(), source);
    }
}
