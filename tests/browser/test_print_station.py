"""The print station and the printers' page in a real Chromium: keyboard, a phone, axe, and their pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from logistics.store.context import Context
from logistics.store.embedded import Urls
from tests.browser.conftest import DESK, PHONE, assert_accessible, assert_fits, picture
from tests.printing.conftest import LOOPBACK
from tests.printing.machine import machine
from tests.site import application
from tests.web.town import Watch
from tests.web.window.acts import ENVELOPE, codes, listed
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall, hall

As = Callable[..., Page]


@pytest.fixture
def desk(seeded: Urls, watch: Watch, tmp_path: Path) -> Iterator[Hall]:
    """The hall at work, with printers on this machine."""
    with hall(seeded, watch, tmp_path) as opened:
        opened.system = replace(opened.system, printer_networks=LOOPBACK)
        yield opened


@pytest.fixture
def ctx(desk: Hall) -> Context:
    """The server's world is the hall's."""
    return replace(desk.ctx, printer_networks=LOOPBACK)


def looked(page: Page, name: str) -> None:
    for size in (PHONE, DESK):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert_fits(page)
        picture(page, f"printing-{name}")
    assert_accessible(page)


def test_a_printer_is_added_and_everything_is_printed_by_keyboard(as_: As, desk: Hall, ctx: Context) -> None:
    clerk = Officer(application(ctx))
    clerk.log_in("xn-window", "youdang-demo-2026")
    listed(clerk)
    clerk.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="seal")
    clerk.send(f"/consignments/{ENVELOPE}/dispatch", courier="ems")
    desk.errands()
    with machine() as there:
        keeper = as_("hb-admin")
        keeper.goto("/printers")
        keeper.locator("#f-agency").select_option(label="咸宁市政务服务大厅")
        keeper.locator("#f-name").fill("1 号窗口面单机")
        keeper.locator("#f-host").fill("8.8.8.8")
        keeper.locator("#f-port").fill(str(there.port))
        keeper.locator("#f-host").press("Enter")
        keeper.get_by_text("不在允许打印的内网网段内").first.wait_for()
        looked(keeper, "1-printers")
        keeper.locator("#f-host").fill("127.0.0.1")
        keeper.locator("#f-host").press("Enter")
        keeper.get_by_role("button", name="试打一张").click()
        keeper.get_by_text("等着送出").wait_for()
        looked(keeper, "2-printer")
        page = as_("xn-window")
        page.goto("/print")
        page.get_by_role("heading", name="2 份单据等打印").wait_for()
        looked(page, "3-waiting")
        page.locator("#scan").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="1 份备好了，打开打印").wait_for()
        looked(page, "4-sent")
        page.locator("#scan").focus()
        with page.context.expect_event("response", lambda one: "/print/sheets.pdf?no=" in one.url) as opened:
            page.keyboard.press("Enter")
        assert opened.value.headers["content-type"] == "application/pdf"
        for other in set(page.context.pages) - {page}:  # a browser without a reader of PDF keeps the file instead
            other.close()
        desk.errands()
        assert len(there.taken()) >= 1
        page.get_by_text("打印机已收下").first.wait_for()  # the queue looks again by itself
    page.goto(f"/consignments/{ENVELOPE}")
    looked(page, "5-envelope")
    page.goto(f"/dossiers/{ENVELOPE.rpartition('-')[0]}")
    page.get_by_text("打印单据").click()
    looked(page, "6-dossier")
