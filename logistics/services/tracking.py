"""Take in what couriers say: raw first, then read, then followed. It moves stages and clocks, never custody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from couriers.contract import Push, Reply, TrackingEvent
from logistics.actor import SYSTEM, Actor, courier_actor
from logistics.decision import Decision, NewDiscrepancy
from logistics.errors import Rejected
from logistics.rules import access
from logistics.store import ingest, letterbox, messages
from logistics.store.context import Context
from logistics.store.letterbox import Letter
from logistics.store.packed import pack
from logistics.store.queues import Message
from logistics.store.work import work
from logistics.tables import Discrepancy, Exchange
from logistics.terms import DiscrepancyKind, Stage


def accept_push(ctx: Context, courier_code: str, push: Push) -> bool:
    """The push is in the inbox byte for byte as it came; False when the very same bytes were there before.

    The caller has checked that the courier trusts it. Commits before it returns: only then may the courier be answered.
    Pushes that come at the same time share the transaction.
    """
    return letterbox.of(ctx.engine).put(ctx.engine, letter_of(courier_code, push, ctx.clock()))


def letter_of(courier_code: str, push: Push, now: datetime) -> Letter:
    """The push as it is kept."""
    digest = hashlib.sha256(courier_code.encode() + b"\x00" + push.body).hexdigest()
    body, packed = pack(push.body)
    return Letter(courier_code, digest, digest_of(push.body), push.header("content-type"), body, packed, now)


def keep_reply(ctx: Context, consignment_no: str, operation: str, reply: Reply) -> None:
    """The courier's raw answer is kept with the consignment; the same bytes are kept once."""
    with work(ctx, courier_actor("reply", "快递"), "keep_reply") as w:
        _, consignment = w.consignment(consignment_no)
        body, packed = pack(reply.body)
        row = {
            "dossier_id": consignment.dossier_id,
            "consignment_id": consignment.id,
            "operation": operation,
            "status": reply.status,
            "sha256": hashlib.sha256(reply.body).hexdigest(),
            "body": body,
            "packed": packed,
            "received_at": w.now,
        }
        w.session.execute(insert(Exchange).values(row).on_conflict_do_nothing())


def absorb(
    ctx: Context,
    courier_code: str,
    events: Sequence[TrackingEvent],
    source: str,
    raw_sha256: str,
    received_at: datetime,
) -> list[str]:
    """New events stand on their consignments, whose stage is what all events of their own courier together lead to.

    An aggregator's word of another courier's waybill stands beside them and moves nothing (see `rules.sources`).
    Returns the waybill numbers that belong to no consignment of ours. Repeats and any order of arrival change nothing.
    """
    arrivals = ingest.by_waybill(courier_code, events, source, raw_sha256, received_at)
    name = ctx.couriers[courier_code].name_zh if courier_code in ctx.couriers else courier_code
    with work(ctx, courier_actor(courier_code, name), "absorb", later=True) as w:
        strangers = ingest.take_in(w, arrivals)
    return [one.waybill_no for one in arrivals if one.spoken in strangers]


def digest_of(body: bytes) -> str:
    """What names raw bytes beside the statements they were read to: SHA-256, hex."""
    return hashlib.sha256(body).hexdigest()


def absorb_pushes(ctx: Context, read: Sequence[tuple[Message, Sequence[TrackingEvent]]]) -> list[list[str]]:
    """As `absorb`, for many pushes in one transaction, which also marks them as read: none is absorbed and unread.

    Returns for each push the waybill numbers that belong to nobody; it is left unread then. Raises `Overtaken` (and
    nothing of the batch stands) when the lease of one had lapsed and somebody else took it.
    """
    told = [
        ingest.by_waybill(push.courier, events, "push", digest_of(push.body), push.received_at) for push, events in read
    ]
    with work(ctx, SYSTEM, "absorb", later=True) as w:
        strangers = ingest.take_in(w, [arrival for arrivals in told for arrival in arrivals])
        nobodys = [[one.waybill_no for one in arrivals if one.spoken in strangers] for arrivals in told]
        messages.finish(w.session, [push for (push, _), none in zip(read, nobodys, strict=True) if not none], w.now)
    return nobodys


def dispute_delivery(ctx: Context, actor: Actor, command_id: str, consignment_no: str, note: str) -> dict[str, Any]:
    """The courier says delivered, the receiver says not received: a discrepancy, and the two words stay two."""
    with work(ctx, actor, "dispute_delivery", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        access.require_role(actor.roles, access.role_for("receive", consignment.direction))
        access.require_agency(cast(int, actor.agency_id), consignment.to_agency_id)
        if consignment.stage is not Stage.DELIVERED:
            raise Rejected(
                "快递方还没有称妥投，无须声明未收到。", "The courier does not say delivered.", "not_delivered"
            )
        before = w.session.exec(
            select(Discrepancy).where(
                Discrepancy.consignment_id == consignment.id, Discrepancy.kind == DiscrepancyKind.DELIVERY_DISPUTED
            )
        ).all()
        if any(row.settled_at is None for row in before):
            raise Rejected(
                "已声明未收到，差异还没有了结，无须重复声明。", "The dispute is open already.", "disputed_already"
            )
        new = NewDiscrepancy(
            DiscrepancyKind.DELIVERY_DISPUTED,
            f"dispute:{consignment.no}:{len(before) + 1}",
            note or "快递称已妥投，本单位未收到。",
            consignment_id=consignment.id,
        )
        w.carry_out(Decision(discrepancies=(new,)), dossier, consignment)
        return w.finish(consignment=consignment.no)
