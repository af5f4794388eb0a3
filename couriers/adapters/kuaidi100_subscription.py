"""A subscription at 快递100: how it is asked for, and what a push says about the subscription itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from couriers.adapters.kuaidi100_events import COURIER
from couriers.adapters.kuaidi100_wire import granted, refusal
from couriers.adapters.texts import said
from couriers.contract import Garbled, Milestone, Refused, TrackingEvent

_ALREADY = "501"
_BUSY = frozenset({"500"})
RENEW_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class Subscription:
    """What is subscribed. `carrier` "" : told from the number, or left to 快递100 when `recognise`.

    `phone` "" : the one of our settings, for the carriers that want one. `international` (postal carriers only) also
    follows the leg in the destination country.
    """

    number: str
    callback_url: str
    carrier: str = ""
    phone: str = ""
    sent_from: str = ""
    sent_to: str = ""
    recognise: bool = False
    international: bool = False
    departure_country: str = ""
    departure_carrier: str = ""
    destination_country: str = ""
    destination_carrier: str = ""


@dataclass(frozen=True)
class Notice:
    """What a push says about its subscription.

    `status` is polling, shutdown, abort or updateall. `corrected_to` is the carrier code that 快递100 found to be the
    right one, `corrected_from` the former, "" when nothing was corrected. `number` is "" when the push left it out.
    """

    status: str
    words: str
    number: str
    carrier: str
    corrected_from: str
    corrected_to: str

    @property
    def stopped(self) -> bool:
        """True when 快递100 gave up without a signature: nothing more comes under this carrier."""
        return self.status == "abort"

    @property
    def finished(self) -> bool:
        """True when the subscription ended after the signature; it is not to be renewed."""
        return self.status == "shutdown"

    @property
    def changes(self) -> bool:
        """True when it ended, stopped or moved to another carrier."""
        return self.stopped or self.finished or bool(self.corrected_to)

    @property
    def carrier_now(self) -> str:
        """The carrier code to ask under from now on."""
        return self.corrected_to or self.carrier

    @property
    def renew_after(self) -> timedelta | None:
        """How long to wait before subscribing again, if the parcel is still wanted; None: do not.

        None too when the carrier was corrected: 快递100 goes on under the right one by itself.
        """
        return RENEW_AFTER if self.stopped and not self.corrected_to else None


def param_of(wanted: Subscription, carrier: str, key: str, salt: str, resultv2: str, phone: str) -> dict[str, Any]:
    """The `param` of a subscription. Raises `Refused` for what the field rules forbid."""
    if not 0 < len(wanted.number) <= 32 or not wanted.callback_url or not (carrier or wanted.recognise):
        raise Refused(
            "FIELD", "订阅须有 1 至 32 个字符的运单号、回调地址和快递公司编码（或由快递100 识别），请补齐后再订阅。"
        )
    parameters = {
        "callbackurl": wanted.callback_url,
        "salt": salt,
        "resultv2": resultv2,
        "phone": wanted.phone or phone,
        "autoCom": "1" if wanted.recognise else "",
        "interCom": "1" if wanted.international else "",
        "departureCountry": wanted.departure_country,
        "departureCom": wanted.departure_carrier,
        "destinationCountry": wanted.destination_country,
        "destinationCom": wanted.destination_carrier,
    }
    outer = {"company": carrier, "number": wanted.number, "from": wanted.sent_from, "to": wanted.sent_to, "key": key}
    return {
        **{name: value for name, value in outer.items() if value},
        "parameters": {name: value for name, value in parameters.items() if value},
    }


def read_answer(answer: Mapping[str, Any]) -> None:
    """Returns when the subscription stands, new or already. Raises `Busy`, `Refused` or `Garbled`."""
    code = said(answer.get("returnCode"))
    if code == _ALREADY:
        return
    if not code:
        raise Garbled("快递100 的订阅应答没有 returnCode，无法判断是否受理。")
    if code != "200":
        raise refusal(answer, busy=_BUSY)
    if not granted(answer.get("result")):
        raise Garbled("快递100 的订阅应答自相矛盾：returnCode 为 200 而 result 不为是。")


def read_notice(content: Mapping[str, Any]) -> Notice:
    """What a push's `param` says about its subscription. Never raises."""
    last = content.get("lastResult")
    leg = last if isinstance(last, dict) else {}
    corrected = said(content.get("comNew"))[:40]
    return Notice(
        status=said(content.get("status"))[:40],
        words=said(content.get("message"))[:500],
        number=said(leg.get("nu"))[:40],
        carrier=said(leg.get("com"))[:40],
        corrected_from=(said(content.get("comOld"))[:40] or said(leg.get("com"))[:40]) if corrected else "",
        corrected_to=corrected,
    )


def notice_events(notice: Notice, events: Sequence[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """The notice as an event that moves nothing, at the instant of the last scan; () for an ordinary one.

    Also () when there was no scan yet: a push carries no time of its own, and none is made up.
    """
    if not events or not notice.stopped:
        return ()
    words = f"快递100 停止跟踪：{notice.words or '未说明原因'}"
    if notice.corrected_to:
        words += f"（快递公司应为 {notice.corrected_to}）"
    return (
        TrackingEvent(
            waybill_no=notice.number or events[-1].waybill_no,
            milestone=Milestone.INFO,
            reason=None,
            code=notice.status,
            detail_code=notice.corrected_to,
            text=words,
            happened_at=events[-1].happened_at,
            place="",
            voids=None,
            courier=COURIER,
            org_code=notice.carrier,
        ),
    )
