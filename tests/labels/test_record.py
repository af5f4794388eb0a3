"""The dossier's main file: everything told is on it, everything embedded comes out as it went in, at any length."""

from __future__ import annotations

import dataclasses
import io
import os
import subprocess
import sys

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.attachments import Attachment
from labels.draw import draw
from labels.papers import DossierRecord
from tests.labels.examples import PRINTED
from tests.labels.records import attachments, record


def told(drawn: bytes) -> str:
    """The text of all pages, as a viewer's search finds it, without line ends."""
    pdf = pypdfium2.PdfDocument(drawn)
    try:
        pages = []
        for page in pdf:
            words = page.get_textpage()
            pages.append(words.get_text_bounded())
            words.close()
            page.close()
        return "".join(pages).replace("\r", "").replace("\n", "")
    finally:
        pdf.close()


def test_what_was_told_stands_on_the_pages() -> None:
    one = record()
    words = told(draw(one))
    wanted = {
        one.record_no, one.archival_code, one.dossier_no, one.case_no, one.item_name, one.sender.agency,
        one.receiver.agency, one.applicant, one.ledger_head, one.checkpoint_root, one.key_id,
        *(x.code for x in one.originals), *(x.number for x in one.originals),
        *(link.basis for x in one.originals for link in x.links),
        *(x.waybill_no for x in one.envelopes), *(x.seal_no for x in one.envelopes),
        *(x.text for x in one.events), *(x.source for x in one.events),
        *(line for x in one.deadlines for line in (x.outcome, *x.explanation)),
        *(x.note for x in one.discrepancies), *(x.settlement for x in one.discrepancies),
        *(x.signature_sha256 for x in one.signatures), *(x.path for x in one.papers), *(x.sha256 for x in one.papers),
        *(x.name for x in one.attachments),
    }  # fmt: skip
    assert {word for word in wanted if word not in words} == set()


def test_each_attachment_comes_out_byte_for_byte_with_its_type_and_what_it_is() -> None:
    with pikepdf.open(io.BytesIO(draw(record()))) as pdf:
        assert len(pdf.Root.AF) == len(attachments())
        for one, spec in zip(attachments(), pdf.Root.AF, strict=True):
            assert pdf.attachments[one.name].get_file().read_bytes() == one.content
            assert (str(spec.F), str(spec.UF), str(spec.AFRelationship)) == (one.name, one.name, f"/{one.relationship}")
            assert str(spec.EF.F.Subtype) == f"/{one.media_type}"
            assert str(spec.EF.F.Params.ModDate).startswith("D:2026")


def test_with_attachments_it_says_3u_and_without_2u() -> None:
    for carried, part in ((True, 3), (False, 2)):
        with pikepdf.open(io.BytesIO(draw(record(carried=carried)))) as pdf:
            packet = pdf.Root.Metadata.read_bytes().decode()
            assert f"<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>U" in packet
            assert ("/AF" in pdf.Root) is carried


def test_the_same_record_gives_the_same_bytes_in_another_process() -> None:
    program = "import sys, labels.draw as d, tests.labels.records as r; sys.stdout.buffer.write(d.draw(r.record()))"
    environment = {**os.environ, "TZ": "America/New_York", "PYTHONHASHSEED": "12345", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert done.stdout == draw(record()) == draw(record())


def test_two_attachments_of_one_name_are_refused() -> None:
    twice = (*attachments(), attachments()[0])
    with pytest.raises(ValueError, match="同名"):
        draw(dataclasses.replace(record(), attachments=twice))


@pytest.mark.parametrize(
    ("name", "media_type", "relationship"),
    [("a/b", "text/xml", "Source"), ("", "text/xml", "Source"), ("a", "xml", "Source"), ("a", "text/xml", "Friend")],
)
def test_an_attachment_that_no_reader_could_take_out_is_refused(name: str, media_type: str, relationship: str) -> None:
    with pytest.raises(ValueError, match="附件"):
        Attachment(name, media_type, relationship, b"")  # type: ignore[arg-type]


def test_a_character_no_font_has_stands_as_its_number_and_keeps_nothing_from_the_archive() -> None:
    event = dataclasses.replace(record().events[0], text="已签收\U0001f600\t谢谢\u0378")
    assert "已签收〔U+1F600〕 谢谢〔U+0378〕" in told(draw(dataclasses.replace(record(), events=(event,))))


def test_a_text_of_two_pages_is_told_whole() -> None:
    long = "".join(f"第{n}次投递未成功，" for n in range(400))
    one = dataclasses.replace(record(), events=(dataclasses.replace(record().events[0], text=long),))
    assert "第399次投递未成功" in told(draw(one))


def test_a_dossier_of_which_nothing_is_known_yet_still_has_its_file() -> None:
    bare = {field.name: () for field in dataclasses.fields(DossierRecord) if field.default == ()}
    assert told(draw(dataclasses.replace(record(), **bare))).count("无。 None.") == 5


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 9), st.integers(0, 45), st.integers(0, 14), st.integers(0, 12))
def test_pages_are_counted_and_nothing_runs_over_the_foot(of: int, said: int, signed: int, kept: int) -> None:
    pdf = pypdfium2.PdfDocument(draw(record(of, said, signed, kept)))
    pages = len(pdf)
    for number, page in enumerate(pdf, 1):
        words = page.get_textpage()
        foot = words.get_text_bounded(bottom=0, top=33).replace("\r\n", "")
        body = words.get_text_bounded(bottom=33, top=42)
        assert foot.endswith(f"第 {number} 页 共 {pages} 页")
        assert body == ""
        words.close()
        page.close()
    pdf.close()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="printed_at"):
        dataclasses.replace(record(), printed_at=PRINTED.replace(tzinfo=None))
