"""Take in what couriers say: raw first, then read, then followed. It moves stages and clocks, never custody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from couriers.contract import Milestone, Push, Reply, TrackingEvent
from logistics.actor import Actor, courier_actor
from logistics.decision import Decision, Fact, NewDiscrepancy, Settlement
from logistics.errors import Rejected
from logistics.rules import access, stages
from logistics.rules.chain import stamp
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Consignment, Discrepancy, Dossier, Exchange, InboxMessage, Tracking
from logistics.terms import DiscrepancyKind, Resolution, Stage

CLOCK_SLACK = timedelta(days=1)
"""How far a courier's clock may be off before its time is not believed."""


def accept_push(ctx: Context, courier_code: str, push: Push) -> bool:
    """The push is in the inbox exactly as it came; False when the very same bytes were there before.

    The caller has checked that the courier trusts it. Commits before it returns: only then may the courier be answered.
    """
    digest = hashlib.sha256(courier_code.encode() + b"\x00" + push.body).hexdigest()
    now = ctx.clock()
    row = {
        "courier": courier_code,
        "digest": digest,
        "body_sha256": hashlib.sha256(push.body).hexdigest(),
        "headers": {"content-type": push.header("content-type")},
        "body": push.body,
        "received_at": now,
        "due_at": now,
        "attempts": 0,
        "last_error": "",
    }
    with Session(ctx.engine) as session, session.begin():
        made = session.execute(
            insert(InboxMessage)
            .values(row)
            .on_conflict_do_nothing(index_elements=["digest"])
            .returning(col(InboxMessage.id))
        )
        return made.first() is not None


def keep_reply(ctx: Context, consignment_no: str, operation: str, reply: Reply) -> None:
    """The courier's raw answer is kept with the consignment; the same bytes are kept once."""
    with work(ctx, courier_actor("reply", "快递"), "keep_reply") as w:
        _, consignment = w.consignment(consignment_no)
        row = {
            "dossier_id": consignment.dossier_id,
            "consignment_id": consignment.id,
            "operation": operation,
            "status": reply.status,
            "sha256": hashlib.sha256(reply.body).hexdigest(),
            "body": reply.body,
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
    """New events stand on their consignments, whose stage is what all events together lead to.

    Returns the waybill numbers that belong to no consignment of ours. Repeats and any order of arrival change nothing.
    """
    strangers = []
    for waybill_no in dict.fromkeys(event.waybill_no for event in events):
        mine = [event for event in events if event.waybill_no == waybill_no]
        if not _absorb_one(ctx, courier_code, waybill_no, mine, source, raw_sha256, received_at):
            strangers.append(waybill_no)
    return strangers


def _absorb_one(
    ctx: Context,
    courier_code: str,
    waybill_no: str,
    events: Sequence[TrackingEvent],
    source: str,
    raw_sha256: str,
    received_at: datetime,
) -> bool:
    name = ctx.couriers[courier_code].name_zh if courier_code in ctx.couriers else courier_code
    with work(ctx, courier_actor(courier_code, name), "absorb") as w:
        no = w.session.exec(
            select(Consignment.no)
            .where(Consignment.waybill_no == waybill_no, Consignment.courier == courier_code)
            .order_by(col(Consignment.id).desc())  # numbers are used again: the newest envelope is meant
        ).first()
        if no is None:
            return False
        dossier, consignment = w.consignment(no)
        fresh = [event for event in events if _insert(w, consignment, event, source, raw_sha256, received_at)]
        for event in fresh:
            w.record(dossier, _fact(event, source), consignment)
        if fresh:
            follow(w, dossier, consignment)
    return True


def _insert(
    w: Work, consignment: Consignment, event: TrackingEvent, source: str, raw_sha256: str, received_at: datetime
) -> bool:
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
        "received_at": received_at,
        "source": source,
        "raw_sha256": raw_sha256,
    }
    made = w.session.execute(
        insert(Tracking).values(row).on_conflict_do_nothing(index_elements=["natural_key"]).returning(col(Tracking.id))
    )
    return made.first() is not None


def _fact(event: TrackingEvent, source: str) -> Fact:
    """The ledger names code, milestone and time; the courier's words stay in the event, for they may name people."""
    data: dict[str, Any] = {
        "waybill": event.waybill_no,
        "milestone": event.milestone.value,
        "code": event.code,
        "event_at": stamp(event.happened_at),
        "source": source,
        "event": hashlib.sha256(event.natural_key.encode("utf-8", "surrogatepass")).hexdigest(),
    }
    return Fact("tracking:arrived", "", data)


def follow(w: Work, dossier: Dossier, consignment: Consignment) -> None:
    """The consignment's stage, its courier times and its clocks are what all its stored events lead to."""
    rows = list(w.session.exec(select(Tracking).where(Tracking.consignment_id == consignment.id)))
    following = stages.follow(rows)
    stage = stages.settle(consignment.stage, rows)
    facts: list[Fact] = []
    if consignment.stage is not Stage.VOIDED:
        facts = _courier_times(w, consignment, following)
    if stage is not consignment.stage:
        data = {"consignment": consignment.no, "from": consignment.stage.value, "to": stage.value}
        facts.append(Fact("consignment:moved", "", cast("dict[str, Any]", data)))
    w.carry_out(Decision(stage=stage, facts=tuple(facts)), dossier, consignment)
    new = _differences(consignment, stage, rows)
    w.carry_out(Decision(discrepancies=new, settlements=_explained(w, consignment, new)), dossier, consignment)


def _courier_times(w: Work, consignment: Consignment, following: stages.Following) -> list[Fact]:
    """Facts for clocks: picked up, delivered, or delivered taken back. Sets the times on the row."""
    facts: list[Fact] = []
    if following.picked_up_at is not None and consignment.picked_up_at is None:
        facts.append(_timed("consignment:picked_up", consignment, following.picked_up_at, w.now))
    consignment.picked_up_at = following.picked_up_at
    if following.delivered_at is not None and consignment.delivered_at is None:
        facts.append(_timed("consignment:delivered", consignment, following.delivered_at, w.now))
    if following.delivered_at is None and consignment.delivered_at is not None:
        facts.append(Fact("consignment:delivery_taken_back", "快递方撤销妥投", {"consignment": consignment.no}))
    consignment.delivered_at = following.delivered_at
    return facts


def _timed(what: str, consignment: Consignment, at: datetime, now: datetime) -> Fact:
    """The fact with the courier's own time; with a time that cannot be, the clock takes the moment we heard of it."""
    data: dict[str, Any] = {"consignment": consignment.no}
    if is_plausible(consignment, at, now):
        data["happened_at"] = at.isoformat()
    return Fact(what, "", data)


def is_plausible(consignment: Consignment, at: datetime, now: datetime) -> bool:
    """Whether a courier may have seen this envelope then: not a day before it was made, not a day from now."""
    return consignment.created_at - CLOCK_SLACK <= at <= now + CLOCK_SLACK


def _explained(w: Work, consignment: Consignment, now_open: Sequence[NewDiscrepancy]) -> tuple[Settlement, ...]:
    """Differences that later events have explained: a late scan closes the gap, a lost envelope turns up."""
    ours = {DiscrepancyKind.ODD_MOVEMENT, DiscrepancyKind.LOST}
    standing = {new.key for new in now_open}
    rows = w.session.exec(
        select(Discrepancy).where(Discrepancy.consignment_id == consignment.id, col(Discrepancy.settled_at).is_(None))
    )
    return tuple(
        Settlement(cast(int, row.id), Resolution.EXPLAINED, "后到的轨迹已说明")
        for row in rows
        if row.kind in ours and row.key not in standing
    )


def _differences(consignment: Consignment, stage: Stage, rows: Sequence[Tracking]) -> tuple[NewDiscrepancy, ...]:
    new = [
        NewDiscrepancy(
            DiscrepancyKind.UNRECOGNISED_CODE,
            f"code:{consignment.no}:{event.code}",
            f"快递代码 {event.code} 不在任何代码表中，未作任何推断。请核实其含义。",
            consignment_id=consignment.id,
        )
        for event in rows
        if event.milestone is Milestone.UNRECOGNISED
    ]
    new += [
        NewDiscrepancy(
            DiscrepancyKind.ODD_MOVEMENT,
            f"time:{consignment.no}:{event.id}",
            f"快递方称 {stamp(event.happened_at)} 有轨迹，这个时间不可能，时限按收到消息的时刻计。请与快递方核实。",
            consignment_id=consignment.id,
        )
        for event in rows
        if not is_plausible(consignment, event.happened_at, event.received_at)
    ]
    for odd in stages.oddities(consignment.stage, rows):
        event = cast(Tracking, odd.event)
        new.append(
            NewDiscrepancy(
                DiscrepancyKind.ODD_MOVEMENT,
                f"odd:{consignment.no}:{event.id}",
                odd.why_zh,
                consignment_id=consignment.id,
            )
        )
    if stage is Stage.LOST:
        new.append(
            NewDiscrepancy(
                DiscrepancyKind.LOST,
                f"lost:{consignment.no}",
                "快递方称邮件遗失，请立即核查并告知申请人。",
                consignment_id=consignment.id,
            )
        )
    if stage is Stage.RETURNED:
        new.append(
            NewDiscrepancy(
                DiscrepancyKind.RETURNED,
                f"returned:{consignment.no}",
                "邮件被退回，请寄出单位签收核验。",
                consignment_id=consignment.id,
            )
        )
    return tuple(new)


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
