//! OLE compound files: Word, Excel and PowerPoint before 2007, Outlook's messages, and encrypted Office files of any age.

use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;

use super::carried::{self, Allowance};
use super::source::Source;
use super::{FileType, Flaw, Refusal, legacy, sniff};

mod tables;

use tables::Tables;

/// Installers are compound files of these classes.
const INSTALLERS: [&str; 3] = [
    "000c1084-0000-0000-c000-000000000046",
    "000c1086-0000-0000-c000-000000000046",
    "000c1082-0000-0000-c000-000000000046",
];
/// A Word document has dozens of objects and a message dozens of properties.
const MOST_ENTRIES: usize = 20_000;

/// What a compound file holds when a newer Office file was encrypted as a whole and put into it.
const ENCRYPTED: [&str; 3] = ["EncryptedPackage", "EncryptionInfo", "\u{9}DRMContent"];

/// Says which type the compound file is.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<FileType, Flaw> {
    match check_whole(source, allowance) {
        // Some programs that encrypt write tables that others can't read: the person is still told what is in the way.
        Err(Flaw::Refused(Refusal::Unreadable)) if names_encryption(source).unwrap_or(false) => {
            Err(Refusal::PasswordProtected.into())
        }
        checked => checked,
    }
}

/// Whether the first sector of the directory names an encrypted package.
fn names_encryption<R: Read + Seek>(source: &mut Source<R>) -> Result<bool, Flaw> {
    let sector = tables::sector_size(source)?;
    source.go_to(0x30)?;
    let directory = (u64::from(source.u32_le()?) + 1) * sector;
    for entry in 0..sector / tables::ENTRY {
        source.go_to(directory + entry * tables::ENTRY)?;
        let name: [u8; 64] = source.array()?;
        let units: Vec<u16> = name
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .take_while(|unit| *unit != 0)
            .collect();
        if ENCRYPTED.contains(&String::from_utf16_lossy(&units).as_str()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn check_whole<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<FileType, Flaw> {
    let tables = Tables::read(source)?;
    tables.check_end()?;
    tables.check_directory()?;
    let mut file = CompoundFile::open(&mut *source)?;
    let contents = Contents::of(&mut file)?;
    contents.check(&mut file, allowance)?;
    match types(&mut file, &contents, allowance)?.as_slice() {
        [one] => Ok(*one),
        [] => Err(Refusal::TypeNotAccepted.into()),
        _ => Err(Refusal::NotItsType.into()),
    }
}

/// The types that the compound file's streams make it, once their records are seen to be harmless.
fn types<F: Read + Seek>(
    file: &mut CompoundFile<F>,
    contents: &Contents,
    allowance: &mut Allowance,
) -> Result<Vec<FileType>, Flaw> {
    let mut found = Vec::new();
    if contents.has("WordDocument") {
        legacy::word(file.open_stream("WordDocument")?)?;
        found.push(FileType::Word97);
    }
    // A workbook for Excel 5 and for Excel 97 has both.
    let books: Vec<&str> = ["Workbook", "Book"]
        .into_iter()
        .filter(|name| contents.has(name))
        .collect();
    for book in &books {
        legacy::excel(file.open_stream(book)?)?;
    }
    if !books.is_empty() {
        found.push(FileType::Excel97);
    }
    if contents.has("PowerPoint Document") {
        if !contents.has("Current User") {
            return Err(Refusal::Unreadable.into());
        }
        let edit = legacy::current_edit(file.open_stream("Current User")?)?;
        let slides = file.open_stream("PowerPoint Document")?;
        legacy::power_point(slides, edit, allowance)?;
        found.push(FileType::PowerPoint97);
    }
    if contents.has("__properties_version1.0") {
        found.push(FileType::OutlookMessage);
    }
    Ok(found)
}

/// Looks into a compound file that stands in another file. It may be an object of any program's.
pub(super) fn check_carried<R: Read + Seek>(
    source: &mut Source<R>,
    allowance: &mut Allowance,
) -> Result<(), Flaw> {
    Tables::read(source)?.check_directory()?;
    let mut file = CompoundFile::open(&mut *source)?;
    let contents = Contents::of(&mut file)?;
    contents.check(&mut file, allowance)?;
    match types(&mut file, &contents, allowance) {
        // Programs that draw charts keep workbooks of their own kind.
        Err(Flaw::Refused(Refusal::Unreadable)) => Ok(()),
        looked => looked.map(drop),
    }
}

/// The names in a compound file.
struct Contents {
    /// The streams and storages at the top.
    top: Vec<String>,
    /// The paths of objects that were packed from any file.
    packed: Vec<PathBuf>,
    /// The paths of newer Office files that stand in here as objects.
    packages: Vec<PathBuf>,
    /// The paths of the contents of a message's attachments.
    attachments: Vec<PathBuf>,
    holds_macros: bool,
    installs: bool,
}

impl Contents {
    fn of<F: Read + Seek>(file: &mut CompoundFile<F>) -> Result<Self, Flaw> {
        let class = file.root_entry().clsid().to_string();
        let mut contents = Self {
            top: Vec::new(),
            packed: Vec::new(),
            packages: Vec::new(),
            attachments: Vec::new(),
            holds_macros: false,
            installs: INSTALLERS.contains(&class.as_str()),
        };
        for (count, entry) in file.walk().enumerate() {
            if count == MOST_ENTRIES {
                return Err(Refusal::Unreadable.into());
            }
            let name = entry.name();
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            contents.holds_macros |=
                is("_VBA_PROJECT") || is("_VBA_PROJECT_CUR") || (is("VBA") && entry.is_storage());
            let holds_file = if is("\u{1}Ole10Native") {
                Some(&mut contents.packed)
            } else if is("Package") {
                Some(&mut contents.packages)
            } else if is("__substg1.0_37010102") {
                Some(&mut contents.attachments)
            } else {
                None
            };
            if let Some(files) = holds_file.filter(|_| entry.is_stream()) {
                files.push(entry.path().to_owned());
            }
            if entry
                .path()
                .parent()
                .is_some_and(|above| above.parent().is_none())
            {
                contents.top.push(name.to_owned());
            }
        }
        Ok(contents)
    }

    fn has(&self, name: &str) -> bool {
        self.top
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Refuses what no compound file may hold, whatever it is.
    fn check<F: Read + Seek>(
        &self,
        file: &mut CompoundFile<F>,
        allowance: &mut Allowance,
    ) -> Result<(), Flaw> {
        if ENCRYPTED.iter().any(|name| self.has(name)) {
            return Err(Refusal::PasswordProtected.into());
        }
        if self.installs {
            return Err(Refusal::Program.into());
        }
        if self.holds_macros {
            return Err(Refusal::Macros.into());
        }
        for path in &self.packed {
            let head = Source::new(file.open_stream(path)?)?.head(super::HEAD)?;
            check_packed(&head)?;
        }
        for path in &self.packages {
            carried::check(file.open_stream(path)?, "", allowance)?;
        }
        for path in &self.attachments {
            let name = attachment_name(file, path);
            carried::check_attachment(file.open_stream(path)?, &name, allowance)?;
        }
        Ok(())
    }
}

/// The long name of an attachment, or its short one, from beside its content; empty without either.
fn attachment_name<F: Read + Seek>(file: &mut CompoundFile<F>, content: &Path) -> String {
    /// Longer than any system allows.
    const LONGEST_NAME: u64 = 2048;
    for (stream, is_wide) in [
        ("__substg1.0_3707001F", true),
        ("__substg1.0_3707001E", false),
        ("__substg1.0_3704001F", true),
        ("__substg1.0_3704001E", false),
    ] {
        let mut bytes = Vec::new();
        let read = file
            .open_stream(content.with_file_name(stream))
            .and_then(|name| name.take(LONGEST_NAME).read_to_end(&mut bytes));
        if read.is_ok() && is_wide {
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect();
            return String::from_utf16_lossy(&units);
        }
        if read.is_ok() {
            return String::from_utf8_lossy(&bytes).into_owned();
        }
    }
    String::new()
}

/// Refuses a packed object that is a program or an archive. Other uses of the same stream have no file name in it.
fn check_packed(head: &[u8]) -> Result<(), Refusal> {
    let Some((name, content)) = packed_file(head) else {
        return Ok(());
    };
    match sniff::guess(content) {
        sniff::Guess::Program => return Err(Refusal::Program),
        sniff::Guess::Archive | sniff::Guess::Zip => return Err(Refusal::Compressed),
        _ => {}
    }
    let extension = super::file_type::extension(&String::from_utf8_lossy(name));
    match super::file_type::misnamed(&extension) {
        refusal @ (Refusal::Program | Refusal::Macros) => Err(refusal),
        _ => Ok(()),
    }
}

/// The name and the beginning of the file in a packed object: length, flags, label, path, two numbers, the path of a
/// temporary copy, its length, the content.
fn packed_file(head: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, rest) = head.split_at_checked(6)?;
    let (label, rest) = text(rest)?;
    let (_, rest) = text(rest)?;
    let (_, rest) = rest.split_at_checked(4)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (_, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let (_, content) = rest.split_at_checked(4)?;
    Some((label, content))
}

/// Bytes up to a zero, and what follows it.
fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}
