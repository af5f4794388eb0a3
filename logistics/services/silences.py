"""Notice that a parcel has not moved for too long, and that it need not move any more."""

from __future__ import annotations

from typing import cast

from sqlmodel import col, select

from logistics.actor import SYSTEM
from logistics.decision import Decision, Settlement
from logistics.rules import silence
from logistics.store.context import Context
from logistics.store.meanings import meanings
from logistics.store.work import work
from logistics.tables import Discrepancy, Tracking
from logistics.terms import DiscrepancyKind, Resolution


def watch(ctx: Context, consignment_no: str) -> bool:
    """A silence that has lasted too long stands as a difference, once; True when it is one.

    The next movement explains it (`rules.following`). The difference of a parcel that has arrived is settled here.
    """
    with work(ctx, SYSTEM, "watch_silence") as w:
        dossier, consignment = w.consignment(consignment_no)
        rows = w.session.exec(select(Tracking).where(Tracking.consignment_id == consignment.id)).all()
        last = silence.last_movement(rows, meanings(w.session, rows))
        new = silence.silence(consignment, dossier.scope, last, w.now)
        over: tuple[Settlement, ...] = ()
        if consignment.stage not in silence.WATCHED:
            still_open = w.session.exec(
                select(Discrepancy.id).where(
                    Discrepancy.consignment_id == consignment.id,
                    Discrepancy.kind == DiscrepancyKind.SILENT,
                    col(Discrepancy.settled_at).is_(None),
                )
            )
            note = "邮件已到达或已作废，不再等待动向"
            over = tuple(Settlement(cast(int, key), Resolution.EXPLAINED, note) for key in still_open)
        found = Decision(discrepancies=() if new is None else (new,), settlements=over)
        w.carry_out(found, dossier, consignment)
        return new is not None
