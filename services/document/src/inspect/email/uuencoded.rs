//! Files in the text of an email, as programs before MIME sent them: lines of letters between `begin 644 name` and `end`.

use std::io::{Seek as _, Write as _};

use tempfile::SpooledTempFile;

use super::super::Flaw;
use super::super::carried::{self, Allowance};

/// Of a line that is longer the rest is not looked at: encoded ones have 62 letters.
const LONGEST_LINE: usize = 1024;
const IN_MEMORY: usize = 256 * 1024;

/// What was seen so far of a text that goes by in pieces.
#[derive(Default)]
pub(super) struct Uuencoded {
    line: Vec<u8>,
    state: State,
}

#[derive(Default)]
enum State {
    /// Text.
    #[default]
    Outside,
    /// A line that may begin a file of this name.
    Begun(String),
    /// A file.
    Inside(String, SpooledTempFile),
}

impl Uuencoded {
    /// Takes in more of the text.
    pub fn take(&mut self, text: &[u8], allowance: &mut Allowance) -> Result<(), Flaw> {
        for piece in text.split_inclusive(|byte| *byte == b'\n') {
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.take_line(line.trim_ascii_end(), allowance)?;
            }
        }
        Ok(())
    }

    /// Ends with whatever was there of a file.
    pub fn finish(mut self, allowance: &mut Allowance) -> Result<(), Flaw> {
        let line = std::mem::take(&mut self.line);
        self.take_line(line.trim_ascii_end(), allowance)?;
        self.take_line(b"end", allowance)
    }

    fn take_line(&mut self, line: &[u8], allowance: &mut Allowance) -> Result<(), Flaw> {
        self.state = match (std::mem::take(&mut self.state), decoded(line)) {
            (State::Begun(name), Some(bytes)) => {
                let mut file = SpooledTempFile::new(IN_MEMORY);
                file.write_all(&bytes)?;
                State::Inside(name, file)
            }
            (State::Inside(name, mut file), Some(bytes)) => {
                file.write_all(&bytes)?;
                State::Inside(name, file)
            }
            (State::Inside(name, mut file), None) => {
                file.rewind()?;
                carried::refuse_program(&name)?;
                carried::check(file, &name, allowance)?;
                State::Outside
            }
            (State::Outside | State::Begun(_), _) => {
                beginning(line).map_or(State::Outside, State::Begun)
            }
        };
        Ok(())
    }
}

/// The name in a line such as `begin 644 letter.doc`.
fn beginning(line: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(b"begin ")?;
    let digits = rest
        .iter()
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .count();
    let name = rest[digits..].strip_prefix(b" ")?.trim_ascii();
    ((3..=4).contains(&digits) && !name.is_empty())
        .then(|| String::from_utf8_lossy(name).into_owned())
}

/// What a line stands for: its first letter says how many bytes, and every other one has six bits.
fn decoded(line: &[u8]) -> Option<Vec<u8>> {
    let (first, letters) = line.split_first()?;
    let bits = |byte: u8| matches!(byte, b' '..=b'`').then(|| (byte - b' ') & 0x3f);
    let count = usize::from(bits(*first)?);
    let wanted = count.div_ceil(3) * 4;
    // Spaces at the end are lost on the way, and some programs add a letter to check the line by.
    if count == 0 || letters.is_empty() || letters.len() > wanted + 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(wanted);
    for group in 0..wanted / 4 {
        let mut four = [0; 4];
        for (place, six) in four.iter_mut().enumerate() {
            *six = letters
                .get(group * 4 + place)
                .map_or(Some(0), |it| bits(*it))?;
        }
        let [a, b, c, d] = four;
        bytes.extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
    }
    bytes.truncate(count);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_decoded_and_other_text_is_not() {
        assert_eq!(decoded(b"#0V%T").as_deref(), Some(&b"Cat"[..]));
        assert_eq!(decoded(b"!80``").as_deref(), Some(&b"a"[..]));
        for text in [&b"`"[..], b"end", b"", b"Dear all,", b"!80`` and more"] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_beginning_has_a_mode_and_a_name() {
        assert_eq!(
            beginning(b"begin 644 tool.exe").as_deref(),
            Some("tool.exe")
        );
        for text in [
            &b"begin 9 o'clock"[..],
            b"begin 644",
            b"begin with 644 x",
            b" begin 644 x",
        ] {
            assert_eq!(beginning(text), None, "{text:?}");
        }
    }
}
