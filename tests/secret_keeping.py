"""What is kept for the archive about the secret town's dossier: one row in every table of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from logistics.tables import (
    Disposal,
    Dossier,
    FixityFault,
    KeptFile,
    KeptPackage,
    LegalHold,
    PackageCheck,
    TransferBatch,
    TransferLine,
)
from logistics.terms import CheckLink, FileFault, LockMode, TransferLineState, TransferState, TransferTarget


def kept_for_the_archive(session: Session, now: datetime, dossier: Dossier, package: str) -> None:
    """A batch with the dossier's package, a check, a hold, a proposal to dispose of it, a fault of its file."""
    dossier_id, by = dossier.id or 0, dossier.opened_by
    batch = TransferBatch(
        no=f"{dossier.no}-YJ",
        agency_id=dossier.sender_agency_id,
        year=2026,
        number=900,
        name="秘密批次",
        receiver="秘密档案馆",
        target=TransferTarget.FOLDER,
        lock_mode=LockMode.NONE,
        state=TransferState.DRAFT,
        made_at=now,
        made_by=by,
        documents={"document.pdf": package},
    )
    session.add(batch)
    kept = KeptPackage(
        dossier_id=dossier_id,
        agency_id=dossier.sender_agency_id,
        sha256=package,
        size_bytes=17,
        sealed_at=now,
        year=2026,
        record_no="秘密",
        retention="D10",
        title="秘密",
    )
    session.add(kept)
    session.flush()
    session.add(
        TransferLine(
            batch_id=batch.id or 0,
            dossier_id=dossier_id,
            seq=1,
            package_id=kept.id or 0,
            state=TransferLineState.WAITING,
        )
    )
    session.add(
        PackageCheck(
            dossier_id=dossier_id, link=CheckLink.BC, at=now, passed=False, failed=["秘密"], report_sha256=package
        )
    )
    session.add(LegalHold(dossier_id=dossier_id, reason="秘密", set_at=now, set_by=by))
    session.add(
        Disposal(
            dossier_id=dossier_id,
            package_id=kept.id or 0,
            retained_until=date(2036, 12, 31),
            reason="秘密",
            proposed_at=now,
            proposed_by=by,
        )
    )
    session.add(KeptFile(sha256=package, known_since=now, due_at=now))
    session.add(FixityFault(sha256=package, at=now, kind=FileFault.ALTERED))
