"""The report of the four checks on paper: what failed comes first, and what nobody looked at says so."""

import dataclasses

import pytest

from labels.draw import draw
from labels.papers.parts import PaperLanguage
from labels.reading import read_paper
from logistics.archive.checks.report import Link
from logistics.archive.checks.sheet import KIND, sheet_json
from tests.archive.checks import filed
from tests.labels.checks_examples import check_sheet
from tests.labels.examples import MANIFEST, ROOT
from tests.labels.reading import codes, page_texts, rasters, squeezed, text


@pytest.mark.parametrize("language", ["zh", "zh-en"])
def test_every_part_stands_once_and_the_report_is_signed_once(language: PaperLanguage) -> None:
    sheet = check_sheet(language=language)
    pages = page_texts(draw(sheet))
    whole = "".join(pages)
    for line in sheet.lines:
        assert whole.count(line.code) == 1
    for wanted in ("真实性", "完整性", "可用性", "安全性", MANIFEST, ROOT, "人工检测人", "审核人"):
        assert squeezed(wanted) in whole
    assert ["人工检测人" in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert ("notapplicable" in whole) == (language == "zh-en")
    assert f"第{len(pages)}页共{len(pages)}页" in pages[-1]


def test_what_failed_stands_on_the_first_page_before_everything_else() -> None:
    first = page_texts(draw(check_sheet(failed=2)))[0]
    assert "不通过的检测点" in first
    assert first.index("不通过的检测点") < first.index("真实性")
    assert squeezed("通过 34 不通过 2 不适用 4") in first
    assert "不通过的检测点" not in text(draw(check_sheet()))


def test_a_name_no_font_has_does_not_keep_the_report_from_being_drawn() -> None:
    assert "〔U+1F600〕" in text(draw(check_sheet(failed=1)))


def test_its_code_scans() -> None:
    sheet = check_sheet(8)
    assert codes(rasters(draw(sheet))[0]) == {"QRCode": sheet.qr_text}


def test_a_conclusion_that_does_not_follow_is_refused() -> None:
    with pytest.raises(ValueError, match="passed"):
        dataclasses.replace(check_sheet(failed=1), passed=True)
    with pytest.raises(ValueError, match="passed"):
        dataclasses.replace(check_sheet(), passed=False)


def test_the_report_before_sealing_says_that_more_follows() -> None:
    words = squeezed("形成于封装之前")
    assert words in text(draw(check_sheet()))
    assert words not in text(draw(dataclasses.replace(check_sheet(), sealed=True)))


@pytest.mark.parametrize("link", Link)
def test_a_report_of_the_checks_becomes_a_paper(link: Link) -> None:
    report = filed.checked(filed.sound(), link)
    sheet = read_paper(KIND, sheet_json(report, "421200-2026-000001-X", filed.NOW))
    words = text(draw(sheet))
    assert all(part.code in words for part in report.parts)
    assert filed.TOP in words


def test_a_report_on_nothing_legible_becomes_a_paper_too() -> None:
    report = filed.checked({f"data/{'长' * 120}\n{n}.exe": b"MZ" for n in range(6)}, Link.YJ)
    words = text(draw(read_paper(KIND, sheet_json(report, "X-1", filed.NOW, language="zh-en"))))
    assert "（读不出）" in words
    assert "全文见XML报告" in words
