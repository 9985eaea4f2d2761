//! Files that other programs make, ordinary and hostile, each inspected as an upload is (DO-2).
//!
//! `make.py` beside this file makes them with what people use: an office suite, libraries of Office files, PDFs and
//! pictures, a converter of sound and film. `deploy/local/tools.sh producers` installs those.

mod files;
mod mutations;
mod verdicts;

use peak_alloc::PeakAlloc;
use tokio::sync::Mutex;

/// Counts what is allocated, so that the tests can tell how much memory a look takes.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a look into any file may allocate, by what the portal promises.
const MOST_MEMORY: usize = 64 * 1024 * 1024;

/// Memory is counted for the whole process, so that one test at a time may look into files.
static ALONE: Mutex<()> = Mutex::const_new(());
