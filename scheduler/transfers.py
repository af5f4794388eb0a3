"""Carry ordered batches to the archive: check each package, make the batch's papers, write, read back, record.

Every step is stored as it is done, so whoever takes up a batch after a crash goes on where it was; what is there
already is compared, never written over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from sqlmodel import Session

from logistics import logs
from logistics.archive import handover
from logistics.archive.checks.report import Link
from logistics.archive.checks.subject import Batch, BatchLine
from logistics.archive.checks.written import report_xml
from logistics.archive.profiles import Profile, load
from logistics.archive.profiles.writing import ElementMissing
from logistics.rules.keeping import lock_until
from logistics.services import handing, handing_papers
from logistics.services.handing_papers import Beside
from logistics.store import keeping, transfers
from logistics.store.context import Context
from logistics.store.files import FileAltered, FileLost
from logistics.store.transfers import Line
from logistics.terms import LockMode, TransferLineState, TransferTarget
from scheduler.handover.destination import Destination, Lock, NotNow, Refused
from scheduler.handover.folder import Folder

LEASE = timedelta(minutes=5)  # renewed with every package
AGAIN_AFTER = timedelta(minutes=2)
WAITING = TransferLineState.WAITING

log = logs.get("transfers")


def once(ctx: Context, profile: str = "fuzhou", *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Every batch that is ordered and that nobody works on has gone as far as it can; how many were handed over."""
    done = 0
    while going_on():
        no = transfers.claim(ctx.engine, ctx.clock(), LEASE)
        if no is None:
            break
        done += _carry(ctx, no, profile, going_on)
    return done


def _carry(ctx: Context, no: str, profile: str, going_on: Callable[[], bool]) -> int:
    try:
        finished = _Batch(ctx, no, load(profile), going_on).carry()
    except NotNow as why:
        transfers.put_off(ctx.engine, no, ctx.clock() + AGAIN_AFTER, str(why))
        log.warning("transfer_put_off", batch=no, why=str(why))
        return 0
    except (Refused, ElementMissing) as why:
        transfers.park(ctx.engine, no, ctx.clock(), str(why))
        log.error("transfer_parked", batch=no, why=str(why))
        return 0
    except (FileLost, FileAltered) as why:  # a paper of the batch itself, or a package after it was checked
        transfers.park(ctx.engine, no, ctx.clock(), f"存放的文件有误：{type(why).__name__}。请看归档页的文件核对")
        log.error("transfer_parked", batch=no, why=str(why))
        return 0
    if not finished:  # told to stop: another process may go on at once
        transfers.hold(ctx.engine, no, ctx.clock())
    return int(finished)


class _Batch:
    """One batch in hand."""

    def __init__(self, ctx: Context, no: str, profile: Profile, going_on: Callable[[], bool]) -> None:
        self._ctx, self._no, self._profile, self._going_on = ctx, no, profile, going_on

    def carry(self) -> bool:
        """The batch is handed over, or ended without a package that passed. False when told to stop on the way."""
        if not self._check():
            return False
        of = self._beside()
        if not of.lines:
            handing.nothing_left(self._ctx, self._no)
            log.warning("transfer_empty", batch=self._no)
            return True
        papers = self._papers(of)
        there = _destination(self._ctx, of)
        there.begin()
        if not self._write(there, of, papers):
            return False
        files = {one.path: one.package.sha256 for one in of.lines} | papers
        there.finish(frozenset(files))
        self._compare(there, files)
        locks = {one.dossier_no: lock.words for one in of.lines if (lock := _lock(of, one)) is not None}
        count = handing.handed_over(self._ctx, self._no, there.location, locks)
        log.info("transferred", batch=self._no, packages=count, location=there.location)
        return True

    def _beside(self) -> Beside:
        with Session(self._ctx.engine) as session:
            return handing_papers.beside(session, self._no)

    def _hold(self) -> None:
        transfers.hold(self._ctx.engine, self._no, self._ctx.clock() + LEASE)

    def _check(self) -> bool:
        """Each package that waits was looked at as one of those that go with it; what failed is held back."""
        while True:
            of = self._beside()
            if of.batch.documents:
                return True  # looked at before: the papers tell of it
            fresh = [one for one in of.lines if one.line.checked_at is None]
            batch, failed = self._catalogue(of) if fresh else None, False
            for one in fresh:
                if not self._going_on():
                    return False
                self._hold()
                failed |= not self._passes(one, batch)
            if not failed:
                return True
            handing.check_again(self._ctx, self._no)

    def _passes(self, one: Line, batch: Batch | None) -> bool:
        try:
            content = self._ctx.files.get(one.package.sha256)
        except (FileLost, FileAltered) as why:
            handing.unreadable(self._ctx, self._no, one.dossier_no, "存放的包读不出来或内容已变，见归档页的文件核对")
            log.error("package_unreadable", batch=self._no, dossier=one.dossier_no, error=type(why).__name__)
            return False
        report = handover.check_package(content, Link.YJ, self._ctx.clock(), batch, (self._profile,))
        failed = handover.failures(report, content)
        handing.checked(self._ctx, self._no, one.dossier_no, failed, report_xml(report), hold_back=True)
        if failed:
            log.error("package_held_back", batch=self._no, dossier=one.dossier_no, failed=list(failed))
        return not failed

    def _catalogue(self, of: Beside) -> Batch:
        """The batch as its catalogue will list it, with a reason for each number that it leaves out."""
        lines = tuple(
            BatchLine(one.package.record_no, one.package.archival_code, one.package.size_bytes, one.package.sha256)
            for one in of.lines
        )
        here = {line.record_no for line in lines}
        with Session(self._ctx.engine) as session:
            every = keeping.packages(session, keeping.Wanted(agency_id=of.batch.agency_id), limit=1_000_000)
        others = {row.package.record_no: _elsewhere(row) for row in every if row.package.record_no not in here}
        return Batch(self._no, lines, len(lines), sum(line.size for line in lines), others)

    def _papers(self, of: Beside) -> dict[str, str]:
        """The batch's own files by their places, made once: what is made twice would bear two times."""
        if not of.batch.documents:
            head = handing.newest_head(self._ctx)
            with Session(self._ctx.engine) as session:
                reports = handing_papers.reports_of(session, of)
            made = handing_papers.documents(self._ctx, of, self._profile, head, reports)
            handing.prepared(self._ctx, self._no, made, head)
            return made
        return {path: str(sha256) for path, sha256 in of.batch.documents.items()}

    def _write(self, there: Destination, of: Beside, papers: dict[str, str]) -> bool:
        for one in of.lines:
            if not self._going_on():
                return False
            self._hold()
            there.write(one.path, self._ctx.files.get(one.package.sha256), _lock(of, one))
            if one.line.written_at is None:
                handing.written(self._ctx, self._no, one.dossier_no)
        longest = _longest(of)
        for path, sha256 in papers.items():
            there.write(path, self._ctx.files.get(sha256), longest)
        return True

    def _compare(self, there: Destination, files: dict[str, str]) -> None:
        """Every file was read back from where it lies, and is what was to be handed over."""
        for path, sha256 in files.items():
            self._hold()
            if hashlib.sha256(there.read(path)).hexdigest() != sha256:
                raise Refused(f"{path} 读回的内容与原件不符，移交没有完成。请检查载体或存储后重试")


def _elsewhere(row: keeping.Row) -> str:
    if row.disposal is not None:
        return "已处置"
    if row.line is not None:
        return f"在批次 {row.batch_no}"
    return "未列入本批次"


def _destination(ctx: Context, of: Beside) -> Destination:
    """Where this batch goes. Raises `Refused` when it is not set up any more."""
    settings, target = ctx.keeping, of.batch.target
    if target is TransferTarget.FOLDER and settings.folder is not None:
        return Folder(settings.folder, of.batch.no)
    if target is TransferTarget.MEDIUM and settings.medium is not None:
        return Folder(settings.medium, of.batch.no, mounted=True)
    if target is TransferTarget.S3 and settings.bucket_url:
        from scheduler.handover.bucket import Bucket

        return Bucket(settings.bucket_url, of.batch.no, settings.aws)
    raise Refused("这种移交方式没有设置好。请系统管理人员设置后重试")


def _lock(of: Beside, one: Line) -> Lock | None:
    mode = of.batch.lock_mode
    if mode is LockMode.NONE:
        return None
    return Lock(mode is LockMode.COMPLIANCE, lock_until(one.package.retention, one.package.year))


def _longest(of: Beside) -> Lock | None:
    """The lock of the batch's own papers: as long as that of the package that is kept longest."""
    locks = [lock for one in of.lines if (lock := _lock(of, one)) is not None]
    if not locks:
        return None
    ends = [lock.until for lock in locks if lock.until is not None]
    until = max(ends) if len(ends) == len(locks) else None
    return Lock(locks[0].compliance, until)
