"""Papers read back as others read them: by eye of a scanner, by copying the text."""

import io
import pathlib
import subprocess
import tempfile

import pypdfium2  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image


def rasters(pdf: bytes, dpi: int = 203) -> list[Image.Image]:
    """Every page as the printer's dots, black or white, by poppler."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "paper.pdf").write_bytes(pdf)
        subprocess.run(["pdftoppm", "-mono", "-r", str(dpi), "paper.pdf", "page"], cwd=path, check=True)
        return [Image.open(io.BytesIO(page.read_bytes())).convert("1") for page in sorted(path.glob("page*.pbm"))]


def codes(image: Image.Image) -> dict[str, str]:
    """What a scanner finds on the image: the text by the kind of code."""
    return {found.format.name: found.text for found in zxingcpp.read_barcodes(image.convert("L"))}


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page as pdfium copies it, without white space."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = []
        for number in range(len(document)):
            page = document[number]
            words = page.get_textpage()
            texts.append(squeezed(words.get_text_range()))
            words.close()
            page.close()
        return texts
    finally:
        document.close()


def text(pdf: bytes) -> str:
    """The text of all pages as pdfium copies it, without white space."""
    return "".join(page_texts(pdf))


def poppler_text(pdf: bytes) -> str:
    """The text of all pages as pdftotext gives it, without white space."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return squeezed(done.stdout.decode("utf-8"))


def squeezed(words: str) -> str:
    """The words without white space and without pdfium's mark for a hyphen at a line's end."""
    return "".join(words.replace("\ufffe", "-").split())
