//! A certificate authority made on the spot, and a certificate for every process.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{Datelike as _, NaiveDate};
use kit::config::TlsConfig;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

use crate::folder::write_private;
use crate::service::processes;

/// For so many years the certificates hold; a portal on one machine is made anew long before.
const YEARS: i32 = 10;

/// The files of a process.
#[must_use]
pub fn of(folder: &Path, process: &str) -> TlsConfig {
    TlsConfig {
        ca: folder.join("ca.pem"),
        certificate: folder.join(format!("{process}.pem")),
        key: folder.join(format!("{process}.key")),
    }
}

/// Makes the authority and all certificates, unless they are there. When one is missing all are made anew: the authority's key is
/// forgotten as soon as it has signed, so that nobody can make a certificate with it later.
pub fn make(folder: &Path, today: NaiveDate) -> anyhow::Result<()> {
    if processes().all(|process| files(folder, process).iter().all(|file| file.exists())) {
        return Ok(());
    }
    let (issuer, authority) = authority(today).context("could not make a certificate authority")?;
    write_private(&folder.join("ca.pem"), authority.as_bytes())?;
    for process in processes() {
        let (certificate, key) = certificate(process, &issuer, today)
            .with_context(|| format!("could not make a certificate for {process}"))?;
        let tls = of(folder, process);
        write_private(&tls.certificate, certificate.as_bytes())?;
        write_private(&tls.key, key.as_bytes())?;
    }
    Ok(())
}

fn files(folder: &Path, process: &str) -> [PathBuf; 3] {
    let TlsConfig {
        ca,
        certificate,
        key,
    } = of(folder, process);
    [ca, certificate, key]
}

fn authority(today: NaiveDate) -> Result<(Issuer<'static, KeyPair>, String), rcgen::Error> {
    let mut params = valid_from(today, CertificateParams::default());
    params
        .distinguished_name
        .push(DnType::CommonName, "Casework on one machine");
    // It signs processes, and no other authority.
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?.pem();
    Ok((Issuer::new(params, key), certificate))
}

fn certificate(
    process: &str,
    issuer: &Issuer<'_, KeyPair>,
    today: NaiveDate,
) -> Result<(String, String), rcgen::Error> {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut params = valid_from(today, CertificateParams::new(names)?);
    params.distinguished_name.push(DnType::CommonName, process);
    let uri = format!("{}{process}", kit::tls::PREFIX);
    params.subject_alt_names.push(SanType::URI(uri.try_into()?));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn valid_from(today: NaiveDate, mut params: CertificateParams) -> CertificateParams {
    // The first of the month, so that no clock of the same machine is before it, and no month is too short for it.
    let month = u8::try_from(today.month()).expect("there are twelve months");
    params.not_before = rcgen::date_time_ymd(today.year(), month, 1);
    params.not_after = rcgen::date_time_ymd(today.year() + YEARS, month, 1);
    params
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 2, 28).unwrap()
    }

    #[test]
    fn every_process_has_a_certificate_that_names_it() {
        let directory = tempfile::tempdir().unwrap();

        make(directory.path(), today()).unwrap();

        for process in processes() {
            let tls = of(directory.path(), process);
            let pem = fs::read_to_string(&tls.certificate).unwrap();
            let der = pem_to_der(&pem);
            assert_eq!(kit::tls::process_name(&der).as_deref(), Some(process));
            assert!(
                kit::tls::server(&tls).is_ok() && kit::tls::client(&tls).is_ok(),
                "{process}"
            );
        }
    }

    #[test]
    fn what_is_whole_is_kept_and_what_is_not_is_made_anew() {
        let directory = tempfile::tempdir().unwrap();
        let ca = directory.path().join("ca.pem");
        make(directory.path(), today()).unwrap();
        let first = fs::read(&ca).unwrap();

        make(directory.path(), today()).unwrap();
        assert_eq!(fs::read(&ca).unwrap(), first);

        fs::remove_file(of(directory.path(), "task").key).unwrap();
        make(directory.path(), today()).unwrap();
        assert_ne!(fs::read(&ca).unwrap(), first);
    }

    #[test]
    fn the_authoritys_key_is_nowhere() {
        let directory = tempfile::tempdir().unwrap();

        make(directory.path(), today()).unwrap();

        let keys = fs::read_dir(directory.path())
            .unwrap()
            .filter(|file| {
                fs::read_to_string(file.as_ref().unwrap().path())
                    .unwrap()
                    .contains("PRIVATE KEY")
            })
            .count();
        assert_eq!(keys, processes().count());
    }

    fn pem_to_der(pem: &str) -> Vec<u8> {
        use base64::Engine as _;
        let body: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        base64::engine::general_purpose::STANDARD
            .decode(body)
            .unwrap()
    }
}
