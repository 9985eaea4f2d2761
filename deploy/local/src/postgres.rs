//! A PostgreSQL cluster of the portal's own: on loopback, durable, and never the machine's.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::process::Command;

use crate::daemon::last_lines;
use crate::folder::write_private;

/// Where Debian keeps the server's programs: a folder for every major version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The oldest major version that will do.
const OLDEST: u32 = 15;

/// Who the cluster belongs to inside, and outside when root started it.
const SUPERUSER: &str = "postgres";

/// A cluster, running or not.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    user: User,
}

/// Who runs the server.
#[derive(Debug, Clone, PartialEq, Eq)]
enum User {
    /// Whoever runs the command.
    Same,
    /// Somebody else, because root may not.
    Other {
        /// Whose the cluster is: the user `postgres`, or whoever made it before root came to stop it.
        name: String,
        /// That user's group.
        group: String,
        /// Whether the user needs leave to pass through folders that are root's alone, such as a checkout below root's home.
        passage: bool,
    },
}

impl Cluster {
    /// The cluster in a folder, with the programs of its version, or of the newest one while there is no cluster.
    pub async fn in_folder(folder: PathBuf) -> anyhow::Result<Self> {
        let made_by = fs::read_to_string(folder.join("data/PG_VERSION"))
            .ok()
            .and_then(|version| version.trim().parse().ok());
        let programs = Path::new(VERSIONS)
            .join(choose_version(&installed(), made_by)?.to_string())
            .join("bin");
        let mut cluster = Self {
            programs,
            folder,
            user: User::Same,
        };
        if rustix::process::geteuid().is_root() {
            let (name, group) = match fs::metadata(cluster.data()) {
                Ok(data) => (data.uid().to_string(), data.gid().to_string()),
                Err(_) => ("postgres".to_owned(), "postgres".to_owned()),
            };
            cluster.user = User::Other {
                name: name.clone(),
                group: group.clone(),
                passage: false,
            };
            let enter = cluster
                .command(Path::new("test"))
                .arg("-x")
                .arg(cluster.parent())
                .status()
                .await;
            let enters = enter.context("could not run setpriv")?.success();
            cluster.user = User::Other {
                name,
                group,
                passage: !enters,
            };
        }
        Ok(cluster)
    }

    fn parent(&self) -> &Path {
        self.folder
            .parent()
            .expect("the cluster's folder lies in the portal's")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// A command as the server's user, in a working directory that everybody can enter.
    fn command(&self, program: &Path) -> Command {
        let mut command = match &self.user {
            User::Same => Command::new(program),
            User::Other {
                name,
                group,
                passage,
            } => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", name, "--regid", group, "--init-groups"]);
                if *passage {
                    command.args([
                        "--inh-caps=+dac_read_search",
                        "--ambient-caps=+dac_read_search",
                    ]);
                }
                command.arg(program);
                command
            }
        };
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    async fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<Output> {
        self.run_on(&self.data(), program, arguments).await
    }

    async fn run_on(
        &self,
        data: &Path,
        program: &str,
        arguments: &[&str],
    ) -> anyhow::Result<Output> {
        self.command(&self.programs.join(program))
            .arg("-D")
            .arg(data)
            .args(arguments)
            .output()
            .await
            .with_context(|| format!("could not run {program}"))
    }

    /// Whether there is a cluster.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.data().join("PG_VERSION").exists()
    }

    /// Makes the cluster, with the superuser's password.
    pub async fn make(&self, password: &SecretString) -> anyhow::Result<()> {
        match fs::DirBuilder::new().mode(0o700).create(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(error)
                    .with_context(|| format!("could not make {}", self.folder.display()));
            }
            _ => {}
        }
        // The cluster is made aside, so that an interrupted run leaves nothing that looks like one.
        let aside = self.folder.join("data.part");
        if aside.exists() {
            fs::remove_dir_all(&aside)?;
        }
        let password_file = self.folder.join("password");
        write_private(&password_file, password.expose_secret().as_bytes())?;
        if let User::Other { name, group, .. } = &self.user {
            let owner = Command::new("chown")
                .arg(format!("{name}:{group}"))
                .args([&self.folder, &password_file])
                .status()
                .await;
            anyhow::ensure!(
                owner?.success(),
                "could not give {} to the user {name}",
                self.folder.display()
            );
        }
        let from = format!("--pwfile={}", password_file.display());
        let made = self
            .run_on(
                &aside,
                "initdb",
                &[
                    "-U",
                    SUPERUSER,
                    "-A",
                    "scram-sha-256",
                    &from,
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8",
                    "--data-checksums",
                ],
            )
            .await;
        fs::remove_file(&password_file)?;
        let made = made?;
        anyhow::ensure!(
            made.status.success(),
            "initdb failed: {}",
            String::from_utf8_lossy(&made.stderr).trim()
        );
        fs::rename(&aside, self.data())?;
        Ok(())
    }

    /// The port that it listens on, if it runs.
    pub async fn port(&self) -> anyhow::Result<Option<u16>> {
        if !self.exists() || !self.run("pg_ctl", &["status"]).await?.status.success() {
            return Ok(None);
        }
        // The fourth line of this file is the port; PostgreSQL documents it.
        let file = self.data().join("postmaster.pid");
        let text = fs::read_to_string(&file)
            .with_context(|| format!("could not read {}", file.display()))?;
        let port = text
            .lines()
            .nth(3)
            .and_then(|line| line.trim().parse().ok());
        port.map(Some)
            .with_context(|| format!("{} names no port", file.display()))
    }

    /// Starts it and waits until it takes connections. All settings but these are PostgreSQL's own, which lose nothing.
    pub async fn start(&self, port: u16) -> anyhow::Result<()> {
        // No socket: its path may not be longer than 107 bytes, and a checkout may be deeper than that.
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c timezone=UTC"
        );
        let log = self.log();
        let log_argument = log.to_string_lossy();
        let started = self
            .run(
                "pg_ctl",
                &[
                    "-w",
                    "-t",
                    "60",
                    "-l",
                    &log_argument,
                    "-o",
                    &options,
                    "start",
                ],
            )
            .await?;
        anyhow::ensure!(
            started.status.success(),
            "PostgreSQL did not start; {}",
            last_lines(&log, 20)
        );
        Ok(())
    }

    /// Stops it, after the transactions that run are rolled back. `false` when it did not run.
    pub async fn stop(&self) -> anyhow::Result<bool> {
        if self.port().await?.is_none() {
            return Ok(false);
        }
        let stopped = self
            .run("pg_ctl", &["-w", "-t", "60", "-m", "fast", "stop"])
            .await?;
        anyhow::ensure!(
            stopped.status.success(),
            "PostgreSQL did not stop; {}",
            last_lines(&self.log(), 20)
        );
        Ok(true)
    }
}

/// How to connect as the superuser.
#[must_use]
pub fn superuser(port: u16, password: &SecretString) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .username(SUPERUSER)
        .password(password.expose_secret())
        .database("postgres")
        .ssl_mode(PgSslMode::Disable)
}

fn installed() -> Vec<u32> {
    let entries = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().join("bin/postgres").exists())
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// A cluster only runs under the major version that made it; a new one gets the newest.
fn choose_version(installed: &[u32], made_by: Option<u32>) -> anyhow::Result<u32> {
    match made_by {
        Some(version) => {
            anyhow::ensure!(
                installed.contains(&version),
                "the portal's database was made by PostgreSQL {version}, which is not installed any more; install it, or start over with `make reset`"
            );
            Ok(version)
        }
        None => installed
            .iter()
            .copied()
            .max()
            .filter(|version| *version >= OLDEST)
            .with_context(|| format!("there is no PostgreSQL {OLDEST} or later below {VERSIONS}; deploy/local/tools.sh installs it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_cluster_gets_the_newest_version() {
        assert_eq!(choose_version(&[15, 17, 16], None).unwrap(), 17);
    }

    #[test]
    fn a_cluster_keeps_the_version_that_made_it() {
        assert_eq!(choose_version(&[15, 17], Some(15)).unwrap(), 15);
        let gone = choose_version(&[17], Some(15)).unwrap_err().to_string();
        assert!(
            gone.contains("PostgreSQL 15, which is not installed"),
            "{gone}"
        );
    }

    #[test]
    fn an_old_version_alone_is_refused() {
        for installed in [&[][..], &[13, 14]] {
            let refused = choose_version(installed, None).unwrap_err().to_string();
            assert!(
                refused.contains("there is no PostgreSQL 15 or later"),
                "{refused}"
            );
        }
    }
}
