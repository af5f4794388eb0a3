"""Ask a courier to come and collect (预约揽收), and call it off again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlmodel import col, select

from couriers.contract import Operation
from logistics.actor import Actor
from logistics.errors import NotYours, Rejected
from logistics.rules import access, collecting
from logistics.rules.workdays import Hours
from logistics.store import calendars, pickups
from logistics.store.context import Context
from logistics.store.work import work
from logistics.tables import Agency, Pickup
from logistics.terms import Role


def appoint(
    ctx: Context,
    actor: Actor,
    command_id: str,
    courier: str,
    collect_from: datetime,
    collect_until: datetime,
    note: str = "",
) -> dict[str, Any]:
    """The courier is expected at this agency between the two instants; envelopes ordered from it until then carry the
    time to it. Returns `{"pickup": id}`. Raises `Rejected` ("pickup_time"), `NotYours` for a courier that is not here.
    """
    with work(ctx, actor, "appoint_pickup", command_id) as w:
        if w.done is not None:
            return w.done
        require_desk(actor)
        chosen = ctx.couriers.get(courier)
        if chosen is None or Operation.BOOK not in chosen.offers:
            raise NotYours("快递", "courier")
        agency_id = cast(int, actor.agency_id)
        agency = w.session.exec(
            select(Agency).where(Agency.id == agency_id).with_for_update(key_share=True)
        ).one()  # two windows do not book one time
        standing = w.session.exec(
            select(Pickup)
            .where(Pickup.agency_id == agency_id, Pickup.courier == courier)
            .where(col(Pickup.cancelled_at).is_(None), Pickup.collect_until > w.now)
        ).all()
        calendar, hours = calendars.in_force(w.session, agency), Hours.parse(agency.receiving_hours)
        collecting.require_slot(collect_from, collect_until, calendar, hours, w.now, standing)
        row = Pickup(
            agency_id=agency_id,
            courier=courier,
            collect_from=collect_from,
            collect_until=collect_until,
            note=note.strip(),
            asked_at=w.now,
            asked_by=cast(int, actor.officer_id),
        )
        w.session.add(row)
        w.session.flush()
        return w.finish(pickup=row.id)


def cancel(ctx: Context, actor: Actor, command_id: str, pickup_id: int, why: str) -> dict[str, Any]:
    """The courier is not expected any more. Orders that carried the time are at the courier as they were: telling it
    is a telephone call. Raises `Rejected` without a reason, or when the appointment is over or called off.
    """
    with work(ctx, actor, "cancel_pickup", command_id) as w:
        if w.done is not None:
            return w.done
        require_desk(actor)
        row = pickups.by_id(w.session, pickup_id)
        access.require_agency(cast(int, actor.agency_id), row.agency_id)
        if row.cancelled_at is not None or row.collect_until <= w.now:
            raise Rejected(
                "这次预约已经取消或已过时间，无须再取消。", "The appointment is over or called off.", "pickup_over"
            )
        if not why.strip():
            raise Rejected("取消预约须写明原因，请填写。", "Give the reason.", "reason")
        row.cancelled_at, row.cancelled_by, row.cancelled_why = w.now, actor.officer_id, why.strip()
        w.session.add(row)
        return w.finish(pickup=row.id)


def require_desk(actor: Actor) -> None:
    """Returns for whoever sends envelopes: the window, or the authority's receiver on the way back."""
    if not actor.roles & {Role.WINDOW, Role.RECEIVER}:
        access.require_role(actor.roles, Role.WINDOW)
