//! Row 16: files on their way take little memory. What a process takes is known only when nothing else runs in it, so the measurement runs
//! in one of its own.

use std::process::Command;

use futures::future::join_all;
use futures::stream;
use proto::document::v1::upload_document_request::Piece;
use proto::document::v1::{End, NewDocument, UploadDocumentRequest};
use sqlx::PgPool;

use crate::given::{Client, a_file, a_world, patient, piece};

const MIB: usize = 1024 * 1024;
const FILES: usize = 50;
const FILE: usize = 20 * MIB;
const HEADER: &[u8; 44] =
    b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";
/// What the uploader in this process needs is in it, too.
const MOST: usize = 64 * MIB;

#[test]
fn row_16_fifty_files_of_20_mib_at_once_take_64_mib_at_the_most() {
    let measured = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "memory::measured_alone",
            "--ignored",
            "--nocapture",
        ])
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&measured.stdout);
    assert!(
        measured.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&measured.stderr)
    );
    assert!(said.contains("1 passed"), "{said}");
}

#[sqlx::test(migrator = "document::MIGRATOR")]
#[ignore = "the test above runs it in a process of its own"]
async fn measured_alone(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    // All by one connection, as the edge has one to each process. Once before, for whatever is made on first use.
    let client = world.client(&landlord);
    upload(client.clone(), a_file(case_id, "call.wav")).await;
    let before = memory("VmRSS");
    std::fs::write("/proc/self/clear_refs", "5").unwrap();

    join_all((0..FILES).map(|_| upload(client.clone(), a_file(case_id, "call.wav")))).await;

    let grown = memory("VmHWM") - before;
    println!(
        "{} MiB more at the peak, for {} MiB uploaded",
        grown / MIB,
        FILES * FILE / MIB
    );
    assert!(grown <= MOST, "{grown} bytes");
    assert_eq!(world.objects(), FILES + 1);
}

/// Uploads a recording of which only a piece is ever there: what is in it is nothing to look into, so that it is the way that is measured.
async fn upload(mut client: Client, file: NewDocument) {
    const PIECE: usize = 64 * 1024;
    let content = (0..FILE / PIECE).map(|number| {
        let mut content = vec![b'a'; PIECE];
        if number == 0 {
            content[..HEADER.len()].copy_from_slice(&header());
        }
        piece(Piece::Content(content))
    });
    let size = FILE.cast_signed() as i64;
    let pieces = std::iter::once(piece(Piece::Document(file)))
        .chain(content)
        .chain(std::iter::once(piece(Piece::End(End { size }))));
    let pieces: Box<dyn Iterator<Item = UploadDocumentRequest> + Send> = Box::new(pieces);
    let request = patient(stream::iter(pieces));
    client.upload_document(request).await.unwrap();
}

/// The header of a recording that is one chunk of sound.
fn header() -> [u8; 44] {
    let mut header = *HEADER;
    let size = u32::try_from(FILE).unwrap();
    header[4..8].copy_from_slice(&(size - 8).to_le_bytes());
    header[40..].copy_from_slice(&(size - 44).to_le_bytes());
    header
}

/// A number of bytes from what the kernel says of this process.
fn memory(what: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with(what)).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<usize>().unwrap() * 1024
}
