//! The corpus: made once, and read from its manifest.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// What must come of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is taken, as this media type.
    Taken(String),
    /// It is refused, for this reason.
    Refused(String),
}

/// A file of the corpus.
#[derive(Debug)]
pub struct Sample {
    /// Where it is. Its name is the one that it is uploaded under.
    pub path: PathBuf,
    /// What must come of it.
    pub expected: Verdict,
    /// Who made it.
    pub producer: String,
}

impl Sample {
    /// The name that it is uploaded under.
    pub fn name(&self) -> &str {
        let name = self.path.file_name().and_then(|name| name.to_str());
        name.expect("the corpus has plain names")
    }

    /// Whether it must be taken.
    pub fn is_ordinary(&self) -> bool {
        matches!(self.expected, Verdict::Taken(_))
    }
}

/// All files, made by their producers when they are not there yet.
pub static FILES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("corpus");
    make(&folder);
    let manifest =
        std::fs::read_to_string(folder.join("manifest.tsv")).expect("the maker wrote a manifest");
    manifest.lines().map(|line| sample(&folder, line)).collect()
});

/// Runs the maker. A producer that is missing fails the tests: files that were not looked at prove nothing.
fn make(folder: &Path) {
    let service = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = service.join("../../.local/venv/bin/python3");
    let made = Command::new(&python)
        .arg("-B")
        .arg(service.join("tests/corpus/make.py"))
        .arg(folder)
        .output()
        .unwrap_or_else(|error| {
            panic!(
                "{} does not start (`deploy/local/tools.sh producers` installs it): {error}",
                python.display()
            )
        });
    assert!(
        made.status.success(),
        "the corpus could not be made:\n{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

fn sample(folder: &Path, line: &str) -> Sample {
    let mut fields = line.split('\t').map(str::to_owned);
    let mut field = || fields.next().expect("a line has four fields");
    let (kind, name, expected, producer) = (field(), field(), field(), field());
    Sample {
        path: folder.join(&kind).join(name),
        expected: match kind.as_str() {
            "ordinary" => Verdict::Taken(expected),
            _ => Verdict::Refused(expected),
        },
        producer,
    }
}
