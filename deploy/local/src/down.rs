//! `local down` and `local reset`: stops the portal, and forgets what it kept.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use crate::folder::Folder;
use crate::nats;
use crate::postgres::Cluster;
use crate::progress::Progress;
use crate::started::portal;

/// How long the portal may take: its parts drain one after another, for ten seconds each at the most.
const PATIENCE: Duration = Duration::from_secs(45);

/// Stops whatever runs, the portal first and what it stands on afterwards.
pub async fn down(folder: &Folder) -> anyhow::Result<()> {
    if !folder.root().exists() {
        Progress::new().say("the portal is not running");
        return Ok(());
    }
    let _lock = folder.lock()?;
    if !stop(folder).await? {
        Progress::new().say("the portal is not running");
    }
    Ok(())
}

async fn stop(folder: &Folder) -> anyhow::Result<bool> {
    let progress = Progress::new();
    let step = progress.step("stopping the portal");
    let mut ran = portal(folder)?.stop(PATIENCE).await?;
    // Its program is of no account: a process is known by its arguments.
    ran |= nats::daemon(folder, "nats-server".into())
        .stop(PATIENCE)
        .await?;
    // Without a cluster there is nothing to stop, and maybe no PostgreSQL either.
    if folder.postgres().exists() {
        ran |= Cluster::in_folder(folder.postgres()).await?.stop().await?;
    }
    if ran {
        step.done();
    } else {
        step.unneeded();
    }
    Ok(ran)
}

/// Stops the portal and deletes what it kept, after the person has agreed.
pub async fn reset(folder: &Folder, agreed: bool) -> anyhow::Result<()> {
    let progress = Progress::new();
    let parts: Vec<_> = folder
        .parts()
        .into_iter()
        .filter(|part| part.exists())
        .collect();
    if parts.is_empty() {
        progress.say("there is nothing to delete");
        return Ok(());
    }
    if !agreed && !agree(folder)? {
        progress.say("nothing was deleted");
        return Ok(());
    }
    let _lock = folder.lock()?;
    stop(folder).await?;
    let step = progress.step("deleting what the portal kept");
    for part in parts {
        delete(&part).with_context(|| format!("could not delete {}", part.display()))?;
    }
    step.done();
    Ok(())
}

fn agree(folder: &Folder) -> anyhow::Result<bool> {
    anyhow::ensure!(
        io::stdin().is_terminal(),
        "this deletes all cases, accounts, documents and emails of the portal in {}; say --yes if that is meant",
        folder.root().display()
    );
    eprint!(
        "Delete all cases, accounts, documents and emails of the portal in {}? [y/N] ",
        folder.root().display()
    );
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(is_yes(&answer))
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

fn delete(part: &Path) -> io::Result<()> {
    // A link is deleted and not followed.
    if fs::symlink_metadata(part)?.is_dir() {
        fs::remove_dir_all(part)
    } else {
        fs::remove_file(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for yes in ["y\n", "Y\n", "yes\n", " YES \n"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n\n", "yess\n", "ja\n"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }

    #[tokio::test]
    async fn starting_over_deletes_what_the_portal_kept_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::at(directory.path()).unwrap();
        folder.make().unwrap();
        fs::write(folder.documents().join("letter"), "text").unwrap();
        fs::write(folder.profile(), "ca = ''").unwrap();
        fs::create_dir(folder.root().join("bin")).unwrap();

        reset(&folder, true).await.unwrap();

        assert!(folder.parts().iter().all(|part| !part.exists()));
        assert!(folder.root().join("bin").exists());
    }

    #[tokio::test]
    async fn stopping_what_was_never_started_is_no_error_and_makes_no_folder() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::at(&directory.path().join("never")).unwrap();

        down(&folder).await.unwrap();

        assert!(!folder.root().exists());
    }

    #[test]
    fn a_link_is_deleted_and_not_what_it_leads_to() {
        let directory = tempfile::tempdir().unwrap();
        let kept = directory.path().join("kept");
        let link = directory.path().join("link");
        fs::create_dir(&kept).unwrap();
        std::os::unix::fs::symlink(&kept, &link).unwrap();

        delete(&link).unwrap();

        assert!(kept.exists() && fs::symlink_metadata(&link).is_err());
    }
}
