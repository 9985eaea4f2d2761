//! The commands, one file a noun.

pub(crate) mod account;
pub(crate) mod case;
pub(crate) mod dead_letter;
pub(crate) mod email;
pub(crate) mod landlord;
pub(crate) mod lock;
pub(crate) mod message;
pub(crate) mod staff;
pub(crate) mod task;

use clap::Args;

use crate::failure::Failure;

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

#[cfg(test)]
mod tests {
    use super::*;

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
