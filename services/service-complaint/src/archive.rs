//! The files of complaints as a ZIP archive for whoever reviews them: written piece by piece, so that a large sample takes little memory.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use kit::access::DESCRIPTORS;
use prost::Name;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _, Value};
use proto::document::v1::{Document, DocumentState};
use proto::service_complaint::v1 as pb;
use uuid::Uuid;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::store::letters::Letter;
use crate::store::{HistoryRow, NoteRow};

/// Why an archive can't be written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file could not be added.
    #[error("the archive could not be written")]
    Zip(#[from] zip::result::ZipError),
    /// A file's content could not be written.
    #[error("a file of the archive could not be written")]
    Write(#[from] io::Error),
    /// A message does not fit its own description.
    #[error("a message could not be read back")]
    Decode(#[from] prost::DecodeError),
    /// A message can't be told as JSON.
    #[error("a message could not be told as JSON")]
    Json(#[from] serde_json::Error),
}

/// Everything about a complaint.
#[derive(Debug)]
pub struct Dossier {
    /// The complaint as it stands.
    pub complaint: pb::Complaint,
    /// What was done with it, the newest first.
    pub history: Vec<HistoryRow>,
    /// What was noted, the newest first.
    pub notes: Vec<NoteRow>,
    /// What was sent, whole, the oldest first.
    pub letters: Vec<Letter>,
}

/// What was written and not taken yet.
#[derive(Debug, Clone, Default)]
struct Pieces(Arc<Mutex<Vec<u8>>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pieces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive that is being written.
pub struct Archive {
    zip: ZipWriter<StreamWriter<Pieces>>,
    pieces: Pieces,
}

impl Archive {
    /// An archive without files.
    pub fn new() -> Self {
        let pieces = Pieces::default();
        Self {
            zip: ZipWriter::new_stream(pieces.clone()),
            pieces,
        }
    }

    /// Adds a sample: who drew it from what, and in which order.
    pub fn add_sample(&mut self, sample: &pb::Sample) -> Result<(), ArchiveError> {
        let sample = described(sample)?;
        self.add("sample.json", json(&sample)?.as_bytes())?;
        let mut text = String::from(
            "A random sample of complaints about the Ombudsman’s own service, drawn for review.\n\
             Each folder is a complaint: complaint.txt tells how it stands, history.txt what was done with it, notes.txt what was noted, and\n\
             letters holds what was sent, as it was sent, files what came with the complaint. files.txt tells of each of those. A file that has not\n\
             passed the virus check is listed there and left out.\n\n",
        );
        tell(&mut text, &sample, 0);
        self.add("sample.txt", text.as_bytes())
    }

    /// Adds the files of a complaint, in a folder with its reference.
    pub fn add_dossier(&mut self, dossier: &Dossier) -> Result<(), ArchiveError> {
        let Dossier {
            complaint,
            history,
            notes,
            letters,
        } = dossier;
        let folder = &complaint.reference;
        let complaint = described(complaint)?;
        let for_programs = json(&complaint)?;
        self.add(&format!("{folder}/complaint.json"), for_programs.as_bytes())?;
        let mut text = String::new();
        tell(&mut text, &complaint, 0);
        self.add(&format!("{folder}/complaint.txt"), text.as_bytes())?;
        self.add(
            &format!("{folder}/history.txt"),
            of_history(history).as_bytes(),
        )?;
        if !notes.is_empty() {
            self.add(&format!("{folder}/notes.txt"), of_notes(notes).as_bytes())?;
        }
        for (at, letter) in letters.iter().enumerate() {
            let name = letter_name(at + 1, letter);
            let path = format!("{folder}/letters/{name}");
            self.add(&format!("{path}.txt"), of_letter(letter).as_bytes())?;
            if let Some(pdf) = &letter.pdf {
                self.add(&format!("{path}.pdf"), pdf)?;
            }
        }
        Ok(())
    }

    /// Begins the file that was described last, when its content follows.
    pub fn begin_file(&mut self, folder: &str, described: &[Document]) -> Result<(), ArchiveError> {
        match described.last() {
            Some(file) if is_clean(file) => {
                let name = file_name(described.len(), file);
                self.begin(&format!("{folder}/files/{name}"))
            }
            _ => Ok(()),
        }
    }

    /// Adds more of the file that was begun.
    pub fn go_on_with_file(&mut self, content: &[u8]) -> Result<(), ArchiveError> {
        Ok(self.zip.write_all(content)?)
    }

    /// Tells of the files that came with a complaint, if there are any.
    pub fn add_file_list(
        &mut self,
        folder: &str,
        described: &[Document],
    ) -> Result<(), ArchiveError> {
        if described.is_empty() {
            return Ok(());
        }
        self.add(
            &format!("{folder}/files.txt"),
            of_files(described).as_bytes(),
        )
    }

    /// Takes what was written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        let mut pieces = self.pieces.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *pieces)
    }

    /// Ends the archive, and gives the last of it.
    pub fn finish(self) -> Result<Vec<u8>, ArchiveError> {
        let Self { zip, pieces } = self;
        zip.finish()?;
        let mut pieces = pieces.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut *pieces))
    }

    fn add(&mut self, name: &str, content: &[u8]) -> Result<(), ArchiveError> {
        self.begin(name)?;
        self.zip.write_all(content)?;
        Ok(())
    }

    fn begin(&mut self, name: &str) -> Result<(), ArchiveError> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        Ok(self.zip.start_file(name, options)?)
    }
}

/// A message, read through the descriptors so that no field can be forgotten.
fn described<M: Name>(message: &M) -> Result<DynamicMessage, ArchiveError> {
    let descriptor = DESCRIPTORS
        .get_message_by_name(&M::full_name())
        .expect("the contract has every message");
    let bytes = message.encode_to_vec();
    Ok(DynamicMessage::decode(descriptor, bytes.as_slice())?)
}

/// A message as proto3 JSON, for programs.
fn json(message: &DynamicMessage) -> Result<String, ArchiveError> {
    Ok(serde_json::to_string_pretty(message)?)
}

/// Tells a message in lines that people read, in the order of the contract: names in words, what belongs to something beneath it, and no ids.
fn tell(text: &mut String, message: &DynamicMessage, depth: usize) {
    for field in message.descriptor().fields() {
        if !message.has_field(&field) {
            continue;
        }
        let name = in_words(field.name());
        match message.get_field(&field).as_ref() {
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    tell_value(text, &format!("{name} {}", at + 1), &field, item, depth);
                }
            }
            value => tell_value(text, &name, &field, value, depth),
        }
    }
}

fn tell_value(text: &mut String, name: &str, field: &FieldDescriptor, value: &Value, depth: usize) {
    let indent = "    ".repeat(depth);
    match value {
        Value::Message(message) => {
            if let Some(instant) = instant(message) {
                _ = writeln!(text, "{indent}{name}: {}", at(instant));
            } else {
                _ = writeln!(text, "{indent}{name}:");
                tell(text, message, depth + 1);
            }
        }
        Value::String(id) if Uuid::try_parse(id).is_ok() => {}
        other => {
            let told = plain(field, other).replace('\n', &format!("\n{indent}    "));
            _ = writeln!(text, "{indent}{name}: {told}");
        }
    }
}

/// A moment, when the message is one.
fn instant(message: &DynamicMessage) -> Option<DateTime<Utc>> {
    let is_moment = message.descriptor().full_name() == "google.protobuf.Timestamp";
    let seconds = message.get_field_by_name("seconds")?.as_i64()?;
    DateTime::from_timestamp(seconds, 0).filter(|_| is_moment)
}

/// A plain value: dates in words, and what is enumerated without the name of its enumeration.
fn plain(field: &FieldDescriptor, value: &Value) -> String {
    match (value, field.kind()) {
        (Value::EnumNumber(number), Kind::Enum(kind)) => {
            let prefix = shouted(kind.name()) + "_";
            let value = kind.get_value(*number);
            value.map_or_else(
                || number.to_string(),
                |it| in_words(it.name().trim_start_matches(&prefix)),
            )
        }
        (Value::Bool(true), _) => "yes".to_owned(),
        (Value::String(text), _) => {
            let date: Option<NaiveDate> = text.parse().ok();
            date.map_or_else(|| text.clone(), |it| it.format("%-d %B %Y").to_string())
        }
        (other, _) => other.to_string(),
    }
}

/// A name such as `received_on` or `NOT_UPHELD` in words.
fn in_words(name: &str) -> String {
    let mut words = name.to_ascii_lowercase().replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// A type's name as its values begin: `RemedyKind` is `REMEDY_KIND`.
fn shouted(name: &str) -> String {
    let mut shouted = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            shouted.push('_');
        }
        shouted.push(letter.to_ascii_uppercase());
    }
    shouted
}

fn at(instant: DateTime<Utc>) -> String {
    kit::time::london(instant)
        .format("%-d %B %Y, %H:%M")
        .to_string()
}

fn of_history(history: &[HistoryRow]) -> String {
    let mut text = String::new();
    for row in history.iter().rev() {
        _ = writeln!(text, "{} – {}: {}", at(row.at), row.name, row.text);
    }
    text
}

fn of_notes(notes: &[NoteRow]) -> String {
    let mut text = String::new();
    for note in notes.iter().rev() {
        let by = if note.kind.is_some() {
            note.by.as_str()
        } else {
            "the service user"
        };
        _ = writeln!(
            text,
            "{} – {by}\n{}\n",
            note.on.format("%-d %B %Y"),
            note.text
        );
    }
    text
}

fn is_clean(file: &Document) -> bool {
    file.state() == DocumentState::Available
}

/// A file's name: the how-manieth it is, and what it was called. Document cleans names; what would lead out of the folder is not relied on.
fn file_name(number: usize, file: &Document) -> String {
    format!("{number:02} {}", file.name.replace(['/', '\\'], "_"))
}

fn of_files(files: &[Document]) -> String {
    let mut text = String::new();
    for (number, file) in (1..).zip(files) {
        let added = kit::time::instant(file.added_at.as_ref()).map(at);
        let (name, added) = (file_name(number, file), added.unwrap_or_default());
        let note = match file.state() {
            DocumentState::Available => "",
            DocumentState::Quarantined => ". Left out: a virus was found in it",
            _ => ". Left out: it was not looked at for viruses yet",
        };
        _ = writeln!(text, "{name} – {} bytes, came {added}{note}", file.size);
    }
    text
}

/// A letter's name: which it is, when it was sent, and what it is.
fn letter_name(number: usize, letter: &Letter) -> String {
    let what = letter.kind.label().trim_start_matches("the ");
    let sent = kit::time::london(letter.sent_at).format("%Y-%m-%d");
    format!("{number:02} {sent} {what}")
}

fn of_letter(letter: &Letter) -> String {
    let posted = letter.posted_at.map_or_else(String::new, |it| {
        format!("\nPosted {} by {}", at(it), letter.posted_name)
    });
    let refused = letter.refused_at.map_or_else(String::new, |it| {
        format!("\nRefused by the mail server {}", at(it))
    });
    format!(
        "Sent {} by {}\nTo {}, {}{posted}{refused}\nSubject: {}\n\n{}",
        at(letter.sent_at),
        letter.sent_name,
        letter.addressee,
        letter.address.replace('\n', ", "),
        letter.subject,
        letter.text
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;

    #[test]
    fn sc_14_an_archive_that_is_taken_in_pieces_is_whole() {
        let mut archive = Archive::new();
        let mut bytes = Vec::new();
        for number in 0..3 {
            archive.add(&format!("{number}.txt"), b"text").unwrap();
            bytes.extend(archive.take());
        }
        bytes.extend(archive.finish().unwrap());

        let mut read = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(read.len(), 3);
        let mut text = String::new();
        let mut file = read.by_name("2.txt").unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
    }

    #[test]
    fn sc_14_a_complaint_is_told_in_words_without_ids() {
        let complaint = pb::Complaint {
            id: kit::id().to_string(),
            reference: "SC202500007".to_owned(),
            channel: pb::Channel::Letter.into(),
            received_on: "2025-06-02".to_owned(),
            elements: vec![pb::Element {
                id: kit::id().to_string(),
                text: "The call\nwas not made".to_owned(),
                ..pb::Element::default()
            }],
            ..pb::Complaint::default()
        };
        let mut text = String::new();

        tell(&mut text, &described(&complaint).unwrap(), 0);

        assert_eq!(
            text,
            "Reference: SC202500007\nChannel: Letter\nElements 1:\n    Text: The call\n        was not made\nReceived on: 2 June 2025\n"
        );
    }
}
