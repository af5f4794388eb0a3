"""The manager's desk: what is late or near it, where two words disagree, what waits for a person, each lane's share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.rules import access
from logistics.rules.workdays import USUAL_HOURS, add_working_days, state_calendar
from logistics.services import deadlines, queues
from logistics.store import lanes, oversight
from logistics.store.lanes import LIMIT, LaneName, Wanted
from logistics.store.oversight import Late, Parked, Travelling
from logistics.terms import Direction, Role
from logistics.web.dossier.wording import leg_name
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.sheets import csv_answer
from logistics.web.times import BEIJING
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.words import word

MANAGERS = (Role.MANAGER, Role.ADMINISTRATOR)
LANE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")

pages = Blueprint("manager", __name__)
ENTRIES = [Entry("manager.late", lazy_gettext("督查"), frozenset(MANAGERS), place=40)]


class Waive(FormShape):
    """The form that waives one deadline."""

    reason = fields.String(required=True)


@pages.get("/late")
@for_roles(*MANAGERS)
def late() -> Response:
    """Open deadlines past due, the one due longest ago first; narrowed by lane, leg and agency."""
    wanted = _wanted()
    with look() as session:
        every = oversight.late(session, now())
        rows = every if wanted == lanes.EVERYTHING else oversight.late(session, now(), wanted=wanted)
        return _draw(session, "late.html", here="late", rows=rows, narrow=_choices(every), wanted=wanted)


@pages.get("/late.csv")
@for_roles(*MANAGERS)
def late_csv() -> Response:
    """The rows of the late list as it is shown, as a file."""
    with look() as session:
        rows = oversight.late(session, now(), wanted=_wanted())
    header = (
        _("专档"), _("环节"), _("超时工作日"), _("应于"), _("寄出单位"), _("收件单位"), _("责任单位"), _("快递"),
        _("阶段"), _("原件保管人"), _("日历暂定"),
    )  # fmt: skip
    name = _("超时清单") + now().astimezone(BEIJING).strftime("-%Y%m%d-%H%M.csv")
    return csv_answer(name, header, (_csv_row(row) for row in rows))


def _csv_row(row: Late) -> Sequence[object]:
    due = row.due_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    source, target = _lane_ends(row.route)
    return (
        row.dossier_no, leg_name(row.leg), row.days_late, due, source, target, _agency(row.owner, row.owner_en),
        _courier(row.courier), word(row.stage, locale()) if row.stage else "", row.holder,
        _("是") if row.provisional else _("否"),
    )  # fmt: skip


@pages.get("/late/<int:deadline_id>/waive")
@for_roles(Role.MANAGER)
def waiving(deadline_id: int) -> Response:
    """One deadline and the reason why it need not be kept."""
    with look() as session:
        row = oversight.open_deadline(session, now(), deadline_id)
        return _draw(session, "waive.html", here="late", row=row)


@pages.post("/late/<int:deadline_id>/waive")
@for_roles(Role.MANAGER)
@redraws(waiving)
def waive(deadline_id: int) -> Response:
    """The deadline is waived with this manager's name and reason."""
    form = read(Waive)
    with look() as session:
        row = oversight.open_deadline(session, now(), deadline_id)
    deadlines.waive(world(), me(), form["command_id"], row.dossier_no, deadline_id, form["reason"])
    said(_("已豁免：专档 %(no)s「%(leg)s」。您的姓名和原因已留痕。", no=row.dossier_no, leg=leg_name(row.leg)))
    return _to("manager.late")


@pages.get("/soon")
@for_roles(*MANAGERS)
def soon() -> Response:
    """Open deadlines that end before the next working day does."""
    with look() as session:
        rows = oversight.soon(session, now(), _until())
        return _draw(session, "soon.html", here="soon", rows=rows, until=_until())


@pages.get("/disputed")
@for_roles(*MANAGERS)
def disputed() -> Response:
    """Envelopes about which the courier says one thing and our people another."""
    with look() as session:
        return _draw(session, "disputed.html", here="disputed", rows=oversight.disputed(session, now()))


@pages.get("/in-transit")
@for_roles(*MANAGERS)
def in_transit() -> Response:
    """Envelopes on their way, with the courier's last scan."""
    with look() as session:
        return _draw(session, "in_transit.html", here="in_transit", rows=oversight.in_transit(session))


@pages.get("/parked")
@for_roles(*MANAGERS)
def parked() -> Response:
    """Errands that wait for a person, with the reason."""
    with look() as session:
        rows = [(row, may_retry(row)) for row in oversight.parked(session)]
        return _draw(session, "parked.html", here="parked", rows=rows)


@pages.post("/parked/<int:errand_id>/retry")
@for_roles(*MANAGERS)
@redraws(lambda errand_id: parked())  # noqa: ARG005 - the list is the same whichever errand was refused
def retry(errand_id: int) -> Response:
    """The errand is tried again now."""
    queues.retry(world(), me(), read(FormShape)["command_id"], errand_id)
    said(_("已重新办理。结果一两分钟内出现在专档里；再不成功会回到这里。"))
    return _to("manager.parked")


def may_retry(row: Parked) -> bool:
    """Whether this reader may have it tried again: whoever may send the envelope; a manager for a mail."""
    if row.asker_id is None:
        return access.role_for("chase") in me().roles
    return row.asker_id == me().agency_id and _desk(row) in me().roles


def _desk(row: Parked) -> Role:
    return access.role_for("dispatch", row.direction or Direction.OUTBOUND)


@pages.get("/lanes")
@for_roles(*MANAGERS)
def all_lanes() -> Response:
    """On-time share of each lane, worst first."""
    with look() as session:
        return _draw(session, "lanes.html", here="lanes", rows=lanes.lanes(session, now()))


@pages.get("/lanes/<lane>")
@for_roles(*MANAGERS)
def one_lane(lane: str) -> Response:
    """The deadlines a lane's share is made of: all, those kept (`?kept=yes`), those not kept (`?kept=no`)."""
    kept = {"yes": True, "no": False}.get(request.args.get("kept", ""))
    ends = _ends(lane) or abort(404)
    with look() as session:
        found = next((one for one in lanes.lanes(session, now()) if one.route.key == lane), None) or abort(404)
        rows = lanes.of_lane(session, now(), ends, kept)
        return _draw(session, "lane.html", here="lanes", rows=rows, lane=found, kept=kept)


def _draw(session: Session, template: str, **values: Any) -> Response:
    """The page with the five numbers on top."""
    words: dict[str, Any] = {
        "leg_name": leg_name,
        "agency": _agency,
        "ends": _lane_ends,
        "courier": _courier,
        "desk_of": _desk,
        "way": _way,
    }
    return page(
        f"manager/{template}",
        figures=oversight.figures(session, now(), _until()),
        may_waive=_may_waive,
        limit=LIMIT,
        **{**words, **values},
    )


def _to(endpoint: str) -> Response:
    answer: AnyResponse = redirect(url_for(endpoint), 303)
    assert isinstance(answer, Response)
    return answer


def _until() -> Any:
    """The end of the next working day: what is due by then is near."""
    return add_working_days(state_calendar(), USUAL_HOURS, now(), 1).due_at


def _may_waive(row: Late) -> bool:
    return Role.MANAGER in me().roles and row.owner_id in me().agencies


def _wanted() -> Wanted:
    """The narrowing in the address; what cannot be read there is no page of ours."""
    given = {name: request.args.get(name, "").strip() for name in ("lane", "leg", "agency")}
    if given["agency"] and not given["agency"].isdecimal():
        abort(404)
    lane = (_ends(given["lane"]) or abort(404)) if given["lane"] else None
    return Wanted(lane, given["leg"], int(given["agency"]) if given["agency"] else None)


def _ends(lane: str) -> tuple[int, int] | None:
    found = LANE.fullmatch(lane)
    return (int(found[1]), int(found[2])) if found else None


def _choices(rows: Sequence[Late]) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to: only what is in it."""
    return {
        "lane": sorted({(row.route.key, " → ".join(_lane_ends(row.route))) for row in rows}, key=lambda pair: pair[1]),
        "leg": sorted({(row.leg, leg_name(row.leg)) for row in rows}, key=lambda pair: pair[1]),
        "agency": sorted({(str(row.owner_id), _agency(row.owner, row.owner_en)) for row in rows}, key=lambda p: p[1]),
    }


def _agency(zh: str, en: str) -> str:
    return en if locale() == "en" else zh


def _lane_ends(route: LaneName) -> tuple[str, str]:
    return _agency(route.sender, route.sender_en), _agency(route.receiver, route.receiver_en)


def _way(row: Travelling) -> tuple[str, str]:
    """From where to where the envelope really goes: the way back is the lane turned round."""
    source, target = _lane_ends(row.route)
    return (target, source) if row.direction is Direction.RETURN else (source, target)


def _courier(code: str) -> str:
    """The courier's name; the code itself for one that is no longer configured."""
    if code == "manual":
        return str(_("专人或机要"))
    known = world().couriers.get(code)
    return known.name_zh if known and locale() != "en" else code.upper()
