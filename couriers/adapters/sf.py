"""SF Express (顺丰速运) through 丰桥: orders, cancellation, routes, pushes; signed by digest or with an OAuth2 token.

Times on this wire have no zone; they are read in COURIER_SF_TIMEZONE. SF signs no push: what is believed carries our
own COURIER_SF_PUSH_TOKEN, which stands in the address registered with SF and reaches us in the header `TOKEN_HEADER`.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from couriers.adapters import sf_services
from couriers.adapters.sf_events import read_routes
from couriers.adapters.sf_orders import LANGUAGE, SfSettings, booking_in, fitting, labels_in, order_of, waybills_in
from couriers.adapters.sf_pushes import answer_to, events_in, is_pushable
from couriers.adapters.sf_settings import OPTIONAL, SETTINGS, settings_from
from couriers.adapters.sf_wire import compact, content_of, digest, message_of, open_inner, said
from couriers.contract import (
    Answer,
    Booking,
    BookingRequest,
    Call,
    Garbled,
    Operation,
    Party,
    Push,
    Refused,
    Reply,
    Service,
    TrackingEvent,
)

__all__ = ["CODE", "OPTIONAL", "READING", "SETTINGS", "TOKEN_HEADER", "Sf", "make"]

CODE = "sf"
READING = {
    "COURIER_SF_URL": "http://127.0.0.1/",
    "COURIER_SF_PARTNER_ID": "none",
    "COURIER_SF_CHECKWORD": "none",
    "COURIER_SF_MONTHLY_CARD": "0000000000",
}
TOKEN_HEADER = "X-Push-Token"  # noqa: S105 - the header's name
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
ROUTE_BATCH = 10
DUPLICATE = "8016"
# cancelled before: what was asked for is so
_WITHDRAWN = frozenset({"8037", "8253"})


def make(env: Mapping[str, str]) -> Sf:
    """The courier, ready. Raises `BadSettings` that names every missing or wrong setting at once."""
    return Sf(settings_from(env))


@dataclass(frozen=True)
class Sf:
    """The adapter; see `couriers.contract.Courier` for what each method promises.

    An order that SF refuses as a duplicate (8016) without naming its waybill is found with `ask_order`, whose answer
    `read_booking` reads: that is the first success.
    """

    settings: SfSettings
    access_token: str = field(default="", repr=False)
    code: str = CODE
    name_zh: str = "顺丰速运"
    postal_enterprise: bool = False
    takes_pool_numbers: bool = False

    @property
    def services(self) -> Mapping[Operation, Service]:
        return {}

    @property
    def offers(self) -> frozenset[Operation]:
        """Pushes only where they can be believed."""
        asked = frozenset((Operation.BOOK, Operation.CANCEL, Operation.TRACK))
        return asked | {Operation.PUSH} if self.settings.push_token else asked

    def with_token(self, token: sf_services.Token) -> Sf:
        """The same account, its calls carrying the token, not a digest. After `Refused` A1011 fetch a new one."""
        return replace(self, access_token=token.value)

    def call(self, service: str, content: object, at: datetime) -> Call:
        """The request for any `serviceCode`, signed, or with the access token. Raises `Refused` for unsendable text."""
        ours, message = self.settings, compact(content)
        fitting(message, len(message), "请求")
        timestamp = str(int(at.timestamp() * 1000))
        name = "\n".join((ours.partner_id, service, timestamp, message))
        form = {
            "partnerID": ours.partner_id,
            "requestID": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
            "serviceCode": service,
            "timestamp": timestamp,
            "msgData": message,
        }
        if self.access_token:
            form["accessToken"] = self.access_token
        else:
            form["msgDigest"] = digest(message, timestamp, ours.checkword, ours.digest_mode)
        return Call("POST", ours.url, {"Content-Type": FORM}, form=form)

    def ask_token(self) -> Call:
        """The request for an OAuth2 access token, which lives about two hours."""
        ours = self.settings
        form = {"partnerID": ours.partner_id, "secret": ours.checkword, "grantType": "password"}
        return Call("POST", ours.oauth_url, {"Content-Type": FORM}, form=form)

    def read_token(self, reply: Reply) -> sf_services.Token:
        """The token. Raises `CourierError`."""
        return sf_services.read_token(reply)

    def ask_booking(self, request: BookingRequest, at: datetime) -> Call:
        return self.call("EXP_RECE_CREATE_ORDER", order_of(request, self.settings), at)

    def ask_order(self, reference: str, at: datetime) -> Call:
        """The query for what an order got, also after 8016 or a time-out; read it with `read_booking`."""
        content = {"language": LANGUAGE, "orderId": reference, "searchType": "1"}
        return self.call("EXP_RECE_SEARCH_ORDER_RESP", content, at)

    def read_booking(self, reply: Reply) -> Booking:
        try:
            booking = booking_in(message_of(reply))
        except Refused as refused:
            first = booking_in(content_of(open_inner(reply))) if refused.code == DUPLICATE else None
            if first is None:
                raise
            return first
        if booking is None:
            raise Garbled("顺丰说下单成功，却没有给出运单号；请以同一订单号再查。", reply.body)
        return booking

    def read_labels(self, reply: Reply) -> tuple[dict[str, str], ...]:
        """What each label of an order prints (routeLabelData), in SF's field names. Raises `CourierError`."""
        return labels_in(message_of(reply))

    def ask_cancel(self, waybill_no: str, reference: str, reason: str, at: datetime) -> Call:  # noqa: ARG002
        """SF has no field for the reason; an order number once cancelled cannot be used again."""
        return self._ask_update(2, reference, waybill_no, {}, at)

    def read_cancel(self, reply: Reply) -> None:
        try:
            self.read_update(reply)
        except Refused as refused:
            if refused.code not in _WITHDRAWN:
                raise

    def ask_update(self, waybill_no: str, reference: str, changes: Mapping[str, Any], at: datetime) -> Call:
        """The request that confirms an order with `changes` in SF's own field names, such as totalWeight."""
        return self._ask_update(1, reference, waybill_no, changes, at)

    def read_update(self, reply: Reply) -> None:
        """Returns when SF has done it (resStatus 2). Raises `CourierError`."""
        content = message_of(reply)
        status = said(content.get("resStatus")) if isinstance(content, dict) else ""
        if status == "1":
            raise Refused("resStatus 1", "订单号与运单号不符，顺丰没有受理；请核对后再办。")
        if status != "2":
            raise Garbled("顺丰的应答没有可读的 resStatus，不能确认是否办成。", reply.body)

    def _ask_update(self, deal: int, reference: str, waybill: str, changes: Mapping[str, Any], at: datetime) -> Call:
        numbers = {"waybillNoInfoList": [{"waybillType": 1, "waybillNo": waybill}]} if waybill else {}
        content = {**changes, "dealType": deal, "language": LANGUAGE, "orderId": reference, **numbers}
        return self.call("EXP_RECE_UPDATE_ORDER", content, at)

    def ask_tracking(self, waybill_no: str, at: datetime) -> Call:
        return self.ask_routes([waybill_no], at)

    def ask_routes(
        self, numbers: Sequence[str], at: datetime, *, phones: Sequence[str] = (), by_reference: bool = False
    ) -> Call:
        """The routes of at most ten waybills or own orders; `phones` opens those that our card did not pay."""
        if not 1 <= len(numbers) <= ROUTE_BATCH:
            raise Refused("FIELD", f"路由查询一次须为 1 至 {ROUTE_BATCH} 个单号，请分批。")
        content: dict[str, Any] = {"language": LANGUAGE, "trackingType": 2 if by_reference else 1}
        content |= {"trackingNumber": list(numbers), "methodType": 1}
        if phones:
            content["checkPhoneNo"] = ",".join(phone.strip()[-4:] for phone in phones)
        return self.call("EXP_RECE_SEARCH_ROUTES", content, at)

    def read_tracking(self, reply: Reply) -> tuple[TrackingEvent, ...]:
        content = message_of(reply)
        found = content.get("routeResps") if isinstance(content, dict) else None
        if not isinstance(found, list):
            raise Garbled("顺丰的轨迹应答里没有 routeResps 列表。", reply.body)
        events: list[TrackingEvent] = []
        unreadable = 0
        for one in found:
            try:
                events.extend(self._routes_of(one, reply))
            except Garbled:
                unreadable += 1
        if unreadable and not events:
            raise Garbled("顺丰的轨迹应答里没有一条能读出的路由。", reply.body)
        return tuple(sorted(events, key=lambda event: event.happened_at))

    def _routes_of(self, one: object, reply: Reply) -> tuple[TrackingEvent, ...]:
        routes = one.get("routes") if isinstance(one, dict) else ()
        if not isinstance(one, dict) or not isinstance(routes, list | None):
            raise Garbled("顺丰的轨迹应答里没有 routes 列表。", reply.body)
        return read_routes(routes or (), self.settings.zone, said(one.get("mailNo"))[:40])

    def trusts(self, push: Push) -> bool:
        ours = self.settings.push_token.encode()
        theirs = push.header(TOKEN_HEADER).encode("utf-8", "surrogatepass")
        return is_pushable(push) and bool(ours) and hmac.compare_digest(theirs, ours)

    def read_push(self, push: Push) -> tuple[TrackingEvent, ...]:
        return events_in(push, self.settings.zone)

    def answer(self, push: Push, accepted: bool) -> Answer:
        return answer_to(push, self.settings.state_answer, accepted, 200 if accepted or self.trusts(push) else 401)

    def ask_sub_waybills(self, reference: str, parcels: int, at: datetime) -> Call:
        """The request for further child numbers of an order, `parcels` of them."""
        return self.call("EXP_RECE_GET_SUB_MAILNO", {"orderId": reference, "parcelQty": parcels}, at)

    def read_sub_waybills(self, reply: Reply) -> tuple[str, ...]:
        """The waybill numbers, a parent before its children. Raises `CourierError`."""
        numbers = waybills_in(message_of(reply))
        if not numbers:
            raise Garbled("顺丰的应答里没有运单号。", reply.body)
        return numbers

    def ask_filter(self, reference: str, receiver: Party, at: datetime) -> Call:
        """Whether SF serves the receiver's address."""
        content = sf_services.filter_order(reference, self.settings.monthly_card, receiver)
        return self.call("EXP_RECE_FILTER_ORDER_BSP", content, at)

    def read_filter(self, reply: Reply) -> sf_services.Served:
        """The verdict. Raises `CourierError`."""
        return sf_services.read_served(reply)

    def ask_delivery_times(self, sender: Party, receiver: Party, grams: int, at: datetime) -> Call:
        """What each product promises, and costs, for a consignment of `grams` handed over at `at`."""
        content = sf_services.delivery_time_query(sender, receiver, grams, at.astimezone(self.settings.zone))
        return self.call("EXP_RECE_QUERY_DELIVERTM", content, at)

    def read_delivery_times(self, reply: Reply) -> tuple[sf_services.DeliveryTime, ...]:
        """The promises, one for each product. Raises `CourierError`."""
        return sf_services.read_delivery_times(reply, self.settings.delivery_time_list, self.settings.zone)

    def ask_print(self, waybill_nos: Sequence[str], template: str, at: datetime, remark: str = "") -> Call:
        """The request for the labels as PDF files; `template` as "fm_150_standard"."""
        content = sf_services.print_order(self.settings.partner_id, template, waybill_nos, remark)
        return self.call("COM_RECE_CLOUD_PRINT_WAYBILLS", content, at)

    def read_print(self, reply: Reply) -> tuple[sf_services.PrintedFile, ...]:
        """Where the files are. Raises `CourierError`."""
        return sf_services.read_files(reply)

    def ask_file(self, file: sf_services.PrintedFile) -> Call:
        """The request for a label file's bytes."""
        return Call("GET", file.url, {"X-Auth-token": file.token})
