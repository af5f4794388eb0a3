"""The print station, the printers' pages and the papers other pages offer, over the demo's directory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from logistics.store.context import Context
from logistics.tables import LedgerEntry, PrintJob
from tests.printing.conftest import LOOPBACK
from tests.printing.machine import machine
from tests.site import application
from tests.web.conftest import watch
from tests.web.window.acts import DOSSIER, ENVELOPE, codes, listed, receive, receive_and_return
from tests.web.window.conftest import Officer, desk, officer, window
from tests.web.window.hall import Hall

__all__ = ["desk", "officer", "watch", "window"]

LABEL = {"language": "zpl", "dpi": "203", "stock": "100x150", "host": "127.0.0.1"}


@pytest.fixture
def ctx(desk: Hall) -> Context:
    """The hall's world, with printers on this machine."""
    desk.system = replace(desk.system, printer_networks=LOOPBACK)
    return replace(desk.ctx, printer_networks=LOOPBACK)


@pytest.fixture
def site(ctx: Context) -> Flask:
    """The application."""
    return application(ctx)


def booked(window: Officer, desk: Hall) -> None:
    listed(window)
    window.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="seal")
    window.send(f"/consignments/{ENVELOPE}/dispatch", courier="ems")
    desk.errands()


def said(desk: Hall, what: str) -> list[LedgerEntry]:
    with Session(desk.system.engine) as session:
        return list(session.exec(select(LedgerEntry).where(LedgerEntry.what == what)))


def test_everything_that_waits_is_printed_in_one_go(
    desk: Hall,
    window: Officer,
    officer: Callable[[str], Officer],
) -> None:
    booked(window, desk)
    waiting = window.get("/print").text
    assert "2 份单据等打印" in waiting
    ticked = re.findall(r'value="([a-z_]+:[^"]+)" checked', waiting)
    assert ticked == [f"label:{ENVELOPE}", f"slip:{ENVELOPE}"]
    keeper = officer("hb-admin")
    with machine() as there:
        agency = re.search(r'<option value="(\d+)"[^>]*>咸宁[^<]*</option>', keeper.get("/printers").text)
        assert agency
        given = {**LABEL, "name": "1 号面单机", "port": str(there.port), "agency": agency[1]}
        added = keeper.send("/printers", **given)
        assert "试打一张" in keeper.follow(added)
        form: dict[str, Any] = {"wanted": ticked, "to_label": "1", "to_sheet": "browser"}
        assert "1 号面单机（面单 100×150 毫米）" in window.get("/print").text
        done = window.send("/print", **form)
        ready = window.follow(done)
        assert "1 份备好了，打开打印" in ready
        assert "等着送出" in ready
        pdf = re.search(r'href="(/print/sheets\.pdf\?[^"]+)"', ready)
        assert pdf
        assert window.get(pdf[1].replace("&amp;", "&")).data.startswith(b"%PDF-")
        desk.errands()
        assert there.taken()[0].startswith(b"^XA")
    page = window.get("/print").text
    assert "打印机已收下" in page
    assert "没有等打印的单据" in page
    assert window.get("/print/queue").text.count("<tr>") == 2
    envelope = window.get(f"/consignments/{ENVELOPE}").text
    assert "打印机 1 张" in envelope
    assert "打开打印 1 次" in envelope
    again = window.send(f"/consignments/{ENVELOPE}/papers", kind="label", printer="1")
    assert "已排队" in window.follow(again)
    assert [entry.facts["paper"] for entry in said(desk, "paper:opened_for_print")] == [f"{ENVELOPE}-J01"]
    with Session(desk.system.engine) as session:
        assert [job.paper_no[-3:] for job in session.exec(select(PrintJob))] == ["L01", "L02"]


def test_a_job_that_stopped_says_why_and_is_sent_again_or_dropped(
    desk: Hall,
    window: Officer,
    officer: Callable[[str], Officer],
) -> None:
    booked(window, desk)
    keeper = officer("hb-admin")
    page = keeper.get("/printers").text
    agency = re.search(r'<option value="(\d+)"[^>]*>咸宁[^<]*</option>', page)
    assert agency
    wrong = keeper.send("/printers", **{**LABEL, "host": "8.8.8.8", "port": "9100", "name": "外", "agency": agency[1]})
    assert wrong.status_code == 422
    assert "不在允许打印的内网网段内" in wrong.text
    keeper.send("/printers", **{**LABEL, "name": "旧机", "port": "9109", "agency": agency[1]})
    window.send("/print", wanted=[f"label:{ENVELOPE}"], to_label="1")
    with desk.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET parked_at = now(), last_error = '没有纸' WHERE kind = 'print'")
    stopped = window.get("/print").text
    assert "停下了，请处理" in stopped
    assert "没有纸" in stopped
    assert "再送一次" in window.follow(window.send("/print/jobs/1/retry"))
    assert window.send("/print/jobs/1/retry").status_code == 409
    assert "已放弃" in window.follow(window.send("/print/jobs/1/drop"))
    assert officer("fr-receiver").send("/print/jobs/1/drop").status_code == 404
    assert said(desk, "paper:print_dropped")
    off = keeper.send("/printers/1", **{**LABEL, "name": "旧机", "port": "9109"})
    assert "已停用" in keeper.follow(off)
    assert "旧机" not in window.get("/print").text.split("打印队列")[0]
    assert window.get("/printers").status_code == 403
    assert window.send("/print", wanted=[]).status_code == 422
    assert "At least" not in window.get("/print").text


def test_receivers_and_the_window_find_their_papers_where_they_work(
    desk: Hall,
    window: Officer,
    officer: Callable[[str], Officer],
) -> None:
    booked(window, desk)
    dossier = window.get(f"/dossiers/{DOSSIER}").text
    assert "收件回执" in dossier
    for kind in ("intake", "cover", "catalogue", "remarks"):
        made = window.send(f"/dossiers/{DOSSIER}/papers", kind=kind)
        assert made.status_code == 303, (kind, made.text)
        assert window.get(made.headers["Location"]).data.startswith(b"%PDF-")
    receive(desk, "fr-receiver", ENVELOPE, "XN-9999")
    receiver = officer("fr-receiver")
    assert "1 份单据等打印" in receiver.get("/print").text
    counted = receiver.get(f"/receive/{ENVELOPE}").text
    assert "差异通知单" in counted
    for kind in ("arrival", "notice", "differences_slip"):
        made = receiver.send(f"/consignments/{ENVELOPE}/papers", kind=kind)
        assert made.status_code == 303, (kind, made.text)
        refused = window.send(f"/consignments/{ENVELOPE}/papers", kind=kind)
        assert refused.status_code in (403, 409), kind
    assert receiver.send(f"/dossiers/{DOSSIER}/papers", kind="intake").status_code == 403
    assert receiver.send(f"/dossiers/{DOSSIER}/papers", kind="internal_slip").status_code == 409


def test_the_guide_page_of_an_item_is_open_to_those_under_its_agreement(
    window: Officer,
    officer: Callable[[str], Officer],
) -> None:
    listed(window)
    address = f"/dossiers/{DOSSIER}/guide.pdf"
    assert window.get(address).data.startswith(b"%PDF-")
    assert officer("hz-window").get(address).status_code == 404


def test_before_closing_the_catalogue_and_remarks_are_offered(desk: Hall, window: Officer) -> None:
    booked(window, desk)
    receive_and_return(window, desk)
    page = window.get(f"/dossiers/{DOSSIER}/handback").text
    assert "办结之前打印" in page
    assert "卷内备考表" in page
