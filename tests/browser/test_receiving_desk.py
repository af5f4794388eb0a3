"""Receiving in a real Chromium, by scan gun and keyboard alone, at a desk and on a phone; and the dossier's pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect
from sqlmodel import Session

from couriers import adapters
from couriers.contract import Milestone
from logistics.demo import seed
from logistics.services import dossiers, papers, receipt
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from logistics.terms import Outcome
from tests import builders
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture, turn_language
from tests.photos import photo
from tests.services.conftest import EMS
from tests.web.desks.under_way import PAPERS, WAYBILL, Hall

As = Callable[..., Page]
DIPLOMA, DEGREE, MARKS = (one[1] for one in PAPERS)


@pytest.fixture
def hall(database: Urls, tmp_path: Path) -> Iterator[Hall]:
    """The house whose receiving desk is tested: one envelope of three originals, delivered by the courier's word."""
    engine = connect(database.system)
    with Session(engine) as session, session.begin():
        seed.fill(session)
    engine.dispose()
    house = builders.house(database, tmp_path, adapters.from_settings(EMS))
    yield Hall(house).listed().sent()
    house.close()


@pytest.fixture
def ctx(hall: Hall) -> Context:
    """The server's world is the house's."""
    return hall.house.web


def scan(page: Page, code: str) -> None:
    """What a scan gun does: it types where the focus is, then Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def shot(content: bytes) -> FilePayload:
    """A photo that somebody chooses."""
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content}


def look(page: Page, name: str) -> None:
    """The page is accessible, as wide as its window, and kept as a picture."""
    assert_accessible(page)
    assert_fits(page)
    picture(page, f"receiving-{name}")


def test_missing_damaged_and_extra_are_counted_by_scan_and_keyboard_alone(hall: Hall, as_: As, app: Flask) -> None:
    hall.delivered()
    app.config["MAX_CONTENT_LENGTH"] = 2_100_000
    page = as_("fr-receiver")
    page.goto("/receive")
    look(page, "1-scan")
    scan(page, "9999999999999")
    page.get_by_text("没有这个编号").first.wait_for()
    look(page, "2-wrong")
    scan(page, WAYBILL)
    page.get_by_role("heading", name="待签收核验，应收 3 件").wait_for()
    look(page, "3-list")
    scan(page, "XN-009999")
    expect(page.locator(".verdict-other")).to_be_visible()
    page.locator("#f-seal_found").fill("")
    scan(page, hall.seal)
    expect(page.locator(".verdict-same")).to_be_visible()
    scan(page, f"YD1|O|{hall.codes[0]}|0")
    expect(page.locator("#heard")).to_have_text(f"{DIPLOMA} · 完好")
    expect(page.locator('[data-sum="received"]')).to_have_text("1")
    expect(page.get_by_text("先拍照，再拆封")).to_be_hidden()
    page.get_by_label("信封破损").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("先拍照，再拆封")).to_be_visible()
    camera = page.locator('input[name="envelope_photos"]')
    camera.set_input_files([shot(bytes(2_050_000)), shot(photo(3))])
    page.get_by_text("已保存。 这张照片太大（2.0 MB），最多 2 MB，没有保存；填过的内容都在").wait_for()
    expect(page.locator(".outside .picture")).to_have_count(1)
    expect(page.locator('[data-sum="received"]')).to_have_text("1")  # what was counted stays
    expect(page.locator("#f-seal_found")).to_have_value(hall.seal)
    look(page, "3-damaged-envelope")
    page.locator(f'input[name="found-{hall.codes[1]}"]:checked').focus()
    page.keyboard.press("2")
    expect(page.locator(f'input[name="found-{hall.codes[1]}"][value="damaged"]')).to_be_checked()
    expect(page.locator(f'input[name="found-{hall.codes[2]}"][value="unchecked"]')).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator('[data-sum="missing"]')).to_have_text("1")
    expect(page.locator('[data-sum="unchecked"]')).to_have_text("0")
    page.locator("[data-extra] summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("户口簿")
    look(page, "4-counted")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")  # from the empty scan box: the main act
    page.get_by_role("heading", name="核完，缺 1 件").wait_for()
    look(page, "5-done")
    assert hall.outcomes() == {DIPLOMA: "received", DEGREE: "damaged", MARKS: "missing"}
    assert sorted(row.kind.value for row in hall.open_differences()) == ["damaged", "damaged", "extra", "missing"]
    assert [row.shows.value for row in hall.whole().pictures] == ["envelope"]


def test_a_gun_that_fires_while_a_button_has_the_focus_still_scans(hall: Hall, as_: As) -> None:
    hall.delivered()
    page = as_("fr-receiver")
    page.goto(f"/receive/{hall.envelope}")
    page.locator(f'input[name="found-{hall.codes[1]}"]:checked').focus()
    scan(page, hall.codes[2])
    expect(page.locator(f'input[name="found-{hall.codes[2]}"][value="received"]')).to_be_checked()
    expect(page.locator(f'input[name="found-{hall.codes[1]}"][value="unchecked"]')).to_be_checked()
    page.locator("#f-seal_found").fill(hall.seal)
    page.locator('button[value="some"]').dblclick()
    page.get_by_role("heading", name="已签收，还有 2 件未核").wait_for()
    assert len(hall.entries("consignment:received")) == 1


def test_one_hand_and_a_phone_are_enough(hall: Hall, as_: As) -> None:
    hall.delivered()
    page = as_("fr-receiver", size=PHONE)
    page.goto("/receive")
    look(page, "1-scan")
    page.locator("#f-code").tap()
    scan(page, WAYBILL)
    page.get_by_role("heading", name="待签收核验，应收 3 件").wait_for()
    look(page, "3-list")
    page.locator("#f-seal_found").tap()
    scan(page, hall.seal)
    for code, value in zip(hall.codes[:2], ("received", "damaged"), strict=True):
        target = page.locator(f'input[name="found-{code}"][value="{value}"]')
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44
        target.tap()
    look(page, "4-counted")
    page.get_by_role("button", name="先存这些").tap()
    page.get_by_role("heading", name="已签收，还有 1 件未核").wait_for()
    look(page, "5-saved")
    page.goto(f"/dossiers/{hall.dossier}")
    look(page, "dossier")


def a_long_story(hall: Hall) -> None:
    """Papers, an unknown code, a late word, and a weekend that nobody counted over."""
    house = hall.house
    window = house.window
    papers.make_label(house.web, window, house.command(), hall.envelope)
    papers.make_slip(house.web, window, house.command(), hall.envelope)
    hall.heard("Z99", Milestone.UNRECOGNISED, "盘点扫描", "武汉处理中心", ago=3)
    hall.heard("389", Milestone.IN_TRANSIT, "离开处理中心,发往长沙", "武汉处理中心", ago=0.3, source="poll")
    hall.delivered()
    house.clock.advance(hours=70)


def test_the_dossiers_pages_on_a_phone_in_both_languages(hall: Hall, as_: As) -> None:
    house = hall.house
    a_long_story(hall)
    page = as_("fr-receiver", size=PHONE)
    page.goto(f"/dossiers/{hall.dossier}")
    look(page, "dossier-late")
    counted = dict(zip(hall.codes, (Outcome.RECEIVED, Outcome.DAMAGED, Outcome.MISSING), strict=True))
    receipt.receive(house.web, house.receiver, house.command(), hall.envelope, hall.seal, counted)
    hall.checkpoint()
    dossiers.hand_to_department(house.web, house.receiver, house.command(), hall.dossier, "公证科", hall.codes[:1])
    for language in ("zh", "en"):
        if language == "en":
            page.goto("/receive")
            turn_language(page)
        for path, name in (
            (f"/dossiers/{hall.dossier}", "dossier"),
            (f"/receive/{hall.envelope}", "counted"),
            (f"/dossiers/{hall.dossier}/handover", "handover"),
            (f"/dossiers/{hall.dossier}/decision", "decision"),
            (f"/dossiers/{hall.dossier}/ledger", "ledger"),
            ("/discrepancies", "differences"),
            ("/receive", "scan"),
        ):
            page.goto(path)
            if name == "dossier":
                for summary in page.locator("main details summary").all()[:3]:
                    summary.click()
            if language == "en" or name not in {"dossier", "counted"}:
                assert_fits(page)
                picture(page, f"receiving-{language}-{name}")
            else:
                look(page, f"{language}-{name}")
