"""A PDF as an archive wants it: what was drawn on a canvas, with its colours, words and attachments declared.

Without attachments it is PDF/A-2u (ISO 19005-2 level U); with them PDF/A-3u (ISO 19005-3), each file embedded byte for
byte and associated with the document.
"""

import dataclasses
import datetime as dt
import functools
import zlib
from xml.sax.saxutils import escape

from labels import pdf
from labels.attachments import Attachment
from labels.canvas import Canvas
from labels.icc import srgb_profile

PRODUCER = "Youdang"


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself, and what it carries. Nothing personal belongs in the words: anyone can read them
    without opening the page.
    """

    title: str
    subject: str
    made_at: dt.datetime
    attachments: tuple[Attachment, ...] = ()


def archival(drawn: Canvas, about: About) -> bytes:
    """PDF/A bytes of the canvas's pages; the same pages give the same bytes.

    Level 2u, or 3u where `about` has attachments. Raises ValueError when two of them have one name.
    """
    file = pdf.PdfFile()
    instant = about.made_at.astimezone(dt.UTC)
    date = pdf.text(instant.strftime("D:%Y%m%d%H%M%S+00'00'"))
    catalogue = b"<</Type/Catalog/Version/1.7/Pages %d 0 R/Lang%b/ViewerPreferences<</DisplayDocTitle true>>" % (
        drawn.write(file), pdf.text("zh-CN")
    )  # fmt: skip
    catalogue += b"/Metadata %d 0 R" % file.plain(b"/Type/Metadata/Subtype/XML", _xmp(about, instant))
    catalogue += b"/OutputIntents[%d 0 R]" % _output_intent(file)
    if about.attachments:
        catalogue += _attached(file, about.attachments, date)
    return file.bytes(file.add(catalogue + b">>"), _information(file, about, date))


def _attached(file: pdf.PdfFile, attachments: tuple[Attachment, ...], date: bytes) -> bytes:
    """Entries of the catalogue: each file in the name tree and in /AF, so that it is found by either way."""
    numbers = {one.name: _attachment(file, one, date) for one in attachments}
    if len(numbers) != len(attachments):
        names = [one.name for one in attachments]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"两个附件同名：{twice} (two attachments of one name)")
    tree = b"".join(b"%b %d 0 R" % (pdf.text(name), numbers[name]) for name in sorted(numbers, key=_in_a_tree))
    return b"/Names<</EmbeddedFiles<</Names[%b]>>>>/AF%b/PageMode/UseAttachments" % (
        tree, pdf.array(list(numbers.values()))
    )  # fmt: skip


def _in_a_tree(name: str) -> bytes:
    """Name trees are in the order of the bytes as written (ISO 32000-1 §7.9.6)."""
    return bytes.fromhex(pdf.text(name)[1:-1].decode())


def _attachment(file: pdf.PdfFile, one: Attachment, date: bytes) -> int:
    inside = file.stream(
        b"/Type/EmbeddedFile/Subtype%b/Params<</Size %d/CreationDate%b/ModDate%b>>"
        % (pdf.name(one.media_type), len(one.content), date, date),
        one.content,
    )
    name = pdf.text(one.name)
    return file.add(
        b"<</Type/Filespec/F%b/UF%b/Desc%b/AFRelationship%b/EF<</F %d 0 R/UF %d 0 R>>>>"
        % (name, name, pdf.text(one.description or one.name), pdf.name(one.relationship), inside, inside)
    )


def _information(file: pdf.PdfFile, about: About, date: bytes) -> int:
    """The old information dictionary, in step with the XMP packet."""
    words = (("Title", about.title), ("Subject", about.subject), ("Creator", PRODUCER), ("Producer", PRODUCER))
    said = b"".join(pdf.name(name) + pdf.text(value) for name, value in words)
    return file.add(b"<<%b/CreationDate%b/ModDate%b>>" % (said, date, date))


def _output_intent(file: pdf.PdfFile) -> int:
    condition = pdf.text("sRGB IEC61966-2.1")
    return file.add(
        b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier%b/Info%b/DestOutputProfile %d 0 R>>"
        % (condition, condition, file.packed(b"/N 3/Alternate/DeviceRGB", _profile()))
    )


@functools.cache
def _profile() -> bytes:
    return zlib.compress(srgb_profile())


def _xmp(about: About, instant: dt.datetime) -> bytes:
    """The XMP packet (ISO 16684-1) with the identification that ISO 19005-2 §6.6.4 asks for."""
    stamp = instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    dates = "".join(f"<xmp:{name}>{stamp}</xmp:{name}>" for name in ("CreateDate", "ModifyDate", "MetadataDate"))
    packet = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>{3 if about.attachments else 2}</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format><dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(about.title)}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(about.subject)}</rdf:li></rdf:Alt></dc:description>
{dates}<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool><pdf:Producer>{PRODUCER}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
    return packet.encode("utf-8")
