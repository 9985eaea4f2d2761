//! Certificates of processes, from an authority that lives as long as the test process.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use kit::config::TlsConfig;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};

struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    made: Mutex<HashMap<String, TlsConfig>>,
}

static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);

/// What the process of this name proves itself with: certificates are made when they are first asked for.
#[must_use]
pub fn tls(process: &str) -> TlsConfig {
    let mut made = AUTHORITY.made.lock().expect("no holder of the lock panics");
    made.entry(process.to_owned())
        .or_insert_with(|| AUTHORITY.certify(process))
        .clone()
}

impl Authority {
    fn new() -> Self {
        let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/testkit");
        sweep(&all);
        let folder = all.join(std::process::id().to_string());
        std::fs::create_dir_all(&folder).expect("the target folder can be written to");

        let key = KeyPair::generate().expect("a key can be made");
        let mut params = CertificateParams::new(Vec::new()).expect("no name is no wrong name");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a key can sign");
        write(&folder.join("ca.pem"), &certificate.pem());
        Self {
            folder,
            issuer: Issuer::new(params, key),
            made: Mutex::default(),
        }
    }

    fn certify(&self, process: &str) -> TlsConfig {
        let key = KeyPair::generate().expect("a key can be made");
        let mut params =
            CertificateParams::new(vec!["localhost".to_owned()]).expect("localhost is a name");
        let uri = format!("{}{process}", kit::tls::PREFIX);
        params.subject_alt_names.extend([
            SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            SanType::URI(
                uri.as_str()
                    .try_into()
                    .expect("the name of a process is plain ASCII"),
            ),
        ]);
        let certificate = params
            .signed_by(&key, &self.issuer)
            .expect("the authority can sign");
        let config = TlsConfig {
            ca: self.folder.join("ca.pem"),
            certificate: self.folder.join(format!("{process}.pem")),
            key: self.folder.join(format!("{process}.key")),
        };
        write(&config.certificate, &certificate.pem());
        write(&config.key, &key.serialize_pem());
        config
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text)
        .unwrap_or_else(|error| panic!("{} can't be written: {error}", path.display()));
}

/// Removes what test processes that have ended left behind: nothing runs at the end of a process that could.
fn sweep(all: &Path) {
    for entry in std::fs::read_dir(all).into_iter().flatten().flatten() {
        if !Path::new("/proc").join(entry.file_name()).exists() {
            // Another test process may be removing it, too.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
