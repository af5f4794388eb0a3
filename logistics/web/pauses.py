"""暂停和延期: asking for it, deciding it, letting a clock run on; and the requests that wait for a manager."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate
from werkzeug.wrappers import Response as AnyResponse

from logistics.rules.pausing import PauseReason
from logistics.rules.policies import Leg, Unit
from logistics.services import pauses as verbs
from logistics.store import deadlines, pauses
from logistics.store.deadlines import Row
from logistics.store.pauses import Asked
from logistics.terms import Role
from logistics.web import deadlines as clocks
from logistics.web.dossier.wording import leg_name
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.times import BEIJING
from logistics.web.visit import for_roles, look, me, now, world

ASKERS = (Role.WINDOW, Role.RECEIVER, Role.MANAGER)
MOMENT = "%Y-%m-%dT%H:%M"
REASONS = {
    PauseReason.FORCE_MAJEURE: lazy_gettext("不可抗力"),
    PauseReason.APPLICANT: lazy_gettext("申请人原因"),
    PauseReason.EXAMINATION: lazy_gettext("专家评审、检验检测或鉴定"),
    PauseReason.COURIER: lazy_gettext("快递停运"),
    PauseReason.OTHER: lazy_gettext("其他原因"),
}
UNITS = {
    Unit.WORKING_DAYS: lazy_gettext("个工作日"),
    Unit.WORKING_HOURS: lazy_gettext("个工作小时"),
    Unit.NATURAL_HOURS: lazy_gettext("小时"),
}

pages = Blueprint("pauses", __name__)
ENTRIES = [Entry("pauses.waiting", lazy_gettext("暂停和延期"), frozenset({Role.MANAGER}), place=44)]

_SHORT = validate.Length(max=500, error=lazy_gettext("最多 500 个字。"))


class Asking(FormShape):
    """The form that asks for a pause."""

    reason = fields.Enum(PauseReason, by_value=True, required=True)
    note = fields.String(required=True, validate=_SHORT)
    from_at = fields.NaiveDateTime(format=MOMENT)
    until_at = fields.NaiveDateTime(format=MOMENT)


class Extending(FormShape):
    """The form that asks for more time."""

    why = fields.Enum(PauseReason, by_value=True, required=True)
    words = fields.String(required=True, validate=_SHORT)
    amount = fields.Integer(required=True)


class Refusing(FormShape):
    """The form that refuses either."""

    refusal = fields.String(required=True, validate=_SHORT)


@pages.get("/deadlines/<int:deadline_id>/pause")
@for_roles(*ASKERS)
def asking(deadline_id: int) -> Response:
    """One clock: what was asked for it, what may be asked, what waits for this reader's decision."""
    with look() as session:
        row = deadlines.one(session, now(), deadline_id)
        asked = pauses.of_deadline(session, deadline_id)
    live = [one for one in asked if one.pause.refused_at is None and one.pause.ended_at is None]
    runs = row.deadline.met_at is None and row.deadline.waived_at is None
    ours = me().agency_id == row.owner.id
    return page(
        "pauses/asking.html",
        row=row,
        live=live,
        over=[one for one in asked if one not in live],
        may_ask=runs and ours and not live and row.deadline.due_at > now(),
        may_resume=_may_resume(row, live),
        lawful=row.deadline.leg == Leg.CHECKED_TO_DECISION,
        extended=bool(row.deadline.policy.get("extensions")),
        **_words(),
    )


def _may_resume(row: Row, live: list[Asked]) -> bool:
    held = any(one.pause.kind == "pause" and one.pause.approved_at is not None for one in live)
    manages = Role.MANAGER in me().roles and row.owner.id in me().agencies
    return held and (me().agency_id == row.owner.id or manages)


@pages.post("/deadlines/<int:deadline_id>/pause")
@for_roles(*ASKERS)
@redraws(asking)
def ask(deadline_id: int) -> Response:
    """A manager is asked for a pause."""
    form = read(Asking)
    from_at, until_at = (
        form[name].replace(tzinfo=BEIJING) if form.get(name) else None for name in ("from_at", "until_at")
    )
    verbs.ask_pause(
        world(), me(), form["command_id"], deadline_id, form["reason"].value, form["note"], from_at, until_at
    )
    said(_("已提出申请，等另一位督查管理审批。批准之前照常计时。"))
    return _to("pauses.asking", deadline_id=deadline_id)


@pages.post("/deadlines/<int:deadline_id>/extend")
@for_roles(*ASKERS)
@redraws(asking)
def extend(deadline_id: int) -> Response:
    """A manager is asked for more time."""
    form = read(Extending)
    verbs.ask_extension(
        world(), me(), form["command_id"], deadline_id, form["why"].value, form["words"], form["amount"]
    )
    said(_("已提出申请，等另一位督查管理审批。批准之前照常计时。"))
    return _to("pauses.asking", deadline_id=deadline_id)


@pages.post("/deadlines/<int:deadline_id>/resume")
@for_roles(*ASKERS)
@redraws(asking)
def resume(deadline_id: int) -> Response:
    """The clock runs on."""
    verbs.resume(world(), me(), read(FormShape)["command_id"], deadline_id)
    said(_("已恢复计时。新的期限和计算过程在这项时限的页面上。"))
    return _to("pauses.asking", deadline_id=deadline_id)


@pages.get("/pauses")
@for_roles(Role.MANAGER)
def waiting() -> Response:
    """What waits for a manager's decision, and which clocks stand still."""
    with look() as session:
        asked = pauses.waiting(session, me().agencies)
        standing = pauses.running(session, me().agencies)
    return page("pauses/waiting.html", asked=asked, standing=standing, **_words())


@pages.post("/pauses/<int:pause_id>/approve")
@for_roles(Role.MANAGER)
@redraws(lambda pause_id: waiting())  # noqa: ARG005 - the list is the same whichever request it was
def approve(pause_id: int) -> Response:
    """What was asked for holds."""
    done = verbs.approve(world(), me(), read(FormShape)["command_id"], pause_id)
    said(_("已批准。您的姓名已留痕，申请人已得到通知。"))
    return _to("pauses.asking", deadline_id=done["deadline"])


@pages.post("/pauses/<int:pause_id>/refuse")
@for_roles(Role.MANAGER)
@redraws(lambda pause_id: waiting())  # noqa: ARG005 - as above
def refuse(pause_id: int) -> Response:
    """What was asked for is refused, with the reason."""
    form = read(Refusing)
    verbs.refuse(world(), me(), form["command_id"], pause_id, form["refusal"])
    said(_("未批准，已把理由告知申请的经办人。"))
    return _to("pauses.waiting")


def may_decide(one: Asked) -> bool:
    """Whether this reader may decide the request: a manager above the clock, and not who asked."""
    return (
        one.pause.approved_at is None
        and Role.MANAGER in me().roles
        and one.owner.id in me().agencies
        and one.pause.asked_by != me().officer_id
    )


def _state(one: Asked) -> tuple[str, str]:
    """How the request stands, as a state and words."""
    pause = one.pause
    if pause.refused_at is not None:
        return "quiet", _("未批准：%(why)s", why=pause.refused_why)
    if pause.approved_at is None:
        return ("quiet", _("时限先了结，没有审批")) if pause.ended_at else ("attention", _("等审批"))
    if pause.kind == "extension":
        return "done", _("已延期")
    if pause.ended_at is not None:
        return "done", _("已恢复计时")
    return ("attention", _("暂停中")) if pause.begun_at else ("moving", _("已批准，到时暂停"))


def _unit(one: Asked) -> str:
    return str(UNITS[Unit(str(one.deadline.policy["unit"]))])


def _words() -> dict[str, Any]:
    return {
        **clocks.WORDS,
        "leg_name": leg_name,
        "reasons": [(one.value, words) for one, words in REASONS.items()],
        "reason_words": {one.value: words for one, words in REASONS.items()},
        "unit_of": _unit,
        "unit_words": {one.value: words for one, words in UNITS.items()},
        "stands": _state,
        "may_decide": may_decide,
    }


def _to(endpoint: str, **values: Any) -> Response:
    answer: AnyResponse = redirect(url_for(endpoint, **values), 303)
    assert isinstance(answer, Response)
    return answer
