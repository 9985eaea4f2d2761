//! Every file of the corpus through the same doors as an upload.

use std::fs::File;
use std::io::Read as _;
use std::time::Duration;

use document::domain::LARGEST_PIECE;
use document::error::Error;
use document::inspect::{Flaw, inspect};
use document::spool::{Piece, Spool};
use futures::{Stream, stream};

use crate::files::{FILES, Sample, Verdict};
use crate::{ALONE, MEMORY, MOST_MEMORY, MOST_WORK};

/// The file in pieces, as an upload brings it.
fn pieces(sample: &Sample) -> impl Stream<Item = Result<Piece, Error>> + Unpin + use<> {
    let mut file = File::open(&sample.path).expect("the maker wrote the file");
    let size = file.metadata().expect("an open file has a size").len();
    let mut ended = false;
    stream::iter(std::iter::from_fn(move || {
        let mut piece = Vec::with_capacity(LARGEST_PIECE);
        let most = LARGEST_PIECE as u64;
        file.by_ref()
            .take(most)
            .read_to_end(&mut piece)
            .expect("a file is read");
        if !piece.is_empty() {
            return Some(Ok(Piece::Content(piece.into())));
        }
        let size = size.cast_signed();
        (!std::mem::replace(&mut ended, true)).then_some(Ok(Piece::End { size }))
    }))
}

/// How long this thread has had a processor, by what the kernel says of it.
fn work() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").expect("the kernel tells");
    let nanoseconds = said.split_whitespace().next().expect("it comes first");
    Duration::from_nanos(nanoseconds.parse().expect("it is a number"))
}

/// What comes of a file when it is uploaded under its name, and what the look into it cost.
async fn verdict(sample: &Sample) -> (Verdict, Duration) {
    let refused =
        |refusal: document::inspect::Refusal| Verdict::Refused(refusal.reason().to_owned());
    let spooled = match Spool::new(None).receive(pieces(sample)).await {
        Ok(spooled) => spooled,
        Err(Error::Refused(refusal)) => return (refused(refusal), Duration::ZERO),
        Err(error) => panic!("{} did not come in: {error}", sample.name()),
    };
    let before = work();
    let looked = inspect(&spooled.file, sample.name());
    let cost = work().saturating_sub(before);
    let verdict = match looked {
        Ok(found) => Verdict::Taken(found.media_type().to_owned()),
        Err(Flaw::Refused(refusal)) => refused(refusal),
        Err(Flaw::Io(error)) => panic!("{} could not be read: {error}", sample.name()),
    };
    (verdict, cost)
}

#[tokio::test]
async fn do_2_every_file_of_the_corpus_is_judged_rightly_and_within_the_memory_and_the_work_for_it()
{
    let _alone = ALONE.lock().await;
    let mut wrong = Vec::new();
    let mut costs = Vec::new();
    for sample in FILES.iter() {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let (found, cost) = verdict(sample).await;
        let memory = MEMORY.peak_usage().saturating_sub(before);

        if found != sample.expected {
            wrong.push(format!(
                "{} ({}): {found:?}, not {:?}",
                sample.name(),
                sample.producer,
                sample.expected
            ));
        }
        if cost > MOST_WORK {
            wrong.push(format!("{} took {cost:?} of a processor", sample.name()));
        }
        costs.push((cost, sample.name()));
        if memory > MOST_MEMORY {
            wrong.push(format!("{} took {memory} bytes of memory", sample.name()));
        }
    }

    costs.sort_unstable();
    println!(
        "the most work: {:?}",
        costs.iter().rev().take(5).collect::<Vec<_>>()
    );
    assert!(
        wrong.is_empty(),
        "{} of {} are wrong:\n{}",
        wrong.len(),
        FILES.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_corpus_has_enough_of_both_kinds_and_of_every_type_and_reason() {
    let ordinary = FILES.iter().filter(|it| it.is_ordinary()).count();
    let reason = |reason: &str| {
        FILES
            .iter()
            .filter(|it| it.expected == Verdict::Refused(reason.to_owned()))
            .count()
    };

    assert!(ordinary >= 60 && FILES.len() - ordinary >= 60);
    for known in document::inspect::FileType::ALL {
        let taken = Verdict::Taken(known.media_type().to_owned());
        assert!(FILES.iter().any(|it| it.expected == taken), "{known:?}");
    }
    for known in document::inspect::Refusal::ALL {
        assert!(reason(known.reason()) > 0, "{known:?}");
    }
}
