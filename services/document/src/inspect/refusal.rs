//! Why a file is not taken, and how that is said to the person who chose it.

use std::io;

/// Why the portal does not take a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// More than 20 MiB.
    TooLarge,
    /// No content.
    Empty,
    /// An archive, or a document that holds one.
    Compressed,
    /// Encrypted, and it does not open without a password.
    PasswordProtected,
    /// An OpenDocument file.
    OpenDocument,
    /// An Office file with macros, or one that fetches what may bring some.
    Macros,
    /// A program or a script, or a document that holds one.
    Program,
    /// The content is not what the name says, or is two things at once.
    NotItsType,
    /// Nothing that the portal takes.
    TypeNotAccepted,
    /// Damaged, cut off, or made to exhaust whoever opens it.
    Unreadable,
}

impl Refusal {
    /// Every reason that there is.
    pub const ALL: [Self; 10] = [
        Self::TooLarge,
        Self::Empty,
        Self::Compressed,
        Self::PasswordProtected,
        Self::OpenDocument,
        Self::Macros,
        Self::Program,
        Self::NotItsType,
        Self::TypeNotAccepted,
        Self::Unreadable,
    ];

    /// The reason that programs rely on.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "TOO_LARGE",
            Self::Empty => "EMPTY",
            Self::Compressed => "COMPRESSED",
            Self::PasswordProtected => "PASSWORD_PROTECTED",
            Self::OpenDocument => "OPEN_DOCUMENT",
            Self::Macros => "MACROS",
            Self::Program => "PROGRAM",
            Self::NotItsType => "NOT_ITS_TYPE",
            Self::TypeNotAccepted => "TYPE_NOT_ACCEPTED",
            Self::Unreadable => "UNREADABLE",
        }
    }

    /// The sentence for the person.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TooLarge => "The selected file must be 20MB or smaller",
            Self::Empty => "The selected file is empty",
            Self::Compressed => {
                "The selected file must not be compressed (zipped), or contain a file that is"
            }
            Self::PasswordProtected => "The selected file must not be password protected",
            Self::OpenDocument => {
                "The selected file must not be an OpenDocument file. Save it as a Word, Excel, PowerPoint or PDF file"
            }
            Self::Macros => {
                "The selected file must not contain macros, or fetch a template or an object from the web. Save it without them"
            }
            Self::Program => "The selected file must not be a program or script, or contain one",
            Self::NotItsType => {
                "The content of the selected file does not match its name. Save it again as the type of file that it is"
            }
            Self::TypeNotAccepted => {
                "The selected file must be a Word, Excel, PowerPoint, PDF, image, text, CSV, email, audio or video file"
            }
            Self::Unreadable => {
                "The selected file could not be read. Check that it opens, and save it again"
            }
        }
    }
}

/// Why a look into a file ended early.
#[derive(Debug)]
pub enum Flaw {
    /// The file is not taken.
    Refused(Refusal),
    /// The file could not be read here, which says nothing about it.
    Io(io::Error),
}

impl From<Refusal> for Flaw {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for Flaw {
    /// Parsers report what is wrong with the bytes as errors of input, too.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::NotFound
            | io::ErrorKind::Unsupported => Self::Refused(Refusal::Unreadable),
            _ => Self::Io(error),
        }
    }
}
