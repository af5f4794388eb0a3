"""What managers' figures are made of, with the reader's eyes (row-level security): clocks and troubles as they stand
now, and as the ledger tells them for any moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, text
from sqlmodel import Session, col

from logistics.rules.deadlines import Leg
from logistics.rules.figures import CARRIED, Asked, Case
from logistics.rules.told import FACTS, Told
from logistics.rules.troubles import Kind, Trouble
from logistics.store import oversight
from logistics.store.deadlines import FORETOLD
from logistics.store.lanes import Wanted
from logistics.store.oversight import RUNS
from logistics.tables import Agency, Consignment, Deadline, Discrepancy, Dossier, Errand
from logistics.terms import Direction, DiscrepancyKind

MOST = 40_000
"""So many clocks one page is made of at most; who asks for more is asked for a shorter period."""

MOST_TOLD = 100_000
"""So many entries one file is made of at most."""


class TooMany(Exception):
    """More than one page or file is made of."""


_COURIER = case((col(Deadline.leg).in_(sorted(CARRIED)), func.coalesce(col(Consignment.courier), "")), else_="")


def cases(session: Session, asked: Asked) -> list[Case]:
    """The clocks of the period and of what narrows it, of every leg, as they stand now. Raises `TooMany`."""
    begin, end = asked.span
    statement = _of(asked, select(*_CASE)).where(col(Deadline.started_at) >= begin, col(Deadline.started_at) < end)
    rows = session.execute(statement.limit(MOST + 1)).all()
    if len(rows) > MOST:
        raise TooMany
    return [Case._make(row) for row in rows]


_CASE: tuple[Any, ...] = (
    col(Dossier.no), col(Deadline.key), col(Deadline.leg), col(Dossier.sender_agency_id),
    col(Dossier.receiver_agency_id), col(Deadline.owner_agency_id), _COURIER,
    col(Deadline.started_at), col(Deadline.due_at), col(Deadline.met_at), col(Deadline.waived_at).is_not(None),
    col(Deadline.paused_at).is_not(None),
)  # fmt: skip


def _of(asked: Asked, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    joined = (
        statement.select_from(Deadline)
        .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
        .outerjoin(Consignment, col(Consignment.id) == Deadline.consignment_id)
        .where(*Wanted(asked.lane, "", asked.agency).conditions())
    )
    return joined.where(_COURIER.in_([asked.courier])) if asked.courier else joined


def troubles(session: Session, now: datetime) -> list[Trouble]:
    """The five numbers' things as they stand now, over every period; `rules.troubles.wanted` narrows them."""
    return [*_clocks(session, now), *_silent(session), *_disputed(session, now), *_parked(session)]


_LANE = col(Dossier.sender_agency_id), col(Dossier.receiver_agency_id)
_ADDRESSEE = case(
    (col(Consignment.direction) == Direction.OUTBOUND, col(Dossier.receiver_agency_id)),
    else_=col(Dossier.sender_agency_id),
)
_SENDER = case(
    (col(Consignment.direction) == Direction.OUTBOUND, col(Dossier.sender_agency_id)),
    else_=col(Dossier.receiver_agency_id),
)


def _clocks(session: Session, now: datetime) -> list[Trouble]:
    is_late = col(Deadline.due_at) < now
    statement = (
        select(
            is_late, col(Dossier.no), col(Deadline.key), *_LANE, col(Deadline.owner_agency_id),
            _COURIER, col(Deadline.leg), col(Deadline.due_at),
        )
        .select_from(Deadline)
        .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
        .outerjoin(Consignment, col(Consignment.id) == Deadline.consignment_id)
        .where(RUNS, or_(is_late, FORETOLD))
        .order_by(col(Deadline.due_at), col(Deadline.id))
    )  # fmt: skip
    rows = session.execute(statement)
    return [Trouble(Kind.LATE if late else Kind.RISK, *rest) for late, *rest in rows]


def _silent(session: Session) -> list[Trouble]:
    rows = session.execute(
        select(
            col(Dossier.no), col(Consignment.no), *_LANE, _SENDER, col(Consignment.courier), col(Discrepancy.opened_at)
        )
        .select_from(Discrepancy)
        .join(Consignment, col(Consignment.id) == Discrepancy.consignment_id)
        .join(Dossier, col(Dossier.id) == Discrepancy.dossier_id)
        .where(col(Discrepancy.kind) == DiscrepancyKind.SILENT, col(Discrepancy.settled_at).is_(None))
        .order_by(col(Discrepancy.opened_at), col(Discrepancy.id))
    )
    return [_of_envelope(Kind.SILENT, row) for row in rows]


def _disputed(session: Session, now: datetime) -> list[Trouble]:
    declared = (
        select(func.min(col(Discrepancy.opened_at)))
        .where(col(Discrepancy.consignment_id) == Consignment.id, col(Discrepancy.settled_at).is_(None))
        .where(col(Discrepancy.kind).in_(oversight.DISPUTES))
        .scalar_subquery()
    )
    waited_for = (
        select(func.min(col(Deadline.due_at)))
        .where(col(Deadline.consignment_id) == Consignment.id, RUNS)
        .where(col(Deadline.leg) == Leg.DELIVERED_TO_RECEIVED.value)
        .scalar_subquery()
    )
    since = func.coalesce(declared, waited_for)
    rows = session.execute(
        select(col(Dossier.no), col(Consignment.no), *_LANE, _ADDRESSEE, col(Consignment.courier), since)
        .select_from(Consignment)
        .join(Dossier, col(Dossier.id) == Consignment.dossier_id)
        .where(oversight.is_disputed(now))
        .order_by(since, col(Consignment.id))
    )
    return [_of_envelope(Kind.DISPUTED, row) for row in rows]


def _of_envelope(kind: Kind, row: Sequence[Any]) -> Trouble:
    no, ref, sender, receiver, owner, courier, since = row
    return Trouble(kind, no, ref, sender, receiver, owner, courier, "", since)


def _parked(session: Session) -> list[Trouble]:
    rows = session.execute(
        select(
            col(Dossier.no), col(Errand.key), *_LANE,
            func.coalesce(col(Consignment.from_agency_id), col(Dossier.sender_agency_id)),
            func.coalesce(col(Consignment.courier), ""), col(Errand.parked_at),
        )
        .select_from(Errand)
        .join(Dossier, col(Dossier.id) == Errand.dossier_id)
        .outerjoin(Consignment, col(Consignment.id) == Errand.consignment_id)
        .where(oversight.IS_PARKED)
        .order_by(col(Errand.parked_at), col(Errand.id))
    )  # fmt: skip
    return [_of_envelope(Kind.PARKED, row) for row in rows]


_TOLD = text("""
    SELECT d.no, d.sender_agency_id, d.receiver_agency_id, e.seq, e.at, e.what, e.facts
    FROM dossier d JOIN ledger_entry e ON e.dossier_id = d.id
    WHERE d.opened_at <= :as_of AND (d.closed_at IS NULL OR d.closed_at >= :since)
        AND (d.sender_agency_id = ANY (:agencies) OR d.receiver_agency_id = ANY (:agencies))
        AND e.what = ANY (:facts)
    ORDER BY d.no, e.seq LIMIT :most""")


def told(session: Session, agencies: Iterable[int], since: datetime, as_of: datetime) -> list[Told]:
    """The entries that figures of these agencies' dossiers are made of, of dossiers that were opened by `as_of` and not
    closed before `since`: a closed one has no clock that starts later. Raises `TooMany`.
    """
    asked = {"agencies": sorted(agencies), "since": since, "as_of": as_of, "facts": sorted(FACTS)}
    rows = session.execute(_TOLD, {**asked, "most": MOST_TOLD + 1}).all()
    if len(rows) > MOST_TOLD:
        raise TooMany
    return [Told._make(row) for row in rows]


@dataclass(frozen=True)
class Names:
    """What the agencies in figures are called: by id, in Chinese and in English."""

    zh: Mapping[int, str]
    en: Mapping[int, str]


def names(session: Session) -> Names:
    """The names of all agencies: the directory is no secret."""
    rows = session.execute(select(col(Agency.id), col(Agency.short_name), col(Agency.name_en))).all()
    return Names({key: zh for key, zh, _en in rows}, {key: en or zh for key, zh, en in rows})


def clock_ids(session: Session, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The clocks' ids by dossier and key."""
    numbers = sorted({no for no, _key in wanted})
    rows = session.execute(
        select(col(Dossier.no), col(Deadline.key), col(Deadline.id))
        .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
        .where(col(Dossier.no).in_(numbers))
    )
    asked_for = set(wanted)
    return {(no, key): id_ for no, key, id_ in rows if (no, key) in asked_for}


def given(session: Session, begin: datetime, end: datetime) -> tuple[set[tuple[int, int]], set[str], set[int]]:
    """What figures of that period can be narrowed to: its lanes, couriers, and agencies that answer for a clock."""
    conditions: list[ColumnElement[bool]] = [and_(col(Deadline.started_at) >= begin, col(Deadline.started_at) < end)]
    rows = session.execute(
        select(*_LANE, _COURIER, col(Deadline.owner_agency_id))
        .select_from(Deadline)
        .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
        .outerjoin(Consignment, col(Consignment.id) == Deadline.consignment_id)
        .where(*conditions)
        .distinct()
    ).all()
    lanes_ = {(sender, receiver) for sender, receiver, _courier, _owner in rows}
    return lanes_, {courier for *_lane, courier, _owner in rows if courier}, {owner for *_rest, owner in rows}
