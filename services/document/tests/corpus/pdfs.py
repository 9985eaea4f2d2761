"""PDFs: by ReportLab, qpdf and pikepdf; protected, spoilt, and made to burst."""

import base64
import io
import subprocess
import tempfile
import zipfile
import zlib
from pathlib import Path

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from collection import PDF
from pages import PASSWORD, picture

MEBIBYTE = 1024 * 1024


def report() -> bytes:
    """Pages of text and a picture."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.setTitle("Surveyor’s report")
    for number in range(3):
        page.drawString(72, 720, f"Page {number + 1}: the roof was seen to leak.")
        page.showPage()
    page.save()
    return buffer.getvalue()


def form() -> bytes:
    """A form to fill in."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.drawString(72, 760, "Tell us about the repair")
    page.acroForm.textfield(name="name", x=72, y=700, width=200)
    page.acroForm.checkbox(name="agreed", x=72, y=650)
    page.acroForm.choice(name="team", x=72, y=600, options=["North", "South"], value="North")
    page.save()
    return buffer.getvalue()


def qpdf(content: bytes, *arguments: str) -> bytes:
    """What qpdf makes of a PDF."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.pdf", Path(folder) / "out.pdf"
        source.write_bytes(content)
        subprocess.run(["qpdf", "--deterministic-id" if "--encrypt" not in arguments else "--static-id",
                        *arguments, source, target], check=True)
        return target.read_bytes()


def updated(content: bytes) -> bytes:
    """The same with a change behind its end, as programs save that fill in forms."""
    before = content.rindex(b"startxref") + len(b"startxref")
    previous = int(content[before:].split()[0])
    with pikepdf.open(io.BytesIO(content)) as pdf:
        size, root = int(pdf.trailer.Size), pdf.Root.objgen[0]
    object_at = len(content)
    added = f"{size} 0 obj\n<</Type /Annot>>\nendobj\n".encode()
    table = object_at + len(added)
    added += f"xref\n{size} 1\n{object_at:010} 00000 n \n".encode()
    added += f"trailer\n<</Size {size + 1}/Root {root} 0 R/Prev {previous}>>\nstartxref\n{table}\n%%EOF\n".encode()
    return content + added


def with_attachment(content: bytes, name: str, attached: bytes) -> bytes:
    """The same with a file in it."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, attached, filename=name)
        pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def with_stream(stream: bytes, dictionary: str, header=b"") -> bytes:
    """A PDF of one page with one more stream, whose dictionary begins as given."""
    result = b"%PDF-1.7\n" + header
    places = []
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
        f"<<{dictionary}/Length {len(stream)}>>\nstream\n".encode() + stream + b"\nendstream",
    ]
    for number, body in enumerate(bodies, 1):
        places.append(len(result))
        result += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(result)
    result += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    return result + f"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n".encode()


def objects(*bodies: bytes) -> bytes:
    """A PDF of one page and these objects, the first of which is number 4."""
    page = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>"]
    result, places = b"%PDF-1.7\n", []
    for number, body in enumerate([*page, *bodies], 1):
        places.append(len(result))
        result += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table, size = len(result), len(places) + 1
    result += f"xref\n0 {size}\n0000000000 65535 f \n".encode() + b"".join(f"{it:010} 00000 n \n".encode() for it in places)
    return result + f"trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n".encode()


def stream(content: bytes, dictionary="") -> bytes:
    """A stream, whose dictionary begins as given."""
    return f"<<{dictionary}/Length {len(content)}>>\nstream\n".encode() + content + b"\nendstream"


def with_decoy(locked: bytes, opened: bytes) -> bytes:
    """A protected PDF with the description of an open one behind it, which no cross-reference names."""
    def description(content):
        number = int(content[content.rindex(b"/Encrypt") + 8 :].split()[0])
        start = content.index(f"\n{number} 0 obj".encode()) + 1
        return content[start : content.index(b"endobj", start) + 7]
    end = locked.rindex(b"startxref")
    return locked[:end] + description(opened) + locked[end:]


def attachments(corpus, archive: bytes):
    """Attached files that name themselves nothing, in every filter, and behind every name."""
    ours = "written by ourselves"
    hexed, text = archive.hex().encode() + b">", base64.a85encode(archive) + b"~>"
    runs = b"".join(bytes([len(archive[at : at + 128]) - 1]) + archive[at : at + 128] for at in range(0, len(archive), 128))
    named = b"<</Type/Filespec/F(a.dat)/EF<</F 4 0 R>>>>"
    for name, filters, content in (
        ("plain", "", archive),
        ("flate", "/Filter/FlateDecode", zlib.compress(archive)),
        ("hex", "/Filter/ASCIIHexDecode", hexed),
        ("85", "/Filter/ASCII85Decode", text),
        ("85-flate", "/Filter[/ASCII85Decode/FlateDecode]", base64.a85encode(zlib.compress(archive)) + b"~>"),
        ("runs", "/Filter/RunLengthDecode", runs + b"\x80"),
        ("picture", "/Filter/JPXDecode", archive),
    ):
        corpus.hostile(f"attached-{name}.pdf", "COMPRESSED", ours, objects(stream(content, filters), named))
    corpus.hostile("attached-typed-85.pdf", "COMPRESSED", ours, objects(stream(text, "/Type/Embedded#46ile/Filter/ASCII85Decode")))
    annotation = b"<</Type/Annot/Subtype/FileAttachment/FS<</F(a)/#45F 6 0 R>>>>"
    corpus.hostile("attached-to-note.pdf", "COMPRESSED", ours, objects(stream(archive), annotation, b"<</UF 4 0 R>>"))
    corpus.hostile("attached-nowhere.pdf", "NOT_ITS_TYPE", ours, objects(named.replace(b"4 0 R", b"99 0 R")))
    with_zip = with_attachment(report(), "files.dat", archive)
    corpus.hostile("attached-pikepdf.pdf", "COMPRESSED", "pikepdf", with_zip)
    corpus.hostile("attached-object-streams.pdf", "COMPRESSED", "qpdf", qpdf(with_zip, "--object-streams=generate"))
    for name, (bits, *more) in OWNER_ONLY.items():
        locked = qpdf(with_zip, "--allow-weak-crypto", "--object-streams=generate", "--encrypt", "", PASSWORD, bits, *more)
        corpus.hostile(f"attached-{name}", "COMPRESSED", "qpdf", locked)


def deflated_zeros(mebibytes: int) -> bytes:
    """Zeros that shrink to a thousandth."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(MEBIBYTE)) for _ in range(mebibytes)) + packer.flush()


OWNER_ONLY = {
    "owner-rc4-40.pdf": ("40", "--"),
    "owner-rc4-128.pdf": ("128", "--use-aes=n", "--"),
    "owner-aes-128.pdf": ("128", "--use-aes=y", "--"),
    "owner-aes-256.pdf": ("256", "--"),
}


def make(corpus):
    """Adds the PDFs."""
    plain = report()
    corpus.ordinary("report.pdf", PDF, "ReportLab", plain)
    corpus.ordinary("form.pdf", PDF, "ReportLab", form())
    corpus.ordinary("linear.pdf", PDF, "qpdf", qpdf(plain, "--linearize"))
    corpus.ordinary("object-streams.pdf", PDF, "qpdf", qpdf(plain, "--object-streams=generate"))
    linear_streams = qpdf(plain, "--linearize", "--object-streams=generate")
    corpus.ordinary("linear-object-streams.pdf", PDF, "qpdf", linear_streams)
    corpus.ordinary("uncompressed.pdf", PDF, "qpdf", qpdf(plain, "--qdf", "--object-streams=disable"))
    corpus.ordinary("updated.pdf", PDF, "ReportLab, updated by ourselves", updated(plain))
    corpus.ordinary("updated-twice.pdf", PDF, "ReportLab, updated by ourselves", updated(updated(plain)))
    corpus.ordinary("attachment.pdf", PDF, "pikepdf", with_attachment(plain, "photo.png", picture().getvalue()))
    insecure = ["--allow-weak-crypto"]
    for name, (bits, *more) in OWNER_ONLY.items():
        opened = qpdf(plain, *insecure, "--encrypt", "", PASSWORD, bits, *more)
        corpus.ordinary(name, PDF, "qpdf", opened)
        closed = qpdf(plain, *insecure, "--encrypt", PASSWORD, "owner", bits, *more)
        corpus.hostile(name.replace("owner", "user"), "PASSWORD_PROTECTED", "qpdf", closed)
        compressed = qpdf(plain, *insecure, "--object-streams=generate", "--encrypt", PASSWORD, PASSWORD, bits, *more)
        corpus.hostile(name.replace("owner", "both-object-streams"), "PASSWORD_PROTECTED", "qpdf", compressed)
        corpus.hostile(name.replace("owner", "decoy"), "NOT_ITS_TYPE", "qpdf, spoilt", with_decoy(closed, opened))
    strict = qpdf(plain, "--linearize", "--encrypt", "", PASSWORD, "256", "--cleartext-metadata", "--")
    corpus.ordinary("owner-linear-aes-256.pdf", PDF, "qpdf", strict)

    many = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        pdf.Root.Many = pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary(Number=number)) for number in range(3000)])
        pdf.save(many, deterministic_id=True)
    owned = qpdf(many.getvalue(), "--encrypt", "", PASSWORD, "256", "--")
    corpus.ordinary("owner-many-objects.pdf", PDF, "qpdf", owned)
    noted = with_attachment(plain, "photo.png", picture().getvalue())
    corpus.ordinary("owner-attachment.pdf", PDF, "qpdf", qpdf(noted, "--encrypt", "", PASSWORD, "256", "--"))
    corpus.ordinary("attachment-object-streams.pdf", PDF, "qpdf", qpdf(noted, "--object-streams=generate"))

    ours = "written by ourselves"
    corpus.hostile("bomb-85.pdf", "UNREADABLE", ours,
                   with_stream(base64.a85encode(deflated_zeros(400)) + b"~>", "/Filter[/ASCII85Decode/FlateDecode]"))
    corpus.hostile("bomb-object-stream.pdf", "UNREADABLE", ours,
                   with_stream(deflated_zeros(400), "/Type/ObjStm/N 1/First 4/Filter/FlateDecode"))
    twice = zlib.compress(deflated_zeros(400), 9)
    corpus.hostile("bomb-twice.pdf", "UNREADABLE", ours, with_stream(twice, "/Filter[/FlateDecode/FlateDecode]"))
    corpus.hostile("bomb-abbreviated.pdf", "UNREADABLE", ours,
                   with_stream(deflated_zeros(400), "/Type/ObjStm/N 1/First 4/Filter[/F#6cateDecode]"))
    corpus.hostile("streams-upon-streams.pdf", "UNREADABLE", ours, with_stream(b"<<>>stream\nx\x9c" * 1_500_000, ""))
    # As large as may be, and made to be read over and over.
    most = 20 * MEBIBYTE - 2000
    fill = lambda unit: unit * (most // len(unit))
    corpus.hostile("names-upon-names.pdf", "NOT_ITS_TYPE", ours, objects(stream(fill(b"/EF<</F 77777 0 R>>"))))
    corpus.hostile("files-upon-files.pdf", "UNREADABLE", ours,
                   objects(b"".join(b"/EF<</F %d 0 R>>\n" % number for number in range(9000))))
    corpus.hostile("objects-in-objects.pdf", "UNREADABLE", ours, objects(fill(b"1 0 obj<</A(x)>>stream\n")))
    corpus.hostile("beginnings-upon-beginnings.pdf", "UNREADABLE", ours, objects(fill(b"obj<<(>>stream\n")))
    corpus.ordinary("slashes.pdf", PDF, ours, objects(stream(fill(b"/E"))))
    corpus.hostile("cut-off.pdf", "UNREADABLE", "ReportLab, cut off", plain[: len(plain) // 2])
    corpus.hostile("no-trailer.pdf", "UNREADABLE", "ReportLab, spoilt", plain.replace(b"trailer", b"trailor"))
    corpus.hostile("wrong-place.pdf", "UNREADABLE", "ReportLab, spoilt",
                   plain[: plain.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("run.exe", b"MZ" * 100)
    attachments(corpus, buffer.getvalue())
    corpus.hostile("nothing-but-a-header.pdf", "UNREADABLE", ours, b"%PDF-1.7\n" + b"nothing\n" * 100)
