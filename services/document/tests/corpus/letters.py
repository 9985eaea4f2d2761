"""Text, tables and emails; and emails that carry what would not be taken by itself."""

import base64
import binascii
import struct
from email.message import EmailMessage
from email.mime.image import MIMEImage
from email.policy import SMTP

from collection import DOCX, XLSX
from ole import compound
from pages import picture

OURS = "written by ourselves"
PYTHON = "Python's email package"

NOTE = "Spoke to the tenant on 9 June – the boiler doesn’t fire.\nVisit agreed, £120 for parts.\n"
TABLE = "date,job,cost\n2025-06-09,\"boiler, again\",£120\n2025-06-10,roof,£2400\n"


def message(text=NOTE, attached=(), subject="Damp and mould in the bedroom") -> EmailMessage:
    """An email with files: their name, their type, their content."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Resident <resident@example.com>"
    mail["To"] = "Repairs <repairs@landlord.example>"
    mail["Subject"] = subject
    mail["Date"] = "Mon, 09 Jun 2025 10:30:00 +0100"
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content(text)
    for name, kind, content in attached:
        maintype, subtype = kind.split("/")
        mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    # Boundaries are random otherwise.
    for number, part in enumerate(it for it in mail.walk() if it.is_multipart()):
        part.set_boundary(f"=-part-{number}")
    return mail


def part(header: str, body: bytes) -> bytes:
    """An email with text and one more part, written by hand: libraries don't write what is odd."""
    head = "\r\n".join([
        "From: Resident <resident@example.com>", "Subject: Damp and mould", "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="=-part"', "", "--=-part", "Content-Type: text/plain", "",
        "See what is attached.", "--=-part", header, "", "",
    ])
    return head.encode() + body + b"\r\n--=-part--\r\n"


def attached_as(encoding: str, name: str, body: bytes) -> bytes:
    """An email with a file that is encoded so already."""
    return part("\r\n".join([
        "Content-Type: application/octet-stream", f"Content-Transfer-Encoding: {encoding}",
        f'Content-Disposition: attachment; filename="{name}"']), body)


def quoted(content: bytes) -> bytes:
    """Quoted-printable, line ends and all."""
    return binascii.b2a_qp(content, quotetabs=True, istext=False).replace(b"\n", b"\r\n")


def uuencoded(name: str, content: bytes) -> bytes:
    """The way of old."""
    lines = [binascii.b2a_uu(content[at : at + 45], backtick=True) for at in range(0, len(content), 45)]
    return f"begin 644 {name}\n".encode() + b"".join(lines) + b"`\nend\n"


def outlook(attached=()) -> bytes:
    """Outlook's form of an email, after [MS-OXMSG]: a stream for each long property, a storage for each attachment."""
    text = lambda value: value.encode("utf-16le")
    streams = {
        "__nameid_version1.0/__substg1.0_00020102": b"",
        "__nameid_version1.0/__substg1.0_00030102": b"",
        "__nameid_version1.0/__substg1.0_00040102": b"",
        "__substg1.0_001A001F": text("IPM.Note"),
        "__substg1.0_0037001F": text("Damp and mould"),
        "__substg1.0_0C1A001F": text("Resident"),
        "__substg1.0_1000001F": text(NOTE * 50),
        "__properties_version1.0": bytes(8) + struct.pack("<IIII", 0, len(attached), 0, len(attached)) + bytes(8),
    }
    for number, (name, content) in enumerate(attached):
        storage = f"__attach_version1.0_#{number:08X}/"
        streams[storage + "__properties_version1.0"] = bytes(8)
        streams[storage + "__substg1.0_3707001F"] = text(name)
        streams[storage + "__substg1.0_37010102"] = content
    return compound(streams)


def make(corpus):
    """Adds the texts and the emails."""
    texts(corpus)
    read = lambda name: corpus.read(name)
    pdf = ("report.pdf", "application/pdf", read("report.pdf"))
    word = ("letter.docx", DOCX, read("letter.docx"))
    book = ("repairs.xlsx", XLSX, read("repairs.xlsx"))
    photo = ("damp.jpg", "image/jpeg", read("damp.jpg"))
    styled = message(attached=[pdf])
    styled.get_body().add_alternative("<html><body><p>The boiler</p><script>1</script></body></html>", subtype="html")
    styled.get_body().add_related(picture().getvalue(), "image", "png", cid="<logo>")
    invitation = EmailMessage(policy=SMTP)
    invitation["From"], invitation["Subject"] = "Repairs <repairs@landlord.example>", "Visit"
    invitation.set_content("BEGIN:VCALENDAR\nEND:VCALENDAR\n", subtype="calendar")
    forwarded = message("See below.")
    forwarded.add_attachment(message(attached=[pdf]))
    for name, mail in {
        "plain.eml": message(),
        "report.eml": message(attached=[pdf]),
        "office.eml": message(attached=[word, book, photo]),
        "styled.eml": styled,
        "forwarded.eml": forwarded,
        "invitation.eml": invitation,
    }.items():
        corpus.ordinary(name, "message/rfc822", PYTHON, mail.as_bytes())
    encoded = base64.encodebytes(message(attached=[pdf]).as_bytes())
    rfc822 = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64"
    for name, content in {
        "quoted-printable.eml": attached_as("quoted-printable", "report.pdf", quoted(pdf[2])),
        "uuencoded.eml": attached_as("x-uuencode", "report.pdf", uuencoded("report.pdf", pdf[2])),
        "uuencoded-in-text.eml": part("Content-Type: text/plain", uuencoded("report.pdf", pdf[2])),
        "forwarded-encoded.eml": part(rfc822, encoded),
        "named-in-welsh.eml": part(
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
            "Content-Disposition: attachment; filename*0*=utf-8''t%C5%B7; filename*1=.txt", "Tŷ newydd\r\n".encode()),
    }.items():
        corpus.ordinary(name, "message/rfc822", OURS, content)
    unix = b"From resident@example.com Mon Jun  9 10:30:00 2025\n" + message(attached=[pdf]).as_bytes().replace(b"\r\n", b"\n")
    corpus.ordinary("mailbox.eml", "message/rfc822", PYTHON, unix)
    outlook_type = "application/vnd.ms-outlook"
    corpus.ordinary("plain.msg", outlook_type, OURS, outlook())
    files = [("report.pdf", pdf[2]), ("letter.docx", word[2]), ("repairs.xls", read("repairs-xlwt.xls"))]
    corpus.ordinary("attachments.msg", outlook_type, OURS, outlook(files))
    carrying(corpus)


def texts(corpus):
    """Text in the codings that people have."""
    for name, content in {
        "note.txt": NOTE.encode(),
        "note-marked.txt": NOTE.encode("utf-8-sig"),
        "note-windows.txt": NOTE.replace("\n", "\r\n").encode("cp1252"),
        "note-latin-1.txt": "Visit agreed, £120 for parts.\n".encode("latin-1"),
        "note-utf-16.txt": NOTE.encode("utf-16"),
        "note-utf-16-big.txt": b"\xfe\xff" + NOTE.encode("utf-16be"),
        "note-polish.txt": ("Zażółć gęślą jaźń. 家の修理 👩‍👩‍👧\n" * 3000).encode(),
        "letter-about-html.txt": b"The page began with <html> and had a <script> in it.\n",
    }.items():
        corpus.ordinary(name, "text/plain", "Python", content)
    for name, content in {
        "jobs.csv": TABLE.encode(),
        "jobs-excel.csv": TABLE.replace(",", ";").replace("\n", "\r\n").encode("cp1252"),
        "jobs-unicode.csv": TABLE.replace(",", "\t").encode("utf-16"),
    }.items():
        corpus.ordinary(name, "text/csv", "Python", content)
    corpus.hostile("empty.txt", "EMPTY", "nobody", b"")
    corpus.hostile("empty.pdf", "EMPTY", "nobody", b"")
    corpus.hostile("zeros.txt", "NOT_ITS_TYPE", OURS, bytes(4096))
    corpus.hostile("controls.csv", "NOT_ITS_TYPE", OURS, b"date,job\n\x1b[2Jboiler\n")
    corpus.hostile("cut-off-utf-16.txt", "NOT_ITS_TYPE", "Python, cut off", NOTE.encode("utf-16")[:-1])
    corpus.hostile("no-header.eml", "NOT_ITS_TYPE", OURS, b"Dear all,\n\nplease see the report.\n")
    corpus.hostile("no-type.", "TYPE_NOT_ACCEPTED", "Python", NOTE.encode())
    corpus.hostile("letter.rtf", "TYPE_NOT_ACCEPTED", OURS, b"{\\rtf1\\ansi Dear all}")
    corpus.hostile("too-large.txt", "TOO_LARGE", "Python", b"x" * (20 * 1024 * 1024 + 1))


def carrying(corpus):
    """Emails with attachments that would be refused."""
    read = lambda name: (corpus.folder / "hostile" / name).read_bytes()
    binary = "application/octet-stream"
    program = b"MZ" + bytes(58) + struct.pack("<I", 0x80) + bytes(64) + b"PE\0\0" + bytes(2000)
    cases = {
        "zip": ("COMPRESSED", "files.zip", read("files.zip")),
        "7z": ("COMPRESSED", "photos.dat", read("files.7z")),
        "program": ("PROGRAM", "invoice.dat", program),
        "script": ("PROGRAM", "invoice.js", b"WScript.Echo(1)"),
        "macros": ("MACROS", "letter.docm", read("macros.docm")),
        "macros-old": ("MACROS", "letter.doc", read("macros.doc")),
        "protected": ("PASSWORD_PROTECTED", "letter.docx", read("agile-letter.docx")),
        "open-document": ("OPEN_DOCUMENT", "letter.odt", read("letter.odt")),
    }
    for name, (reason, attached, content) in cases.items():
        mail = message(attached=[(attached, binary, content)])
        corpus.hostile(f"carries-{name}.eml", reason, PYTHON, mail.as_bytes())
        corpus.hostile(f"carries-{name}.msg", reason, OURS, outlook([(attached, content)]))
    inner = message(attached=[("files.zip", binary, cases["zip"][2])])
    forwarded = message("See below.")
    forwarded.add_attachment(inner)
    corpus.hostile("forwards-zip.eml", "COMPRESSED", PYTHON, forwarded.as_bytes())
    lying = message(attached=[("photo.jpg", "image/jpeg", program)])
    corpus.hostile("carries-program-as-photo.eml", "PROGRAM", PYTHON, lying.as_bytes())
    folded = message(attached=[("files.zip", binary, cases["zip"][2])]).as_bytes()
    corpus.hostile("carries-zip-capitals.eml", "COMPRESSED", PYTHON,
                   folded.replace(b"Content-Transfer-Encoding: base64", b"content-transfer-encoding:\r\n\tBASE64"))
    encoded(corpus, {name: content for name, (_, _, content) in cases.items()}, inner.as_bytes())


def encoded(corpus, contents, inner):
    """The same in every encoding that mail programs read, and under every way to write a name."""
    reasons = {"zip": "COMPRESSED", "program": "PROGRAM", "macros": "MACROS", "protected": "PASSWORD_PROTECTED"}
    for kind, reason in reasons.items():
        content = contents[kind]
        hostile = lambda name, mail: corpus.hostile(f"{name}-{kind}.eml", reason, OURS, mail)
        hostile("quoted-printable", attached_as("quoted-printable", "report.pdf", quoted(content)))
        hostile("uuencoded", attached_as("x-uuencode", "report.pdf", uuencoded("report.pdf", content)))
        hostile("uuencoded-in-text", part("Content-Type: text/plain", uuencoded("report.pdf", content)))
    rfc822 = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: "
    once = base64.encodebytes(inner)
    corpus.hostile("forwards-zip-base64.eml", "COMPRESSED", OURS, part(rfc822 + "base64", once))
    corpus.hostile("forwards-zip-quoted.eml", "COMPRESSED", OURS, part(rfc822 + "quoted-printable", quoted(inner)))
    corpus.hostile("forwards-zip-as-file.eml", "COMPRESSED", OURS, attached_as("base64", "forwarded.eml", once))
    two = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit"
    corpus.hostile("encoded-in-two-ways.eml", "NOT_ITS_TYPE", OURS, part(two, base64.encodebytes(contents["zip"])))
    corpus.hostile("script-as-photo-7bit.eml", "PROGRAM", OURS, attached_as("7bit", "photo.jpg", b"#!/bin/sh\nrm -r /\n"))
    for number, name in enumerate((
        "filename*=utf-8''invoice%2Ejs",
        'filename*0="invoice."; filename*1="js"',
        "filename*0*=utf-8''invoice%2E; filename*1*=j%73",
        'filename="=?utf-8?B?aW52b2ljZS5qcw==?="',
        'filename="=?utf-8?Q?invoice=2Ejs?="',
        "filename=\"invoice.txt\"; filename*=utf-8''invoice.js",
    )):
        header = f"Content-Type: text/plain\r\nContent-Disposition: attachment; {name}"
        corpus.hostile(f"script-named-{number}.eml", "PROGRAM", OURS, part(header, b"WScript.Echo(1)\r\n"))
    locked = (corpus.folder / "hostile/user-aes-256.pdf").read_bytes()
    for name, content in {"locked-and-more": locked + b"hides the password", "and-more": corpus.read("report.pdf") + b"<script>"}.items():
        mail = message(attached=[("report.pdf", "application/pdf", content)])
        corpus.hostile(f"carries-pdf-{name}.eml", "NOT_ITS_TYPE", PYTHON, mail.as_bytes())
