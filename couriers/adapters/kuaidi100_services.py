"""What 快递100 can be asked for beyond booking, cancelling and tracking, in the shape that any caller can use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from couriers.adapters.kuaidi100_labels import request_in
from couriers.contract import Call, Operation, Service

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
