"""The administrator's pages about couriers' accounts in a real Chromium, on a PC and on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from couriers import adapters
from couriers.contract import Operation
from logistics.rules.breaker import Go
from logistics.store import accounts
from logistics.store.accounts import Told
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.terms import CallResult
from tests.browser.conftest import DESK, PHONE, assert_accessible, assert_fits, picture, turn_language
from tests.played import NOON, both, played, played_template  # noqa: F401 - fixtures
from tests.scheduler.conftest import SETTINGS

Enter = Callable[..., Page]


@pytest.fixture
def ctx(played: Urls, tmp_path: Path) -> Iterator[Context]:  # noqa: F811
    """The world of the server: the demo, played, with EMS out of order."""
    with both(played, tmp_path) as (system, app):
        couriers = adapters.from_settings({**SETTINGS, "COURIER_EMS_URL": "http://127.0.0.1:9/never"})
        told = Told(CallResult.SERVER_ERROR, 503, "", "快递方暂时不能受理（HTTP 503），稍后重试。", 40, None, -90)
        for _ in range(5):
            accounts.note(system.engine, "ems", Operation.BOOK, NOON, Go(), told)
        yield Context(app.engine, app.clock, app.keyring, app.signing_key, app.files, couriers)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_accounts_are_readable_by_everybody_in_both_languages(as_: Enter, size: tuple[int, int]) -> None:
    page = as_("hb-admin", size=size)
    for language in ("", "-en"):
        for name, path in (("all", "/couriers"), ("one", "/couriers/ems")):
            page.goto(path)
            assert_fits(page)
            assert_accessible(page)
            picture(page, f"couriers-{name}{language}")
        if not language:
            turn_language(page)


def test_a_paused_account_is_tried_at_once_by_the_main_act(as_: Enter) -> None:
    page = as_("hb-admin")
    page.goto("/couriers")
    page.get_by_role("link", name="中国邮政 EMS").click()
    page.get_by_role("button", name="现在就试").click()
    page.get_by_text("您的姓名已记录").wait_for()
    assert_accessible(page)
