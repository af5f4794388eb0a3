"""Time stamps over the log's signed heads."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from logistics.archive.checkpoints import signing_text
from logistics.store import ledger
from logistics.tables import Checkpoint, CheckpointStamp


def unstamped(session: Session) -> Checkpoint | None:
    """The newest head, while it has no stamp. Older ones without are left: a stamp of a later head covers their log."""
    newest = ledger.newest_checkpoint(session)
    return None if newest is None or session.get(CheckpointStamp, newest.size) is not None else newest


def text(head: Checkpoint) -> bytes:
    """The bytes that are stamped: those under the head's signature."""
    return signing_text(head.size, head.root, head.signed_at)


def keep(session: Session, head: Checkpoint, token: bytes, at: datetime, authority: str) -> None:
    """The head has this stamp; a second one, which another process got meanwhile, changes nothing."""
    digest = hashlib.sha256(text(head)).hexdigest()
    row = insert(CheckpointStamp).values(
        size=head.size, text_sha256=digest, stamped_at=at, authority=authority, token=token
    )
    session.execute(row.on_conflict_do_nothing())


def of(session: Session, content: bytes) -> bytes | None:
    """The stamp over exactly these bytes, where they are a head's text that was stamped."""
    digest = hashlib.sha256(content).hexdigest()
    return session.exec(select(CheckpointStamp.token).where(col(CheckpointStamp.text_sha256) == digest)).first()
