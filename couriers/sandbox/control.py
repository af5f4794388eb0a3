"""/_control: what a test or a trainer may see and do. From loopback only, JSON only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request, Response

from couriers.sandbox.desk import codes
from couriers.sandbox.pusher import Pusher
from couriers.sandbox.world import World

_LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
_WISHES = {"account", "faults", "advance", "tell", "play", "notify", "hook_url"}


def control(request: Request, world: World, pusher: Pusher) -> Response:
    """GET shows the world's state; POST does what its JSON object wishes and shows the state after it.

    `faults` are set for `account`, without one for all. 422 says what was not understood; nothing after that is done.
    """
    if request.remote_addr not in _LOOPBACK:
        return Response("loopback only", status=403)
    if request.method == "GET":
        return _json(world.state())
    # A page in somebody's browser cannot send this content type without asking first.
    if request.method != "POST" or request.mimetype != "application/json":
        return _json({"error": "POST application/json"}, 415)
    try:
        _do(json.loads(request.get_data()), world, pusher)
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        return _json({"error": f"{type(e).__name__}: {e}"}, 422)
    return _json(world.state())


def _do(wish: Mapping[str, Any], world: World, pusher: Pusher) -> None:
    unknown = set(wish) - _WISHES
    if unknown:
        raise ValueError(f"不认识的指令：{'、'.join(sorted(unknown))}")
    account = wish.get("account", "")
    if account not in ("", *codes()):
        raise ValueError(f"沙箱里没有账号 {account}；可用：{'、'.join(codes())}")
    for name, value in wish.get("faults", {}).items():
        world.set_fault(name, value, account)
    if "hook_url" in wish:
        pusher.hook_url = wish["hook_url"]
    if "advance" in wish:
        world.advance(float(wish["advance"]))
    if "tell" in wish:
        told = dict(wish["tell"])
        moment = _aware(told.pop("op_time"))
        world.tell(told.pop("waybill_no"), told.pop("code"), moment, **told)
    if "play" in wish:
        play = wish["play"]
        world.play(play["waybill_no"], play["journey"], _aware(play["start"]), float(play["seconds"]))
    if "notify" in wish:
        world.notify(wish["account"], wish["notify"]["waybill_no"], dict(wish["notify"]["notice"]))


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status=status, content_type="application/json")


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("时间须带时区")
    return moment
