"""What an administrator does about a courier's account that is left alone: have it tried at once."""

from __future__ import annotations

from typing import Any

from logistics.actor import Actor
from logistics.errors import NotYours, Rejected
from logistics.rules import access
from logistics.store import accounts
from logistics.store.context import Context
from logistics.store.work import work


def try_now(ctx: Context, actor: Actor, command_id: str, code: str) -> dict[str, Any]:
    """The next call tries the account, and what waits for it is due; who wanted it stands on the account.

    Raises `NotAllowed`, `NotYours` for an account that is not configured, `Rejected` (rule "not_open").
    """
    with work(ctx, actor, "try_account", command_id) as w:
        if w.done is not None:
            return w.done
        access.require_role(actor.roles, access.role_for("try_account"))
        if code not in ctx.couriers:
            raise NotYours("快递账户", "courier account")
        if not accounts.try_now(w.session, code, w.now, actor.officer_id):
            raise Rejected(
                "这个账户没有暂停，呼叫正常进行，无须再试。请刷新页面。",
                "This account is not paused; calls go on. Reload the page.",
                "not_open",
            )
        return w.finish(account=code)
