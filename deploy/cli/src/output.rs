//! Tables for people, JSON for programs.

use std::fmt::Display;
use std::io::{self, Write as _};

use anyhow::Context as _;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{ContentArrangement, Table};
use kit::access::DESCRIPTORS;
use prost::{Message, Name};
use prost_reflect::DynamicMessage;

use crate::failure::Failure;

/// How results are written.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// Writes one thing: its JSON, or a sentence about it.
    pub(crate) fn one<M: Message + Name>(self, message: &M, sentence: &str) -> Result<(), Failure> {
        if self.json {
            say(json(message)?)
        } else {
            say(plain(sentence))
        }
    }

    /// Writes one thing: its JSON, or its facts, of which empty ones are left out.
    pub(crate) fn facts<M: Message + Name>(
        self,
        message: &M,
        facts: &[(&str, &str)],
    ) -> Result<(), Failure> {
        if self.json {
            return self.one(message, "");
        }
        let widest = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            say(format_args!("{name:widest$}  {}", plain(value)))?;
        }
        Ok(())
    }

    /// Writes a list: one JSON object a line, or a table, or the words for an empty one.
    pub(crate) fn list<M: Message + Name, const N: usize>(
        self,
        messages: &[M],
        head: [&str; N],
        row: impl Fn(&M) -> [String; N],
        empty: &str,
    ) -> Result<(), Failure> {
        if self.json {
            for message in messages {
                say(json(message)?)?;
            }
            return Ok(());
        }
        if messages.is_empty() {
            return say(empty);
        }
        let mut table = Table::new();
        table
            .load_preset(UTF8_BORDERS_ONLY)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(head);
        for message in messages {
            table.add_row(row(message).map(|cell| plain(&cell)));
        }
        say(table)
    }
}

/// A text without what a terminal would obey: people wrote it, and some of them may know what moves its cursor or paints over a line.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|it| !it.is_control() || *it == '\n')
        .collect()
}

/// Writes a line. Whoever reads it may stop reading, as `head` does; that is no failure.
pub(crate) fn say(line: impl Display) -> Result<(), Failure> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("could not write").into())
        }
        _ => Ok(()),
    }
}

/// A message as proto3 JSON, read back through the descriptors so that no type needs code of its own.
pub(crate) fn json<M: Message + Name>(message: &M) -> anyhow::Result<String> {
    let descriptor = DESCRIPTORS
        .get_message_by_name(&M::full_name())
        .context("the contract has every message")?;
    let message = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())?;
    Ok(serde_json::to_string(&message)?)
}

/// An instant as an operator reads it, in London.
pub(crate) fn instant(at: Option<&prost_types::Timestamp>) -> String {
    kit::time::instant(at)
        .map(|at| {
            kit::time::london(at)
                .format("%Y-%m-%d %H:%M:%S")
                .to_string()
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proto::identity::v1::Lock;

    use super::*;

    #[test]
    fn what_somebody_wrote_does_not_move_the_terminal() {
        let written = "Asha\u{1b}[2K\rVerma\u{7}\u{9b}31m \u{7f}ok\nsecond line";

        assert_eq!(plain(written), "Asha[2KVerma31m ok\nsecond line");
    }

    #[test]
    fn json_is_the_proto_s_own() {
        let at = kit::time::timestamp("2026-03-02T09:00:00Z".parse().unwrap());
        let lock = Lock {
            username: "dani@landlord.example".to_owned(),
            failures: 7,
            locked_until: Some(at),
            ..Lock::default()
        };

        assert_eq!(
            json(&lock).unwrap(),
            r#"{"username":"dani@landlord.example","failures":7,"lockedUntil":"2026-03-02T09:00:00Z"}"#
        );
    }
}
