"""What waits for whom: the lists of the workbench. What managers ask is in `store.oversight`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from logistics.actor import Actor
from logistics.rules import reporting
from logistics.rules.lateness import Reading
from logistics.rules.workdays import china_date
from logistics.store import consents, deadlines, inquiry, inside, old_ledgers, report_orders, supervision
from logistics.store.oversight import Late, late
from logistics.tables import (
    Consignment,
    Custody,
    Deadline,
    Discrepancy,
    Dossier,
    Errand,
    Original,
    Packed,
    ServiceItem,
)
from logistics.terms import Direction, Outcome, Role, Stage

__all__ = ["Item", "Late", "Queue", "late", "waiting"]

LIMIT = 200

REPORTS = "reports"
"""The queue whose items are reports; what each is of, the page says in the reader's words."""


@dataclass(frozen=True)
class Item:
    """One thing that waits: `since` when it began to; of the nearest deadline that runs, if there is one, `due_at`, how
    it stands, and whether its year has no notice yet. `quoted`: the title is a sentence kept in Chinese.
    """

    dossier_no: str
    title: str
    since: datetime
    due_at: datetime | None
    late: bool
    link: str
    reading: Reading | None = None
    provisional: bool = False
    quoted: bool = False


@dataclass(frozen=True)
class Queue:
    """A list of one kind of work; `state` is quiet, moving, attention or late. Oldest and late items come first."""

    key: str
    title_zh: str
    title_en: str
    state: str
    items: Sequence[Item]


def waiting(session: Session, actor: Actor, now: datetime) -> list[Queue]:
    """What waits for this officer, by their roles, each queue with late and oldest first; empty queues are left out."""
    queues: list[Queue | _Draft] = []
    if Role.WINDOW in actor.roles:
        queues += [
            _to_pack(session, actor, now),
            _at_stage(session, actor, now, "packing", "待封装", "To seal", Stage.PACKING),
            _at_stage(session, actor, now, "sealed", "待寄出", "To dispatch", Stage.SEALED),
            _coming(session, actor, now, Direction.RETURN),
            _to_close(session, actor, now),
        ]
    if Role.RECEIVER in actor.roles:
        queues += [
            _coming(session, actor, now, Direction.OUTBOUND),
            _half_checked(session, actor, now),
            _to_decide(session, actor, now),
            _to_return(session, actor, now),
        ]
        if Role.WINDOW not in actor.roles:
            queues += [
                _at_stage(session, actor, now, "packing", "待封装", "To seal", Stage.PACKING),
                _at_stage(session, actor, now, "sealed", "待寄出", "To dispatch", Stage.SEALED),
            ]
    if actor.roles & {Role.WINDOW, Role.RECEIVER, Role.MANAGER}:
        queues += [
            _orders(
                now, "supervision_owed", "督办，等我签收答复", "Orders to answer", supervision.to_answer(session, actor)
            ),
            _orders(
                now,
                "supervision_told",
                "督办，等我审定答复",
                "Answers to decide",
                supervision.to_decide(session, actor),
            ),
        ]
        queues.append(_differences(session, now))
        queues.append(_not_received(session, actor, now))
    queues.append(_to_take(session, actor))
    if actor.roles & {Role.MANAGER, Role.ADMINISTRATOR}:
        queues.append(_parked(session, now))
        queues.append(_old_ledgers(session, actor))
        queues.append(_reports(session, actor))
    if Role.ADMINISTRATOR in actor.roles:
        queues.append(_agreements(session, actor, now))
    return [queue for queue in _with_clocks(session, actor, now, queues) if queue.items]


def _nearest(session: Session, dossiers: Iterable[int], actor: Actor) -> dict[int, Deadline]:
    """The nearest running deadline of each dossier that the reader's own agencies must keep."""
    rows = session.scalars(
        select(Deadline)
        .where(col(Deadline.dossier_id).in_(list(dossiers)))
        .where(deadlines.RUNS, col(Deadline.owner_agency_id).in_(actor.agencies))
        .order_by(col(Deadline.due_at).desc(), col(Deadline.id).desc())
    )
    return {row.dossier_id: row for row in rows}


Line = tuple[int, str, str, datetime, str]
"""Dossier id, dossier number, title, since, link."""


@dataclass(frozen=True)
class _Draft:
    """A queue whose clocks are not looked up yet: for all queues of a page that is one question."""

    key: str
    title_zh: str
    title_en: str
    lines: Sequence[Line]
    calm: str = "moving"


def _with_clocks(session: Session, actor: Actor, now: datetime, queues: Sequence[Queue | _Draft]) -> list[Queue]:
    dossiers = {line[0] for queue in queues if isinstance(queue, _Draft) for line in queue.lines}
    due = _nearest(session, dossiers, actor) if dossiers else {}
    readings = deadlines.readings(session, list(due.values()), now)
    return [_with_clock(queue, due, readings, now) if isinstance(queue, _Draft) else queue for queue in queues]


def _with_clock(
    queue: _Draft, due: Mapping[int, Deadline], readings: Mapping[int | None, Reading], now: datetime
) -> Queue:
    items = []
    for dossier, no, title, since, link in queue.lines:
        clock = due.get(dossier)
        late = clock is not None and clock.due_at < now
        of_clock = (readings[clock.id], clock.provisional) if clock else (None, False)
        items.append(Item(no, title, since, clock.due_at if clock else None, late, link, *of_clock))
    items.sort(key=lambda item: (not item.late, item.since))
    state = "late" if any(item.late for item in items) else queue.calm
    return Queue(queue.key, queue.title_zh, queue.title_en, state, items)


def _lines(
    session: Session, statement: Select[*tuple[Any, ...]], link: str, now: datetime, tail: str = ""
) -> list[Line]:
    """The statement's rows (dossier id and number, title, since, number to link) as lines; a missing since is now."""
    rows = session.execute(statement.limit(LIMIT))
    return [(key, no, title, since or now, f"{link}{linked}{tail}") for key, no, title, since, linked in rows]


def _to_pack(session: Session, actor: Actor, now: datetime) -> _Draft:
    """Dossiers opened here whose listed originals are still at the window, in no envelope."""
    travelling = (
        select(col(Packed.original_id)).join(Consignment, col(Consignment.id) == Packed.consignment_id)
    ).where(col(Consignment.stage) != Stage.VOIDED)
    waiting_original = select(col(Original.dossier_id)).where(col(Original.id).not_in(travelling))
    never = select(col(Consignment.dossier_id)).where(col(Consignment.stage) != Stage.VOIDED)
    statement = (
        select(col(Dossier.id), col(Dossier.no), col(ServiceItem.name), col(Dossier.opened_at), col(Dossier.no))
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .where(col(Dossier.sender_agency_id) == actor.agency_id, col(Dossier.closed_at).is_(None))
        .where(col(Dossier.id).in_(waiting_original) | col(Dossier.id).not_in(never))
        .where(col(Dossier.decided_at).is_(None))
        .order_by(col(Dossier.id))
    )
    return _Draft("to_pack", "待装件", "To pack", _lines(session, statement, "/dossiers/", now, "/originals"))


def _at_stage(session: Session, actor: Actor, now: datetime, key: str, zh: str, en: str, stage: Stage) -> _Draft:
    statement = (
        select(
            col(Dossier.id), col(Dossier.no), col(ServiceItem.name), col(Consignment.created_at), col(Consignment.no)
        )
        .join(Consignment, col(Consignment.dossier_id) == Dossier.id)
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .where(col(Consignment.from_agency_id) == actor.agency_id, col(Consignment.stage) == stage)
        .order_by(col(Consignment.id))
    )
    lines = _lines(session, statement, "/consignments/", now)
    return _Draft(key, zh, en, lines)


def _coming(session: Session, actor: Actor, now: datetime, direction: Direction) -> _Draft:
    under_way = (Stage.BOOKED, Stage.ON_THE_WAY, Stage.DELIVERED, Stage.LOST)
    statement = (
        select(
            col(Dossier.id), col(Dossier.no), col(ServiceItem.name), col(Consignment.dispatched_at), col(Consignment.no)
        )
        .join(Consignment, col(Consignment.dossier_id) == Dossier.id)
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .where(col(Consignment.to_agency_id) == actor.agency_id, col(Consignment.direction) == direction)
        .where(col(Consignment.stage).in_(under_way))
        .order_by(col(Consignment.delivered_at).asc().nulls_last(), col(Consignment.id))
    )
    back = direction is Direction.RETURN
    zh, en = ("退回待签收", "Coming back") if back else ("待签收核验", "To receive")
    lines = _lines(session, statement, "/receive/", now)
    return _Draft(f"coming_{direction.value}", zh, en, lines)


def _half_checked(session: Session, actor: Actor, now: datetime) -> _Draft:
    unchecked = select(col(Packed.consignment_id)).where(col(Packed.outcome) == Outcome.UNCHECKED)
    statement = (
        select(
            col(Dossier.id), col(Dossier.no), col(ServiceItem.name), col(Consignment.received_at), col(Consignment.no)
        )
        .join(Consignment, col(Consignment.dossier_id) == Dossier.id)
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .where(col(Consignment.to_agency_id) == actor.agency_id, col(Consignment.stage) == Stage.RECEIVED)
        .where(col(Consignment.id).in_(unchecked))
    )
    lines = _lines(session, statement, "/receive/", now)
    return _Draft("half_checked", "还有未核", "Not fully counted", lines, "attention")


def _to_decide(session: Session, actor: Actor, now: datetime) -> _Draft:
    received = select(col(Custody.dossier_id)).where(col(Custody.to_agency_id) == actor.agency_id)
    statement = (
        select(col(Dossier.id), col(Dossier.no), col(ServiceItem.name), col(Dossier.opened_at), col(Dossier.no))
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .where(col(Dossier.receiver_agency_id) == actor.agency_id, col(Dossier.decided_at).is_(None))
        .where(col(Dossier.id).in_(received))
        .order_by(col(Dossier.id))
    )
    lines = _lines(session, statement, "/dossiers/", now)
    return _Draft("to_decide", "待登记审批结果", "To decide", lines)


def _to_return(session: Session, actor: Actor, now: datetime) -> _Draft:
    """Decided dossiers of which this authority still holds an original that is in no return envelope."""
    last = aliased(Custody)
    later = aliased(Custody)
    held = (
        select(col(last.dossier_id))
        .where(col(last.to_agency_id) == actor.agency_id)
        .where(
            ~select(col(later.id)).where(col(later.original_id) == last.original_id, col(later.seq) > last.seq).exists()
        )
        .where(col(last.original_id).not_in(select(col(Packed.original_id)).where(col(Packed.open))))
    )
    statement = (
        select(col(Dossier.id), col(Dossier.no), col(ServiceItem.name), col(Dossier.decided_at), col(Dossier.no))
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .where(col(Dossier.receiver_agency_id) == actor.agency_id, col(Dossier.decided_at).is_not(None))
        .where(col(Dossier.closed_at).is_(None), col(Dossier.id).in_(held))
        .order_by(col(Dossier.decided_at))
    )
    lines = _lines(session, statement, "/dossiers/", now)
    return _Draft("to_return", "待退回原件", "To send back", lines)


def _to_close(session: Session, actor: Actor, now: datetime) -> _Draft:
    """Decided dossiers whose return was received here: give back to the applicant, acknowledge, close."""
    back = select(col(Consignment.dossier_id)).where(
        col(Consignment.direction) == Direction.RETURN, col(Consignment.stage) == Stage.RECEIVED
    )
    statement = (
        select(col(Dossier.id), col(Dossier.no), col(ServiceItem.name), col(Dossier.decided_at), col(Dossier.no))
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .where(col(Dossier.sender_agency_id) == actor.agency_id, col(Dossier.closed_at).is_(None))
        .where(col(Dossier.decided_at).is_not(None), col(Dossier.id).in_(back))
        .order_by(col(Dossier.decided_at))
    )
    lines = _lines(session, statement, "/dossiers/", now, "/handback")
    return _Draft("to_close", "退回待领、待办结", "To hand back and close", lines)


def _to_take(session: Session, actor: Actor) -> _Draft:
    """Originals that a colleague handed on to this officer, who has not said yet that they are there."""
    lines: list[Line] = []
    if actor.officer_id is not None:
        lines = [
            (
                one.row.dossier_id,
                one.dossier.no,
                f"{one.item.name} · {one.giver}",
                one.row.offered_at,
                f"/inside/{one.row.id}",
            )
            for one in inside.open_offers(session, officer_id=actor.officer_id)
        ]
    return _Draft("to_take", "同事移交，等我接收", "Handed on to me", lines)


def _differences(session: Session, now: datetime) -> _Draft:
    statement = (
        select(col(Dossier.id), col(Dossier.no), col(Discrepancy.note), col(Discrepancy.opened_at), col(Dossier.no))
        .join(Discrepancy, col(Discrepancy.dossier_id) == Dossier.id)
        .where(col(Discrepancy.settled_at).is_(None))
        .order_by(col(Discrepancy.opened_at))
    )
    lines = _lines(session, statement, "/dossiers/", now, "#differences")
    return _Draft("differences", "未了结的差异", "Open discrepancies", lines, "attention")


def _not_received(session: Session, actor: Actor, now: datetime) -> _Draft:
    """What applicants of this hall say did not come back after their dossier was closed."""
    lines: list[Line] = []
    if actor.roles & {Role.WINDOW, Role.MANAGER}:
        lines = _lines(session, inquiry.unanswered(actor.agency_id), "/dossiers/", now, "#heard")
    return _Draft("not_received", "申请人说没收到，等答复", "Applicants without their originals", lines, "late")


def _orders(now: datetime, key: str, zh: str, en: str, lines: Sequence[supervision.Line]) -> Queue:
    """Orders of supervision, the latest and then the oldest first."""
    items = [
        Item(
            line.dossier_no,
            f"{line.order.no} {line.order.demand}",
            line.since,
            line.due_at,
            line.due_at is not None and line.due_at < now,
            f"/supervision/{line.order.no}",
        )
        for line in lines
    ]
    items.sort(key=lambda item: (not item.late, item.since))
    return Queue(key, zh, en, "late" if any(item.late for item in items) else "attention", items)


def _parked(session: Session, now: datetime) -> Queue:
    rows = session.execute(
        select(col(Dossier.no), Errand)
        .join(Errand, col(Errand.dossier_id) == Dossier.id)
        .where(col(Errand.parked_at).is_not(None), col(Errand.done_at).is_(None))
        .limit(LIMIT)
    )
    items = [
        Item(no, errand.last_error, errand.parked_at or now, None, False, f"/dossiers/{no}", quoted=True)
        for no, errand in rows
    ]
    return Queue("parked", "搁置的外呼，等人处理", "Parked errands", "attention", items)


def _old_ledgers(session: Session, actor: Actor) -> Queue:
    """Old ledgers whose long work is done and that wait for their uploader."""
    items = [
        Item(f"#{row.id}", row.file_name, row.checked_at or row.uploaded_at, None, False, f"/old-ledgers/{row.id}")
        for row in old_ledgers.waiting_for(session, actor)
    ]
    return Queue("old_ledgers", "旧台账，试导好了等我看", "Old ledgers tried, to be read", "attention", items)


def _reports(session: Session, actor: Actor) -> Queue:
    """Reports that this officer asked for and that are made, or could not be, since they last looked."""
    items = [
        Item(reporting.number(row.ordered_at, row.id), "", row.ended_at, None, False, f"/reports/{row.id}")
        for row in report_orders.waiting_for(session, actor)
        if row.id is not None and row.ended_at is not None
    ]
    return Queue(REPORTS, "报表，做好了等我看", "Reports made, to be read", "quiet", items)


def _agreements(session: Session, actor: Actor, now: datetime) -> Queue:
    """Agreements which the other party has confirmed and that take effect once this administrator does, too."""
    items = [
        Item(row.no, row.name, since, None, False, f"/agreements/{row.id}", quoted=True)
        for row, since in consents.waiting_for(session, actor.agencies, china_date(now))
    ]
    return Queue("agreements", "通办协议，对方已确认，等我确认", "Agreements to confirm", "attention", items)
