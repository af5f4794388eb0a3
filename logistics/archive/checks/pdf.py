"""Looking into a PDF: does it open whole, say its words, need nothing from outside, and do nothing by itself?"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf

MOST_UNPACKED = 256 * 1024 * 1024  # bytes of one stream
_WORTH_MEASURING = 64 * 1024  # no shorter stream can swell beyond the limit: deflate packs at most 1,032 to 1
_DEEPEST = 40
_ACTS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Sound", "/Movie", "/GoToR", "/GoToE"}
_ACTING_KEYS = ("/JS", "/XFA", "/RichMediaContent")
_IDENTITY = re.compile(rb"pdfaid:(part|conformance)\s*(?:>|=\s*[\"'])\s*([0-9A-Za-z]+)")
_ADDRESS = re.compile(r"^stream <[^>]*>: ")  # the memory address would make two reports differ
_SHOWING = frozenset(["Tj", "TJ", "'", '"'])
_DAMAGE = (
    pikepdf.PdfError,
    pikepdf.DeletedObjectError,
    pikepdf.ForeignObjectError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RuntimeError,
    OSError,
)


class Unopenable(ValueError):
    """The PDF cannot be read; the text says why, in English and technical."""


class Locked(Unopenable):
    """The PDF asks for a password."""


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What was seen. `identity` is the PDF/A part and level, such as `2U`, or empty; pages count from 1."""

    pages: int
    encrypted: bool
    repaired: bool  # read only after guessing what a damaged structure meant
    identity: str
    mute: tuple[int, ...]  # pages that show words no reader can turn into characters
    blank: tuple[int, ...]  # pages with neither words nor a picture
    pictured: bool  # every page shows a picture
    loose_fonts: tuple[str, ...]  # used, but not in the file
    active: tuple[str, ...]  # what could act by itself
    signed: bool = False  # it has a signature field that is filled
    embedded: dict[str, str] = field(default_factory=dict)  # name of an attached file -> SHA-256


def look(content: bytes) -> PdfFacts:
    """What is in the PDF. Raises `Unopenable`, also for a stream that would unpack to more than `MOST_UNPACKED`."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return _facts(pdf)
    except pikepdf.PasswordError as why:
        raise Locked("it asks for a password") from why
    except _DAMAGE as why:
        raise Unopenable(_ADDRESS.sub("", str(why))) from why
    except RecursionError as why:
        raise Unopenable("nested too deep") from why


def _facts(pdf: pikepdf.Pdf) -> PdfFacts:
    objects = [one for one in pdf.objects if isinstance(one, pikepdf.Object)]
    for one in objects:
        _refuse_swollen(one)
    mute, blank, pictured = [], [], True
    for number, page in enumerate(pdf.pages, start=1):
        words, picture, legible = _page(page)
        pictured = pictured and picture
        if not legible:
            mute.append(number)
        if not words and not picture:
            blank.append(number)
    return PdfFacts(
        pages=len(pdf.pages),
        encrypted=pdf.is_encrypted,
        repaired=bool(pdf.get_warnings()),
        identity=_identity(pdf),
        mute=tuple(mute),
        blank=tuple(blank),
        pictured=pictured and len(pdf.pages) > 0,
        loose_fonts=tuple(sorted({name for one in objects for name in _loose(one)})),
        active=tuple(sorted({word for one in objects for word in _active(one, 0)})),
        signed=any(_is_signature(one) for one in objects),
        embedded={name: hashlib.sha256(bytes(data)).hexdigest() for name, data in _attached(pdf)},
    )


def _refuse_swollen(one: pikepdf.Object) -> None:
    if not isinstance(one, pikepdf.Stream) or "/FlateDecode" not in repr(one.get("/Filter")):
        return
    raw = one.read_raw_bytes()
    if len(raw) < _WORTH_MEASURING:
        return
    reader, total, rest = zlib.decompressobj(), 0, bytes(raw)
    while rest and not reader.eof:
        try:
            total += len(reader.decompress(rest, 1 << 20))
        except zlib.error as why:
            raise Unopenable(f"a stream cannot be unpacked: {why}") from why
        rest = reader.unconsumed_tail
        if total > MOST_UNPACKED:
            raise Unopenable(f"a stream unpacks to more than {MOST_UNPACKED} bytes")


def _identity(pdf: pikepdf.Pdf) -> str:
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return ""
    found = dict(_IDENTITY.findall(metadata.read_bytes()))
    identity = found.get(b"part", b"") + found.get(b"conformance", b"")
    return str(identity, "ascii").upper()


def _page(page: pikepdf.Page) -> tuple[bool, bool, bool]:
    """Whether the page shows words, shows a picture, and whether all its words can be turned into characters."""
    resources = page.obj.get("/Resources", pikepdf.Dictionary())
    return _shown(page, resources, 0)


def _shown(content: pikepdf.Page | pikepdf.Object, resources: pikepdf.Object, depth: int) -> tuple[bool, bool, bool]:
    words, picture, font, fonts = False, False, "", dict[str, bool]()
    for instruction in pikepdf.parse_content_stream(content, "Tf Tj TJ ' \" Do BI ID EI"):
        operands, act = instruction.operands, str(instruction.operator)
        if act == "Tf":
            font = str(operands[0])
        elif act in _SHOWING:
            words = True
            if font not in fonts:
                fonts[font] = _legible(resources, font)
        elif act in ("BI", "INLINE IMAGE"):
            picture = True
        elif act == "Do":
            inner = _drawn(resources, str(operands[0]), depth)
            words, picture = words or inner[0], picture or inner[1]
            fonts[f"in {operands[0]}"] = inner[2]
    return words, picture, all(fonts.values())


def _drawn(resources: pikepdf.Object, name: str, depth: int) -> tuple[bool, bool, bool]:
    drawn = resources.get("/XObject", pikepdf.Dictionary()).get(name)
    if not isinstance(drawn, pikepdf.Stream) or depth > _DEEPEST:
        raise Unopenable(f"what {name} shows is not there")
    if drawn.get("/Subtype") == "/Form":
        return _shown(drawn, drawn.get("/Resources", resources), depth + 1)
    if not len(drawn.read_raw_bytes()):
        raise Unopenable(f"the picture {name} is empty")
    return False, True, True


def _legible(resources: pikepdf.Object, name: str) -> bool:
    """Whether a font says which character each of its codes is."""
    font = resources.get("/Font", pikepdf.Dictionary()).get(name)
    if not isinstance(font, pikepdf.Dictionary):
        return False
    table = font.get("/ToUnicode")
    if isinstance(table, pikepdf.Stream):
        return b"beginbf" in table.read_bytes()
    return font.get("/Subtype") in ("/Type1", "/TrueType") and "/Encoding" in font


def _loose(one: pikepdf.Object) -> Iterator[str]:
    if not isinstance(one, pikepdf.Dictionary) or one.get("/Type") != "/Font":
        return
    if one.get("/Subtype") in ("/Type0", "/Type3"):
        return
    described = one.get("/FontDescriptor", pikepdf.Dictionary())
    if not any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3")):
        yield str(one.get("/BaseFont", "?")).lstrip("/")


def _active(one: object, depth: int) -> Iterator[str]:
    """Words for everything in the object that could act; what it only refers to is looked at in its own turn."""
    if depth > _DEEPEST:
        raise Unopenable("nested too deep")
    if isinstance(one, pikepdf.Array):
        for inner in one.as_list():
            if isinstance(inner, pikepdf.Object) and not inner.is_indirect:
                yield from _active(inner, depth + 1)
    elif isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
        act = one.get("/S")
        if isinstance(act, pikepdf.Name) and str(act) in _ACTS:
            yield str(act).lstrip("/")
        yield from (key.lstrip("/") for key in _ACTING_KEYS if key in one)
        for _, inner in one.items():
            if isinstance(inner, pikepdf.Object) and not inner.is_indirect:
                yield from _active(inner, depth + 1)


def _is_signature(one: pikepdf.Object) -> bool:
    return isinstance(one, pikepdf.Dictionary) and "/ByteRange" in one and "/Contents" in one


def _attached(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bytes]]:
    for name, described in pdf.attachments.items():
        yield name, described.get_file().read_bytes()
