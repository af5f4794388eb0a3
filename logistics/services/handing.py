"""What the scheduler records of a batch as it goes: checked, held back, written, handed over. Each step its own act, so
that whoever takes up a batch after a crash goes on where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from logistics.actor import SYSTEM
from logistics.decision import Fact
from logistics.rules import keeping
from logistics.store import ledger, transfers
from logistics.store.context import Context
from logistics.store.transfers import Line
from logistics.store.work import Work, work
from logistics.tables import Dossier, PackageCheck, TransferBatch
from logistics.terms import CheckLink, TransferLineState, TransferState

HELD_BACK, WAITING, HANDED_OVER = (
    TransferLineState.HELD_BACK, TransferLineState.WAITING, TransferLineState.HANDED_OVER
)  # fmt: skip


def checked(
    ctx: Context, batch_no: str, dossier_no: str, failed: tuple[str, ...], report: bytes, hold_back: bool
) -> None:
    """The package's check is on record with its report; one that failed is held back, with why, and does not go."""
    with work(ctx, SYSTEM, "check_package") as w:
        batch, dossier, one = _line(w, batch_no, dossier_no)
        sha256 = ctx.files.put(report)
        w.session.add(
            PackageCheck(
                dossier_id=one.line.dossier_id,
                link=CheckLink.YJ,
                at=w.now,
                passed=not failed,
                failed=list(failed),
                report_sha256=sha256,
            )
        )
        one.line.checked_at = w.now
        data: dict[str, Any] = {
            "batch": batch.no,
            "link": CheckLink.YJ.value.upper(),
            "passed": not failed,
            "failed": list(failed),
            "report_sha256": sha256,
            "sha256": one.package.sha256,
        }
        if failed and hold_back:
            keeping.require_line_move(one.line.state, HELD_BACK)
            one.line.state, one.line.why = HELD_BACK, "；".join(failed)
        w.session.add(one.line)
        w.session.flush()
        w.record(dossier, Fact("package:held_back" if failed else "package:checked", one.line.why, data))


def unreadable(ctx: Context, batch_no: str, dossier_no: str, why: str) -> None:
    """The package's bytes cannot be had: it is held back."""
    with work(ctx, SYSTEM, "hold_back_package") as w:
        batch, dossier, one = _line(w, batch_no, dossier_no)
        keeping.require_line_move(one.line.state, HELD_BACK)
        one.line.state, one.line.why, one.line.checked_at = HELD_BACK, why, w.now
        w.session.add(one.line)
        w.session.flush()
        data: dict[str, Any] = {"batch": batch.no, "sha256": one.package.sha256}
        w.record(dossier, Fact("package:held_back", why, data))


def check_again(ctx: Context, batch_no: str) -> None:
    """What still waits is checked once more: the batch is smaller than it was when it was looked at."""
    with work(ctx, SYSTEM, "check_batch_again") as w:
        batch = transfers.by_no(w.session, batch_no, lock=True)
        for one in transfers.lines(w.session, batch):
            if one.line.state is WAITING:
                one.line.checked_at = None
                w.session.add(one.line)


def prepared(ctx: Context, batch_no: str, documents: Mapping[str, str], head: tuple[int, str]) -> None:
    """What goes beside the packages is made and stored, once: path -> SHA-256; `head`: the ledger's it bears."""
    with work(ctx, SYSTEM, "prepare_transfer") as w:
        batch = transfers.by_no(w.session, batch_no, lock=True)
        if not batch.documents:
            batch.documents = dict(documents)
            batch.ledger_size, batch.ledger_root = head
            w.session.add(batch)


def written(ctx: Context, batch_no: str, dossier_no: str) -> None:
    """The package lies where it is handed over; people see how far it is."""
    with work(ctx, SYSTEM, "write_package") as w:
        _, _, one = _line(w, batch_no, dossier_no)
        one.line.written_at = w.now
        w.session.add(one.line)


def handed_over(ctx: Context, batch_no: str, location: str, locks: Mapping[str, str]) -> int:
    """Every package that waited is handed over, as each dossier's ledger has it; how many. A repeat does nothing.

    `locks`: dossier number -> how its object is locked, in words for the ledger.
    """
    with work(ctx, SYSTEM, "hand_over_batch") as w:
        batch = transfers.by_no(w.session, batch_no, lock=True)
        if batch.state is TransferState.HANDED_OVER:
            return 0
        keeping.require_move(batch.state, TransferState.HANDED_OVER)
        going = [one for one in transfers.lines(w.session, batch) if one.line.state is WAITING]
        for one in sorted(going, key=lambda one: one.line.dossier_id):
            dossier = w.dossier(one.dossier_no)
            keeping.require_line_move(one.line.state, HANDED_OVER)
            one.line.state = HANDED_OVER
            w.session.add(one.line)
            w.session.flush()
            w.record(dossier, Fact("package:transferred", batch.name, _told(batch, one, location, locks)))
        batch.state, batch.handed_over_at, batch.location = TransferState.HANDED_OVER, w.now, location
        batch.lease_until, batch.last_error = None, ""
        w.session.add(batch)
        return len(going)


def _told(batch: TransferBatch, one: Line, location: str, locks: Mapping[str, str]) -> dict[str, Any]:
    return {
        "batch": batch.no,
        "sha256": one.package.sha256,
        "path": one.path,
        "receiver": batch.receiver,
        "target": batch.target.value,
        "carrier_no": batch.carrier_no,
        "location": location,
        "lock": locks.get(one.dossier_no, ""),
    }


def nothing_left(ctx: Context, batch_no: str) -> None:
    """No package of the batch passed: it ends here, and each package can come again in another."""
    with work(ctx, SYSTEM, "end_transfer") as w:
        batch = transfers.by_no(w.session, batch_no, lock=True)
        keeping.require_move(batch.state, TransferState.WITHDRAWN)
        batch.state, batch.lease_until = TransferState.WITHDRAWN, None
        batch.last_error = "没有一个归档信息包通过四性检测，什么都没有移交。"
        w.session.add(batch)


def newest_head(ctx: Context) -> tuple[int, str]:
    """Size and root of the newest signed head of the log; (0, "") when there is none."""
    with Session(ctx.engine) as session:
        head = ledger.newest_checkpoint(session)
        return (0, "") if head is None else (head.size, head.root)


def _line(w: Work, batch_no: str, dossier_no: str) -> tuple[TransferBatch, Dossier, Line]:
    """Dossier first, then batch, locked in one order for everybody who has both."""
    dossier = w.dossier(dossier_no)
    batch = transfers.by_no(w.session, batch_no)
    one = next(one for one in transfers.lines(w.session, batch) if one.dossier_no == dossier_no)
    return batch, dossier, one
