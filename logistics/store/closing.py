"""Everything the gate looks at before a dossier closes, gathered from tables, inbox and file store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import text
from sqlmodel import Session

from logistics.rules import custody
from logistics.rules.closing import Matters
from logistics.store import supervision
from logistics.store.context import Context
from logistics.store.files import FileStore
from logistics.store.find import Whole
from logistics.tables import Consignment, Officer

READING_TAKES = timedelta(minutes=1)
"""How long a message that just came may wait for its reader before it counts as unread."""


def matters(session: Session, ctx: Context, whole: Whole, now: datetime) -> Matters:
    """What there is to say about closing this dossier, at `now`."""
    return Matters(
        dossier=whole.dossier,
        originals=whole.originals,
        holders={key: custody.accepted_by(link) for key, link in whole.last_custody().items()},
        consignments=whole.consignments,
        lines=whole.packed,
        custody=whole.custody,
        discrepancies=whole.discrepancies,
        deadlines=whole.deadlines,
        papers=whole.papers,
        signatures=whole.signatures,
        errands=whole.errands,
        counted_by=_counted_by(session, whole.consignments),
        unread_pushes=unread_about(session, whole.consignments, now),
        undecided=supervision.undecided(session, whole.dossier.id),
        unkept=[] if whole.dossier.closed_at is not None else unkept(ctx.files, whole),
    )


def _counted_by(session: Session, consignments: Iterable[Consignment]) -> dict[int, int]:
    return {
        cast(int, one.id): session.get_one(Officer, one.received_by).agency_id
        for one in consignments
        if one.received_by is not None
    }


def unread_about(session: Session, consignments: Iterable[Consignment], now: datetime) -> int:
    """How many pushes are not read that name these envelopes, or that nobody has looked at for a minute and that come
    from their couriers.
    """
    sent = [one for one in consignments if one.waybill_no]
    numbers = [number for one in sent for number in (one.waybill_no, one.no)]
    found = session.execute(
        text("SELECT unread_about(:numbers, :couriers, :since)"),
        {"numbers": numbers, "couriers": sorted({one.courier for one in sent}), "since": now - READING_TAKES},
    )
    return int(found.scalar_one())


def unkept(files: FileStore, whole: Whole) -> list[str]:
    """Numbers of papers and signatures whose very bytes the file store does not give back."""
    wanted = [(one.no, one.sha256) for one in whole.papers]
    wanted += [(f"签字 {one.seq}", one.image_sha256) for one in whole.signatures]
    return [name for name, sha256 in wanted if not _is_kept(files, sha256)]


def _is_kept(files: FileStore, sha256: str) -> bool:
    try:
        files.get(sha256)
    except (FileNotFoundError, ValueError):
        return False
    return True
