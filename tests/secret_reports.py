"""A report of figures that strangers must not see."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from logistics.report_terms import ReportState
from logistics.tables import Dossier, Report, ReportOrder


def reported(session: Session, now: datetime, dossier: Dossier) -> None:
    """The sender's agency has a report, and another under way."""
    files = {"digest": "3" * 64, "entries_digest": "4" * 64, "sheet_sha256": "5" * 64, "paper_sha256": "6" * 64}
    session.add(
        Report(
            agency_id=dossier.sender_agency_id,
            made_by=dossier.opened_by,
            as_of=now,
            since=now.date(),
            until=now.date(),
            asked={"agencies": [dossier.sender_agency_id]},
            present=[["parked", dossier.no, "秘密"]],
            lines=[["秘密", 1]],
            entries=1,
            log_size=0,
            log_root="",
            **files,
        )
    )
    session.add(
        ReportOrder(
            id=900_000_000,
            agency_id=dossier.sender_agency_id,
            ordered_by=dossier.opened_by,
            ordered_at=now,
            asked={"agencies": [dossier.sender_agency_id]},
            present=[["parked", dossier.no, "秘密"]],
            words={"narrowed": "秘密"},
            state=ReportState.MADE,
        )
    )
