"""What a person decides about their own notices: a mobile number, and which kinds go by which channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from logistics.actor import Actor
from logistics.errors import Malformed, Rejected
from logistics.rules import webhooks
from logistics.store import channels as kept
from logistics.store.context import Context
from logistics.store.work import work
from logistics.terms import ChannelKind, NoticeGroup


def choose(
    ctx: Context, actor: Actor, command_id: str, chosen: Mapping[NoticeGroup, Sequence[ChannelKind]]
) -> dict[str, Any]:
    """The actor's notices of these kinds go by these channels, tried in this order; none: they stay in the inbox.
    What a ladder demands goes there all the same."""
    with work(ctx, actor, "choose_channels", command_id) as w:
        if w.done is not None:
            return w.done
        kept.keep_choices(w, {group: tuple(dict.fromkeys(kinds)) for group, kinds in chosen.items()})
        return w.finish(officer=actor.officer_id)


def keep_mobile(ctx: Context, actor: Actor, command_id: str, mobile: str) -> dict[str, Any]:
    """The actor's mobile number is this one, sealed; "" takes it back. Raises `Malformed`."""
    with work(ctx, actor, "keep_mobile", command_id) as w:
        if w.done is not None:
            return w.done
        number = mobile.strip().replace(" ", "").replace("-", "").removeprefix("+86")
        fault = webhooks.mobile_fault(number)
        if fault is not None:
            raise Malformed(
                "还没有保存：请改正标红的地方。", "Not saved yet: correct the marked field.", {"mobile": [fault]}
            )
        place = f"contact:{cast(int, actor.officer_id)}:mobile"
        kept.keep_contact(w, ctx.keyring.seal(number, place) if number else "")
        return w.finish(officer=actor.officer_id)


def send_test(ctx: Context, actor: Actor, command_id: str, kind: ChannelKind) -> dict[str, Any]:
    """A test message to the actor by this kind of channel is owed. Raises `Rejected` (rule "no_way")."""
    with work(ctx, actor, "test_my_channel", command_id) as w:
        if w.done is not None:
            return w.done
        officer_id = cast(int, actor.officer_id)
        if kind not in kept.ways_of(w.session, [officer_id]).get(officer_id, frozenset()):
            raise Rejected(
                "这个渠道现在到不了您：没有登记邮箱或手机，或者本单位没有这个渠道。请先登记，或请系统管理人员添加。",
                "This channel cannot reach you now: an address or the channel is missing. Register it, or ask your "
                "administrator.",
                "no_way",
            )
        return w.finish(errand=kept.owe_test(w, kind, None))
