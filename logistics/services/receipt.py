"""Receive an envelope item by item, correct a count, settle a discrepancy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlmodel import col, func, select

from logistics.actor import Actor
from logistics.decision import Decision, Fact, Holder, Settlement
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import access, custody, device, dossiers, receipt, registering, signing
from logistics.rules.receipt import AS_SENT, Outside
from logistics.store import answers, find, pool
from logistics.store import signing as kept
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Consignment, Discrepancy, Dossier, Original, Packed
from logistics.terms import (
    DiscrepancyKind,
    Form,
    HolderKind,
    Outcome,
    Resolution,
    Secrecy,
    SignatureKind,
    SigningRole,
)

NUMBERS = frozenset({DiscrepancyKind.SECOND_WAYBILL, DiscrepancyKind.UNREGISTERED})


@dataclass(frozen=True)
class ExtraFound:
    """A document in the envelope that is not on its list; `code` when it carries the sticker of an original of this
    dossier.
    """

    title: str
    note: str
    code: str = ""


@dataclass(frozen=True)
class OnDevice:
    """The count was made on a device without network: when by its clock, against which list, signed there or not.

    `shown`: the digest of the count that was signed (`rules.device.count_sha256`). `photos`: SHA-256 of those taken
    there, which are kept by acts of their own.
    """

    stated: device.Stated
    seen: device.Seen
    shown: str = ""
    signature: tuple[SignatureKind, bytes] | None = None
    photos: tuple[str, ...] = ()


def receive(
    ctx: Context,
    actor: Actor,
    command_id: str,
    consignment_no: str,
    seal_found: str,
    findings: Mapping[str, Outcome],
    extras: Sequence[ExtraFound] = (),
    empty: bool = False,
    notes: Mapping[str, str] | None = None,
    on: OnDevice | None = None,
    outside: Outside = AS_SENT,
) -> dict[str, Any]:
    """What was found is counted: custody of what is there passes to this officer, differences are open, the rest is
    未核.

    `findings` maps an original's code to what was found, `notes` to the receiver's own word for what is wrong;
    `outside`: how envelope and seal were before it was opened, which only the first count says. Counted
    `on` a device, the list must still be the one it held, and a signature given there is kept in the same act. Returns
    the count balance of the list.
    """
    with work(ctx, actor, "receive", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        access.require_receiver(actor, consignment)
        if on is not None:
            device.require_same_list(consignment, on.seen)
        whole = find.whole(w.session, dossier)
        lines = whole.lines_of(consignment)
        decision = receipt.receive(
            consignment,
            lines,
            _findings(whole, lines, findings, notes or {}),
            seal_found.strip().upper(),
            whole.last_custody(),
            Holder(HolderKind.OFFICER, actor.name, actor.agency_id, actor.officer_id),
            {key: receipt.MissingLine(*value) for key, value in whole.missing_elsewhere(consignment).items()},
            [_extra(w, dossier, whole, extra) for extra in extras],
            empty,
            outside,
        )
        if consignment.received_at is None:
            consignment.received_at, consignment.received_by = w.now, actor.officer_id
            consignment.seal_found = seal_found.strip().upper()
            consignment.seal_broken, consignment.envelope_damaged = outside.seal_broken, outside.damaged
        w.carry_out(decision, dossier, consignment)
        answers.notify(w, dossier, consignment)
        _say_when_complete(w, dossier)
        if on is not None:
            beside = [(one.code, one.title) for one in extras]
            said = device.count_sha256(consignment.no, on.seen, seal_found, findings, beside, outside)
            _state(w, dossier, consignment, on, said)
        count = receipt.balance(find.whole(w.session, dossier).lines_of(consignment))
        return w.finish(consignment=consignment.no, **vars(count))


def _state(w: Work, dossier: Dossier, consignment: Consignment, on: OnDevice, counted: str) -> None:
    """The ledger says that this was counted on a device; what was signed there is kept for the count as it stands."""
    w.record(dossier, device.stated(consignment.no, "receive", on.stated, w.now, counted, on.photos), consignment)
    if on.signature is None:
        return
    device.require_signed_count(on.shown, counted, consignment.no)
    whole = find.whole(w.session, dossier)
    listed = signing.found(consignment, whole.lines_of(consignment), whole.originals, whole.custody)
    actor = w.actor
    kept.keep(w, dossier, consignment, SigningRole.ACCEPTANCE, actor.name, listed, on.signature, actor.agency_id)


def _findings(
    whole: find.Whole, lines: Sequence[Packed], findings: Mapping[str, Outcome], notes: Mapping[str, str]
) -> list[receipt.Finding]:
    ids = {original.code: original.id for original in whole.originals}
    line_of = {line.original_id: cast(int, line.id) for line in lines}
    found = []
    for code, outcome in findings.items():
        packed_id = line_of.get(cast(int, ids.get(code)))
        if packed_id is None:
            raise NotYours("清单行", "list line")
        found.append(receipt.Finding(packed_id, outcome, notes.get(code, "").strip()))
    return found


def _extra(w: Work, dossier: Dossier, whole: find.Whole, extra: ExtraFound) -> receipt.Extra:
    """The unlisted document as an original with a number of its own, so that it has a holder too."""
    if extra.code:
        known = next((one for one in whole.originals if one.code == extra.code), None)
        if known is None:
            raise NotYours("原件", "original")
        return receipt.Extra(known.title, extra.note, known)
    last = w.session.exec(select(func.max(Original.seq)).where(col(Original.dossier_id) == dossier.id)).one()
    seq = (last or 0) + 1
    code = dossiers.original_code(dossier.no, seq)
    row = Original(
        dossier_id=cast(int, dossier.id),
        seq=seq,
        code=code,
        kind="清单外文件",
        title=extra.title,
        number_sealed=w.ctx.keyring.seal("", f"original:{code}:number"),
        issuer="",
        holder_name_sealed=w.ctx.keyring.seal("", f"original:{code}:holder_name"),
        pages=1,
        copies=1,
        form=Form.ORIGINAL,
        irreplaceable=False,
        must_return=True,
        secrecy=Secrecy.NONE,
        official_document=False,
        unlisted=True,
        listed_at=w.now,
    )
    w.session.add(row)
    w.session.flush()
    data = {"original": row.id, "code": code, "title": extra.title, "unlisted": True}
    w.record(dossier, Fact("original:listed", "拆封时发现，不在清单上", cast("dict[str, Any]", data)))
    return receipt.Extra(extra.title, extra.note, row)


def _say_when_complete(w: Work, dossier: Dossier) -> None:
    """Every original sent out has been counted and none is missing: the authority's clock starts."""
    whole = find.whole(w.session, dossier)
    holders = {key: custody.accepted_by(link) for key, link in whole.last_custody().items()}
    said = any(entry.what == "dossier:complete" for entry in whole.entries)
    if not said and dossiers.complete(dossier, whole.originals, holders):
        w.record(dossier, Fact("dossier:complete", "应收原件全部核收", {"originals": len(whole.originals)}))


def correct(
    ctx: Context,
    actor: Actor,
    command_id: str,
    consignment_no: str,
    original_code: str,
    note: str,
    outcome: Outcome = Outcome.RECEIVED,
) -> dict[str, Any]:
    """A line counted missing turned out to be in this envelope: counted as `outcome`, its discrepancy settled as
    found.
    """
    with work(ctx, actor, "correct", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        access.require_role(actor.roles, access.role_for("correct", consignment.direction))
        access.require_agency(cast(int, actor.agency_id), consignment.to_agency_id)
        whole = find.whole(w.session, dossier)
        original = next((one for one in whole.originals if one.code == original_code), None)
        line = next((one for one in whole.lines_of(consignment) if original and one.original_id == original.id), None)
        if line is None:
            raise NotYours("清单行", "list line")
        open_ = _open_difference(whole, consignment, line)
        if open_ is None:
            raise Rejected(
                f"原件 {original_code} 没有未了结的缺件差异，无须更正。",
                f"Original {original_code} has no open discrepancy to correct.",
                "correction",
            )
        decision = receipt.correct(
            consignment,
            line,
            cast(int, open_.id),
            whole.last_custody()[line.original_id],
            Holder(HolderKind.OFFICER, actor.name, actor.agency_id, actor.officer_id),
            note,
            outcome,
        )
        w.carry_out(decision, dossier, consignment)
        answers.notify(w, dossier, consignment)
        _say_when_complete(w, dossier)
        return w.finish(consignment=consignment.no, original=original_code)


def _open_difference(whole: find.Whole, consignment: Consignment, line: Packed) -> Discrepancy | None:
    return next(
        (
            row
            for row in whole.discrepancies
            if row.consignment_id == consignment.id
            and row.original_id == line.original_id
            and row.settled_at is None
            and row.kind in (DiscrepancyKind.MISSING, DiscrepancyKind.WRONG)
        ),
        None,
    )


def settle(
    ctx: Context, actor: Actor, command_id: str, dossier_no: str, discrepancy_id: int, resolution: Resolution, note: str
) -> dict[str, Any]:
    """An open discrepancy is settled with a reason. A missing original is settled by its arrival or its
    replacement, a second number or a refused order of the pool's by its own act: not by words.
    """
    with work(ctx, actor, "settle_discrepancy", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        if not access.may_settle(actor.roles, actor.agency_id, dossier.sender_agency_id, dossier.receiver_agency_id):
            raise NotAllowed(
                "差异由寄出单位的窗口经办或收件单位的收件核验人员了结，请转交他们。",
                "A difference is settled by the sender's window or the receiver's officer.",
                "role",
            )
        row = w.session.get(Discrepancy, discrepancy_id)
        if row is None or row.dossier_id != dossier.id:
            raise NotYours("差异", "discrepancy")
        _require_settleable(row, resolution, note)
        if row.kind in NUMBERS and row.consignment_id is not None:
            consignment = w.session.get_one(Consignment, row.consignment_id)
            number = pool.number_of(w.session, consignment)
            open_no = number.number if number is not None and number.registered_at is None else ""
            registering.require_settled_by_words(consignment, row.kind, row.key, open_no)
        w.carry_out(Decision(settlements=(Settlement(discrepancy_id, resolution, note.strip()),)), dossier)
        return w.finish(dossier=dossier.no, discrepancy=discrepancy_id)


def _require_settleable(row: Discrepancy, resolution: Resolution, note: str) -> None:
    if row.settled_at is not None:
        raise Rejected("这项差异已了结。", "This discrepancy is settled already.", "settled")
    if not note.strip():
        raise Rejected("了结差异须写明依据，以便留痕。请填写说明。", "Give the reason for the ledger.", "reason")
    arrival = (Resolution.REPLACED, Resolution.WITHDRAWN)
    if row.kind in (DiscrepancyKind.MISSING, DiscrepancyKind.EMPTY) and resolution not in arrival and row.original_id:
        raise Rejected(
            "缺件不能凭说明了结：原件随后寄到时会自动了结；已补办的选“已补办”；登记有误的用“更正”。",
            "A missing original is settled by its arrival, a replacement, or a correction, not by a note.",
            "missing_needs_arrival",
        )
