"""What stands beside the agency's own signature: time stamps, and a second signature by SM2. All may be absent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509

from logistics.archive import evidence, sm, timestamps
from logistics.archive.checkpoints import Checkpoint
from logistics.archive.findings import fault
from logistics.archive.report import Fault
from logistics.archive.timestamps import Stamped, StampOfOther, StampWrong


@dataclass(frozen=True, slots=True)
class Countersigned:
    """`stamps` are those of checkpoint and statement, None each where there is none that holds.

    `sm2` is the fingerprint of the SM2 key, SHA-256 of the 64 bytes of its point; None where there is none.
    """

    faults: tuple[Fault, ...] = ()
    stamps: tuple[Stamped | None, Stamped | None] = (None, None)
    sm2: str | None = None


def check(
    files: Mapping[str, bytes], checkpoint: Checkpoint | None, roots: Sequence[x509.Certificate] = ()
) -> Countersigned:
    """What stamps and SM2 signature say, and every fault of theirs. With `roots`, stamps must come from under them."""
    faults: list[Fault] = []
    early = late = None
    if checkpoint is not None:
        early = _stamp(files, evidence.CHECKPOINT_STAMP, evidence.checkpoint_text(checkpoint), roots, faults)
    if evidence.SIGNATURE in files:
        late = _stamp(files, evidence.STATEMENT_STAMP, files[evidence.SIGNATURE], roots, faults)
    sm2 = _sm2(files, faults)
    return Countersigned(tuple(faults), (early, late), sm2)


def _stamp(
    files: Mapping[str, bytes], path: str, content: bytes, roots: Sequence[x509.Certificate], faults: list[Fault]
) -> Stamped | None:
    if path not in files:
        return None
    try:
        stamped = timestamps.check(files[path], content, roots or None)
    except StampOfOther:
        faults.append(fault(path, "stamp_of_other"))
        return None
    except StampWrong as why:
        faults.append(fault(path, "stamp_malformed", why=str(why)))
        return None
    if roots and not stamped.trusted:
        faults.append(fault(path, "stamp_untrusted", why=stamped.authority))
        return None
    return stamped


def _sm2(files: Mapping[str, bytes], faults: list[Fault]) -> str | None:
    signature, key = files.get(evidence.SM2_SIGNATURE), files.get(evidence.SM2_KEY)
    if signature is None and key is None:
        return None
    if signature is None or key is None:
        faults.append(fault(evidence.SM2_KEY if signature is None else evidence.SM2_SIGNATURE, "sm2_alone"))
        return None
    try:
        point = sm.public_point(key)
    except sm.KeyUnfit:
        point = b""
    if not point or sm.public_pem(point) != key:  # one way to write it, as with every file of the package
        faults.append(fault(evidence.SM2_KEY, "sm2_key"))
        return None
    if evidence.STATEMENT in files and not sm.verify(key, signature, files[evidence.STATEMENT]):
        faults.append(fault(evidence.SM2_SIGNATURE, "sm2_signature"))
    return hashlib.sha256(point).hexdigest()
