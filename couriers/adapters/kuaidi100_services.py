"""What 快递100 can be asked for beyond booking, cancelling and tracking, in the shape that any caller can use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from couriers.adapters.kuaidi100_events import carriers
from couriers.adapters.kuaidi100_labels import request_in
from couriers.adapters.kuaidi100_wire import failed, opened, refusal
from couriers.adapters.texts import said
from couriers.contract import Call, Carrier, Garbled, Operation, Reply, Service

if TYPE_CHECKING:
    from couriers.adapters.kuaidi100 import Kuaidi100


def services_of(courier: Kuaidi100) -> Mapping[Operation, Service]:
    """Subscription, recognition, and the label that 快递100 draws. A WAYBILL may have its carrier before a colon."""

    def subscription(args: Sequence[Any], at: datetime) -> Call:
        carrier, number = courier.addressed(str(args[0]))
        return courier.ask_subscription(number, carrier, str(args[1]), "", at)

    def recognition(args: Sequence[Any], at: datetime) -> Call:  # noqa: ARG001 - not on this wire
        return courier.ask_recognition(str(args[0]))

    def label(args: Sequence[Any], at: datetime) -> Call:
        return courier.ask_label(request_in(args[0], at), at)

    return {
        Operation.SUBSCRIBE: Service("poll", ("WAYBILL", "HOOK_URL"), subscription, courier.read_subscription),
        Operation.RECOGNISE: Service("autonumber/auto", ("WAYBILL",), recognition, courier.read_recognition),
        Operation.LABEL: Service("label/order", ("FILE.json",), label, courier.read_label),
    }


def carriers_in(reply: Reply) -> tuple[Carrier, ...]:
    """The carriers of a recognition's answer, likeliest first. Raises `CourierError`."""
    answer = opened(reply)
    if isinstance(answer, dict) and failed(answer):
        raise refusal(answer)
    if not isinstance(answer, list):
        raise Garbled("快递100 的单号识别应答不是列表。", reply.body)
    codes = [(said(row.get("comCode")), said(row.get("name"))) for row in answer if isinstance(row, dict)]
    return tuple(Carrier(code, name or carriers().get(code, "")) for code, name in codes if code)
