"""Five originals sealed, booked and their label in the printer, without a mouse; every step looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import Session, select

from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import Consignment, LedgerEntry, Original, PrintJob
from logistics.terms import Stage
from tests.browser.conftest import assert_accessible, picture
from tests.browser.hands import Hands, send_five
from tests.web.town import Watch
from tests.web.window.five import NUMBERS, Counter, counter
from tests.web.window.hall import citizen_number, hall

As = Callable[..., Page]


@pytest.fixture
def desk(seeded: Urls, watch: Watch, tmp_path: Path) -> Iterator[Counter]:
    """A window with its printers, and the scheduler at work behind it; time passes, or no later print is ever due."""
    with hall(seeded, watch, tmp_path) as opened, counter(opened) as made:
        stop = threading.Event()

        def keep_trying() -> None:
            while not stop.wait(0.1):
                watch.turn(milliseconds=1)
                opened.errands()

        thread = threading.Thread(target=keep_trying, daemon=True)
        thread.start()
        yield made
        stop.set()
        thread.join()


@pytest.fixture
def ctx(desk: Counter) -> Context:
    """The server's world is the counter's."""
    return desk.hall.ctx


def test_five_originals_are_sealed_sent_and_printed_by_keyboard_and_scan_gun_alone(as_: As, desk: Counter) -> None:
    page = as_("xn-window")
    page.add_init_script(
        "addEventListener('pointerdown', () => { throw new Error('a mouse was used'); }, true);"
        "addEventListener('mousedown', () => { throw new Error('a mouse was used'); }, true);"
    )
    page.goto("/dossiers/new")
    hands = Hands(page)
    no = send_five(hands, "BJ4212002026110005", "XN-004512", citizen_number())
    picture(page, "minute-done")
    assert_accessible(page)
    with Session(desk.hall.system.engine) as session:
        envelope = session.exec(select(Consignment).where(Consignment.no == no)).one()
        originals = session.exec(select(Original).order_by(Original.seq)).all()  # type: ignore[arg-type]
        jobs = session.exec(select(PrintJob)).all()
        whats = session.exec(select(LedgerEntry.what)).all()
    assert (envelope.stage, envelope.seal_no) == (Stage.BOOKED, "XN-004512")
    assert envelope.waybill_no
    ring = desk.hall.ctx.keyring
    numbers = [ring.unseal(one.number_sealed, f"original:{one.code}:number") for one in originals]
    assert tuple(numbers) == NUMBERS
    assert {job.kind for job in jobs} == {"label", "slip", "intake", "cover"}
    assert all(job.printed_at for job in jobs)
    assert f"YD1|W|{no}|".encode() in b"".join(desk.labels.taken())
    assert whats.count("consignment:dispatched") == 1
    assert hands.keys <= 40, "a key more is a second more for everybody, every time"
    assert hands.modelled_seconds < 55
    page.keyboard.press("Enter")  # and the next case
    page.wait_for_url("**/dossiers/new")
    hands.stands_on("case_no")
