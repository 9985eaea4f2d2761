//! Waits for a condition, never for a time.

use std::time::Duration;

/// What no test should need.
const LIMIT: Duration = Duration::from_mins(1);

/// Asks again and again until there is an answer. It panics when there is none within a minute, naming what was awaited.
pub async fn eventually<T, F>(what: &str, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let answer = tokio::time::timeout(LIMIT, asking).await;
    answer.unwrap_or_else(|_| panic!("waited in vain for: {what}"))
}
