"""The long work of importing an old ledger: reading every row without taking it over, and then taking over all or none.

Whoever does it holds a lease. A process that dies leaves what it had: nothing but a figure of progress; the next one
begins anew. Records are stored in one transaction with the word that they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from logistics import sheets
from logistics.actor import SYSTEM
from logistics.rules import old_ledgers as rules
from logistics.rules.old_ledgers import Doubles, Layout, Reader, Reading
from logistics.rules.workdays import china_date
from logistics.sheets import SheetError
from logistics.store import leases, telling
from logistics.store import old_ledgers as kept
from logistics.store.context import Context
from logistics.store.leases import Interrupted as Interrupted
from logistics.store.leases import Lease
from logistics.store.telling import Message
from logistics.store.work import Work, work
from logistics.tables import DirectoryAct, OldLedger, OldLedgerRemark, OldRecord
from logistics.terms import OldLedgerColumn as C
from logistics.terms import OldLedgerState as S
from logistics.terms import RowVerdict as V

BATCH = 500  # rows between two words about progress
LEASE = timedelta(minutes=2)  # renewed with every batch
SEALED = (C.APPLICANT, C.MATERIALS, C.SIGNER, C.HANDLER, C.REMARK)
TAKEN = (V.GOOD, V.WARNED)


KIND = "old_ledger"
"""Of the notices that say how long work ended."""


def _checked(row: OldLedger) -> tuple[str, str]:
    """What the dry run came to, in both languages."""
    good, warned, refused = row.good + row.warned, row.warned, row.refused
    zh = f"试导完了：可导入 {good} 行（其中 {warned} 行有提示），不能导入 {refused} 行。请看报告，再决定。"
    en = f"was tried: {good} rows can come in ({warned} with remarks), {refused} cannot. Read the report, then decide."
    return zh, en


@dataclass
class Run:
    """One import in hand."""

    ctx: Context
    held: Lease
    going_on: Callable[[], bool]

    def check(self) -> bool:
        """The dry run stands, with a remark for each row that is not simply good. False when it cannot be read."""
        readings = self._readings()
        if readings is None:
            return False
        counts = Counter(one.verdict for one in readings)
        with work(self.ctx, SYSTEM, "old_ledger_checked") as w:
            row = leases.still_ours(w.session, OldLedger, self.held)
            if row is None:
                raise Interrupted
            w.session.execute(delete(OldLedgerRemark).where(col(OldLedgerRemark.old_ledger_id) == row.id))
            for batch in kept.chunked([self._remark(row, one) for one in readings if one.remarks], BATCH):
                w.session.execute(insert(OldLedgerRemark), batch)
            row.good, row.warned, row.refused, row.left_out = (counts[one] for one in V)
            row.rows_done = row.rows_total = len(readings)
            row.state, row.checked_at, row.lease_until = S.CHECKED, w.now, None
            w.session.add(row)
            self._tell(w, row, *_checked(row))
        return True

    def take_over(self) -> bool:
        """All rows that may be taken over are records, in one transaction; or none is, and a dry run is owed anew
        because something changed since the last (False).
        """
        readings = self._readings()
        if readings is None:
            return False
        try:
            return self._take(readings)
        except IntegrityError:  # another import took over the same row meanwhile
            self._look_anew()
            return False

    def _take(self, readings: Sequence[Reading]) -> bool:
        with work(self.ctx, SYSTEM, "old_ledger_imported") as w:
            row = leases.still_ours(w.session, OldLedger, self.held)
            if row is None:
                raise Interrupted
            counts = Counter(one.verdict for one in readings)
            if tuple(counts[one] for one in V) != (row.good, row.warned, row.refused, row.left_out):
                self._say_anew(row)
                w.session.add(row)
                return False
            taken = [self._record(row, one) for one in readings if one.verdict in TAKEN]
            for batch in kept.chunked(taken, BATCH):
                w.session.execute(insert(OldRecord), batch)
            row.state, row.imported_at, row.lease_until = S.IMPORTED, w.now, None
            row.rows_done = row.rows_total
            w.session.add(row)
            data: dict[str, Any] = {"rows": len(taken), "refused": row.refused, "good_only": row.good_only}
            self._act(w.session, row, data)
            self._tell(w, row, f"已导入，共 {len(taken)} 行。", f"is taken over: {len(taken)} rows.")
        return True

    def _act(self, session: Session, row: OldLedger, data: dict[str, Any]) -> None:
        session.add(
            DirectoryAct(
                agency_id=row.agency_id,
                officer_id=row.confirmed_by or row.uploaded_by,
                subject=kept.subject(row.id or 0),
                verb="old_ledger_imported",
                data=data,
                at=self.ctx.clock(),
            )
        )

    def _look_anew(self) -> None:
        with work(self.ctx, SYSTEM, "old_ledger_changed") as w:
            row = leases.still_ours(w.session, OldLedger, self.held)
            if row is not None:
                self._say_anew(row)
                w.session.add(row)

    def _say_anew(self, row: OldLedger) -> None:
        row.state, row.rows_done, row.lease_until = S.CHECKING, 0, None
        row.fault = {
            "zh": "试导之后，系统里的记录有了变化，所以一行也没有导入。正在重新试导，请看过新的报告再确认。",
            "en": "Records changed since the dry run, so nothing was imported. It is tried anew; read the new report.",
        }

    def _readings(self) -> list[Reading] | None:
        """Every row as it reads now; None when the file cannot be read by its mapping, which is said on it."""
        with Session(self.ctx.engine) as session:
            row = kept.by_id(session, self.held.id)
        try:
            reader = self._reader(row)
        except SheetError as why:
            self.give_back(why.zh, why.en)
            return None
        found: list[Reading] = []
        total = len(reader.rows)
        self._say(0, total)
        for batch in self._batches(row, reader):
            found += batch
            self._say(len(found), total)
        return found

    def _reader(self, row: OldLedger) -> Reader:
        book = sheets.read(self.ctx.files.get(row.sha256), row.file_name)
        layout = Layout.of(row.mapping)
        sheet = book.sheets[layout.sheet]
        today: date = china_date(self.ctx.clock())
        return Reader(
            sheet.spread() if layout.spread else sheet, layout, today, book.since_1904, from_text=bool(book.encoding)
        )

    def _batches(self, row: OldLedger, reader: Reader) -> Iterator[list[Reading]]:
        doubles, rows = Doubles(), reader.rows
        for batch in kept.chunked(rows, BATCH):
            yield self._compared(row, [doubles.look(reader.read(one)) for one in batch])

    def _compared(self, row: OldLedger, readings: list[Reading]) -> list[Reading]:
        """The rows with what stands against them among what the agency has already."""
        digests = {one.number: self._digest(one) for one in readings if one.verdict in TAKEN}
        numbers = [
            {one.values[column] for one in readings if column in one.values} for column in (C.WAYBILL, C.CASE_NO)
        ]
        with Session(self.ctx.engine) as session:
            there = kept.there(session, row.agency_id, digests.values(), *numbers)
        return [self._against(one, digests.get(one.number, ""), there) for one in readings]

    def _against(self, one: Reading, digest: str, there: kept.There) -> Reading:
        more = []
        if digest in there.records:
            more.append(rules.already_there(*there.records[digest]))
        waybill, case = one.values.get(C.WAYBILL, ""), one.values.get(C.CASE_NO, "")
        if waybill in there.by_waybill:
            more.append(rules.carried_here(there.by_waybill[waybill]))
        elif case in there.by_case:
            more.append(rules.case_here(there.by_case[case]))
        return one.with_remarks(more) if more else one

    def _digest(self, one: Reading) -> str:
        return self.ctx.keyring.digest(rules.content(one.values), "old_record")

    def _say(self, done: int, total: int) -> None:
        until = self.ctx.clock() + LEASE
        self.held = leases.go_on(self.ctx.engine, OldLedger, self.held, self.going_on, until, done, total)

    def give_back(self, zh: str, en: str) -> None:
        """The import waits for a person, who is told why."""
        with work(self.ctx, SYSTEM, "old_ledger_unreadable") as w:
            row = leases.still_ours(w.session, OldLedger, self.held)
            if row is not None:
                row.state, row.lease_until, row.fault = S.MAPPING, None, {"zh": zh, "en": en}
                w.session.add(row)
                self._tell(w, row, f"没有读完，什么也没有导入。{zh}", f"was not read to its end; nothing came in. {en}")

    def _tell(self, w: Work, row: OldLedger, zh: str, en: str) -> None:
        """Whoever waits for it has it in the inbox, and where they are reached outside; no file's name leaves."""
        day = china_date(row.uploaded_at)
        words_zh, words_en = f"{day.month}月{day.day}日上传的台账{zh}", f"The old ledger uploaded on {day} {en}"
        message = Message(f"old_ledger:{row.id}:{w.now.isoformat()}", KIND, words_zh, words_en)
        telling.tell_of(w, f"/old-ledgers/{row.id}", kept.started_by(w.session, row), message)

    def _remark(self, row: OldLedger, one: Reading) -> dict[str, Any]:
        plain = [
            {
                "column": remark.column.value if remark.column else "",
                "zh": str(remark.said),
                "en": remark.said.en,
                "refuses": remark.refuses,
            }
            for remark in one.remarks
        ]
        place = kept.remark_place(row.id or 0, one.number)
        sealed = self.ctx.keyring.seal(json.dumps(plain, ensure_ascii=False), place)
        belongs = {"agency_id": row.agency_id, "old_ledger_id": row.id, "row_no": one.number}
        return {**belongs, "verdict": one.verdict, "words_sealed": sealed}

    def _record(self, row: OldLedger, one: Reading) -> dict[str, Any]:
        values = one.values
        words = json.dumps({column.value: values[column] for column in SEALED if column in values}, ensure_ascii=False)
        sent, signed = values.get(C.SENT_ON), values.get(C.SIGNED_ON)
        return {
            "agency_id": row.agency_id,
            "old_ledger_id": row.id,
            "row_no": one.number,
            "row_digest": self._digest(one),
            "case_no": values.get(C.CASE_NO, ""),
            "waybill_no": values.get(C.WAYBILL, ""),
            "courier": values.get(C.COURIER, ""),
            "item": values.get(C.ITEM, ""),
            "receiver": values.get(C.RECEIVER, ""),
            "count": int(values[C.COUNT]) if C.COUNT in values else None,
            "sent_on": date.fromisoformat(sent) if sent else None,
            "signed_on": date.fromisoformat(signed) if signed else None,
            "words_sealed": self.ctx.keyring.seal(words, kept.record_place(row.id or 0, one.number)),
        }
