//! Patience with services that are busy, or that have not heard yet of what another one knows.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tonic::{Code, Status};

use crate::progress::Step;

/// How many rows go in one call; a call has ten seconds, on a slow machine too.
const BATCH: usize = 100;
/// How long a service may take to hear of what another one knows.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(200);

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The id of what it became.
    pub id: String,
    /// Why it was refused; empty when it was not.
    pub error: String,
    /// The field at fault.
    pub field: String,
}

impl Taken {
    /// Events carry landlords, staff and cases from service to service, a moment after they were made.
    fn may_be_too_early(&self) -> bool {
        !self.error.is_empty()
            && ["landlord_id", "owner_account_id", "case_id"].contains(&self.field.as_str())
    }
}

/// Calls again while the answer is one that passes. Every call that is made here may be made twice.
pub async fn patiently<T>(
    passes: impl Fn(&Status) -> bool,
    mut call: impl AsyncFnMut() -> Result<T, Status>,
) -> Result<T, Status> {
    let until = Instant::now() + PATIENCE;
    loop {
        match call().await {
            Err(status) if passes(&status) && Instant::now() < until => sleep(PAUSE).await,
            ended => return ended,
        }
    }
}

/// What a busy machine does to a call: there was no time, no room, or no connection to the database.
pub fn is_busy(status: &Status) -> bool {
    use Code::{DeadlineExceeded, Internal, ResourceExhausted, Unavailable};
    [DeadlineExceeded, Internal, ResourceExhausted, Unavailable].contains(&status.code())
}

/// Hands all rows over in batches and returns their ids, in their order. Those that name what a service has not heard of yet are handed
/// over again.
pub async fn all<R: Clone>(
    rows: &[R],
    step: &Step,
    mut send: impl AsyncFnMut(Vec<R>) -> Result<Vec<Taken>, Status>,
) -> anyhow::Result<Vec<String>> {
    let until = Instant::now() + PATIENCE;
    let mut ids = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        let mut taken = hand_over(batch, &mut send).await?;
        while taken.iter().any(Taken::may_be_too_early) && Instant::now() < until {
            sleep(PAUSE).await;
            // The whole batch: rows that were taken are taken once only.
            taken = hand_over(batch, &mut send).await?;
        }
        if let Some((row, refused)) = taken
            .iter()
            .enumerate()
            .find(|(_, row)| !row.error.is_empty())
        {
            anyhow::bail!(
                "row {} was refused: {}: {}",
                ids.len() + row + 1,
                refused.field,
                refused.error
            );
        }
        ids.extend(taken.into_iter().map(|row| row.id));
        step.advance(batch.len());
    }
    Ok(ids)
}

async fn hand_over<R: Clone>(
    batch: &[R],
    send: &mut impl AsyncFnMut(Vec<R>) -> Result<Vec<Taken>, Status>,
) -> anyhow::Result<Vec<Taken>> {
    let taken = patiently(is_busy, async || send(batch.to_vec()).await).await?;
    anyhow::ensure!(
        taken.len() == batch.len(),
        "{} rows were answered with {} results",
        batch.len(),
        taken.len()
    );
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Progress;

    fn row(id: usize) -> Taken {
        Taken {
            id: id.to_string(),
            error: String::new(),
            field: String::new(),
        }
    }

    fn refused(field: &str) -> Taken {
        Taken {
            id: String::new(),
            error: "no".to_owned(),
            field: field.to_owned(),
        }
    }

    #[tokio::test]
    async fn every_row_is_handed_over_in_its_order() {
        let rows: Vec<usize> = (0..250).collect();
        let mut sizes = vec![];
        let step = Progress::new().count("rows", rows.len());

        let ids = all(&rows, &step, async |batch| {
            sizes.push(batch.len());
            Ok(batch.into_iter().map(row).collect())
        })
        .await
        .unwrap();

        assert_eq!(
            ids,
            rows.iter().map(ToString::to_string).collect::<Vec<_>>()
        );
        assert_eq!(sizes, [100, 100, 50]);
        step.done();
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_known_yet_is_handed_over_again() {
        let mut calls = 0;
        let step = Progress::new().count("rows", 1);

        let ids = all(&[7], &step, async |batch: Vec<usize>| {
            calls += 1;
            Ok(if calls < 4 {
                vec![refused("case_id")]
            } else {
                batch.into_iter().map(row).collect()
            })
        })
        .await
        .unwrap();

        assert_eq!((ids, calls), (vec!["7".to_owned()], 4));
        step.done();
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_service_is_asked_again_and_one_that_refuses_is_not() {
        for (code, calls_made) in [
            (Code::Unavailable, 3),
            (Code::DeadlineExceeded, 3),
            (Code::InvalidArgument, 1),
            (Code::PermissionDenied, 1),
        ] {
            let mut calls = 0;

            let ended = patiently(is_busy, async || {
                calls += 1;
                if calls < 3 {
                    Err(Status::new(code, "no"))
                } else {
                    Ok(())
                }
            })
            .await;

            assert_eq!(
                (ended.is_ok(), calls),
                (calls_made == 3, calls_made),
                "{code:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_stays_busy_is_given_up() {
        let ended = patiently(is_busy, async || Err::<(), _>(Status::unavailable("busy"))).await;

        assert_eq!(ended.unwrap_err().code(), Code::Unavailable);
    }

    #[tokio::test(start_paused = true)]
    async fn what_stays_unknown_or_is_wrong_is_named_by_its_row() {
        let step = Progress::new().count("rows", 2);
        let mut calls = 0;

        for field in ["landlord_id", "title"] {
            let error = all(&[0, 1], &step, async |_: Vec<usize>| {
                calls += 1;
                Ok(vec![row(0), refused(field)])
            })
            .await
            .unwrap_err();
            assert_eq!(error.to_string(), format!("row 2 was refused: {field}: no"));
        }
        assert!(
            calls > 100,
            "what may be too early is tried for a minute: {calls}"
        );
        step.done();
    }
}
