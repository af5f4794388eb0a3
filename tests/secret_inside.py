"""An original of the secret dossier on its way inside the agency that received it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from logistics.tables import Dossier, InsideHandover


def handed_on(session: Session, now: datetime, dossier: Dossier) -> None:
    """A colleague of the receiving desk is offered an original, in words that nobody else may read."""
    officer = dossier.opened_by
    session.add(
        InsideHandover(
            dossier_id=dossier.id or 0,
            agency_id=dossier.receiver_agency_id,
            codes=[f"{dossier.no}-Y01"],
            department="秘密科室",
            from_officer_id=officer,
            to_officer_id=officer,
            offered_at=now,
        )
    )
