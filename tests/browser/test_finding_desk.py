"""Finding in a real Chromium: any number into the one box, a wrong one loudly, the timeline by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from couriers import adapters
from logistics.store.context import Context
from logistics.store.embedded import Urls
from tests import builders
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture
from tests.services.conftest import EMS
from tests.web.desks.under_way import PAPERS, Hall

As = Callable[..., Page]


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[Hall]:
    """An envelope of three originals on its way."""
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS))
    yield Hall(house).listed().sent()
    house.close()


@pytest.fixture
def ctx(hall: Hall) -> Context:
    """The server's world is the house's."""
    return hall.house.web


def look(page: Page, name: str) -> None:
    """The page is accessible, as wide as its window, and kept as a picture."""
    assert_accessible(page)
    assert_fits(page)
    picture(page, f"finding-{name}")


def scan(page: Page, code: str) -> None:
    """What a scan gun does: it types where the focus is, then Enter."""
    page.keyboard.insert_text(code)
    page.keyboard.press("Enter")


def test_a_wrong_scan_is_loud_the_next_one_opens_the_dossier_and_its_story_is_told_by_source(
    hall: Hall, as_: As
) -> None:
    page = as_("xn-window")
    page.goto("/")
    look(page, "1-workbench")
    scan(page, "９９９９９９")
    page.get_by_role("heading", name="没有找到这个编号").wait_for()
    expect(page.locator("#scan")).to_be_focused()
    look(page, "2-wrong")
    scan(page, PAPERS[1][2])  # the diploma's own number
    page.get_by_role("heading", name="原件 3").wait_for()
    assert PAPERS[1][2] not in page.url
    look(page, "3-dossier")
    chosen = page.locator("#source-courier")
    chosen.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source-courier[aria-current]")).to_be_visible()
    expect(page.locator(".moment-person")).to_have_count(0)
    expect(page.locator("#source-courier")).to_be_focused()
    page.go_back()
    expect(page.locator(".moment-person").first).to_be_visible()
    phone = as_("xn-window", size=PHONE)
    phone.goto(f"/dossiers/{hall.dossier}?source=person&order=oldest")
    look(phone, "4-phone")
