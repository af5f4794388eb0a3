"""The channels of notices an administrator keeps: add, change, switch off, try."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields
from sqlmodel import Session, col, select

from logistics.services import channels as verbs
from logistics.services.channels import Address, Given
from logistics.store import channels as kept
from logistics.tables import Agency, Channel
from logistics.terms import ChannelKind, Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window.onward import onward
from logistics.web.words import word

pages = Blueprint("channels", __name__)
ENTRIES = [Entry("channels.every", lazy_gettext("通知渠道"), frozenset({Role.ADMINISTRATOR}), place=64)]


class Described(FormShape):
    """A channel as the administrator describes it. Address and secrets left blank stay as they are."""

    name = fields.String(required=True)
    url = fields.String(load_default="")
    secret = fields.String(load_default="")
    key_id = fields.String(load_default="")
    shared = fields.Boolean(load_default=False)

    @staticmethod
    def given(form: dict[str, Any], *, new: bool) -> Given:
        """What the verbs want to know."""
        where = Address(form["url"], form["secret"], form["key_id"])
        told = new or bool(where.url or where.secret or where.key_id)
        return Given(form["name"], form["shared"], where if told else None)


class Adding(Described):
    """A new channel, its kind, and whose it is."""

    agency = fields.Integer(required=True)
    kind = fields.Enum(ChannelKind, by_value=True, required=True)


class Changing(Described):
    """A channel that stands already."""

    active = fields.Boolean(load_default=False)


@pages.get("/channels")
@for_roles(Role.ADMINISTRATOR)
def every() -> Response:
    """All channels of the administrator's agencies, and the form for one more."""
    with look() as session:
        rows, names = kept.every(session, me().agencies), _agencies(session)
    return page("channels/every.html", rows=rows, names=names, own=me().agency_id, state_of=state_of, **_choices())


@pages.post("/channels")
@for_roles(Role.ADMINISTRATOR)
@redraws(every)
def add() -> Response:
    """The agency has one channel more; its page opens, where it is tried."""
    form = read(Adding)
    given = Described.given(form, new=True)
    made = verbs.add(world(), me(), form["command_id"], form["agency"], form["kind"], given)
    said(_("已添加。请发一条测试消息，看群里收不收得到。"))
    return onward(url_for("channels.one", channel_id=made["channel"]))


@pages.get("/channels/<int:channel_id>")
@for_roles(Role.ADMINISTRATOR)
def one(channel_id: int) -> Response:
    """One channel: how it fares, what it carried lately, and the form to change it."""
    with look() as session:
        row = kept.channel(session, channel_id)
        told, names = kept.of_channel(session, channel_id), _agencies(session)
    return page("channels/one.html", row=row, told=told, agency=names.get(row.agency_id or 0, ""), state_of=state_of)


@pages.post("/channels/<int:channel_id>")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def change(channel_id: int) -> Response:
    """The channel is as the form says."""
    form = read(Changing)
    given = Described.given(form, new=False)
    verbs.change(world(), me(), form["command_id"], channel_id, given, active=form["active"])
    said(_("已保存。") if form["active"] else _("已停用，提醒不再走这个渠道。"))
    return onward(url_for("channels.one", channel_id=channel_id))


@pages.post("/channels/<int:channel_id>/test")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def test(channel_id: int) -> Response:
    """A test message is on its way."""
    verbs.send_test(world(), me(), read(FormShape)["command_id"], channel_id)
    said(_("测试消息已排队，几秒后送出；刷新本页看结果。"))
    return onward(url_for("channels.one", channel_id=channel_id))


def state_of(row: Channel) -> tuple[str, str]:
    """Icon and words of a channel's state."""
    if not row.active:
        return "quiet", _("停用")
    if row.dead_since is not None:
        return "late", _("不可用，提醒改走别的渠道")
    if row.open_until is not None and now() < row.open_until:
        return "late", _("接连失败，暂停中")
    if row.failures:
        return "attention", _("最近一次没有送到")
    return ("done", _("正常")) if row.last_ok_at is not None else ("quiet", _("还没有用过"))


def _agencies(session: Session) -> dict[int, str]:
    rows = session.exec(select(Agency).where(col(Agency.id).in_(me().agencies)).order_by(col(Agency.path)))
    return {one.id or 0: one.name_en if locale() == "en" and one.name_en else one.short_name for one in rows}


def _choices() -> dict[str, Any]:
    """What the form's list offers: Apprise's services only where the operator lets some through."""
    offered = [one for one in ChannelKind if one is not ChannelKind.MAIL]
    if not world().outside.services:
        offered.remove(ChannelKind.OTHER)
    return {"kinds": [(one.value, word(one, locale())) for one in offered]}
