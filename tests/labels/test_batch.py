"""Many papers in one file: their order, their own page numbers, one set of fonts, nothing released that is wrong."""

import dataclasses
import io
import json

import pikepdf
import pytest

from labels.batch import NotInABatch, draw_batch
from labels.draw import draw
from labels.fonts import MissingCharacter
from labels.papers import Paper, UnlawfulPaper, WaybillLabel
from labels.printers import proof
from labels.reading import MalformedPaper, read_batch
from tests.labels.examples import LABEL, SEAL, STICKER, cover, handover, slip
from tests.labels.forms_examples import arrival, catalogue, guide, intake, notice, remarks
from tests.labels.reading import codes, page_texts, rasters, text
from tests.labels.test_reading import plain

MIXED: list[Paper] = [
    LABEL, slip(60), SEAL, cover(), STICKER, catalogue(), remarks(), intake(), arrival(), notice(), guide(), handover(),
]  # fmt: skip


def labels(count: int) -> list[WaybillLabel]:
    return [dataclasses.replace(LABEL, waybill_no=f"1117905{n:06d}", qr_text=f"YD1|W|{n:06d}") for n in range(count)]


def test_a_batch_has_every_page_of_every_paper_in_order_with_its_own_size_and_numbers() -> None:
    batch = draw_batch(MIXED, verify=True)
    alone = [page for paper in MIXED for page in page_texts(draw(paper))]
    assert page_texts(batch) == alone
    assert "第2页共4页" in alone[2]
    with pikepdf.open(io.BytesIO(batch)) as pdf:
        sizes = [[float(side) for side in page.MediaBox[2:]] for page in pdf.pages]
    with pikepdf.open(io.BytesIO(draw(SEAL))) as pdf:
        assert sizes[5] == [float(side) for side in pdf.pages[0].MediaBox[2:]]


def test_fonts_are_embedded_once_for_all_labels_and_every_label_scans() -> None:
    many = labels(12)
    batch = draw_batch(many)
    assert len(batch) < 12 * len(draw(LABEL)) / 3
    with pikepdf.open(io.BytesIO(batch)) as pdf:
        assert len({font.objgen for page in pdf.pages for font in page.Resources.Font.values()}) <= 3
    for label, image in zip(many, rasters(batch), strict=True):
        assert codes(image) == {"Code128": label.waybill_no, "QRCode": label.qr_text}


def test_the_same_batch_gives_the_same_bytes_and_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    first = draw_batch(labels(5), lambda done, total: told.append((done, total)), verify=True)
    assert told == [(n, 5) for n in range(1, 6)]
    assert first == draw_batch(labels(5))


def test_one_unlawful_paper_stops_the_whole_batch_before_anything_is_drawn() -> None:
    told: list[int] = []
    papers = [*labels(3), dataclasses.replace(LABEL, secrecy="机密")]
    with pytest.raises(NotInABatch, match=r"第 4 张（MD-2026-000123-1）：.*机要") as caught:
        draw_batch(papers, lambda done, _: told.append(done))
    assert isinstance(caught.value.__cause__, UnlawfulPaper)
    assert not told


def test_a_character_without_font_names_its_paper() -> None:
    strange = dataclasses.replace(LABEL, destination_mark="\U00031350")
    with pytest.raises(NotInABatch, match=r"第 2 张.*U\+31350") as caught:
        draw_batch([LABEL, strange])
    assert isinstance(caught.value.__cause__, MissingCharacter)


def test_a_page_whose_codes_are_not_the_papers_own_is_not_released(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault planted where the dots are read: every batch that is verified stops, one that is not does not."""
    monkeypatch.setattr(proof, "scan", lambda _image: [("QRCode", "something else")])
    with pytest.raises(NotInABatch, match="something else"):
        draw_batch([LABEL], verify=True)
    assert draw_batch([LABEL])


def test_an_empty_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="至少给出一张"):
        draw_batch([])


def test_a_batch_is_read_from_json_and_faults_have_their_places() -> None:
    given = [{"kind": "seal", "paper": json.loads(plain(SEAL))}, {"kind": "slip", "paper": json.loads(plain(slip()))}]
    assert read_batch(json.dumps(given)) == (SEAL, slip())
    assert text(draw_batch(read_batch(json.dumps(given)))) == text(draw(SEAL)) + text(draw(slip()))
    del given[1]["paper"]["items"][0]["title"]
    bad = [*given, {"kind": "box", "paper": {}}, {"kind": "seal"}]
    with pytest.raises(MalformedPaper) as caught:
        read_batch(json.dumps(bad))
    told = "\n".join(caught.value.faults)
    for part in ("[1].paper.items[0].title", "[2].kind 没有「box」", "[3] 应为对象"):
        assert part in told
    for nothing in ("[]", "{}", "3"):
        with pytest.raises(MalformedPaper, match="数组"):
            read_batch(nothing)
