//! Ordinary files with some of their bytes changed: whatever comes of them, no look panics or takes more than it may.

use std::io::Cursor;
use std::sync::LazyLock;

use document::inspect::{Flaw, inspect};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::files::{FILES, Sample};
use crate::{ALONE, MEMORY, MOST_MEMORY};

/// Larger files take long to look into, and have nothing that the others lack.
const LARGEST: u64 = 256 * 1024;

/// The ordinary files that are changed.
static CHANGED: LazyLock<Vec<&Sample>> = LazyLock::new(|| {
    let is_small =
        |sample: &&Sample| std::fs::metadata(&sample.path).is_ok_and(|it| it.len() <= LARGEST);
    FILES
        .iter()
        .filter(|it| it.is_ordinary())
        .filter(is_small)
        .collect()
});

/// One change to a file's bytes.
#[derive(Clone, Debug)]
enum Change {
    /// One byte becomes another.
    Byte(Index, u8),
    /// Four bytes become a number: lengths and places are mostly such.
    Number(Index, u32),
    /// Bytes are left out.
    Cut(Index, usize),
    /// Bytes come twice.
    Repeat(Index, usize),
    /// Bytes of another place stand here.
    Move(Index, Index, usize),
    /// The file ends here.
    End(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    let numbers = prop_oneof![
        Just(0),
        Just(1),
        Just(u32::MAX),
        Just(u32::MAX - 1),
        Just(0x8000_0000),
        0..0x1_0000_u32,
        any::<u32>()
    ];
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        4 => (at(), numbers).prop_map(|(at, number)| Change::Number(at, number)),
        1 => (at(), 1..2000_usize).prop_map(|(at, count)| Change::Cut(at, count)),
        1 => (at(), 1..2000_usize).prop_map(|(at, count)| Change::Repeat(at, count)),
        1 => (at(), at(), 1..600_usize).prop_map(|(from, to, count)| Change::Move(from, to, count)),
        1 => at().prop_map(Change::End),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    let range = |at: &Index, count: usize| {
        let start = at.index(length);
        start..(start + count).min(length)
    };
    match change {
        Change::Byte(at, byte) => bytes[at.index(length)] = *byte,
        Change::Number(at, number) => {
            let place = range(at, 4);
            let count = place.len();
            bytes[place].copy_from_slice(&number.to_le_bytes()[..count]);
        }
        Change::Cut(at, count) => drop(bytes.drain(range(at, *count))),
        Change::Repeat(at, count) => {
            let part = bytes[range(at, *count)].to_vec();
            let at = at.index(length);
            bytes.splice(at..at, part);
        }
        Change::Move(from, to, count) => {
            let part = bytes[range(from, *count)].to_vec();
            let place = range(to, part.len());
            bytes.splice(place, part);
        }
        Change::End(at) => bytes.truncate(at.index(length)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn do_2_no_change_to_an_ordinary_file_makes_a_look_panic_or_take_too_much(
        sample in any::<Index>(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let sample = sample.get(&CHANGED);
        let mut bytes = std::fs::read(&sample.path).expect("the maker wrote the file");
        for change in &changes {
            apply(&mut bytes, change);
        }
        let _alone = ALONE.blocking_lock();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();

        let looked = inspect(Cursor::new(&bytes), sample.name());

        let memory = MEMORY.peak_usage().saturating_sub(before);
        prop_assert!(!matches!(looked, Err(Flaw::Io(_))), "{looked:?}");
        prop_assert!(memory <= MOST_MEMORY, "{} took {memory} bytes of memory", sample.name());
    }
}
