"""The window desk in a real Chromium, with a keyboard and a scan gun that types and presses Enter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from logistics.store.context import Context
from logistics.store.embedded import Urls
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture
from tests.web.window.hall import Hall, citizen_number, hall
from tests.web.town import Watch

As = Callable[..., Page]


@pytest.fixture
def desk(database: Urls, watch: Watch, tmp_path: Path) -> Iterator[Hall]:
    """The hall whose window is tested."""
    with hall(database, watch, tmp_path) as opened:
        yield opened


@pytest.fixture
def ctx(desk: Hall) -> Context:
    """The server's world is the hall's."""
    return desk.ctx


@pytest.fixture
def scheduler(desk: Hall) -> Iterator[threading.Event]:
    """The clock's process, as a thread: it does what is owed to the courier until the test ends."""
    stop = threading.Event()

    def keep_trying() -> None:
        while not stop.wait(0.1):
            desk.errands()

    thread = threading.Thread(target=keep_trying, daemon=True)
    thread.start()
    yield stop
    stop.set()
    thread.join()


def scan(page: Page, code: str) -> None:
    """What a scan gun does: it types where the focus is, then Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def shoot(page: Page, name: str) -> None:
    picture(page, f"window-{name}")


def fill_case(page: Page, case_no: str = "BJ4212002026110001") -> None:
    """From the case number scanned to Enter in the last field, without a mouse."""
    page.goto("/dossiers/new")
    scan(page, case_no)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # 学历学位公证
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the mode
    page.keyboard.press("Space")  # the signed paper is kept
    page.locator("#f-applicant_name").focus()
    page.keyboard.type("王𠮷")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    scan(page, citizen_number())
    page.keyboard.type("13800000000")


def test_a_case_goes_from_its_number_to_a_printed_label_by_keyboard_alone(as_: As, scheduler: threading.Event) -> None:
    page = as_("xn-window")
    page.goto("/dossiers/new")
    shoot(page, "1-open")
    fill_case(page)
    shoot(page, "1-open-filled")
    page.keyboard.press("Enter")
    page.wait_for_url("**/originals")
    shoot(page, "2-originals")
    for number in ("10486120210500001", "1048642021000001", "CJ-2021-0007"):
        scan(page, number)
    page.keyboard.press("Enter")  # the last scan led to the main act
    page.wait_for_url("**/consignments/*")
    shoot(page, "3-packing")
    scan(page, "XN-004512")
    page.get_by_text("已下单，打印面单").wait_for()
    shoot(page, "4-booked")
    page.set_viewport_size({"width": 390, "height": 844})
    shoot(page, "4-booked")
    page.goto("/dossiers/new")
    shoot(page, "1-open")
    page.goto("/dossiers/421200-2026-000001/originals")
    shoot(page, "2-originals-done")
