"""Office files that ask for a password, in the forms of Office 95 to today, and macros in the old ones.

The old forms are written here after [MS-OFFCRYPTO], [MS-DOC], [MS-XLS] and [MS-PPT]; the keys come from msoffcrypto-tool,
which then has to say of each file that it is encrypted and, where it knows how, open it with the password.
"""

import io
import struct
from hashlib import md5, sha1

import msoffcrypto
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from msoffcrypto.method import rc4, rc4_cryptoapi
from msoffcrypto.method.xor_obfuscation import DocumentXOR

from ole import compound, streams_of
from pages import PASSWORD

SALT = bytes(range(16))
VERIFIER = bytes(range(16, 32))
# XOR obfuscation knows fifteen characters and no more.
SHORT_PASSWORD = PASSWORD[:13]
KEY_BITS = 128
REASON = "PASSWORD_PROTECTED"


def make(corpus):
    """Adds the protected files, and those of old with macros."""
    for name in ("letter.docx", "repairs.xlsx", "slides.pptx"):
        buffer = io.BytesIO()
        with open(corpus.folder / "ordinary" / name, "rb") as plain:
            msoffcrypto.OfficeFile(plain).encrypt(PASSWORD, buffer)
        corpus.hostile(f"agile-{name}", REASON, "msoffcrypto-tool", buffer.getvalue())

    producer = "LibreOffice, encrypted by ourselves"
    letter = streams_of(corpus.read("letter-libreoffice.doc"))
    book = streams_of(corpus.read("repairs-libreoffice.xls"))["Workbook"]
    deck = streams_of(corpus.read("slides-libreoffice.ppt"))
    for name, content in {
        "xor.doc": xor_document(letter),
        "rc4.doc": rc4_document(letter, _Rc4()),
        "cryptoapi.doc": rc4_document(letter, _CryptoApi()),
        "xor.xls": xor_workbook(book),
        "rc4.xls": rc4_workbook(book, _Rc4()),
        "cryptoapi.xls": rc4_workbook(book, _CryptoApi()),
        "cryptoapi.ppt": presentation(deck, _CryptoApi()),
    }.items():
        opens(name, content)
        corpus.hostile(name, REASON, producer, content)
    macros(corpus, letter, book)


def opens(name, content):
    """Lets the oracle judge: the file is encrypted, and the password is the right one."""
    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    if not file.is_encrypted():
        raise ValueError(f"msoffcrypto-tool takes {name} for a plain file")
    if name == "xor.doc":
        # The oracle knows this form, but not how to open it.
        return
    file.load_key(password=SHORT_PASSWORD if name.startswith("xor") else PASSWORD)
    plain = io.BytesIO()
    file.decrypt(plain)
    text = {"doc": "mend the roof", "xls": "Job 7", "ppt": "Damp and mould"}[name[-3:]]
    found = [text.encode(coding) in plain.getvalue() for coding in ("cp1252", "utf-16le")]
    if not any(found) or any(text.encode(coding) in content for coding in ("cp1252", "utf-16le")):
        raise ValueError(f"{name} is not encrypted as msoffcrypto-tool would have it")


class _Rc4:
    """Office 97's encryption: 40 bits of key."""

    file_pass_kind = 1

    def cipher(self, block):
        return Cipher(ARC4(rc4._makekey(PASSWORD, SALT, block)), mode=None).encryptor()

    def header(self):
        cipher = self.cipher(0)
        return struct.pack("<HH", 1, 1) + SALT + cipher.update(VERIFIER) + cipher.update(md5(VERIFIER).digest())


class _CryptoApi:
    """Office 2002's encryption: a key as long as Windows's provider makes them."""

    def cipher(self, block):
        return Cipher(ARC4(rc4_cryptoapi._makekey(PASSWORD, SALT, KEY_BITS, block)), mode=None).encryptor()

    def header(self):
        flags, rc4_algorithm, sha1_algorithm, rsa_provider = 4, 0x6801, 0x8004, 1
        provider = "Microsoft Enhanced Cryptographic Provider v1.0\0".encode("utf-16le")
        header = struct.pack("<8I", flags, 0, rc4_algorithm, sha1_algorithm, KEY_BITS, rsa_provider, 0, 0) + provider
        cipher = self.cipher(0)
        verifier = struct.pack("<I", 16) + SALT + cipher.update(VERIFIER)
        verifier += struct.pack("<I", 20) + cipher.update(sha1(VERIFIER).digest())
        return struct.pack("<HHII", 2, 2, flags, len(header)) + header + verifier


def _encrypted(method, content, block_size):
    blocks = range(0, len(content), block_size)
    return b"".join(method.cipher(number).update(content[at : at + block_size]) for number, at in enumerate(blocks))


# Word

FIB_FLAGS, FIB_KEY, FIB_PLAIN = 0x0A, 0x0E, 0x44
ENCRYPTED, FIRST_TABLE, OBFUSCATED = 0x0100, 0x0200, 0x8000


def _flagged(block, more, key):
    (flags,) = struct.unpack_from("<H", block, FIB_FLAGS)
    block = bytearray(block)
    struct.pack_into("<H", block, FIB_FLAGS, flags | more)
    struct.pack_into("<I", block, FIB_KEY, key)
    return block


def rc4_document(streams, method):
    """Everything but the first part of the information block, and the table's header, which moves the tables on."""
    header = method.header()
    block = _flagged(streams["WordDocument"], ENCRYPTED, len(header))
    table = "1Table" if struct.unpack_from("<H", block, FIB_FLAGS)[0] & FIRST_TABLE else "0Table"
    # The words and the long numbers come first, each with their count.
    (words,) = struct.unpack_from("<H", block, 0x20)
    (numbers,) = struct.unpack_from("<H", block, 0x22 + 2 * words)
    places = 0x22 + 2 * words + 2 + 4 * numbers
    for pair in range(struct.unpack_from("<H", block, places)[0]):
        place, length = struct.unpack_from("<II", block, places + 2 + 8 * pair)
        if length:
            struct.pack_into("<I", block, places + 2 + 8 * pair, place + len(header))

    result = dict(streams)
    result["WordDocument"] = bytes(block[:FIB_PLAIN]) + _encrypted(method, bytes(block), 512)[FIB_PLAIN:]
    moved = bytes(len(header)) + streams[table]
    result[table] = header + _encrypted(method, moved, 512)[len(header) :]
    return compound(result)


def xor_document(streams):
    """Office 95's way: the password's array over everything behind the information block's first part."""
    array = DocumentXOR.create_xor_array_method1(SHORT_PASSWORD)
    key = DocumentXOR.create_xor_key_method1(SHORT_PASSWORD) << 16 | _xor_verifier()
    block = _flagged(streams["WordDocument"], ENCRYPTED | OBFUSCATED, key)
    hidden = bytes(byte ^ array[at % 16] if byte and byte != array[at % 16] else byte for at, byte in enumerate(block))
    return compound({**streams, "WordDocument": bytes(block[:FIB_PLAIN]) + hidden[FIB_PLAIN:]})


def _xor_verifier():
    return next(value for value in range(0x10000) if DocumentXOR.verifypw(SHORT_PASSWORD, value))


# Excel

BOF, FILE_PASS, BOUND_SHEET, INTERFACE = 0x0809, 0x002F, 0x0085, 0x00E1
MACRO_SHEET = 1


def _records(stream):
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _with_file_pass(book, content):
    """The records, with the one that says that the rest is encrypted; the sheets move on by its length."""
    for number, (kind, data) in enumerate(_records(book)):
        if kind == BOUND_SHEET:
            data = struct.pack("<I", struct.unpack_from("<I", data)[0] + 4 + len(content)) + data[4:]
        yield kind, data
        if number == 0:
            yield FILE_PASS, content


def _plain_part(kind, data):
    if kind in (BOF, FILE_PASS, INTERFACE):
        return len(data)
    return 4 if kind == BOUND_SHEET else 0


def _hidden(records, change):
    """The records as a stream, where `change` gives the hidden form of all their contents at once."""
    plain, mask = b"", b""
    for kind, data in records:
        plain += struct.pack("<HH", kind, len(data)) + data
        open_part = _plain_part(kind, data)
        mask += b"\1" * (4 + open_part) + b"\0" * (len(data) - open_part)
    # Headers take part in the stream of keys, as zeros.
    hidden = change(bytes(0 if clear else byte for byte, clear in zip(plain, mask)))
    return bytes(byte if clear else other for byte, other, clear in zip(plain, hidden, mask))


def rc4_workbook(book, method):
    """Every record's content but a few."""
    records = _with_file_pass(book, struct.pack("<H", 1) + method.header())
    return compound({"Workbook": _hidden(records, lambda content: _encrypted(method, content, 1024))})


def xor_workbook(book):
    """Every record's content but a few, turned by three bits and then under the password's array."""
    array = DocumentXOR.create_xor_array_method1(SHORT_PASSWORD)
    content = struct.pack("<HHH", 0, DocumentXOR.create_xor_key_method1(SHORT_PASSWORD), _xor_verifier())
    stream = bytearray()
    for kind, data in _with_file_pass(book, content):
        open_part = _plain_part(kind, data)
        end = len(stream) + 4 + len(data)
        stream += struct.pack("<HH", kind, len(data)) + data[:open_part]
        for at, byte in enumerate(data[open_part:], open_part):
            turned = (byte << 5 | byte >> 3) & 0xFF
            stream.append(turned ^ array[(end + at) % 16])
    return compound({"Workbook": bytes(stream)})


# PowerPoint

USER_EDIT, PERSISTENT, CRYPT_SESSION = 0x0FF5, 0x1772, 0x2F14
HIDDEN_MARK = 0xF3D1C4DF


def presentation(streams, method):
    """The objects encrypted one by one, and one more object that says how."""
    stream = bytearray(streams["PowerPoint Document"])
    user = bytearray(streams["Current User"])
    (edit_at,) = struct.unpack_from("<I", user, 16)
    edit = bytearray(stream[edit_at : edit_at + 8 + 0x1C])
    (directory_at,) = struct.unpack_from("<I", edit, 8 + 12)
    objects = _persistent_objects(stream, directory_at)
    order = sorted([*objects.values(), directory_at, edit_at])
    for number, at in objects.items():
        end = order[order.index(at) + 1]
        stream[at:end] = method.cipher(number).update(bytes(stream[at:end]))

    del stream[min(directory_at, edit_at) :]
    session = max(objects) + 1
    objects[session] = len(stream)
    header = method.header()
    stream += struct.pack("<HHI", 0x0F, CRYPT_SESSION, len(header)) + header
    new_directory = len(stream)
    first = min(objects)
    content = struct.pack("<I", len(objects) << 20 | first) + b"".join(struct.pack("<I", objects[it]) for it in sorted(objects))
    stream += struct.pack("<HHI", 0, PERSISTENT, len(content)) + content
    struct.pack_into("<I", user, 12, HIDDEN_MARK)
    struct.pack_into("<I", user, 16, len(stream))
    struct.pack_into("<I", edit, 4, 0x20)
    struct.pack_into("<I", edit, 8 + 12, new_directory)
    struct.pack_into("<I", edit, 8 + 20, session + 1)
    stream += edit + struct.pack("<I", session)
    return compound({**streams, "PowerPoint Document": bytes(stream), "Current User": bytes(user)})


def _persistent_objects(stream, at):
    """Where each object stands, by its number."""
    kind, length = struct.unpack_from("<HI", stream, at + 2)
    if kind != PERSISTENT:
        raise ValueError("LibreOffice keeps its objects elsewhere")
    objects, place, end = {}, at + 8, at + 8 + length
    while place < end:
        (entry,) = struct.unpack_from("<I", stream, place)
        for step in range(entry >> 20):
            objects[(entry & 0xFFFFF) + step] = struct.unpack_from("<I", stream, place + 4 + 4 * step)[0]
        place += 4 + 4 * (entry >> 20)
    return objects


# Macros


def visual_basic(above=""):
    """The streams that every project in Visual Basic has."""
    streams = {"PROJECT": b'ID="{00000000-0000-0000-0000-000000000000}"\r\n', "VBA/_VBA_PROJECT": b"\xcc\x61" + bytes(64)}
    streams |= {"VBA/dir": b"\x01" + bytes(64), "VBA/ThisDocument": b"\x01" + bytes(64)}
    return {above + path: content for path, content in streams.items()}


def macros(corpus, letter, book):
    """Documents of old with macros in Visual Basic, and a workbook with those of Excel 4."""
    producer, reason = "LibreOffice, macros added by ourselves", "MACROS"
    corpus.hostile("macros.doc", reason, producer, compound(letter | visual_basic("Macros/")))
    corpus.hostile("macros.xls", reason, producer, compound({"Workbook": book} | visual_basic("_VBA_PROJECT_CUR/")))
    stream = b""
    for kind, data in _records(book):
        if kind == BOUND_SHEET:
            data = data[:5] + bytes([MACRO_SHEET]) + data[6:]
        stream += struct.pack("<HH", kind, len(data)) + data
    corpus.hostile("macros-excel-4.xls", reason, producer, compound({"Workbook": stream}))
