"""What waits to be collected (交寄): by courier, the appointments, the open hand-over lists; and what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields

from couriers.contract import Courier, Operation
from logistics.rules.collecting import is_left_unsigned
from logistics.rules.workdays import Calendar, Hours
from logistics.services import handovers
from logistics.services import pickups as verbs
from logistics.store import calendars, pickups
from logistics.tables import Agency, Consignment, HandoverList, Pickup
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.naming import courier_name
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.times import BEIJING
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window.onward import onward

pages = Blueprint("collecting", __name__)
SENDERS = (Role.WINDOW, Role.RECEIVER)
ENTRIES = [Entry("collecting.show", lazy_gettext("交寄"), frozenset(SENDERS), place=25)]
RECENT = timedelta(days=1)
LONG = timedelta(hours=24)  # an envelope booked a day ago that nobody took is overdue, whoever was expected


class Appointing(FormShape):
    """When which courier shall come; times are Beijing's, as the reader's clock shows them."""

    courier = fields.String(required=True)
    collect_from = fields.NaiveDateTime(required=True, format="%Y-%m-%dT%H:%M")
    collect_until = fields.NaiveDateTime(required=True, format="%Y-%m-%dT%H:%M")
    note = fields.String(load_default="")


class CallingOff(FormShape):
    """Why nobody needs to come."""

    pickup_id = fields.Integer(required=True)
    why = fields.String(load_default="")


class Starting(FormShape):
    """Whose list is wanted."""

    courier = fields.String(required=True)


@dataclass(frozen=True)
class Desk:
    """One courier with what waits for it. `overdue`: its time is over and envelopes booked before are still here;
    `unsigned`: the hall closed and the list it began stands without a signature.
    """

    code: str
    name: str
    waiting: list[Consignment]
    appointments: list[Pickup]
    overdue: Pickup | None
    late: list[str]
    open_list: HandoverList | None
    unsigned: bool = False


@pages.get("/pickups")
@for_roles(*SENDERS)
def show() -> Response:
    """Each courier with its envelopes, appointments and open list; below, the newest lists."""
    desks = _desks()
    with look() as session:
        lists = pickups.lists(session, me().agency_id or 0)
        wanted = {one.to_agency_id for it in desks for one in it.waiting}
        targets = {key: session.get_one(Agency, key) for key in wanted}
    names = {code: courier_name(code) for code in world().couriers}
    start, end = _next_hours()
    return page("window/collecting.html", desks=desks, targets=targets, lists=lists, names=names, start=start, end=end)


def uncollected() -> list[str]:
    """For the workbench: what the couriers should have done by now at this agency's desk, in sentences."""
    if not me().roles & set(SENDERS) or me().agency_id is None:
        return []
    desks = _desks()
    late = str(_("、")).join(one.name for one in desks if one.overdue is not None or one.late)
    unsigned = str(_("、")).join(one.open_list.no for one in desks if one.open_list is not None and one.unsigned)
    told = [_("%(names)s 没有按时来取件。", names=late)] if late else []
    return told + ([_("交寄清单 %(no)s 到下班还没有签。", no=unsigned)] if unsigned else [])


def _desks() -> list[Desk]:
    agency_id = me().agency_id or 0
    with look() as session:
        waiting = pickups.waiting(session, agency_id)
        appointments = pickups.since(session, agency_id, now() - RECENT)
        open_lists = pickups.unsigned(session, agency_id)
        agency = session.get_one(Agency, agency_id)
        works = calendars.in_force(session, agency), Hours.parse(agency.receiving_hours)
    return [
        _desk(one.code, courier_name(one.code), waiting, appointments, open_lists.get(one.code), works)
        for one in _bookable()
    ]


def _bookable() -> list[Courier]:
    taken = [one for one in world().couriers.values() if Operation.BOOK in one.offers]
    return sorted(taken, key=lambda one: (not one.postal_enterprise, one.code))


def _desk(
    code: str,
    name: str,
    waiting: Sequence[Consignment],
    appointments: Sequence[Pickup],
    open_list: HandoverList | None,
    works: tuple[Calendar, Hours],
) -> Desk:
    mine = [one for one in waiting if one.courier == code]
    ours = [one for one in appointments if one.courier == code]
    over = [one for one in ours if one.cancelled_at is None and one.collect_until < now()]
    missed = [one for one in over if any(_booked_before(it, one.collect_until) for it in mine)]
    late = [it.no for it in mine if _booked_before(it, now() - LONG)]
    coming = [one for one in ours if one.cancelled_at is None and one.collect_until >= now()]
    unsigned = open_list is not None and is_left_unsigned(open_list.made_at, *works, now())
    return Desk(code, name, mine, coming, missed[-1] if missed else None, late, open_list, unsigned)


def _booked_before(one: Consignment, moment: datetime) -> bool:
    return one.booked_at is not None and one.booked_at < moment


def _next_hours() -> tuple[str, str]:
    """The next full hour and the one two hours on, as a form's fields write them."""
    first = now().astimezone(BEIJING).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return first.strftime("%Y-%m-%dT%H:%M"), (first + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")


@pages.post("/pickups")
@for_roles(*SENDERS)
@redraws(show)
def appoint() -> Response:
    """The courier is expected then."""
    form = read(Appointing)
    first, last = (form[name].replace(tzinfo=BEIJING) for name in ("collect_from", "collect_until"))
    verbs.appoint(world(), me(), form["command_id"], form["courier"], first, last, form["note"])
    said(_("已预约。此后向这家快递下的单都带上这个时间。"))
    return onward(url_for("collecting.show"))


@pages.post("/pickups/cancel")
@for_roles(*SENDERS)
@redraws(show)
def cancel() -> Response:
    """The courier is not expected any more."""
    form = read(CallingOff)
    verbs.cancel(world(), me(), form["command_id"], form["pickup_id"], form["why"])
    said(_("已取消预约。先前下的单仍带着原来的时间，请电话告知快递方。"))
    return onward(url_for("collecting.show"))


@pages.post("/handovers")
@for_roles(*SENDERS)
@redraws(show)
def start() -> Response:
    """The courier's list is open for scanning."""
    form = read(Starting)
    made = handovers.start(world(), me(), form["command_id"], form["courier"])
    return onward(url_for("handover.show", no=made["list"]))
