"""Pictures: by Pillow, libheif and FFmpeg; cut off, and with extents that nobody has."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image, PngImagePlugin

from recordings import ffmpeg


def scene(size=(320, 240), mode="RGB") -> Image.Image:
    """Something to see, which does not shrink to nothing."""
    red = Image.linear_gradient("L").resize(size)
    green = Image.radial_gradient("L").resize(size)
    blue = Image.effect_mandelbrot(size, (-2, -1.2, 1, 1.2), 50)
    return Image.merge("RGB", (red, green, blue)).convert(mode)


def saved(image, kind, **options) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    # Pillow leaves one format's settings on the pictures, where the next format stumbles over them.
    if "append_images" in options:
        options["append_images"] = [it.copy() for it in options["append_images"]]
    image.copy().save(buffer, kind, **options)
    return buffer.getvalue()


def make(corpus):
    """Adds the pictures."""
    pillow_heif.register_heif_opener()
    plain, other = scene(), scene((160, 120))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "A telephone", 6
    exif.get_ifd(0x8825)[1] = "N"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "The ceiling in the bedroom")
    text.add_itxt("Title", "Damp", "en", "Damp", zip=True)
    more = {"save_all": True, "append_images": [other]}
    fax = more | {"append_images": [other.convert("1")]}
    for name, media_type, content in [
        ("damp.jpg", "image/jpeg", saved(plain, "JPEG")),
        ("progressive.jpeg", "image/jpeg", saved(plain, "JPEG", progressive=True)),
        ("cmyk.jpg", "image/jpeg", saved(plain.convert("CMYK"), "JPEG")),
        ("exif.JPG", "image/jpeg", saved(plain, "JPEG", exif=exif, restart_marker_rows=1)),
        ("telephone.jpg", "image/jpeg", saved(plain, "MPO", exif=exif, **more)),
        ("stereo.mpo", "image/jpeg", saved(plain, "MPO", **more)),
        ("damp.png", "image/png", saved(plain, "PNG", pnginfo=text)),
        ("deep.png", "image/png", saved(plain.convert("I;16"), "PNG")),
        ("palette.png", "image/png", saved(plain.quantize(16), "PNG", transparency=0)),
        ("moving.png", "image/png", saved(plain, "PNG", save_all=True, append_images=[plain.rotate(90)])),
        ("damp.gif", "image/gif", saved(plain.quantize(64), "GIF", comment=b"The ceiling")),
        ("moving.gif", "image/gif", saved(plain, "GIF", save_all=True, append_images=[plain.rotate(45)], loop=0)),
        ("scan.tif", "image/tiff", saved(plain, "TIFF")),
        ("pages.tiff", "image/tiff", saved(plain, "TIFF", compression="tiff_lzw", **more)),
        ("fax.tiff", "image/tiff", saved(plain.convert("1"), "TIFF", compression="group4", **fax)),
        ("photo.tif", "image/tiff", saved(plain, "TIFF", compression="jpeg")),
        ("damp.webp", "image/webp", saved(plain, "WEBP")),
        ("exact.webp", "image/webp", saved(plain, "WEBP", lossless=True, exif=exif)),
        ("moving.webp", "image/webp", saved(plain, "WEBP", save_all=True, append_images=[plain.rotate(45)])),
        ("damp.bmp", "image/bmp", saved(plain, "BMP")),
        ("palette.bmp", "image/bmp", saved(plain.quantize(16), "BMP")),
    ]:
        corpus.ordinary(name, media_type, "Pillow", content)
    corpus.ordinary("telephone.heic", "image/heic", "libheif", saved(plain, "HEIF", quality=60, exif=exif))
    corpus.ordinary("two.heif", "image/heic", "libheif", saved(plain, "HEIF", **more))
    interlaced = ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48", "-frames:v", "1", "-flags", "+ildct", target="it.png")
    corpus.ordinary("interlaced.png", "image/png", "FFmpeg", interlaced)
    spoilt(corpus)


def spoilt(corpus):
    """Adds pictures that end too early or claim too much."""
    for name in ("damp.jpg", "damp.png", "damp.gif", "scan.tif", "damp.webp", "damp.bmp", "telephone.heic"):
        content = corpus.read(name)
        reason = "NOT_ITS_TYPE" if name.endswith("heic") else "UNREADABLE"
        corpus.hostile(f"cut-off-{name}", reason, "Pillow, cut off", content[: len(content) // 2])

    ours = "written by ourselves"
    corpus.hostile("huge.png", "UNREADABLE", ours, png(100_000, 100_000))
    corpus.hostile("no-extent.png", "UNREADABLE", ours, png(0, 10))
    jpeg = bytearray(corpus.read("damp.jpg"))
    frame = jpeg.index(b"\xff\xc0")
    struct.pack_into(">HH", jpeg, frame + 5, 65_500, 65_500)
    corpus.hostile("huge.jpg", "UNREADABLE", "Pillow, spoilt", bytes(jpeg))
    gif = bytearray(corpus.read("damp.gif"))
    struct.pack_into("<HH", gif, 6, 65_535, 65_535)
    corpus.hostile("huge.gif", "UNREADABLE", "Pillow, spoilt", bytes(gif))
    webp = bytearray(corpus.read("exact.webp"))
    extended = webp.index(b"VP8X")
    webp[extended + 12 : extended + 18] = b"\xff" * 6
    corpus.hostile("huge.webp", "UNREADABLE", "Pillow, spoilt", bytes(webp))
    corpus.hostile("pages-upon-pages.tif", "UNREADABLE", ours, pages_upon_pages())
    scans = scans_upon_scans(corpus.read("damp.jpg"))
    corpus.hostile("scans-upon-scans.jpg", "UNREADABLE", "Pillow, spoilt", scans)


def png(width, height) -> bytes:
    """A PNG of hardly any bytes, whatever its extent."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


def pages_upon_pages() -> bytes:
    """A TIFF of cells of twelve bytes, in which each page's directory begins one cell behind the last one's.

    A cell holds what every directory begins with, its count, and then an entry, or the place of the next directory.
    """
    entries, pages = 60_000, 9_000
    cells = []
    for number in range(entries):
        cells.append(struct.pack("<HHHIH", entries, 256 + number % 2, 3, 1, 10))
    for page in range(1, pages + 1):
        cells.append(struct.pack("<HI6x", entries, 8 + 12 * page if page < pages else 0))
    return struct.pack("<2sHI", b"II", 42, 8) + b"".join(cells)


def scans_upon_scans(jpeg: bytes) -> bytes:
    """A JPEG with very many scans of hardly any bytes."""
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0\0"
    return jpeg[:-2] + scan * 200_000 + jpeg[-2:]
