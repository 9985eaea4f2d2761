//! The operators' way in: a service client, and the profile that the `casework` command reads.

use std::fmt::Write as _;
use std::path::Path;

use kit::config::TlsConfig;
use secrecy::SecretString;
use uuid::Uuid;

use crate::folder::{Folder, write_private};
use crate::ports::Ports;
use crate::secrets::Secrets;
use crate::service::Service;

/// What the operators' client may ask for.
pub const SCOPES: [&str; 12] = [
    "accounts",
    "staff",
    "clients",
    "audit",
    "cases",
    "tasks",
    "messages",
    "documents",
    "import",
    "operations",
    "on-behalf",
    "service-complaints",
];

/// The certificate that the `casework` command proves itself with.
pub const PROCESS: &str = "casework";

const CLIENT_ID: &str = "operators-client-id";
const CLIENT_SECRET: &str = "operators-client-secret";

/// The client's credentials.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Who asks.
    pub client_id: Uuid,
    /// What proves it.
    pub client_secret: SecretString,
}

/// The credentials, if the client has been registered.
pub fn credentials(secrets: &Secrets) -> anyhow::Result<Option<Credentials>> {
    use secrecy::ExposeSecret as _;

    let (Some(id), Some(client_secret)) = (secrets.kept(CLIENT_ID)?, secrets.kept(CLIENT_SECRET)?)
    else {
        return Ok(None);
    };
    Ok(Some(Credentials {
        client_id: id.expose_secret().parse()?,
        client_secret,
    }))
}

/// Keeps the credentials of a client that was registered just now. The secret is kept last: without it the pair is not there.
pub fn keep(secrets: &Secrets, credentials: &Credentials) -> anyhow::Result<()> {
    secrets.keep(CLIENT_ID, &credentials.client_id.to_string().into())?;
    secrets.keep(CLIENT_SECRET, &credentials.client_secret)
}

/// Writes the profile. The secret stays in its own file.
pub fn write_profile(
    folder: &Folder,
    secrets: &Secrets,
    ports: Ports,
    credentials: &Credentials,
) -> anyhow::Result<()> {
    let tls = crate::certificates::of(&folder.tls(), PROCESS);
    let profile = profile(
        &tls,
        ports,
        credentials.client_id,
        &secrets.path(CLIENT_SECRET),
    );
    write_private(&folder.profile(), profile.as_bytes())
}

fn profile(tls: &TlsConfig, ports: Ports, client_id: Uuid, client_secret_file: &Path) -> String {
    // TOML's basic strings escape as JSON's do.
    let text =
        |value: &dyn std::fmt::Display| serde_json::Value::String(value.to_string()).to_string();
    let mut profile = String::from(
        "# How the `casework` command reaches this portal. Written anew at every start.\n",
    );
    let mut line = |key: &str, value: String| {
        writeln!(profile, "{key} = {value}").expect("a string takes all that is written");
    };
    line("ca", text(&tls.ca.display()));
    line("certificate", text(&tls.certificate.display()));
    line("key", text(&tls.key.display()));
    line("client_id", text(&client_id));
    line("client_secret_file", text(&client_secret_file.display()));
    profile.push_str("\n[services]\n");
    for service in Service::ALL {
        writeln!(profile, "{} = \"{}\"", service.name(), url(ports, service))
            .expect("a string takes all that is written");
    }
    profile
}

/// Where a service is called.
#[must_use]
pub fn url(ports: Ports, service: Service) -> String {
    format!("https://localhost:{}", ports.grpc(service))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn somebody() -> Credentials {
        Credentials {
            client_id: Uuid::from_u128(7),
            client_secret: "hush".into(),
        }
    }

    #[test]
    fn the_profile_names_every_service_and_not_the_secret() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::at(directory.path()).unwrap();
        let secrets = Secrets::of(directory.path().to_owned());

        write_profile(
            &folder,
            &secrets,
            Ports::from_gateway(8080).unwrap(),
            &somebody(),
        )
        .unwrap();

        let profile = std::fs::read_to_string(folder.profile()).unwrap();
        assert!(profile.contains("client_id = \"00000000-0000-0000-0000-000000000007\""));
        assert!(profile.contains("\n[services]\nidentity = \"https://localhost:8091\"\n"));
        assert!(profile.contains("service-complaint = \"https://localhost:8096\""));
        assert!(profile.contains("operators-client-secret\""));
        assert!(!profile.contains("hush"));
        assert_eq!(
            folder.profile().metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_strange_path_is_quoted() {
        let tls = crate::certificates::of(Path::new("/a \"b\"\\c"), "casework");

        let profile = profile(
            &tls,
            Ports::from_gateway(8080).unwrap(),
            Uuid::nil(),
            Path::new("/secret"),
        );

        assert!(
            profile.contains(r#"ca = "/a \"b\"\\c/ca.pem""#),
            "{profile}"
        );
    }

    #[test]
    fn credentials_are_there_once_both_parts_are_kept() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = Secrets::of(directory.path().to_owned());
        assert!(credentials(&secrets).unwrap().is_none());
        secrets
            .keep(CLIENT_ID, &"00000000-0000-0000-0000-000000000001".into())
            .unwrap();
        assert!(credentials(&secrets).unwrap().is_none());

        keep(&secrets, &somebody()).unwrap();

        assert_eq!(
            credentials(&secrets).unwrap().unwrap().client_id,
            somebody().client_id
        );
    }
}
