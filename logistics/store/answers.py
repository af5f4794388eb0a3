"""Notices of differences and the answers to them, at rest."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlmodel import Session, col, func, select

from logistics.decision import Fact
from logistics.rules import answering
from logistics.rules.policies import Leg
from logistics.rules.spoken import moment
from logistics.store import telling
from logistics.store.telling import Message
from logistics.store.work import Work
from logistics.tables import Consignment, Deadline, Discrepancy, DiscrepancyAnswer, Dossier
from logistics.terms import zh

KIND = "difference"


def notify(w: Work, dossier: Dossier, consignment: Consignment) -> None:
    """Each difference that this verb opened about the envelope stands as notified to whoever packed it: the ledger says
    so, the clock of their answer runs, and their desk has been told of all of them at once.
    """
    new = select(Discrepancy).where(Discrepancy.consignment_id == consignment.id, Discrepancy.opened_at == w.now)
    asked = {
        clock.id: (row, clock)
        for row in w.session.exec(new.order_by(col(Discrepancy.id))).all()
        if answering.is_owed(row.kind, consignment.from_agency_id, w.actor.agency_id)
        and (clock := _notified(w, dossier, consignment, row)) is not None
    }
    if not asked:
        return
    rows, first = [row for row, _ in asked.values()], min((clock for _, clock in asked.values()), key=_due)
    notes, (until, until_en) = "；".join(row.note for row in rows), moment(first.due_at)
    message = Message(
        f"difference:{rows[0].id}:notified",
        KIND,
        f"专档 {dossier.no} 拆封核出 {len(rows)} 项差异：{notes}。请于 {until} 前答复。",
        f"Dossier {dossier.no}: {len(rows)} difference(s) found at the opening; an answer is owed by {until_en}.",
        first.id,
    )
    telling.tell(w, dossier, telling.desk(w.session, dossier, consignment.from_agency_id), message)


def _notified(w: Work, dossier: Dossier, consignment: Consignment, row: Discrepancy) -> Deadline | None:
    """The clock that the notice started; None for a difference that an earlier act at the same instant opened."""
    clock_key = f"{Leg.NOTICE_TO_ANSWER.value}/{row.key}"
    standing = select(Deadline).where(Deadline.dossier_id == dossier.id, Deadline.key == clock_key)
    if w.session.exec(standing).first() is not None:
        return None
    data = {"key": row.key, "kind": row.kind.value, "addressee": consignment.from_agency_id}
    w.record(dossier, Fact("discrepancy:notified", row.note, {**data, "consignment": consignment.no}), consignment)
    return w.session.exec(standing).one()


def _due(clock: Deadline) -> datetime:
    return clock.due_at


def add(w: Work, dossier: Dossier, row: Discrepancy, answer: DiscrepancyAnswer) -> None:
    """The answer stands behind those before it and in the ledger, its clock has stopped, whoever found it was told."""
    last = select(func.max(DiscrepancyAnswer.seq)).where(DiscrepancyAnswer.discrepancy_id == row.id)
    answer.seq = (w.session.exec(last).one() or 0) + 1
    w.session.add(answer)
    w.session.flush()
    data = {"key": row.key, "kind": row.kind.value, "seq": answer.seq, "cause": answer.cause.value}
    w.record(dossier, Fact("discrepancy:answered", answer.words, data))
    message = Message(
        f"difference:{row.id}:answered:{answer.seq}",
        KIND,
        f"专档 {dossier.no} 的差异（{zh(row.kind)}）已答复：{answer.words}。请核实后了结。",
        f"Dossier {dossier.no}: the difference has been answered. Look at it and settle it.",
    )
    telling.tell(w, dossier, telling.desk(w.session, dossier, _finder(dossier, answer.agency_id)), message)


def _finder(dossier: Dossier, packer: int) -> int:
    """The other party."""
    return dossier.receiver_agency_id if packer == dossier.sender_agency_id else dossier.sender_agency_id


def by_difference(session: Session, dossier_id: int | None) -> dict[int, list[DiscrepancyAnswer]]:
    """Every answer about the dossier by its difference, oldest first."""
    found: dict[int, list[DiscrepancyAnswer]] = {}
    rows = select(DiscrepancyAnswer).where(DiscrepancyAnswer.dossier_id == cast(int, dossier_id))
    for row in session.exec(rows.order_by(col(DiscrepancyAnswer.id))):
        found.setdefault(row.discrepancy_id, []).append(row)
    return found
