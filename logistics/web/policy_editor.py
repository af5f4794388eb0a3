"""The editor of rules of time: one version at a time, first what it would change, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate

from logistics.errors import Malformed, Said
from logistics.rules.ladder_text import read_ladder, written
from logistics.rules.making import Wording, events, require_sound
from logistics.rules.policies import Rung, Unit, Whose
from logistics.rules.resolving import Subject
from logistics.rules.workdays import CHINA
from logistics.services import policies
from logistics.store import policies as at_rest
from logistics.store import policy_rights, policy_views
from logistics.tables import Agency
from logistics.terms import Role
from logistics.web import ladder_words, policy_words
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.language import locale
from logistics.web.page import page
from logistics.web.policies import LISTED, TOO_LONG, WORDS, bounds_of, events_of, plain, to_version, words
from logistics.web.visit import for_roles, look, me, now, world

UNITS = {
    Unit.WORKING_DAYS: lazy_gettext("工作日（自次日起计，到当天下班）"),
    Unit.WORKING_HOURS: lazy_gettext("工作小时（只计上班时段）"),
    Unit.NATURAL_HOURS: lazy_gettext("小时（昼夜、节假日照计）"),
}

pages = Blueprint("policy_editor", __name__)


class Edit(FormShape):
    """What a version says. `ends`: there is to be no rule any more. `starts`, `stops`: the events the page showed."""

    length = fields.Integer(load_default=None)
    unit = fields.Enum(Unit, by_value=True, load_default=Unit.WORKING_DAYS)
    whose = fields.Enum(Whose, by_value=True, load_default=Whose.OWNER)
    rungs = fields.String(load_default="", validate=validate.Length(max=1000, error=TOO_LONG))
    valid_from = fields.Date(load_default=None)
    reason = fields.String(required=True, validate=WORDS)
    ends = fields.List(fields.String(), load_default=list)
    starts = fields.String(load_default="")
    stops = fields.String(load_default="")


@pages.get("/policies/edit")
@for_roles(Role.ADMINISTRATOR)
def editing() -> Response:
    """The form for a new version, filled with what holds now."""
    with look() as session:
        subject = policy_words.subject_of(session, me(), request.args)
        policy_rights.require_may_make(session, me(), subject)
        held = policy_views.holding(session, subject, now())[subject.leg, subject.scopes[-1]]
        newest = at_rest.newest(session, subject)
        starts, stops = events(subject.leg)
        standing = {
            "length": held.policy.length,
            "unit": held.policy.unit.value,
            "whose": held.whose.value,
            "rungs": written(held.policy.rungs, locale()),
            "valid_from": "",
            "reason": "",
        }
        return page(
            "policies/edit.html",
            subject=subject,
            title=policy_words.subject_words(session, subject),
            given={name: request.args.get(name, value) for name, value in standing.items()},
            action=policy_words.address("/policies/edit", subject),
            back=policy_words.address("/policies/rule", subject),
            units=[(unit.value, called) for unit, called in UNITS.items()],
            calendars=[(whose.value, called) for whose, called in ladder_words.WHOSE.items()],
            may_end=newest is not None and newest.length is not None,
            bounds=bounds_of(session, subject),
            facts=(",".join(starts), ",".join(stops)),
            **events_of(subject.leg),
            **words(),
        )


@pages.post("/policies/edit")
@for_roles(Role.ADMINISTRATOR)
@redraws(editing)
def preview() -> Response:
    """What the version would change; nothing is kept yet."""
    form = read(Edit)
    with look() as session:
        subject = policy_words.subject_of(session, me(), request.args)
        policy_rights.require_may_make(session, me(), subject)
        wording = _sound(subject, form)
        shown = policy_views.preview(session, wording, now(), session.get_one(Agency, me().agency_id))
        looser = policies.exceeded(session, wording)
        return page(
            "policies/preview.html",
            subject=subject,
            title=policy_words.subject_words(session, subject),
            wording=wording,
            shown=shown,
            late=sum(one.planned.due_at <= now() for one in shown.moves),
            looser=[plain(one) for one in looser],
            bounds=bounds_of(session, subject),
            given=_typed(),
            action=policy_words.address("/policies/keep", subject),
            again=policy_words.address("/policies/edit", subject, **_again()),
            origins={change.scope: policy_words.origin(session, change.before) for change in shown.changes},
            listed=LISTED,
            **words(),
        )


@pages.post("/policies/keep")
@for_roles(Role.ADMINISTRATOR)
@redraws(editing)
def keep() -> Response:
    """The version is kept, and counts or waits for its approval."""
    form = read(Edit)
    with look() as session:
        subject = policy_words.subject_of(session, me(), request.args)
    done = policies.make(world(), me(), form["command_id"], _sound(subject, form))
    if done["waits"]:
        said(_("已保存。这一版比法定或承诺的时限宽，等另一人批准后才生效。"))
    else:
        said(_("已保存。从起用时间起，新起算的时限按这一版；已经起算的不变。"))
    return to_version(done["policy"])


def _sound(subject: Subject, form: Mapping[str, Any]) -> Wording:
    """What the form says. Raises `Malformed` at the field that has no length, or a line that cannot be read."""
    ends = bool(form["ends"])
    if not ends and form["length"] is None:
        raise Malformed(
            "还没有保存：没有填时限。", "Not saved yet: the length is missing.", {"length": [here(_("请填写这一项。"))]}
        )
    day = form["valid_from"]
    since = now() if day in (None, now().astimezone(CHINA).date()) else datetime.combine(day, time(), CHINA)
    starts, stops = (tuple(one for one in form[name].split(",") if one) for name in ("starts", "stops"))
    wording = Wording(
        subject,
        None if ends else form["length"],
        form["unit"],
        form["whose"],
        since,
        form["reason"],
        _ladder(form["rungs"]) if not ends else (),
        starts,
        stops,
    )
    require_sound(wording, now())
    return wording


def _ladder(text: str) -> tuple[Rung, ...]:
    try:
        return read_ladder(text)
    except Malformed as wrong:
        raise Malformed(wrong.zh, wrong.en, {"rungs": [Said(wrong.zh, wrong.en)]}) from wrong


def _typed() -> dict[str, list[str]]:
    return {name: request.form.getlist(name) for name in Edit().fields if name != "command_id"}


def _again() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in ("length", "unit", "whose", "rungs", "valid_from", "reason")}
