#!/usr/bin/env python3
"""Makes the files with which the inspection of uploads is tested, each by a program that people have: make.py FOLDER

`FOLDER` gets `ordinary/`, `hostile/` and `manifest.tsv`, whose lines say what is expected of each file. Nothing is
made anew while neither these scripts nor the producers have changed.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
PRODUCERS = HERE.parents[3] / "deploy/local/tools/producers.txt"


def state() -> str:
    """A fingerprint of everything that decides what the files are."""
    digest = hashlib.sha256()
    for path in [*sorted(HERE.glob("*.py")), PRODUCERS]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for program in ("soffice", "qpdf", "bsdtar"):
        digest.update(subprocess.run([program, "--version"], check=True, capture_output=True).stdout)
    return digest.hexdigest()


def main(folder: Path):
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Two test programs may want them at once.
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            import archives, disguises, letters, passwords, pages, pdfs, pictures, recordings
        except ImportError as error:
            sys.exit(f"{error}: deploy/local/tools.sh producers installs what is needed")
        from collection import Collection

        pages.require()
        stamp, wanted = folder / "state", state()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        shutil.rmtree(folder, ignore_errors=True)
        corpus = Collection(folder)
        # One part's name twice is what one of the files is about.
        warnings.filterwarnings("ignore", "Duplicate name")
        for module in (pages, passwords, pdfs, recordings, pictures, archives, letters, disguises):
            module.make(corpus)
        (folder / "manifest.tsv").write_text(corpus.manifest())
        stamp.write_text(wanted)


if __name__ == "__main__":
    # The same input makes the same files: some writers ask the clock unless they are told a time.
    os.environ["SOURCE_DATE_EPOCH"] = "1749465000"
    main(Path(sys.argv[1]).resolve())
