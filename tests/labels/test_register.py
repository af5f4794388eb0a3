"""The registration form of a hand-over: every package's digest stands on it, the form on its first page."""

import datetime as dt
import io

import pypdfium2
import pytest

from labels.draw import draw
from labels.papers import RegisterItem, TransferRegister
from labels.papers.parts import PaperLanguage

DIGEST = "9bbb2d32" * 8


def register(count: int, language: PaperLanguage = "zh") -> TransferRegister:
    """A batch of so many packages."""
    items = tuple(
        RegisterItem(seq, f"421200-0001-XL01-2026-D30-{seq:06d}.zip", f"J001-ZY·2026-D30-{seq:04d}", "学历公证",
                     DIGEST, 1_000_000 + seq)
        for seq in range(1, count + 1)
    )  # fmt: skip
    found = {f"found_{one}": "全部通过" for one in ("accurate", "complete", "usable", "safe")}
    return TransferRegister(
        number="421200-YJ2026-001-DJB", batch_no="421200-YJ2026-001", name="2026 年度移交", description="",
        sender="示例市政务服务大厅", receiver="示例市档案馆", items=items, media="在线", carriers="", **found,
        found_carrier="", filled_by="陈样", list_sha256=DIGEST, ledger_root=DIGEST, ledger_size=20481,
        printed_at=dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC), qr_text="YD1|R|421200-YJ2026-001|9bbb2d32",
        language=language,
    )  # fmt: skip


def pages_of(paper: TransferRegister) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(draw(paper)))
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


@pytest.mark.parametrize("language", ["zh", "zh-en"])
def test_the_form_stands_on_the_first_page_and_every_digest_behind_it(language: PaperLanguage) -> None:
    first, *annex = pages_of(register(30, language))
    assert "移交与接收登记表" in first
    assert "30件" in first
    assert "0.030GB" in first
    assert DIGEST not in first
    behind = "".join(annex)
    assert behind.count(DIGEST) >= 30
    assert all(f"{seq:06d}.zip" in behind for seq in range(1, 31))
    assert DIGEST in annex[-1], "the list's digest and the ledger's root close the paper"
    assert f"第{len(annex) + 1}页共{len(annex) + 1}页" in annex[-1]


def test_a_batch_of_one_has_its_annex_too() -> None:
    assert len(pages_of(register(1))) == 2
