"""The files under `data/` that are made of the values in `contents`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping

from logistics.archive import contents
from logistics.archive.contents import HANDED_OVER, ConsignmentRecord, HandoverRecord, PackageInput
from logistics.rules.chain import JSON, line, stamp

DOSSIER, CUSTODY, EVENTS, LEDGER = (
    "data/dossier.json", "data/custody.json", "data/events/events.json", "data/ledger.jsonl"
)  # fmt: skip
RAW = contents.RAW
FIXED = frozenset([DOSSIER, CUSTODY, EVENTS, LEDGER])

_NAME = r"[0-9A-Za-z\u3400-\u9fff\U00020000-\U000323af][0-9A-Za-z\u3400-\u9fff\U00020000-\U000323af〔〕·._-]{0,59}"
_PATH = re.compile(rf"data/(?:{_NAME}/)?{_NAME}")


def payload(given: PackageInput, to_come: Collection[str] = ()) -> dict[str, bytes]:
    """The files under `data/`, by path in the bag; `to_come` are places of metadata that are not made yet.

    Raises ValueError for a path that is unfit or used twice.
    """
    files = records(given, {*given.metadata, *to_come})
    files.update(zip(given.raw_paths(), (raw.content for raw in given.raw), strict=True))
    placed = [(paper.path, paper.content) for paper in given.papers] + list(given.metadata.items())
    for path, content in placed:
        if not _PATH.fullmatch(path) or path.startswith("data/events/") or path in files:
            raise ValueError(f"a file's place in the package is unfit or used twice: {path!r}")
        files[path] = content
    return files


def records(given: PackageInput, metadata: Collection[str]) -> dict[str, bytes]:
    """The dossier's four records as they stand in the package, where `metadata` are the paths of what sealing makes.

    They do not depend on the content of those files, so that the files can hold or describe the records.
    """
    return {
        DOSSIER: _json(_dossier(given, metadata)),
        CUSTODY: _json(_custody(given)),
        EVENTS: _json(_events(given)),
        LEDGER: b"".join(line(entry) + b"\n" for entry in given.entries),
    }


def _dossier(given: PackageInput, metadata: Collection[str]) -> dict[str, JSON]:
    return {
        "dossier_no": given.dossier_no,
        "record_no": given.record_no,
        "archival_code": given.archival_code,
        "retention": given.retention,
        "secrecy": given.secrecy,
        "title": given.title,
        "agency": given.agency_name,
        "dossier": given.dossier,
        "originals": [
            {**one.details, "code": one.code, "ledger_id": one.ledger_id, "title": one.title} for one in given.originals
        ],
        "consignments": [_consignment(one) for one in given.consignments],
        "papers": [
            {"path": one.path, "kind": one.kind, "title": one.title, "sha256": _sha256(one.content)}
            for one in given.papers
        ],
        "metadata": list[JSON](sorted(metadata)),
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
        (entry.facts.get("original"), entry.facts.get("link")): entry.seq
        for entry in given.entries
        if entry.what == HANDED_OVER
    }
    names = {one.code: one.ledger_id for one in given.originals}
    chains: dict[str, list[JSON]] = {code: [] for code in names}
    for link in sorted(given.handovers, key=lambda link: (link.original, link.seq)):
        entry = witness.get((names.get(link.original), link.seq))
        if entry is None:
            raise ValueError(f"handover {link.seq} of {link.original!r}: no such original, or no entry witnesses it")
        chains[link.original].append(_handover(link, entry))
    return {
        "dossier_no": given.dossier_no,
        "originals": [{"code": code, "ledger_id": names[code], "handovers": links} for code, links in chains.items()],
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
