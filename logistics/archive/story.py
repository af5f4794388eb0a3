"""Does the package tell one story? Custody, counts, papers and events against the ledger's entries."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from logistics.archive import shape
from logistics.archive.contents import HANDED_OVER, closed, witnessed
from logistics.archive.findings import fault
from logistics.archive.payload import CUSTODY, DOSSIER, EVENTS, FIXED, LEDGER, RAW
from logistics.archive.report import Fault
from logistics.rules.chain import Entry, stamp

RETENTIONS = ("Y", "D30", "D10")
NOT_OPENED = ("voided", "lost")  # stages in which a list may stay unchecked for ever

Files = Mapping[str, bytes]


def check(files: Files, entries: Sequence[Entry], top: str) -> list[Fault]:
    """Every place where the files contradict the entries, each other or the name of the folder, `top`."""
    faults = _closed(entries)
    faults += _guarded(files, DOSSIER, lambda raw: _dossier(raw, entries, top) + _papers(raw, files, entries))
    faults += _guarded(files, CUSTODY, lambda raw: _custody(raw, entries))
    faults += _guarded(files, EVENTS, lambda raw: _events(raw, files))
    return faults


def placed(files: Files) -> frozenset[str] | None:
    """The paths that `dossier.json` gives a place under `data/`; None when it cannot be read for them."""
    try:
        raw = shape.parsed(files[DOSSIER])
        papers = [shape.text(row, "path") for row in shape.rows(raw, "papers")]
        return frozenset([*papers, *shape.texts(raw, "metadata")])
    except (KeyError, ValueError):
        return None


def _guarded(files: Files, file: str, read: Callable[[shape.Table], list[Fault]]) -> list[Fault]:
    if file not in files:
        return [fault(file, "missing")]
    try:
        return read(shape.parsed(files[file]))
    except ValueError as why:
        return [fault(file, "content_malformed", why=str(why))]


def _closed(entries: Sequence[Entry]) -> list[Fault]:
    if closed(entries):
        return []
    return [fault(LEDGER, "not_closed")]


def _papers(raw: shape.Table, files: Files, entries: Sequence[Entry]) -> list[Fault]:
    """The papers and what was made at sealing: each in its place, each paper known to the ledger, none left out."""
    listed = [(shape.text(row, "path"), shape.text(row, "sha256")) for row in shape.rows(raw, "papers")]
    made = shape.texts(raw, "metadata")
    faults, seen = [], set[str]()
    for path in (*(path for path, _ in listed), *made):
        if path in seen or path in FIXED or not path.startswith("data/") or path.startswith("data/events/"):
            faults.append(fault(DOSSIER, "path_unfit", path=path))
        seen.add(path)
    named = witnessed(entries)
    kept = {path: hashlib.sha256(files[path]).hexdigest() for path, _ in listed if path in files}
    faults += [fault(path, "paper_differs") for path, digest in listed if kept.get(path) != digest]
    faults += [fault(path, "metadata_absent") for path in made if path not in files]
    faults += [fault(path, "paper_unknown") for path, digest in sorted(kept.items()) if digest not in named]
    lost = sorted(seq for digest, seq in named.items() if digest not in kept.values())
    return faults + [fault(LEDGER, "paper_absent", number=seq) for seq in lost]


def _dossier(raw: shape.Table, entries: Sequence[Entry], top: str) -> list[Fault]:
    faults = []
    if shape.text(raw, "dossier_no") != entries[0].dossier_no:
        faults.append(fault(DOSSIER, "dossier_number"))
    if shape.text(raw, "record_no") != top:
        faults.append(fault(DOSSIER, "record_number"))
    if shape.text(raw, "retention") not in RETENTIONS:
        faults.append(fault(DOSSIER, "retention_unknown"))
    for name in ("archival_code", "secrecy"):
        shape.text(raw, name)
    codes = {shape.text(row, "code") for row in shape.rows(raw, "originals")}
    handed = {_name(entry.facts.get("original")) for entry in entries if entry.what == HANDED_OVER}
    if handed != {_name(row.get("ledger_id")) for row in shape.rows(raw, "originals")}:
        faults.append(fault(DOSSIER, "originals_differ"))
    for row in shape.rows(raw, "consignments"):
        faults += _balance(row, codes)
    return faults


def _name(value: object) -> str:
    """An original's name in the ledger, which may be a number, told apart from the same digits as text."""
    return repr(value)


def _balance(row: shape.Table, codes: set[str]) -> list[Fault]:
    """listed = received + missing + moved, and the counts agree with the lines (错件 may count as either)."""
    no, lines = shape.text(row, "no"), shape.rows(row, "lines")
    found = Counter(shape.text(one, "outcome") for one in lines)
    counts = shape.table(row, "counts")
    listed, received, missing, moved = (
        shape.number(counts, name) for name in ("listed", "received", "missing", "moved")
    )
    unchecked = found["unchecked"] if shape.text(row, "stage") in NOT_OPENED else 0
    whole = (
        listed == len(lines) == received + missing + moved + unchecked
        and min(received, missing, moved) >= 0
        and moved == found["moved"]
        and found["missing"] <= missing <= found["missing"] + found["wrong"]
        and found["unchecked"] == unchecked
    )
    faults = []
    if not whole:
        faults.append(fault(DOSSIER, "balance", no=no))
    strangers = sorted({shape.text(one, "original") for one in lines} - codes)
    if strangers:
        faults.append(fault(DOSSIER, "unknown_originals", no=no, codes=", ".join(strangers)))
    return faults


def _custody(raw: shape.Table, entries: Sequence[Entry]) -> list[Fault]:
    faults, witnesses = [], {entry.seq: entry for entry in entries if entry.what == HANDED_OVER}
    for original in shape.rows(raw, "originals"):
        code, name, links = shape.text(original, "code"), original.get("ledger_id"), shape.rows(original, "handovers")
        if not links:
            faults.append(fault(CUSTODY, "no_handover", original=code))
        holder: object = None
        for seq, link in enumerate(links, start=1):
            entry = witnesses.pop(shape.number(link, "entry"), None)
            reason = _link_fault(name, seq, link, holder, entry)
            if reason:
                values = {"entry": entry.seq} if entry and reason == "link_contradicts" else {}
                faults.append(fault(CUSTODY, reason, original=code, number=seq, **values))
            holder = link.get("to")
    return faults + [fault(LEDGER, "handover_absent", number=seq) for seq in sorted(witnesses)]


def _link_fault(name: object, seq: int, link: shape.Table, holder: object, entry: Entry | None) -> str | None:
    """The code of what is wrong with one link."""
    if shape.number(link, "seq") != seq:
        return "link_gap"
    if seq > 1 and not _same(shape.table(link, "from"), holder):
        return "link_start"
    if entry is None:
        return "link_unwitnessed"
    told = {"original": name, "link": seq, "from": shape.table(link, "from"), "to": shape.table(link, "to")}
    if any(not _same(entry.facts.get(key), value) for key, value in told.items()) or stamp(entry.at) != link.get("at"):
        return "link_contradicts"
    return None


def _same(one: object, other: object) -> bool:
    """Whether they are one value, type for type (to Python alone, true is 1)."""
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _events(raw: shape.Table, files: Files) -> list[Fault]:
    faults = []
    listed = {shape.text(row, "sha256") for row in shape.rows(raw, "raw")}
    present = {path.removeprefix(RAW): content for path, content in files.items() if path.startswith(RAW)}
    for name, content in sorted(present.items()):
        if name != hashlib.sha256(content).hexdigest():
            faults.append(fault(RAW + name, "raw_name"))
    for name in sorted(listed ^ present.keys()):
        faults.append(fault(RAW + name, "raw_unpaired"))
    for number, row in enumerate(shape.rows(raw, "events"), start=1):
        if shape.text(row, "raw_sha256") not in listed:
            faults.append(fault(EVENTS, "event_without_raw", number=number))
    return faults
