//! Mutual TLS: every process proves which one it is by the URI in its certificate.

use anyhow::Context as _;
use tonic::transport::{Certificate, ClientTlsConfig, Identity, ServerTlsConfig};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use crate::config::TlsConfig;

/// What the URI of a process starts with.
pub const PREFIX: &str = "spiffe://casework/";

/// Makes sure that rustls has its provider; calling it again does nothing.
pub fn install_provider() {
    // An error only says that a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn identity(config: &TlsConfig) -> anyhow::Result<(Identity, Certificate)> {
    let read = |what: &str, path: &std::path::Path| {
        std::fs::read(path)
            .with_context(|| format!("could not read the {what} at {}", path.display()))
    };
    let certificate = read("certificate (tls.certificate)", &config.certificate)?;
    let key = read("private key (tls.key)", &config.key)?;
    let ca = read("certificate authority (tls.ca)", &config.ca)?;
    Ok((
        Identity::from_pem(certificate, key),
        Certificate::from_pem(ca),
    ))
}

/// A server that takes no connection without a certificate of the same authority.
pub fn server(config: &TlsConfig) -> anyhow::Result<ServerTlsConfig> {
    install_provider();
    let (identity, ca) = identity(config)?;
    Ok(ServerTlsConfig::new().identity(identity).client_ca_root(ca))
}

/// A client that proves itself and trusts only the same authority.
pub fn client(config: &TlsConfig) -> anyhow::Result<ClientTlsConfig> {
    install_provider();
    let (identity, ca) = identity(config)?;
    Ok(ClientTlsConfig::new().identity(identity).ca_certificate(ca))
}

/// The name of the process that a certificate proves: `gateway` for `spiffe://casework/gateway`.
#[must_use]
pub fn process_name(certificate: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let names = certificate.subject_alternative_name().ok()??;
    names
        .value
        .general_names
        .iter()
        .find_map(|name| match name {
            GeneralName::URI(uri) => uri.strip_prefix(PREFIX).map(str::to_owned),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(uri: Option<&str>) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        if let Some(uri) = uri {
            params
                .subject_alt_names
                .push(rcgen::SanType::URI(uri.try_into().unwrap()));
        }
        params
            .self_signed(&rcgen::KeyPair::generate().unwrap())
            .unwrap()
            .der()
            .to_vec()
    }

    #[test]
    fn a_process_is_known_by_its_uri_and_not_by_its_host() {
        assert_eq!(
            process_name(&certificate(Some("spiffe://casework/task"))).as_deref(),
            Some("task")
        );
        assert_eq!(
            process_name(&certificate(Some("spiffe://elsewhere/task"))),
            None
        );
        assert_eq!(process_name(&certificate(None)), None);
        assert_eq!(process_name(b"not a certificate"), None);
    }
}
