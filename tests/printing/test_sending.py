"""Papers on their way to a network printer: the bytes it gets, outages, crashes, what the ledger says."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from labels.printers.proof import picture, scan
from logistics.actor import Actor
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected
from logistics.rules import printing as rules
from logistics.services.papers import Wanted, fetch, printers, printing
from logistics.services.papers.printers import Machine
from logistics.store import printing as kept
from logistics.store.queues import Leased
from logistics.store.work import reading
from logistics.tables import Errand, LedgerEntry, PrintJob
from logistics.terms import ErrandKind, PrinterLanguage, Stage, Stock
from scheduler import outbox
from scheduler import printing as door
from scheduler.outcome import ForAPerson
from scheduler.patience import Patience
from tests.builders import House, dispatched, sealed
from tests.printing.conftest import Add
from tests.printing.machine import machine, reads_all

SHORT = Patience(first=10, longest=600, limit=2, unreadable_limit=2)
LEASE = 4.0


def run(hall: House, lease: float = LEASE) -> int:
    return outbox.once(hall.system, lease, 20, patience=SHORT)


def booked(hall: House) -> str:
    """An envelope with a waybill; nothing else is owed."""
    envelope = dispatched(hall)
    with hall.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET done_at = created_at")
        connection.exec_driver_sql(
            "UPDATE consignment SET stage = 'booked', waybill_no = '1117905575000', booked_at = sealed_at"
        )
    assert hall.consignment(envelope.no).stage is Stage.BOOKED
    return envelope.no


def said(hall: House, what: str) -> list[LedgerEntry]:
    with Session(hall.system.engine) as session:
        return list(session.exec(select(LedgerEntry).where(LedgerEntry.what == what).order_by(col(LedgerEntry.id))))


def jobs(hall: House, actor: Actor | None = None) -> list[kept.Job]:
    who = actor or hall.window
    with reading(hall.web.engine, who) as session:
        found = kept.jobs(session, who.agency_id or 0, hall.clock() - timedelta(days=1))
        session.expunge_all()
    return found


def send(hall: House, printer: int, no: str, kind: str = "label", **more: Any) -> dict[str, Any]:
    return printing.send(hall.web, hall.window, hall.command(), printer, [Wanted(no, kind)], **more)


@pytest.mark.parametrize(("language", "dpi"), [("zpl", 203), ("tspl", 300), ("cpcl", 203)])
def test_a_label_printer_gets_bytes_that_scan_as_the_waybill(hall: House, add: Add, language: str, dpi: int) -> None:
    no = booked(hall)
    with machine() as there:
        printer = add(there.port, PrinterLanguage(language), Stock.LABEL_TALL, dpi)
        paper = send(hall, printer, no)["papers"][0]
        assert run(hall) == 1
        (got,) = there.taken()
    codes = dict(scan(picture(language, got, 203 if dpi == 203 else 300)))
    assert codes["Code128"] == "1117905575000"
    assert codes["QRCode"].startswith(f"YD1|W|{no}|")
    (entry,) = said(hall, "paper:printed")
    assert entry.facts["sha256_sent"] == hashlib.sha256(got).hexdigest()
    assert (entry.facts["paper"], entry.facts["copy"], entry.facts["attempt"]) == (paper, 1, 1)
    assert entry.facts["printer"] == "1 号窗口"
    (job,) = jobs(hall)
    assert (job.state, job.row.content) == ("printed", None)


def test_a_strip_of_stickers_is_one_job_with_a_label_for_each_original(hall: House, add: Add) -> None:
    envelope = sealed(hall, 3)
    with machine() as there:
        send(hall, add(there.port, stock=Stock.STICKER), envelope.no, "stickers")
        run(hall)
        (got,) = there.taken()
    labels = [part + b"^XZ\n" for part in got.split(b"^XZ\n")[:-1]]
    found = [dict(scan(picture("zpl", one, 203)))["QRCode"] for one in labels]
    assert found == [f"YD1|Y|{code}|" for code in envelope.originals]
    row, content = fetch(hall.web, hall.window, f"{envelope.no}-Y01")
    assert row.kind == "stickers"
    assert content.startswith(b"%PDF-")


def test_copies_are_the_same_bytes_again_and_an_office_printer_gets_the_paper_itself(hall: House, add: Add) -> None:
    no = booked(hall)
    with machine() as there:
        printer = add(there.port, PrinterLanguage.PDF, Stock.SHEET)
        paper = send(hall, printer, no, "slip", copies=2)["papers"][0]
        run(hall)
        (got,) = there.taken()
    assert got == fetch(hall.web, hall.window, paper)[1] * 2
    assert said(hall, "paper:printed")[0].facts["copies"] == 2
    assert rules.counted(said(hall, "paper:printed"))[paper] == rules.Counted(sent=2)


def test_a_printer_that_is_off_is_tried_again_then_parked_and_nothing_is_lost(hall: House, add: Add) -> None:
    no = booked(hall)
    with machine() as there:
        port = there.port
    printer = add(port)
    job = send(hall, printer, no)["jobs"][0]
    assert run(hall) == 1
    (tried,) = jobs(hall)
    assert (tried.state, tried.errand and tried.errand.failures) == ("retrying", 1)
    assert tried.errand is not None
    assert "拒绝连接" in tried.errand.last_error
    hall.clock.advance(seconds=30)
    run(hall)
    assert jobs(hall)[0].state == "parked"
    assert said(hall, "paper:printed") == []
    with pytest.raises(NotYours):
        printing.retry(hall.web, hall.receiver, hall.command(), job)
    printing.retry(hall.web, hall.window, hall.command(), job)
    with machine() as there:
        with hall.system.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE printer SET port = {there.port}")
        run(hall)
        assert len(there.taken()) == 1
    assert jobs(hall)[0].state == "printed"
    assert said(hall, "paper:printed")[0].facts["attempt"] == 1  # a retry by a person begins anew


def test_a_job_whose_sender_died_before_recording_is_sent_again_and_the_ledger_says_so(
    hall: House, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = booked(hall)

    class Killed(BaseException):
        pass

    def dies(*_: object) -> None:
        raise Killed

    with machine() as there:
        send(hall, add(there.port), no)
        with monkeypatch.context() as patched:
            patched.setattr(printing, "record_printed", dies)
            with pytest.raises(Killed):
                run(hall)
        there.taken()
        assert run(hall) == 0, "the dead process still holds the lease"
        hall.clock.advance(seconds=LEASE)
        run(hall)
        first, second = there.taken()
    assert first == second
    (entry,) = said(hall, "paper:printed")
    assert entry.facts["attempt"] == 2
    assert "可能已经印出" in entry.why
    printing.record_printed(hall.system, jobs(hall)[0].row.id or 0, 3, "", "127.0.0.1")  # told twice
    assert len(said(hall, "paper:printed")) == 1


def test_a_printer_that_stops_reading_or_breaks_off_has_not_taken_the_job() -> None:
    over = threading.Event()

    def stalls(connection: socket.socket) -> bytes:
        over.wait(5)
        return connection.recv(1)

    with machine(stalls) as there:
        with pytest.raises(OSError, match="timed out"):
            door.deliver("127.0.0.1", there.port, bytes(40_000_000), 0.3)
        over.set()

    def breaks_off(connection: socket.socket) -> bytes:
        got = connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return got

    with machine(breaks_off) as there, pytest.raises(OSError, match=r"reset|broken|Broken"):
        door.deliver("127.0.0.1", there.port, bytes(40_000_000), 2)


def test_a_printer_that_keeps_the_line_open_or_talks_back_has_taken_the_job() -> None:
    def talks(connection: socket.socket) -> bytes:
        connection.sendall(b"status: ready\r\n" * 10)
        return reads_all(connection)

    with machine(talks) as there:
        door.deliver("127.0.0.1", there.port, b"^XA^XZ", 2)
        assert there.taken() == [b"^XA^XZ"]


def test_nothing_is_sent_outside_the_allowed_networks_whatever_the_row_says(hall: House, add: Add) -> None:
    send(hall, add(), booked(hall))
    narrow = replace(hall.system, printer_networks=rules.networks(rules.PRIVATE))
    outbox.once(narrow, LEASE, 5, patience=SHORT)
    (job,) = jobs(hall)
    assert job.state == "parked"
    assert job.errand is not None
    assert "不在允许打印的内网" in job.errand.last_error
    with hall.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE printer SET port = 22; UPDATE errand SET parked_at = NULL")
    leased = Leased(1, ErrandKind.PRINT, "", {"job": job.row.id}, None, None, 1, 0, hall.clock(), hall.clock())
    assert isinstance(door.print_paper(hall.system, leased, 1), ForAPerson)


def test_a_name_is_looked_up_and_judged_when_something_is_sent(
    hall: House, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    no, asked = booked(hall), []
    real = socket.getaddrinfo

    def name_server(host: str, *more: Any, **named: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if host == "label.hall.internal" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", name_server)
    with machine() as there:
        printer = add(there.port)
        with hall.system.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE printer SET host = 'label.hall.internal'")
        send(hall, printer, no)
        run(hall)
        there.taken()
    assert asked[0] == "label.hall.internal"
    assert said(hall, "paper:printed")[0].facts["host"] == "127.0.0.1"


def test_what_was_made_for_another_language_is_not_sent(hall: House, add: Add, keeper: Actor) -> None:
    printer = add()
    send(hall, printer, booked(hall))
    other = Machine("1 号窗口", PrinterLanguage.TSPL, 203, Stock.LABEL, "127.0.0.1")
    printers.change(hall.web, keeper, hall.command(), printer, other, active=True)
    run(hall)
    (job,) = jobs(hall)
    assert job.state == "parked"
    printing.drop(hall.web, hall.window, hall.command(), job.row.id or 0)
    assert jobs(hall)[0].state == "dropped"
    assert said(hall, "paper:print_dropped")[0].facts["paper"] == job.row.paper_no
    with pytest.raises(Rejected, match="already"):
        printing.retry(hall.web, hall.window, hall.command(), job.row.id or 0)


def test_a_printer_prints_what_its_paper_fits_for_its_own_rooms_while_it_is_on(
    hall: House, add: Add, keeper: Actor
) -> None:
    no, printer = booked(hall), add()
    with pytest.raises(Rejected, match="does not fit"):
        send(hall, printer, no, "slip")
    with pytest.raises(NotYours):
        printing.send(hall.web, hall.receiver, hall.command(), printer, [Wanted(no, "slip")])
    with pytest.raises(NotYours):
        printing.send(hall.web, keeper, hall.command(), printer, [Wanted(no, "label")])
    with pytest.raises(Malformed):
        send(hall, printer, no, copies=99)
    off = Machine("1 号窗口", PrinterLanguage.ZPL, 203, Stock.LABEL, "127.0.0.1")
    printers.change(hall.web, keeper, hall.command(), printer, off, active=False)
    with pytest.raises(Rejected, match="switched off"):
        send(hall, printer, no)
    with Session(hall.system.engine) as session:
        assert session.exec(select(PrintJob)).all() == []


def test_the_same_click_sends_once(hall: House, add: Add) -> None:
    no, printer = booked(hall), add()
    first = printing.send(hall.web, hall.window, "click", printer, [Wanted(no, "label")])
    assert printing.send(hall.web, hall.window, "click", printer, [Wanted(no, "label")]) == first
    assert len(hall.errands(kind=ErrandKind.PRINT)) == 1


def test_a_test_print_shows_the_printers_own_size_and_belongs_to_no_dossier(
    hall: House, add: Add, keeper: Actor
) -> None:
    sizes = {Stock.LABEL_SMALL: 130, Stock.LABEL: 150, Stock.LABEL_TALL: 180, Stock.SEAL: 50, Stock.STICKER: 40}
    with machine() as there:
        for stock in Stock:
            language = PrinterLanguage.PDF if stock is Stock.SHEET else PrinterLanguage.ZPL
            printer = add(there.port, language, stock, name=stock.value)
            printing.send_test(hall.web, keeper, hall.command(), printer)
            with pytest.raises(NotYours):
                printing.send_test(hall.web, hall.receiver, hall.command(), printer)
            run(hall)
            got = there.taken()[-1]
            if stock in sizes:
                shown = picture("zpl", got, 203)
                assert round(shown.height * 25.4 / 203) == sizes[stock]
                assert all("TEST" in text for _, text in scan(shown))
    assert {job.state for job in jobs(hall)} == {"printed"}
    assert said(hall, "paper:printed") == []


def test_a_test_print_is_no_other_agencys_to_see(hall: House, add: Add, keeper: Actor) -> None:
    printing.send_test(hall.web, keeper, hall.command(), add())
    assert jobs(hall, hall.receiver) == []
    with reading(hall.web.engine, hall.receiver) as session:
        assert session.exec(select(Errand).where(Errand.kind == ErrandKind.PRINT)).all() == []
    with reading(hall.web.engine, hall.window) as session:
        assert len(session.exec(select(Errand).where(Errand.kind == ErrandKind.PRINT)).all()) == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("host", {"host": "8.8.8.8"}),
        ("host", {"host": "169.254.169.254"}),
        ("host", {"host": "::ffff:8.8.8.8"}),
        ("host", {"host": "localhost"}),
        ("host", {"host": "http://10.0.0.1"}),
        ("host", {"host": "2130706433"}),
        ("host", {"host": "0x7f.1"}),
        ("port", {"port": 22}),
        ("port", {"port": 515}),
        ("dpi", {"dpi": 600}),
        ("stock", {"stock": Stock.SHEET}),
        ("name", {"name": " "}),
    ],
)
def test_a_printer_stands_in_a_private_network_on_a_printers_port(field: str, wrong: dict[str, Any]) -> None:
    good = asdict(Machine("2 号窗口", PrinterLanguage.ZPL, 203, Stock.LABEL, "10.1.2.3"))
    private = rules.networks(rules.PRIVATE)
    assert rules.faults(**good, allowed=private) == {}
    assert set(rules.faults(**{**good, **wrong}, allowed=private)) == {field}


def test_printers_are_kept_by_the_administrator_of_the_agency_or_above(hall: House, keeper: Actor, add: Add) -> None:
    good = Machine("2 号窗口", PrinterLanguage.ZPL, 203, Stock.LABEL, "127.0.0.1")
    with pytest.raises(NotAllowed):
        printers.add(hall.web, hall.window, hall.command(), hall.window.agency_id or 0, good)
    with pytest.raises(NotYours):
        printers.add(hall.web, keeper, hall.command(), hall.receiver.agency_id or 0, good)
    add()
    with pytest.raises(Malformed) as same:
        add()
    assert set(same.value.fields) == {"name"}


def test_the_newest_clock_of_a_job_keeps_the_order_of_the_click(hall: House, add: Add) -> None:
    no = booked(hall)
    with machine() as there:
        printer = add(there.port, PrinterLanguage.PDF, Stock.SHEET)
        wanted = [Wanted(no, "slip"), Wanted(no.rpartition("-")[0], "cover")]
        papers = printing.send(hall.web, hall.window, hall.command(), printer, wanted)["papers"]
        assert [paper.rpartition("-")[2] for paper in papers] == ["J01", "F01"]
        hall.clock.advance(seconds=1)
        run(hall)
    printed: list[datetime] = [entry.at for entry in said(hall, "paper:printed")]
    assert [entry.facts["paper"] for entry in said(hall, "paper:printed")] == papers
    assert printed == sorted(printed)
