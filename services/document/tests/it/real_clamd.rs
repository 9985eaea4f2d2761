//! DO-4 with the real ClamAV, as it is deployed but for where it listens and for its signatures: it has one of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use document::app::scan::{Scanner, Step};
use document::clamd::{Clamd, ScanError, Verdict};
use futures::stream::{self, StreamExt as _};
use proto::document::v1::{Document, DocumentQuarantined, DocumentState};
use sqlx::PgPool;
use tempfile::TempDir;
use testkit::{a_caseworker, eventually};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use zip::write::SimpleFileOptions;

use crate::given::{NOTE, World, a_file, a_note, a_world_that_scans, whole};

/// What it takes for a virus. It is harmless.
const MARKER: &[u8] = b"portal-test-marker, which harms nobody";
const MIB: usize = 1024 * 1024;

/// A clamd on a free port, gone with the test.
struct RealClamd {
    folder: TempDir,
    port: u16,
    running: Option<Child>,
}

impl RealClamd {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let signature = format!("Portal.Test.Marker:0:*:{}\n", hex::encode(MARKER));
        std::fs::write(folder.path().join("portal.ndb"), signature).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut clamd = Self {
            folder,
            port,
            running: None,
        };
        clamd.restart("").await;
        clamd
    }

    /// Starts it, again if it runs, as it is deployed but for some settings.
    async fn restart(&mut self, settings: &str) {
        self.kill().await;
        let settings = self.write_settings(settings);
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.local/bin/clamd");
        let running = Command::new(&program)
            .arg("-c")
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start (`make services` installs it): {error}",
                    program.display()
                )
            });
        self.running = Some(running);
        eventually("clamd to answer", || async {
            self.client().signatures().await.ok()
        })
        .await;
    }

    fn write_settings(&self, settings: &str) -> PathBuf {
        let deployed = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../k8s/base/clamav/clamd.conf"
        );
        let folder = self.folder.path().display();
        let ours = format!(
            "Foreground yes\nTCPSocket {}\nTCPAddr 127.0.0.1\nDatabaseDirectory {folder}\nTemporaryDirectory {folder}\n{settings}",
            self.port
        );
        let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        let replaced: Vec<String> = ours.lines().map(name).collect();
        let deployed = std::fs::read_to_string(deployed).unwrap();
        let kept = deployed
            .lines()
            .filter(|line| !replaced.contains(&name(line)));
        let settings: Vec<&str> = kept.chain(ours.lines()).collect();
        let path = self.folder.path().join("clamd.conf");
        std::fs::write(&path, settings.join("\n") + "\n").unwrap();
        path
    }

    /// Kills it, with whatever it is doing.
    async fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.kill().await.unwrap();
        }
    }

    fn client(&self) -> Clamd {
        Clamd::new(format!("127.0.0.1:{}", self.port), Duration::from_secs(30))
    }

    fn scanner(&self, world: &World) -> Scanner {
        Scanner::new(world.app.clone(), self.client(), world.added.clone())
    }
}

async fn state(world: &World, document: &Document) -> DocumentState {
    world
        .get(&a_caseworker(), &document.id)
        .await
        .unwrap()
        .state()
}

/// A Word document with a text, compressed as Word does it.
fn a_letter(text: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [
        (
            "[Content_Types].xml",
            &br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#[..],
        ),
        (
            "_rels/.rels",
            br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#,
        ),
        (
            "word/document.xml",
            &[
                &br#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>"#[..],
                text,
                b"</w:t></w:r></w:p></w:body></w:document>",
            ]
            .concat(),
        ),
    ] {
        archive
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_the_real_scanner_lets_the_clean_through_and_finds_the_infected_however_it_is_wrapped(
    db: PgPool,
) {
    let world = a_world_that_scans(&db).await;
    let clamd = RealClamd::start().await;
    let scanner = clamd.scanner(&world);
    let (case_id, landlord) = world.a_case().await;
    let infected = [b"It begins: ", MARKER, b"."].concat();
    // The largest that is taken, with what is to be found at its very end.
    let large = [vec![b'a'; 20 * MIB - MARKER.len()], MARKER.to_vec()].concat();

    for (name, content, step, expected) in [
        (
            "note.txt",
            NOTE.to_vec(),
            Step::Clean,
            DocumentState::Available,
        ),
        (
            "infected.txt",
            infected,
            Step::Quarantined,
            DocumentState::Quarantined,
        ),
        (
            "letter.docx",
            a_letter(NOTE),
            Step::Clean,
            DocumentState::Available,
        ),
        (
            "infected.docx",
            a_letter(MARKER),
            Step::Quarantined,
            DocumentState::Quarantined,
        ),
        (
            "large.txt",
            vec![b'a'; 20 * MIB],
            Step::Clean,
            DocumentState::Available,
        ),
        (
            "infected large.txt",
            large,
            Step::Quarantined,
            DocumentState::Quarantined,
        ),
    ] {
        let document = world
            .upload(&landlord, a_file(case_id, name), &content)
            .await
            .unwrap();
        assert_eq!(document.state(), DocumentState::Checking, "{name}");

        assert_eq!(scanner.step().await.unwrap(), step, "{name}");

        assert_eq!(state(&world, &document).await, expected, "{name}");
        let downloaded = world.download(&landlord, whole(&document)).await;
        assert_eq!(
            downloaded.is_ok(),
            expected == DocumentState::Available,
            "{name}"
        );
    }
    let told = outbox::testing::events::<DocumentQuarantined>(&db).await;
    assert_eq!(told.len(), 3);
    let found: Vec<String> =
        sqlx::query_scalar("select distinct detail from changes where action = 'quarantined'")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(found, ["Portal.Test.Marker.UNOFFICIAL"]);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_a_scanner_that_is_killed_delays_and_goes_on_when_it_is_back(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let mut clamd = RealClamd::start().await;
    let scanner = clamd.scanner(&world);
    let (document, landlord) = world.a_document().await;
    clamd.kill().await;

    assert_eq!(scanner.step().await.unwrap(), Step::Failed);
    assert_eq!(state(&world, &document).await, DocumentState::Checking);
    assert!(world.download(&landlord, whole(&document)).await.is_err());

    clamd.restart("").await;
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(scanner.step().await.unwrap(), Step::Clean);
    assert_eq!(
        world.download(&landlord, whole(&document)).await.unwrap(),
        NOTE
    );
}

#[tokio::test]
async fn do_4_a_scanner_that_is_killed_in_the_middle_of_a_file_gives_no_verdict() {
    let mut clamd = RealClamd::start().await;
    let client = clamd.client();
    let half = || stream::iter((0..5).map(|_| Ok(Bytes::from(vec![b'a'; MIB]))));
    assert_eq!(
        client
            .scan(half().chain(half()), 10 * MIB as u64)
            .await
            .unwrap(),
        Verdict::Clean
    );

    let killed_between = half()
        .chain(stream::once(async {
            clamd.kill().await;
            Ok(Bytes::from_static(b"a"))
        }))
        .chain(half());
    let verdict = client
        .scan(Box::pin(killed_between), 10 * MIB as u64 + 1)
        .await;

    assert!(
        matches!(verdict, Err(ScanError::Connection(_))),
        "{verdict:?}"
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_a_file_that_is_more_than_the_scanner_takes_or_looks_into_is_not_let_through(
    db: PgPool,
) {
    let world = a_world_that_scans(&db).await;
    let mut clamd = RealClamd::start().await;
    let scanner = clamd.scanner(&world);
    let (case_id, landlord) = world.a_case().await;
    let too_much = world
        .upload(&landlord, a_note(case_id), &vec![b'a'; 2 * MIB])
        .await
        .unwrap();

    clamd.restart("StreamMaxLength 1M\n").await;
    assert_eq!(scanner.step().await.unwrap(), Step::Failed);
    assert_eq!(state(&world, &too_much).await, DocumentState::Checking);

    // clamd calls clean what it did not look into, unless it is told otherwise, as it is where it is deployed.
    clamd.restart("MaxFileSize 1M\nMaxScanSize 1M\n").await;
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(scanner.step().await.unwrap(), Step::Quarantined);
    assert_eq!(state(&world, &too_much).await, DocumentState::Quarantined);
}

#[tokio::test]
async fn f28_a_scanner_with_signatures_of_its_own_does_not_say_how_old_they_are() {
    let mut clamd = RealClamd::start().await;
    assert_eq!(clamd.client().signatures().await.unwrap(), None);

    clamd.kill().await;
    assert!(matches!(
        clamd.client().signatures().await,
        Err(ScanError::Connection(_))
    ));
}
