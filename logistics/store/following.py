"""Have consignments follow their stored events: load them, ask the rule, carry it out in the verb under way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlmodel import col, select

from logistics.decision import Decision
from logistics.rules.following import TAKEN_BACK, followed
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
    for row in w.session.exec(select(Tracking).where(col(Tracking.consignment_id).in_(ids))):
        rows[row.consignment_id].append(row)
    unsettled = col(Discrepancy.consignment_id).in_(ids), col(Discrepancy.settled_at).is_(None)
    for found in w.session.exec(select(Discrepancy).where(*unsettled)):
        still_open[cast(int, found.consignment_id)].append(found)
    names = {code: courier.name_zh for code, courier in w.ctx.couriers.items()}
    decided = {}
    for id_, one in zip(ids, consignments, strict=True):
        known = meanings(w.session, rows[id_])
        result = followed(one, rows[id_], still_open[id_], w.now, known, names, taken_back)
        one.picked_up_at, one.delivered_at = result.picked_up_at, result.delivered_at
        one.read_with = max(one.read_with, known.newest_id)
        decided[id_] = result.decision
    return decided
