"""The adapter of 快递100 with the settings of its samples, and its recorded payloads."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from couriers import adapters
from couriers.adapters import kuaidi100_wire as wire
from couriers.adapters.kuaidi100 import Kuaidi100
from couriers.contract import (
    Call,
    CourierError,
    Push,
    Reply,
)

DATA = Path(__file__).parent.parent / "data"
SAMPLES = DATA / "samples" / "kuaidi100"
SETTINGS: dict[str, str] = json.loads((DATA / "couriers" / "kuaidi100" / "settings.json").read_text("utf-8"))
SALT = SETTINGS["COURIER_KUAIDI100_SALT"]
HOOK = "https://example.invalid/kd100/callback"
AT = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)


def courier(**changes: str) -> Kuaidi100:
    made = adapters.make("kuaidi100", SETTINGS | {f"COURIER_KUAIDI100_{name}": text for name, text in changes.items()})
    assert isinstance(made, Kuaidi100)
    return made


ADAPTER = courier()
READERS: list[Callable[[Reply], Any]] = [
    ADAPTER.read_tracking,
    ADAPTER.read_booking,
    ADAPTER.read_label,
    ADAPTER.read_particulars,
    ADAPTER.read_cancel,
    ADAPTER.read_subscription,
    ADAPTER.read_recognition,
]
PUSH_READERS: list[Callable[[Push], Any]] = [ADAPTER.read_push, ADAPTER.read_push_notice]


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def loaded(name: str) -> Any:
    return json.loads(sample(name))


def answered(name: str) -> Reply:
    return Reply(200, {}, sample(name))


def signed(param: str) -> Push:
    body = urlencode({"param": param, "sign": wire.sign_push(param, SALT)}, errors="surrogatepass").encode()
    return Push({"Content-Type": "application/x-www-form-urlencoded"}, body)


def form_of(call: Call) -> dict[str, str]:
    assert call.form is not None
    return dict(call.form)


def read(reader: Callable[[Any], Any], given_value: object) -> Any:
    try:
        return reader(given_value)
    except CourierError:
        return None


def vector(what: str) -> dict[str, str]:
    (found,) = [row for row in loaded("vectors") if row["what"] == what]
    return dict(found)
