"""What a courier can be asked by hand: operations by our name or its own, their arguments, the request, the reading."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from couriers import documents
from couriers.contract import BookingRequest, Call, Courier, Operation, Refused, Reply

CHINA = ZoneInfo("Asia/Shanghai")
_CORE = {
    Operation.BOOK: ("FILE.json",),
    Operation.CANCEL: ("WAYBILL", "ORDER_NO"),
    Operation.TRACK: ("WAYBILL",),
    Operation.PUSH: (),
}


def operations(courier: Courier) -> list[Operation]:
    """All that this courier offers, in the order of our words for it."""
    return [one for one in Operation if one in courier.offers]


def native_of(courier: Courier, operation: Operation) -> str:
    """The courier's own name of an operation, "" where it has not told one."""
    service = courier.services.get(operation)
    if service is not None:
        return service.native
    natives: Mapping[Operation, str] = getattr(courier, "natives", {})
    return natives.get(operation, "")


def arguments_of(courier: Courier, operation: Operation) -> tuple[str, ...]:
    """The names of the arguments that an operation takes, in order; one that ends in ".json" is a file."""
    service = courier.services.get(operation)
    return service.arguments if service is not None else _CORE[operation]


def operation_of(courier: Courier, text: str) -> Operation:
    """The operation that our word or the courier's own name means. UsageError that lists what there is."""
    for one in operations(courier):
        if text.lower() in (one.value, native_of(courier, one).lower()):
            return one
    offered = "、".join(_with_native(courier, one) for one in operations(courier)) or "（没有接口）"
    raise click.UsageError(f"{courier.name_zh}不提供 {text}；可用：{offered}。")


def _with_native(courier: Courier, operation: Operation) -> str:
    native = native_of(courier, operation)
    return f"{operation.value}（{native}）" if native else operation.value


def call_of(courier: Courier, operation: Operation, arguments: Sequence[str], at: datetime) -> Call:
    """The request. UsageError for a file that cannot be used, `Refused` when the courier's field rules say no."""
    names = arguments_of(courier, operation)
    given = [
        _document(Path(text)) if name.endswith(".json") else text for name, text in zip(names, arguments, strict=True)
    ]
    try:
        return _ask(courier, operation, given, at)
    except (KeyError, TypeError, ValueError) as e:
        raise click.UsageError(f"参数或文件的内容不对：{e}。所需的参数是：{' '.join(names)}。") from e


def _ask(courier: Courier, operation: Operation, given: Sequence[Any], at: datetime) -> Call:
    if operation is Operation.TRACK:
        return courier.ask_tracking(given[0], at)
    if operation is Operation.CANCEL:
        return courier.ask_cancel(given[0], given[1], "寄件方取消", at)
    if operation is Operation.BOOK:
        return _booking_call(courier, given[0], at)
    return courier.services[operation].ask(given, at)


def _booking_call(courier: Courier, order: Any, at: datetime) -> Call:
    """An order that has none of our `reference` is in the courier's own words and is asked as it is."""
    ask_as = getattr(courier, "ask_booking_as", None)
    single = order[0] if isinstance(order, list) and len(order) == 1 else order
    if ask_as is not None and isinstance(single, dict) and single and "reference" not in single:
        call: Call = ask_as(order, at)
        return call
    return courier.ask_booking(_request(order, at), at)


def _request(order: Any, at: datetime) -> BookingRequest:
    try:
        return documents.request_of(order, at, CHINA)
    except Refused as e:
        raise click.UsageError(e.words) from e


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as e:
        raise click.UsageError(f"读不出 {path}：应为 UTF-8 的 JSON 文件（{type(e).__name__}）。") from e


def read(courier: Courier, operation: Operation, reply: Reply) -> object:
    """What the reply to that operation says. Raises `CourierError`."""
    if operation is Operation.TRACK:
        return courier.read_tracking(reply)
    if operation is Operation.BOOK:
        return courier.read_booking(reply)
    if operation is Operation.CANCEL:
        courier.read_cancel(reply)
        return None
    return courier.services[operation].read(reply)
