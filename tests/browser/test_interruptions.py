"""What interrupts a desk, in real Chromium: a colleague who was first, a session that ended, a line that is slow or
gone, a double click, back and reload. Nothing is lost or done twice, and the page says plainly what happened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from couriers import adapters
from logistics.demo import seed
from logistics.demo.seed import PASSWORD
from logistics.services import supervision
from logistics.services.supervision import NewOrder
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from logistics.tables import PolicyVersion, ServiceItem, SupervisionAct
from tests import builders
from tests.browser.conftest import picture
from tests.services.conftest import EMS
from tests.web.desks.under_way import Hall

As = Callable[..., Page]
SAVE = re.compile("^保存")
RULE = "/policies/edit?leg=accept_to_dispatch&scope=cross&for=agreement-1"


@pytest.fixture
def hall(database: Urls, tmp_path: Path) -> Iterator[Hall]:
    """An envelope of three originals, delivered by the courier's word."""
    engine = connect(database.system)
    with Session(engine) as session, session.begin():
        seed.fill(session)
    engine.dispose()
    house = builders.house(database, tmp_path, adapters.from_settings(EMS))
    yield Hall(house).listed().sent().delivered()
    house.close()


@pytest.fixture
def ctx(hall: Hall) -> Context:
    """The server's world is the house's."""
    return hall.house.web


def ordered(hall: Hall) -> str:
    """The manager's order to the hall, which has it; its number."""
    house = hall.house
    new = NewOrder(house.window.agency_id or 0, "申请人来电询问", "今天说明原件在哪里")
    no = str(supervision.order(house.web, house.manager, house.command(), hall.dossier, new)["supervision"])
    supervision.sign(house.web, house.window, house.command(), no)
    return no


def said(hall: Hall, verb: str) -> list[str]:
    """The words of every act of this kind on the hall's orders."""
    with Session(hall.house.system.engine) as session:
        return [one.words for one in session.exec(select(SupervisionAct)) if one.verb.value == verb]


def log_in_again(page: Page, login: str) -> None:
    """The log-in page asks; the officer answers by keyboard."""
    page.wait_for_url("**/login**")
    page.fill("#f-login", login)
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")


def count_all(page: Page, hall: Hall) -> None:
    """Seal and every original are scanned."""
    page.goto(f"/receive/{hall.envelope}")
    page.locator("#f-seal_found").fill(hall.seal)
    for code in hall.codes:
        page.locator(f'input[name="found-{code}"][value="received"]').check(force=True)


def test_of_two_people_at_one_thing_the_second_is_told_and_nothing_is_overruled(hall: Hall, as_: As) -> None:
    one, other = as_("fr-receiver"), as_("fr-receiver")
    count_all(one, hall)
    count_all(other, hall)
    other.locator(f'input[name="found-{hall.codes[2]}"][value="missing"]').check(force=True)
    one.locator("[data-main]").dblclick()
    one.get_by_role("heading", name="已全部签收核验").wait_for()
    other.locator("[data-main]").click()
    expect(other.locator("#messages [role=alert]")).to_be_visible()
    picture(other, "two-people-receiving")
    assert set(hall.outcomes().values()) == {"received"}
    assert len(hall.entries("consignment:received")) == 1
    assert not hall.open_differences()

    no = ordered(hall)
    pages = [as_("xn-window"), as_("xn-window2")]
    for number, page in enumerate(pages):
        page.goto(f"/supervision/{no}")
        page.fill("#f-words", f"第 {number + 1} 个人的答复")
        page.locator("#f-cause").select_option(index=1)
    pages[0].locator("#order-answer [data-main]").dblclick()
    expect(pages[0].locator(".order-chain")).to_contain_text("第 1 个人的答复")
    pages[1].locator("#order-answer button").click()
    expect(pages[1].locator("#messages [role=alert]")).to_be_visible()
    expect(pages[1].locator("main")).to_contain_text("第 1 个人的答复")
    picture(pages[1], "two-people-answer")
    assert said(hall, "answer") == ["第 1 个人的答复"]


def test_a_session_that_ends_in_mid_form_loses_nothing_at_any_desk(hall: Hall, as_: As) -> None:
    no = ordered(hall)
    forms = (
        ("xn-manager", f"/dossiers/{hall.dossier}/supervise", "#f-reason", "#f-demand"),
        ("xn-window", f"/supervision/{no}", "#f-words", "#f-measures"),
        ("hb-admin", "/items/1/edit", "#f-name", "#f-name"),
        ("hb-admin", RULE, "#f-reason", "#f-reason"),
        ("fr-receiver", f"/receive/{hall.envelope}", "#f-seal_found", "#f-seal_found"),
    )
    for login, path, first, second in forms:
        page = as_(login)
        page.goto(path)
        page.fill(first, "打到一半 1")
        page.fill(second, "打到一半 2")
        page.context.clear_cookies(name="youdang_session")
        page.locator("main [data-main]").first.click()
        log_in_again(page, login)
        page.wait_for_url(lambda address: "/login" not in address)
        expect(page.locator(second)).to_have_value("打到一半 2")
        if first != second:
            expect(page.locator(first)).to_have_value("打到一半 1")
        page.context.close()
    assert said(hall, "answer") == []
    assert said(hall, "order") == ["申请人来电询问"]


def test_a_line_that_goes_loses_no_act_and_the_page_says_so(hall: Hall, as_: As) -> None:
    no = ordered(hall)
    page = as_("xn-window", service_workers="block")
    page.goto(f"/supervision/{no}")
    page.fill("#f-words", "原件在投递部，已去取")
    page.locator("#f-cause").select_option(index=1)
    page.context.set_offline(True)
    page.locator("#order-answer [data-main]").click()
    expect(page.locator("#messages [role=alert]")).to_contain_text("没有连上")
    expect(page.locator("#f-words")).to_have_value("原件在投递部，已去取")
    picture(page, "line-gone")
    assert said(hall, "answer") == []
    page.context.set_offline(False)
    page.locator("#order-answer [data-main]").click()
    expect(page.locator(".order-chain")).to_contain_text("原件在投递部")
    assert said(hall, "answer") == ["原件在投递部，已去取"]


def test_on_a_slow_line_one_act_is_one_act_and_back_and_reload_send_nothing(hall: Hall, as_: As) -> None:
    no = ordered(hall)
    page = as_("xn-manager")
    slow = page.context.new_cdp_session(page)
    page.goto(f"/supervision/{no}")
    limits = {"offline": False, "latency": 700, "downloadThroughput": 60_000, "uploadThroughput": 30_000}
    slow.send("Network.emulateNetworkConditions", limits)
    page.locator("details.settle summary").first.click()
    page.fill("#f-why_withdrawn", "已由电话说明")
    button = page.locator("#order-withdraw button")
    told = "setTimeout(() => told(document.getElementById('under-way').textContent), 500)"
    shown = button.evaluate(f"one => {{ one.click(); one.click(); return new Promise(told => {told}) }}")
    assert "正在发送" in shown
    expect(page.locator(".order-chain")).to_contain_text("已由电话说明")
    assert said(hall, "withdraw") == ["已由电话说明"]
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.reload()
    page.go_back()
    page.go_forward()
    expect(page.locator(".order-chain")).to_contain_text("已由电话说明")
    assert sent == []
    assert said(hall, "withdraw") == ["已由电话说明"]


def test_two_administrators_of_one_rule_and_of_one_item_do_not_overrule_each_other(hall: Hall, as_: As) -> None:
    one, other = as_("hb-admin"), as_("hb-admin")
    for page, days in ((one, "1"), (other, "3")):
        page.goto(RULE)
        page.get_by_label("时长", exact=True).fill(days)
        page.get_by_label("依据或原因").fill(f"改成 {days} 天")
        page.get_by_role("button", name="看看会改变什么").click()
        page.get_by_role("button", name=SAVE).wait_for()
    one.get_by_role("button", name=SAVE).dblclick()
    one.get_by_text("第 1 版").first.wait_for()
    other.get_by_role("button", name=SAVE).click()
    other.wait_for_load_state()
    picture(other, "two-people-rule")
    with Session(hall.house.system.engine) as session:
        kept = [(row.version, row.length) for row in session.exec(select(PolicyVersion).order_by(PolicyVersion.id))]  # type: ignore[arg-type]
    assert kept[0] == (1, 1)
    assert len(kept) <= 2, "a version stands beside the first, never in its place"
    with Session(hall.house.system.engine) as session:
        assert session.exec(select(ServiceItem.name).where(ServiceItem.id == 1)).one()
