"""The applicant's code and word about the dossier that strangers must not see."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from logistics.tables import ApplicantWord, Dossier, InquiryCode


def asked_about(session: Session, now: datetime, dossier: Dossier) -> None:
    """The dossier has an inquiry code, and a rating of its applicant."""
    sealed = {"code_sealed": "秘密", "key_sealed": "秘密", "made_at": now}
    session.add(InquiryCode(dossier_id=dossier.id or 0, code_digest="1" * 64, key_digest="2" * 64, **sealed))
    session.add(ApplicantWord(dossier_id=dossier.id or 0, key="rating", stars=2, reasons=["slow"], said_at=now))
