"""`youdang courier-call`: one call to a courier by hand, to try settings, look into a case, or read a recording."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, overload
from zoneinfo import ZoneInfo

import click

from couriers import adapters, transport
from couriers.contract import (
    BadSettings,
    BookingRequest,
    Busy,
    Call,
    Courier,
    CourierError,
    Operation,
    Party,
    Push,
    Refused,
    Reply,
    TrackingEvent,
)

_CHINA = ZoneInfo("Asia/Shanghai")
_SECONDS = 30.0
_ARGUMENTS = {"track": ("WAYBILL",), "book": ("FILE.json",), "cancel": ("WAYBILL", "ORDER_NO"), "push": ()}
_SECRETS = (  # names of form and query fields that a person looking over a shoulder must not read
    "authorization",
    "logitcsInterface",
    "accessToken",
    "access_token",
    "secret",
    "sign",
    "key",
    "partnerKey",
    "data_digest",
    "logistic_provider_id",
    "msgDigest",
    "DataSign",
)
_HIDDEN = "（已隐去，--json 可见）"
_QUERY_SECRET = re.compile(rf"([?&](?:{'|'.join(_SECRETS)})=)[^&]*")


@click.command("courier-call", short_help="Ask a courier by hand, or show the request, or read a recorded reply.")
@click.argument("code")
@click.argument("operation", type=click.Choice(list(_ARGUMENTS)))
@click.argument("arguments", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show the HTTP request instead of sending it.")
@click.option(
    "--reply",
    "recorded",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read this file as the reply's body instead of sending.",
)
@click.option(
    "--push",
    "pushed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With `push`: what came to our hook, a JSON object with `headers` and `body` (text); or the JSON body alone.",
)
@click.option("--at", "at_text", help="The time to put into the request, ISO 8601; without an offset: China time.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON (the request with its secrets).")
def courier_call(
    code: str,
    operation: str,
    arguments: tuple[str, ...],
    dry_run: bool,
    recorded: Path | None,
    pushed: Path | None,
    at_text: str | None,
    as_json: bool,
) -> None:
    """One call to one courier.

    \b
    youdang courier-call ems track WAYBILL
    youdang courier-call ems book FILE.json
    youdang courier-call ems cancel WAYBILL ORDER_NO
    youdang courier-call ems push --push FILE      read a push that came to our hook

    Settings come from the environment (EMS: COURIER_EMS_URL, COURIER_EMS_SENDER_NO, COURIER_EMS_AUTHORIZATION,
    COURIER_EMS_SIGN_KEY). Reading a recorded reply needs none.

    FILE.json for book is an object:

    \b
    {"reference": "our unique order number", "weight_grams": 120, "contents_count": 3,
     "sender":   {"name", "phone", "province", "city", "county", "address", "postcode"},
     "receiver": {the same},
     optional: "created_at", "pickup_from", "pickup_until" (ISO 8601),
               "payer": "sender" | "receiver" | "third_party", "note"}

    For EMS it may also be an order in EMS's own words (an object with logisticsOrderNo, or an array of one), which is
    sent as it is.

    Exit codes: 0 done; 1 the courier refused, was busy or could not be understood; 2 wrong arguments or settings.
    """
    complete = len(arguments) == len(_ARGUMENTS[operation]) or (recorded is not None and not arguments)
    if not complete or (operation == "push") != (pushed is not None):
        wanted = " ".join(_ARGUMENTS[operation]) or "--push FILE"
        raise click.UsageError(f"{operation} 需要的参数是：{wanted}。")
    if dry_run and (recorded or pushed):
        raise click.UsageError("--dry-run 不能与 --reply 或 --push 同时使用：前者只显示请求，后者只读应答。")
    courier = _courier(code, reading=recorded is not None)
    try:
        if pushed is not None:
            if not _print_push(courier, _push(pushed.read_bytes()), as_json):
                raise SystemExit(1)
            return
        if recorded is not None:
            reply = Reply(200, {}, recorded.read_bytes())
        else:
            call = _call(courier, operation, arguments, _moment(at_text, datetime.now(UTC)))
            if dry_run:
                _print_call(call, as_json)
                return
            reply = transport.send(call, _SECONDS)
        _print(_meaning(courier, operation, reply), as_json)
    except CourierError as e:
        _fail(e, as_json)


def _courier(code: str, reading: bool) -> Courier:
    try:
        return adapters.make_reader(code, os.environ) if reading else adapters.make(code, os.environ)
    except KeyError as e:
        raise click.UsageError(f"没有名为 {code} 的快递方；可用：{'、'.join(adapters.names())}。") from e
    except BadSettings as e:
        raise click.UsageError("设置不全或有误，请在环境变量中改正：" + "；".join(e.problems) + "。") from e


def _call(courier: Courier, operation: str, arguments: tuple[str, ...], at: datetime) -> Call:
    if Operation(operation) not in courier.offers:
        raise click.UsageError(f"{courier.name_zh}不提供 {operation}。")
    if operation == "track":
        return courier.ask_tracking(arguments[0], at)
    if operation == "cancel":
        return courier.ask_cancel(arguments[0], arguments[1], "寄件方取消", at)
    return _booking_call(courier, _order(Path(arguments[0])), at)


def _booking_call(courier: Courier, order: Any, at: datetime) -> Call:
    native = order if isinstance(order, list) else [order]
    ask_as = getattr(courier, "ask_booking_as", None)
    if ask_as is not None and len(native) == 1 and isinstance(native[0], dict) and "logisticsOrderNo" in native[0]:
        call: Call = ask_as(native, at)
        return call
    return courier.ask_booking(_request(order, at), at)


def _order(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as e:
        raise click.UsageError(f"读不出 {path}：应为 UTF-8 的 JSON 文件（{type(e).__name__}）。") from e


def _request(order: Any, at: datetime) -> BookingRequest:
    try:
        fields = dict(order)
        request = BookingRequest(
            reference=str(fields.pop("reference")),
            sender=_party(fields.pop("sender")),
            receiver=_party(fields.pop("receiver")),
            weight_grams=int(fields.pop("weight_grams")),
            contents_count=int(fields.pop("contents_count")),
            created_at=_moment(fields.pop("created_at", None), at),
            pickup_from=_moment(fields.pop("pickup_from", None)),
            pickup_until=_moment(fields.pop("pickup_until", None)),
            payer=str(fields.pop("payer", "sender")),
            note=str(fields.pop("note", "")),
        )
    except (KeyError, TypeError, ValueError) as e:
        raise click.UsageError(f"订单文件的内容不对：{e}。所需的项见 --help。") from e
    if fields:
        raise click.UsageError(f"订单文件里有不认识的项：{'、'.join(sorted(fields))}。所需的项见 --help。")
    return request


def _party(fields: Any) -> Party:
    return Party(**{name: str(value) for name, value in dict(fields).items()})


@overload
def _moment(text: str | None) -> datetime | None: ...
@overload
def _moment(text: str | None, otherwise: datetime) -> datetime: ...
def _moment(text: str | None, otherwise: datetime | None = None) -> datetime | None:
    if text is None:
        return otherwise
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError) as e:
        raise click.UsageError(f"时间 {text} 不是 ISO 8601 写法，例如 2026-01-01T09:00:00+08:00。") from e
    return moment if moment.tzinfo else moment.replace(tzinfo=_CHINA)


def _meaning(courier: Courier, operation: str, reply: Reply) -> dict[str, Any]:
    if operation == "track":
        return {"events": [_event(event) for event in courier.read_tracking(reply)]}
    if operation == "book":
        return asdict(courier.read_booking(reply))
    courier.read_cancel(reply)
    return {"cancelled": True}


def _event(event: TrackingEvent) -> dict[str, Any]:
    return {
        "milestone": event.milestone.name,
        "reason": event.reason.value if event.reason else None,
        "code": event.code,
        "detail_code": event.detail_code,
        "text": event.text,
        "happened_at": event.happened_at.astimezone(_CHINA).isoformat(),
        "place": event.place,
        "voids": list(event.voided_codes),
        "waybill_no": event.waybill_no,
        "reference": event.reference,
    }


def _push(content: bytes) -> Push:
    """The push a file holds: headers and body, or the body alone, which is then taken for JSON."""
    try:
        whole = json.loads(content)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and whole.keys() == {"headers", "body"} and isinstance(whole["body"], str):
        headers = {str(name): str(value) for name, value in dict(whole["headers"]).items()}
        return Push(headers, whole["body"].encode())
    return Push({"Content-Type": "application/json"}, content)


def _print_push(courier: Courier, push: Push, as_json: bool) -> bool:
    """Prints whether the push proves that the courier sent it, and its events if so."""
    if courier.trusts(push):
        _print({"trusted": True, "events": [_event(event) for event in courier.read_push(push)]}, as_json)
        return True
    if as_json:
        _print({"trusted": False, "events": []}, as_json)
    else:
        click.echo("这份推送不能证明来自该快递方（签名或客户号不符），系统会以 401 拒收。", err=True)
    return False


def _print_call(call: Call, as_json: bool) -> None:
    shown: dict[str, Any] = {"method": call.method, "url": call.url, "headers": dict(call.headers)}
    if not as_json:
        shown["url"] = _QUERY_SECRET.sub(rf"\1{_HIDDEN}", call.url)
    if call.form is not None:
        hidden = {} if as_json else dict.fromkeys(_SECRETS, _HIDDEN)
        shown["form"] = {name: hidden.get(name, value) for name, value in call.form.items()}
    else:
        shown["body"] = (call.body or b"").decode("utf-8", "replace")
    _print(shown, as_json)


def _print(value: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False))
        return
    for event in value.get("events", ()):
        reason = f"（{event['reason']}）" if event["reason"] else ""
        _say(f"{event['happened_at']}  {event['milestone']}{reason}  {event['code']}  {event['text']}")
    if value.get("events") == []:
        click.echo("快递方还没有这一运单的轨迹。")
    for name, content in value.items():
        if name != "events":
            _say(f"{name}: {content}")


def _say(line: str, to_stderr: bool = False) -> None:
    """The line is printed; what a courier wrote into it cannot steer the terminal."""
    click.echo("".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in line), err=to_stderr)


def _fail(error: CourierError, as_json: bool) -> NoReturn:
    if as_json:
        kind = type(error).__name__.lower()
        told: dict[str, Any] = {"kind": kind, "words": str(error)}
        if isinstance(error, Refused):
            told |= {"code": error.code, "words": error.words}
        elif isinstance(error, Busy):
            told["retry_after_seconds"] = error.retry_after_seconds
        click.echo(json.dumps({"error": told}, ensure_ascii=False))
    _say(str(error), to_stderr=True)
    sys.exit(1)
