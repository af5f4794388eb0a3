"""The applicant's pages in a real Chromium, on a phone, by keyboard, in large letters; officers by an administrator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from logistics.actor import SYSTEM
from logistics.demo.seed import PASSWORD
from logistics.store import inquiry
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.store.work import work
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture
from tests.site import application
from tests.web.town import Watch
from tests.web.window.acts import BACK, DOSSIER, ENVELOPE, codes, listed, receive_and_return
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall, hall


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
    """A colleague without a browser."""
    officer = Officer(application(ctx))
    assert officer.log_in("xn-window", PASSWORD).status_code == 303
    return officer


def test_an_applicant_follows_the_originals_and_rates_by_keyboard_on_a_phone(
    visit: Callable[..., Page], desk: Hall, clerk: Officer
) -> None:
    listed(clerk)
    with work(desk.system, SYSTEM, "test") as w:
        code, _key = inquiry.codes(w.session, desk.ctx.keyring, w.dossier(DOSSIER), w.now)
    page = visit(size=PHONE)
    page.goto("/i")
    assert_accessible(page)
    picture(page, "applicant-ask-390x844")
    page.keyboard.type(code.lower())
    page.keyboard.press("Tab")
    page.keyboard.type("0000")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="原件在受理大厅").wait_for()
    clerk.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="send")
    desk.errands()
    receive_and_return(clerk, desk)
    clerk.send(f"/dossiers/{DOSSIER}/give", identity_checked="true", codes=codes(2))
    page.reload()
    page.get_by_role("button", name="大字版").click()
    page.get_by_role("button", name="标准字号").wait_for()
    assert_fits(page)
    assert_accessible(page)
    picture(page, "applicant-case-390x844")
    page.get_by_label("基本满意").focus()
    page.keyboard.press("Space")
    page.get_by_label("办得慢").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="提交评价").press("Enter")
    page.get_by_text("您评了 3 星").wait_for()
    page.get_by_role("link", name="我没有收到").first.press("Enter")
    picture(page, "applicant-not-received-390x844")
    assert_accessible(page)
    page.get_by_role("button", name="确认没有收到").press("Enter")
    page.get_by_text("您说没有收到，正在核实").wait_for()
    assert BACK


def test_an_administrator_adds_an_officer_and_the_password_is_seen_once(
    as_: Callable[..., Page], clerk: Officer
) -> None:
    page = as_("hb-admin")
    page.goto("/officers")
    assert_accessible(page)
    assert_fits(page)
    picture(page, "officers-1366x768")
    page.get_by_label("登录名", exact=True).fill("xu.min")
    page.get_by_label("姓名", exact=True).fill("许敏")
    page.get_by_label("窗口经办").check()
    page.get_by_role("button", name="添加并生成密码").press("Enter")
    page.get_by_text("只显示这一次").wait_for()
    picture(page, "officers-shown-once-1366x768")
    page.goto("/agencies")
    assert_accessible(page)
    picture(page, "agencies-1366x768")
    assert clerk
