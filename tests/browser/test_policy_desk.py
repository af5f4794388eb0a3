"""Rules of time in a real Chromium: an administrator tightens one, sees what it changes, on a PC and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from logistics.store.context import Context
from logistics.store.embedded import Urls
from tests import builders
from tests.browser.conftest import DESK, PHONE, assert_accessible, assert_fits, picture, turn_language

Enter = Callable[..., Page]


@pytest.fixture
def ctx(seeded: Urls, tmp_path: Path) -> Iterator[Context]:
    """The world of the server: three dossiers that wait to be dispatched."""
    hall = builders.house(seeded, tmp_path, {})
    for _ in range(3):
        builders.opened(hall)
    yield hall.web
    hall.close()


def test_a_rule_is_read_loosened_in_thought_and_tightened(as_: Enter) -> None:
    page = as_("hb-admin", size=PHONE)

    def seen(name: str) -> None:
        for width, height in (DESK, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            assert_fits(page)
            picture(page, f"policies-{name}")

    page.goto("/policies?for=agreement-1")
    seen("matrix")
    assert_accessible(page)
    page.locator(".rule-matrix tbody tr").nth(0).locator("a").nth(2).click()
    seen("rule")
    page.get_by_role("link", name="改这条规则").click()
    seen("edit")
    assert_accessible(page)
    page.get_by_label("时长", exact=True).fill("5")
    page.get_by_label("依据或原因").fill("山区线路，邮政每周三班")
    page.get_by_role("button", name="看看会改变什么").click()
    page.get_by_text("还没有保存。保存后是这样：").wait_for()
    seen("preview-looser")
    assert_accessible(page)
    page.get_by_role("link", name="再改改").click()
    page.get_by_label("时长", exact=True).fill("1")
    page.get_by_role("button", name="看看会改变什么").click()
    page.get_by_text("不需要批准").first.wait_for()
    seen("preview")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("第 1 版：1 个工作日").wait_for()
    seen("version")
    assert_accessible(page)
    turn_language(page)
    page.goto("/policies")
    seen("matrix-en")
