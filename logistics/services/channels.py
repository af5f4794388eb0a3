"""Keep an agency's channels of notices: add one, change it, switch it off, try it. For its administrator or one above.

Address and secrets are sealed as they come in; the web role cannot read them back, so whoever changes one gives all.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any, cast

from logistics.actor import Actor
from logistics.errors import Malformed, NotYours, Rejected, Said
from logistics.rules import access, webhooks
from logistics.store import channels as kept
from logistics.store import queues
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Channel
from logistics.terms import ChannelKind


@dataclass(frozen=True)
class Address:
    """Where a channel points, with its secrets; "" for what its kind does not have."""

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    key_id: str = field(default="", repr=False)


@dataclass(frozen=True)
class Given:
    """A channel as its keeper describes it. `address`: None leaves the one it has."""

    name: str
    shared: bool
    address: Address | None


def add(ctx: Context, actor: Actor, command_id: str, agency_id: int, kind: ChannelKind, given: Given) -> dict[str, Any]:
    """The agency has one channel more: `{"channel": id}`. Raises `NotAllowed`, `NotYours`, `Malformed` at fields."""
    with work(ctx, actor, "add_channel", command_id) as w:
        if w.done is not None:
            return w.done
        _require_keeper(actor, agency_id)
        row = Channel(
            code=secrets.token_hex(8),
            agency_id=agency_id,
            kind=kind,
            name=given.name,
            settings="",
            added_at=w.now,
            added_by=actor.officer_id,
        )
        _put(w, row, given)
        w.session.add(row)
        w.session.flush()
        return w.finish(channel=row.id)


def change(
    ctx: Context, actor: Actor, command_id: str, channel_id: int, given: Given, *, active: bool
) -> dict[str, Any]:
    """The channel is as given, in use or not; what was held against it is forgotten. Raises as `add`."""
    with work(ctx, actor, "change_channel", command_id) as w:
        if w.done is not None:
            return w.done
        row = _mine(w, actor, channel_id)
        _put(w, row, given)
        row.active, row.changed_at, row.changed_by = active, w.now, actor.officer_id
        row.failures, row.opened_at, row.open_until, row.probe_until = 0, None, None, None
        row.dead_since, row.last_error = None, ""
        w.session.add(row)
        return w.finish(channel=row.id)


def send_test(ctx: Context, actor: Actor, command_id: str, channel_id: int) -> dict[str, Any]:
    """A test message is owed by this channel alone, to its group, or to the keeper's own mobile where it sends text
    messages. It goes even while the channel is left alone. Raises as `add`, and `Rejected` (rules "inactive",
    "no_mobile")."""
    with work(ctx, actor, "test_channel", command_id) as w:
        if w.done is not None:
            return w.done
        row = _mine(w, actor, channel_id)
        if not row.active:
            raise Rejected(
                "这个渠道已停用，没有发送。请先勾选在用并保存。",
                "The channel is switched off. Switch it on first.",
                "inactive",
            )
        if row.kind is ChannelKind.SMS and not kept.contact(w.session, cast(int, actor.officer_id)):
            raise Rejected(
                "测试短信发到您本人的手机，您还没有登记。请先到“我的提醒方式”填写手机号码。",
                "The test goes to your own mobile, which is not registered. Enter it under My notices.",
                "no_mobile",
            )
        return w.finish(errand=kept.owe_test(w, row.kind, channel_id))


def retry(ctx: Context, actor: Actor, command_id: str, delivery_id: int) -> dict[str, Any]:
    """The parked message of this delivery is tried again on all its channels. For managers and administrators of the
    agency. Raises `NotAllowed`, `NotYours`, `Rejected` (rule "not_parked")."""
    with work(ctx, actor, "retry_delivery", command_id) as w:
        if w.done is not None:
            return w.done
        if access.role_for("manage_channels") not in actor.roles:
            access.require_role(actor.roles, access.role_for("chase"))
        row = kept.delivery(w.session, delivery_id)
        errand_id = kept.parked_errand(w.session, row.errand_key)
        if errand_id is None or not queues.unpark_errand(w.session, errand_id, w.now):
            raise Rejected(
                "这条提醒没有被搁置，无须重试。请刷新页面。",
                "This message is not parked. Reload the page.",
                "not_parked",
            )
        return w.finish(errand=errand_id)


def _require_keeper(actor: Actor, agency_id: int | None) -> None:
    access.require_role(actor.roles, access.role_for("manage_channels"))
    if agency_id not in actor.agencies:
        raise NotYours("单位", "agency")


def _mine(w: Work, actor: Actor, channel_id: int) -> Channel:
    row = kept.channel(w.session, channel_id, lock=True)
    _require_keeper(actor, row.agency_id)
    return row


def _put(w: Work, row: Channel, given: Given) -> None:
    """The row is as given. Raises `Malformed` with sentences at the fields."""
    name = given.name.strip()
    if given.address is not None:
        where = Address(given.address.url.strip(), given.address.secret.strip(), given.address.key_id.strip())
        wrong = webhooks.faults(row.kind, name, where.url, where.secret, where.key_id, w.ctx.outside)
    else:
        wrong = webhooks.name_faults(name)
    if kept.name_taken(w.session, cast(int, row.agency_id), name, row.id):
        wrong["name"] = [
            Said("本单位已有同名的渠道，请换一个名称。", "The agency has a channel of this name. Choose another.")
        ]
    if wrong:
        raise Malformed("还没有保存：请改正标红的地方。", "Not saved yet: correct the marked fields.", wrong)
    row.name, row.shared = name, given.shared
    if given.address is not None:
        plain = {"url": where.url, "secret": where.secret, "key_id": where.key_id}
        row.settings = w.ctx.keyring.seal(json.dumps(plain), f"channel:{row.code}:settings")
        row.host, row.signs = webhooks.host_of(row.kind, where.url), bool(where.secret)
