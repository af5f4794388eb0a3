"""`youdang courier-call`: one call to a courier by hand, to try settings, look into a case, or read a recording."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import click

from couriers import adapters, transport
from couriers.contract import BadSettings, Courier, CourierError, NeedsToken, Operation, Push, Reply
from logistics.cli import courier_asked as asked
from logistics.cli import courier_shown as shown

_SECONDS = 30.0


@click.command("courier-call", short_help="Ask a courier by hand, or show the request, or read a recorded reply.")
@click.argument("code")
@click.argument("operation", default="")
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
    youdang courier-call ems                       what EMS can be asked
    youdang courier-call ems track WAYBILL
    youdang courier-call ems book FILE.json
    youdang courier-call ems cancel WAYBILL ORDER_NO
    youdang courier-call ems scope FILE.json       also by its own name: courier-call ems 030005 FILE.json
    youdang courier-call ems push --push FILE      read a push that came to our hook

    Settings come from the environment (EMS: COURIER_EMS_URL, COURIER_EMS_SENDER_NO, COURIER_EMS_AUTHORIZATION,
    COURIER_EMS_SIGN_KEY). Reading a recorded reply needs none.

    FILE.json for book, and for quote, is an object:

    \b
    {"reference": "our unique order number", "weight_grams": 120, "contents_count": 3,
     "sender":   {"name", "phone", "province", "city", "county", "address", "postcode"},
     "receiver": {the same},
     optional: "created_at", "pickup_from", "pickup_until" (ISO 8601),
               "payer": "sender" | "receiver" | "third_party", "note",
               "waybill_no" (a number from a pool)}

    For scope it is one party. For book it may also be an order in the courier's own words (an object without
    "reference"; for EMS also an array of one), which is sent as it is.

    Exit codes: 0 done; 1 the courier refused, was busy or could not be understood; 2 wrong arguments or settings.
    """
    if dry_run and (recorded or pushed):
        raise click.UsageError("--dry-run 不能与 --reply 或 --push 同时使用：前者只显示请求，后者只读应答。")
    courier = _courier(code, reading=recorded is not None or not operation)
    if not operation:
        shown.show_operations(courier, as_json)
        return
    wanted = asked.operation_of(courier, operation)
    _check(courier, wanted, arguments, recorded, pushed)
    try:
        if pushed is not None:
            _show_push(courier, _push(pushed.read_bytes()), as_json)
            return
        if recorded is not None:
            reply = Reply(200, {}, recorded.read_bytes())
        else:
            at = _moment(at_text)
            ready = courier if dry_run else _with_token(courier, wanted)
            call = asked.call_of(ready, wanted, arguments, at)
            if dry_run:
                shown.show_call(call, shown.secrets_in(os.environ), as_json)
                return
            reply = transport.send(call, _SECONDS)
        shown.show_result(wanted, asked.read(courier, wanted, reply), as_json)
    except CourierError as e:
        shown.fail(e, as_json)


def _check(
    courier: Courier, operation: Operation, arguments: tuple[str, ...], recorded: Path | None, pushed: Path | None
) -> None:
    names = asked.arguments_of(courier, operation)
    complete = len(arguments) == len(names) or (recorded is not None and not arguments)
    if not complete or (operation is Operation.PUSH) != (pushed is not None):
        needed = "--push FILE" if operation is Operation.PUSH else " ".join(names) or "（无）"
        raise click.UsageError(f"{operation.value} 需要的参数是：{needed}。")


def _courier(code: str, reading: bool) -> Courier:
    try:
        return adapters.make_reader(code, os.environ) if reading else adapters.make(code, os.environ)
    except KeyError as e:
        raise click.UsageError(f"没有名为 {code} 的快递方；可用：{'、'.join(adapters.names())}。") from e
    except BadSettings as e:
        raise click.UsageError("设置不全或有误，请在环境变量中改正：" + "；".join(e.problems) + "。") from e


def _with_token(courier: Courier, operation: Operation) -> Courier:
    """The courier as it can be called: with an access token fetched first, where it wants one."""
    if operation is Operation.TOKEN or not isinstance(courier, NeedsToken) or not courier.needs_token:
        return courier
    return courier.with_token_from(transport.send(courier.ask_token(), _SECONDS))[0]


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise click.UsageError(f"时间 {text} 不是 ISO 8601 写法，例如 2026-01-01T09:00:00+08:00。") from e
    return moment if moment.tzinfo else moment.replace(tzinfo=asked.CHINA)


def _push(content: bytes) -> Push:
    """The push a file holds: headers and body, or the body alone, which is then taken for JSON, or else for a form."""
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        return Push({"Content-Type": "application/x-www-form-urlencoded"}, content.strip())
    if isinstance(whole, dict) and whole.keys() == {"headers", "body"} and isinstance(whole["body"], str):
        headers = whole["headers"] if isinstance(whole["headers"], dict) else {}
        return Push({str(name): str(value) for name, value in headers.items()}, whole["body"].encode())
    return Push({"Content-Type": "application/json"}, content)


def _show_push(courier: Courier, push: Push, as_json: bool) -> None:
    """Says whether the push proves that the courier sent it, and its events if so; ends with 1 if not."""
    if courier.trusts(push):
        shown.show_events(courier.read_push(push), as_json, trusted=True)
        return
    if as_json:
        shown.show_events((), as_json, trusted=False)
    else:
        click.echo("这份推送不能证明来自该快递方（签名或客户号不符），系统会以 401 拒收。", err=True)
    raise SystemExit(1)
