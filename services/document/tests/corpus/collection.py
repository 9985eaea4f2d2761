"""Where the made files go, and what is expected of each."""

from pathlib import Path

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
PDF = "application/pdf"


class Collection:
    """Writes files into `ordinary/` and `hostile/`, and remembers what is expected."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.lines = []
        for kind in ("ordinary", "hostile"):
            (folder / kind).mkdir(parents=True)

    def ordinary(self, name: str, media_type: str, producer: str, content: bytes):
        """A file that must be taken, as this type."""
        self._add("ordinary", name, media_type, producer, content)

    def hostile(self, name: str, reason: str, producer: str, content: bytes):
        """A file that must be refused, for this reason."""
        self._add("hostile", name, reason, producer, content)

    def read(self, name: str) -> bytes:
        """An ordinary file that was made before, to be spoilt."""
        return (self.folder / "ordinary" / name).read_bytes()

    def _add(self, kind, name, expected, producer, content):
        path = self.folder / kind / name
        if path.exists():
            raise ValueError(f"there are two {kind} files called {name}")
        path.write_bytes(content)
        self.lines.append("\t".join((kind, name, expected, producer)))

    def manifest(self) -> str:
        """One line for each file: kind, name, expected type or reason, producer."""
        return "".join(f"{line}\n" for line in self.lines)
