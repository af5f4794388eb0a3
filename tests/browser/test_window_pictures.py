"""Pictures of originals and sealing by two in a real Chromium: a cut network, two screens at one envelope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import update
from sqlmodel import Session, col, select

from logistics.app import create_app
from logistics.demo.seed import PASSWORD
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import Consignment, Material, Picture
from logistics.terms import Stage
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture
from tests.photos import photo
from tests.web.town import Watch
from tests.web.window.acts import DOSSIER, ENVELOPE, listed
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall, hall

As = Callable[..., Page]


@pytest.fixture
def desk(seeded: Urls, watch: Watch, tmp_path: Path) -> Iterator[Hall]:
    """A hall whose checklist asks for two sealers, with an envelope that waits for its seal."""
    with hall(seeded, watch, tmp_path) as opened:
        with Session(opened.system.engine) as session, session.begin():
            session.execute(update(Material).where(col(Material.name) == "学位证书").values(two_sealers=True))
        yield opened


@pytest.fixture
def ctx(desk: Hall) -> Context:
    """The server's world is the hall's."""
    return desk.ctx


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def scan(page: Page, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def kept(desk: Hall) -> int:
    with Session(desk.system.engine) as session:
        return len(session.exec(select(Picture)).all())


def stage(desk: Hall) -> Stage:
    with Session(desk.system.engine) as session:
        return session.exec(select(Consignment).where(Consignment.no == ENVELOPE)).one().stage


def add_pictures(page: Page, desk: Hall) -> None:
    """Several at once with one that is no picture, then one over a network that was cut in the middle."""
    page.goto(f"/dossiers/{DOSSIER}/pictures")
    chooser = page.locator("[data-pictures]").first.locator("input[multiple]")
    chooser.set_input_files([file("正面.jpg", photo(1)), file("说明.jpg", b"no"), file("反面.jpg", photo(2))])
    page.get_by_text("说明.jpg").first.wait_for()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 张")
    assert_accessible(page)
    page.context.set_offline(True)
    page.locator("[data-pictures]").nth(1).locator("input[multiple]").set_input_files([file("证.jpg", photo(3))])
    go_on = page.get_by_role("button", name="继续上传")
    go_on.wait_for()
    page.context.set_offline(False)
    go_on.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 张")
    assert kept(desk) == 3
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert_fits(page)
    picture(page, "window-pictures")
    page.set_viewport_size({"width": 1366, "height": 768})


def test_pictures_are_taken_the_seal_is_confirmed_by_a_second_officer_and_both_screens_agree(
    as_: As, desk: Hall, ctx: Context
) -> None:
    clerk = Officer(create_app(ctx))
    clerk.log_in("xn-window", PASSWORD)
    listed(clerk)
    page, colleague = as_("xn-window"), as_("xn-window2")
    add_pictures(page, desk)
    page.keyboard.press("Enter")  # the main act has the focus: back to the envelope
    page.wait_for_url(f"**/consignments/{ENVELOPE}")
    assert page.locator(".picture img").count() == 3
    colleague.goto(f"/consignments/{ENVELOPE}")
    colleague.locator("#in-3").uncheck()
    colleague.get_by_role("button", name="存清单").click()
    expect(colleague.get_by_role("heading", level=1)).to_contain_text("2 件")
    page.locator("#f-code").focus()
    scan(page, "XN-004512")
    page.get_by_text("胡志远刚刚改过这个封套的清单").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "f-code"
    assert page.locator("[name=inside]:checked").count() == 2
    scan(page, "XN-004512")  # what was typed is selected: the next scan takes its place
    page.locator("#f-second_login").wait_for()
    assert_accessible(page)
    picture(page, "window-second")
    scan(page, "xn-window")
    scan(page, PASSWORD)
    page.get_by_text("不能由封装人自己复核").first.wait_for()
    assert stage(desk) is Stage.SEALED
    page.goto(f"/consignments/{ENVELOPE}")
    colleague.locator("#scan").focus()
    scan(colleague, "XN-004512")
    colleague.get_by_role("heading", name="须双人封装").wait_for()
    colleague.wait_for_timeout(500)
    colleague.locator("#scan").focus()
    colleague.keyboard.press("Enter")
    colleague.get_by_text("双人封装：陈晓岚、胡志远").wait_for()
    page.get_by_text("双人封装：陈晓岚、胡志远").wait_for()  # the first one's page went on by itself
    page.locator("[data-main]").dblclick()
    page.get_by_role("heading", name="正在下单").wait_for()
    page.go_back()
    page.get_by_role("heading", name="正在下单").wait_for()
