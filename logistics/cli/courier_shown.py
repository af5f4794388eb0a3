"""How a call to a courier is shown: as JSON for programs, or for people, with what nobody should read hidden."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn
from urllib.parse import quote, quote_plus

import click

from couriers.contract import Busy, Call, Courier, CourierError, Garbled, Operation, Refused, TrackingEvent
from couriers.plain import plain
from logistics.cli.courier_asked import CHINA, arguments_of, native_of, operations

_SECRETS = (  # names of form, query, header and JSON fields that a person looking over a shoulder must not read
    "authorization",
    "logitcsInterface",
    "accessToken",
    "access_token",
    "secret",
    "sign",
    "key",
    "partnerKey",
    "partnerSecret",
    "data_digest",
    "logistic_provider_id",
    "msgDigest",
    "DataSign",
    "CustomerPwd",
    "LOP-ACCESS-TOKEN",
)
_BY_NAME = frozenset(name.lower() for name in _SECRETS)
_HIDDEN = "（已隐去，--json 可见）"
_QUERY_SECRET = re.compile(rf"([?&](?:{'|'.join(_SECRETS)})=)[^&]*", re.IGNORECASE)
# settings whose values are hidden wherever they stand
_SECRET_SETTING = re.compile(r"KEY|SECRET|TOKEN|PWD|PASSWORD|CHECKWORD|AUTHORIZATION|SALT|CARD|MONTH_CODE|PROVIDER_ID")
_SHORTEST_SECRET = 4
_LONGEST_SHOWN = 400


def secrets_in(env: Mapping[str, str]) -> frozenset[str]:
    """The values of the couriers' secret settings, as they are and as they stand in an address or a form."""
    found = {
        value
        for name, value in env.items()
        if name.startswith("COURIER_") and _SECRET_SETTING.search(name) and len(value) >= _SHORTEST_SECRET
    }
    return frozenset(form for value in found for form in (value, quote(value, safe=""), quote_plus(value)))


def show_call(call: Call, secrets: Iterable[str], as_json: bool) -> None:
    """The request as it would be sent; for people without what proves who we are."""
    shown: dict[str, Any] = {"method": call.method, "url": call.url, "headers": dict(call.headers)}
    if call.form is not None:
        shown["form"] = dict(call.form)
    else:
        shown["body"] = (call.body or b"").decode("utf-8", "replace")
    if as_json:
        _json(shown)
        return
    shown["url"] = _QUERY_SECRET.sub(rf"\1{_HIDDEN}", call.url)
    longest_first = sorted(secrets, key=len, reverse=True)
    for name, content in shown.items():
        rows = content.items() if isinstance(content, dict) else ()
        hidden = {field: _HIDDEN if field.lower() in _BY_NAME else value for field, value in rows}
        line = f"{name}: {hidden if isinstance(content, dict) else content}"
        for secret in longest_first:
            line = line.replace(secret, _HIDDEN)
        say(line)


def show_result(operation: Operation, result: object, as_json: bool) -> None:
    """What the courier's reply to that operation said."""
    if operation is Operation.TRACK and isinstance(result, tuple):
        show_events(result, as_json)
        return
    value = {"cancelled": True} if operation is Operation.CANCEL else plain(result)
    if as_json:
        _json(value)
    else:
        _say_value(value)


def show_events(events: Iterable[TrackingEvent], as_json: bool, **beside: bool) -> None:
    """The events, oldest first, with what else is said beside them."""
    rows = [_event(event) for event in events]
    if as_json:
        _json({**beside, "events": rows})
        return
    for row in rows:
        reason = f"（{row['reason']}）" if row["reason"] else ""
        say(f"{row['happened_at']}  {row['milestone']}{reason}  {row['code']}  {row['text']}")
    if not rows:
        click.echo("快递方还没有这一运单的轨迹。")
    for name, content in beside.items():
        say(f"{name}: {content}")


def show_operations(courier: Courier, as_json: bool) -> None:
    """All that the courier offers, with its own names and the arguments."""
    rows = [
        {"operation": one.value, "native": native_of(courier, one), "arguments": list(arguments_of(courier, one))}
        for one in operations(courier)
    ]
    if as_json:
        _json({"courier": courier.code, "name": courier.name_zh, "operations": rows})
        return
    say(f"{courier.name_zh}（{courier.code}）" + ("可以办：" if rows else "没有接口，由经办人登记。"))
    for row in rows:
        wanted = " ".join(row["arguments"]) if row["operation"] != Operation.PUSH else "--push FILE"
        say(f"  {row['operation']:<15} {wanted:<40} {row['native']}".rstrip())


def _event(event: TrackingEvent) -> dict[str, Any]:
    return {
        "milestone": event.milestone.name,
        "reason": event.reason.value if event.reason else None,
        "code": event.code,
        "detail_code": event.detail_code,
        "text": event.text,
        "happened_at": event.happened_at.astimezone(CHINA).isoformat(),
        "place": event.place,
        "voids": list(event.voided_codes),
        "waybill_no": event.waybill_no,
        "reference": event.reference,
    }


def _say_value(value: Any) -> None:
    if value is None:
        click.echo("快递方没有这一项。")
    elif value == []:
        click.echo("快递方没有给出内容。")
    elif isinstance(value, dict):
        for name, content in value.items():
            say(f"{name}: {_short(content)}")
    elif isinstance(value, list):
        for one in value:
            say(f"- {_short(one)}")
    else:
        say(_short(value))


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "，".join(f"{name}: {_short(content)}" for name, content in value.items())
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:40]}……（共 {len(text)} 字，--json 可见全文）"


def _json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def say(line: str, to_stderr: bool = False) -> None:
    """The line is printed; what a courier wrote into it cannot steer the terminal."""
    click.echo("".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in line), err=to_stderr)


def fail(error: CourierError, as_json: bool) -> NoReturn:
    """The courier's no, or its silence, is said; the process ends with 1."""
    if as_json:
        kind = next((one for one in (Busy, Refused, Garbled) if isinstance(error, one)), CourierError)
        told: dict[str, Any] = {"kind": kind.__name__.lower(), "words": str(error)}
        if isinstance(error, Refused):
            told |= {"code": error.code, "words": error.words}
        elif isinstance(error, Busy):
            told["retry_after_seconds"] = error.retry_after_seconds
        _json({"error": told})
    say(str(error), to_stderr=True)
    sys.exit(1)
