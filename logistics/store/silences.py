"""Which parcels might be silent, asked of the database before the rule is asked of each; and the clock they raise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from logistics.rules.deadlines import PlannedRung
from logistics.rules.silence import RAISED
from logistics.tables import Deadline, Rung

_QUIET = text("""
    SELECT c.id, c.no FROM consignment c JOIN dossier d ON d.id = c.dossier_id AND d.closed_at IS NULL
    WHERE c.id > :after AND c.stage IN ('booked', 'on_the_way') AND c.dispatched_at <= :since
        AND NOT EXISTS (SELECT 1 FROM discrepancy k
            WHERE k.consignment_id = c.id AND k.kind = 'silent' AND k.settled_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM tracking t WHERE t.consignment_id = c.id AND t.received_at > :since
            AND t.happened_at > :since)
    ORDER BY c.id LIMIT :limit""")

_OVER = text("""
    SELECT c.no FROM discrepancy k JOIN consignment c ON c.id = k.consignment_id
    WHERE k.kind = 'silent' AND k.settled_at IS NULL AND c.stage NOT IN ('booked', 'on_the_way')
    ORDER BY k.id LIMIT :limit""")


def quiet(session: Session, since: datetime, after: int, limit: int) -> Sequence[tuple[int, str]]:
    """Consignments (id, number) beyond the id `after` that should move, of which nothing was heard since that moment
    and whose silence no difference tells yet; over all agencies.
    """
    rows = session.execute(_QUIET, {"since": since, "after": after, "limit": limit})
    return [(key, no) for key, no in rows]


def over(session: Session, limit: int) -> Sequence[str]:
    """Consignments whose silence is still open although they have arrived, or were voided."""
    return [no for (no,) in session.execute(_OVER, {"limit": limit})]


def clock_of(session: Session, consignment_id: int) -> Deadline | None:
    """The clock of the envelope that waits for the courier; None when none runs. One that stands still counts: what is
    added to its ladder waits with it."""
    return session.exec(
        select(Deadline)
        .where(Deadline.consignment_id == consignment_id, col(Deadline.leg).in_([leg.value for leg in RAISED]))
        .where(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None))
        .order_by(col(Deadline.id).desc())
        .limit(1)
    ).first()


def raise_clock(session: Session, clock: Deadline, rungs: Sequence[PlannedRung]) -> list[str]:
    """These rungs stand beside the clock's ladder (before its first place); the names of those that are new."""
    rows = [
        {
            "dossier_id": clock.dossier_id,
            "deadline_id": clock.id,
            "seq": 0,
            "name": one.name,
            "kind": one.kind.value,
            "audience": one.audience.value,
            "fires_at": one.fires_at,
            "channels": list(one.channels),
            "at_any_hour": one.at_any_hour,
            "unless_acknowledged": one.unless_acknowledged,
        }
        for one in rungs
    ]
    made = session.execute(insert(Rung).values(rows).on_conflict_do_nothing().returning(col(Rung.name)))
    return sorted(made.scalars())
