"""The one screen over a demo that has been played: every number opens exactly what it counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from couriers import adapters
from logistics.demo.seed import PASSWORD
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import Report
from scheduler import fixity
from scheduler import reports as reports_job
from tests.played import both, played, played_template  # noqa: F401 - fixtures
from tests.scheduler.conftest import SETTINGS
from tests.site import application
from tests.web.conftest import Visitor

ROW = re.compile(r"<tr>\s+<t[dh]")
NUMBER = re.compile(r'href="(/figures/(?:cases|now)\?[^"]+)"[^>]*>\s*(?:<span class="figure-number">)?([^<]+)<')
As = Callable[[str], Visitor]


@pytest.fixture
def worlds(played: Urls, tmp_path: Path) -> Iterator[tuple[Context, Context]]:  # noqa: F811
    """The scheduler's world and the web's."""
    with both(played, tmp_path) as worlds:
        yield worlds


@pytest.fixture
def as_(worlds: tuple[Context, Context]) -> As:
    """A visitor logged in as one of the demo's officers."""
    app = worlds[1]
    couriers = adapters.from_settings({**SETTINGS, "COURIER_EMS_URL": "http://127.0.0.1:9/never"})
    site = application(Context(app.engine, app.clock, app.keyring, app.signing_key, app.files, couriers))

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        assert visitor.log_in(login, PASSWORD).status_code == 303
        return visitor

    return enter


@pytest.mark.parametrize("narrowed", ["", "?leg=transit&step=month", "?lane=2-7&courier=ems"])
def test_every_number_opens_exactly_what_it_counts(as_: As, narrowed: str) -> None:
    manager = as_("xn-manager")
    shown = manager.get(f"/figures{narrowed}")
    assert shown.status_code == 200
    counted = 0
    seen: dict[str, str] = {}
    for address, words in NUMBER.findall(shown.text):
        if not words.strip().isdecimal() or address in seen:
            continue
        seen[address] = words
        opened = manager.get(address.replace("&amp;", "&"))
        assert opened.status_code == 200
        assert len(ROW.findall(opened.text)) == int(words), address
        counted += 1
    assert counted > (10 if narrowed else 40)


def test_a_report_is_made_meanwhile_kept_and_says_the_same_when_made_again(
    as_: As, worlds: tuple[Context, Context]
) -> None:
    manager = as_("xn-manager")
    made = manager.post("/reports?leg=transit", {"command_id": str(uuid4())}, on="/figures?leg=transit")
    assert made.status_code == 303, made.text
    address = made.headers["Location"]
    waiting = manager.get(address).text
    assert "正在生成报表" in waiting
    assert "可以离开本页" in waiting
    assert "正在生成" in manager.get("/reports").text
    assert manager.get(f"{address}.pdf").status_code == 404
    assert reports_job.once(worlds[0]) == 1
    waits = manager.get("/").text
    assert address in waits, "the work bench says that it is ready"
    assert "揽收至妥投 · 8月24日–11月20日" in waits, "and which figures it is of"
    assert manager.get(address).status_code == 200
    assert address not in manager.get("/").text
    again = manager.get(f"{address}?again=yes").text
    assert "重新计算，每个数都一样" in again
    assert manager.get(f"{address}.xlsx").data[:2] == b"PK"
    assert manager.get(f"{address}.pdf").data[:5] == b"%PDF-"
    listed = manager.get("/reports").text
    assert address in listed
    assert "揽收至妥投 · 8月24日–11月20日" in listed
    assert as_("fr-manager").get(address).status_code == 404
    _files_are_read_again(manager, address, worlds[0])


def _files_are_read_again(manager: Visitor, address: str, system: Context) -> None:
    """A report's files are read again like papers, and a fault of one is said where the report is and to keepers."""
    assert "等着核对" in manager.get(address).text
    fixity.enrol(system)
    with Session(system.engine) as session:
        sheet, paper = session.exec(select(Report.sheet_sha256, Report.paper_sha256)).one()
        later = text("UPDATE kept_file SET due_at = now() + interval '9 years' WHERE sha256 NOT IN (:sheet, :paper)")
        session.execute(later, {"sheet": sheet, "paper": paper})
        session.commit()
    system.files.remove(paper)
    assert fixity.once(system) == 1
    shown = manager.get(address).text
    assert "XLSX 完好" in shown
    assert "请系统管理人员从备份放回原文件" in shown
    assert address in manager.get("/archive").text
    assert manager.get(f"{address}.pdf").status_code == 409
