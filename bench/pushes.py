"""Pushes for envelopes of the bench's house, signed as the couriers sign them: ten statements in one, or one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

from bench.answers import DATA
from couriers.adapters.kuaidi100_wire import compact, sign_push
from couriers.contract import Push
from couriers.sandbox import ems, ems_words
from couriers.sandbox.scans import Kind, Place, Scan

STEPS = 10


def numbers(code: str, many: int) -> list[str]:
    """The waybills that the house has for that courier, the first so many."""
    first = 1 if code == "kuaidi100" else 2
    return [f"11{n:011}" for n in range(first, first + 2 * many, 2)]


def of_kuaidi100(many: int, since: datetime) -> list[Push]:
    """So many pushes of 快递100: each tells a whole way in ten statements, from the collection to the signature."""
    settings = json.loads((DATA / "kuaidi100" / "settings.json").read_text())
    case = json.loads((DATA / "kuaidi100" / "push.json").read_text())
    param = json.loads(parse_qs(case["push"]["body"])["param"][0])
    made = []
    for number in numbers("kuaidi100", many):
        last = {**param["lastResult"], "nu": number, "data": _way(param["lastResult"]["data"], since)}
        text = compact({**param, "lastResult": last})
        form = {"param": text, "sign": sign_push(text, settings["COURIER_KUAIDI100_SALT"])}
        made.append(Push({"Content-Type": case["push"]["headers"]["content-type"]}, urlencode(form).encode()))
    return made


def _way(rows: list[dict[str, Any]], since: datetime) -> list[dict[str, Any]]:
    """The recorded scans stretched to ten, newest first: the first, arrivals, the way out, the signature."""
    last, out, arrived, first = rows
    steps = [first, *([arrived] * (STEPS - 3)), out, last]
    told = []
    for number, step in enumerate(steps):
        at = f"{since + timedelta(hours=8 + 3 * number):%Y-%m-%d %H:%M:%S}"
        told.append({**step, "time": at, "ftime": at})
    return told[::-1]


def of_ems(many: int, since: datetime) -> list[Push]:
    """EMS's pushes for so many envelopes: each push one scan, ten to an envelope; a scan of all, then the next."""
    settings = json.loads((DATA / "ems" / "settings.json").read_text())
    desk = ems.make(settings)
    kinds = [Kind.ACCEPTED, *([Kind.ARRIVED] * (STEPS - 3)), Kind.OUT_FOR_DELIVERY, Kind.SIGNED]
    made = []
    for step, kind in enumerate(kinds):
        at = since + timedelta(hours=3 * step)
        for n, number in enumerate(numbers("ems", many)):
            scan = Scan(n * STEPS + step, number, "", "ems", kind, at, _PLACE)
            call = desk.push_call("http://127.0.0.1/", ems_words.item_of(scan), f"{at:%Y-%m-%d %H:%M:%S}")
            made.append(Push(call.headers, call.body or b""))
    return made


_PLACE = Place("湖南省", "长沙市", "", "centre", "长沙市邮区中心")
SINCE = datetime(2026, 9, 8, 2, tzinfo=UTC)
