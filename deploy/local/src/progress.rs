//! What a person sees while the portal is started: a line for every step, with a spinner or a bar where there is a terminal.

use std::io::{IsTerminal as _, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows steps, on stderr.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    terminal: bool,
}

impl Progress {
    /// With spinners and bars if stderr is a terminal, with plain lines otherwise.
    #[must_use]
    pub fn new() -> Self {
        Self {
            terminal: stderr().is_terminal(),
        }
    }

    /// Begins a step of unknown length.
    pub fn step(self, what: impl Into<String>) -> Step {
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
            .expect("the template is right");
        self.begin(what.into(), ProgressBar::no_length().with_style(style))
    }

    /// Begins a step of so many parts.
    pub fn count(self, what: impl Into<String>, parts: usize) -> Step {
        let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len}")
            .expect("the template is right");
        self.begin(
            what.into(),
            ProgressBar::new(parts as u64).with_style(style),
        )
    }

    fn begin(self, what: String, bar: ProgressBar) -> Step {
        let bar = bar.with_message(what.clone());
        if self.terminal {
            bar.enable_steady_tick(Duration::from_millis(100));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Step {
            what,
            bar,
            began: Instant::now(),
            done: false,
        }
    }

    /// Says a line between steps.
    pub fn say(self, line: &str) {
        eprintln!("{line}");
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

/// A step that is under way. One that is dropped before it was done has failed, and says so.
#[derive(Debug)]
#[must_use = "a step is under way until it is done"]
pub struct Step {
    what: String,
    bar: ProgressBar,
    began: Instant,
    done: bool,
}

impl Step {
    /// So many parts more are done.
    pub fn advance(&self, parts: usize) {
        self.bar.inc(parts as u64);
    }

    /// There was nothing to do, and nothing is said of the step.
    pub fn unneeded(mut self) {
        self.done = true;
        self.bar.finish_and_clear();
    }

    /// The step is done.
    pub fn done(mut self) {
        self.done = true;
        self.bar.finish_and_clear();
        let seconds = self.began.elapsed().as_secs_f64();
        eprintln!("✓ {} ({seconds:.1} s)", self.what);
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.done {
            self.bar.finish_and_clear();
            eprintln!("✗ {}", self.what);
        }
    }
}
