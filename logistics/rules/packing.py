"""From the open envelope to the courier's order: pack, seal, reopen, void, dispatch (装件、封装、拆封、作废、寄出)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from logistics.decision import Decision, Errand, Fact, Json
from logistics.errors import Rejected
from logistics.rules import channels, stages
from logistics.rules.pool import MANUAL
from logistics.tables import Consignment, Custody, LedgerEntry, Original
from logistics.terms import Channel, ErrandKind, HolderKind, Stage, Verb, zh

MANIFEST_FORMATS = ("youdang-manifest-2", "youdang-manifest-1")
"""Newest first. 1 has no pictures; lists that were frozen under it stay verifiable."""

MANIFEST_FORMAT = MANIFEST_FORMATS[0]
_SEAL = re.compile(r"[A-Z0-9-]{4,32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ManifestLine:
    """One line of the frozen list, in clear: what the transfer slip shows and both sides sign.

    `pictures` are the SHA-256 of what was photographed of the original before sealing, in the order in which it was.
    """

    seq: int
    code: str
    kind: str
    title: str
    number: str
    issuer: str
    holder: str
    pages: int
    copies: int
    form: str
    pictures: tuple[str, ...] = ()

    @property
    def words(self) -> dict[str, Any]:
        """The line without its pictures: what format 1 and the counter's lists hash."""
        return {name: value for name, value in asdict(self).items() if name != "pictures"}


def manifest_sha256(
    consignment_no: str, seal_no: str, lines: Sequence[ManifestLine], written: str = MANIFEST_FORMAT
) -> str:
    """SHA-256 of the frozen list, lower-case hex: over RFC 8785 canonical JSON of envelope, seal and lines by `seq`.

    `written` names the format, one of `MANIFEST_FORMATS`.
    """
    with_pictures = written == MANIFEST_FORMATS[0]
    ordered = sorted(lines, key=lambda line: line.seq)
    document: dict[str, Any] = {
        "format": written,
        "consignment": consignment_no,
        "seal": seal_no,
        "lines": [{**line.words, "pictures": list(line.pictures)} if with_pictures else line.words for line in ordered],
    }
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def frozen_as(digest: str, consignment_no: str, seal_no: str, lines: Sequence[ManifestLine]) -> str | None:
    """The format under which these lines have that digest; None when they are not the list that was frozen."""
    made = {manifest_sha256(consignment_no, seal_no, lines, written): written for written in MANIFEST_FORMATS}
    return made.get(digest)


def pack(
    consignment: Consignment, original: Original, holder: Custody | None, sender_agency_id: int, in_open: bool
) -> Decision:
    """The original is on the envelope's list. `holder` is its last custody link; `in_open`: an open envelope has it.

    Raises `Rejected`: "stage", "other_dossier", "packed_elsewhere", "not_held".
    """
    _require_packing(consignment, "装入", "packed into")
    if original.dossier_id != consignment.dossier_id:
        raise Rejected(
            f"原件 {original.code} 不属于本专档，不能装入寄递件 {consignment.no}。请在它自己的专档内装件。",
            f"Original {original.code} belongs to another dossier. Pack it in its own dossier.",
            rule="other_dossier",
        )
    if in_open:
        raise Rejected(
            f"原件 {original.code} 已装在另一个尚未拆封的寄递件中，同一原件不能装入两处。请先从那一件中取出。",
            f"Original {original.code} is already in another open consignment. Take it out there first.",
            rule="packed_elsewhere",
        )
    _require_held(original, holder, sender_agency_id)
    return Decision(facts=(Fact("original:packed", data=_pair(consignment, original)),))


def unpack(consignment: Consignment, original: Original) -> Decision:
    """The original is off the envelope's list again. Raises `Rejected` ("stage") once the envelope is sealed."""
    _require_packing(consignment, "取出", "taken out of")
    return Decision(facts=(Fact("original:unpacked", data=_pair(consignment, original)),))


def _pair(consignment: Consignment, original: Original) -> dict[str, str]:
    return {"consignment": consignment.no, "original": original.code}


def _require_packing(consignment: Consignment, act_zh: str, act_en: str) -> None:
    if consignment.stage is Stage.PACKING:
        return
    remedy_zh = "请先拆封重装" if consignment.stage is Stage.SEALED else "请另建寄递件"
    remedy_en = "Reopen it first." if consignment.stage is Stage.SEALED else "Start another consignment."
    raise Rejected(
        f"寄递件 {consignment.no} 现为「{zh(consignment.stage)}」，清单已冻结，不能{act_zh}原件。{remedy_zh}。",
        f"Consignment {consignment.no} is {consignment.stage.value}: its list is frozen, nothing can be {act_en} it. "
        f"{remedy_en}",
        rule="stage",
    )


def _require_held(original: Original, holder: Custody | None, agency_id: int) -> None:
    ours = holder is not None and holder.to_kind in (HolderKind.OFFICER, HolderKind.DEPARTMENT)
    if ours and holder is not None and holder.to_agency_id == agency_id:
        return
    who = "尚无保管记录" if holder is None else f"现由「{holder.to_name}」保管"
    raise Rejected(
        f"原件 {original.code} {who}，不在本单位手中，不能装件。请先办理交接，由本单位接收后再装。",
        f"Original {original.code} is not held by this agency. Take it over first, then pack it.",
        rule="not_held",
    )


def seal(
    consignment: Consignment,
    originals: Sequence[Original],
    seal_no: str,
    manifest: str,
    pictures: Mapping[str, Sequence[str]] | None = None,
) -> Decision:
    """The envelope is SEALED: numbered seal, at least one original, list frozen by `manifest` (SHA-256 hex).

    `pictures` are the digests in it by the code of their original. Raises `Rejected`: "stage", "empty_envelope",
    "seal_number"; `ValueError` for a `manifest` that is no digest.
    """
    stage = stages.move(consignment.stage, Verb.SEAL)
    if not originals:
        raise Rejected(
            f"寄递件 {consignment.no} 内没有原件，不能封装。请先装入至少一份原件，或作废本件。",
            f"Consignment {consignment.no} holds no original. Pack at least one, or void it.",
            rule="empty_envelope",
        )
    if not _SEAL.fullmatch(seal_no):
        raise Rejected(
            f"封签号「{seal_no}」格式不对：须为 4 至 32 位大写字母、数字或连字符。请核对封签后重新扫描。",
            f"Seal number {seal_no!r} must be 4 to 32 of A-Z, 0-9 and hyphen. Check the seal and scan again.",
            rule="seal_number",
        )
    if not _SHA256.fullmatch(manifest):
        raise ValueError("manifest must be a SHA-256 in lower-case hex")
    data: dict[str, Json] = {
        "consignment": consignment.no,
        "seal": seal_no,
        "manifest_sha256": manifest,
        "manifest_format": MANIFEST_FORMAT,
        "originals": [one.code for one in originals],
        "pictures": {code: list(digests) for code, digests in (pictures or {}).items() if digests},
    }
    return Decision(stage=stage, facts=(Fact("consignment:sealed", data=data),))


def standing_act(entries: Sequence[LedgerEntry], consignment: Consignment) -> LedgerEntry | None:
    """The entry of the act by which the envelope stands where it does: what taking it back corrects."""
    whats = {Stage.PACKING: "consignment:started", Stage.SEALED: "consignment:sealed"}
    what = whats.get(consignment.stage, "consignment:dispatched")
    acts = [one for one in entries if one.what == what and one.facts.get("consignment") == consignment.no]
    return max(acts, key=lambda one: one.seq, default=None)


def reopen(consignment: Consignment, why: str, corrects: int = 0) -> Decision:
    """The envelope is PACKING again; its seal and frozen list no longer count. `corrects`: the entry of that sealing in
    the dossier's ledger. Raises `Rejected`: "stage", "reason".
    """
    stage = stages.move(consignment.stage, Verb.REOPEN)
    _require_why(why, "拆封重装", "Reopening")
    data: dict[str, Json] = {
        "consignment": consignment.no,
        "seal": consignment.seal_no,
        "manifest_sha256": consignment.manifest_sha256,
    }
    data |= _corrected(corrects)
    return Decision(stage=stage, facts=(Fact("consignment:reopened", why.strip(), data),))


def _corrected(seq: int) -> dict[str, Json]:
    return {"corrects": seq} if seq else {}


def void(
    consignment: Consignment, why: str, corrects: int = 0, handed_on: str = "", *, taken_back: bool = False
) -> Decision:
    """The envelope is VOIDED; its order is owed a cancellation when there is a waybill. `corrects`: the entry of the
    act that stands, in the dossier's ledger.

    Only before the courier has it: one that its collector signed for on the list `handed_on` must have been
    `taken_back` from them first. Raises `Rejected`: "stage", "picked_up", "handed_over", "reason".
    """
    stage = stages.move(consignment.stage, Verb.VOID)
    if consignment.picked_up_at is not None:
        raise Rejected(
            f"寄递件 {consignment.no} 已被快递方揽收，不能作废。请联系快递方拦截退回，退回后签收核验。",
            f"Consignment {consignment.no} was picked up, too late to void. Ask the courier to return it.",
            rule="picked_up",
        )
    if handed_on and not taken_back:
        raise Rejected(
            f"寄递件 {consignment.no} 已在交寄清单 {handed_on} 上交给揽收员，还没有作废。请先把封套拿回来，"
            "勾选“封套已从揽收员手里拿回”，再作废；拿不回的，请快递方拦截退回。",
            f"The collector signed for consignment {consignment.no} on list {handed_on}; it was not voided. Take the "
            "envelope back, say so, and void it then. If you cannot, ask the courier to return it.",
            rule="handed_over",
        )
    _require_why(why, "作废", "Voiding")
    data: dict[str, Json] = {
        "consignment": consignment.no,
        "courier": consignment.courier,
        "waybill": consignment.waybill_no,
        "seal": consignment.seal_no,
    }
    data |= _corrected(corrects) | ({"taken_back_from": handed_on} if handed_on else {})
    fact = Fact("consignment:voided", why.strip(), data)
    return Decision(stage=stage, facts=(fact,), errands=_cancellation(consignment, why.strip()))


def _cancellation(consignment: Consignment, why: str) -> tuple[Errand, ...]:
    if not consignment.waybill_no or consignment.courier == MANUAL:  # nobody to call about our own people's form
        return ()
    payload = {
        "consignment_no": consignment.no,
        "courier": consignment.courier,
        "waybill_no": consignment.waybill_no,
        "reason": why,
    }
    return (Errand(ErrandKind.CANCEL, f"cancel:{consignment.no}", payload),)


def _require_why(why: str, act_zh: str, act_en: str) -> None:
    if not why.strip():
        raise Rejected(
            f"{act_zh}须写明原因，以便留痕。请填写原因。",
            f"{act_en} needs a reason for the ledger. Give one.",
            rule="reason",
        )


def dispatch(
    consignment: Consignment,
    originals: Sequence[Original],
    channel: Channel,
    courier_code: str,
    at: datetime,
    attempt: int,
    choice: Mapping[str, Json] | None = None,
    why: str = "",
) -> Decision:
    """The envelope is BOOKING and one order is owed to the courier; `attempt` counts from 1 and grows after a refusal.

    `choice` says which way was proposed and which taken, `why` in a person's words why another one. The order's
    reference is the consignment's number, the same at every attempt: one envelope never gets two waybills.
    Raises `Rejected`: "stage", "channel".
    """
    stage = stages.move(consignment.stage, Verb.DISPATCH)
    channels.gate(originals, channel)
    if at.tzinfo is None or attempt < 1:
        raise ValueError("at must be aware and attempt counts from 1")
    payload: dict[str, Json] = {"consignment_no": consignment.no, "courier": courier_code, "attempt": attempt}
    data: dict[str, Json] = {
        "consignment": consignment.no,
        "courier": courier_code,
        "channel": channel.value,
        "attempt": attempt,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
    }
    if choice is not None:
        data["choice"] = dict(choice)
    errand = Errand(ErrandKind.BOOK, f"book:{consignment.no}:{attempt}", payload)
    return Decision(stage=stage, facts=(Fact("consignment:dispatched", why, data),), errands=(errand,))
