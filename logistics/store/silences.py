"""Which parcels might be silent, asked of the database before the rule is asked of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

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
