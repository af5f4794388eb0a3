"""The manager's desk in a real Chromium: read on a Monday at 08:40, on a PC and on a phone, in both languages."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, TimeoutError
from sqlmodel import Session, select

from couriers import adapters
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import ReportOrder
from scheduler import reports as reports_job
from tests.browser.conftest import DESK, PHONE, assert_accessible, assert_fits, picture, turn_language
from tests.played import both, played, played_template  # noqa: F401 - fixtures
from tests.scheduler.conftest import SETTINGS

Enter = Callable[..., Page]
LISTS = {
    "late": "/deadlines?shelf=late",
    "soon": "/deadlines?shelf=soon",
    "disputed": "/disputed",
    "parked": "/parked",
    "in-transit": "/in-transit",
}


@pytest.fixture
def worlds(played: Urls, tmp_path: Path) -> Iterator[tuple[Context, Context]]:  # noqa: F811
    """The demo, played: the scheduler's world and the web's."""
    with both(played, tmp_path) as worlds:
        yield worlds


@pytest.fixture
def ctx(worlds: tuple[Context, Context]) -> Context:
    """The world of the server."""
    app = worlds[1]
    couriers = adapters.from_settings({**SETTINGS, "COURIER_EMS_URL": "http://127.0.0.1:9/never"})
    return Context(app.engine, app.clock, app.keyring, app.signing_key, app.files, couriers)


def test_every_list_is_readable_on_a_phone_in_both_languages(as_: Enter) -> None:
    page = as_("xn-manager", size=PHONE)
    for language in ("", "-en"):
        for name, path in LISTS.items():
            page.goto(path)
            assert_fits(page)
            if not language:
                assert_accessible(page)
            picture(page, f"manager-{name}{language}")
        page.get_by_role("link", name="按时率" if not language else "On time by lane").click()
        page.wait_for_url("**/figures#lanes")
        if not language:
            turn_language(page)


def test_each_number_opens_as_many_rows_as_it_says(as_: Enter) -> None:
    page = as_("xn-manager")
    page.goto("/deadlines")
    for address in ("shelf=late", "shelf=today", "shelf=all", "/disputed", "/parked", "/in-transit"):
        way = page.locator(f'.figure-way[href*="{address}"]')
        number = int(way.locator(".figure-number").inner_text())
        way.click()
        page.locator(f'.figure-way[aria-current][href*="{address}"]').wait_for()
        assert page.locator("main table.list tbody tr").count() == number


def test_the_late_list_is_narrowed_and_kept_by_the_keyboard_alone(as_: Enter) -> None:
    page = as_("xn-manager")
    page.goto("/deadlines?shelf=late&whose=all")
    page.locator("summary", has_text="筛选").focus()
    page.keyboard.press("Enter")
    for _step in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "narrow-leg":
            break
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#narrow-leg").input_value()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**leg={chosen}**")
    assert chosen
    shown = page.locator("table.list tbody th").all_inner_texts()
    assert shown
    page.locator("#scan").focus()
    with page.expect_download() as saved:
        page.wait_for_timeout(450)  # Enter in the first moments is the gun's, not a person's
        page.keyboard.press("Enter")
    rows = Path(saved.value.path()).read_text("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == shown


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_deadline_is_waived_with_a_reason_and_leaves_the_list(as_: Enter, size: tuple[int, int]) -> None:
    page = as_("xn-manager", size=size)
    page.goto("/deadlines?shelf=late")
    before = page.locator("table.list tbody tr").count()
    page.locator(".clock-list .which a").first.click()
    page.get_by_role("link", name="豁免").click()
    page.get_by_role("button", name="豁免").click()
    page.locator("#f-reason:focus").wait_for()
    assert_accessible(page)
    picture(page, "manager-waive-wrong")
    page.keyboard.type("申请人改期")
    page.get_by_role("button", name="豁免").click()
    page.wait_for_url("**/deadlines")
    assert page.get_by_role("status").first.is_visible()
    assert page.locator("table.list tbody tr").count() == before - 1
    picture(page, "manager-waived")


def test_one_screen_is_read_clicked_and_kept(as_: Enter, worlds: tuple[Context, Context]) -> None:
    """From five numbers to a dossier, from a bar to its cases, to a report that says the same again; by keys too, and
    on a slow line before the pictures' script has come.
    """
    page = as_("xn-manager")
    letters: list[Route] = []
    page.route("**/fonts/*.woff2", lambda route: letters.append(route))  # noqa: PLW0108 - it marks what it is given
    page.goto("/figures?leg=transit", wait_until="commit")
    page.wait_for_load_state("domcontentloaded")
    page.wait_for_timeout(200)
    assert not (letters and page.locator("canvas").count()), "what is drawn before its letters are there stays boxes"
    for one in letters:
        one.continue_()
    page.unroute("**/fonts/*.woff2")
    for kind in ("bars", "trend", "split"):
        page.locator(f'[data-chart="{kind}"] canvas').first.wait_for()
    before = page.evaluate("document.querySelector('#lanes').getBoundingClientRect().top + scrollY")
    page.wait_for_timeout(400)
    assert page.evaluate("document.querySelector('#lanes').getBoundingClientRect().top + scrollY") == before
    assert_fits(page)
    picture(page, "overview")
    bar = page.locator('[data-chart="bars"] tbody tr').first
    counted = sum(int(number) for number in bar.locator("a").all_text_contents())
    page.locator('[data-chart="bars"] canvas').scroll_into_view_if_needed()
    box = page.locator('[data-chart="bars"] canvas').bounding_box()
    assert box
    _click_first_bar(page, box)
    page.wait_for_url("**/figures/cases**which=closed**low=0**")
    assert page.locator("table.cases tbody tr").count() == counted > 0
    page.go_back()
    page.locator('.figure-way[href*="kind=late"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=late**")
    assert "leg=transit" in page.url
    page.get_by_role("link", name="督办").first.click()
    page.wait_for_url("**/supervise")
    _asked_for_on_a_slow_line(page)
    with Session(worlds[0].engine) as session:
        assert len(session.exec(select(ReportOrder)).all()) == 1, "a double click asks for one report"
    page.get_by_role("heading", name="正在生成报表").wait_for()
    page.locator("#report progress").wait_for()
    assert_accessible(page)
    picture(page, "report-under-way")
    assert reports_job.once(worlds[0]) == 1
    page.get_by_role("heading", name="报表 TJ-").wait_for()
    page.get_by_role("link", name="重新计算").click()
    page.get_by_role("heading", name="每个数都一样").wait_for()
    picture(page, "report")


def _asked_for_on_a_slow_line(page: Page) -> None:
    """The one screen's numbers are read and a report is asked for, by a double click, before the pictures' script."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/vendor/echarts*", hold)
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 300, "downloadThroughput": 400_000, "uploadThroughput": 50_000}
    line.send("Network.emulateNetworkConditions", slow)
    page.goto("/figures", wait_until="commit")
    page.locator("table.lanes tbody a").first.wait_for()
    page.locator('[data-chart="bars"] summary').click()
    assert page.locator('[data-chart="bars"] tbody a').first.is_visible()
    assert held, "the script is still on its way"
    assert not page.locator("canvas").count()
    page.get_by_role("button", name="生成报表").evaluate("one => { one.click(); one.click() }")
    page.wait_for_url("**/reports/*")
    free = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {**slow, **free})
    page.unroute("**/vendor/echarts*")


def _click_first_bar(page: Page, box: dict[str, float]) -> None:
    """A click low in the plot, moving right until a bar was met."""
    for step in range(3, 40):
        page.mouse.click(box["x"] + box["width"] * step / 40, box["y"] + box["height"] - 40)
        with contextlib.suppress(TimeoutError):  # a second click before the first has led anywhere would lead elsewhere
            page.wait_for_url("**/figures/cases**", timeout=1_500)
            return


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_one_screen_on_a_phone_in_english_and_in_the_dark(as_: Enter, dark: bool) -> None:
    page = as_("xn-manager", size=PHONE, dark=dark)
    page.goto("/figures")
    turn_language(page)
    for path in ("/figures", "/figures/now?kind=late", "/figures/cases?which=started", "/reports"):
        page.goto(path)
        assert_fits(page)
        assert_accessible(page)
        picture(page, f"overview-{path.strip('/').split('?')[0].replace('/', '-')}-en{'-dark' if dark else ''}")


def test_the_figures_are_there_without_script(as_: Enter) -> None:
    page = as_("xn-manager", java_script_enabled=False)
    page.goto("/figures")
    assert not page.locator(".chart-picture").first.is_visible()
    page.locator('[data-chart="bars"] summary').click()
    assert page.locator('[data-chart="bars"] tbody a').first.is_visible()
