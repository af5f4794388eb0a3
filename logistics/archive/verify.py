"""The offline verifier: reads one file, trusts nothing in it, and says what it proves and what it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography import x509

from logistics.archive import bag, countersigns, evidence, story, wording
from logistics.archive.checkpoints import Checkpoint, fingerprint, verify_checkpoint, verify_signature
from logistics.archive.contents import printed_heads
from logistics.archive.findings import fault
from logistics.archive.opening import Opened, open_package
from logistics.archive.package import README
from logistics.archive.payload import FIXED, RAW
from logistics.archive.payload import LEDGER as _LEDGER
from logistics.archive.report import CONTAINER, Fault, Report
from logistics.rules import chain
from logistics.rules.chain import Entry

MOST_BYTES = 2 * 1024**3
_OUTSIDE = frozenset(
    [
        "bagit.txt", "bag-info.txt", README, *bag.MANIFESTS, *bag.TAG_MANIFESTS, bag.SM3_MANIFEST,
        *evidence.FILES, *evidence.OPTIONAL,
    ]
)  # fmt: skip


def verify(path: Path, pinned: str | None = None, roots: Sequence[x509.Certificate] = ()) -> Report:
    """The report on the package at `path`; `pinned` is the fingerprint its signing key must have (64 hex digits).

    `roots` are the certificates under which its time stamps must have been given, where any are named.

    Never raises for any content of the file; a file that cannot be opened is reported as unreadable.
    """
    try:
        if not path.is_file():
            return _unreadable(fault(CONTAINER, "no_file"))
        if path.stat().st_size > MOST_BYTES:
            return _unreadable(fault(CONTAINER, "too_large"))
        data = path.read_bytes()
    except OSError as why:
        return _unreadable(fault(CONTAINER, "cannot_open", why=str(why.strerror)))
    return verify_bytes(data, pinned, roots)


def verify_bytes(data: bytes, pinned: str | None = None, roots: Sequence[x509.Certificate] = ()) -> Report:
    """The report on a package held in memory; see `verify`."""
    opened = open_package(data)
    if not opened.files and not opened.unreadable:
        return _unreadable(*opened.faults)
    files = opened.files
    stated = _other_format(files)
    if stated is not None:
        faults = [*opened.faults, fault(evidence.STATEMENT, "other_format", format=stated)]
        return Report(ok=False, readable=True, faults=tuple(faults), facts=_facts(opened, [], None, len(data)))
    faults = [*opened.faults, *bag.check(files, opened.unreadable), *_strays(files)]
    entries, ledger_faults = _ledger(files)
    checkpoint = _checkpoint(files, faults)
    others = countersigns.check(files, checkpoint, roots)
    faults += [*ledger_faults, *_statement(opened, entries, checkpoint, pinned), *others.faults]
    faults += _proofs(files, entries, checkpoint)
    faults += _witnesses(files, entries, checkpoint)
    faults += story.check(files, entries, opened.top) if entries else []
    said = set(opened.faults)  # of a file that cannot be read whole nothing more is known than that
    unique = tuple(dict.fromkeys(one for one in faults if one in said or one.file not in opened.unreadable))
    facts = _facts(opened, entries, checkpoint, len(data))
    if unique:
        return Report(ok=False, readable=bool(files), faults=unique, facts=facts)
    assert checkpoint is not None
    printed = len(printed_heads(entries))
    proven, not_proven = wording.said(len(entries), printed, checkpoint, pinned is not None, others)
    return Report(ok=True, readable=True, proven=proven, not_proven=not_proven, facts=facts)


def _unreadable(*faults: Fault) -> Report:
    return Report(ok=False, readable=False, faults=faults)


def _other_format(files: Mapping[str, bytes]) -> str | None:
    """The format the statement names, where it is another than the one this program reads."""
    try:
        evidence.read_statement(files.get(evidence.STATEMENT, b""))
    except evidence.OtherFormatError as why:
        return str(why)
    except ValueError:
        pass  # said where the statement is read
    return None


def _strays(files: Mapping[str, bytes]) -> list[Fault]:
    """Files the format has no place for, even when every manifest lists them.

    Under `data/` that cannot be told when `dossier.json`, which gives the places, cannot be read.
    """
    places = story.placed(files)
    return [
        fault(path, "stray")
        for path in sorted(files.keys() - FIXED - _OUTSIDE)
        if not (path.startswith(RAW) and path.count("/") == RAW.count("/"))
        and not (path.startswith(bag.PAYLOAD) and (places is None or path in places))
    ]


def _ledger(files: Mapping[str, bytes]) -> tuple[list[Entry], list[Fault]]:
    if _LEDGER not in files:
        return [], []  # the manifests say that it is missing
    entries, faults = [], []
    lines = files[_LEDGER].split(b"\n")
    if lines.pop():
        faults.append(fault(_LEDGER, "ledger_cut"))
    for number, line in enumerate(lines, start=1):
        try:
            entries.append(chain.read(line))
        except chain.NotCanonicalError as why:
            faults.append(fault(_LEDGER, "entry_malformed", number=number, why=str(why)))
            return entries, faults
    if not entries:
        faults.append(fault(_LEDGER, "ledger_empty"))
    for found in chain.verify(entries):
        faults.append(fault(_LEDGER, f"chain_{found.code}", number=found.seq, **found.values))
    return entries, faults


def _checkpoint(files: Mapping[str, bytes], faults: list[Fault]) -> Checkpoint | None:
    content = files.get(evidence.CHECKPOINT)
    if content is None:
        faults.append(fault(evidence.CHECKPOINT, "missing"))
        return None
    try:
        checkpoint = evidence.read_checkpoint_file(content)
    except ValueError as why:
        faults.append(fault(evidence.CHECKPOINT, "malformed", why=str(why)))
        return None
    if not verify_checkpoint(checkpoint):
        faults.append(fault(evidence.CHECKPOINT, "checkpoint_signature"))
    if evidence.checkpoint_file(checkpoint) != content:
        faults.append(fault(evidence.CHECKPOINT, "form"))
    return checkpoint


def _statement(
    opened: Opened, entries: Sequence[Entry], checkpoint: Checkpoint | None, pinned: str | None
) -> list[Fault]:
    files, name = opened.files, evidence.STATEMENT
    if name not in files:
        return [] if name in opened.unreadable else [fault(name, "missing")]
    try:
        statement = evidence.read_statement(files[name])
    except ValueError as why:
        return [fault(name, "malformed", why=str(why))]
    faults = _signature(files, checkpoint, statement.key_id, pinned)
    own = evidence.covered(files)
    for path in sorted(own.keys() | statement.files.keys()):
        if own.get(path) != statement.files.get(path) and path not in opened.unreadable:
            faults.append(fault(path, "not_as_stated"))
    if statement.record_no != opened.top:
        faults.append(fault(name, "record_number"))
    if any(entry.dossier_no != statement.dossier_no for entry in entries):
        faults.append(fault(name, "several_dossiers"))
    if (statement.entries, statement.head) != (len(entries), entries[-1].hash if entries else ""):
        faults.append(fault(_LEDGER, "ledger_not_as_stated", count=statement.entries))
    if checkpoint and (statement.checkpoint_size, statement.checkpoint_root) != (checkpoint.size, checkpoint.root_hex):
        faults.append(fault(evidence.CHECKPOINT, "other_checkpoint"))
    return faults


def _signature(
    files: Mapping[str, bytes], checkpoint: Checkpoint | None, key_id: str, pinned: str | None
) -> list[Fault]:
    if checkpoint is None:
        return []  # said already; without it there is no key to check with
    public = bytes.fromhex(checkpoint.public_key)
    faults = []
    if key_id != fingerprint(public):
        faults.append(fault(evidence.STATEMENT, "statement_key"))
    if evidence.SIGNATURE in files and not verify_signature(
        public, files[evidence.SIGNATURE], files[evidence.STATEMENT]
    ):
        faults.append(fault(evidence.SIGNATURE, "signature"))
    if files.get(evidence.PUBLIC_KEY) != evidence.public_key_file(public):
        faults.append(fault(evidence.PUBLIC_KEY, "public_key"))
    if pinned is not None and pinned != fingerprint(public):
        faults.append(fault(evidence.PUBLIC_KEY, "not_the_pinned_key", key=fingerprint(public)))
    return faults


def _proofs(files: Mapping[str, bytes], entries: Sequence[Entry], checkpoint: Checkpoint | None) -> list[Fault]:
    content = files.get(evidence.PROOFS)
    if content is None or checkpoint is None:
        return [] if content else [fault(evidence.PROOFS, "absent")]
    try:
        size, proofs = evidence.read_proofs_file(content)
    except ValueError as why:
        return [fault(evidence.PROOFS, "malformed", why=str(why))]
    faults = []
    if evidence.proofs_file(size, proofs) != content or size != checkpoint.size:
        faults.append(fault(evidence.PROOFS, "proof_form"))
    if len(proofs) != len(entries):
        faults.append(fault(_LEDGER, "proof_count", entries=len(entries), proofs=len(proofs)))
    for seq in evidence.unproven(entries, proofs, checkpoint):
        faults.append(fault(_LEDGER, "not_in_log", number=seq))
    return faults


def _witnesses(files: Mapping[str, bytes], entries: Sequence[Entry], checkpoint: Checkpoint | None) -> list[Fault]:
    name = evidence.WITNESSES
    content = files.get(name)
    if content is None or checkpoint is None:
        return [] if content else [fault(name, "absent")]
    try:
        size, witnesses = evidence.read_witnesses_file(content)
    except ValueError as why:
        return [fault(name, "malformed", why=str(why))]
    faults = []
    if evidence.witnesses_file(size, witnesses) != content or size != checkpoint.size:
        faults.append(fault(name, "proof_form"))
    for count, root in evidence.unwitnessed(entries, witnesses, checkpoint):
        faults.append(fault(name, "root_unproven", root=root, count=count))
    return faults


def _facts(opened: Opened, entries: Sequence[Entry], checkpoint: Checkpoint | None, size: int) -> dict[str, str | int]:
    facts: dict[str, str | int] = {
        "record_no": opened.top,
        **({"dossier_no": entries[0].dossier_no} if entries else {}),
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
