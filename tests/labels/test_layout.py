"""Whatever is written on a paper, it stays on the paper and no two words lie on each other."""

import dataclasses
import typing

import numpy as np
import numpy.typing as npt
import pypdfium2  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.draw import draw
from labels.papers import LabelParty, LabelSize, OriginalSticker, Paper, PaperLanguage, SealSticker, SlipItem
from tests.labels.examples import LABEL, ROOT, SEAL, STICKER, cover, slip
from tests.labels.forms_examples import FORMS
from tests.labels.reading import codes, rasters
from tests.labels.test_forms import in_prose

Boxes = npt.NDArray[np.float64]

HAN = st.text(st.sampled_from("政务服务中心行政审批局（）市区县𠮷𪚥ABC123"), min_size=1, max_size=40)
PARTIES = st.builds(LabelParty, HAN, HAN.map(lambda name: name[:8]), st.just("13812345678"), HAN)
ITEMS = st.builds(
    SlipItem, st.integers(1, 999), HAN, HAN, HAN, HAN.map(lambda name: name[:12]), st.integers(1, 999),
    st.integers(1, 99), st.sampled_from(["原件", "副本", "核对无异复制件"]), HAN,
)  # fmt: skip


def letters(pdf: bytes) -> list[tuple[tuple[float, float], Boxes]]:
    """For each page its size and left, bottom, right, top of each letter on it, in points."""
    document = pypdfium2.PdfDocument(pdf)
    pages = []
    for number in range(len(document)):
        page = document[number]
        words = page.get_textpage()
        boxes = {words.get_charbox(at) for at in range(words.count_chars())}  # a rare letter counts as two
        inked = [box for box in boxes if box[2] > box[0] and box[3] > box[1]]
        pages.append((page.get_size(), np.array(inked)))
        words.close()
        page.close()
    document.close()
    return pages


def check(paper: Paper) -> None:
    for (width, height), boxes in letters(draw(paper)):
        assert len(boxes)
        assert boxes[:, :2].min() >= 2
        assert boxes[:, 2].max() <= width - 2
        assert boxes[:, 3].max() <= height - 2
        assert overlap(boxes) < 0.25


def overlap(boxes: Boxes) -> float:
    """The largest area two letters have in common, as a share of the smaller one's."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=2)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    share = common / np.minimum(areas[:, None], areas[None, :])
    np.fill_diagonal(share, 0)
    return float(share.max())


@settings(max_examples=12, deadline=None)
@given(PARTIES, PARTIES, HAN, HAN.map(lambda words: words[:16]), st.sampled_from(typing.get_args(LabelSize)))
def test_letters_of_a_label_keep_to_their_places(
    sender: LabelParty, receiver: LabelParty, mark: str, package: str, size: LabelSize
) -> None:
    label = dataclasses.replace(
        LABEL, sender=sender, receiver=receiver, destination_mark=mark[:15], package_name=package[:12], size=size
    )  # fmt: skip
    check(label)
    assert codes(rasters(draw(label))[0]) == {"Code128": label.waybill_no, "QRCode": label.qr_text}


@settings(max_examples=10, deadline=None)
@given(HAN.map(lambda words: words[:30]), HAN.map(lambda name: name[:8]), st.integers(1, 99))
def test_letters_of_the_stickers_keep_to_their_places(words: str, person: str, count: int) -> None:
    seal = dataclasses.replace(SEAL, agency=words, sealed_by=person, contents_count=count)
    original = dataclasses.replace(STICKER, agency=words, title=words, holder=person[:4], total=99, seq=count)
    for paper in (seal, original):
        check(paper)
        assert codes(rasters(draw(paper))[0])["QRCode"] == paper.qr_text


@settings(max_examples=10, deadline=None)
@given(st.lists(ITEMS, min_size=1, max_size=12).map(tuple), HAN, HAN, HAN)
def test_letters_of_slip_and_cover_keep_to_their_places(
    items: tuple[SlipItem, ...], sender: str, receiver: str, item_name: str
) -> None:
    for paper in (slip(), cover()):
        check(dataclasses.replace(
            paper, items=items, sender_agency=sender, receiver_agency=receiver, item_name=item_name
        ))  # fmt: skip


@pytest.mark.parametrize(("route", "mark"), [("", "芙蓉"), ("731AH-B12", ""), ("", "")])
def test_a_label_without_route_or_mark_shows_what_there_is(route: str, mark: str) -> None:
    check(dataclasses.replace(LABEL, route_code=route, destination_mark=mark, package_name=""))


@pytest.mark.parametrize("language", typing.get_args(PaperLanguage))
@pytest.mark.parametrize("name", ["remarks", "intake", "receipt", "notice", "guide"])
def test_letters_of_the_forms_keep_to_their_places_when_every_text_is_long(name: str, language: PaperLanguage) -> None:
    check(in_prose(dataclasses.replace(FORMS[name], language=language), 56))


@pytest.mark.parametrize("paper", [SEAL, STICKER])
def test_letters_of_the_bilingual_stickers_keep_to_their_places(paper: SealSticker | OriginalSticker) -> None:
    check(dataclasses.replace(paper, language="zh-en", ledger_root=ROOT))
