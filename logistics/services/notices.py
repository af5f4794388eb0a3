"""What an officer was told: acknowledged by that officer, once."""

from __future__ import annotations

from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.store.context import Context
from logistics.store.work import work
from logistics.tables import Notice


def acknowledge(ctx: Context, actor: Actor, notice_id: int, *, command_id: str | None = None) -> None:
    """The notice is acknowledged; a second time changes nothing. Raises `NotYours`."""
    with work(ctx, actor, "acknowledge_notice", command_id) as doing:
        if doing.done is not None:
            return
        notice = doing.session.get(Notice, notice_id)
        if notice is None or notice.officer_id != actor.officer_id:
            raise NotYours("提醒", "notice")
        notice.acknowledged_at = notice.acknowledged_at or doing.now
        doing.finish(notice=notice_id)
