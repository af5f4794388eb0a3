"""Pictures of the secret town's original and of its envelope."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from logistics.tables import Consignment, Dossier, Original, Paper, Picture
from logistics.terms import PictureOf


def photographed(session: Session, now: datetime, dossier: Dossier, content: str) -> None:
    """The dossier's first original has a picture, and its envelope; `content` is the SHA-256 of their bytes."""
    _of_envelope(session, now, dossier, content)
    original = session.exec(select(Original).where(Original.dossier_id == dossier.id).order_by(Original.seq)).first()  # type: ignore[arg-type]
    assert original is not None
    paper = Paper(
        dossier_id=dossier.id or 0,
        kind="picture",
        no=f"{original.code}-P01",
        sha256=content,
        size_bytes=17,
        media_type="image/png",
        made_at=now,
    )
    session.add(paper)
    session.flush()
    session.add(
        Picture(
            dossier_id=dossier.id or 0,
            original_id=original.id or 0,
            paper_id=paper.id or 0,
            seq=1,
            shows=PictureOf.ORIGINAL,
            agency_id=dossier.sender_agency_id,
            width=3,
            height=4,
            withdrawn_at=now,
            withdrawn_by=dossier.opened_by,
            withdrawn_why="秘密缘由",
        )
    )


def _of_envelope(session: Session, now: datetime, dossier: Dossier, content: str) -> None:
    envelope = session.exec(select(Consignment).where(Consignment.dossier_id == dossier.id)).first()
    assert envelope is not None
    given = {"dossier_id": dossier.id or 0, "consignment_id": envelope.id}
    paper = Paper(
        **given,
        kind="picture",
        no=f"{envelope.no}-P01",
        sha256=content,
        size_bytes=17,
        media_type="image/png",
        made_at=now,
    )
    session.add(paper)
    session.flush()
    of = {"paper_id": paper.id or 0, "seq": 1, "shows": PictureOf.SEAL, "agency_id": dossier.receiver_agency_id}
    session.add(Picture(**given, **of, width=3, height=4))
