"""Does the package tell one story? Custody, counts, papers and events against the ledger's entries."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from logistics.archive import shape
from logistics.archive.contents import HANDED_OVER, PAPER_ENTRIES, closed
from logistics.archive.report import Fault
from logistics.rules.chain import Entry, stamp

DOSSIER, CUSTODY, EVENTS, LEDGER = (
    "data/dossier.json", "data/custody.json", "data/events/events.json", "data/ledger.jsonl"
)  # fmt: skip
PAPERS, RAW = "data/papers/", "data/events/raw/"
NOT_OPENED = ("voided", "lost")  # stages in which a list may stay unchecked for ever

Files = Mapping[str, bytes]


def check(files: Files, entries: Sequence[Entry]) -> list[Fault]:
    """Every place where the files contradict the entries or each other."""
    faults = _closed(entries) + _papers(files, entries)
    faults += _guarded(files, DOSSIER, lambda raw: _dossier(raw, files, entries))
    faults += _guarded(files, CUSTODY, lambda raw: _custody(raw, entries))
    faults += _guarded(files, EVENTS, lambda raw: _events(raw, files))
    return faults


def _guarded(files: Files, file: str, read: Callable[[shape.Table], list[Fault]]) -> list[Fault]:
    if file not in files:
        return [Fault(file, "缺少这个文件", "this file is missing")]
    try:
        return read(shape.parsed(files[file]))
    except ValueError as why:
        return [Fault(file, f"内容看不懂：{why}", f"its content is malformed: {why}")]


def _closed(entries: Sequence[Entry]) -> list[Fault]:
    if closed(entries):
        return []
    zh, en = "专档没有以办结收尾，末尾可能被删", "the dossier does not end by being closed: its tail may be cut"
    return [Fault(LEDGER, zh, en)]


def _papers(files: Files, entries: Sequence[Entry]) -> list[Fault]:
    named = {entry.facts.get("sha256"): entry.seq for entry in entries if entry.what in PAPER_ENTRIES if _named(entry)}
    kept = {path: hashlib.sha256(content).hexdigest() for path, content in files.items() if path.startswith(PAPERS)}
    faults = [
        Fault(path, "留痕中没有制作或收存这份单据的记录", "no entry of the ledger names this paper")
        for path, digest in sorted(kept.items())
        if digest not in named
    ]
    lost = sorted(seq for digest, seq in named.items() if digest not in kept.values())
    return faults + [
        _entry_fault(seq, "所记的单据不在包内", "the paper it names is not in the package") for seq in lost
    ]


def _named(entry: Entry) -> bool:
    return isinstance(entry.facts.get("sha256"), str)


def _dossier(raw: shape.Table, files: Files, entries: Sequence[Entry]) -> list[Fault]:
    faults = []
    if entries and shape.text(raw, "dossier_no") != entries[0].dossier_no:
        faults.append(Fault(DOSSIER, "专档编号与留痕不符", "its dossier number is not the ledger's"))
    codes = {shape.text(row, "code") for row in shape.rows(raw, "originals")}
    handed = {_name(entry.facts.get("original")) for entry in entries if entry.what == HANDED_OVER}
    if handed != {_name(row.get("ledger_id")) for row in shape.rows(raw, "originals")}:
        faults.append(
            Fault(DOSSIER, "所列原件与有交接留痕的原件不一致", "its originals are not those the ledger hands over")
        )
    for row in shape.rows(raw, "consignments"):
        faults += _balance(row, codes)
    for row in shape.rows(raw, "papers"):
        path = PAPERS + shape.text(row, "file")
        if hashlib.sha256(files.get(path, b"")).hexdigest() != shape.text(row, "sha256"):
            faults.append(Fault(path, "与专档所列不符或缺少", "missing, or not the paper that dossier.json lists"))
    if len(shape.rows(raw, "papers")) != sum(path.startswith(PAPERS) for path in files):
        faults.append(Fault(DOSSIER, "所列单据数与包内不符", "it lists another number of papers than the package has"))
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
        zh, en = "所列 = 收到 + 缺件 + 移出 不成立", "listed = received + missing + moved does not hold"
        faults.append(Fault(DOSSIER, f"寄递件 {no}：{zh}", f"consignment {no}: {en}"))
    strangers = sorted({shape.text(one, "original") for one in lines} - codes)
    if strangers:
        zh, en = f"列有专档中没有的原件 {strangers}", f"lists originals the dossier does not have: {strangers}"
        faults.append(Fault(DOSSIER, f"寄递件 {no}：{zh}", f"consignment {no}: {en}"))
    return faults


def _custody(raw: shape.Table, entries: Sequence[Entry]) -> list[Fault]:
    faults, witnesses = [], {entry.seq: entry for entry in entries if entry.what == HANDED_OVER}
    for original in shape.rows(raw, "originals"):
        code, name, links = shape.text(original, "code"), original.get("ledger_id"), shape.rows(original, "handovers")
        if not links:
            faults.append(Fault(CUSTODY, f"原件 {code} 没有交接记录", f"original {code} has no handover"))
        holder: object = None
        for seq, link in enumerate(links, start=1):
            entry = witnesses.pop(shape.number(link, "entry"), None)
            reason = _link_fault(name, seq, link, holder, entry)
            if reason:
                faults.append(
                    Fault(CUSTODY, f"原件 {code} 第 {seq} 环：{reason[0]}", f"original {code}, link {seq}: {reason[1]}")
                )
            holder = link.get("to")
    zh, en = "所记的交接不在交接链中", "the handover it records is not in the custody chain"
    return faults + [_entry_fault(seq, zh, en) for seq in sorted(witnesses)]


def _link_fault(
    name: object, seq: int, link: shape.Table, holder: object, entry: Entry | None
) -> tuple[str, str] | None:
    if shape.number(link, "seq") != seq:
        return "序号有缺", "its number leaves a gap"
    if seq > 1 and shape.table(link, "from") != holder:
        return "交出人不是上一环的接收人", "it does not start where the one before ended"
    if entry is None:
        return "没有对应的留痕", "no entry of the ledger witnesses it"
    told = {"original": name, "link": seq, "from": shape.table(link, "from"), "to": shape.table(link, "to")}
    if any(entry.facts.get(key) != value for key, value in told.items()) or stamp(entry.at) != link.get("at"):
        return f"与留痕第 {entry.seq} 条不符", f"it contradicts entry {entry.seq} of the ledger"
    return None


def _events(raw: shape.Table, files: Files) -> list[Fault]:
    faults = []
    listed = {shape.text(row, "sha256") for row in shape.rows(raw, "raw")}
    present = {path.removeprefix(RAW): content for path, content in files.items() if path.startswith(RAW)}
    for name, content in sorted(present.items()):
        if name != hashlib.sha256(content).hexdigest():
            faults.append(Fault(RAW + name, "文件名不是其 SHA-256", "its name is not its SHA-256"))
    for name in sorted(listed ^ present.keys()):
        zh, en = "原始报文与 events.json 所列不一一对应", "listed in events.json or in the folder, but not in both"
        faults.append(Fault(RAW + name, zh, en))
    for number, row in enumerate(shape.rows(raw, "events"), start=1):
        if shape.text(row, "raw_sha256") not in listed:
            zh, en = f"第 {number} 条轨迹没有原始报文", f"event {number} has no raw message"
            faults.append(Fault(EVENTS, zh, en))
    return faults


def _entry_fault(seq: int, zh: str, en: str) -> Fault:
    return Fault(LEDGER, f"第 {seq} 条：{zh}", f"entry {seq}: {en}")
