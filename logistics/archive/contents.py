"""What goes into an archive package: values the caller fills from its records, and the files made of them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from logistics.archive.checkpoints import Checkpoint
from logistics.rules.chain import JSON, Entry, line, stamp

HANDED_OVER = "original:handed_over"
CLOSED = "dossier:closed"
PAPER_ENTRIES = ("paper:made", "paper:kept")  # drawn by us / received from outside, such as a scanned signed slip

_FILE_NAME = re.compile(r"[0-9A-Za-z\u3400-\u9fff][0-9A-Za-z\u3400-\u9fff._-]{0,59}")


@dataclass(frozen=True)
class OriginalRecord:
    """One original of the dossier. `code` is its number as printed on its sticker; `details` are further columns."""

    code: str
    title: str
    details: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True)
class HandoverRecord:
    """One link of an original's custody chain; `seq` counts from 1 for each original.

    The entry of the ledger that witnesses it is `original:handed_over` with the facts
    `original` (= code), `handover` (= seq), `from` and `to` (= the two holders, value for value).
    """

    original: str
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
    """A paper of the dossier with its bytes; `file` is its name in `data/papers/` (letters, digits, 汉字, `._-`)."""

    file: str
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
class PackageInput:
    """A closed dossier with all its evidence.

    `entries` is the whole chain; its last entry is `dossier:closed`. `proofs` holds one proof for each entry, all under
    `checkpoint`, which must be signed by the key that signs the package. Every paper's sha256 stands in the facts of a
    `paper:made` or `paper:kept` entry (`facts.sha256`) and every such entry's paper is in `papers`.
    """

    dossier_no: str
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


def payload(given: PackageInput) -> dict[str, bytes]:
    """The files under `data/`, by path in the bag. Raises ValueError for a paper's name that is unfit or used twice."""
    files = {
        "data/dossier.json": _json(_dossier(given)),
        "data/custody.json": _json(_custody(given)),
        "data/events/events.json": _json(_events(given)),
        "data/ledger.jsonl": b"".join(line(entry) + b"\n" for entry in given.entries),
    }
    for raw in given.raw:
        files[f"data/events/raw/{_sha256(raw.content)}"] = raw.content
    for paper in given.papers:
        path = f"data/papers/{paper.file}"
        if not _FILE_NAME.fullmatch(paper.file) or path in files:
            raise ValueError(f"a paper's file name is unfit or used twice: {paper.file!r}")
        files[path] = paper.content
    return files


def _dossier(given: PackageInput) -> dict[str, JSON]:
    return {
        "dossier_no": given.dossier_no,
        "title": given.title,
        "agency": given.agency_name,
        "dossier": given.dossier,
        "originals": [{**one.details, "code": one.code, "title": one.title} for one in given.originals],
        "consignments": [_consignment(one) for one in given.consignments],
        "papers": [
            {"file": one.file, "kind": one.kind, "title": one.title, "sha256": _sha256(one.content)}
            for one in given.papers
        ],
    }


def _consignment(one: ConsignmentRecord) -> dict[str, JSON]:
    return {
        **one.details,
        "no": one.no,
        "direction": one.direction,
        "stage": one.stage,
        "counts": {"listed": len(one.lines), "received": one.received, "missing": one.missing, "moved": one.moved},
        "lines": [{"original": row.original, "outcome": row.outcome} for row in one.lines],
    }


def _custody(given: PackageInput) -> dict[str, JSON]:
    witness = {
        (entry.facts.get("original"), entry.facts.get("handover")): entry.seq
        for entry in given.entries
        if entry.what == HANDED_OVER
    }
    chains: dict[str, list[JSON]] = {one.code: [] for one in given.originals}
    for link in sorted(given.handovers, key=lambda link: (link.original, link.seq)):
        if link.original not in chains or (link.original, link.seq) not in witness:
            raise ValueError(f"handover {link.seq} of {link.original!r}: no such original, or no entry witnesses it")
        chains[link.original].append(_handover(link, witness[link.original, link.seq]))
    return {
        "dossier_no": given.dossier_no,
        "originals": [{"code": code, "handovers": links} for code, links in chains.items()],
    }


def _handover(link: HandoverRecord, entry: int) -> dict[str, JSON]:
    return {
        "seq": link.seq,
        "at": stamp(link.at),
        "from": link.released_by,
        "to": link.accepted_by,
        "basis": link.basis,
        "consignment": link.consignment,
        "entry": entry,
    }


def _events(given: PackageInput) -> dict[str, JSON]:
    messages: list[JSON] = [
        {
            "sha256": _sha256(one.content),
            "received_at": stamp(one.received_at),
            "courier": one.courier,
            "source": one.source,
        }
        for one in given.raw
    ]
    events: list[JSON] = [
        {
            **one.details,
            "raw_sha256": one.raw_sha256,
            "happened_at": stamp(one.happened_at),
            "milestone": one.milestone,
            "code": one.code,
            "text": one.text,
        }
        for one in given.events
    ]
    return {"raw": messages, "events": events}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _json(value: Mapping[str, JSON]) -> bytes:
    """Laid out for people: one value a line, Chinese as it is."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
