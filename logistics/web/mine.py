"""How a person wants to be told outside the inbox: their mobile, and which kinds of notice go by which channels."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields

from labels.masking import mask_phone
from logistics.rules.reaching import USUAL
from logistics.services import contacts as verbs
from logistics.store import channels as kept
from logistics.terms import ChannelKind, NoticeGroup
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.page import page
from logistics.web.visit import look, me, world
from logistics.web.window.onward import onward
from logistics.web.words import word

pages = Blueprint("mine", __name__)


class Mobile(FormShape):
    """A mobile number; blank takes it back."""

    mobile = fields.String(load_default="")


class Trying(FormShape):
    """Which channel is to be tried."""

    kind = fields.Enum(ChannelKind, by_value=True, required=True)


def _ticks() -> fields.List[Any]:
    return fields.List(fields.Enum(ChannelKind, by_value=True), load_default=list)


class Choosing(FormShape):
    """The channels of each kind of notice, and the one that is tried first."""

    first = fields.Enum(ChannelKind, by_value=True, load_default=None)
    warning, due, overdue, escalation, digest = _ticks(), _ticks(), _ticks(), _ticks(), _ticks()
    supervision, calendar, foresight, rest = _ticks(), _ticks(), _ticks(), _ticks()


@pages.get("/mine/notices")
def notices() -> Response:
    """The person's ways, choices, and what was sent to them lately."""
    officer_id = me().officer_id or 0
    with look() as session:
        ways = kept.ways_of(session, [officer_id]).get(officer_id, frozenset())
        chosen, sealed = kept.choices(session, officer_id), kept.contact(session, officer_id)
        told = kept.of_officer(session, officer_id)
    number = world().keyring.unseal(sealed, f"contact:{officer_id}:mobile") if sealed else ""
    usual = [one for one in USUAL if one in ways]
    ticked = {group: [one for one in chosen.get(group, usual) if one in ways] for group in NoticeGroup}
    first = next((kinds[0] for kinds in ticked.values() if kinds), None)
    return page(
        "channels/mine.html",
        ways=[(one.value, word(one, locale())) for one in usual],
        groups=list(NoticeGroup),
        ticked={group.value: [one.value for one in kinds] for group, kinds in ticked.items()},
        first=first.value if first else "",
        mobile=mask_phone(number) if number else "",
        told=told,
    )


@pages.post("/mine/notices")
@redraws(notices)
def choose() -> Response:
    """The person's notices go as the form says."""
    form, actor = read(Choosing), me()
    officer_id = actor.officer_id or 0
    with look() as session:
        ways = kept.ways_of(session, [officer_id]).get(officer_id, frozenset())
        before = kept.choices(session, officer_id)
    chosen = {group: _ordered(form[group.value], form["first"], before.get(group), ways) for group in NoticeGroup}
    verbs.choose(world(), actor, form["command_id"], chosen)
    said(_("已保存。"))
    return onward(url_for("mine.notices"))


def _ordered(
    ticked: list[ChannelKind], first: ChannelKind | None, before: list[ChannelKind] | None, ways: frozenset[ChannelKind]
) -> list[ChannelKind]:
    """The ticked channels, the first one first. Those the form could not show stay as they were: a channel that the
    agency gets later serves whoever did not choose the inbox alone."""
    if not ticked:
        return []
    unseen = [one for one in (USUAL if before is None else before) if one not in ways]
    order = sorted({*ticked, *unseen}, key=USUAL.index)
    return [first, *(one for one in order if one is not first)] if first in ticked else order


@pages.post("/mine/notices/mobile")
@redraws(notices)
def keep_mobile() -> Response:
    """The person's mobile number is kept, or gone."""
    form = read(Mobile)
    verbs.keep_mobile(world(), me(), form["command_id"], form["mobile"])
    said(_("手机号码已保存。") if form["mobile"] else _("手机号码已删除。"))
    return onward(url_for("mine.notices"))


@pages.post("/mine/notices/test")
@redraws(notices)
def test() -> Response:
    """A test message to the person is on its way."""
    form: dict[str, Any] = read(Trying)
    verbs.send_test(world(), me(), form["command_id"], form["kind"])
    said(_("测试消息已排队，几秒后送出；刷新本页看结果。"))
    return onward(url_for("mine.notices"))
