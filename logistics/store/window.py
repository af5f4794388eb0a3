"""What the window desk asks: which items an officer opens most lately."""

from __future__ import annotations

from sqlmodel import Session, col, func, select

from logistics.tables import Dossier


def lately_opened(session: Session, officer_id: int, most: int = 5) -> list[tuple[int, int]]:
    """Agreement and item of the officer's newest dossiers, each pair once, the newest first."""
    newest = func.max(Dossier.id)
    rows = session.exec(
        select(Dossier.agreement_id, Dossier.item_id)
        .where(Dossier.opened_by == officer_id)
        .group_by(col(Dossier.agreement_id), col(Dossier.item_id))
        .order_by(newest.desc())
        .limit(most)
    )
    return [(agreement, item) for agreement, item in rows]
