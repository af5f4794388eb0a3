"""Signatures of custody at rest: read, and kept with their picture and their entry in the ledger."""

from __future__ import annotations

from sqlmodel import Session, col, select

from logistics.tables import Dossier, Signature


def signatures_of(session: Session, dossier: Dossier) -> list[Signature]:
    """Every signature of the dossier, in the order in which they were given."""
    rows = select(Signature).where(Signature.dossier_id == dossier.id).order_by(col(Signature.seq))
    return list(session.exec(rows))
