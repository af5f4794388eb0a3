"""An old ledger on its way into the house: nothing is taken over before somebody said so, and then all or nothing."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, func, select

from logistics.errors import Malformed, NotAllowed, NotYours, Rejected
from logistics.rules.old_ledgers import Layout, Reader
from logistics.services import notices
from logistics.services import old_ledgers as verbs
from logistics.services.old_ledger_runs import Interrupted, Run
from logistics.sheets import SheetError
from logistics.store import old_ledgers as kept
from logistics.store.people import notices_of, unread_of
from logistics.store.work import reading
from logistics.tables import Consignment, Dossier, Notice, OldLedger, OldRecord
from logistics.terms import OldLedgerColumn as C
from logistics.terms import OldLedgerState as S
from logistics.terms import RowVerdict
from scheduler import old_ledgers as scheduler
from tests.builders import House, dispatched, opened
from tests.journeys.town import wait_until
from tests.services import importing
from tests.sheets.made import Given, workbook

HEADINGS = ["寄出日期", "办件编号", "申请人", "EMS单号", "件数", "签收日期", "备注"]
COLUMNS = {C.SENT_ON: 0, C.CASE_NO: 1, C.APPLICANT: 2, C.WAYBILL: 3, C.COUNT: 4, C.SIGNED_ON: 5, C.REMARK: 6}
LAYOUT = Layout(0, 1, COLUMNS)
BROKEN = (",".join(HEADINGS) + "\n" + "2025-03-05,OLD-1,王,11,1,,\n" * 30 + 'x,"没有关上\n').encode("gb18030")
"""A table whose quotation marks do not match, beyond the first rows that an upload looks at."""


def line(number: int, **more: Given) -> list[Given]:
    sent = date(2025, 3, 5) + timedelta(days=number % 300)
    given: dict[str, Given] = {"sent": sent, "case": f"OLD-{number}", "name": "王小明", "waybill": f"11{number:011}"}
    given |= {"count": 2, "signed": sent + timedelta(days=3), "remark": ""} | more
    return list(given.values())


def file(rows: Sequence[Sequence[Given]]) -> bytes:
    return workbook([HEADINGS, *rows])


def uploaded(hall: House, rows: Sequence[Sequence[Given]], name: str = "2025台账.xlsx") -> int:
    return int(verbs.upload(hall.web, hall.manager, hall.command(), file(rows), name)["old_ledger"])


def checked(hall: House, rows: Sequence[Sequence[Given]], layout: Layout = LAYOUT) -> int:
    ledger = uploaded(hall, rows)
    verbs.order_check(hall.web, hall.manager, hall.command(), ledger, layout)
    scheduler.once(hall.system)
    return ledger


def imported(hall: House, rows: Sequence[Sequence[Given]]) -> int:
    ledger = checked(hall, rows)
    verbs.confirm(hall.web, hall.manager, hall.command(), ledger, False)
    assert scheduler.once(hall.system) == 1
    return ledger


def row_of(hall: House, ledger: int) -> OldLedger:
    with Session(hall.system.engine) as session:
        return session.get_one(OldLedger, ledger)


def records(hall: House) -> int:
    with Session(hall.system.engine) as session:
        return session.exec(select(func.count()).select_from(OldRecord)).one()


def said(hall: House, ledger: int) -> dict[int, str]:
    with reading(hall.web.engine, hall.manager) as session:
        found = kept.remarks(session, hall.web.keyring, ledger, list(RowVerdict), 0, 100)
        return {one.row_no: " ".join(str(words) for _, words, _ in one.remarks) for one in found}


def test_a_dry_run_takes_nothing_over_and_says_of_each_row_what_is_wrong(hall: House) -> None:
    rows = [line(1), line(2, sent="3/5/2025"), line(3, waybill=""), ["合计", None, None, None, 6], line(1)]
    ledger = checked(hall, rows)
    row = row_of(hall, ledger)
    assert (row.state, row.good, row.refused, row.left_out) == (S.CHECKED, 2, 2, 1)
    assert (row.rows_done, row.rows_total) == (5, 5)
    assert records(hall) == 0
    remarks = said(hall, ledger)
    assert set(remarks) == {3, 5, 6}
    assert "看不出" in remarks[3]
    assert "第 2 行完全相同" in remarks[6]


def test_refused_rows_hold_up_all_until_somebody_chooses_only_the_good_ones(hall: House) -> None:
    ledger = checked(hall, [line(1), line(2, count="若干")])
    with pytest.raises(Rejected, match="1 rows are refused") as refused:
        verbs.confirm(hall.web, hall.manager, hall.command(), ledger, False)
    assert refused.value.rule == "refused_rows"
    verbs.confirm(hall.web, hall.manager, hall.command(), ledger, True)
    scheduler.once(hall.system)
    row = row_of(hall, ledger)
    assert (row.state, row.good_only, records(hall)) == (S.IMPORTED, True, 1)
    with reading(hall.web.engine, hall.manager) as session:
        acts = [(act.verb.removeprefix("old_ledger_"), act.data) for act, _ in kept.acts(session, ledger)]
    assert [verb for verb, _ in acts] == ["upload", "check", "confirm", "imported"]
    assert acts[-1][1] == {"rows": 1, "refused": 1, "good_only": True}


def test_a_record_is_found_by_its_numbers_shows_its_source_and_keeps_persons_sealed(hall: House) -> None:
    ledger = imported(hall, [line(1, remark="加急")])
    with reading(hall.web.engine, hall.window) as session:
        for number in ("OLD-1", " 1100000000001 "):
            found = kept.by_number(session, number)
            assert found is not None
        shown = kept.shown(session, hall.web.keyring, found or 0)
        assert kept.by_number(session, "OLD-9") is None
        plain = session.execute(text("SELECT to_jsonb(r)::text FROM old_record r")).scalar_one()
    assert shown.words == {C.APPLICANT: "王小明", C.REMARK: "加急"}
    assert (shown.ledger.id, shown.record.row_no, shown.ledger.sha256) == (ledger, 2, row_of(hall, ledger).sha256)
    assert "王小明" not in plain
    assert "加急" not in plain
    with reading(hall.web.engine, hall.receiver) as session:
        assert kept.by_number(session, "OLD-1") is None
        with pytest.raises(NotYours):
            kept.shown(session, hall.web.keyring, found or 0)


def test_the_same_file_is_known_and_its_rows_are_not_taken_over_twice(hall: House) -> None:
    content = file([line(1), line(2)])
    ledger = verbs.upload(hall.web, hall.manager, hall.command(), content, "2025台账.xlsx")["old_ledger"]
    again = verbs.upload(hall.web, hall.manager, hall.command(), content, "改名.xlsx")
    assert again == {"old_ledger": ledger, "known": True}
    verbs.order_check(hall.web, hall.manager, hall.command(), ledger, LAYOUT)
    scheduler.once(hall.system)
    verbs.confirm(hall.web, hall.manager, hall.command(), ledger, False)
    scheduler.once(hall.system)
    second = verbs.upload(hall.web, hall.manager, hall.command(), content, "改名.xlsx")
    assert second["known"]
    assert row_of(hall, second["old_ledger"]).same_as == ledger
    verbs.order_check(hall.web, hall.manager, hall.command(), second["old_ledger"], LAYOUT)
    scheduler.once(hall.system)
    assert row_of(hall, second["old_ledger"]).refused == 2
    assert "2025台账.xlsx" in said(hall, second["old_ledger"])[2]
    with pytest.raises(Rejected) as refused:
        verbs.confirm(hall.web, hall.manager, hall.command(), second["old_ledger"], True)
    assert refused.value.rule == "nothing_good"


def test_what_the_system_carried_itself_is_refused_and_its_case_remarked(hall: House) -> None:
    envelope = dispatched(hall)
    no = opened(hall, "OLD-5")
    with Session(hall.system.engine) as session, session.begin():
        session.exec(select(Consignment).where(Consignment.no == envelope.no)).one().waybill_no = "1100000000004"
    ledger = checked(hall, [line(4), line(5)])
    remarks = said(hall, ledger)
    assert envelope.dossier_no in remarks[2]
    assert no in remarks[3]
    assert (row_of(hall, ledger).refused, row_of(hall, ledger).warned) == (1, 1)


def test_what_changed_since_the_dry_run_stops_the_import_and_is_tried_anew(hall: House) -> None:
    first, second = checked(hall, [line(1), line(2)]), checked(hall, [line(2), line(3)])
    for ledger in (first, second):
        verbs.confirm(hall.web, hall.manager, hall.command(), ledger, False)
    assert scheduler.once(hall.system) >= 2
    row = row_of(hall, second)
    assert (row_of(hall, first).state, row.state) == (S.IMPORTED, S.CHECKED)
    assert "有了变化" in row.fault["zh"]
    assert (row.good, row.refused, records(hall)) == (1, 1, 2)


def test_an_import_is_taken_back_by_marking_while_nothing_stands_on_it(hall: House) -> None:
    ledger = imported(hall, [line(1), line(2)])
    with pytest.raises(Malformed):
        verbs.withdraw(hall.web, hall.manager, hall.command(), ledger, " ")
    opened(hall, "OLD-2")
    with pytest.raises(Rejected) as refused:
        verbs.withdraw(hall.web, hall.manager, hall.command(), ledger, "列对错了")
    assert refused.value.rule == "built_on"
    other = imported(hall, [line(7)])
    command = hall.command()
    assert verbs.withdraw(hall.web, hall.manager, command, other, "列对错了")["rows"] == 1
    assert verbs.withdraw(hall.web, hall.manager, command, other, "列对错了")["rows"] == 1
    assert records(hall) == 3
    with reading(hall.web.engine, hall.manager) as session:
        assert kept.by_number(session, "OLD-7") is None
    assert imported(hall, [line(7)]) != other


def test_a_mapping_is_kept_under_its_name_for_the_next_file(hall: House) -> None:
    ledger = uploaded(hall, [line(1)])
    for name in ("老系统导出", "老系统导出"):
        verbs.order_check(hall.web, hall.manager, hall.command(), ledger, LAYOUT, name)
        verbs.map_again(hall.web, hall.manager, hall.command(), ledger)
    with reading(hall.web.engine, hall.manager) as session:
        saved = kept.mappings(session, hall.manager.agency_id or 0)
    assert [(one.name, one.headings["waybill"]) for one in saved] == [("老系统导出", "EMS单号")]


def test_who_may_import_and_what_is_refused_at_the_door(hall: House) -> None:
    with pytest.raises(NotAllowed):
        verbs.upload(hall.web, hall.window, hall.command(), file([line(1)]), "a.xlsx")
    with pytest.raises(SheetError):
        verbs.upload(hall.web, hall.manager, hall.command(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls")
    ledger = uploaded(hall, [line(1)])
    with pytest.raises(Malformed) as wrong:
        verbs.order_check(hall.web, hall.manager, hall.command(), ledger, Layout(0, 1, {C.REMARK: 0}))
    assert "case_no" in wrong.value.fields
    elsewhere = replace(hall.manager, agency_id=hall.receiver.agency_id)
    with pytest.raises(NotYours):
        verbs.drop(hall.web, elsewhere, hall.command(), ledger)
    verbs.drop(hall.web, hall.manager, hall.command(), ledger)
    with pytest.raises(Rejected) as late:
        verbs.order_check(hall.web, hall.manager, hall.command(), ledger, LAYOUT)
    assert late.value.rule == "state"


def test_a_file_that_breaks_further_down_comes_back_to_its_uploader(hall: House) -> None:
    made = verbs.upload(hall.web, hall.manager, hall.command(), BROKEN, "老.csv")
    verbs.order_check(hall.web, hall.manager, hall.command(), made["old_ledger"], LAYOUT)
    scheduler.once(hall.system)
    row = row_of(hall, made["old_ledger"])
    assert row.state is S.MAPPING
    assert "引号" in row.fault["zh"]
    with reading(hall.web.engine, hall.manager) as session:
        assert [one.id for one in kept.waiting_for(session, hall.manager)] == [row.id]


def test_long_work_shows_how_far_it_is_stops_when_told_and_goes_on(hall: House) -> None:
    ledger = uploaded(hall, [line(number) for number in range(1200)])
    verbs.order_check(hall.web, hall.manager, hall.command(), ledger, LAYOUT)
    asked: list[int] = []

    def going_on() -> bool:
        asked.append(row_of(hall, ledger).rows_done)
        return len(asked) < 5

    assert scheduler.once(hall.system, going_on=going_on) == 0
    assert asked[3:5] == [500, 1000]
    row = row_of(hall, ledger)
    assert (row.state, row.rows_total, row.lease_until) == (S.CHECKING, 1200, None)
    assert scheduler.once(hall.system) == 1
    assert row_of(hall, ledger).good == 1200


def test_two_processes_never_do_the_same_import(hall: House) -> None:
    ledger = checked(hall, [line(1), line(2)])
    verbs.confirm(hall.web, hall.manager, hall.command(), ledger, False)
    held = kept.claim(hall.system.engine, hall.clock(), timedelta(minutes=2))
    assert held is not None
    assert scheduler.once(hall.system) == 0
    hall.clock.advance(minutes=3)
    assert scheduler.once(hall.system) == 1
    with pytest.raises(Interrupted):  # the sleeper wakes: its lease is another's
        Run(hall.system, held, lambda: True).take_over()
    assert records(hall) == 2


def test_what_dies_in_the_middle_takes_nothing_over_and_the_next_process_everything(hall: House) -> None:
    ledger = checked(hall, [line(number) for number in range(1200)])
    verbs.confirm(hall.web, hall.manager, hall.command(), ledger, False)
    stored: list[str] = []

    def cut_off(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """As the server sees a process that was killed: its connection is gone between two batches of rows."""
        if statement.startswith("INSERT INTO old_record"):
            stored.append(statement)
            if len(stored) == 2:
                connection.connection.dbapi_connection.close()

    event.listen(hall.system.engine, "before_cursor_execute", cut_off)
    with pytest.raises(OperationalError):
        scheduler.once(hall.system)
    event.remove(hall.system.engine, "before_cursor_execute", cut_off)
    assert (len(stored), records(hall), row_of(hall, ledger).state) == (2, 0, S.IMPORTING)
    assert scheduler.once(hall.system) == 0  # the dead one's lease still stands
    hall.clock.advance(minutes=3)
    assert scheduler.once(hall.system) == 1
    assert (row_of(hall, ledger).state, records(hall)) == (S.IMPORTED, 1200)


@contextmanager
def killed_at(hall: House, folder: Path, statement: str, times: int) -> Iterator[None]:
    """A scheduler in a process of its own took up what was due and was killed by SIGKILL when it had sent the statement
    so often and had not committed. Afterwards another one goes on.
    """
    url = hall.system.engine.url.render_as_string(hide_password=False)
    given = pickle.dumps((url, str(folder), hall.system.keyring, hall.clock(), statement, times))
    command = [sys.executable, "-m", importing.__name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(given)
        process.stdin.close()
        assert process.stdout.readline().endswith(importing.STOPPED)
        process.kill()
        assert process.wait() == -signal.SIGKILL
    yield
    hall.clock.advance(minutes=3)  # until the dead one's lease is over
    wait_until(lambda: scheduler.once(hall.system) == 1, 10, "the server has noticed that the process is gone")


def test_a_process_killed_in_the_middle_leaves_nothing_half_done_and_the_next_one_brings_it_to_its_end(
    hall: House, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    rows = [line(number, **({"count": "若干"} if number % 2 else {})) for number in range(1010)]
    ledger = uploaded(hall, rows)
    verbs.order_check(hall.web, hall.manager, hall.command(), ledger, LAYOUT)
    with killed_at(hall, files, "INSERT INTO old_ledger_remark", 2):
        row = row_of(hall, ledger)
        assert (row.state, row.good, row.refused, said(hall, ledger)) == (S.CHECKING, 0, 0, {})
    row = row_of(hall, ledger)
    assert (row.state, row.good, row.refused) == (S.CHECKED, 505, 505)
    verbs.confirm(hall.web, hall.manager, hall.command(), ledger, True)
    with killed_at(hall, files, "INSERT INTO old_record", 2):
        assert (row_of(hall, ledger).state, records(hall)) == (S.IMPORTING, 0)
    assert (row_of(hall, ledger).state, records(hall)) == (S.IMPORTED, 505)
    with reading(hall.web.engine, hall.manager) as session:
        acts = [act.verb for act, _ in kept.acts(session, ledger)]
        told = [notice.zh for notice, no in notices_of(session, hall.manager) if no == ""]
    assert acts.count("old_ledger_imported") == 1
    assert ["试导完了" in one for one in told] == [False, True]  # each end is told once, whoever died before


def test_whoever_started_an_import_is_told_how_it_ended_in_the_inbox(hall: House) -> None:
    ledger = uploaded(hall, [line(1), line(2, count="若干")], "王小明的台账.xlsx")
    verbs.order_check(hall.web, hall.manager, hall.command(), ledger, LAYOUT)
    scheduler.once(hall.system)
    broken = verbs.upload(hall.web, hall.manager, hall.command(), BROKEN, "坏.csv")["old_ledger"]
    verbs.order_check(hall.web, hall.manager, hall.command(), broken, LAYOUT)
    scheduler.once(hall.system)
    with reading(hall.web.engine, hall.manager) as session:
        told = notices_of(session, hall.manager)
        unread = unread_of(session, hall.manager)
    assert [(one.kind, one.address, no) for one, no in told] == [
        ("old_ledger", f"/old-ledgers/{broken}", ""), ("old_ledger", f"/old-ledgers/{ledger}", ""),
    ]  # fmt: skip
    assert unread == {"old_ledger": 2}
    assert "没有读完，什么也没有导入" in told[0][0].zh
    assert "可导入 1 行" in told[1][0].zh
    assert "王小明" not in "".join(one.zh + one.en for one, _no in told)
    with Session(hall.system.engine) as session:
        assert session.exec(select(func.count()).select_from(Notice)).one() == 2  # nobody else was told
    assert notices.acknowledge_all(hall.web, hall.manager, [cast(int, one.id) for one, _no in told]) == 2
    with reading(hall.web.engine, hall.manager) as session:
        assert notices_of(session, hall.manager) == []


def test_a_fault_of_ours_gives_the_file_back_and_is_not_met_again(hall: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = uploaded(hall, [line(1)])
    with pytest.raises(NotYours):
        verbs.order_check(hall.web, hall.manager, hall.command(), ledger, Layout(7, 1, COLUMNS))
    verbs.order_check(hall.web, hall.manager, hall.command(), ledger, LAYOUT)

    def faulty(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Reader, "read", faulty)
    assert scheduler.once(hall.system) == 0
    assert (row_of(hall, ledger).state, records(hall)) == (S.MAPPING, 0)
    assert "没能读完" in row_of(hall, ledger).fault["zh"]


def test_records_are_in_no_table_that_figures_are_reckoned_from(hall: House) -> None:
    with Session(hall.system.engine) as session:
        before = session.exec(select(func.count(col(Dossier.id)))).one()
    imported(hall, [line(1)])
    with Session(hall.system.engine) as session:
        assert session.exec(select(func.count(col(Dossier.id)))).one() == before
