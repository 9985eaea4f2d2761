"""Writes OLE compound files, so that not everything comes from the library that reads them in the portal.

Version 3 of the format: sectors of 512 bytes, and small streams in a stream of their own.
"""

import struct

SECTOR = 512
SMALL_SECTOR = 64
# Shorter streams go into the small ones' stream.
SMALL = 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NOBODY = 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5


class _Node:
    def __init__(self, name, kind, content=b""):
        self.name, self.kind, self.content = name, kind, content
        self.children = {}
        self.start, self.size = END, len(content)


def compound(streams: dict[str, bytes], root_class: bytes = bytes(16)) -> bytes:
    """A compound file of streams; a path with several steps makes the storages above."""
    root = _Node("Root Entry", ROOT)
    for path, content in streams.items():
        *above, name = path.split("/")
        node = root
        for step in above:
            node = node.children.setdefault(step, _Node(step, STORAGE))
        node.children[name] = _Node(name, STREAM, content)

    nodes = []
    _number(root, nodes)
    sectors, fat = [], []

    small_content, small_fat = b"", []
    for node in nodes:
        if node.kind == STREAM and 0 < node.size < SMALL:
            node.start = _chain(small_fat, -(-node.size // SMALL_SECTOR))
            small_content += _padded(node.content, SMALL_SECTOR)
    for node in nodes:
        if node.kind == STREAM and node.size >= SMALL:
            node.start = _append(sectors, fat, node.content)
    if small_content:
        root.start, root.size = _append(sectors, fat, small_content), len(small_content)
    small_table = b"".join(struct.pack("<I", entry) for entry in small_fat)
    small_start = _append(sectors, fat, _padded(small_table, SECTOR, b"\xff")) if small_table else END

    directory = b"".join(_entry(node, root_class) for node in nodes)
    while len(directory) % SECTOR:
        directory += bytes(68) + struct.pack("<III", NOBODY, NOBODY, NOBODY) + bytes(48)
    directory_start = _append(sectors, fat, directory)

    # The table has to have room for its own sectors, too.
    tables = 1
    while tables * (SECTOR // 4) < len(fat) + tables:
        tables += 1
    if tables > 109:
        raise ValueError("longer files need a list of tables that goes on elsewhere")
    first_table = len(fat)
    fat += [FAT] * tables
    fat += [FREE] * (tables * (SECTOR // 4) - len(fat))
    sectors.append(b"".join(struct.pack("<I", entry) for entry in fat))

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIII", 0, tables, directory_start, 0, SMALL)
    header += struct.pack("<IIII", small_start, -(-len(small_table) // SECTOR), END, 0)
    places = [first_table + number if number < tables else FREE for number in range(109)]
    return header + struct.pack("<109I", *places) + b"".join(sectors)


def _padded(content, unit, filler=b"\0"):
    return content + filler * (-len(content) % unit)


def _chain(fat, count):
    start = len(fat)
    fat += [start + number + 1 for number in range(count - 1)] + [END]
    return start


def _append(sectors, fat, content):
    content = _padded(content, SECTOR)
    sectors.append(content)
    return _chain(fat, len(content) // SECTOR)


def _number(node, nodes):
    node.id = len(nodes)
    nodes.append(node)
    # Siblings are in a tree by length and then by letter; one that leans to the right is a valid one.
    node.sorted = sorted(node.children.values(), key=lambda it: (len(it.name.encode("utf-16le")), it.name.upper()))
    for child in node.sorted:
        _number(child, nodes)
    for left, right in zip(node.sorted, node.sorted[1:]):
        left.right = right.id


def _entry(node, root_class):
    name = node.name.encode("utf-16le") + b"\0\0"
    first = node.sorted[0].id if node.sorted else NOBODY
    entry = name.ljust(64, b"\0") + struct.pack("<HBB", len(name), node.kind, 1)
    entry += struct.pack("<III", NOBODY, getattr(node, "right", NOBODY), first)
    entry += (root_class if node.kind == ROOT else bytes(16)) + bytes(20)
    start = 0 if node.kind == STORAGE else node.start
    return entry + struct.pack("<IQ", start, node.size if node.kind != STORAGE else 0)


def streams_of(content: bytes) -> dict[str, bytes]:
    """The streams of a compound file, by path."""
    import io

    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as file:
        return {"/".join(path): file.openstream(path).read() for path in file.listdir()}
