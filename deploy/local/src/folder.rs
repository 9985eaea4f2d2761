//! Where everything of one portal lies: below one folder, private to whoever started it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The folder of one portal. Tools that belong to no portal in particular lie beside what is named here, and are left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at a path, which is made absolute: the processes that are started have working directories of their own.
    pub fn at(path: &Path) -> anyhow::Result<Self> {
        let root = std::path::absolute(path)
            .with_context(|| format!("{} is not a folder's name", path.display()))?;
        Ok(Self { root })
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// PostgreSQL's cluster and log.
    #[must_use]
    pub fn postgres(&self) -> PathBuf {
        self.root.join("pg")
    }

    /// NATS's configuration and streams.
    #[must_use]
    pub fn nats(&self) -> PathBuf {
        self.root.join("nats")
    }

    /// The object store.
    #[must_use]
    pub fn documents(&self) -> PathBuf {
        self.root.join("documents")
    }

    /// Passwords and keys.
    #[must_use]
    pub fn secrets(&self) -> PathBuf {
        self.root.join("secrets")
    }

    /// Certificates and their keys.
    #[must_use]
    pub fn tls(&self) -> PathBuf {
        self.root.join("tls")
    }

    /// Logs.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("log")
    }

    /// What the portal's own process says.
    #[must_use]
    pub fn portal_log(&self) -> PathBuf {
        self.logs().join("portal.log")
    }

    /// Process ids, and what the portal was started with.
    #[must_use]
    pub fn run(&self) -> PathBuf {
        self.root.join("run")
    }

    /// The operators' profile.
    #[must_use]
    pub fn profile(&self) -> PathBuf {
        self.root.join("operator.toml")
    }

    /// What is known of the demonstration caseload.
    #[must_use]
    pub fn demonstration(&self) -> PathBuf {
        self.root.join("demonstration.json")
    }

    /// All that a portal keeps, and nothing else: what starting over deletes.
    #[must_use]
    pub fn parts(&self) -> [PathBuf; 9] {
        [
            self.profile(),
            self.demonstration(),
            self.run(),
            self.postgres(),
            self.nats(),
            self.documents(),
            self.logs(),
            self.tls(),
            self.secrets(),
        ]
    }

    /// Makes the folders that hold secrets or personal data, for their owner alone. PostgreSQL's is made with its cluster.
    pub fn make(&self) -> anyhow::Result<()> {
        fs::create_dir_all(&self.root)
            .with_context(|| format!("could not make {}", self.root.display()))?;
        for folder in [
            self.nats(),
            self.documents(),
            self.secrets(),
            self.tls(),
            self.logs(),
            self.run(),
        ] {
            make_private(&folder)
                .with_context(|| format!("could not make {}", folder.display()))?;
        }
        Ok(())
    }

    /// Keeps two commands from changing the same portal at once; the folder is free again when the lock is dropped.
    pub fn lock(&self) -> anyhow::Result<fs::File> {
        fs::create_dir_all(&self.root)
            .with_context(|| format!("could not make {}", self.root.display()))?;
        let path = self.root.join("portal.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)?;
        file.try_lock().with_context(|| {
            format!(
                "another command is at work on {}; wait until it has ended",
                self.root.display()
            )
        })?;
        Ok(file)
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        }
        made => made,
    }
}

/// Writes a file that only its owner can read. It appears whole or not at all, whatever happens meanwhile.
pub fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let aside = path.with_extension("part");
    let write = || -> io::Result<()> {
        // What an interrupted run left behind may have other modes.
        match fs::remove_file(&aside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&aside)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&aside, path)
    };
    write().with_context(|| format!("could not write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn folders_are_for_their_owner_alone_even_when_they_were_there_before() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::at(directory.path()).unwrap();
        fs::create_dir(folder.secrets()).unwrap();
        fs::set_permissions(folder.secrets(), fs::Permissions::from_mode(0o755)).unwrap();

        folder.make().unwrap();

        for path in [
            folder.secrets(),
            folder.tls(),
            folder.documents(),
            folder.nats(),
            folder.logs(),
            folder.run(),
        ] {
            assert_eq!(mode(&path), 0o700, "{}", path.display());
        }
    }

    #[test]
    fn a_private_file_is_for_its_owner_alone_and_replaces_the_former_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        fs::write(&path, "former").unwrap();
        fs::write(path.with_extension("part"), "left behind").unwrap();

        write_private(&path, b"new").unwrap();

        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), 0o600);
        assert!(!path.with_extension("part").exists());
    }

    #[test]
    fn two_commands_do_not_work_on_one_portal() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::at(directory.path()).unwrap();
        let first = folder.lock().unwrap();

        let refused = folder.lock().unwrap_err();

        assert!(
            refused.to_string().contains("another command is at work"),
            "{refused}"
        );
        drop(first);
        assert!(folder.lock().is_ok());
    }

    #[test]
    fn what_is_deleted_lies_below_the_folder_and_spares_the_tools() {
        let folder = Folder::at(Path::new("/somewhere/.local")).unwrap();

        for part in folder.parts() {
            assert_eq!(part.parent(), Some(folder.root()));
        }
        for tool in ["bin", "venv", "pg-test", "stamps"] {
            assert!(
                !folder.parts().contains(&folder.root().join(tool)),
                "{tool}"
            );
        }
    }
}
