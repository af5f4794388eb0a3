"""JDL's desk at the open platform LOP: tracking of the parcels that it carries.

Orders come to it through an aggregator or the world itself, because JDL's own answers to an order are not published;
so are its pushes. Its other methods are answered as not opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from couriers.adapters.jdl import TRACE
from couriers.adapters.jdl_events import meaning_of
from couriers.adapters.jdl_wire import compact
from couriers.contract import Call, Operation, Reason, Reply
from couriers.sandbox.desk import Asked, Carrier, Owed, Said
from couriers.sandbox.jdl_rules import (
    BAD_CALL,
    NO_METHOD,
    NOTHING_YET,
    TOO_OFTEN,
    Merchant,
    No,
    check_call,
    number_asked,
    trace_of,
)
from couriers.sandbox.scans import Kind, kind_of

if TYPE_CHECKING:
    from couriers.sandbox.account import Account

CODE = "jdl"
SETTINGS = (
    "COURIER_JDL_APP_KEY",
    "COURIER_JDL_APP_SECRET",
    "COURIER_JDL_ACCESS_TOKEN",
    "COURIER_JDL_CUSTOMER_CODE",
)
_WAYBILL, _ORDER = "JDVA", "ESL"  # before the same eleven digits


def _read(code: str, more: Mapping[str, str]) -> tuple[Kind, Reason | None]:
    meaning = meaning_of(code, more.get("category", ""))
    return kind_of(meaning.milestone, meaning.reason), meaning.reason


CARRIER = Carrier(waybill=lambda serial: f"{_WAYBILL}{serial:011d}", read=_read, pushes=False)


def make(settings: Mapping[str, str]) -> JdlDesk:
    """The desk of the COURIER_JDL_* settings. KeyError names one that is missing."""
    return JdlDesk(Merchant(*(settings[name] for name in SETTINGS)))


class JdlDesk:
    """Answers one merchant."""

    code = CODE
    paths = ("/ecap/v1/orders/",)
    at_once: int | None = 1

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant

    def addresses(self, root: str) -> Mapping[str, str]:
        """The host: a method is its path."""
        return {"COURIER_JDL_URL": root}

    def handle(self, asked: Asked, account: Account) -> Said:
        """Always HTTP 200; `code` 0 and `success` true, or a refusal's code and words."""
        try:
            number = self._number(asked, account)
            return Said(Operation.TRACK, _words("0", "成功", self._trace(number, account)))
        except No as no:
            return Said(Operation.TRACK if no.code == NOTHING_YET else None, _words(no.code, no.words))

    def throttled(self, asked: Asked, account: Account) -> Said | None:  # noqa: ARG002 - the same for everybody
        """The code that asks to come again."""
        return Said(None, _words(TOO_OFTEN, "调用过于频繁，请稍后再试"))

    def push_calls(self, hook_url: str, owed: Owed, account: Account) -> Sequence[Call]:  # noqa: ARG002
        """None: the form of JDL's pushes is not published."""
        return ()

    def acknowledged(self, reply: Reply) -> bool:  # noqa: ARG002 - nothing is pushed
        """False: nothing is pushed."""
        return False

    def _number(self, asked: Asked, account: Account) -> str:
        """The waybill number that our merchant asks after. Raises `No`."""
        if asked.method != "POST":
            raise No(BAD_CALL, "只接受 POST")
        try:
            body = asked.body.decode()
        except ValueError as e:
            raise No(BAD_CALL, "报文不是 UTF-8") from e
        headers = {name.lower(): value for name, value in asked.headers.items()}
        check_call(asked.path, asked.query, headers, body, account.now(), self._merchant)
        if asked.path != TRACE:
            raise No(NO_METHOD, "接口未开通或不存在")
        name, value = number_asked(body, self._merchant)
        return value if name == "waybillCode" else _WAYBILL + value.removeprefix(_ORDER)

    def _trace(self, number: str, account: Account) -> dict[str, Any]:
        if account.parcel(number, CODE) is None:
            raise No(NOTHING_YET, "查无此运单的物流轨迹")
        details = [trace_of(scan) for scan in account.scans(number)]
        return {"waybillCode": number, "orderCode": _ORDER + number.removeprefix(_WAYBILL), "traceDetails": details}


def _words(code: str, words: str, data: object = None) -> bytes:
    said: dict[str, Any] = {"code": int(code), "success": code == "0", "msg": words}
    return compact(said if data is None else {**said, "data": data}).encode()
