"""What a sound package proves and what it cannot prove, in plain words."""

from __future__ import annotations

from logistics.archive.checkpoints import Checkpoint
from logistics.archive.countersigns import Countersigned
from logistics.archive.findings import sentence
from logistics.archive.report import Sentence
from logistics.rules.chain import stamp


def said(
    entries: int, printed: int, checkpoint: Checkpoint, pinned: bool, others: Countersigned
) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """(proven, not proven) for a package without fault.

    `printed` heads of the log stand on papers; `pinned`: the reader named the key and it was that one.
    """
    signed, key = stamp(checkpoint.signed_at), checkpoint.key_id
    stamped, clock = _time(others)
    proven = (
        *([sentence("whose_key", key=key)] if pinned else []),
        sentence("every_byte"),
        sentence("whole_chain", entries=entries, signed=signed, size=checkpoint.size),
        sentence("custody"),
        sentence("papers"),
        *([sentence("witnessed", printed=printed)] if printed else []),
        *stamped,
        *([sentence("sm2_holds", key=others.sm2)] if others.sm2 else []),
    )
    not_proven = (
        *([] if pinned else [sentence("whose_key_unknown", key=key)]),
        *clock,
        sentence("truth"),
        sentence("same_log", root=checkpoint.root_hex),
    )
    return proven, not_proven


def _time(others: Countersigned) -> tuple[list[Sentence], list[Sentence]]:
    """What is proven of the time of sealing, and what is not."""
    early, late = others.stamps
    if early is None or late is None:
        return [], [sentence("signers_clock")]
    values = {"by": late.authority, "at": stamp(early.at), "sealed": stamp(late.at)}
    if early.trusted and late.trusted:
        return [sentence("stamped", **values)], []
    return [], [sentence("stamp_unchecked", **values)]
