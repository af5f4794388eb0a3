"""What a signature of custody says (签字): for which list, for which count, and whether it still does.

A signature binds digests: of the frozen list, and of what was counted. A later count is another digest, so a signature
never slides over to something its signer did not see; it stays, as given for the earlier one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from logistics.decision import Fact
from logistics.errors import Malformed, Rejected, Said
from logistics.rules.chain import stamp
from logistics.rules.packing import ManifestLine
from logistics.tables import Consignment, Custody, Discrepancy, Original, Packed, Signature
from logistics.terms import Outcome, SignatureKind, SigningRole, Stage, zh

STATEMENT_FORMAT = "youdang-signature-1"
TOGETHER_FORMAT = "youdang-signature-2"
"""Of a statement that names what else the same drawing was given for."""

FINDINGS_FORMAT = "youdang-findings-1"
COUNTER_FORMAT = "youdang-counter-list-1"
AT_THE_COUNTER = frozenset({SigningRole.TAKEN_IN, SigningRole.HANDED_BACK})
"""Roles of the applicant's side, who signs at the window for a list without an envelope."""

_THERE = frozenset({Outcome.RECEIVED, Outcome.DAMAGED, Outcome.ILLEGIBLE, Outcome.UNCHECKED})


@dataclass(frozen=True)
class Listed:
    """What is signed for: the digest of the list, that of the count ("" where nothing is counted), the originals."""

    manifest_sha256: str
    findings_sha256: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """One of several lists that one drawing is given for: the digest that was shown, and the envelope's number where
    whoever reads this entry may know it (decision 26).
    """

    digest: str
    consignment: str = ""

    def document(self) -> dict[str, str]:
        """As the ledger and the statement have it."""
        return {"consignment": self.consignment, "digest": self.digest} if self.consignment else {"digest": self.digest}


@dataclass(frozen=True)
class Signing:
    """A signature about to be kept. `signer` is what the ledger may say: an officer's name, or 申请人 / 代办人.
    `together`: every list that the same drawing is for, this one among them; () for this list alone.
    """

    role: SigningRole
    kind: SignatureKind
    signer: str
    listed: Listed
    agency_id: int | None
    image_sha256: str
    together: tuple[Beside, ...] = ()


def let_go(consignment: Consignment, lines: Sequence[Packed], originals: Sequence[Original]) -> Listed:
    """What whoever releases the envelope signs for: its frozen list. Raises `Rejected` ("not_sealed", "stage")."""
    if not consignment.manifest_sha256:
        raise Rejected(
            f"寄递件 {consignment.no} 还没有封装，清单没有冻结，不能签字。请先封装。",
            f"Consignment {consignment.no} is not sealed, its list is not frozen. Seal it first.",
            "not_sealed",
        )
    if consignment.stage is Stage.VOIDED:
        raise Rejected(
            f"寄递件 {consignment.no} 已作废，没有移交，不能签字。", f"Consignment {consignment.no} is void.", "stage"
        )
    return Listed(consignment.manifest_sha256, "", _codes(lines, originals))


def found(
    consignment: Consignment, lines: Sequence[Packed], originals: Sequence[Original], custody: Iterable[Custody]
) -> Listed:
    """What the receiver signs for: the frozen list and what was counted. Raises `Rejected` ("not_counted")."""
    left = sum(one.outcome is Outcome.UNCHECKED for one in lines)
    if consignment.stage is not Stage.RECEIVED or left:
        why_zh = f"还有 {left} 项未核，核完再签" if consignment.stage is Stage.RECEIVED else "还没有拆封核验，请先核验"
        raise Rejected(
            f"寄递件 {consignment.no} {why_zh}。",
            f"Consignment {consignment.no} is not counted to the end ({left} lines left). Count it first.",
            "not_counted",
        )
    return counted(consignment, lines, originals, custody)


def counted(
    consignment: Consignment, lines: Sequence[Packed], originals: Sequence[Original], custody: Iterable[Custody]
) -> Listed:
    """The list and what has been counted so far, as a digest.

    A line that is missing, wrong, or was settled by a later envelope says the same of this one: not there. So a
    signature is not asked for again when a missing original follows.
    """
    code_of = {one.id: one.code for one in originals}
    listed = {one.original_id for one in lines}
    beside = {link.original_id for link in custody if link.consignment_id == consignment.id} - listed
    document: dict[str, Any] = {
        "format": FINDINGS_FORMAT,
        "consignment": consignment.no,
        "manifest_sha256": consignment.manifest_sha256,
        "seal_found": consignment.seal_found,
        "lines": [
            {"line": one.seq, "original": code_of[one.original_id], "outcome": _told(one.outcome)}
            for one in sorted(lines, key=lambda one: one.seq)
        ],
        "extras": sorted(code_of[one] for one in beside),
    }
    document |= outer(consignment.seal_broken, consignment.envelope_damaged)
    codes = _codes(lines, originals) + tuple(document["extras"])
    return Listed(consignment.manifest_sha256, _sha256(document), codes)


def outer(seal_broken: bool, envelope_damaged: bool) -> dict[str, bool]:
    """What a count says of the outside: only what was wrong, so that a sound envelope's digest needs no word of it."""
    said = {"seal_broken": seal_broken, "envelope_damaged": envelope_damaged}
    return {name: True for name, is_so in said.items() if is_so}


def _told(outcome: Outcome) -> str:
    return outcome.value if outcome in _THERE else "absent"


def _codes(lines: Sequence[Packed], originals: Sequence[Original]) -> tuple[str, ...]:
    code_of = {one.id: one.code for one in originals}
    return tuple(code_of[one.original_id] for one in sorted(lines, key=lambda one: one.seq))


def at_the_counter(dossier_no: str, role: SigningRole, lines: Sequence[ManifestLine], after: int = 0) -> Listed:
    """What the applicant's side signs for at the window: these originals given in, or taken back. `after`: the entry
    by which an earlier hand-over of one of them was corrected, which makes this another list.

    Raises `Rejected` ("nothing_to_sign") for an empty list.
    """
    if not lines:
        raise Rejected(
            "没有可签的原件。请先登记收取，或先交还。", "There is no original to sign for.", "nothing_to_sign"
        )
    ordered = sorted(lines, key=lambda line: line.seq)
    document: dict[str, Any] = {
        "format": COUNTER_FORMAT,
        "dossier": dossier_no,
        "role": role.value,
        "lines": [line.words for line in ordered],
    }
    if after:
        document["after"] = after
    return Listed(_sha256(document), "", tuple(line.code for line in ordered))


def require_shown(shown: str, listed: Listed, subject: str) -> None:
    """Returns when the digest on the signer's screen is that of what stands now. Raises `Rejected` ("other_list")."""
    if shown == digest_shown(listed):
        return
    raise Rejected(
        f"{subject} 的清单或核验结果在您签字前变了，这个签字没有保存。请看过现在的清单再签。",
        f"The list or the count of {subject} changed before you signed; the signature was not kept. Look and sign "
        "again.",
        "other_list",
    )


def digest_shown(listed: Listed) -> str:
    """The one digest a screen shows for what is signed: of the count where there is one, else of the list."""
    return listed.findings_sha256 or listed.manifest_sha256


def stands(signature: Signature, listed: Listed) -> bool:
    """Whether the signature was given for this very list and count, and not for an earlier one."""
    return (signature.manifest_sha256, signature.findings_sha256) == (listed.manifest_sha256, listed.findings_sha256)


def standing(signatures: Iterable[Signature], role: SigningRole, listed: Listed) -> list[Signature]:
    """The signatures in that role which are for this very list and count."""
    return [one for one in signatures if one.role is role and stands(one, listed)]


def require_unsigned(signatures: Iterable[Signature], role: SigningRole, listed: Listed) -> None:
    """Returns unless this role has been signed for this very list. Raises `Rejected` ("signed"). Several witnesses may
    sign.
    """
    if role is SigningRole.WITNESS or not standing(signatures, role, listed):
        return
    raise Rejected(
        f"这份清单的「{zh(role)}」已经签过字，不必再签。",
        f"This list has its signature ({role.value}) already.",
        "signed",
    )


def require_second_person(name: str, officer_name: str) -> str:
    """The witness's name. Raises `Malformed` (field "witness") for none, or for the officer at the screen."""
    witness = " ".join(name.split())
    if witness and len(witness) <= 40 and witness != officer_name:
        return witness
    why = (
        Said("监交人须是另一个人。", "The witness must be somebody else.")
        if witness
        else Said("请填写监交人的姓名（40 字以内）。", "Enter the witness's name (40 letters at most).")
    )
    raise Malformed(
        "还没有签字：监交人不合要求。请看标红的地方。",
        "Not signed: the witness must be somebody else.",
        {"witness": [why]},
    )


def statement_sha256(dossier_no: str, consignment_no: str, signing: Signing, at: datetime) -> str:
    """SHA-256 of what the signature states, lower-case hex: RFC 8785 canonical JSON of list, count, role, signer,
    instant and picture.
    """
    document: dict[str, Any] = {
        "format": STATEMENT_FORMAT,
        "dossier": dossier_no,
        "consignment": consignment_no,
        "manifest_sha256": signing.listed.manifest_sha256,
        "findings_sha256": signing.listed.findings_sha256,
        "role": signing.role.value,
        "signer": signing.signer,
        "signed_at": stamp(at.astimezone(UTC)),
        "image_sha256": signing.image_sha256,
    }
    if signing.together:
        document |= {"format": TOGETHER_FORMAT, "together": [one.document() for one in signing.together]}
    return _sha256(document)


def signed(seq: int, consignment_no: str, signing: Signing, statement: str, at: datetime) -> Fact:
    """The ledger's fact: everything the statement's digest is made of, so that anyone may compute it again."""
    data: dict[str, Any] = {
        "signature": seq,
        "consignment": consignment_no,
        "role": signing.role.value,
        "kind": signing.kind.value,
        "signer": signing.signer,
        "agency": signing.agency_id,
        "originals": list(signing.listed.codes),
        "manifest_sha256": signing.listed.manifest_sha256,
        "findings_sha256": signing.listed.findings_sha256,
        "image_sha256": signing.image_sha256,
        "signed_at": stamp(at.astimezone(UTC)),
        "statement_sha256": statement,
    }
    if signing.together:
        data["together"] = [one.document() for one in signing.together]
    return Fact("custody:signed", zh(signing.role), data)


def require_in_order(consignment: Consignment, lines: Iterable[Packed], differences: Iterable[Discrepancy]) -> None:
    """Returns for an envelope that may be signed for together with others: all of it counted and good, the seal as it
    was sent, no difference of it open. Raises `Rejected` ("not_in_order"): who signs for a difference looks at it.
    """
    sealed = consignment.seal_found == consignment.seal_no and not consignment.seal_broken
    good = sealed and not consignment.envelope_damaged and all(one.outcome is Outcome.RECEIVED for one in lines)
    if good and not any(one.consignment_id == consignment.id and one.settled_at is None for one in differences):
        return
    raise Rejected(
        f"寄递件 {consignment.no} 有差异，不能和别的一起签。请打开它，看过差异再签。",
        f"Consignment {consignment.no} has a difference and is not signed for among others. Open it, look, then sign.",
        "not_in_order",
    )


def _sha256(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()
