"""Receiving without network in a real Chromium: lists taken along, counted and signed, sent once when the network is
back; a conflict shown; a log-out held back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from couriers import adapters
from logistics.demo import seed
from logistics.services import receipt
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from logistics.terms import Outcome
from tests import builders
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture
from tests.services.conftest import EMS
from tests.web.desks.under_way import Hall

As = Callable[..., Page]


@pytest.fixture
def halls(database: Urls, tmp_path: Path) -> Iterator[list[Hall]]:
    """Three envelopes on their way to one receiving desk."""
    engine = connect(database.system)
    with Session(engine) as session, session.begin():
        seed.fill(session)
    engine.dispose()
    house = builders.house(database, tmp_path, adapters.from_settings(EMS))
    made = []
    for number in range(3):
        waybill = f"123456789012{number}"
        made.append(Hall(house).listed(2).sent(seal=f"XN-00451{number}", waybill=waybill))
    yield made
    house.close()


@pytest.fixture
def ctx(halls: list[Hall]) -> Context:
    """The server's world is the house's."""
    return halls[0].house.web


def scan(page: Page, code: str) -> None:
    """What a scan gun does."""
    page.locator("#scan").focus()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def sign(page: Page) -> None:
    """A finger on the pad."""
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 40 + 30 * step, box["y"] + 60 + (20 if step % 2 else -20))
    page.mouse.up()


def count(page: Page, hall: Hall, *found: str) -> None:
    """The envelope is opened by its seal, the seal compared, each line chosen."""
    scan(page, hall.seal)
    page.locator("#f-seal_found").fill(hall.seal)
    for code, value in zip(hall.codes, found, strict=False):
        page.locator(f'input[name="found-{code}"][value="{value}"]').tap()


def look(page: Page, name: str) -> None:
    assert_accessible(page)
    assert_fits(page)
    picture(page, f"receiving-offline-{name}")


def test_what_was_counted_and_signed_without_network_is_in_the_house_once(halls: list[Hall], as_: As) -> None:
    first, second, third = halls
    page = as_("fr-receiver", size=PHONE)
    page.goto("/receive")
    page.get_by_role("button", name="装到本机").click()
    page.get_by_text("已装 3 个信封的清单").wait_for()
    look(page, "1-taken")
    page.context.set_offline(True)
    page.reload()
    page.get_by_role("heading", name="离线收件").wait_for()
    look(page, "2-lists")
    count(page, first, "received", "received")
    look(page, "3-counted")
    page.get_by_role("button", name="存到本机").click()
    sign(page)
    look(page, "4-signed")
    page.get_by_role("button", name="存到本机").click()
    page.get_by_text("已存到本机").wait_for()
    expect(page.locator("#unsent")).to_have_text("本机未提交 1 项")
    page.goto(f"/receive/{second.envelope}")
    page.get_by_role("heading", name="应收 2 件").wait_for()
    count(page, second, "received")
    page.get_by_role("button", name="存到本机").click()
    count(page, third, "received", "damaged")
    page.locator("[data-note]").nth(1).fill("右下角撕裂")
    page.get_by_role("button", name="存到本机").click()
    page.get_by_role("button", name="不签字，只存").click()
    expect(page.locator("#unsent")).to_have_text("本机未提交 3 项")
    page.reload()
    look(page, "5-waiting")

    house = third.house  # meanwhile a colleague receives the third envelope
    outcomes = dict.fromkeys(third.codes, Outcome.RECEIVED)
    receipt.receive(house.web, house.receiver, house.command(), third.envelope, third.seal, outcomes)
    page.context.set_offline(False)
    page.get_by_text("没提交成功，请处理").first.wait_for()
    expect(page.locator("#unsent")).to_have_text("本机未提交 1 项")
    look(page, "6-conflict")
    assert set(first.outcomes().values()) == {"received"}
    assert len(first.entries("consignment:received")) == 1
    (stated,) = first.entries("consignment:made_on_device")
    assert stated.facts["device_made_at"] != stated.facts["accepted_at"]
    (signature,) = first.whole().signatures
    assert signature.manifest_sha256 == first.house.consignment(first.envelope).manifest_sha256
    assert sorted(second.outcomes().values()) == ["received", "unchecked"]
    assert set(third.outcomes().values()) == {"received"}

    page.goto("/")
    page.locator("details.self summary").last.click()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("heading", name="先别退出").wait_for()
    look(page, "7-leaving")
    page.get_by_role("button", name="留下，现在提交").click()
    page.locator("#unsent").click()
    page.get_by_text("撤下本机这一项").click()
    page.get_by_label("为什么撤下").fill("同事已当面核过，无破损")
    page.get_by_role("button", name="撤下", exact=True).click()
    page.get_by_text("都提交了").wait_for()
    (aside,) = third.entries("consignment:device_act_set_aside")
    assert aside.facts["held"][f"found:{third.codes[1]}"] == "damaged 右下角撕裂"  # type: ignore[call-overload, index]
    expect(page.locator("#unsent")).to_be_hidden()
