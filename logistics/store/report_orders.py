"""Reports that were asked for: those whose making is over and that wait for whoever asked."""

from __future__ import annotations

from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.tables import ReportOrder


def waiting_for(session: Session, actor: Actor) -> list[ReportOrder]:
    """Reports that this officer asked for, made or given up since they last looked, the oldest first."""
    over = select(ReportOrder).where(
        ReportOrder.ordered_by == actor.officer_id,
        col(ReportOrder.ended_at).is_not(None),
        col(ReportOrder.seen_at).is_(None),
    )
    return list(session.exec(over.order_by(col(ReportOrder.id))))
