"""Ordinary Office files: made by Python's libraries, stored again by LibreOffice, and zipped again by others."""

import io
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import docx
import msoffcrypto
import openpyxl
import pptx
import xlsxwriter
import xlwt
from docx.shared import Cm
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

import libreoffice
from collection import DOC, DOCX, PDF, PPT, PPTX, XLS, XLSX

PASSWORD = "correct horse"


def saved(document) -> bytes:
    """What a library's document is as a file."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def picture(kind="PNG") -> io.BytesIO:
    """A picture to put into a document."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((120, 80)).convert("RGB").save(buffer, kind)
    buffer.seek(0)
    return buffer


def letter(comment=True) -> bytes:
    """A letter with all that letters have."""
    document = docx.Document()
    document.add_heading("Stage 2 response", 0)
    paragraph = document.add_paragraph("We have inspected the flat and will mend the roof. ")
    run = paragraph.add_run("The surveyor’s report is attached.")
    run.bold = True
    if comment:
        document.add_comment(run, text="Is it?", author="A Landlord")
    document.add_picture(picture(), width=Cm(6))
    document.add_picture(picture("JPEG"), width=Cm(6))
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).text = "Visit"
    link = document.part.relate_to(
        "https://www.example.com/repairs",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    element = docx.oxml.OxmlElement("w:hyperlink")
    element.set(docx.oxml.ns.qn("r:id"), link)
    element.append(docx.oxml.OxmlElement("w:r"))
    paragraph._p.append(element)
    document.sections[0].header.paragraphs[0].text = "Our reference 2025/117"
    return saved(document)


def repairs() -> bytes:
    """A workbook with a chart, a picture, a comment and a link."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Job", "Days"])
    for number in range(40):
        sheet.append([f"Job {number}", number * 3 % 17])
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=41), titles_from_data=True)
    sheet.add_chart(chart, "E2")
    sheet.add_image(openpyxl.drawing.image.Image(picture()), "E20")
    sheet["A2"].comment = Comment("Overdue", "A Landlord")
    sheet["A3"].hyperlink = "https://www.example.com/jobs/3"
    book.create_sheet("Visits")
    return saved(book)


def slides(embedded: bytes) -> bytes:
    """Slides with a chart, which has its workbook in it, and with a document as an object."""
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Damp and mould"
    data = CategoryChartData()
    data.categories = ["2023", "2024"]
    data.add_series("Complaints", (12, 7))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(5), Inches(3), data)
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.add_picture(picture(), Inches(1), Inches(1))
    slide.shapes.add_ole_object(io.BytesIO(embedded), "Word.Document.12", Inches(1), Inches(3))
    return saved(deck)


def streamed_workbook() -> bytes:
    """A workbook as reporting systems write it: row by row, and never back."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Rents")
        for row in range(2000):
            sheet.write_row(row, 0, [row, "Flat 3, 12 High Street", row * 1.25])
    return buffer.getvalue()


def linked_workbook() -> bytes:
    """A workbook with as many links as Excel has them at most."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"max_url_length": 255}) as book:
        sheet = book.add_worksheet("Links")
        for row in range(65_000):
            sheet.write_url(row, 0, f"https://www.example.com/properties/{row}/repairs?from=workbook")
    return buffer.getvalue()


def old_workbook() -> bytes:
    """A workbook for Excel 97, by Python's own writer of that format."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Repairs")
    for row in range(300):
        sheet.write(row, 0, f"Job {row}")
        sheet.write(row, 1, row * 2)
    book.add_sheet("Visits").write(0, 0, "None")
    return saved(book)


def zipped_again(content: bytes, order=sorted, streamed=False, **options) -> bytes:
    """The same parts in another order, or with sizes that are told behind them, or uncompressed."""
    buffer = io.BytesIO()
    target = _NoSeeking(buffer) if streamed else buffer
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(target, "w") as archive:
        for name in order(parts.namelist()):
            info = zipfile.ZipInfo(name)
            info.compress_type = options.get("method", zipfile.ZIP_DEFLATED)
            with archive.open(info, "w", force_zip64=options.get("zip64", False)) as part:
                part.write(parts.read(name))
    return buffer.getvalue()


class _NoSeeking:
    """Makes the archive's writer put the sizes behind each part."""

    def __init__(self, inner):
        self.inner = inner

    def write(self, content):
        return self.inner.write(content)

    def flush(self):
        pass


def zipped_by_libarchive(content: bytes) -> bytes:
    """The same parts, with folders as parts of their own and with Unix's attributes."""
    with tempfile.TemporaryDirectory() as folder:
        parts = Path(folder) / "parts"
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(parts)
        names = sorted(it.name for it in parts.iterdir())
        subprocess.run(["bsdtar", "--format", "zip", "-cf", "../again.zip", *names], cwd=parts, check=True)
        return (Path(folder) / "again.zip").read_bytes()


# LibreOffice's name for a filter: what it makes, and from which of the three files.
STORED = {
    "letter-libreoffice.docx": ("letter.docx", "MS Word 2007 XML", DOCX),
    "letter-iso29500.docx": ("letter.docx", "Office Open XML Text", DOCX),
    "letter-libreoffice.doc": ("letter.docx", "MS Word 97", DOC),
    "repairs-libreoffice.xlsx": ("repairs.xlsx", "Calc MS Excel 2007 XML", XLSX),
    "repairs-iso29500.xlsx": ("repairs.xlsx", "Calc Office Open XML", XLSX),
    "repairs-libreoffice.xls": ("repairs.xlsx", "MS Excel 97", XLS),
    "slides-libreoffice.pptx": ("slides.pptx", "Impress MS PowerPoint 2007 XML", PPTX),
    "show-libreoffice.ppsx": ("slides.pptx", "Impress MS PowerPoint 2007 XML AutoPlay", PPTX),
    "slides-libreoffice.ppt": ("slides.pptx", "MS PowerPoint 97", PPT),
    "letter-libreoffice.pdf": ("letter.docx", "writer_pdf_Export", PDF),
    "repairs-libreoffice.pdf": ("repairs.xlsx", "calc_pdf_Export", PDF),
    "slides-libreoffice.pdf": ("slides.pptx", "impress_pdf_Export", PDF),
}
PDF_VARIANTS = {
    "letter-pdfa1.pdf": {"SelectPdfVersion": 1},
    "letter-pdfa2.pdf": {"SelectPdfVersion": 2},
    "letter-pdfa3.pdf": {"SelectPdfVersion": 3},
    "letter-pdf16-tagged.pdf": {"SelectPdfVersion": 16, "UseTaggedPDF": True, "ExportBookmarks": True},
    "letter-owner-libreoffice.pdf": {"RestrictPermissions": True, "PermissionPassword": PASSWORD},
}
OPEN_DOCUMENT = {
    "letter.odt": ("letter.docx", "writer8"),
    "repairs.ods": ("repairs.xlsx", "calc8"),
    "slides.odp": ("slides.pptx", "impress8"),
    "letter.fodt": ("letter.docx", "OpenDocument Text Flat XML"),
    "repairs.fods": ("repairs.xlsx", "OpenDocument Spreadsheet Flat XML"),
}
PROTECTED = {
    "letter-standard.docx": ("letter.docx", "MS Word 2007 XML", "Standard"),
    "repairs-standard.xlsx": ("repairs.xlsx", "Calc MS Excel 2007 XML", "Standard"),
    "slides-standard.pptx": ("slides.pptx", "Impress MS PowerPoint 2007 XML", "Standard"),
    "letter-password.doc": ("letter.docx", "MS Word 97", None),
    "repairs-password.xls": ("repairs.xlsx", "MS Excel 97", None),
}


def make(corpus):
    """Adds the ordinary files, and those which LibreOffice encrypts or turns into OpenDocument."""
    document, workbook = letter(), repairs()
    deck = slides(document)
    corpus.ordinary("letter.docx", DOCX, "python-docx", document)
    corpus.ordinary("repairs.xlsx", XLSX, "openpyxl", workbook)
    corpus.ordinary("slides.pptx", PPTX, "python-pptx", deck)
    corpus.ordinary("rents.xlsx", XLSX, "xlsxwriter", streamed_workbook())
    corpus.ordinary("links.xlsx", XLSX, "xlsxwriter", linked_workbook())
    corpus.ordinary("repairs-xlwt.xls", XLS, "xlwt", old_workbook())
    # LibreOffice 7.4 without a screen crashes on a comment.
    _stored_by_libreoffice(corpus, [letter(comment=False), workbook, deck])

    last = lambda names: sorted(names, key=lambda name: (name == "[Content_Types].xml", name))
    python = "Python's zipfile"
    corpus.ordinary("types-last.docx", DOCX, python, zipped_again(document, last))
    corpus.ordinary("streamed.docx", DOCX, python, zipped_again(document, streamed=True))
    corpus.ordinary("stored.docx", DOCX, python, zipped_again(document, method=zipfile.ZIP_STORED))
    corpus.ordinary("large-numbers.xlsx", XLSX, python, zipped_again(workbook, zip64=True))
    corpus.ordinary("streamed-types-last.pptx", PPTX, python, zipped_again(deck, last, streamed=True))
    corpus.ordinary("stored-streamed.xlsx", XLSX, python, zipped_again(workbook, streamed=True, method=zipfile.ZIP_STORED))
    corpus.ordinary("folders.docx", DOCX, "bsdtar", zipped_by_libarchive(document))
    corpus.ordinary("folders.pptx", PPTX, "bsdtar", zipped_by_libarchive(deck))


def _stored_by_libreoffice(corpus, sources):
    jobs = [{"source": source, "target": target, "filter": name} for target, (source, name, _) in STORED.items()]
    for target, told in PDF_VARIANTS.items():
        job = {"source": "letter.docx", "target": target, "filter": "writer_pdf_Export"}
        jobs.append({**job, "told": {"FilterData": told}})
    jobs += [{"source": source, "target": target, "filter": name} for target, (source, name) in OPEN_DOCUMENT.items()]
    protected = PROTECTED | {"letter-password.odt": (*OPEN_DOCUMENT["letter.odt"], None)}
    for target, (source, name, form) in protected.items():
        told = {"EncryptionData": {"CryptoType": form, "OOXPassword": PASSWORD}} if form else {"Password": PASSWORD}
        jobs.append({"source": source, "target": target, "filter": name, "told": told})
    # A PDF that LibreOffice opens as the OpenDocument file in it, and so does any opener of archives.
    job = {"source": "letter.docx", "target": "hybrid.pdf", "filter": "writer_pdf_Export"}
    jobs.append({**job, "told": {"FilterData": {"IsAddStream": True}}})
    told = {"EncryptFile": True, "DocumentOpenPassword": PASSWORD}
    job = {"source": "letter.docx", "target": "letter-password.pdf", "filter": "writer_pdf_Export"}
    jobs.append({**job, "told": {"FilterData": told}})

    producer = "LibreOffice"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name, content in zip(("letter.docx", "repairs.xlsx", "slides.pptx"), sources, strict=True):
            (folder / name).write_bytes(content)
        libreoffice.convert(folder, jobs)
        read = lambda name: (folder / name).read_bytes()
        for name, (_, _, media_type) in STORED.items():
            corpus.ordinary(name, media_type, producer, read(name))
        for name in PDF_VARIANTS:
            corpus.ordinary(name, PDF, producer, read(name))
        for name in PROTECTED:
            if not msoffcrypto.OfficeFile(io.BytesIO(read(name))).is_encrypted():
                raise ValueError(f"LibreOffice did not encrypt {name}")
            corpus.hostile(name, "PASSWORD_PROTECTED", producer, read(name))
        corpus.hostile("letter-password.pdf", "PASSWORD_PROTECTED", producer, read("letter-password.pdf"))
        corpus.hostile("hybrid.pdf", "NOT_ITS_TYPE", producer, read("hybrid.pdf"))
        for name in [*OPEN_DOCUMENT, "letter-password.odt"]:
            corpus.hostile(name, "OPEN_DOCUMENT", producer, read(name))


def require():
    """Says what is missing before anything is made."""
    missing = [name for name in ("soffice", "qpdf", "bsdtar", libreoffice.SYSTEM_PYTHON) if not shutil.which(name)]
    if missing:
        raise SystemExit(f"{', '.join(missing)} not found: deploy/local/tools.sh producers installs what is needed")
