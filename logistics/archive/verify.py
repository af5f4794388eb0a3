"""The offline verifier: reads one file, trusts nothing in it, and says what it proves and what it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from logistics.archive import bag, evidence, story, wording
from logistics.archive.checkpoints import Checkpoint, fingerprint, verify_checkpoint, verify_signature
from logistics.archive.contents import printed_heads
from logistics.archive.opening import Opened, open_package
from logistics.archive.package import README
from logistics.archive.report import CONTAINER, Fault, Report
from logistics.rules import chain
from logistics.rules.chain import Entry

MOST_BYTES = 2 * 1024**3
_LEDGER = story.LEDGER
_OUTSIDE = frozenset(["bagit.txt", "bag-info.txt", README, *bag.MANIFESTS, *bag.TAG_MANIFESTS, *evidence.FILES])
_ONLY_FILES = frozenset([story.DOSSIER, story.CUSTODY, story.EVENTS, story.LEDGER]) | _OUTSIDE


def verify(path: Path, pinned: str | None = None) -> Report:
    """The report on the package at `path`; `pinned` is the fingerprint its signing key must have (64 hex digits).

    Never raises for any content of the file; a file that cannot be opened is reported as unreadable.
    """
    try:
        if not path.is_file():
            return _unreadable(Fault(CONTAINER, "没有这个文件", "there is no such file"))
        if path.stat().st_size > MOST_BYTES:
            return _unreadable(Fault(CONTAINER, "超过 2 GiB，未读取", "larger than 2 GiB and not read"))
        data = path.read_bytes()
    except OSError as why:
        return _unreadable(Fault(CONTAINER, f"打不开：{why.strerror}", f"cannot be opened: {why.strerror}"))
    return verify_bytes(data, pinned)


def verify_bytes(data: bytes, pinned: str | None = None) -> Report:
    """The report on a package held in memory; see `verify`."""
    opened = open_package(data)
    if not opened.files and not opened.unreadable:
        return _unreadable(*opened.faults)
    files = opened.files
    faults = [*opened.faults, *bag.check(files, opened.unreadable), *_strays(files)]
    entries, ledger_faults = _ledger(files)
    checkpoint = _checkpoint(files, faults)
    faults += ledger_faults + _statement(opened, entries, checkpoint, pinned)
    faults += _proofs(files, entries, checkpoint)
    faults += _witnesses(files, entries, checkpoint)
    faults += story.check(files, entries) if entries else []
    said = set(opened.faults)  # of a file that cannot be read whole nothing more is known than that
    unique = tuple(dict.fromkeys(one for one in faults if one in said or one.file not in opened.unreadable))
    facts = _facts(opened, entries, checkpoint, len(data))
    if unique:
        return Report(ok=False, readable=bool(files), faults=unique, facts=facts)
    assert checkpoint is not None
    proven, not_proven = wording.said(len(entries), len(printed_heads(entries)), checkpoint, pinned is not None)
    return Report(ok=True, readable=True, proven=proven, not_proven=not_proven, facts=facts)


def _unreadable(*faults: Fault) -> Report:
    return Report(ok=False, readable=False, faults=faults)


def _strays(files: Mapping[str, bytes]) -> list[Fault]:
    """Files the format has no place for, even when every manifest lists them."""
    return [
        Fault(path, "格式中没有这个文件，是多出的文件", "extra: the format has no such file")
        for path in sorted(files.keys() - _ONLY_FILES)
        if not (path.startswith((story.PAPERS, story.RAW)) and path.count("/") == 2 + path.startswith(story.RAW))
    ]


def _ledger(files: Mapping[str, bytes]) -> tuple[list[Entry], list[Fault]]:
    if _LEDGER not in files:
        return [], []  # the manifests say that it is missing
    entries, faults = [], []
    lines = files[_LEDGER].split(b"\n")
    if lines.pop():
        faults.append(Fault(_LEDGER, "末行不完整，可能被截断", "the last line is not whole: it may be cut off"))
    for number, line in enumerate(lines, start=1):
        try:
            entries.append(chain.read(line))
        except chain.NotCanonicalError as why:
            faults.append(Fault(_LEDGER, f"第 {number} 条看不懂：{why}", f"entry {number} is malformed: {why}"))
            return entries, faults
    if not entries:
        faults.append(Fault(_LEDGER, "没有任何条目", "there is no entry in it"))
    for fault in chain.verify(entries):
        faults.append(Fault(_LEDGER, f"第 {fault.seq} 条：{fault.reason_zh}", f"entry {fault.seq}: {fault.reason_en}"))
    return entries, faults


def _checkpoint(files: Mapping[str, bytes], faults: list[Fault]) -> Checkpoint | None:
    content = files.get(evidence.CHECKPOINT)
    if content is None:
        faults.append(Fault(evidence.CHECKPOINT, "缺少这个文件", "this file is missing"))
        return None
    try:
        checkpoint = evidence.read_checkpoint_file(content)
    except ValueError as why:
        faults.append(Fault(evidence.CHECKPOINT, f"看不懂：{why}", f"malformed: {why}"))
        return None
    if not verify_checkpoint(checkpoint):
        faults.append(Fault(evidence.CHECKPOINT, "签名不成立", "its signature does not hold"))
    if evidence.checkpoint_file(checkpoint) != content:
        faults.append(Fault(evidence.CHECKPOINT, "不是规范写法", "not in canonical form"))
    return checkpoint


def _statement(
    opened: Opened, entries: Sequence[Entry], checkpoint: Checkpoint | None, pinned: str | None
) -> list[Fault]:
    files, name = opened.files, evidence.STATEMENT
    if name not in files:
        return [] if name in opened.unreadable else [Fault(name, "缺少这个文件", "this file is missing")]
    try:
        statement = evidence.read_statement(files[name])
    except ValueError as why:
        return [Fault(name, f"看不懂：{why}", f"malformed: {why}")]
    faults = _signature(files, checkpoint, statement.key_id, pinned)
    own = evidence.covered(files)
    for path in sorted(own.keys() | statement.files.keys()):
        if own.get(path) != statement.files.get(path) and path not in opened.unreadable:
            faults.append(Fault(path, "与已签名的声明不符", "not as the signed statement has it"))
    if statement.dossier_no != opened.top or any(entry.dossier_no != opened.top for entry in entries):
        zh, en = "文件夹名、声明、留痕不是同一专档编号", "folder, statement and ledger do not name one dossier"
        faults.append(Fault(name, zh, en))
    if (statement.entries, statement.head) != (len(entries), entries[-1].hash if entries else ""):
        zh = f"声明留痕 {statement.entries} 条，与包内条数或末条不符"
        faults.append(Fault(_LEDGER, zh, f"the signed statement has {statement.entries} entries and another last one"))
    if checkpoint and (statement.checkpoint_size, statement.checkpoint_root) != (checkpoint.size, checkpoint.root_hex):
        zh, en = (
            "不是声明中的那个检查点，可能来自别的包",
            "not the checkpoint the statement names: from another package?",
        )
        faults.append(Fault(evidence.CHECKPOINT, zh, en))
    return faults


def _signature(
    files: Mapping[str, bytes], checkpoint: Checkpoint | None, key_id: str, pinned: str | None
) -> list[Fault]:
    if checkpoint is None:
        return []  # said already; without it there is no key to check with
    public = bytes.fromhex(checkpoint.public_key)
    faults = []
    if key_id != fingerprint(public):
        zh, en = "签名公钥与检查点的公钥不同", "the key of the statement is not the key of the checkpoint"
        faults.append(Fault(evidence.STATEMENT, zh, en))
    if evidence.SIGNATURE in files and not verify_signature(
        public, files[evidence.SIGNATURE], files[evidence.STATEMENT]
    ):
        zh, en = "对声明的签名不成立", "the signature of the statement does not hold"
        faults.append(Fault(evidence.SIGNATURE, zh, en))
    if files.get(evidence.PUBLIC_KEY) != evidence.public_key_file(public):
        faults.append(Fault(evidence.PUBLIC_KEY, "不是检查点的公钥", "not the key of the checkpoint"))
    if pinned is not None and pinned != fingerprint(public):
        zh, en = (
            f"签名公钥不是指定的那一个，而是 {fingerprint(public)}",
            f"signed by another key: {fingerprint(public)}",
        )
        faults.append(Fault(evidence.PUBLIC_KEY, zh, en))
    return faults


def _proofs(files: Mapping[str, bytes], entries: Sequence[Entry], checkpoint: Checkpoint | None) -> list[Fault]:
    content = files.get(evidence.PROOFS)
    if content is None or checkpoint is None:
        return [] if content else [Fault(evidence.PROOFS, "缺少或读不出", "missing or unreadable")]
    try:
        size, proofs = evidence.read_proofs_file(content)
    except ValueError as why:
        return [Fault(evidence.PROOFS, f"看不懂：{why}", f"malformed: {why}")]
    faults = []
    if evidence.proofs_file(size, proofs) != content or size != checkpoint.size:
        faults.append(Fault(evidence.PROOFS, "与检查点不符，或写法不规范", "not for this checkpoint, or not canonical"))
    if len(proofs) != len(entries):
        zh = f"留痕 {len(entries)} 条，而总账证明有 {len(proofs)} 条：有条目被删或被加"
        en = f"it has {len(entries)} entries and the log proofs {len(proofs)}: entries were removed or added"
        faults.append(Fault(_LEDGER, zh, en))
    for seq in evidence.unproven(entries, proofs, checkpoint):
        zh, en = "不在检查点所签的总账中", "it is not in the log the checkpoint signs"
        faults.append(Fault(_LEDGER, f"第 {seq} 条：{zh}", f"entry {seq}: {en}"))
    return faults


def _witnesses(files: Mapping[str, bytes], entries: Sequence[Entry], checkpoint: Checkpoint | None) -> list[Fault]:
    name = evidence.WITNESSES
    content = files.get(name)
    if content is None or checkpoint is None:
        return [] if content else [Fault(name, "缺少或读不出", "missing or unreadable")]
    try:
        size, witnesses = evidence.read_witnesses_file(content)
    except ValueError as why:
        return [Fault(name, f"看不懂：{why}", f"malformed: {why}")]
    faults = []
    if evidence.witnesses_file(size, witnesses) != content or size != checkpoint.size:
        faults.append(Fault(name, "与检查点不符，或写法不规范", "not for this checkpoint, or not canonical"))
    for count, root in evidence.unwitnessed(entries, witnesses, checkpoint):
        zh = f"印在单据上的根值 {root}（{count} 条）未能证明是总账的早先状态"
        faults.append(
            Fault(name, zh, f"printed root {root} ({count} entries) is not shown to be an earlier head of the log")
        )
    return faults


def _facts(opened: Opened, entries: Sequence[Entry], checkpoint: Checkpoint | None, size: int) -> dict[str, str | int]:
    facts: dict[str, str | int] = {
        "dossier_no": opened.top,
        "files": len(opened.files),
        "bytes": size,
        "entries": len(entries),
    }
    if checkpoint:
        facts |= {
            "checkpoint_size": checkpoint.size,
            "checkpoint_root": checkpoint.root_hex,
            "checkpoint_signed_at": chain.stamp(checkpoint.signed_at),
            "key_fingerprint": fingerprint(bytes.fromhex(checkpoint.public_key)),
        }
    return facts
