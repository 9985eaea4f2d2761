//! The content of a part while it is decoded, line by line.

use std::io::{Seek as _, Write as _};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use tempfile::SpooledTempFile;

use super::super::Flaw;
use super::header::Encoding;

/// An attachment is held in memory up to this size, and in a temporary file beyond it.
const IN_MEMORY: usize = 256 * 1024;

/// The last group's unused bits may be anything; nobody cares.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A part's content on its way.
pub(super) struct Content {
    encoding: Encoding,
    /// What can't be decoded before more is there.
    waiting: Vec<u8>,
    /// A line's end that is kept only when more follows: the last one belongs to the boundary behind it.
    line_end: Vec<u8>,
    file: SpooledTempFile,
}

impl Content {
    pub fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            waiting: Vec::new(),
            line_end: Vec::new(),
            file: SpooledTempFile::new(IN_MEMORY),
        }
    }

    /// Decodes a line, or a piece of one that is very long.
    pub fn decode(&mut self, line: &[u8], decoded: &mut Vec<u8>) {
        match self.encoding {
            Encoding::Plain => decoded.extend_from_slice(line),
            Encoding::Base64 => self.base64(line, decoded),
            Encoding::QuotedPrintable => {
                self.waiting.extend_from_slice(line);
                // The end of a piece may be the beginning of an encoded byte.
                let tail = self.waiting.len().saturating_sub(2);
                let begun = self.waiting[tail..].iter().position(|byte| *byte == b'=');
                let end = match begun {
                    Some(at) if !self.waiting.ends_with(b"\n") => tail + at,
                    _ => self.waiting.len(),
                };
                let rest = self.waiting.split_off(end);
                quoted_printable(&self.waiting, decoded);
                self.waiting = rest;
            }
        }
    }

    /// Decodes what waits for more that does not come.
    pub fn finish(&mut self, decoded: &mut Vec<u8>) {
        let rest = std::mem::take(&mut self.waiting);
        match self.encoding {
            Encoding::Plain => {}
            Encoding::Base64 => letters(&rest, decoded),
            Encoding::QuotedPrintable => quoted_printable(&rest, decoded),
        }
    }

    /// What is not of the alphabet is skipped, as mail programs do; behind a padding a group begins anew.
    fn base64(&mut self, line: &[u8], decoded: &mut Vec<u8>) {
        for byte in line {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') {
                self.waiting.push(*byte);
            } else if *byte == b'=' {
                letters(&std::mem::take(&mut self.waiting), decoded);
            }
        }
        let rest = self.waiting.split_off(self.waiting.len() / 4 * 4);
        letters(&self.waiting, decoded);
        self.waiting = rest;
    }

    /// Keeps what was decoded, to be looked into.
    pub fn keep(&mut self, decoded: &[u8]) -> Result<(), Flaw> {
        if decoded.is_empty() {
            return Ok(());
        }
        self.file.write_all(&self.line_end)?;
        let text = match (self.encoding, decoded) {
            (Encoding::Base64, _) => decoded,
            (_, [text @ .., b'\r', b'\n'] | [text @ .., b'\n']) => text,
            _ => decoded,
        };
        self.line_end = decoded[text.len()..].to_vec();
        Ok(self.file.write_all(text)?)
    }

    /// What was kept, from its beginning.
    pub fn kept(mut self) -> Result<SpooledTempFile, Flaw> {
        self.file.rewind()?;
        Ok(self.file)
    }
}

/// Letters that are four, or the last ones before a padding.
fn letters(letters: &[u8], decoded: &mut Vec<u8>) {
    // A single letter is no byte yet.
    let count = letters.len() - usize::from(letters.len() % 4 == 1);
    if let Ok(bytes) = LENIENT.decode(&letters[..count]) {
        decoded.extend_from_slice(&bytes);
    }
}

/// Decodes as mail programs do, who leave a mistake as it stands. Libraries leave out what is around one, or all of it.
fn quoted_printable(mut line: &[u8], decoded: &mut Vec<u8>) {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|it| u8::try_from(it).ok())
    };
    while let Some((first, rest)) = line.split_first() {
        line = rest;
        if *first != b'=' {
            decoded.push(*first);
            continue;
        }
        // An equals sign before the end of a line takes the end away.
        if rest.trim_ascii_start().is_empty() && rest.ends_with(b"\n") {
            return;
        }
        match rest {
            [high, low, after @ ..] if digit(*high).is_some() && digit(*low).is_some() => {
                decoded.push(digit(*high).unwrap_or(0) << 4 | digit(*low).unwrap_or(0));
                line = after;
            }
            _ => decoded.push(b'='),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(encoding: Encoding, lines: &[&[u8]]) -> Vec<u8> {
        let mut content = Content::new(encoding);
        let mut decoded = Vec::new();
        for line in lines {
            content.decode(line, &mut decoded);
        }
        content.finish(&mut decoded);
        decoded
    }

    #[test]
    fn quoted_printable_is_decoded_over_soft_line_ends_and_mistakes() {
        assert_eq!(
            decoded(
                Encoding::QuotedPrintable,
                &[b"PK=03=\r\n", b"=04 =ZZ a=3D= \r\n", b"\xff\r\n"]
            ),
            b"PK\x03\x04 =ZZ a=\xff\r\n"
        );
        assert_eq!(decoded(Encoding::QuotedPrintable, &[b"P=4", b"B"]), b"PK");
        assert_eq!(decoded(Encoding::QuotedPrintable, &[b"a="]), b"a=");
    }

    #[test]
    fn base64_is_decoded_whatever_stands_between() {
        assert_eq!(
            decoded(Encoding::Base64, &[b"UEsD\r\n", b"! BA=\r\n", b"=UEs=\r\n"]),
            b"PK\x03\x04PK"
        );
        assert_eq!(decoded(Encoding::Base64, &[b"UEsDB"]), b"PK\x03");
    }
}
