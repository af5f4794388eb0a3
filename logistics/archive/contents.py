"""What goes into an archive package: values the caller fills from its records."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from logistics.archive.checkpoints import Checkpoint
from logistics.rules.chain import JSON, Entry

HANDED_OVER = "original:handed_over"
CLOSED = "dossier:closed"
RAW = "data/events/raw/"
PAPER_ENTRIES = ("paper:made", "paper:kept")  # drawn by us / received from outside, such as a scanned signed slip
WITNESSED = {"paper:made": "sha256", "paper:kept": "sha256", "custody:signed": "image_sha256"}
"""Entries that witness a file of the package, and the fact that holds its SHA-256."""


@dataclass(frozen=True)
class OriginalRecord:
    """One original of the dossier. `code` is its number as printed on its sticker; `details` are further columns.

    `ledger_id` is what the ledger's facts call it (`facts.original`).
    """

    code: str
    ledger_id: int | str
    title: str
    details: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True)
class HandoverRecord:
    """One link of an original's custody chain; `seq` counts from 1 for each original.

    The entry of the ledger that witnesses it is `original:handed_over` with the facts `original` (the original's
    `ledger_id`), `link` (= seq), `from` and `to` (= the two holders, value for value).
    """

    original: str  # code
    seq: int
    at: datetime  # aware UTC; the instant of the entry
    released_by: Mapping[str, JSON]
    accepted_by: Mapping[str, JSON]
    basis: str
    consignment: str | None = None


@dataclass(frozen=True)
class ListedRecord:
    """One line of a consignment's frozen list and what the receiver found: a word of `terms.Outcome`."""

    original: str
    outcome: str


@dataclass(frozen=True)
class ConsignmentRecord:
    """One envelope. listed = received + missing + moved holds for every one that was opened.

    Which outcomes count as received is the rules' affair: the three counts are given, and checked against the lines.
    """

    no: str
    direction: str
    stage: str
    lines: Sequence[ListedRecord]
    received: int
    missing: int
    moved: int
    details: Mapping[str, JSON] = field(default_factory=dict)  # seal_no, waybill_no, courier, times …


@dataclass(frozen=True)
class PaperRecord:
    """A paper that the ledger witnesses, with its bytes; `path` is its place in the bag, such as
    `data/过程文件/B01-面单.pdf`.
    """

    path: str
    kind: str
    title: str
    content: bytes


@dataclass(frozen=True)
class RawMessage:
    """A courier's message as received, byte for byte."""

    content: bytes
    received_at: datetime  # aware UTC
    courier: str
    source: str  # push or poll


@dataclass(frozen=True)
class EventRecord:
    """One tracking event as read. `raw_sha256` names the message it was read from, which is in the package too."""

    raw_sha256: str
    happened_at: datetime  # aware UTC
    milestone: str
    code: str
    text: str
    details: Mapping[str, JSON] = field(default_factory=dict)  # waybill_no, place, reason …


@dataclass(frozen=True)
class LeafProof:
    """Where an entry stands in the Merkle log, and the RFC 9162 inclusion proof under the package's checkpoint."""

    seq: int
    leaf: int
    path: Sequence[bytes]


@dataclass(frozen=True)
class Witness:
    """An earlier head of the log that stands on a paper, and the RFC 9162 proof that the package's log continues it."""

    size: int
    root_hex: str
    path: Sequence[bytes]


@dataclass(frozen=True)
class PackageInput:
    """A closed dossier with all its evidence.

    `entries` is the whole chain; after `dossier:closed` nothing more happens to dossier, consignments or originals
    (clocks and papers may follow). `proofs` holds one proof for each entry, in order, all under `checkpoint`, which the
    key that signs the package must have signed. Every paper's sha256 stands in the facts of an entry that `WITNESSED`
    names, and every such entry's paper is in `papers`. Where the facts of a paper's entry also
    hold `ledger_size` and `ledger_root` (the head printed on it; an empty root is none), `witnesses` proves that head.
    `metadata` are the files made at sealing, which no entry witnesses: path in the bag -> content.
    """

    dossier_no: str
    record_no: str  # 电子文件号, which names the package's folder
    archival_code: str  # 档号; empty where the archive gives it at intake
    retention: str  # Y, D30 or D10
    secrecy: str  # a word of `terms.Secrecy`: the highest of the originals
    agency_name: str  # 立档单位
    title: str
    made_at: datetime  # aware UTC
    dossier: Mapping[str, JSON]  # the dossier's own columns, as people may read them
    originals: Sequence[OriginalRecord]
    consignments: Sequence[ConsignmentRecord]
    handovers: Sequence[HandoverRecord]
    papers: Sequence[PaperRecord]
    raw: Sequence[RawMessage]
    events: Sequence[EventRecord]
    entries: Sequence[Entry]
    proofs: Sequence[LeafProof]
    checkpoint: Checkpoint
    witnesses: Sequence[Witness] = ()
    metadata: Mapping[str, bytes] = field(default_factory=dict)

    def raw_paths(self) -> list[str]:
        """Where each raw message lies, in the order of `raw`."""
        return [RAW + hashlib.sha256(one.content).hexdigest() for one in self.raw]


def closed(entries: Sequence[Entry]) -> bool:
    """Whether the last thing that happened to dossier, consignments or originals is that the dossier was closed."""
    acts = [entry.what for entry in entries if entry.what.partition(":")[0] in ("dossier", "consignment", "original")]
    return bool(acts) and acts[-1] == CLOSED


def witnessed(entries: Sequence[Entry]) -> dict[str, int]:
    """SHA-256 of every file the ledger witnesses -> number of the last entry that says so."""
    found = {}
    for entry in entries:
        digest = entry.facts.get(WITNESSED.get(entry.what, ""))
        if isinstance(digest, str):
            found[digest] = entry.seq
    return found


def printed_heads(entries: Sequence[Entry]) -> dict[tuple[int, str], int]:
    """The heads of the log that papers bear, (size, root) -> number of the first entry that says so."""
    heads: dict[tuple[int, str], int] = {}
    for entry in entries:
        size, root = entry.facts.get("ledger_size"), entry.facts.get("ledger_root")
        if entry.what in PAPER_ENTRIES and type(size) is int and isinstance(root, str) and root:
            heads.setdefault((size, root), entry.seq)
    return heads
