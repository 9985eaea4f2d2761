//! A file being read: numbers of either order, skipping that cannot leave the file, and its end.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::{Flaw, Refusal};

/// How much is read at a time.
const BUFFER: usize = 32 * 1024;
/// How often a file may be read over. A look into an ordinary one reads it twice.
const MOST_PASSES: u64 = 16;
/// What a short file may take beyond that.
const LEAST_WORK: u64 = 1024 * 1024;
/// What one read or move counts for at least, in bytes.
const LEAST_STEP: u64 = 8;
/// What leaving the buffer counts for: it is filled anew.
const FAR_STEP: u64 = 1024;

/// A reader that knows how long its file is and where it stands.
///
/// It reads only so much in all: a file whose parts point at one another can make a reader go over it for ever. That
/// is counted in bytes and not in seconds, so that a busy machine refuses nothing that an idle one takes.
pub(super) struct Source<R> {
    inner: BufReader<R>,
    len: u64,
    position: u64,
    work_left: u64,
}

impl<R: Read + Seek> Source<R> {
    /// Reads from the beginning of `inner`.
    pub fn new(mut inner: R) -> io::Result<Self> {
        let len = inner.seek(SeekFrom::End(0))?;
        inner.rewind()?;
        Ok(Self {
            inner: BufReader::with_capacity(BUFFER, inner),
            len,
            position: 0,
            work_left: LEAST_WORK + len * MOST_PASSES,
        })
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn left(&self) -> u64 {
        self.len - self.position
    }

    /// Goes to a place that must be in the file, or be its end.
    pub fn go_to(&mut self, position: u64) -> Result<(), Flaw> {
        if position > self.len {
            return Err(Refusal::Unreadable.into());
        }
        // Most moves are short: those keep the buffer.
        self.work(if position.abs_diff(self.position) < BUFFER as u64 {
            0
        } else {
            FAR_STEP
        })?;
        match i64::try_from(i128::from(position) - i128::from(self.position)) {
            Ok(distance) => self.inner.seek_relative(distance)?,
            Err(_) => self.inner.seek(SeekFrom::Start(position)).map(drop)?,
        }
        self.position = position;
        Ok(())
    }

    /// Goes on by `count` bytes, which must be there.
    pub fn skip(&mut self, count: u64) -> Result<(), Flaw> {
        self.go_to(self.position.saturating_add(count))
    }

    /// The next bytes, which must be there.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    pub fn byte(&mut self) -> Result<u8, Flaw> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub fn u16_le(&mut self) -> Result<u16, Flaw> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u16_be(&mut self) -> Result<u16, Flaw> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn u32_le(&mut self) -> Result<u32, Flaw> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u32_be(&mut self) -> Result<u32, Flaw> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn u64_le(&mut self) -> Result<u64, Flaw> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn u64_be(&mut self) -> Result<u64, Flaw> {
        self.array().map(u64::from_be_bytes)
    }

    /// As many as `count` of the next bytes: fewer at the end of the file.
    pub fn up_to(&mut self, count: usize) -> Result<Vec<u8>, Flaw> {
        let mut bytes = Vec::with_capacity(count.min(64 * 1024));
        self.by_ref().take(count as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The file's first bytes, after which it stands at the beginning again.
    pub fn head(&mut self, count: usize) -> Result<Vec<u8>, Flaw> {
        self.go_to(0)?;
        let bytes = self.up_to(count)?;
        self.go_to(0)?;
        Ok(bytes)
    }

    /// The file's last bytes, and where they begin.
    pub fn tail(&mut self, count: usize) -> Result<(u64, Vec<u8>), Flaw> {
        let start = self.len.saturating_sub(count as u64);
        self.go_to(start)?;
        Ok((start, self.up_to(count)?))
    }

    /// Refuses whatever stands between here and the end of the file, unless it is nothing but zeros.
    pub fn expect_end(&mut self) -> Result<(), Flaw> {
        let mut chunk = [0; 4096];
        loop {
            match self.read(&mut chunk)? {
                0 => return Ok(()),
                count if chunk[..count].iter().all(|byte| *byte == 0) => {}
                _ => return Err(Refusal::NotItsType.into()),
            }
        }
    }
}

impl<R> Source<R> {
    fn work(&mut self, amount: u64) -> io::Result<()> {
        self.work_left = self
            .work_left
            .checked_sub(amount.max(LEAST_STEP))
            .ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, "the file is read over and over")
            })?;
        Ok(())
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.work(count as u64)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.position += count as u64;
        // What is over is noticed with the next read.
        self.work_left = self.work_left.saturating_sub(count as u64);
    }
}

impl<R: Read + Seek> Seek for Source<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.work(FAR_STEP)?;
        self.position = self.inner.seek(to)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_place_past_the_end_is_refused_and_the_end_is_not() {
        let mut source = Source::new(Cursor::new(b"12345")).unwrap();

        assert!(source.go_to(5).is_ok());
        assert!(matches!(
            source.go_to(6),
            Err(Flaw::Refused(Refusal::Unreadable))
        ));
        assert!(matches!(
            source.skip(u64::MAX),
            Err(Flaw::Refused(Refusal::Unreadable))
        ));
    }

    #[test]
    fn do_2_a_file_is_not_read_over_and_over() {
        let content = vec![b'x'; 100_000];
        let mut source = Source::new(Cursor::new(&content)).unwrap();
        let mut passes = 0;

        let refused = loop {
            if let Err(flaw) = source.head(content.len()) {
                break flaw;
            }
            passes += 1;
        };

        assert!(matches!(refused, Flaw::Refused(Refusal::Unreadable)));
        assert!((10..40).contains(&passes), "{passes}");
    }

    #[test]
    fn do_2_moving_about_in_a_file_counts_as_reading_it() {
        let content = vec![b'x'; 100_000];
        let mut source = Source::new(Cursor::new(&content)).unwrap();

        let moved = (0..1_000_000).try_for_each(|step| source.go_to(step % 2 * 90_000));

        assert!(matches!(moved, Err(Flaw::Refused(Refusal::Unreadable))));
    }

    #[test]
    fn only_zeros_may_follow_the_end() {
        let mut zeros = Source::new(Cursor::new(b"END\0\0")).unwrap();
        let mut more = Source::new(Cursor::new(b"END\0PK")).unwrap();
        zeros.skip(3).unwrap();
        more.skip(3).unwrap();

        assert!(zeros.expect_end().is_ok());
        assert!(matches!(
            more.expect_end(),
            Err(Flaw::Refused(Refusal::NotItsType))
        ));
    }
}
