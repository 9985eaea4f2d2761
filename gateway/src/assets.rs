//! The built stylesheet and scripts, whose names hold the hash of their content.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Where the built files lie and what they are called today.
pub struct Assets {
    names: HashMap<String, String>,
    folder: PathBuf,
}

impl Assets {
    /// Reads the manifest that the build of the assets leaves.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let manifest = folder.join("manifest.json");
        let json = std::fs::read(&manifest).with_context(|| {
            format!(
                "could not read {} (static_dir): build the assets first",
                manifest.display()
            )
        })?;
        let names: HashMap<String, String> = serde_json::from_slice(&json)
            .with_context(|| format!("{} is not a manifest", manifest.display()))?;
        for needed in ["portal.css", "portal.js", "favicon.svg"] {
            anyhow::ensure!(
                names.contains_key(needed),
                "{} has no {needed}",
                manifest.display()
            );
        }
        Ok(Self {
            names,
            folder: folder.to_owned(),
        })
    }

    /// The address of a file. An unknown one gets an address that answers with 404, rather than a page that fails.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        format!(
            "/static/{}",
            self.names.get(name).map_or(name, String::as_str)
        )
    }

    /// The folder that is served.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
