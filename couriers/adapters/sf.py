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
from typing import Any, ClassVar

from couriers.adapters import sf_services
from couriers.adapters.sf_events import routes_in
from couriers.adapters.sf_operations import services_of
from couriers.adapters.sf_orders import (
    LANGUAGE,
    SfSettings,
    booking_in,
    check_done,
    fitting,
    labels_in,
    order_of,
    routes_query,
    update_of,
    waybills_in,
)
from couriers.adapters.sf_pushes import answer_to, events_in, is_pushable
from couriers.adapters.sf_settings import OPTIONAL, SETTINGS, settings_from
from couriers.adapters.sf_wire import compact, content_of, digest, message_of, open_inner
from couriers.contract import (
    Answer,
    Booking,
    BookingRequest,
    Call,
    Courier,
    Garbled,
    LabelFile,
    Operation,
    Party,
    Push,
    Quote,
    Refused,
    Reply,
    Scope,
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
DUPLICATE = "8016"
_UPDATE = "EXP_RECE_UPDATE_ORDER"
TOKEN_REFUSED = "A1011"  # noqa: S105 - a platform code
# clock, IP list, permission or environment, signature, decryption, sandbox, token
_NO_ACCESS = frozenset({"A1002", "A1003", "A1004", "A1006", "A1008", "A1010", TOKEN_REFUSED})
# cancelled before: what was asked for is so
_WITHDRAWN = frozenset({"8037", "8253"})
# no such order, no order data, never ordered
_NO_ORDER = frozenset({"6150", "8018", "8024"})


def make(env: Mapping[str, str]) -> Sf:
    """The courier, ready. Raises `BadSettings` that names every missing or wrong setting at once."""
    return Sf(settings_from(env))


@dataclass(frozen=True)
class Sf:
    """The adapter; see `couriers.contract.Courier` for what each method promises.

    An order that SF refuses as a duplicate (8016) without naming its waybill is settled by `ask_order` and
    `read_order`, which give its first success. Where the settings want OAuth2, no call can be built before
    `with_token_from`: it raises the same `Refused` A1011 as a token that SF no longer takes.
    """

    settings: SfSettings
    access_token: str = field(default="", repr=False)
    code: str = CODE
    name_zh: str = "顺丰速运"
    name_en: str = "SF Express"
    postal_enterprise: bool = False
    takes_pool_numbers: bool = False
    natives: ClassVar[Mapping[Operation, str]] = {
        Operation.BOOK: "EXP_RECE_CREATE_ORDER",
        Operation.TRACK: "EXP_RECE_SEARCH_ROUTES",
        Operation.PUSH: "RoutePushService",
    }

    @property
    def services(self) -> Mapping[Operation, Service]:
        return services_of(self)

    @property
    def offers(self) -> frozenset[Operation]:
        """Pushes only where they can be believed."""
        asked = frozenset((Operation.BOOK, Operation.CANCEL, Operation.TRACK, *self.services))
        return asked | {Operation.PUSH} if self.settings.push_token else asked

    def call(self, service: str, content: object, at: datetime) -> Call:
        """The request for any `serviceCode`, signed, or with the access token.

        Raises `Refused` for unsendable text, and A1011 while a token is wanted and there is none.
        """
        if self.needs_token:
            raise Refused(TOKEN_REFUSED, "尚未取得访问令牌（accessToken），请先取得令牌再发这一请求。")
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

    @property
    def needs_token(self) -> bool:
        return self.settings.auth == "oauth2" and not self.access_token

    def ask_token(self) -> Call:
        ours = self.settings
        form = {"partnerID": ours.partner_id, "secret": ours.checkword, "grantType": "password"}
        return Call("POST", ours.oauth_url, {"Content-Type": FORM}, form=form)

    def with_token_from(self, reply: Reply) -> tuple[Courier, int]:
        """The same account, its calls carrying the token and no digest, for about two hours."""
        token = sf_services.read_token(reply)
        return replace(self, access_token=token.value), token.expires_in_seconds

    def token_expired(self, refused: Refused) -> bool:
        return refused.code == TOKEN_REFUSED

    def denies_access(self, refused: Refused) -> bool:
        return refused.code in _NO_ACCESS or refused.code.startswith("HTTP ")

    def ask_booking(self, request: BookingRequest, at: datetime) -> Call:
        return self.call("EXP_RECE_CREATE_ORDER", order_of(request, self.settings), at)

    def ask_order(self, reference: str, at: datetime) -> Call:
        number = fitting(reference, 64, "订单号", wanted=True)
        content = {"language": LANGUAGE, "orderId": number, "searchType": "1"}
        return self.call("EXP_RECE_SEARCH_ORDER_RESP", content, at)

    def read_order(self, reply: Reply) -> Booking | None:
        try:
            return self.read_booking(reply)
        except Refused as refused:
            if refused.code in _NO_ORDER:
                return None
            raise

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
        return self.call(_UPDATE, update_of(2, reference, waybill_no, {}), at)

    def read_cancel(self, reply: Reply) -> None:
        try:
            self.read_update(reply)
        except Refused as refused:
            if refused.code not in _WITHDRAWN:
                raise

    def ask_update(self, waybill_no: str, reference: str, changes: Mapping[str, Any], at: datetime) -> Call:
        """The request that confirms an order with `changes` in SF's own field names, such as totalWeight."""
        return self.call(_UPDATE, update_of(1, reference, waybill_no, changes), at)

    def read_update(self, reply: Reply) -> None:
        """Returns when SF has done it (resStatus 2). Raises `CourierError`."""
        try:
            check_done(message_of(reply))
        except Garbled as e:
            raise Garbled(str(e), reply.body) from e

    def ask_tracking(self, waybill_no: str, at: datetime) -> Call:
        return self.ask_routes([waybill_no], at, phones=self.settings.phones)

    def ask_routes(
        self, numbers: Sequence[str], at: datetime, *, phones: Sequence[str] = (), by_reference: bool = False
    ) -> Call:
        """The routes of at most ten waybills or own orders; `phones` opens those that our card did not pay."""
        return self.call("EXP_RECE_SEARCH_ROUTES", routes_query(numbers, phones, by_reference), at)

    def read_tracking(self, reply: Reply) -> tuple[TrackingEvent, ...]:
        try:
            return routes_in(message_of(reply), self.settings.zone)
        except Garbled as e:
            raise Garbled(str(e), reply.body) from e

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
        number = fitting(reference, 64, "订单号", wanted=True)
        return self.call("EXP_RECE_GET_SUB_MAILNO", {"orderId": number, "parcelQty": parcels}, at)

    def read_sub_waybills(self, reply: Reply) -> tuple[str, ...]:
        """The waybill numbers, a parent before its children. Raises `CourierError`."""
        numbers = waybills_in(message_of(reply))
        if not numbers:
            raise Garbled("顺丰的应答里没有运单号。", reply.body)
        return numbers

    def ask_scope(self, party: Party, at: datetime) -> Call:
        return self.call("EXP_RECE_FILTER_ORDER_BSP", sf_services.scope_query(self.settings.monthly_card, party), at)

    def read_scope(self, reply: Reply) -> Scope:
        return sf_services.read_scope(reply)

    def ask_quotes(self, request: BookingRequest, at: datetime) -> Call:
        """What each product promises, and costs, when handed over at the pick-up's beginning, else at `at`."""
        return self.call("EXP_RECE_QUERY_DELIVERTM", sf_services.quote_query(request, at, self.settings.zone), at)

    def read_quotes(self, reply: Reply) -> tuple[Quote, ...]:
        return sf_services.read_quotes(reply, self.settings.delivery_time_list, self.settings.zone)

    def ask_print(self, waybill_nos: Sequence[str], template: str, at: datetime, remark: str = "") -> Call:
        """The request for the labels as PDF files; `template` as "fm_150_standard"."""
        content = sf_services.print_order(self.settings.partner_id, template, waybill_nos, remark)
        return self.call("COM_RECE_CLOUD_PRINT_WAYBILLS", content, at)

    def read_print(self, reply: Reply) -> tuple[LabelFile, ...]:
        """Where the files are: fetch each with `ask_file`. Raises `CourierError`."""
        return sf_services.read_labels(reply)

    def ask_file(self, file: LabelFile) -> Call:
        """The request for a label file's bytes; its token opens this file only."""
        return Call("GET", file.url, {"X-Auth-token": file.token})
