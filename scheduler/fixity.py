"""Read every stored file again once a period, a few at a look, and have packages checked whole as they are read.

Whether bytes are still there and still themselves is not seen by keeping them: only reading tells.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlmodel import Session

from logistics import logs
from logistics.archive import handover
from logistics.archive.checks.report import Link
from logistics.archive.checks.written import report_xml
from logistics.archive.profiles import load
from logistics.rules.keeping import next_reading, reading_after_fault
from logistics.services import keeping
from logistics.services.keeping import Checked
from logistics.store import fixity
from logistics.store.context import Context
from logistics.store.files import FileAltered, FileLost
from logistics.store.fixity import Due
from logistics.terms import CheckLink, FileFault

FEW = 50  # files at one look: with a look every five minutes, five million a year
LEASE = timedelta(hours=1)

log = logs.get("fixity")


def once(ctx: Context, profile: str = "fuzhou", few: int = FEW, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Up to `few` files whose turn it is were read; how many were not as they should be."""
    with Session(ctx.engine) as session, session.begin():
        due = fixity.claim(session, ctx.clock(), few, LEASE)
    files = size = faults = 0
    for one in due:
        if not going_on():
            break
        content = _read(ctx, one)
        files, size, faults = files + 1, size + len(content or b""), faults + (content is None)
        if content is not None:
            _check(ctx, one.sha256, content, profile)
    if files:
        with Session(ctx.engine) as session, session.begin():
            fixity.count(session, ctx.clock(), files, size, faults)
        log.info("reread", files=files, bytes=size, faults=faults)
    return faults


def _read(ctx: Context, one: Due) -> bytes | None:
    """The file's bytes; None for one with a fault, which is on record now."""
    fault, content = None, None
    try:
        content = ctx.files.get(one.sha256)
    except FileLost:
        fault = FileFault.MISSING
    except FileAltered:
        fault = FileFault.ALTERED
    except OSError as why:  # the disk or the store: what it says tells an administrator more than we can
        fault = FileFault.UNREADABLE
        log.error("file_unreadable", sha256=one.sha256, error=type(why).__name__)
    now = ctx.clock()
    with Session(ctx.engine) as session, session.begin():
        if fault is None and content is not None:
            fixity.found_sound(session, one.sha256, len(content), now, next_reading(now, ctx.keeping.fixity_days))
        elif fault is not None:
            fixity.found_unsound(session, one.sha256, fault, now, reading_after_fault(now))
            log.error("file_fault", sha256=one.sha256, fault=fault.value)
    if one.fault is not None and fault is None:
        log.info("file_back", sha256=one.sha256)
    return content


def _check(ctx: Context, sha256: str, content: bytes, profile: str) -> None:
    """The four checks of long-term keeping over each package these bytes are; the report is kept with it."""
    for dossier_no in keeping.dossiers_of_package(ctx, sha256):
        report = handover.check_package(content, Link.BC, ctx.clock(), profiles=(load(profile),))
        failed = handover.failures(report, content)
        found = Checked(CheckLink.BC, not failed, failed, report_xml(report))
        keeping.keep_check(ctx, dossier_no, found)
        if failed:
            log.error("package_unsound", dossier=dossier_no, failed=list(failed))


def enrol(ctx: Context) -> int:
    """Every file that a row names or that lies in the store is known; how many are new."""
    with Session(ctx.engine) as session, session.begin():
        named = fixity.enrol_named(session, ctx.clock())
        return named + fixity.enrol_found(session, ctx.files.every(), ctx.clock())


def know_packages(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """What each sealed package says of itself is known; how many were new."""
    fresh = 0
    for dossier_no in keeping.unknown_packages(ctx):
        if not going_on():
            break
        try:
            fresh += keeping.know_package(ctx, dossier_no)
        except (OSError, ValueError) as why:  # its file has a fault, which the reading above records
            log.error("package_unknown", dossier=dossier_no, error=type(why).__name__)
    return fresh


def dispose(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """What two people decided to dispose of is gone from the store; how many files went."""
    gone = 0
    for dossier_no in keeping.approved_disposals(ctx):
        if not going_on():
            break
        files = keeping.dispose(ctx, dossier_no)
        log.info("disposed", dossier=dossier_no, files=files)
        gone += files
    return gone
