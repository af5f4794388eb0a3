"""Have a consignment follow its stored events: load them, ask the rule, carry it out in the verb under way."""

from __future__ import annotations

from sqlmodel import col, select

from logistics.rules.following import followed
from logistics.store.work import Work
from logistics.tables import Consignment, Discrepancy, Dossier, Tracking


def follow(w: Work, dossier: Dossier, consignment: Consignment) -> None:
    """The consignment's stage, its courier times, clocks and differences are what all its stored events lead to."""
    rows = w.session.exec(select(Tracking).where(Tracking.consignment_id == consignment.id)).all()
    still_open = w.session.exec(
        select(Discrepancy).where(Discrepancy.consignment_id == consignment.id, col(Discrepancy.settled_at).is_(None))
    ).all()
    result = followed(consignment, rows, still_open, w.now)
    consignment.picked_up_at, consignment.delivered_at = result.picked_up_at, result.delivered_at
    w.carry_out(result.decision, dossier, consignment)
