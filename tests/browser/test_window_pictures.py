"""Pictures of originals and sealing by two in a real Chromium: a document camera without a mouse, a cut network, two
screens at one envelope, and a second officer at the first one's desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import update
from sqlmodel import Session, col, select

from logistics.demo.seed import PASSWORD
from logistics.rules import packing
from logistics.store import find
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.store.signing import manifest_lines
from logistics.tables import Consignment, LedgerEntry, Material, Paper, Picture
from logistics.terms import Stage
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture
from tests.conftest import QUIET
from tests.photos import photo
from tests.site import application
from tests.web.town import Watch
from tests.web.window.acts import DOSSIER, ENVELOPE, listed
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall, hall

As = Callable[..., Page]
NO_CAMERA = {
    "NotAllowedError": "没有得到摄像头的许可",
    "NotFoundError": "没有找到摄像头",
    "NotReadableError": "被别的程序占用",
}


@pytest.fixture
def browser(browser: Browser, chromium: str) -> Iterator[Browser]:
    """A Chromium with two cameras that always show something, and that nobody need allow."""
    fake = ["--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream"]
    opened = browser.browser_type.launch(executable_path=chromium, args=[*QUIET, *fake])
    yield opened
    opened.close()


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
    expect(page.get_by_role("heading", level=1)).to_contain_text("4 张")
    assert_accessible(page)
    page.locator("[data-pictures]").first.evaluate("(form) => { form.dataset.most = 100_000; }")
    chooser.set_input_files([file("大图.jpg", bytes(120_000))])
    page.get_by_text("“大图.jpg”太大（0.1 MB）").wait_for()  # said at once, and the page stays as it is
    expect(page.get_by_role("heading", level=1)).to_contain_text("4 张")
    page.context.set_offline(True)
    page.locator("[data-pictures]").nth(1).locator("input[multiple]").set_input_files([file("证.jpg", photo(3))])
    go_on = page.get_by_role("button", name="继续上传")
    go_on.wait_for()
    page.context.set_offline(False)
    go_on.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("5 张")
    assert kept(desk) == 5
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert_fits(page)
    picture(page, "window-pictures")
    page.set_viewport_size({"width": 1366, "height": 768})


def settled(page: Page) -> None:
    """An Enter in the first 0.4 s belongs to the page before."""
    page.wait_for_timeout(450)


def at_the_camera(page: Page) -> None:
    """Space takes a picture, a scan gun takes none, arrows turn, Delete drops; one key loses nothing that was taken."""
    page.goto(f"/dossiers/{DOSSIER}/pictures")
    page.locator("[data-live]").nth(2).focus()
    page.keyboard.press("Enter")
    said = page.locator("[data-said]")
    expect(said).to_have_text("原件放平，按空格拍。")
    expect(page.locator("#shutter-cameras option")).to_have_count(2)
    expect(page.locator("[data-shoot]")).to_be_focused()
    settled(page)
    scan(page, "YD1|Y|421200-2026-000001-Y01|0011")
    expect(said).to_contain_text("这里不用扫码")
    expect(page.locator("[data-taken] li")).to_have_count(0)
    page.wait_for_timeout(520)
    for key in ("Space", "ArrowRight", "Space", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(120)
    expect(page.locator("[data-taken] li")).to_have_count(3)
    page.keyboard.press("Delete")
    expect(page.locator("[data-taken] li")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(said).to_contain_text("还有 2 张没有上传")
    picture(page, "window-camera")
    assert_accessible(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert_fits(page)
    picture(page, "window-camera")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.locator("#shutter-cameras").focus()
    page.keyboard.press("ArrowDown")  # the other camera, and this device remembers it
    page.wait_for_function("() => JSON.parse(localStorage.getItem('camera')).id.length > 8")
    assert page.evaluate("JSON.parse(localStorage.getItem('camera')).turn") == 1
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-send]')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 张")


def without_a_camera(page: Page) -> None:
    """Why none opens is said in words, with what to do; no camera stays on behind a closed sheet."""
    for fault, words in NO_CAMERA.items():
        page.evaluate(
            "name => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name)); }", fault
        )
        page.locator("[data-live]").first.click()
        expect(page.locator("[data-said]")).to_contain_text(words)
        page.get_by_role("button", name="再试一次").wait_for()
        if fault == "NotAllowedError":
            assert_accessible(page)
            picture(page, "window-camera-refused")
        page.keyboard.press("Escape")
        expect(page.locator("#shutter")).to_be_hidden()


def frozen(desk: Hall) -> set[str]:
    """Digests of the pictures in the list that the seal froze; their bytes are kept, and the digest covers them."""
    with Session(desk.system.engine) as session:
        dossier, consignment = find.consignment_by_no(session, ENVELOPE)
        whole = find.whole(session, dossier)
        lines = manifest_lines(desk.system, whole.originals_of(consignment), whole.picture_digests(consignment))
        kept = {one.sha256 for one in session.exec(select(Paper).where(Paper.kind == "picture"))}
    assert packing.frozen_as(consignment.manifest_sha256, ENVELOPE, consignment.seal_no, lines)
    digests = {one for line in lines for one in line.pictures}
    assert digests <= kept
    assert all(desk.ctx.files.get(one).startswith(b"\xff\xd8\xff") for one in digests)
    return digests


def seal_again_at_one_desk(page: Page, desk: Hall) -> None:
    """Opened again for a reason, sealed anew, and confirmed here by the colleague's password, without a mouse."""
    page.locator("summary", has_text="拆封重装").focus()
    settled(page)
    page.keyboard.press("Enter")
    page.get_by_text("要更正的是：陈晓岚").first.wait_for()
    page.get_by_text("剪断封签 XN-004512").first.wait_for()
    picture(page, "window-undo")
    page.locator("#why-reopen").focus()
    scan(page, "漏了一页")
    page.get_by_text("已拆封。剪断封签 XN-004512").first.wait_for()
    scan(page, "XN-004513")
    page.locator("#f-second_login").wait_for()
    for login, password, words, at in (
        ("xn-window", PASSWORD, "这是封装人自己", "second_login"),
        ("xn-window2", "wrong", "登录名或密码不对", "second_password"),
    ):
        scan(page, login)
        scan(page, password)
        page.get_by_text(words).first.wait_for()
        assert page.evaluate("document.activeElement.name") == at
        assert page.locator("#f-second_login").input_value() == login
        assert page.locator("#f-second_password").input_value() == ""
        assert stage(desk) is Stage.SEALED
    scan(page, PASSWORD)
    page.get_by_role("heading", name="正在下单").wait_for()


def test_pictures_are_taken_the_seal_is_confirmed_by_a_second_officer_and_both_screens_agree(
    as_: As, desk: Hall, ctx: Context
) -> None:
    clerk = Officer(application(ctx))
    clerk.log_in("xn-window", PASSWORD)
    listed(clerk)
    page, colleague = as_("xn-window"), as_("xn-window2")
    at_the_camera(page)
    add_pictures(page, desk)
    page.keyboard.press("Enter")  # the main act has the focus: back to the envelope
    page.wait_for_url(f"**/consignments/{ENVELOPE}")
    assert page.locator(".picture img").count() == 5
    colleague.goto(f"/consignments/{ENVELOPE}")
    colleague.locator("#in-1").uncheck()
    colleague.get_by_role("button", name="存清单").click()
    expect(colleague.get_by_role("heading", level=1)).to_contain_text("2 件")
    page.locator("#f-code").focus()
    scan(page, "XN-004512")
    page.get_by_text("胡志远刚刚改过这个封套的清单").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "f-code"
    assert page.locator("[name=inside]:checked").count() == 2
    scan(page, "XN-004512")  # what was typed is selected: the next scan takes its place
    page.locator("#f-second_login").wait_for()
    assert len(frozen(desk)) == 3  # of the two originals inside: one chosen, two from the camera
    assert_accessible(page)
    picture(page, "window-second")
    page.goto(f"/consignments/{ENVELOPE}")
    colleague.locator("#scan").focus()
    scan(colleague, "XN-004512")
    colleague.get_by_role("heading", name="须双人封装").wait_for()
    settled(colleague)
    colleague.locator("#scan").focus()
    colleague.keyboard.press("Enter")
    colleague.get_by_text("双人封装：陈晓岚、胡志远").wait_for()
    page.get_by_text("双人封装：陈晓岚、胡志远").wait_for()  # the first one's page went on by itself
    seal_again_at_one_desk(page, desk)
    with Session(desk.system.engine) as session:
        where = session.exec(select(LedgerEntry.facts).where(LedgerEntry.what == "consignment:seal_confirmed")).all()
    assert [one["where"] for one in where] == ["own_screen", "same_desk"]
    page.goto(f"/dossiers/{DOSSIER}/pictures")
    without_a_camera(page)
