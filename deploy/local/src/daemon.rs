//! Processes that go on when the command has ended: started in a session of their own, known again by their process id.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::folder::write_private;

/// Past this size a log is put aside when its process starts again.
const LARGE_LOG: u64 = 32 * 1024 * 1024;

/// One such process, running or not.
#[derive(Debug, Clone)]
pub struct Daemon {
    /// What people call it.
    name: &'static str,
    program: PathBuf,
    arguments: Vec<OsString>,
    pid_file: PathBuf,
    log: PathBuf,
}

/// How a daemon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was never started, or stopped when told to.
    Stopped,
    /// It runs.
    Running {
        /// Its process id.
        pid: Pid,
        /// When it was started.
        since: DateTime<Utc>,
    },
    /// It was started, was not told to stop, and is gone.
    Ended,
}

impl Daemon {
    /// A process with its command line, the file of its id and its log.
    #[must_use]
    pub fn new(
        name: &'static str,
        program: PathBuf,
        arguments: Vec<OsString>,
        pid_file: PathBuf,
        log: PathBuf,
    ) -> Self {
        Self {
            name,
            program,
            arguments,
            pid_file,
            log,
        }
    }

    /// How it is. A process that has its id by chance, after a restart of the machine, is not taken for it: the command line tells.
    pub fn standing(&self) -> anyhow::Result<Standing> {
        let read = |path: &Path| {
            fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
        };
        if !self.pid_file.exists() {
            return Ok(Standing::Stopped);
        }
        let pid = read(&self.pid_file)?
            .trim()
            .parse()
            .ok()
            .and_then(Pid::from_raw);
        match pid {
            Some(pid) if self.is(pid) => {
                let since = fs::metadata(&self.pid_file)?.modified()?.into();
                Ok(Standing::Running { pid, since })
            }
            _ => Ok(Standing::Ended),
        }
    }

    fn is(&self, pid: Pid) -> bool {
        // A process that ended and was not yet collected by its parent has an empty command line.
        fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero()))
            .is_ok_and(|command_line| has_arguments(&command_line, &self.arguments))
    }

    /// Starts it. Whoever holds the child learns when it ends early; dropping the child does not stop it.
    pub fn start(&self) -> anyhow::Result<Child> {
        put_aside_if_large(&self.log)?;
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.log)
            .with_context(|| format!("could not write {}", self.log.display()))?;
        // A process in a session of its own gets no signal from the terminal. `setsid` becomes the program, so its id stays.
        let child = Command::new("setsid")
            .arg(&self.program)
            .args(&self.arguments)
            .current_dir("/")
            // Its words go to a file, where colours are only in the way.
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("could not start {}", self.name))?;
        let pid = child
            .id()
            .context("a child that was not awaited has an id")?;
        write_private(&self.pid_file, pid.to_string().as_bytes())?;
        Ok(child)
    }

    /// Tells it to stop and waits until it has; after `patience` it is killed. `false` when it did not run.
    pub async fn stop(&self, patience: Duration) -> anyhow::Result<bool> {
        let Standing::Running { pid, .. } = self.standing()? else {
            self.forget()?;
            return Ok(false);
        };
        send(pid, Signal::TERM).with_context(|| format!("could not stop {}", self.name))?;
        if !self.gone(pid, patience).await {
            send(pid, Signal::KILL).with_context(|| format!("could not kill {}", self.name))?;
            anyhow::ensure!(self.gone(pid, patience).await, "{} does not end", self.name);
        }
        self.forget()?;
        Ok(true)
    }

    async fn gone(&self, pid: Pid, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while self.is(pid) {
            if Instant::now() >= until {
                return false;
            }
            sleep(Duration::from_millis(50)).await;
        }
        true
    }

    fn forget(&self) -> anyhow::Result<()> {
        match fs::remove_file(&self.pid_file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("could not remove {}", self.pid_file.display()))
            }
            _ => Ok(()),
        }
    }

    /// The end of its log, indented, for an error message.
    #[must_use]
    pub fn last_words(&self) -> String {
        last_lines(&self.log, 20)
    }
}

fn send(pid: Pid, signal: Signal) -> io::Result<()> {
    match kill_process(pid, signal) {
        // It ended by itself just now.
        Err(rustix::io::Errno::SRCH) => Ok(()),
        sent => Ok(sent?),
    }
}

/// Whether a command line, as `/proc` gives it, ends with these arguments.
fn has_arguments(command_line: &[u8], arguments: &[OsString]) -> bool {
    let Some(command_line) = command_line.strip_suffix(b"\0") else {
        return false;
    };
    let given: Vec<&OsStr> = command_line
        .split(|byte| *byte == 0)
        .map(OsStr::from_bytes)
        .collect();
    !arguments.is_empty()
        && given.len() > arguments.len()
        && given.ends_with(
            &arguments
                .iter()
                .map(OsString::as_os_str)
                .collect::<Vec<_>>(),
        )
}

fn put_aside_if_large(log: &Path) -> io::Result<()> {
    match fs::metadata(log) {
        Ok(metadata) if metadata.len() > LARGE_LOG => {
            fs::rename(log, log.with_extension("log.old"))
        }
        _ => Ok(()),
    }
}

/// The last lines of a log, each indented, and where to read on.
#[must_use]
pub fn last_lines(log: &Path, lines: usize) -> String {
    /// Twenty lines are seldom longer.
    const TAIL: u64 = 32 * 1024;
    let read = || -> io::Result<String> {
        let mut file = fs::File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    let last = &all[all.len().saturating_sub(lines)..];
    let mut end = format!("the end of {}:\n", log.display());
    for line in last {
        end.extend(["    ", line, "\n"]);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper(directory: &Path, seconds: &str) -> Daemon {
        Daemon::new(
            "a sleeper",
            "sleep".into(),
            vec![seconds.into()],
            directory.join("pid"),
            directory.join("log"),
        )
    }

    #[tokio::test]
    async fn a_daemon_is_known_again_and_stopped() {
        let directory = tempfile::tempdir().unwrap();
        let daemon = sleeper(directory.path(), "3601");
        assert_eq!(daemon.standing().unwrap(), Standing::Stopped);

        let mut child = daemon.start().unwrap();
        let pid = loop {
            if let Standing::Running { pid, .. } = daemon.standing().unwrap() {
                // Until `setsid` has become the program: in between, a process has no command line to be known by.
                let name = fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_nonzero()));
                if name.is_ok_and(|it| it.trim() == "sleep") {
                    break pid;
                }
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(child.id(), u32::try_from(pid.as_raw_nonzero().get()).ok());

        let (stopped, _) = tokio::join!(daemon.stop(Duration::from_secs(10)), child.wait());
        assert!(stopped.unwrap());
        assert_eq!(daemon.standing().unwrap(), Standing::Stopped);
        assert!(!daemon.stop(Duration::ZERO).await.unwrap());
    }

    #[tokio::test]
    async fn a_daemon_that_ended_by_itself_is_not_taken_for_stopped() {
        let directory = tempfile::tempdir().unwrap();
        let daemon = sleeper(directory.path(), "0");

        daemon.start().unwrap().wait().await.unwrap();

        assert_eq!(daemon.standing().unwrap(), Standing::Ended);
    }

    #[tokio::test]
    async fn somebody_elses_process_with_the_same_id_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let mut other = Command::new("sleep").arg("3602").spawn().unwrap();
        let daemon = sleeper(directory.path(), "3603");
        write_private(&daemon.pid_file, other.id().unwrap().to_string().as_bytes()).unwrap();

        assert_eq!(daemon.standing().unwrap(), Standing::Ended);
        assert!(!daemon.stop(Duration::ZERO).await.unwrap());

        assert!(other.try_wait().unwrap().is_none(), "it was stopped");
        other.kill().await.unwrap();
    }

    #[test]
    fn a_command_line_is_compared_argument_by_argument() {
        let arguments: Vec<OsString> = ["run", "--dir", "/a b"].map(OsString::from).into();

        assert!(has_arguments(b"/bin/local\0run\0--dir\0/a b\0", &arguments));
        assert!(!has_arguments(b"/bin/local\0run\0--dir\0/a\0", &arguments));
        assert!(!has_arguments(b"/bin/local\0run\0--dir\0/a b", &arguments));
        assert!(!has_arguments(b"", &arguments));
        assert!(!has_arguments(b"/bin/local\0", &[]));
    }

    #[test]
    fn the_last_lines_of_a_log_are_shown_and_no_log_is_no_error() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        assert!(last_lines(&log, 2).starts_with("the end of"));

        fs::write(&log, "one\ntwo\nthree\n").unwrap();

        assert!(last_lines(&log, 2).ends_with("    two\n    three\n"));
        assert!(!last_lines(&log, 2).contains("one"));
    }
}
