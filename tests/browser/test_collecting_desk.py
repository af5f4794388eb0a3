"""Pool, collection desk, signed list and typed milestones in a real Chromium: accessible, on a phone, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import Session, select

from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import Consignment, HandoverList
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture
from tests.site import application
from tests.web.town import Watch
from tests.web.window.acts import ENVELOPE, codes, listed
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall, hall

As = Callable[..., Page]


@pytest.fixture
def desk(seeded: Urls, watch: Watch, tmp_path: Path) -> Iterator[Hall]:
    """The hall at work."""
    with hall(seeded, watch, tmp_path) as opened:
        yield opened


@pytest.fixture
def ctx(desk: Hall) -> Context:
    """The server's world is the hall's."""
    return desk.ctx


@pytest.fixture
def clerk(ctx: Context) -> Officer:
    """A colleague without a browser, who has sealed an envelope and filled the pool."""
    colleague = Officer(application(ctx))
    colleague.log_in("xn-window", "youdang-demo-2026")
    listed(colleague)
    colleague.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="seal")
    colleague.send("/pool", courier="ems", first="1000000000100", last="1000000000104", then="add")
    return colleague


def looked(page: Page, path: str, name: str) -> None:
    for size in (PHONE, (1366, 768)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(path)
        assert_fits(page)
        picture(page, f"collecting-{name}")
    assert_accessible(page)


def test_the_collector_signs_in_the_box_and_the_pages_fit_a_phone(as_: As, desk: Hall, clerk: Officer) -> None:
    page = as_("xn-window", size=PHONE)
    looked(page, f"/consignments/{ENVELOPE}", "1-choice")
    looked(page, "/pool", "2-pool")
    clerk.send(f"/consignments/{ENVELOPE}/dispatch", courier="ems")
    desk.errands()
    with Session(desk.system.engine) as session:
        number = session.exec(select(Consignment.waybill_no)).one()
    looked(page, "/pickups", "3-pickups")
    address = clerk.send("/handovers", courier="ems").headers["Location"]
    looked(page, address, "4-list")
    page.keyboard.type(number)  # the scan field has the focus
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="已扫 1 件，共 1 件").wait_for()
    page.locator("#f-collector").fill("赵示例")
    box = page.locator("canvas")
    box.scroll_into_view_if_needed()
    frame = box.bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + 40, frame["y"] + 40)
    page.mouse.down()
    page.mouse.move(frame["x"] + 160, frame["y"] + 90, steps=5)
    page.mouse.up()
    picture(page, "collecting-5-signed")
    page.get_by_role("button", name="揽收员已签收").click()
    page.get_by_role("heading", name="揽收员已签收 1 件").wait_for()
    assert_accessible(page)
    with Session(desk.system.engine) as session:
        signature = session.exec(select(HandoverList.signature_sha256)).one()
    assert desk.ctx.files.get(signature).startswith(b"\x89PNG")


def test_a_milestone_is_noted_on_a_phone_in_english(as_: As, desk: Hall, clerk: Officer) -> None:
    clerk.send(f"/consignments/{ENVELOPE}/dispatch", courier="manual", form_no="ZR-1")
    clerk.post("/language", {"language": "en", "next": "/"})
    page = as_("xn-window", size=PHONE)
    looked(page, f"/consignments/{ENVELOPE}/milestones", "6-milestones")
    page.locator("#f-code").select_option("departed")
    page.locator("#f-place").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Set out with it").last.wait_for()
    with Session(desk.system.engine) as session:
        assert session.exec(select(Consignment.stage)).one().value == "on_the_way"
    assert_accessible(page)
