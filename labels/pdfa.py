"""ReportLab's PDF made into PDF/A-2u (ISO 19005-2 level U): what was drawn stays, what an archive asks for is added."""

import dataclasses
import datetime as dt
import functools
import io
from xml.sax.saxutils import escape

import pikepdf

from labels.icc import srgb_profile

PRODUCER = "Youdang"


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself. Nothing personal belongs here: anyone can read it without opening the page."""

    title: str
    subject: str
    made_at: dt.datetime


def archival(drawn: bytes, about: About) -> bytes:
    """PDF/A-2u bytes of a drawn PDF whose fonts are all embedded; the same input gives the same bytes."""
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        instant = about.made_at.astimezone(dt.UTC)
        _information(pdf, about, instant)
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
        )
        return out.getvalue()


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
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format><dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(about.title)}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(about.subject)}</rdf:li></rdf:Alt></dc:description>
{dates}<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool><pdf:Producer>{PRODUCER}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
    return packet.encode("utf-8")
