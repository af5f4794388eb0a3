"""The working calendar in a real Chromium: a notice read in, listed and confirmed by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from logistics.store.context import Context
from logistics.store.embedded import Urls
from scheduler.calendars import once
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture, turn_language
from tests.played import both, played, played_template  # noqa: F401 - fixtures
from tests.web.test_calendar_pages import NOTICE

Enter = Callable[..., Page]


@pytest.fixture
def system(played: Urls, tmp_path: Path) -> Iterator[Context]:  # noqa: F811
    with both(played, tmp_path) as (context, _app):
        yield context


@pytest.fixture
def ctx(played: Urls, tmp_path: Path, system: Context) -> Iterator[Context]:  # noqa: F811
    """The world of the server: the demo, played."""
    with both(played, tmp_path) as (_system, app):
        yield app


def test_a_notice_is_read_in_listed_and_confirmed_by_the_keyboard_alone(as_: Enter, system: Context) -> None:
    page = as_("hb-admin")
    page.goto("/calendar")
    page.locator("#scan").focus()
    page.wait_for_timeout(450)  # Enter in the first moments is the gun's, not a person's
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/new")
    page.locator("#f-text").focus()
    page.keyboard.insert_text(NOTICE)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/notices/*")
    assert page.get_by_text("正在列清单").is_visible()
    once(system)
    page.get_by_role("button", name="确认生效").wait_for()  # the page asks by itself
    assert_accessible(page)
    assert_fits(page)
    picture(page, "calendar-listed")
    page.get_by_role("button", name="确认生效").focus()
    page.keyboard.press("Enter")
    page.get_by_text("正在重算").first.wait_for()
    once(system)
    page.get_by_text("已生效").first.wait_for()


def test_time_is_readable_on_a_phone_in_the_dark_in_both_languages(as_: Enter) -> None:
    page = as_("hb-admin", size=PHONE, dark=True)
    for language in ("", "-en"):
        for name, path in {
            "calendar": "/calendar",
            "calendar-2027": "/calendar?year=2027",
            "clocks": "/deadlines",
        }.items():
            page.goto(path)
            assert_fits(page)
            assert_accessible(page)
            picture(page, f"{name}{language}")
        page.locator(".clock-list .which a").first.click()
        page.locator(".beats").wait_for()
        assert_fits(page)
        assert_accessible(page)
        picture(page, f"clock-life{language}")
        if not language:
            turn_language(page)


def test_a_drawer_of_the_head_opens_and_closes_by_key(as_: Enter) -> None:
    page = as_("xn-manager")
    page.goto("/deadlines")
    summary = page.locator("details.drawer summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.drawer[open] a").first.is_visible()
    page.keyboard.press("Escape")
    assert page.locator("details.drawer[open]").count() == 0
    assert summary.evaluate("one => one === document.activeElement")
