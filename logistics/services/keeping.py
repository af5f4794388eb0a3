"""Keep sealed packages: know what each says of itself, keep the reports of its checks, dispose of what two decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlmodel import Session, col, select

from logistics.actor import SYSTEM
from logistics.archive import shape
from logistics.archive.opening import open_package
from logistics.archive.payload import DOSSIER
from logistics.decision import Fact
from logistics.rules.workdays import china_date
from logistics.store import fixity
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Disposal, Dossier, KeptPackage, LegalHold, PackageCheck, Paper, Signature
from logistics.terms import CheckLink

PACKAGE = "package"


def unknown_packages(ctx: Context, limit: int = 20) -> list[str]:
    """Dossiers with a sealed package of which nothing is known yet, oldest first."""
    known = select(KeptPackage.dossier_id)
    with Session(ctx.engine) as session:
        rows = session.exec(
            select(Dossier.no)
            .join(Paper, col(Paper.dossier_id) == Dossier.id)
            .where(Paper.kind == PACKAGE, col(Paper.dossier_id).not_in(known))
            .order_by(col(Paper.id))
            .limit(limit)
        )
        return list(rows)


def know_package(ctx: Context, dossier_no: str) -> bool:
    """What the dossier's package says of itself is known; False when it was before.

    Raises `FileLost` or `FileAltered` when its bytes cannot be read, ValueError when they are no package.
    """
    with work(ctx, SYSTEM, "know_package") as w:
        dossier = w.dossier(dossier_no)
        if w.session.exec(select(KeptPackage).where(KeptPackage.dossier_id == dossier.id)).first() is not None:
            return False
        paper = w.session.exec(select(Paper).where(Paper.dossier_id == dossier.id, Paper.kind == PACKAGE)).one()
        says = _says(ctx.files.get(paper.sha256))
        w.session.add(
            KeptPackage(
                dossier_id=cast(int, dossier.id),
                agency_id=dossier.sender_agency_id,
                sha256=paper.sha256,
                size_bytes=paper.size_bytes,
                sealed_at=paper.made_at,
                year=china_date(dossier.closed_at or paper.made_at).year,
                **says,
            )
        )
        return True


def _says(content: bytes) -> dict[str, Any]:
    """The package's own words; a format without a record number has no such words."""
    files = open_package(content).files
    if DOSSIER not in files:
        raise ValueError("the package has no dossier.json")
    told = shape.parsed(files[DOSSIER])
    names = ("record_no", "archival_code", "retention", "secrecy", "title")
    return {name: shape.text(told, name) for name in names if name in told}


def dossiers_of_package(ctx: Context, sha256: str) -> list[str]:
    """Dossiers whose known package is that file."""
    with Session(ctx.engine) as session:
        rows = session.exec(
            select(Dossier.no)
            .join(KeptPackage, col(KeptPackage.dossier_id) == Dossier.id)
            .where(KeptPackage.sha256 == sha256)
        )
        return list(rows)


@dataclass(frozen=True)
class Checked:
    """What the four checks found in one package at one link. `failed`: each item not passed, with why."""

    link: CheckLink
    passed: bool
    failed: tuple[str, ...]
    report: bytes  # XML


def keep_check(ctx: Context, dossier_no: str, found: Checked) -> str:
    """The report is stored and named in the ledger; returns its SHA-256."""
    with work(ctx, SYSTEM, "keep_check") as w:
        dossier = w.dossier(dossier_no)
        return keep_report(w, dossier, found)


def keep_report(w: Work, dossier: Dossier, found: Checked) -> str:
    """As `keep_check`, within a verb that has the dossier."""
    sha256 = w.ctx.files.put(found.report)
    w.session.add(
        PackageCheck(
            dossier_id=cast(int, dossier.id),
            link=found.link,
            at=w.now,
            passed=found.passed,
            failed=list(found.failed),
            report_sha256=sha256,
        )
    )
    w.session.flush()
    data: dict[str, Any] = {
        "link": found.link.value.upper(),
        "passed": found.passed,
        "failed": list(found.failed),
        "report_sha256": sha256,
    }
    w.record(dossier, Fact("package:checked", "" if found.passed else "四性检测未通过", data))
    return sha256


def approved_disposals(ctx: Context, limit: int = 20) -> list[str]:
    """Dossiers whose disposal two people decided on and which is not carried out yet."""
    with Session(ctx.engine) as session:
        rows = session.exec(
            select(Dossier.no)
            .join(Disposal, col(Disposal.dossier_id) == Dossier.id)
            .where(col(Disposal.approved_at).is_not(None), col(Disposal.done_at).is_(None))
            .order_by(col(Disposal.id))
            .limit(limit)
        )
        return list(rows)


def dispose(ctx: Context, dossier_no: str) -> int:
    """The dossier's package and papers are gone from the store; the ledger says which, and stays. How many files went.

    A file that another dossier has too stays. The files go first: killed in between, the next try finds them gone and
    records the same. A hold that was set after the approval stops it: nothing happens, and 0 is returned.
    """
    with work(ctx, SYSTEM, "dispose") as w:
        dossier = w.dossier(dossier_no)
        row = w.session.exec(
            select(Disposal).where(
                Disposal.dossier_id == dossier.id,
                col(Disposal.approved_at).is_not(None),
                col(Disposal.done_at).is_(None),
            )
        ).first()
        if row is None or _held(w.session, dossier):
            return 0
        files = _files(w.session, dossier)
        shared = _shared(w.session, dossier, [one["sha256"] for one in files])
        removed = [one for one in files if one["sha256"] not in shared]
        for sha256 in sorted({one["sha256"] for one in removed}):
            ctx.files.remove(sha256)
            fixity.gone(w.session, sha256, w.now)
        row.done_at, row.removed = w.now, removed
        w.session.add(row)
        w.session.flush()
        package = w.session.get_one(KeptPackage, row.package_id)
        data: dict[str, Any] = {
            "record_no": package.record_no,
            "archival_code": package.archival_code,
            "sha256": package.sha256,
            "retention": package.retention,
            "retained_until": row.retained_until.isoformat(),
            "removed": removed,
        }
        w.record(dossier, Fact("package:disposed", row.reason, data))
        return len(removed)


def _held(session: Session, dossier: Dossier) -> bool:
    in_force = select(LegalHold.id).where(LegalHold.dossier_id == dossier.id, col(LegalHold.lifted_at).is_(None))
    return session.exec(in_force).first() is not None


def _files(session: Session, dossier: Dossier) -> list[dict[str, Any]]:
    """Every file that is the dossier's: its papers, the package among them, and the pictures of its signatures."""
    papers = session.exec(select(Paper).where(Paper.dossier_id == dossier.id).order_by(col(Paper.id))).all()
    signed = session.exec(select(Signature).where(Signature.dossier_id == dossier.id).order_by(col(Signature.id))).all()
    return [{"no": one.no, "kind": one.kind, "sha256": one.sha256, "bytes": one.size_bytes} for one in papers] + [
        {"no": f"{dossier.no}-Q{one.seq}", "kind": "signature", "sha256": one.image_sha256, "bytes": one.image_bytes}
        for one in signed
    ]


def _shared(session: Session, dossier: Dossier, digests: Sequence[str]) -> set[str]:
    """Those of the files that another dossier has too."""
    papers = select(Paper.sha256).where(col(Paper.sha256).in_(digests), Paper.dossier_id != dossier.id)
    signed = select(Signature.image_sha256).where(
        col(Signature.image_sha256).in_(digests), Signature.dossier_id != dossier.id
    )
    return {*session.exec(papers), *session.exec(signed)}
