"""Have a consignment follow its stored events: load them, ask the rule, carry it out in the verb under way."""

from __future__ import annotations

from sqlmodel import col, select

from logistics.rules.following import TAKEN_BACK, followed
from logistics.store.meanings import meanings
from logistics.store.work import Work
from logistics.tables import Consignment, Discrepancy, Dossier, Tracking


def follow(w: Work, dossier: Dossier, consignment: Consignment, taken_back: str = TAKEN_BACK) -> None:
    """The consignment's stage, its courier times, clocks and differences are what all its stored events lead to, with
    the newest meanings of codes that were unknown. `taken_back`: why a delivery would not stand any more."""
    rows = w.session.exec(select(Tracking).where(Tracking.consignment_id == consignment.id)).all()
    still_open = w.session.exec(
        select(Discrepancy).where(Discrepancy.consignment_id == consignment.id, col(Discrepancy.settled_at).is_(None))
    ).all()
    known = meanings(w.session, rows)
    names = {code: courier.name_zh for code, courier in w.ctx.couriers.items()}
    result = followed(consignment, rows, still_open, w.now, known, names, taken_back)
    consignment.picked_up_at, consignment.delivered_at = result.picked_up_at, result.delivered_at
    consignment.read_with = max(consignment.read_with, known.newest_id)
    w.carry_out(result.decision, dossier, consignment)
