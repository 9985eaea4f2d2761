//! Files that other programs make, ordinary and hostile, each inspected as an upload is (DO-2).
//!
//! `make.py` beside this file makes them with what people use: an office suite, libraries of Office files, PDFs and
//! pictures, a converter of sound and film. `deploy/local/tools.sh producers` installs those.

mod files;
mod mutations;
mod verdicts;

use std::time::Duration;

use peak_alloc::PeakAlloc;
use tokio::sync::Mutex;

/// Counts what is allocated, so that the tests can tell how much memory a look takes.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a look into any file may allocate, by what the portal promises.
const MOST_MEMORY: usize = 64 * 1024 * 1024;

/// What a look into any file may cost of one processor: two seconds, as the portal promises of what is delivered. What a compiler did not
/// optimise, as in tests, takes several times as long. It is the processor's time and not the clock's: a busy machine fails nothing.
const MOST_WORK: Duration = if cfg!(debug_assertions) {
    Duration::from_secs(12)
} else {
    Duration::from_secs(2)
};

/// Memory is counted for the whole process, so that one test at a time may look into files.
static ALONE: Mutex<()> = Mutex::const_new(());
