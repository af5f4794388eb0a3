"""How fast envelopes move: what decides when a courier is asked again about one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import func
from sqlmodel import Session, col, select

from couriers.contract import Milestone
from logistics.rules.polling import Situation
from logistics.store import lanes
from logistics.tables import Consignment, CourierAccount, Deadline, Tracking

ENOUGH = 20
"""So many finished envelopes make a lane's pace known."""


def situation(session: Session, consignment: Consignment, account: str, now: datetime) -> Situation:
    """What is stored of the consignment and of the account that is asked about it."""
    last = session.exec(
        select(Tracking.milestone)
        .where(Tracking.consignment_id == consignment.id, Tracking.courier == consignment.courier)
        .order_by(col(Tracking.happened_at).desc(), col(Tracking.id).desc())
        .limit(1)
    ).first()
    pushed_at = session.exec(
        select(func.max(Tracking.received_at)).where(
            Tracking.consignment_id == consignment.id, Tracking.source == "push"
        )
    ).one()
    asked = session.get(CourierAccount, account)
    return Situation(
        consignment.stage,
        cast("Milestone | None", last),
        _is_late(session, consignment, now),
        consignment.picked_up_at,
        usual(session, consignment),
        pushed_at,
        asked.last_push_at if asked is not None else None,
    )


def usual(session: Session, consignment: Consignment) -> timedelta | None:
    """From pick-up to delivery, eight of ten envelopes of this lane and courier took no longer; None while too few
    are known."""
    ends = consignment.from_agency_id, consignment.to_agency_id
    measured = lanes.transit(session, *ends, consignment.courier)
    return timedelta(hours=measured.p80_hours) if measured is not None and measured.count >= ENOUGH else None


def _is_late(session: Session, consignment: Consignment, now: datetime) -> bool:
    found = session.exec(
        select(Deadline.id)
        .where(
            Deadline.consignment_id == consignment.id,
            col(Deadline.met_at).is_(None),
            col(Deadline.waived_at).is_(None),
            col(Deadline.paused_at).is_(None),
            Deadline.due_at < now,
        )
        .limit(1)
    ).first()
    return found is not None
