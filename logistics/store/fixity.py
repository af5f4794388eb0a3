"""What is known of stored files: which there are, and when each was last read and found sound. Written by the scheduler
alone; a keeper sees the figures, and the faults of files that are papers or reports they may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from logistics.rules.workdays import china_date
from logistics.tables import Dossier, FixityDay, FixityFault, KeptFile, Paper, Report
from logistics.terms import FileFault

_MANY = 1000

_NAMED = text("""
    INSERT INTO kept_file (sha256, known_since, due_at)
    SELECT named.sha256, :now, :now FROM (
        SELECT sha256 FROM paper
        UNION SELECT signature_sha256 FROM handover_list
        UNION SELECT image_sha256 FROM signature
        UNION SELECT report_sha256 FROM package_check
        UNION SELECT signed_sha256 FROM transfer_batch
        UNION SELECT sha256 FROM old_ledger
        UNION SELECT sheet_sha256 FROM report
        UNION SELECT paper_sha256 FROM report
        UNION SELECT d.value FROM transfer_batch, jsonb_each_text(documents) d
    ) named WHERE length(named.sha256) = 64
    ON CONFLICT (sha256) DO NOTHING RETURNING sha256""")


@dataclass(frozen=True)
class Due:
    """A file whose turn it is. `fault`: what was wrong at the last look."""

    sha256: str
    fault: FileFault | None


@dataclass(frozen=True)
class Figures:
    """How the files stand: known, read within the period, with a fault now; the oldest good reading; the last day."""

    files: int
    sound: int
    unsound: int
    oldest_ok: datetime | None
    last: FixityDay | None


@dataclass(frozen=True)
class Unsound:
    """A paper whose file has a fault now."""

    dossier_no: str
    paper_no: str
    kind: str
    file: KeptFile


@dataclass(frozen=True)
class UnsoundReport:
    """A report of which a file has a fault now; `ending`: which of them, "xlsx" or "pdf"."""

    report: Report
    ending: str
    file: KeptFile


def enrol_named(session: Session, now: datetime) -> int:
    """Every file that a row names is known; how many are new."""
    return len(session.execute(_NAMED, {"now": now}).all())


def enrol_found(session: Session, found: Iterable[tuple[str, int]], now: datetime) -> int:
    """Every file that lies in the store is known, whoever put it there; how many are new. Each is due at once."""
    fresh, batch = 0, list[dict[str, object]]()
    for sha256, size in found:
        batch.append({"sha256": sha256, "known_since": now, "due_at": now, "size_bytes": size})
        if len(batch) == _MANY:
            fresh += _enrol(session, batch)
            batch = []
    return fresh + (_enrol(session, batch) if batch else 0)


def _enrol(session: Session, rows: list[dict[str, object]]) -> int:
    made = insert(KeptFile).values(rows).on_conflict_do_nothing().returning(col(KeptFile.sha256))
    return len(session.execute(made).all())


def claim(session: Session, now: datetime, limit: int, lease: timedelta) -> list[Due]:
    """Files whose turn it is, the longest due first; they are ours until the lease ends, then due again."""
    due = (
        select(col(KeptFile.sha256))
        .where(col(KeptFile.gone_at).is_(None), col(KeptFile.due_at) <= now)
        .order_by(col(KeptFile.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(KeptFile)
        .where(col(KeptFile.sha256).in_(due))
        .values(due_at=now + lease)
        .returning(col(KeptFile.sha256), col(KeptFile.fault))
    )
    return [Due(sha256, FileFault(fault) if fault else None) for sha256, fault in taken]


def found_sound(session: Session, sha256: str, size: int, now: datetime, due_at: datetime) -> None:
    """The file was read and is what its name says."""
    row = session.get_one(KeptFile, sha256)
    row.size_bytes, row.checked_at, row.last_ok_at, row.due_at = size, now, now, due_at
    row.fault, row.fault_since = None, None
    session.add(row)


def found_unsound(session: Session, sha256: str, kind: FileFault, now: datetime, due_at: datetime) -> None:
    """The file has this fault, which is on record, whatever becomes of it."""
    row = session.get_one(KeptFile, sha256)
    row.checked_at, row.due_at = now, due_at
    if row.fault is None:
        row.fault_since = now
    row.fault = kind
    session.add(row)
    session.add(FixityFault(sha256=sha256, at=now, kind=kind))


def count(session: Session, now: datetime, files: int, size: int, faults: int) -> None:
    """The day's figures have so many more files and faults in them."""
    row = {"day": china_date(now), "files": files, "bytes": size, "faults": faults, "last_at": now}
    made = insert(FixityDay).values(row)
    session.execute(
        made.on_conflict_do_update(
            index_elements=["day"],
            set_={
                "files": FixityDay.files + made.excluded.files,
                "bytes": FixityDay.bytes + made.excluded.bytes,
                "faults": FixityDay.faults + made.excluded.faults,
                "last_at": made.excluded.last_at,
            },
        )
    )


def gone(session: Session, sha256: str, now: datetime) -> None:
    """The file was taken away by a disposal: it is not looked for any more."""
    row = session.get(KeptFile, sha256) or KeptFile(sha256=sha256, known_since=now, due_at=now)
    row.gone_at, row.fault, row.fault_since = now, None, None
    session.add(row)


def figures(session: Session, since: datetime) -> Figures:
    """How the files stand that the reader's papers are; `since`: a good reading after it is recent enough."""
    there = col(KeptFile.gone_at).is_(None)
    files, sound, unsound_now, oldest = session.execute(
        select(
            func.count(),
            func.count().filter(col(KeptFile.last_ok_at) >= since, col(KeptFile.fault).is_(None)),
            func.count().filter(col(KeptFile.fault).is_not(None)),
            func.min(KeptFile.last_ok_at),
        ).where(there)
    ).one()
    last = session.scalars(select(FixityDay).order_by(col(FixityDay.day).desc()).limit(1)).first()
    return Figures(files, sound, unsound_now, oldest, last)


def unsound(session: Session, limit: int = 100) -> list[Unsound]:
    """Papers whose file has a fault now, the longest standing first."""
    statement = (
        select(col(Dossier.no), col(Paper.no), col(Paper.kind), KeptFile)
        .join(Paper, col(Paper.dossier_id) == Dossier.id)
        .join(KeptFile, col(KeptFile.sha256) == Paper.sha256)
        .where(col(KeptFile.fault).is_not(None), col(KeptFile.gone_at).is_(None))
        .order_by(col(KeptFile.fault_since), col(Paper.id))
        .limit(limit)
    )
    return [Unsound(*row) for row in session.execute(statement)]


def unsound_reports(session: Session, limit: int = 100) -> list[UnsoundReport]:
    """Reports of which a file has a fault now, the longest standing first."""
    statement = (
        select(Report, KeptFile)
        .join(KeptFile, col(KeptFile.sha256).in_([Report.sheet_sha256, Report.paper_sha256]))
        .where(col(KeptFile.fault).is_not(None), col(KeptFile.gone_at).is_(None))
        .order_by(col(KeptFile.fault_since), col(Report.id))
        .limit(limit)
    )
    return [
        UnsoundReport(report, "xlsx" if file.sha256 == report.sheet_sha256 else "pdf", file)
        for report, file in session.execute(statement)
    ]


def of_report(session: Session, report: Report) -> dict[str, KeptFile]:
    """What is known of a report's files, by "xlsx" and "pdf"; nothing of one that is not known yet."""
    named = {report.sheet_sha256: "xlsx", report.paper_sha256: "pdf"}
    rows = session.scalars(select(KeptFile).where(col(KeptFile.sha256).in_(named)))
    return {named[row.sha256]: row for row in rows}
