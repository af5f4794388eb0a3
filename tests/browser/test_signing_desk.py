"""Signing on the spot in a real Chromium: a finger on a phone for everything at once; and what is missing to close."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect
from sqlmodel import Session

from couriers import adapters
from logistics.demo import seed
from logistics.services import dispatch, papers, receipt
from logistics.store import find
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from logistics.tables import Signature
from logistics.terms import Direction, Outcome, SigningRole
from tests import builders
from tests.browser.conftest import DESK, PHONE, assert_accessible, assert_fits, picture
from tests.services.conftest import EMS
from tests.web.desks.under_way import Hall

As = Callable[..., Page]


@pytest.fixture
def hall(database: Urls, tmp_path: Path) -> Iterator[Hall]:
    """Three originals at the window."""
    engine = connect(database.system)
    with Session(engine) as session, session.begin():
        seed.fill(session)
    engine.dispose()
    house = builders.house(database, tmp_path, adapters.from_settings(EMS))
    yield Hall(house).listed()
    house.close()


@pytest.fixture
def ctx(hall: Hall) -> Context:
    """The server's world is the house's."""
    return hall.house.web


def look(page: Page, name: str) -> None:
    """The page is accessible, as wide as its window, and kept as a picture."""
    assert_accessible(page)
    assert_fits(page)
    picture(page, f"signing-{name}")


def write(page: Page, pad: Locator) -> None:
    """Somebody writes on the pad: down, across, up."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    left, top, wide, high = box["x"], box["y"], box["width"], box["height"]
    page.mouse.move(left + wide * 0.2, top + high * 0.3)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(left + wide * (0.2 + step * 0.05), top + high * (0.3 + 0.3 * (step % 2)))
    page.mouse.up()


def sealed(hall: Hall) -> str:
    """The number of an envelope with all originals in it, waiting to be sent."""
    web, window, command = hall.house.web, hall.house.window, hall.house.command
    no = str(dispatch.start_consignment(web, window, command(), hall.dossier, Direction.OUTBOUND)["consignment"])
    for code in hall.codes:
        dispatch.pack(web, window, command(), no, code)
    dispatch.seal(web, window, command(), no, "XN-004512")
    return no


def signatures(hall: Hall) -> list[Signature]:
    with Session(hall.house.system.engine, expire_on_commit=False) as session:
        return list(find.whole(session, find.dossier_by_no(session, hall.dossier)).signatures)


def test_the_receiver_counts_and_signs_once_for_everything_on_a_phone(hall: Hall, as_: As) -> None:
    house = hall.sent().house
    papers.make_slip(house.web, house.window, house.command(), hall.envelope)
    hall.delivered()
    page = as_("fr-receiver", size=PHONE)
    page.goto(f"/receive/{hall.envelope}")
    page.locator("#f-seal_found").fill(hall.seal)
    for code in hall.codes:
        page.locator(f'input[name="found-{code}"][value="received"]').tap()
    page.get_by_role("button", name="签收核验").click()
    page.get_by_role("heading", name="已全部签收核验，请签字").wait_for()
    look(page, "1-asked")
    page.get_by_role("button", name="签字，完成交接").click()
    page.get_by_text("请签字，或上传签好字的单据").first.wait_for()
    look(page, "2-refused")
    pad = page.locator(".signing canvas").first
    write(page, pad)
    look(page, "3-written")
    page.get_by_role("button", name="签字，完成交接").click()
    page.get_by_text("已签字，交接完成。").wait_for()
    shown = page.locator(".signed img")
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", value=True)
    assert shown.evaluate("image => image.naturalWidth") == 640
    expect(page.get_by_text("与现在的清单一致")).to_be_visible()
    look(page, "4-signed")
    [row] = signatures(hall)
    assert (row.role, row.codes) == (SigningRole.ACCEPTANCE, list(hall.codes))
    assert row.image_bytes < 200_000
    page.goto(f"/dossiers/{hall.dossier}/closing")
    page.get_by_role("heading", name="还不能办结").wait_for()
    expect(page.get_by_text("交接单未签")).to_have_count(0)
    look(page, "5-missing")
    halls = [counted(Hall(house), number) for number in range(10)]
    sign_for_all(as_("fr-receiver", size=PHONE), halls)


def counted(hall: Hall, number: int) -> Hall:
    """One of the envelopes that a courier brought together, counted by the receiver and found in order."""
    house = hall.listed(1).sent(seal=f"XN-0047{number:02d}", waybill=f"123456789070{number}").house
    found = dict.fromkeys(hall.codes, Outcome.RECEIVED)
    receipt.receive(house.web, house.receiver, house.command(), hall.envelope, hall.seal, found)
    return hall


def sign_for_all(page: Page, halls: list[Hall]) -> None:
    """One finger for ten envelopes; a photo of paper that is too large loses nothing; one is opened anew meanwhile."""
    page.goto("/receive")
    page.get_by_text("10 封核完，还没签字").wait_for()
    page.get_by_role("link", name="一次签完").click()
    page.get_by_role("heading", name="10 封核完无差异，一次签完").wait_for()
    look(page, "6-together")
    page.get_by_text("已在纸上签好？").click()
    page.evaluate("document.body.dataset.mostBytes = 1000")
    paper = page.locator("#f-signature-file")
    photo: FilePayload = {"name": "单.jpg", "mimeType": "image/jpeg", "buffer": bytes(2000)}
    paper.set_input_files([photo])
    page.get_by_role("button", name="签字，完成交接").click()
    page.get_by_text("文件太大，没有发送；填过的内容都在").wait_for()
    paper.set_input_files([])
    write(page, page.locator("canvas").first)
    house, late = halls[3].house, halls[3]
    extra = [receipt.ExtraFound("户口簿", "夹在里面")]
    receipt.receive(house.web, house.receiver, house.command(), late.envelope, "", {}, extra)
    page.get_by_role("button", name="签字，完成交接").click()
    page.get_by_text("已签字：9 封，一次签完。").wait_for()
    page.get_by_text(f"寄递件 {late.envelope} 的清单或核验结果在您签字前变了").wait_for()
    page.get_by_role("heading", name="没有等着一起签的信封").wait_for()  # its difference is looked at on its own page
    look(page, "7-signed-together")
    rows = [signatures(hall) for hall in halls]
    assert [len(row) for row in rows] == [1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
    given = [row[0] for row in rows if row]
    assert {one.image_sha256 for one in given} == {given[0].image_sha256}
    assert [one["consignment"] for one in given[0].together] == [hall.envelope for hall in halls if hall is not late]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_window_signs_for_the_envelope_and_the_applicant_for_the_originals(
    hall: Hall, as_: As, size: tuple[int, int]
) -> None:
    page = as_("xn-window", size=size)
    envelope = sealed(hall)
    page.goto(f"/consignments/{envelope}")
    write(page, page.locator("#sign canvas"))
    look(page, "envelope")
    page.get_by_role("button", name="移交人已签字").click()
    page.get_by_text("移交人已签字。").wait_for()
    page.locator("details.signing summary").first.click()
    page.locator("#f-witness").fill("赵例")
    write(page, page.locator("details.signing canvas"))
    page.get_by_role("button", name="监交人已签字").click()
    page.get_by_text("监交人 赵例 已签字。").wait_for()
    page.locator(".signed").scroll_into_view_if_needed()
    look(page, "envelope-signed")
    page.goto(f"/dossiers/{hall.dossier}/originals")
    write(page, page.locator("#sign canvas"))
    look(page, "taken-in")
    page.get_by_role("button", name="交件人已签字").click()
    page.get_by_text("交件人已签字。").wait_for()
    page.goto(f"/dossiers/{hall.dossier}")
    page.locator(".signed").scroll_into_view_if_needed()
    look(page, "dossier")
    page.goto(f"/dossiers/{hall.dossier}/closing")
    look(page, "missing")
    roles = [row.role for row in signatures(hall)]
    assert roles == [SigningRole.RELEASE, SigningRole.WITNESS, SigningRole.TAKEN_IN]
