"""An order about the dossier that strangers must not see, and an answer to its difference."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from logistics.tables import Discrepancy, DiscrepancyAnswer, Dossier, Supervision, SupervisionAct
from logistics.terms import Cause, SupervisionState, SupervisionVerb, Urgency


def supervised(session: Session, now: datetime, dossier: Dossier) -> None:
    """The dossier has an order, its first act, and an answer to its difference."""
    belongs = {"dossier_id": dossier.id}
    by = {"officer_id": dossier.opened_by, "agency_id": dossier.sender_agency_id, "at": now}
    order = Supervision(
        **belongs,
        no=f"DB-{dossier.no}-1",
        urgency=Urgency.ORDINARY,
        days=2,
        reason="秘密缘由",
        demand="秘密要求",
        ordering_agency_id=dossier.sender_agency_id,
        ordered_by=dossier.opened_by,
        ordered_at=now,
        addressee_agency_id=dossier.sender_agency_id,
    )
    session.add(order)
    session.flush()
    ordered = {"verb": SupervisionVerb.ORDER, "state": SupervisionState.ORDERED, "round": 1}
    session.add(SupervisionAct(**belongs, **by, **ordered, supervision_id=order.id or 0, seq=1, words="秘密缘由"))
    row = session.exec(select(Discrepancy).where(Discrepancy.dossier_id == dossier.id)).first()
    assert row is not None
    said = {"seq": 1, "cause": Cause.COURIER, "words": "秘密答复"}
    session.add(DiscrepancyAnswer(**belongs, **by, **said, discrepancy_id=row.id or 0))
