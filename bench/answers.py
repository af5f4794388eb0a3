"""A recorded tracking answer of any courier, stretched to as many events as wanted: no courier is named here."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from couriers import adapters
from couriers.contract import Courier, Reply

DATA = Path(__file__).parent.parent / "tests" / "data" / "couriers"
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")


def codes() -> list[str]:
    """The couriers that can be asked after a waybill."""
    return [code for code in adapters.names() if (DATA / code).exists() and _recorded(code)]


def courier(code: str) -> Courier:
    """That courier with its invented test settings."""
    return adapters.make(code, json.loads((DATA / code / "settings.json").read_text()))


def answer(code: str, events: int) -> tuple[str, Reply]:
    """A waybill number and an answer about it with that many events, each half an hour after the one before."""
    case = _recorded(code)
    body = _stretched(json.loads(case["reply"]["body"]), events)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return str(case["given"]["waybill_no"]), Reply(case["reply"]["status"], {}, text.encode())


def _recorded(code: str) -> dict[str, Any]:
    """The recorded answer with the most events; {} when there is none."""
    found = [json.loads(path.read_text()) for path in sorted((DATA / code).glob("*.json"))]
    usable = [case for case in found if case.get("operation") == "track" and case.get("events") and "given" in case]
    usable = [case for case in usable if _longest(_opened(json.loads(case["reply"]["body"])))]
    return max(usable, key=lambda case: len(case["events"]), default={})


def _opened(value: Any) -> Any:
    """The value with every text that is JSON itself decoded."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return _opened(json.loads(value))
    if isinstance(value, dict):
        return {name: _opened(content) for name, content in value.items()}
    return [_opened(one) for one in value] if isinstance(value, list) else value


def _longest(value: Any) -> list[dict[str, Any]]:
    """The longest list of objects that hold a time."""
    found: list[list[dict[str, Any]]] = [[]]
    if isinstance(value, list):
        timed = [one for one in value if isinstance(one, dict) and any(_is_time(text) for text in one.values())]
        found += [timed, *(_longest(one) for one in value)]
    elif isinstance(value, dict):
        found += [_longest(one) for one in value.values()]
    return max(found, key=len)


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and bool(_TIME.fullmatch(value))


def _stretched(value: Any, events: int) -> Any:
    """The value with its list of events replaced by one of that many, whatever text it is hidden in."""
    rows = _longest(_opened(value))
    return _replaced(value, [_at(rows[n % len(rows)], n) for n in range(events)], json.dumps(rows[0]))


def _replaced(value: Any, rows: list[dict[str, Any]], first: str) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.dumps(_replaced(json.loads(value), rows, first), ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, dict):
        return {name: _replaced(content, rows, first) for name, content in value.items()}
    if isinstance(value, list):
        mine = any(json.dumps(_opened(one)) == first for one in value if isinstance(one, dict))
        return rows if mine else [_replaced(one, rows, first) for one in value]
    return value


def _at(row: dict[str, Any], number: int) -> dict[str, Any]:
    """The row half an hour later for each number; every time in it has the same new value."""
    moment = datetime(2026, 9, 28, 9, 0) + timedelta(minutes=30 * number)  # noqa: DTZ001 - the wire's local time
    return {name: f"{moment:%Y-%m-%d %H:%M:%S}" if _is_time(content) else content for name, content in row.items()}
