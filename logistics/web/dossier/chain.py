"""The ledger of one dossier as a page and as lines of JSON: its chain checked, its place under a signed checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response
from sqlmodel import Session

from logistics.archive import checkpoints
from logistics.rules import chain, invariants, merkle
from logistics.store import find, ledger
from logistics.store.find import Whole
from logistics.tables import Checkpoint, LedgerEntry
from logistics.terms import DiscrepancyKind
from logistics.web.dossier.reasons import Telling, reason
from logistics.web.dossier.telling import Detail, Teller
from logistics.web.dossier.wording import entry_name
from logistics.web.language import locale
from logistics.web.naming import who_acted
from logistics.web.page import page
from logistics.web.visit import look

pages = Blueprint("ledger", __name__)
DIFFERENCES = frozenset(f"discrepancy:{kind.value}" for kind in DiscrepancyKind)


@dataclass(frozen=True)
class Told:
    """One entry as a row: `faults` say what is wrong with it, in the reader's language."""

    entry: LedgerEntry
    who: str
    agency: str
    name: str
    detail: Detail | None
    why: str
    leaf: int | None
    witnessed: bool
    faults: Sequence[str]


@dataclass(frozen=True)
class Witness:
    """The newest signed head of the log, and how many entries of this dossier were proven to stand under it.

    `sound` is false when the signature or a proof does not hold.
    """

    checkpoint: Checkpoint
    proven: frozenset[int]
    sound: bool


@pages.get("/dossiers/<no>/ledger")
def show(no: str) -> Response:
    """Every entry in order, with what checking them found."""
    with look() as session:
        dossier = find.dossier_by_no(session, no)
        whole = find.whole(session, dossier)
        leaves = dict(ledger.leaves_of(session, dossier))
        witness = _witness(session, whole, leaves)
    faults = chain.verify(invariants.entry_of(row, no) for row in whole.entries)
    return page(
        "dossier/ledger.html",
        dossier=dossier,
        item=whole.item,
        rows=_rows(whole, leaves, witness, faults),
        faults=faults,
        witness=witness,
        logged=len(leaves),
        head=whole.entries[-1].hash if whole.entries else "",
    )


@pages.get("/dossiers/<no>/ledger.jsonl")
def lines(no: str) -> Response:
    """The chain as the archive package carries it: one canonical JSON line an entry."""
    with look() as session:
        entries = ledger.entries(session, find.dossier_by_no(session, no))
    answer = Response(b"".join(chain.line(entry) + b"\n" for entry in entries), mimetype="application/jsonl")
    answer.headers["Content-Disposition"] = f'attachment; filename="{no}-ledger.jsonl"'
    return answer


def _rows(whole: Whole, leaves: dict[int, int], witness: Witness | None, faults: Sequence[chain.Fault]) -> list[Told]:
    teller = Teller(whole)
    proven = witness.proven if witness else frozenset()
    return [
        Told(
            entry,
            who_acted(entry.actor, entry.actor_name),
            teller.agency(entry.agency),
            entry_name(entry.what),
            teller.detail(entry),
            _reason(entry, teller.detail(entry)),
            leaves.get(entry.seq),
            entry.seq in proven,
            [fault.reason_zh if locale() == "zh" else fault.reason_en for fault in faults if fault.seq == place],
        )
        for place, entry in enumerate(whole.entries, start=1)
    ]


def _reason(entry: LedgerEntry, detail: Detail | None) -> str:
    """Why, as it was written, where the entry's own words do not say it already."""
    said = reason(entry.why)
    if entry.what in DIFFERENCES or entry.what == "custody:signed":
        return ""  # the note, or the role, that the detail is made of
    bare = said.quote if isinstance(said, Telling) else said
    return "" if detail is not None and bare and bare in detail.words else said


def _witness(session: Session, whole: Whole, leaves: dict[int, int]) -> Witness | None:
    """Prove each logged entry under the newest signed head; None before the first head."""
    head = ledger.newest_checkpoint(session)
    if head is None:
        return None
    root = bytes.fromhex(head.root)
    under = {row.seq: (row, leaves[row.seq]) for row in whole.entries if leaves.get(row.seq, head.size) < head.size}

    def of_all(get: merkle.Get) -> object:
        return [merkle.inclusion(leaf, head.size, get) for _row, leaf in under.values()]

    node = ledger.fetched(session, of_all)
    proven = frozenset(seq for seq, (row, leaf) in under.items() if _stands_under(row, leaf, head.size, node, root))
    return Witness(head, proven, len(proven) == len(under) and _is_signed(head))


def _stands_under(row: LedgerEntry, leaf: int, size: int, node: merkle.Get, root: bytes) -> bool:
    """Whether the stored log proves that the entry is its leaf; a log with a hole proves nothing."""
    try:
        proof = merkle.inclusion(leaf, size, node)
    except LookupError:
        return False
    return merkle.verify_inclusion(merkle.leaf_hash(bytes.fromhex(row.hash)), leaf, size, proof, root)


def _is_signed(head: Checkpoint) -> bool:
    return checkpoints.verify_checkpoint(
        checkpoints.Checkpoint(head.size, head.root, head.signed_at, head.key_id, head.public_key, head.signature)
    )
