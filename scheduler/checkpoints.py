"""Put new ledger entries into the Merkle log, sign its head, and have that time-stamped where an authority is set."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from logistics import logs
from logistics.archive import timestamps
from logistics.archive.means import StampRefused
from logistics.store import ledger, stamps
from logistics.store.context import Context
from scheduler.sealing import Stamper

log = logs.get("checkpoints")


def once(ctx: Context, every_seconds: float = 0.0, stamper: Stamper | None = None) -> int:
    """The head over all committed entries is signed; how many heads were. None is signed while the newest is younger
    than `every_seconds`: several processes together sign as often as one alone.

    Then the newest head is stamped, if it was not. An authority that does not answer delays the stamp alone: the next
    look asks again.
    """
    signed = 0
    with Session(ctx.engine) as session:
        newest = ledger.newest_checkpoint(session)
    if newest is None or ctx.clock() - newest.signed_at >= timedelta(seconds=every_seconds):
        while _sign(ctx):  # a long backlog is logged in batches, each with its own head
            signed += 1
    if stamper is not None:
        _stamp(ctx, stamper)
    return signed


def _sign(ctx: Context) -> bool:
    with Session(ctx.engine) as session, session.begin():
        head = ledger.sign_head(session, ctx.signing_key, ctx.clock())
        size = head.size if head is not None else None
    if size is not None:
        log.info("checkpoint", size=size)
    return size is not None


def _stamp(ctx: Context, stamper: Stamper) -> None:
    with Session(ctx.engine) as session:
        head = stamps.unstamped(session)
    if head is None:
        return
    content = stamps.text(head)
    try:  # outside any transaction: an authority may take its time
        token = stamper(content)
    except StampRefused as why:
        log.warning("stamp_missing", size=head.size, why=str(why))
        return
    said = timestamps.check(token, content, stamper.roots)
    with Session(ctx.engine) as session, session.begin():
        stamps.keep(session, head, token, said.at, said.authority)
    log.info("stamped", size=head.size, at=said.at.isoformat(), authority=said.authority)
