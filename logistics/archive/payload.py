"""The files under `data/` that are made of the values in `contents`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from logistics.archive.contents import HANDED_OVER, ConsignmentRecord, HandoverRecord, PackageInput
from logistics.rules.chain import JSON, line, stamp

_FILE_NAME = re.compile(r"[0-9A-Za-z\u3400-\u9fff][0-9A-Za-z\u3400-\u9fff._-]{0,59}")


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
        "originals": [
            {**one.details, "code": one.code, "ledger_id": one.ledger_id, "title": one.title} for one in given.originals
        ],
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
