"""Receiving without network in a real Chromium: lists taken along, counted and signed, sent once when the network is
back; a conflict shown; a log-out held back.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect
from sqlmodel import Session

from couriers import adapters
from logistics.demo import seed
from logistics.services import receipt
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from logistics.terms import Outcome
from tests import builders
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture, unfold
from tests.photos import photo
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
        if value == "unchecked":
            continue
        page.locator(f'input[name="found-{code}"][value="{value}"]').tap()


class Door:
    """A proxy before the server that lets no large request through, and says so in its own page."""

    def __init__(self, app: Flask, most: int) -> None:
        """It stands before `app`; `shut`: how often it said no."""
        self.inner, self.most, self.shut = app.wsgi_app, most, 0

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Pass it on, or answer for the server."""
        if int(environ.get("CONTENT_LENGTH") or 0) <= self.most:
            return self.inner(environ, start)
        self.shut += 1
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start("413 Request Entity Too Large", [("Content-Type", "text/html")])
        return [b"<html><h1>413 Request Entity Too Large</h1></html>"]


def noise(side: int) -> bytes:
    """A photo that does not become small."""
    made = io.BytesIO()
    Image.effect_noise((side, side), 90).save(made, "JPEG", quality=95)
    return made.getvalue()


def shot(content: bytes, name: str = "IMG_1.jpg") -> list[FilePayload]:
    """What a phone's camera hands over."""
    return [{"name": name, "mimeType": "image/jpeg", "buffer": content}]


def look(page: Page, name: str) -> None:
    assert_accessible(page)
    assert_fits(page)
    picture(page, f"receiving-offline-{name}")


def test_what_was_counted_and_signed_without_network_is_in_the_house_once(
    halls: list[Hall], as_: As, app: Flask
) -> None:
    first, second, third = halls
    app.config["MAX_CONTENT_LENGTH"] = 2_100_000
    door = Door(app, 120_000)
    app.wsgi_app = door  # type: ignore[method-assign]
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
    count(page, second, "unchecked", "damaged")
    kept = io.BytesIO()
    Image.new("RGB", (320, 240), "brown").save(kept, "JPEG")
    expect(page.get_by_text("先拍照，再拆封")).to_be_hidden()
    page.get_by_label("封签破损").check()
    expect(page.get_by_text("先拍照，再拆封")).to_be_visible()
    seal = page.locator('[data-photo="seal"]')
    seal.set_input_files(shot(bytes(1_600_000)))
    expect(page.get_by_text("这张照片太大（1.6 MB），最多 1 MB，没有加上；填过的内容都在")).to_be_visible()
    expect(page.get_by_label("封签破损")).to_be_checked()
    large = noise(400)
    seal.set_input_files(shot(large))
    page.locator(".line [data-photo]").nth(1).set_input_files(shot(kept.getvalue()))
    expect(page.get_by_text("照片 1 张")).to_have_count(2)
    look(page, "4-broken-seal")
    page.get_by_role("button", name="存到本机").click()
    count(page, third, "received", "damaged")
    page.locator("[data-note]").nth(1).fill("右下角撕裂")
    page.get_by_role("button", name="存到本机").click()
    page.get_by_role("button", name="不签字，只存").click()
    expect(page.locator("#unsent")).to_have_text("本机未提交 5 项")
    page.reload()
    look(page, "5-waiting")

    house = third.house  # meanwhile a colleague receives the third envelope
    outcomes = dict.fromkeys(third.codes, Outcome.RECEIVED)
    receipt.receive(house.web, house.receiver, house.command(), third.envelope, third.seal, outcomes)
    page.context.set_offline(False)
    page.get_by_text("没提交成功，请处理").first.wait_for()
    expect(page.locator("#unsent")).to_have_text("本机未提交 2 项")
    page.get_by_text("照片太大，服务器不收，不会再自动提交").wait_for()
    look(page, "6-conflict")
    page.get_by_role("button", name="现在提交").click()
    page.get_by_text("没提交成功，请处理").first.wait_for()
    assert door.shut == 1  # not tried again by itself
    page.locator("[data-instead] input").first.set_input_files(shot(photo(9)))
    expect(page.locator("#unsent")).to_have_text("本机未提交 1 项")
    assert second.house.consignment(second.envelope).seal_broken
    assert set(first.outcomes().values()) == {"received"}
    assert len(first.entries("consignment:received")) == 1
    (stated,) = first.entries("consignment:made_on_device")
    assert stated.facts["device_made_at"] != stated.facts["accepted_at"]
    (signature,) = first.whole().signatures
    assert signature.manifest_sha256 == first.house.consignment(first.envelope).manifest_sha256
    assert sorted(second.outcomes().values()) == ["damaged", "unchecked"]
    digest = hashlib.sha256(kept.getvalue()).hexdigest()
    smaller = hashlib.sha256(photo(9)).hexdigest()
    assert [row.sha256 for row in second.whole().papers if row.kind == "picture"] == [digest, smaller]
    (of_second,) = second.entries("consignment:made_on_device")
    assert of_second.facts["device_photos_sha256"] == [hashlib.sha256(large).hexdigest(), digest]
    assert set(third.outcomes().values()) == {"received"}

    page.goto("/")
    unfold(page)
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


FULL = """
const add = IDBObjectStore.prototype.add;
window.isFull = false;
IDBObjectStore.prototype.add = function (...given) {
  if (window.isFull) throw new DOMException("no room", "QuotaExceededError");
  return add.apply(this, given);
};
"""


def test_nothing_is_lost_when_the_device_is_full_the_log_in_is_over_or_the_line_is_cut_while_sending(
    halls: list[Hall], as_: As, ctx: Context
) -> None:
    first, second, _third = halls
    page = as_("fr-receiver")
    page.add_init_script(FULL)
    page.goto("/receive")
    page.get_by_role("button", name="装到本机").click()
    page.get_by_text("已装 3 个信封的清单").wait_for()
    page.goto(f"/receive/{first.envelope}")
    page.locator("#f-seal_found").fill(first.seal)
    for code in first.codes:
        page.locator(f'input[name="found-{code}"][value="received"]').check()
    page.context.set_offline(True)
    page.get_by_role("button", name="签收核验").click()  # the line is cut: what was filled in is taken up offline
    page.get_by_text("刚才那一步没有提交到服务器").wait_for()
    expect(page.locator('[data-sum="received"]')).to_have_text("2")
    expect(page.locator("#f-seal_found")).to_have_value(first.seal)
    look(page, "8-taken-up")
    page.get_by_role("button", name="存到本机").click()
    page.evaluate("window.isFull = true")
    page.get_by_role("button", name="不签字，只存").click()
    page.get_by_text("这台设备存不下了，刚才这一步没有保存").wait_for()
    expect(page.locator('[data-sum="received"]')).to_have_text("2")  # still on the screen
    page.evaluate("window.isFull = false")
    page.get_by_role("button", name="不签字，只存").click()
    page.get_by_text("已存到本机").wait_for()
    assert first.entries("consignment:received") == []

    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.context.set_offline(False)
    page.get_by_text("要先登录才能提交").wait_for()
    expect(page.locator("#unsent")).to_have_text("本机未提交 1 项")
    page.get_by_role("link", name="去登录").click()
    page.wait_for_url("**/login?next=**")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    other = page.context.new_page()  # two tabs of one browser find the same act
    page.goto("/receive")
    other.goto("/offline/zh")
    for tab in (page, other):
        tab.wait_for_function("youdang.acts().then((left) => left.length === 0)")
        expect(tab.locator("#unsent")).to_be_hidden()
    assert len(first.entries("consignment:received")) == 1
    assert second.entries("consignment:received") == []

    expect(other.get_by_role("link", name="联网收件")).to_be_visible()
    page.context.add_cookies(as_("hb-admin").context.cookies())  # type: ignore[arg-type]
    with page.expect_response("**/device/session") as asked:
        page.goto("/offline/zh")  # somebody received here; whoever reads now may not
    assert asked.value.status == 403
    page.get_by_role("heading", name="本机的清单 3").wait_for()
    expect(page.get_by_role("link", name="联网收件")).to_be_hidden()

    private = as_("fr-receiver")
    private.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    private.goto("/receive")
    private.get_by_text("这个浏览器不能存离线数据").wait_for()
    private.goto("/offline/en")
    private.get_by_text("This browser cannot keep data offline").wait_for()
