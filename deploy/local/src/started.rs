//! What a portal was started with: the process reads it, and so does whoever asks about it later.

use std::fs;
use std::io;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::daemon::Daemon;
use crate::folder::{Folder, write_private};
use crate::ports::Ports;

/// The port of a portal that was never started and is not told another.
pub const USUAL_PORT: u16 = 8080;

/// What a portal was started with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The gateway's port.
    pub port: u16,
    /// Where telemetry goes, if anywhere.
    pub otlp_endpoint: Option<String>,
    /// The clamd that scans documents, if any does.
    pub clamav: Option<String>,
}

impl Started {
    /// What the portal in a folder was last started with.
    pub fn read(folder: &Folder) -> anyhow::Result<Option<Self>> {
        let path = path(folder);
        match fs::read(&path) {
            Ok(json) => {
                let started = serde_json::from_slice(&json);
                started
                    .map(Some)
                    .with_context(|| format!("{} can't be read", path.display()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("could not read {}", path.display())),
        }
    }

    /// Writes it down.
    pub fn write(&self, folder: &Folder) -> anyhow::Result<()> {
        let json = serde_json::to_vec_pretty(self).expect("a port and an address are JSON");
        write_private(&path(folder), &json)
    }

    /// Its ports.
    pub fn ports(&self) -> anyhow::Result<Ports> {
        Ok(Ports::from_gateway(self.port)?)
    }
}

fn path(folder: &Folder) -> PathBuf {
    folder.run().join("portal.json")
}

/// The portal's own process: this program once more, as `local run`.
pub fn portal(folder: &Folder) -> anyhow::Result<Daemon> {
    let program = std::env::current_exe().context("could not find this program itself")?;
    let arguments = vec!["run".into(), "--dir".into(), folder.root().into()];
    Ok(Daemon::new(
        "the portal",
        program,
        arguments,
        folder.run().join("portal.pid"),
        folder.portal_log(),
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_was_written_down_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::at(directory.path()).unwrap();
        folder.make().unwrap();
        assert_eq!(Started::read(&folder).unwrap(), None);

        let started = Started {
            port: 9090,
            otlp_endpoint: Some("http://127.0.0.1:4317".to_owned()),
            clamav: Some("127.0.0.1:3310".to_owned()),
        };
        started.write(&folder).unwrap();

        assert_eq!(Started::read(&folder).unwrap(), Some(started));
    }

    #[test]
    fn a_file_that_is_no_such_thing_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::at(Path::new(directory.path())).unwrap();
        folder.make().unwrap();
        fs::write(path(&folder), "{").unwrap();

        let error = Started::read(&folder).unwrap_err();

        assert!(
            error.to_string().ends_with("portal.json can't be read"),
            "{error}"
        );
    }
}
