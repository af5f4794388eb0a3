"""专人 and 机要: our own people carry the envelope, so a person types what happened, with proof."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from couriers.adapters import manual
from couriers.contract import Milestone, TrackingEvent
from logistics.actor import Actor
from logistics.decision import Fact
from logistics.errors import Malformed, Rejected, Said, Wrong
from logistics.rules import access
from logistics.rules.chain import stamp
from logistics.rules.places import region_code
from logistics.rules.pool import MANUAL
from logistics.store.context import Context
from logistics.store.following import follow
from logistics.store.work import Work, work
from logistics.tables import Consignment, Tracking
from logistics.terms import Stage, zh

CLOCK_SLACK = timedelta(minutes=5)
"""How far ahead of our clock a typed moment may lie."""

PROOFS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-")
"""A photo or a countersigned form by its first bytes: PNG, JPEG, PDF."""

_WORDS = {code: milestone for code, _, milestone, _ in manual.TYPED}


def needs_proof(code: str) -> bool:
    """Whether this milestone stands only with a photo or a countersigned form: a delivery."""
    return _WORDS.get(code) is Milestone.DELIVERED


def type_milestone(
    ctx: Context,
    actor: Actor,
    command_id: str,
    consignment_no: str,
    code: str,
    happened_at: datetime,
    place: str,
    note: str,
    proof: bytes | None,
    *,
    takes_back: str = "",
) -> dict[str, Any]:
    """What the person saw stands on the envelope like a courier's scan, with who typed it; its stage follows.

    `code` is one of `couriers.adapters.manual.TYPED`; `proof` (PNG, JPEG or PDF) is kept by its SHA-256, and a delivery
    needs one. With CORRECTION, `takes_back` is the code that was typed by mistake. The same statement typed twice
    stands once (`"again": True`). Custody does not move. Raises `Malformed` at the fields, `Rejected`, `NotYours`.
    """
    with work(ctx, actor, "type_milestone", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        access.require_role(actor.roles, access.role_for("dispatch", consignment.direction))
        access.require_agency(cast(int, actor.agency_id), consignment.from_agency_id)
        _require_carried(consignment)
        _require_sound(consignment, code, happened_at, proof, w.now)
        digest = ctx.files.put(proof) if proof is not None else ""
        event = _event(consignment, code, happened_at.astimezone(UTC), place, note, digest, takes_back)
        if not _insert(w, consignment, event, digest):
            return w.finish(consignment=consignment.no, stage=consignment.stage.value, again=True)
        w.record(dossier, _fact(event, digest), consignment)
        follow(w, dossier, consignment)
        return w.finish(consignment=consignment.no, stage=consignment.stage.value, again=False)


def _require_carried(consignment: Consignment) -> None:
    if consignment.courier != MANUAL:
        raise Rejected(
            f"寄递件 {consignment.no} 由快递承运，节点由快递方告知，不能手工登记。",
            f"Consignment {consignment.no} travels with a courier, who tells its milestones.",
            "not_by_hand",
        )
    if consignment.stage in (Stage.PACKING, Stage.SEALED, Stage.BOOKING, Stage.RECEIVED, Stage.VOIDED):
        raise Rejected(
            f"寄递件 {consignment.no} 现为「{zh(consignment.stage)}」，不在递送途中，不能登记节点。",
            f"Consignment {consignment.no} is {consignment.stage.value}; it is not being carried.",
            "stage",
        )


def _require_sound(
    consignment: Consignment, code: str, happened_at: datetime, proof: bytes | None, now: datetime
) -> None:
    wrong: Wrong = {}
    if code not in _WORDS:
        wrong["code"] = [Said("请选择一个节点。", "Choose a milestone.")]
    if happened_at > now + CLOCK_SLACK:
        wrong["happened_at"] = [
            Said("时间还没有到，请填写实际发生的时间。", "That is still to come. Enter when it happened.")
        ]
    elif consignment.sealed_at is not None and happened_at < consignment.sealed_at - CLOCK_SLACK:
        wrong["happened_at"] = [Said("时间早于封装，请核对。", "That is before it was sealed. Check it.")]
    if proof is None and needs_proof(code):
        wrong["proof"] = [
            Said("送达须有凭证：请拍照或上传签收的交接单据。", "A delivery needs proof: a photo or the signed form.")
        ]
    elif proof is not None and not proof.startswith(PROOFS):
        wrong["proof"] = [Said("只收 PNG、JPEG、PDF。请改用其中一种。", "PNG, JPEG or PDF only. Use one of these.")]
    if wrong:
        raise Malformed("还没有登记：请看标红的地方。", "Not typed yet: see the marked places.", wrong)


def _event(
    consignment: Consignment, code: str, happened_at: datetime, place: str, note: str, digest: str, takes_back: str
) -> TrackingEvent:
    try:
        event = manual.event_of(
            consignment.waybill_no,
            code,
            happened_at,
            place,
            note,
            digest,
            takes_back=takes_back,
            reference=consignment.no,
        )
    except ValueError as why:
        said = Said(str(why), "This cannot be typed so. A correction names the entry it corrects; check the fields.")
        raise Malformed(said, said.en, {"takes_back": [said]}) from why
    # two agencies may have forms of one number: the envelope's own number keeps their events apart
    return replace(event, org_code=consignment.no)


def _insert(w: Work, consignment: Consignment, event: TrackingEvent, digest: str) -> bool:
    row = {
        "dossier_id": consignment.dossier_id,
        "consignment_id": consignment.id,
        "natural_key": event.natural_key,
        "courier": event.courier,
        "waybill_no": event.waybill_no,
        "milestone": event.milestone,
        "reason": event.reason,
        "code": event.code,
        "detail_code": event.detail_code,
        "text": event.text,
        "place": event.place,
        "voids": event.voids,
        "happened_at": event.happened_at,
        "received_at": w.now,
        "source": "person",
        "raw_sha256": digest,
        "region_code": region_code(event.place),
    }
    made = w.session.execute(
        insert(Tracking).values(row).on_conflict_do_nothing(index_elements=["natural_key"]).returning(col(Tracking.id))
    )
    return made.first() is not None


def _fact(event: TrackingEvent, digest: str) -> Fact:
    """The same fact as a courier's statement has, with the proof: the entry itself says who typed it."""
    data: dict[str, Any] = {
        "waybill": event.waybill_no,
        "milestone": event.milestone.value,
        "code": event.code,
        "event_at": stamp(event.happened_at),
        "source": "person",
        "event": hashlib.sha256(event.natural_key.encode("utf-8", "surrogatepass")).hexdigest(),
        "proof": digest,
    }
    return Fact("tracking:arrived", "", data)
