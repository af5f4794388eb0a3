"""The window desk in a real Chromium, with a keyboard and a scan gun that types and presses Enter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Page
from sqlmodel import Session, SQLModel, select

from logistics.services import dispatch
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import Consignment, Dossier, Paper
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture
from tests.site import application
from tests.web.town import Watch
from tests.web.window.acts import BACK, DOSSIER, ENVELOPE, codes, listed, opened, receive_and_return
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall, citizen_number, hall

As = Callable[..., Page]
Row = TypeVar("Row", bound=SQLModel)
NUMBERS = ("104861202105000018", "1048642021000377", "CJ-2021-0007")


@pytest.fixture
def desk(seeded: Urls, watch: Watch, tmp_path: Path) -> Iterator[Hall]:
    """The hall whose window is tested."""
    with hall(seeded, watch, tmp_path) as opened:
        yield opened


@pytest.fixture
def ctx(desk: Hall) -> Context:
    """The server's world is the hall's."""
    return desk.ctx


@pytest.fixture
def scheduler(desk: Hall) -> Iterator[None]:
    """The clock's process, as a thread: it does what is owed to the courier until the test ends."""
    stop = threading.Event()

    def keep_trying() -> None:
        while not stop.wait(0.1):
            desk.errands()

    thread = threading.Thread(target=keep_trying, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.fixture
def clerk(ctx: Context) -> Officer:
    """A colleague without a browser, who prepares what a test starts from."""
    colleague = Officer(application(ctx))
    colleague.log_in("xn-window", "youdang-demo-2026")
    return colleague


def scan(page: Page, code: str) -> None:
    """What a scan gun does: it types where the focus is, then Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, field: str) -> None:
    """Tab until the field has the focus; a keyboard must get there."""
    for _ in range(40):
        if page.evaluate("document.activeElement && document.activeElement.name") == field:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {field}")


def type_case(page: Page) -> None:
    """The whole form by keyboard: case number scanned, second item, signed paper kept, person and telephone."""
    scan(page, "BJ4212002026110001")
    press(page, "ArrowDown", "ArrowDown")
    tab_to(page, "consent_on_paper")
    press(page, "Space")
    tab_to(page, "applicant_name")
    page.keyboard.type("王𠮷")
    tab_to(page, "applicant_id")
    scan(page, citizen_number())
    page.keyboard.type("13800000000")


def stored(desk: Hall, table: type[Row]) -> list[Row]:
    with Session(desk.system.engine) as session:
        return list(session.exec(select(table)))


def has_papers(desk: Hall, count: int) -> bool:
    return len(stored(desk, Paper)) == count


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    pytest.fail("waited ten seconds in vain")


def back_to(page: Page) -> None:
    """Closes the paper's tab, where this Chromium shows one, as the reader does."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.bring_to_front()


def test_a_scan_that_is_quicker_than_the_drawing_lands_in_the_field_the_page_asks_for(as_: As, clerk: Officer) -> None:
    """Chromium obeys `autofocus` when it first draws; on a slow machine the gun's first letters came before that."""
    dossier = opened(clerk)
    page = as_("xn-window")
    page.add_init_script(  # with something focused, Chromium leaves `autofocus` alone: as if it had not drawn yet
        "document.addEventListener('readystatechange', () => document.getElementById('scan').focus(), { once: true })"
    )
    page.goto(f"/dossiers/{dossier}/originals")
    scan(page, NUMBERS[0])
    assert page.locator("[autofocus]").input_value() == NUMBERS[0]
    assert page.locator("#scan").input_value() == ""


def test_from_the_case_number_to_label_and_slip_by_keyboard_alone(as_: As, desk: Hall, scheduler: None) -> None:
    page = as_("xn-window")
    page.goto("/dossiers/new")
    type_case(page)
    picture(page, "window-1-open-filled")
    press(page, "Enter")
    page.wait_for_url("**/originals")
    for number in NUMBERS:
        scan(page, number)
    picture(page, "window-2-originals")
    press(page, "Enter")  # the last scan led to the main act
    page.wait_for_url(f"**/consignments/{ENVELOPE}")
    picture(page, "window-3-packing")
    scan(page, "XN-004512")
    page.get_by_role("heading", name="还有 4 份单据要打").wait_for()
    picture(page, "window-5-booked")
    page.wait_for_timeout(500)  # an Enter in a page's first 0.4 s is the last page's, and does nothing here
    press(page, "Enter")  # all in one tab of its own; some Chromiums without a head download it
    wait_until(page, partial(has_papers, desk, 4))
    assert page.request.get(f"/papers/{ENVELOPE}-L01.pdf").body().startswith(b"%PDF-")
    assert page.url.endswith(f"/consignments/{ENVELOPE}")
    back_to(page)
    page.reload()  # without a head no tab is ever hidden: nothing tells the page that its reader is back
    page.wait_for_timeout(500)
    page.get_by_role("heading", name="等快递来取").wait_for()
    assert {paper.kind for paper in stored(desk, Paper)} == {"label", "slip", "intake", "cover"}
    press(page, "Enter")
    page.wait_for_url("**/dossiers/new")
    page.go_back()
    page.get_by_role("heading", name="等快递来取").wait_for()
    assert len(stored(desk, Consignment)) == 1


def test_a_wrong_scan_is_told_where_it_was_made_and_the_next_just_works(as_: As, desk: Hall, clerk: Officer) -> None:
    listed(clerk)
    page = as_("xn-window")
    page.goto(f"/consignments/{ENVELOPE}")
    scan(page, DOSSIER)
    page.get_by_text("不是封签").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "f-code"
    assert page.locator("[name=inside]:checked").count() == 3
    picture(page, "window-3-wrong-scan")
    assert_accessible(page)
    scan(page, codes()[0])
    page.get_by_text(f"已装入 {codes()[0]}").wait_for()
    page.keyboard.type("XN-004513")
    page.locator("[data-main]").dblclick()
    page.get_by_role("heading", name="正在下单").wait_for()
    picture(page, "window-4-booking")
    assert_accessible(page)
    dispatch.record_refusal(desk.system, ENVELOPE, "B0021", "收件人电话不完整，请补充后重新下单")
    page.get_by_role("heading", name="快递拒单").wait_for()  # polled, nobody pressed anything
    picture(page, "window-4-refused")
    assert_accessible(page)


def test_every_page_of_the_desk_is_accessible_and_fits_a_phone(as_: As, desk: Hall, clerk: Officer) -> None:
    page = as_("xn-window", size=PHONE)

    def look(path: str, name: str) -> None:
        for size in (PHONE, (1366, 768)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.goto(path)
            assert_fits(page)
            picture(page, f"window-{name}")
        assert_accessible(page)

    look("/dossiers/new", "1-open")
    no = listed(clerk, then="stay")
    look(f"/dossiers/{no}/originals", "2-listed")
    clerk.send(f"/dossiers/{no}/consignments")
    look(f"/consignments/{ENVELOPE}", "3-packing")
    clerk.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="seal")
    look(f"/consignments/{ENVELOPE}", "4-sealed")
    clerk.send(f"/consignments/{ENVELOPE}/dispatch", courier="ems")
    desk.errands()
    look(f"/consignments/{ENVELOPE}", "5-booked")
    receive_and_return(clerk, desk)
    look(f"/consignments/{BACK}", "6-later")
    look(f"/dossiers/{no}/handback", "7-handback")
    correct_by_keyboard(page, clerk, look)
    page.emulate_media(color_scheme="dark")
    look(f"/consignments/{ENVELOPE}", "8-dark")
    look("/dossiers/new", "8-dark-open")


def correct_by_keyboard(page: Page, clerk: Officer, look: Callable[[str, str], None]) -> None:
    """What was recorded as handed back is taken back, with keys alone."""
    clerk.send(f"/dossiers/{DOSSIER}/give", codes=codes(), identity_checked="true")
    look(f"/dossiers/{DOSSIER}/handback", "7-handed-back")
    page.get_by_text("记错了：原件没有交出").focus()
    for key in ("Enter", "Tab", "Space", "Tab", "Tab", "Tab", "Space", "Tab"):
        page.wait_for_timeout(450 if key == "Enter" else 0)  # Enter in a page's first 0.4 s is the last page's
        press(page, key)
    page.keyboard.type("点错了人")
    page.get_by_role("button", name="记下更正").scroll_into_view_if_needed()
    picture(page, "window-7-correcting")
    assert_accessible(page)
    press(page, "Enter")
    page.get_by_text("已更正，1 件原件又由大厅保管").wait_for()
    picture(page, "window-7-corrected")
    assert_accessible(page)


def test_half_typed_forms_survive_and_faults_stand_at_their_fields(as_: As, desk: Hall) -> None:
    page = as_("xn-window")
    page.goto("/dossiers/new")
    type_case(page)
    page.locator("#f-applicant_id").fill(citizen_number()[:-1] + "1")
    page.reload()
    assert page.locator("#f-applicant_name").input_value() == "王𠮷"
    page.locator("#f-applicant_phone").focus()
    press(page, "Enter")
    page.locator("#f-applicant_id-wrong").wait_for()
    assert page.evaluate("document.activeElement.id") == "f-applicant_id"
    picture(page, "window-1-open-fault")
    assert_accessible(page)
    page.keyboard.type(citizen_number())
    page.locator("[data-main]").dblclick()
    page.wait_for_url("**/originals")
    page.go_back()
    page.wait_for_url("**/dossiers/new")
    assert len(stored(desk, Dossier)) == 1
