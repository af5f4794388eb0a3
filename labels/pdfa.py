"""ReportLab's PDF made into PDF/A: what was drawn stays, what an archive asks for is added.

Without attachments it is PDF/A-2u (ISO 19005-2 level U); with them PDF/A-3u (ISO 19005-3), each file embedded byte for
byte and associated with the document.
"""

import dataclasses
import datetime as dt
import functools
import io
from collections.abc import Iterable
from xml.sax.saxutils import escape

import pikepdf

from labels.attachments import Attachment
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


def archival(drawn: bytes, about: About) -> bytes:
    """PDF/A bytes of a drawn PDF whose fonts are all embedded; the same input gives the same bytes.

    Level 2u, or 3u where `about` has attachments. Raises ValueError when two of them have one name.
    """
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        instant = about.made_at.astimezone(dt.UTC)
        _information(pdf, about, instant)
        if about.attachments:
            _attach(pdf, about.attachments, instant)
        metadata = pikepdf.Stream(pdf, _xmp(about, instant))
        metadata["/Type"], metadata["/Subtype"] = pikepdf.Name.Metadata, pikepdf.Name.XML
        pdf.Root["/Metadata"] = pdf.make_indirect(metadata)
        pdf.Root["/Lang"] = pikepdf.String("zh-CN")
        pdf.Root["/ViewerPreferences"] = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.Root["/OutputIntents"] = pikepdf.Array([_output_intent(pdf)])
        out = io.BytesIO()
        pdf.save(
            out,
            min_version="1.7",
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            fix_metadata_version=False,  # the packet names no version; to look costs a twentieth of a label
        )
        return out.getvalue()


def _attach(pdf: pikepdf.Pdf, attachments: Iterable[Attachment], instant: dt.datetime) -> None:
    """Each file in the name tree of embedded files and in /AF, so that it is found by either way."""
    stamp = pikepdf.String(instant.strftime("D:%Y%m%d%H%M%S+00'00'"))
    specs: dict[str, pikepdf.Object] = {}
    for one in attachments:
        if one.name in specs:
            raise ValueError(f"两个附件同名：{one.name} (two attachments of one name)")
        stream = pikepdf.Stream(pdf, one.content)
        stream["/Type"], stream["/Subtype"] = pikepdf.Name.EmbeddedFile, pikepdf.Name("/" + one.media_type)
        stream["/Params"] = pikepdf.Dictionary(Size=len(one.content), CreationDate=stamp, ModDate=stamp)
        inside = pdf.make_indirect(stream)
        specs[one.name] = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Filespec,
                F=pikepdf.String(one.name),
                UF=pikepdf.String(one.name),
                Desc=pikepdf.String(one.description or one.name),
                AFRelationship=pikepdf.Name("/" + one.relationship),
                EF=pikepdf.Dictionary(F=inside, UF=inside),
            )
        )
    names = pikepdf.Array([part for name in sorted(specs) for part in (pikepdf.String(name), specs[name])])
    pdf.Root["/Names"] = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
    pdf.Root["/AF"] = pdf.make_indirect(pikepdf.Array(list(specs.values())))
    pdf.Root["/PageMode"] = pikepdf.Name.UseAttachments


def _information(pdf: pikepdf.Pdf, about: About, instant: dt.datetime) -> None:
    """The old information dictionary, in step with the XMP packet."""
    stamp = pikepdf.String(instant.strftime("D:%Y%m%d%H%M%S+00'00'"))
    pdf.trailer["/Info"] = pdf.make_indirect(
        pikepdf.Dictionary(
            Title=pikepdf.String(about.title),
            Subject=pikepdf.String(about.subject),
            Creator=pikepdf.String(PRODUCER),
            Producer=pikepdf.String(PRODUCER),
            CreationDate=stamp,
            ModDate=stamp,
        )
    )


def _output_intent(pdf: pikepdf.Pdf) -> pikepdf.Object:
    profile = pikepdf.Stream(pdf, _profile())
    profile["/N"], profile["/Alternate"] = 3, pikepdf.Name.DeviceRGB
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent,
            S=pikepdf.Name.GTS_PDFA1,
            OutputConditionIdentifier=pikepdf.String("sRGB IEC61966-2.1"),
            Info=pikepdf.String("sRGB IEC61966-2.1"),
            DestOutputProfile=pdf.make_indirect(profile),
        )
    )


@functools.cache
def _profile() -> bytes:
    return srgb_profile()


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
