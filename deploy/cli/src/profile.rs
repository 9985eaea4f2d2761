//! The profile: where the portal is, and who calls.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kit::config::TlsConfig;
use secrecy::SecretString;
use serde::Deserialize;

/// Where a profile is looked for, here and in every folder above.
const USUAL: &str = ".local/operator.toml";

/// Where the portal is, and who calls, as it is written. Files are named from the profile's own folder, wherever the command is run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    ca: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    client_id: String,
    client_secret_file: PathBuf,
    services: HashMap<String, String>,
}

/// A profile that was read.
pub(crate) struct Profile {
    /// What the command proves itself with.
    pub(crate) tls: TlsConfig,
    /// The service client that calls.
    pub(crate) client_id: String,
    /// Its secret.
    pub(crate) client_secret: SecretString,
    /// The address of each service, by its name.
    pub(crate) services: HashMap<String, String>,
}

/// Reads the profile that was named, or the usual one.
pub(crate) fn load(named: Option<PathBuf>) -> anyhow::Result<Profile> {
    let path = match named {
        Some(path) => path,
        None => find(&std::env::current_dir()?).with_context(|| {
            format!("there is no {USUAL} here or above: start the portal with `make up`, or name a profile with --profile")
        })?,
    };
    let file: Written = config::Config::builder()
        .add_source(config::File::from(path.as_path()).format(config::FileFormat::Toml))
        .build()
        .and_then(config::Config::try_deserialize)
        .with_context(|| format!("{} is not a profile", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let secret_file = folder.join(file.client_secret_file);
    let secret = std::fs::read_to_string(&secret_file)
        .with_context(|| format!("could not read the secret at {}", secret_file.display()))?;
    if is_open(&secret_file)? {
        eprintln!(
            "casework: warning: anybody can read the secret at {}: `chmod 600` keeps it yours",
            secret_file.display()
        );
    }
    Ok(Profile {
        tls: TlsConfig {
            ca: folder.join(file.ca),
            certificate: folder.join(file.certificate),
            key: folder.join(file.key),
        },
        client_id: file.client_id,
        client_secret: SecretString::from(secret.trim().to_owned()),
        services: file.services,
    })
}

/// Whether anybody on the machine can read a file. A group can be meant to: a cluster mounts secrets for one.
fn is_open(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;

    Ok(path.metadata()?.permissions().mode() & 0o004 != 0)
}

fn find(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .map(|folder| folder.join(USUAL))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn the_usual_profile_is_found_from_a_folder_below() {
        let root = tempfile::tempdir().unwrap();
        let below = root.path().join("services/case");
        std::fs::create_dir_all(root.path().join(".local")).unwrap();
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(root.path().join(USUAL), "").unwrap();

        assert_eq!(find(&below), Some(root.path().join(USUAL)));
    }

    #[test]
    fn files_are_named_from_the_profiles_own_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("operator.toml");
        std::fs::write(&path, "ca = 'tls/ca.pem'\ncertificate = '/etc/b'\nkey = 'c'\nclient_id = 'd'\nclient_secret_file = 'secret'\n[services]\n").unwrap();
        std::fs::write(folder.path().join("secret"), "hush\n").unwrap();

        let profile = load(Some(path)).unwrap();

        assert_eq!(profile.client_secret.expose_secret(), "hush");
        assert_eq!(profile.tls.ca, folder.path().join("tls/ca.pem"));
        assert_eq!(profile.tls.certificate, Path::new("/etc/b"));
    }

    #[test]
    fn a_secret_that_anybody_can_read_is_noticed() {
        use std::os::unix::fs::PermissionsExt as _;

        let file = tempfile::NamedTempFile::new().unwrap();
        for (mode, open) in [(0o600, false), (0o640, false), (0o604, true), (0o644, true)] {
            file.as_file()
                .set_permissions(std::fs::Permissions::from_mode(mode))
                .unwrap();

            assert_eq!(is_open(file.path()).unwrap(), open, "{mode:o}");
        }
    }

    #[test]
    fn a_profile_with_an_unknown_setting_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("operator.toml");
        std::fs::write(&path, "ca = 'a'\ncertificate = 'b'\nkey = 'c'\nclient_id = 'd'\nclient_secret_file = 'e'\nsecrett = 'f'\n[services]\n").unwrap();

        let error = load(Some(path)).err().unwrap();

        assert!(format!("{error:#}").contains("secrett"), "{error:#}");
    }
}
