"""Have consignments follow their stored events: load them, ask the rule, carry it out in the verb under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from couriers.contract import Milestone, Reason
from logistics.decision import Decision
from logistics.rules.following import TAKEN_BACK, followed
from logistics.store.lists import one_of
from logistics.store.meanings import meanings
from logistics.store.work import Work
from logistics.tables import Consignment, Discrepancy, Dossier, Tracking


def follow(w: Work, dossier: Dossier, consignment: Consignment, taken_back: str = TAKEN_BACK) -> None:
    """The consignment's stage, its courier times, clocks and differences are what all its stored events lead to, with
    the newest meanings of codes that were unknown. `taken_back`: why a delivery would not stand any more."""
    [decision] = follow_all(w, [consignment], taken_back).values()
    w.carry_out(decision, dossier, consignment)


def follow_all(w: Work, consignments: Sequence[Consignment], taken_back: str = TAKEN_BACK) -> dict[int, Decision]:
    """The courier times of these consignments are what all their stored events say; returns what else those lead to, by
    the consignment's id, still to be carried out."""
    ids = [cast(int, one.id) for one in consignments]
    rows: dict[int, list[Tracking]] = {id_: [] for id_ in ids}
    still_open: dict[int, list[Discrepancy]] = {id_: [] for id_ in ids}
    for row in _statements(w.session, ids):
        rows[row.consignment_id].append(row)
    unsettled = col(Discrepancy.consignment_id) == one_of(ids), col(Discrepancy.settled_at).is_(None)
    for found in w.session.exec(select(Discrepancy).where(*unsettled)):
        still_open[cast(int, found.consignment_id)].append(found)
    names = {code: courier.name_zh for code, courier in w.ctx.couriers.items()}
    decided = {}
    for id_, one in zip(ids, consignments, strict=True):
        if any(row.milestone is Milestone.UNRECOGNISED for row in rows[id_]):  # may be read in another way: whole rows
            rows[id_] = list(w.session.exec(select(Tracking).where(Tracking.consignment_id == id_)))
        known = meanings(w.session, rows[id_])
        result = followed(one, rows[id_], still_open[id_], w.now, known, names, taken_back)
        newest = max(one.read_with, known.newest_id)
        w.follow(one, picked_up_at=result.picked_up_at, delivered_at=result.delivered_at, read_with=newest)
        decided[id_] = result.decision
    return decided


@dataclass(frozen=True, slots=True)
class _Statement:
    """A tracking row as rules look at it: a tenth of the work of making the whole row, of which a batch has thousands.
    The fields are the columns of `_STATEMENTS`, named as `Tracking` names them."""

    id: int
    consignment_id: int
    natural_key: str
    courier: str
    waybill_no: str
    milestone: Milestone
    reason: Reason | None
    code: str
    detail_code: str
    text: str
    place: str
    voids: str | None
    happened_at: datetime
    received_at: datetime
    region_code: str


_STATEMENTS = f"""
    SELECT {", ".join(one.name for one in fields(_Statement))} FROM tracking WHERE consignment_id = ANY(%b::int8[])
    ORDER BY id"""  # noqa: S608 - names of columns
_MILESTONES = {one.value: one for one in Milestone}
_REASONS = {one.value: one for one in Reason}


def _statements(session: Session, consignment_ids: Sequence[int]) -> list[Tracking]:
    found = session.connection().exec_driver_sql(_STATEMENTS, (list(consignment_ids),))
    made: list[tuple[Any, ...]] = [(*row[:5], _MILESTONES[row[5]], _REASONS.get(row[6]), *row[7:]) for row in found]
    return [cast(Tracking, _Statement(*values)) for values in made]
