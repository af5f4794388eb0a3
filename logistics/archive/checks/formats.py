"""What a file is by its own bytes, whether it opens, and what an archive could object to in it."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree
from PIL import Image, UnidentifiedImageError

from logistics.archive.checks import pdf
from logistics.archive.contents import RAW

#: Endings with what the bytes must then be.
KINDS = {
    "pdf": "PDF", "ofd": "OFD", "xml": "XML", "json": "JSON", "jsonl": "JSON lines", "txt": "text",
    "png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "tif": "TIFF", "tiff": "TIFF",
}  # fmt: skip
#: What DA/T 70-2018 and GB/T 42727-2023 accept for keeping long; a PDF must be a PDF/A as well.
LASTING = frozenset(["PDF", "OFD", "XML", "JSON", "JSON lines", "text", "PNG", "JPEG", "TIFF"])
MIME = {
    "PDF": "application/pdf", "OFD": "application/ofd", "XML": "application/xml", "JSON": "application/json",
    "JSON lines": "application/jsonl", "text": "text/plain", "PNG": "image/png", "JPEG": "image/jpeg",
    "TIFF": "image/tiff",
}  # fmt: skip
_STARTS = (
    (b"%PDF-", "PDF"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"), (b"MZ", "EXE"), (b"\x7fELF", "ELF"), (b"\xca\xfe\xba\xbe", "Mach-O or Java class"),
    (b"\xcf\xfa\xed\xfe", "Mach-O"), (b"\xce\xfa\xed\xfe", "Mach-O"), (b"#!", "script"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE2"), (b"Rar!\x1a\x07", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"MSCF", "CAB"), (b"\x04\x22\x4d\x18", "LZ4"),
)  # fmt: skip
EXECUTABLE = frozenset(["EXE", "ELF", "Mach-O or Java class", "Mach-O", "script", "OLE2"])
PACKED = frozenset(["ZIP", "RAR", "7z", "gzip", "bzip2", "xz", "zstd", "CAB", "LZ4", "tar"])
_TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS" + b"-TEST-FILE"
_SCRIPTS = (b"<script", b"<!entity", b"<?xml-stylesheet")
_BAD_PICTURE = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError, EOFError,
    IndexError, KeyError, TypeError, AttributeError, OverflowError, ZeroDivisionError, zlib.error,
)  # fmt: skip
_MOST_PIXELS = 120_000_000
_MOST_RATIO = 0.9
_BAD_ZIP = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError, KeyError, zlib.error, struct.error)  # fmt: skip  # noqa: E501


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of one file. `kind` is by its bytes, `wanted` by its name (empty for an unknown ending).

    `unopened` says in Chinese and English why it does not open, `unfit` why it would not be readable in thirty years;
    both are empty where all is well. `locked` is encryption, `swollen` packing beyond nine tenths, `active` what acts.
    """

    kind: str
    wanted: str
    size: int
    opened: bool = True  # false where nothing of what is inside could be seen
    unopened: tuple[str, str] | None = None
    unfit: tuple[str, str] | None = None
    locked: bool = False
    swollen: bool = False
    active: tuple[str, ...] = ()
    loose_fonts: tuple[str, ...] = ()
    mute: tuple[int, ...] = ()  # pages of a PDF whose words no reader can turn into characters
    pictured: bool = False  # every page of the PDF shows a picture
    repaired: bool = False  # a PDF whose damaged structure had to be guessed
    identity: str = ""  # PDF/A part and level
    signed: bool = False  # a PDF with a signature in it
    embedded: tuple[tuple[str, str], ...] = ()  # attached files, name and SHA-256


_TOLD_BY_BYTES = frozenset(("PDF", "PNG", "JPEG", "TIFF", "OFD", "ZIP"))  # begin with signs of their own


def ending(path: str) -> str:
    """The file name's ending in lower case, without its point; empty for none."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def endings(kind: str) -> list[str]:
    """The endings of file names that stand for a kind."""
    return [end for end, known in KINDS.items() if known == kind]


def kind_of(content: bytes) -> str:
    """What the bytes are by their first ones: a name of `KINDS`, `EXECUTABLE` or `PACKED`; "" when they say nothing."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return "OFD" if b"OFD.xml" in content and b"Document.xml" in content else "ZIP"
    if content[257:262] == b"ustar":
        return "tar"
    head = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<?xml"):
        return "XML"
    return "JSON" if head[:1] in (b"{", b"[") else ""


def parse_xml(content: bytes) -> etree._Element:
    """The root of an XML document that reaches for nothing outside itself. Raises ValueError."""
    reader = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, reader)
    except (etree.XMLSyntaxError, ValueError) as why:
        raise ValueError(str(why)) from why
    if root.getroottree().docinfo.doctype:
        raise ValueError("a document type declaration is not allowed")
    return root


def look(path: str, content: bytes) -> Looked:
    """Everything that is seen of one file; never raises for any content."""
    wanted, kind = KINDS.get(ending(path), ""), kind_of(content)
    if not content:
        return Looked(kind, wanted, 0, unopened=("文件为 0 字节", "it has no bytes"))
    if kind == "PDF":
        seen = _pdf(wanted, content)
    elif kind in ("PNG", "JPEG", "TIFF"):
        seen = Looked(kind, wanted, len(content), unopened=_picture(content))
    elif kind in ("OFD", "ZIP"):
        seen = _zipped(kind, wanted, content)
    else:
        seen = Looked(
            kind or ("" if wanted in _TOLD_BY_BYTES else wanted),
            wanted,
            len(content),
            unopened=_words(wanted, content),
            active=_scripts(path, content, kind or wanted),
        )
    if seen.unopened is None and wanted and seen.kind != wanted and wanted not in ("text", "JSON lines"):
        said = (f"文件名说是 {wanted}，内容不是", f"its name says {wanted}, its bytes say otherwise")
        return Looked(seen.kind, wanted, seen.size, unopened=said, locked=seen.locked, active=seen.active)
    return seen


def _pdf(wanted: str, content: bytes) -> Looked:
    try:
        facts = pdf.look(content)
    except pdf.Locked:
        said = ("PDF 需要口令才能打开", "the PDF asks for a password")
        return Looked("PDF", wanted, len(content), opened=False, unopened=said, locked=True)
    except pdf.Unopenable as why:
        said = (f"PDF 打不开：{why}", f"the PDF does not open: {why}")
        return Looked(
            "PDF", wanted, len(content), opened=False, unopened=said, swollen="unpacks to more than" in str(why)
        )
    return Looked(
        "PDF", wanted, len(content),
        unopened=_unread(facts), unfit=_no_pdfa(facts), locked=facts.encrypted, active=facts.active,
        loose_fonts=facts.loose_fonts, mute=facts.mute, pictured=facts.pictured,
        repaired=facts.repaired, identity=facts.identity, signed=facts.signed,
        embedded=tuple(sorted(facts.embedded.items())),
    )  # fmt: skip


def _unread(facts: pdf.PdfFacts) -> tuple[str, str] | None:
    if not facts.pages:
        return "PDF 没有页", "the PDF has no page"
    return None


def _no_pdfa(facts: pdf.PdfFacts) -> tuple[str, str] | None:
    if facts.identity:
        return None
    return "PDF 没有标明是 PDF/A，不宜长期保存", "the PDF does not say that it is a PDF/A"


def _picture(content: bytes) -> tuple[str, str] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    return "图片过大，疑为压缩炸弹", "the picture is too large: a bomb?"
                picture.load()
            with Image.open(io.BytesIO(content)) as again:
                again.verify()  # what follows the pixels, too: their checksums and the end
    except _BAD_PICTURE as why:
        return f"图片打不开：{why}", f"the picture does not open: {why}"
    return None


def _zipped(kind: str, wanted: str, content: bytes) -> Looked:
    """A ZIP inside a file: its members are listed and measured, not unpacked beyond their tests."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            members = inner.infolist()
    except _BAD_ZIP as why:
        return Looked(kind, wanted, len(content), unopened=(f"打不开：{why}", f"it does not open: {why}"))
    names = [one.filename.lower() for one in members]
    return Looked(
        kind, wanted, len(content),
        locked=any(one.flag_bits & 1 for one in members), swollen=any(map(swollen, members)),
        active=("macros",) if any(name.endswith(("vbaproject.bin", ".exe", ".js")) for name in names) else (),
    )  # fmt: skip


def swollen(member: zipfile.ZipInfo) -> bool:
    """Whether a member of a ZIP is packed by more than nine tenths (short ones cannot harm and are let be)."""
    return member.file_size > 1 << 20 and member.compress_size < (1 - _MOST_RATIO) * member.file_size


def _words(wanted: str, content: bytes) -> tuple[str, str] | None:
    """Why a file of words does not open; a file of another ending is let be."""
    try:
        if wanted == "XML":
            parse_xml(content)
        elif wanted == "JSON":
            json.loads(content.decode())
        elif wanted == "JSON lines":
            for line in content.decode().splitlines():
                json.loads(line)
        elif wanted == "text":
            content.decode()
    except RecursionError:
        return "嵌套过深", "nested too deep"
    except ValueError as why:
        return f"{wanted} 读不出：{why}", f"the {wanted} cannot be read: {why}"
    return None


def _scripts(path: str, content: bytes, kind: str) -> tuple[str, ...]:
    """Words that make a reader of marked-up text act. What a courier sent is kept as it came and shown to nobody."""
    found = ["EICAR"] if _TEST_VIRUS in content else []
    if kind in ("XML", "") and not path.startswith(RAW):
        low = content[:1_000_000].lower()
        found += [word.decode() for word in _SCRIPTS if word in low]
    return tuple(found)


def spread(paths: Iterable[str]) -> list[str]:
    """The paths in order of their UTF-8 bytes, as the package's own lists have them."""
    return sorted(paths, key=lambda path: path.encode(errors="surrogatepass"))
