"""The list a collecting courier signs, read back by a scanner's eye."""

import dataclasses

from labels.draw import draw
from tests.labels.examples import FURONG, LABEL, MANIFEST, ROOT, XIANNING, handover
from tests.labels.reading import codes, page_texts, rasters, squeezed, text


def test_the_sheet_names_numbers_and_agencies_and_its_code_scans() -> None:
    pdf = draw(handover())
    (page,) = page_texts(pdf)
    for wanted in ("交寄清单", XIANNING, FURONG, "1100000000001", "421200-2026-000003-1", "XN-000002", "合计3件"):
        assert squeezed(wanted) in page
    assert codes(rasters(pdf)[0]) == {"QRCode": handover().qr_text}


def test_an_unsigned_sheet_has_room_for_ink_and_a_signed_one_its_digests_and_a_masked_name() -> None:
    assert "尚未签字" in text(draw(handover()))
    signed = text(draw(handover(signed=True)))
    for wanted in (MANIFEST, ROOT, "欧阳**（工号YG-10086）", "已电子签字"):
        assert wanted in signed
    assert "示例" not in signed


def test_a_long_list_flows_and_is_signed_once_with_every_line_once() -> None:
    pages = page_texts(draw(handover(60)))
    assert len(pages) > 2
    assert ["合计60件" in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert sum(page.count("XN-0000") for page in pages) == 60


def test_a_label_with_a_number_of_the_pool_tells_the_sorter_that_no_code_was_given() -> None:
    label = dataclasses.replace(LABEL, route_code="", package_name="", from_pool=True)
    assert "分拣码未给出" in text(draw(label))
    assert "分拣码未给出" not in text(draw(dataclasses.replace(LABEL, from_pool=True)))
    assert codes(rasters(draw(label))[0])["Code128"] == label.waybill_no
