"""What a channel said to one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from couriers.contract import Call, CourierError, Reply
from couriers.transport import Unanswered, send

UNREACHED = {
    "network": "连不上对方",
    "timeout": "对方没有及时应答",
    "throttled": "对方限流",
    "http_5xx": "对方故障",
}


@dataclass(frozen=True)
class Taken:
    """The other side has taken the message."""


@dataclass(frozen=True)
class Later:
    """Not taken this time. `is_channel`: whatever we send now would meet the same. `retry_after_seconds`: what the
    other side asks for."""

    words: str
    is_channel: bool = True
    retry_after_seconds: int | None = None


@dataclass(frozen=True)
class No:
    """Refused: the same message would be refused again. `is_channel`: our account or address is, so all would be."""

    words: str
    is_channel: bool = False


Said: TypeAlias = Taken | Later | No


def call(request: Call, seconds: float) -> Reply | Later | No:
    """The answer to one request, or what to make of there being none. Words never quote the address."""
    try:
        return send(request, seconds)
    except Unanswered as why:
        status = f"（HTTP {why.status}）" if why.status else ""
        return Later(f"{UNREACHED[why.kind]}{status}。", retry_after_seconds=why.retry_after_seconds)
    except CourierError:
        return No("地址不能用，请重新填写。", is_channel=True)
