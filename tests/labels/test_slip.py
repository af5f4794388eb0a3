import dataclasses
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.draw import draw
from labels.flow import Strip
from labels.pages import Piece, paginate
from labels.papers import SlipKind
from labels.slip import KIND_WORDS
from labels.surface import TextTooLong
from tests.labels.examples import FURONG, MANIFEST, ROOT, XIANNING, slip
from tests.labels.reading import codes, page_texts, poppler_text, rasters, squeezed, text


def test_the_slip_says_what_passes_between_whom_and_under_which_seal() -> None:
    pdf = draw(slip(4))
    for words in (text(pdf), poppler_text(pdf)):
        for wanted in (XIANNING, FURONG, "XN-004512", "1234567890123", ROOT, MANIFEST, "20481", "42120020260928000456"):
            assert squeezed(wanted) in words
        for item in slip(4).items:
            assert squeezed(item.title) in words
            assert squeezed(item.number) in words
            assert item.holder in words
    assert "合计4件11页5份" in text(pdf)


def test_rare_characters_and_full_width_marks_are_copied_as_they_were_given() -> None:
    rare = dataclasses.replace(slip(), item_name="《𠮷》〔𪚥〕“䶮”㛃：；！？（％）—…")
    pdf = draw(rare)
    assert rare.item_name in text(pdf)
    assert rare.item_name in poppler_text(pdf)


def test_the_three_who_sign_have_their_boxes_once_and_on_the_last_page() -> None:
    pages = page_texts(draw(slip(60)))
    for role in ("移交人经办李婷", "接收人签名", "监交人签名"):
        assert [role[:3] in page for page in pages[:-1]] == [False] * (len(pages) - 1)
    assert pages[-1].count("签名") == 3
    assert pages[-1].count("（单位印章）") == 3


def test_sixty_items_flow_over_numbered_pages_without_losing_one() -> None:
    pages = page_texts(draw(slip(60)))
    assert len(pages) == 4
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共4页" in page
        assert "序号材料名称及编号" in page
    assert sum(page.count("证书") + page.count("委托书") for page in pages) == 60
    assert "合计60件" in pages[-1]


def test_the_slips_code_scans() -> None:
    assert codes(rasters(draw(slip()))[0]) == {"QRCode": slip().qr_text}


@pytest.mark.parametrize("kind", KIND_WORDS)
def test_each_kind_says_what_it_is(kind: SlipKind) -> None:
    mailed = {} if kind != "internal" else {"waybill_no": "", "seal_no": ""}
    words = text(draw(dataclasses.replace(slip(), kind=kind, **mailed)))  # type: ignore[arg-type]
    assert f"原件交接单{KIND_WORDS[kind]}" in words


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="不认识"):
        dataclasses.replace(slip(), kind="sideways")  # type: ignore[arg-type]


def test_a_slip_before_the_first_checkpoint_says_so() -> None:
    words = text(draw(dataclasses.replace(slip(), ledger_root="", ledger_size=0, waybill_no="", seal_no="")))
    assert "尚无检查点" in words
    assert re.search("运单号—封签号—", words)


def test_a_slip_without_items_can_still_be_drawn_and_signed() -> None:
    assert "合计0件0页0份" in text(draw(slip(0)))


def test_a_note_longer_than_half_a_page_is_refused_rather_than_run_off_the_paper() -> None:
    wordy = dataclasses.replace(slip().items[0], note="封皮有折痕。" * 25)
    assert text(draw(dataclasses.replace(slip(), items=(wordy,) * 3))).count("折痕") == 75
    endless = dataclasses.replace(wordy, note=wordy.note * 9)
    with pytest.raises(TextTooLong):
        draw(dataclasses.replace(slip(), items=(endless,)))


HEIGHTS = st.lists(st.floats(9, 100), max_size=90)


@settings(deadline=None)
@given(HEIGHTS, st.floats(100, 200), st.floats(180, 260), st.floats(40, 79))
def test_pages_hold_every_row_in_order_and_leave_room_to_close(
    heights: list[float], first: float, further: float, closing: float
) -> None:
    rows = [Piece(Strip(height, lambda _sheet, _y: None)) for height in heights]
    pages = paginate(rows, first, further, closing)
    assert [row for page in pages for row in page] == rows
    for number, page in enumerate(pages):
        room = further if number else first
        assert sum(row.strip.height for row in page) <= room + 1e-6
    room = (further if len(pages) > 1 else first) - closing
    assert sum(row.strip.height for row in pages[-1]) <= room + 1e-6
    assert not rows or pages[-1]
