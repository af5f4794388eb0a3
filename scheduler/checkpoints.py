"""Put new ledger entries into the Merkle log and sign its head."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from logistics import logs
from logistics.store import ledger
from logistics.store.context import Context

log = logs.get("checkpoints")


def once(ctx: Context, every_seconds: float = 0.0) -> int:
    """The head over all committed entries is signed; how many heads were. None is signed while the newest is younger
    than `every_seconds`: several processes together sign as often as one alone."""
    signed = 0
    with Session(ctx.engine) as session:
        newest = ledger.newest_checkpoint(session)
    if newest is not None and ctx.clock() - newest.signed_at < timedelta(seconds=every_seconds):
        return signed
    while _sign(ctx):  # a long backlog is logged in batches, each with its own head
        signed += 1
    return signed


def _sign(ctx: Context) -> bool:
    with Session(ctx.engine) as session, session.begin():
        head = ledger.sign_head(session, ctx.signing_key, ctx.clock())
        size = head.size if head is not None else None
    if size is not None:
        log.info("checkpoint", size=size)
    return size is not None
