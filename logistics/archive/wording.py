"""What a sound package proves and what it cannot prove, in plain words."""

from __future__ import annotations

from logistics.archive.checkpoints import Checkpoint
from logistics.archive.findings import sentence
from logistics.archive.report import Sentence
from logistics.rules.chain import stamp


def said(
    entries: int, printed: int, checkpoint: Checkpoint, pinned: bool
) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """(proven, not proven) for a package without fault.

    `printed` heads of the log stand on papers; `pinned`: the reader named the key and it was that one.
    """
    signed, key = stamp(checkpoint.signed_at), checkpoint.key_id
    proven = (
        sentence("every_byte"),
        sentence("whole_chain", entries=entries, signed=signed, size=checkpoint.size),
        sentence("custody"),
        sentence("papers"),
        *([sentence("witnessed", printed=printed)] if printed else []),
    )
    not_proven = (sentence("signers_clock"), sentence("truth"), sentence("same_log", root=checkpoint.root_hex))
    if pinned:
        return (sentence("whose_key", key=key), *proven), not_proven
    return proven, (sentence("whose_key_unknown", key=key), *not_proven)
