//! The types that are taken, what they are called, and what a name's extension gives away.

use super::Refusal;

/// A type of file that the portal takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// `.docx`
    Word,
    /// `.xlsx`
    Excel,
    /// `.pptx`
    PowerPoint,
    /// `.doc`
    Word97,
    /// `.xls`
    Excel97,
    /// `.ppt`
    PowerPoint97,
    /// `.pdf`
    Pdf,
    /// `.jpg`, with a phone's several pictures in one file
    Jpeg,
    /// `.png`
    Png,
    /// `.gif`
    Gif,
    /// `.tiff`
    Tiff,
    /// `.heic`
    Heic,
    /// `.webp`
    WebP,
    /// `.bmp`
    Bmp,
    /// `.txt`
    PlainText,
    /// `.csv`
    Csv,
    /// `.eml`
    Email,
    /// `.msg`
    OutlookMessage,
    /// `.mp3`
    Mp3,
    /// `.m4a`
    Mp4Audio,
    /// `.wav`
    Wav,
    /// `.ogg` without pictures
    OggAudio,
    /// `.mp4`
    Mp4Video,
    /// `.mov`
    QuickTime,
    /// `.avi`
    Avi,
    /// `.mkv`
    Matroska,
    /// `.webm`
    WebM,
    /// `.ogv`
    OggVideo,
}

/// What is known of a type: its media type, its name for people, and the extensions that it goes by.
struct Facts(&'static str, &'static str, &'static [&'static str]);

impl FileType {
    /// Every type that is taken.
    pub const ALL: [Self; 28] = [
        Self::Word,
        Self::Excel,
        Self::PowerPoint,
        Self::Word97,
        Self::Excel97,
        Self::PowerPoint97,
        Self::Pdf,
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Tiff,
        Self::Heic,
        Self::WebP,
        Self::Bmp,
        Self::PlainText,
        Self::Csv,
        Self::Email,
        Self::OutlookMessage,
        Self::Mp3,
        Self::Mp4Audio,
        Self::Wav,
        Self::OggAudio,
        Self::Mp4Video,
        Self::QuickTime,
        Self::Avi,
        Self::Matroska,
        Self::WebM,
        Self::OggVideo,
    ];

    fn facts(self) -> Facts {
        match self {
            Self::Word => Facts(
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "Word document",
                &["docx"],
            ),
            Self::Excel => Facts(
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "Excel spreadsheet",
                &["xlsx"],
            ),
            Self::PowerPoint => Facts(
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                "PowerPoint presentation",
                &["pptx", "ppsx"],
            ),
            Self::Word97 => Facts("application/msword", "Word document", &["doc"]),
            Self::Excel97 => Facts("application/vnd.ms-excel", "Excel spreadsheet", &["xls"]),
            Self::PowerPoint97 => Facts(
                "application/vnd.ms-powerpoint",
                "PowerPoint presentation",
                &["ppt", "pps"],
            ),
            Self::Pdf => Facts("application/pdf", "PDF document", &["pdf"]),
            Self::Jpeg => Facts(
                "image/jpeg",
                "JPEG image",
                &["jpg", "jpeg", "jpe", "jfif", "mpo"],
            ),
            Self::Png => Facts("image/png", "PNG image", &["png"]),
            Self::Gif => Facts("image/gif", "GIF image", &["gif"]),
            Self::Tiff => Facts("image/tiff", "TIFF image", &["tif", "tiff"]),
            Self::Heic => Facts("image/heic", "HEIC image", &["heic", "heif"]),
            Self::WebP => Facts("image/webp", "WebP image", &["webp"]),
            Self::Bmp => Facts("image/bmp", "BMP image", &["bmp", "dib"]),
            Self::PlainText => Facts("text/plain", "Text file", &["txt"]),
            Self::Csv => Facts("text/csv", "CSV file", &["csv"]),
            Self::Email => Facts("message/rfc822", "Email", &["eml"]),
            Self::OutlookMessage => Facts("application/vnd.ms-outlook", "Outlook email", &["msg"]),
            Self::Mp3 => Facts("audio/mpeg", "MP3 audio", &["mp3"]),
            Self::Mp4Audio => Facts("audio/mp4", "MP4 audio", &["m4a", "mp4"]),
            Self::Wav => Facts("audio/wav", "WAV audio", &["wav"]),
            Self::OggAudio => Facts("audio/ogg", "Ogg audio", &["ogg", "oga", "opus"]),
            Self::Mp4Video => Facts("video/mp4", "MP4 video", &["mp4", "m4v", "mov"]),
            Self::QuickTime => Facts("video/quicktime", "QuickTime video", &["mov", "qt"]),
            Self::Avi => Facts("video/x-msvideo", "AVI video", &["avi"]),
            Self::Matroska => Facts("video/x-matroska", "Matroska video", &["mkv", "mka"]),
            Self::WebM => Facts("video/webm", "WebM video", &["webm"]),
            Self::OggVideo => Facts("video/ogg", "Ogg video", &["ogg", "ogv"]),
        }
    }

    /// The media type under which it is stored and served.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        self.facts().0
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.facts().1
    }

    /// The extensions that it goes by.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        self.facts().2
    }

    /// The type of a stored media type.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|known| known.media_type() == media_type)
    }

    /// Whether it is a picture.
    #[must_use]
    pub fn is_image(self) -> bool {
        self.media_type().starts_with("image/")
    }
}

/// Office's extensions for files that are there to hold macros.
const MACROS: &[&str] = &[
    "docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm", "ppam", "sldm",
];

/// What a browser runs when it is opened.
const PAGES: &[&str] = &[
    "html", "htm", "xhtml", "xht", "shtml", "mht", "mhtml", "svg", "svgz",
];

/// What Windows or macOS runs when it is opened.
const PROGRAMS: &[&str] = &[
    "exe",
    "dll",
    "com",
    "scr",
    "pif",
    "msi",
    "msp",
    "msix",
    "appx",
    "cpl",
    "bat",
    "cmd",
    "ps1",
    "psm1",
    "psd1",
    "vbs",
    "vbe",
    "vb",
    "js",
    "jse",
    "mjs",
    "cjs",
    "jsx",
    "ts",
    "wsf",
    "wsh",
    "wsc",
    "sct",
    "hta",
    "swf",
    "jar",
    "class",
    "jnlp",
    "sh",
    "bash",
    "zsh",
    "csh",
    "ksh",
    "command",
    "py",
    "pyc",
    "pyw",
    "rb",
    "pl",
    "php",
    "phtml",
    "asp",
    "aspx",
    "jsp",
    "lua",
    "reg",
    "inf",
    "lnk",
    "url",
    "scf",
    "chm",
    "hlp",
    "apk",
    "ipa",
    "app",
    "dmg",
    "pkg",
    "deb",
    "rpm",
    "run",
    "elf",
    "so",
    "dylib",
    "sys",
    "drv",
    "ocx",
    "gadget",
    "application",
    "applescript",
    "scpt",
    "workflow",
];

/// Archives and OpenDocument files: when such a name holds something else, it is the name that is wrong.
const OTHERS_KNOWN: &[&str] = &[
    "zip", "zipx", "rar", "7z", "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst", "tar", "cab",
    "lzh", "lha", "arj", "ace", "iso", "odt", "ods", "odp", "odg", "odf", "ott", "ots", "otp",
];

/// A name's extension in lower case, without the dot; empty without one.
pub(super) fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, extension)) => extension.to_lowercase(),
        None => String::new(),
    }
}

/// Whether a file of this extension is run when it is opened, other than by a browser.
pub(super) fn runs(extension: &str) -> bool {
    PROGRAMS.contains(&extension)
}

/// Why a file is refused that is not what its extension says.
pub(super) fn misnamed(extension: &str) -> Refusal {
    let known = |list: &[&str]| list.contains(&extension);
    if known(PROGRAMS) || known(PAGES) {
        Refusal::Program
    } else if known(MACROS) {
        Refusal::Macros
    } else if known(OTHERS_KNOWN)
        || FileType::ALL
            .iter()
            .any(|accepted| known(accepted.extensions()))
    {
        Refusal::NotItsType
    } else {
        Refusal::TypeNotAccepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_again_by_its_media_type() {
        for known in FileType::ALL {
            assert_eq!(FileType::of(known.media_type()), Some(known));
        }
        assert_eq!(FileType::of("text/html"), None);
    }

    #[test]
    fn an_extension_is_what_follows_the_last_dot() {
        assert_eq!(extension("Report.final.PDF"), "pdf");
        assert_eq!(extension("report"), "");
        assert_eq!(extension("invoice.pdf.exe"), "exe");
    }
}
