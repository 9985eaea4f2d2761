//! A random sample that anybody can draw again, with this program or without it.
//!
//! Each complaint gets a ticket: the SHA-256 digest of the seed, a colon and the complaint's reference. The lowest tickets are drawn. The
//! same seed draws the same complaints whatever order they come in, and a complaint that is closed later moves no other's ticket.

use ring::digest::{SHA256, digest};

/// How a sample is drawn, in words for whoever wants to repeat it.
pub const ALGORITHM: &str =
    "the lowest SHA-256 digests of seed, colon and reference, such as sha256(\"4711:SC202400001\")";

/// Draws up to `size` of the references, in the order of their tickets.
#[must_use]
pub fn draw<'a>(seed: &str, references: &[&'a str], size: usize) -> Vec<&'a str> {
    let mut tickets: Vec<(Vec<u8>, &str)> = references
        .iter()
        .map(|&reference| {
            let ticket = digest(&SHA256, format!("{seed}:{reference}").as_bytes());
            (ticket.as_ref().to_vec(), reference)
        })
        .collect();
    tickets.sort_unstable();
    tickets
        .into_iter()
        .take(size)
        .map(|(_, reference)| reference)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references() -> Vec<String> {
        (1..=854)
            .map(|number| format!("SC2024{number:05}"))
            .collect()
    }

    #[test]
    fn sc_14_a_seed_draws_the_same_complaints_in_whatever_order_they_come() {
        let references = references();
        let forwards: Vec<&str> = references.iter().map(String::as_str).collect();
        let backwards: Vec<&str> = forwards.iter().rev().copied().collect();

        let sample = draw("4711", &forwards, 12);

        assert_eq!(sample.len(), 12);
        assert_eq!(sample, draw("4711", &backwards, 12));
        assert_ne!(sample, draw("4712", &forwards, 12));
    }

    #[test]
    fn sc_14_the_tickets_are_plain_sha_256_so_that_anyone_can_check_the_drawing() {
        // printf '%s' 'seed:A' | sha256sum begins with 7afc670a, and 'seed:B' with 17d36e3c.
        assert_eq!(draw("seed", &["B", "A"], 2), ["B", "A"]);
    }

    #[test]
    fn sc_14_a_sample_of_more_than_there_are_is_all_of_them() {
        assert_eq!(draw("4711", &["SC202400001"], 12), ["SC202400001"]);
        assert!(draw("4711", &[], 12).is_empty());
    }
}
