"""What stands ready: an administrator sees what is missing, what to do, and where."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from logistics.store.context import Context
from tests.web.conftest import Visitor
from tests.web.test_agreement_pages import GOOD, agree, book, confirm, consent, drafted, partner, send, shown, upload
from tests.web.test_item_pages import LINE, item

As = Callable[[str], Visitor]


def test_what_is_missing_is_said_until_the_first_dossier_can_be_opened(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    page = keeper.get("/settings").text
    assert "还差 2 样，窗口才能开第一份专档" in page
    assert "请添加事项，列出要交的材料" in page
    assert "没有有效的协议，窗口开不了专档" in page
    number = drafted(keeper, ctx)
    address = upload(keeper, number, book(GOOD)).headers["Location"]
    confirm(keeper, address, shown(keeper, address)[1])
    assert "1 份草稿等确认" in keeper.get("/settings").text
    for code in ("GZ-001", "BDC-002"):
        send(keeper, f"/items/{item(ctx, code).id}/materials/new", **LINE | {"name": "证书"})
    other = partner(ctx, as_)
    assert consent(other, f"/agreements/{number}").status_code == 303
    assert "1 份对方已确认，等您确认" in keeper.get("/settings").text
    agree(f"/agreements/{number}", keeper)
    page = keeper.get("/settings").text
    assert "可以办件" in page
    assert "只能由专人或机要送" in page


@pytest.mark.parametrize("login", ["lin", "he", "qin"])
def test_only_administrators_see_what_stands_ready(as_: As, login: str) -> None:
    assert as_(login).get("/settings").status_code == 403


def test_the_page_speaks_english(as_: As) -> None:
    keeper = as_("zhou")
    keeper.post("/language", {"language": "en"}, "/items")
    page = keeper.get("/settings").text
    assert "2 things are missing before a window can open its first dossier" in page
    assert "Add items and list their materials." in page
